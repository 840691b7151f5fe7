"""The site's own words on the public pages: British, and with typographic apostrophes."""

import re
from pathlib import Path

import pytest

from aid.meanings import MEANINGS

ROOT = Path(__file__).parents[2] / "templates"
PUBLIC = [path for path in sorted(ROOT.rglob("*.html")) if "admin" not in path.relative_to(ROOT).parts]


def own_words(path):
    """What a template says itself, without its tags and those of HTML."""
    return re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", " ", path.read_text(), flags=re.DOTALL)


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_speaks_british_english_with_curly_apostrophes(path):
    words = own_words(path)
    assert re.findall(r"\w+'\w+", words) == []
    assert re.findall(r"(?i)defense", path.read_text()) == []


def test_meanings_have_curly_apostrophes():
    assert [text for text in MEANINGS.values() if "'" in text] == []
