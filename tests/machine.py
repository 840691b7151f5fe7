"""What this machine has to test with: a Chromium, PostgreSQL's programs. Standard library only."""

import glob
import os
import re
import shutil
import subprocess
from pathlib import Path

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ELSEWHERE = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


def chromium():
    """The path of a Chromium or Chrome, or None."""
    found = [path for name in CHROMIUMS if (path := shutil.which(name))]
    found += [path for path in ELSEWHERE if os.access(path, os.X_OK)]
    return found[0] if found else None


def postgres_bin():
    """The folder with `initdb` and `postgres`, of the newest release found, or None."""
    folders = []
    try:
        said = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, timeout=30)
        folders.append(said.stdout.strip())
    except (OSError, subprocess.TimeoutExpired):
        pass
    folders += sorted((f for pattern in POSTGRES_FOLDERS for f in glob.glob(pattern)), key=_release, reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(str(Path(on_path).resolve().parent))
    complete = (
        f for f in folders if f and all(os.access(Path(f) / name, os.X_OK) for name in ("initdb", "postgres"))
    )
    return next(complete, None)


def _release(folder):
    return int(next(iter(re.findall(r"\d+", folder)), 0))
