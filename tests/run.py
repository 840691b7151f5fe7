"""Runs the whole suite: on SQLite, then on a throwaway PostgreSQL all that the database can make a difference to.

    .venv/bin/python -m tests.run [--only sqlite|postgres] [arguments for pytest]

Standard library only. Ends with 1 if anything failed. With NEWSROOM_REQUIRE_POSTGRES=1 or NEWSROOM_REQUIRE_BROWSER=1
it is a failure that one of the two is missing, and no skip.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from tests.machine import chromium, postgres_bin

ROOT = Path(__file__).resolve().parent.parent
NOTHING_SELECTED = 5  # pytest's exit code

# A throwaway cluster need not survive a power cut.
CLUSTER_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "lc_messages": "C",
}


class ClusterFailed(Exception):
    """PostgreSQL is installed, and the throwaway cluster does not start; holds its log's end."""


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    only, arguments = _only(arguments)
    print_chromium()
    results = {}
    if only != "postgres":
        results["SQLite"] = timed(run_pytest, arguments)
    if only != "sqlite":
        results["PostgreSQL"] = timed(run_on_postgres, arguments)
    loud("Results")
    for lane, (outcome, seconds) in results.items():
        print(f"  {lane:<11} {outcome}, {seconds:.0f} s", flush=True)
    return 1 if any(outcome.startswith("FAILED") for outcome, _ in results.values()) else 0


def _only(arguments):
    if arguments[:1] != ["--only"]:
        return None, arguments
    if arguments[1:2] not in (["sqlite"], ["postgres"]):
        sys.exit("--only takes sqlite or postgres.")
    return arguments[1], arguments[2:]


def print_chromium():
    if chromium() is None:
        loud("NO CHROMIUM on this machine: the browser tests are SKIPPED. Install the package chromium to run them.")


def loud(text):
    print(f"\n{'=' * 100}\n{text}\n{'=' * 100}", flush=True)


def timed(lane, *args):
    started = time.monotonic()
    return lane(*args), time.monotonic() - started


def run_pytest(arguments, **environment):
    """Runs pytest with the settings' defaults and no setting of the person who runs it; returns what came of it."""
    loud(f"The suite on {'PostgreSQL' if environment else 'SQLite'}")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DJANGO_") and name not in ("DATABASE_URL", "NEWSROOM_DATA_DIR", "PYTEST_ADDOPTS")
    }
    with tempfile.TemporaryDirectory(prefix="newsroom-tests-") as data:
        env = kept | {"NEWSROOM_DATA_DIR": data} | environment
        code = subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=env).returncode
    if code == NOTHING_SELECTED and environment and arguments:
        return "no test of this selection"
    return "FAILED" if code else "passed"


def run_on_postgres(arguments):
    programs = postgres_bin()
    if programs is None:
        loud("NO POSTGRESQL on this machine: its half of the tests is SKIPPED. Install the package postgresql.")
        return "FAILED: required and missing" if os.environ.get("NEWSROOM_REQUIRE_POSTGRES") == "1" else "SKIPPED"
    try:
        with cluster(Path(programs)) as url:
            return run_pytest(["-m", "not browser and not once", *arguments], DATABASE_URL=url)
    except ClusterFailed as error:
        loud(f"PostgreSQL of {programs} did not start.\n{error}")
        return "FAILED to start"


@contextmanager
def cluster(programs):
    """A PostgreSQL of its own on a free port of this machine, stopped and removed afterwards. Gives its URL."""
    folder = Path(tempfile.mkdtemp(prefix="newsroom-postgres-"))
    server = None
    try:
        password = secrets.token_hex(16)
        (folder / "password").write_text(password)
        somebody = unprivileged(folder)
        initdb = [programs / "initdb", "-D", folder / "data", "-U", "newsroom", "--pwfile", folder / "password"]
        initdb += ["--auth=scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync"]
        made = subprocess.run(initdb, cwd=folder, capture_output=True, text=True, **somebody)
        if made.returncode:
            raise ClusterFailed(made.stdout + made.stderr)
        server, port = start(programs, folder, somebody)
        yield f"postgres://newsroom:{password}@127.0.0.1:{port}/newsroom"
    finally:
        if server:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged(folder):
    """How to run PostgreSQL's programs, which refuse root: as another account that then owns the folder."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            account = pwd.getpwnam(name)
        except KeyError:
            continue
        for path in (folder, *folder.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    raise ClusterFailed("PostgreSQL refuses to run as root, and there is no account postgres or nobody to run it as.")


def start(programs, folder, somebody, tries=3):
    options = [word for name, value in CLUSTER_SETTINGS.items() for word in ("-c", f"{name}={value}")]
    for _ in range(tries):
        # The port is free now; should another program take it in the meantime, another one is tried.
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = [programs / "postgres", "-D", folder / "data", "-p", str(port), *options]
        with open(folder / "log", "w") as log:
            # A session of its own: Ctrl+C then reaches pytest, and the cluster is stopped after it.
            server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True, **somebody)
        until = time.monotonic() + 60
        while server.poll() is None and time.monotonic() < until:
            if "ready to accept connections" in (folder / "log").read_text():
                return server, port
            time.sleep(0.1)
        stop(server)
    raise ClusterFailed((folder / "log").read_text()[-2000:])


def stop(server):
    """Stops the cluster's first process: at once (SIGINT), and by force where that takes too long."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)
            server.wait(20)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
