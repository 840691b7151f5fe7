"""The lock files follow pyproject.toml and name no machine."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = ("requirements.txt", "requirements-dev.txt")


def pins(name):
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [
        ("requirements.txt", PROJECT["dependencies"]),
        ("requirements-dev.txt", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]),
    ],
)
def test_lock_satisfies_the_project(lock, wanted):
    locked = pins(lock)
    unmet = [line for line in wanted if locked.get((need := Requirement(line)).name) not in need.specifier]

    assert unmet == []


def test_both_locks_pin_the_same_versions():
    base, dev = map(pins, LOCKS)

    assert base.items() <= dev.items()


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_has_hashes_and_no_address_or_path(lock):
    text = (ROOT / lock).read_text()

    assert re.findall(r"https?:|file:|--index|--extra|--find|--trusted|/home/|/tmp/", text.split("\n", 2)[2]) == []
    assert [part[:60] for part in re.split(r"\n(?=[a-z])", text)[1:] if "--hash=sha256:" not in part] == []
