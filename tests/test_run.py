"""The tests' own script: what it does where the machine lacks something, and that it leaves nothing behind."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import machine, run

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def bare(monkeypatch):
    """A machine without PostgreSQL and without a browser."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(machine, "POSTGRES_FOLDERS", ())
    monkeypatch.setattr(machine, "ELSEWHERE", ())
    monkeypatch.delenv("NEWSROOM_REQUIRE_POSTGRES", raising=False)


def test_missing_postgresql_is_skipped_in_capitals(bare, capsys):
    assert run.main(["--only", "postgres"]) == 0

    printed = capsys.readouterr().out
    assert "NO POSTGRESQL on this machine: its half of the tests is SKIPPED" in printed
    assert "NO CHROMIUM on this machine: the browser tests are SKIPPED" in printed
    assert "PostgreSQL  SKIPPED" in printed


def test_missing_postgresql_that_is_required_fails(bare, capsys, monkeypatch):
    monkeypatch.setenv("NEWSROOM_REQUIRE_POSTGRES", "1")

    assert run.main(["--only", "postgres"]) == 1
    assert "PostgreSQL  FAILED: required and missing" in capsys.readouterr().out


def test_a_lane_that_does_not_exist_is_refused():
    with pytest.raises(SystemExit, match="sqlite or postgres"):
        run.main(["--only", "oracle"])


def test_the_newest_postgresql_is_taken(bare, monkeypatch, tmp_path):
    for release in ("9.6", "15", "17"):
        folder = tmp_path.parent / "pg" / release / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("initdb", "postgres")[: 1 if release == "17" else 2]:
            (folder / name).write_text("#!/bin/sh\n")
            (folder / name).chmod(0o755)
    monkeypatch.chdir(tmp_path.parent)
    monkeypatch.setattr(machine, "POSTGRES_FOLDERS", ("pg/*/bin",))

    # 17 has no server, only the program that makes clusters.
    assert machine.postgres_bin() == "pg/15/bin"


@pytest.fixture
def made(monkeypatch):
    """The temporary folders that the script makes."""
    folders, make = [], tempfile.mkdtemp
    monkeypatch.setattr(
        tempfile, "mkdtemp", lambda *args, **kwargs: folders.append(make(*args, **kwargs)) or folders[-1]
    )
    return folders


@pytest.mark.skipif(machine.postgres_bin() is None, reason="no PostgreSQL on this machine")
def test_the_cluster_answers_and_is_gone_afterwards(made):
    with run.cluster(Path(machine.postgres_bin())) as url:
        address = (urlsplit(url).hostname, urlsplit(url).port)
        socket.create_connection(address, timeout=5).close()
        assert (Path(made[0]) / "data" / "postmaster.pid").exists()

    assert not Path(made[0]).exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


def test_a_cluster_that_does_not_start_says_why_and_leaves_nothing(made):
    # Not in tmp_path, where the account that PostgreSQL runs as may not go.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        for name in ("initdb", "postgres"):
            (Path(folder) / name).write_text("#!/bin/sh\necho the disk is full\nexit 1\n")
            (Path(folder) / name).chmod(0o755)

        with pytest.raises(run.ClusterFailed, match="the disk is full"), run.cluster(Path(folder)):
            pass

    assert not Path(made[-1]).exists()


BROWSER_TEST = """
import pytest

@pytest.mark.browser
def test_in_a_browser():
    pass
"""


@pytest.mark.parametrize(
    ("required", "code", "said"),
    [("", 0, "!!! 1 BROWSER TESTS WERE SKIPPED"), ("1", 1, "No Chromium on this machine")],
)
def test_browser_tests_are_skipped_loudly_or_fail_where_they_are_required(tmp_path, required, code, said):
    if any(os.access(path, os.X_OK) for path in machine.ELSEWHERE):
        pytest.skip("A browser is found here whatever the PATH.")
    (tmp_path / "test_browser.py").write_text(BROWSER_TEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = browser\n")
    env = {"PATH": "", "NEWSROOM_DATA_DIR": str(tmp_path), "NEWSROOM_REQUIRE_BROWSER": required}
    options = ["-p", "tests.conftest", "-p", "no:xdist", "--ds=newsroom.settings", "-c", str(tmp_path / "pytest.ini")]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)], cwd=ROOT, env=env, capture_output=True, text=True
    )

    assert (done.returncode, said in done.stdout) == (code, True)
