"""Laws about words: every term of a vocabulary is in the glossary, every command in the manual and in the tests."""

import inspect
import re
from pathlib import Path

import pytest
from django.db.models import TextChoices

from aid import choices

ROOT = Path(__file__).parents[2]
VOCABULARIES = [
    found
    for _, found in inspect.getmembers(choices, inspect.isclass)
    if issubclass(found, TextChoices) and found is not TextChoices
]
COMMANDS = sorted(
    path.stem for path in (ROOT / "aid/management/commands").glob("*.py") if not path.stem.startswith("_")
)


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda vocabulary: vocabulary.__name__)
def test_every_term_is_in_the_glossary(vocabulary):
    terms = " ".join(
        line.split("|")[1].casefold() for line in (ROOT / "docs/glossary.md").read_text().splitlines() if "|" in line
    )
    missing = [label for label in vocabulary.labels if not re.search(rf"\b{re.escape(label.casefold())}\b", terms)]
    assert missing == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_tested_and_written_down(command):
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("*.py"))
    assert re.search(rf"[\"'/ ]{command}\b", tests), f"no test calls {command}"
    assert f"`manage.py {command}" in (ROOT / "docs/operations.md").read_text(), f"operations.md leaves out {command}"
