"""Laws about the code: who may import whom, where rows are chosen, and what templates never do."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for path in (ROOT / "aid").rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*"))
LAYERS_THAT_CHOOSE_ROWS = ("models", "queries", "rules", "filters.py")
FORBIDDEN_NAMES = {"utils", "helpers", "services", "managers", "common", "core", "misc"}

# file -> why it may choose rows outside those layers. An entry that is not needed any more fails the test below.
MAY_CHOOSE_ROWS = {}


def chooses_rows(path):
    tree = ast.parse(path.read_text())
    return sorted(
        {
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("filter", "exclude")
            and not (isinstance(node.func.value, ast.Name) and node.func.value.id in ("register", "self"))
        }
    )


def test_imports_keep_the_law_of_the_layers():
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linter_finds_nothing():
    command = Path(sys.executable).with_name("ruff")
    done = subprocess.run([command, "check", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_aid_never_imports_the_project():
    for path in MODULES:
        assert not re.search(r"^\s*(from|import) newsroom", path.read_text(), re.MULTILINE), path


def test_rows_are_chosen_in_their_layers():
    found = {}
    for path in MODULES:
        inside = path.relative_to(ROOT / "aid")
        if inside.parts[0] in LAYERS_THAT_CHOOSE_ROWS:
            continue
        if lines := chooses_rows(path):
            found[str(inside)] = lines
    assert {name: lines for name, lines in found.items() if name not in MAY_CHOOSE_ROWS} == {}
    assert [name for name in MAY_CHOOSE_ROWS if name not in found] == []


def test_no_module_is_a_drawer_for_everything():
    assert [path for path in MODULES if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES] == []


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"\|\s*safe\b", "prints editors' text unescaped"),
        (r"autoescape\s+off", "prints editors' text unescaped"),
        (r"\sstyle\s*=", "an inline style, which the content security policy refuses"),
        (r"\son[a-z]+\s*=\s*[\"']", "an inline handler, which the content security policy refuses"),
        (r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/(?:ld\+)?json\")", "an inline script"),
        (r"<style\b", "an inline style sheet"),
        (r"(?:src|href)\s*=\s*[\"']https?://", "a request or a fixed link to another host"),
    ],
)
def test_no_template_does_what_the_house_forbids(pattern, why):
    offenders = [
        path.relative_to(ROOT) for path in TEMPLATES if path.is_file() and re.search(pattern, path.read_text())
    ]
    assert offenders == [], why


def test_style_sheets_ask_no_other_host():
    for path in (ROOT / "static").rglob("*.css"):
        # One sheet may import those beside it: collected, they are one file.
        text = re.sub(r'@import url\("[\w-]+\.css"\);', "", path.read_text())
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//|@import", text), path
