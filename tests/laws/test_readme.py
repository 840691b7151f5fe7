"""The README's two commands are the ones that work, and a build machine runs the very same."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def block(name):
    found = re.search(rf"^<!-- {name} -->\n```sh\n(.*?)^```\n<!-- /{name} -->$", README, re.MULTILINE | re.DOTALL)
    return found[1].replace("\\\n", "")


@pytest.mark.parametrize(
    ("name", "requirements", "last"),
    [
        ("start", "requirements.txt", [".venv/bin/python", "manage.py", "demo"]),
        ("tests", "requirements-dev.txt", [".venv/bin/python", "-m", "tests.run"]),
    ],
)
def test_a_block_installs_the_locked_packages_and_runs(name, requirements, last):
    environment, install, run = [shlex.split(part) for part in block(name).split("&&")]

    assert environment == ["python3", "-m", "venv", ".venv"]
    assert install[:2] == [".venv/bin/pip", "install"]
    assert install[-2:] == ["-r", requirements]
    assert (ROOT / requirements).is_file()
    assert run == last


def test_commands_that_the_texts_name_exist():
    for text in (README, (ROOT / "docs" / "operations.md").read_text()):
        named = set(re.findall(r"manage\.py (\w+)", text))

        assert named - set(get_commands()) == set()


def test_links_and_paths_lead_somewhere():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    paths = [
        path for row in re.findall(r"^\| (`.*?) \|", README, re.MULTILINE) for path in re.findall(r"`(.*?)`", row)
    ]

    assert links
    assert [path for path in links + paths if not (ROOT / path).exists()] == []


@pytest.fixture
def build(tmp_path):
    """Runs a copy of .ci/run beside a README of its own, so that what runs can only come from there.

    The programs that it looks for are there, so that nothing is installed.
    """

    def run(readme):
        (tmp_path / ".ci").mkdir()
        shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
        (tmp_path / "README.md").write_text(readme)
        programs = tmp_path / "bin"
        programs.mkdir()
        for name in ("chromium", "initdb", "python3"):
            (programs / name).write_text("#!/bin/sh\n")
            (programs / name).chmod(0o755)
        return subprocess.run(
            ["bash", tmp_path / ".ci" / "run"],
            env={"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    return run


def test_a_build_machine_runs_the_readmes_command_and_hands_on_its_status(build, tmp_path):
    done = build(
        "<!-- tests -->\n```sh\necho ran in $(basename $PWD) $NEWSROOM_REQUIRE_BROWSER$NEWSROOM_REQUIRE_POSTGRES \\\n"
        "  && exit 7\n```\n<!-- /tests -->\n"
    )

    assert done.returncode == 7
    assert done.stdout.splitlines()[-1] == f"ran in {tmp_path.name} 11"


def test_a_build_without_the_marked_command_fails(build):
    done = build("Nothing here.\n")

    assert (done.returncode, "README.md has no test command" in done.stdout) == (1, True)
