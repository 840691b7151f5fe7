"""Start-up with a malformed environment: a sentence and exit 1, never a traceback and never a guess."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def manage(tmp_path, *arguments, **environment):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    env = kept | {"NEWSROOM_DATA_DIR": str(tmp_path / "data")} | environment
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DJANGO_DEBUG", "maybe", "Write 1 for yes or 0 for no"),
        ("DJANGO_HTTPS", "2", "Write 1 for yes or 0 for no"),
        ("DJANGO_SECRET_KEY", "short", "shorter than 32 characters"),
        ("DJANGO_TIME_ZONE", "Mars/Olympus", "which is no time zone"),
        ("DJANGO_TIME_ZONE", "../../etc/passwd", "which is no time zone"),
        ("NEWSROOM_WEBSUB_HUB", "hub.example.org", "Write a whole address"),
        ("NEWSROOM_SECURITY_CONTACT", "security@news.example.org", "Write mailto:security@news.example.org"),
        ("DJANGO_LOG_LEVEL", "LOUD", "Write one of DEBUG, INFO, WARNING, ERROR"),
        ("DJANGO_CSRF_TRUSTED_ORIGINS", "news.example.org", "Write each origin with its scheme"),
        ("DATABASE_URL", "mysql://somewhere/news", "names no database this site can use"),
        ("DATABASE_URL", "/srv/newsroom.sqlite3", "names no database this site can use"),
        ("DATABASE_URL", "postgres://", "names no database this site can use"),
        ("DATABASE_URL", "postgres://host:port/news", "cannot be read as an address"),
        ("DJANGO_CSRF_TRUSTED_ORIGINS", "https://", "Write each origin with its scheme"),
        ("DJANGO_ALLOWED_HOSTS", "https://news.example.org/", "Write host names alone"),
        ("DJANGO_HSTS_SECONDS", "soon", "Write a whole number"),
        ("DATABASE_URL", "sqlite:///:memory:", "is gone when the site stops"),
        ("NEWSROOM_DATA_DIR", "~nobody-of-that-name/news", "Write a path"),
        ("NEWSROOM_DATA_DIR", __file__, "which is a file"),
    ],
)
def test_malformed_value_stops_start_up_with_a_sentence(tmp_path, name, value, sentence):
    done = manage(tmp_path, "check", **{name: value})

    assert done.returncode == 1
    assert done.stderr.startswith("The site cannot start. ")
    assert name in done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_malformed_hsts_seconds_stop_start_up_where_https_is_on(tmp_path):
    done = manage(tmp_path, "check", DJANGO_HTTPS="1", DJANGO_HSTS_SECONDS="-1")

    assert (done.returncode, "Write a whole number of 0 or more" in done.stderr) == (1, True)


def test_password_of_a_malformed_database_url_is_not_printed(tmp_path):
    done = manage(tmp_path, "check", DATABASE_URL="mysql://editor:hunter2@somewhere/news")

    assert done.returncode == 1
    assert "hunter2" not in done.stdout + done.stderr


def test_defaults_start_and_keep_one_secret_key(tmp_path):
    first = manage(tmp_path, "check")
    key = (tmp_path / "data" / "secret_key").read_text()
    second = manage(tmp_path, "check")

    assert (first.returncode, second.returncode) == (0, 0)
    assert (tmp_path / "data" / "secret_key").read_text() == key
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o077 == 0


def test_a_key_from_the_environment_needs_no_folder_made_by_hand(tmp_path):
    done = manage(tmp_path, "showmigrations", "aid", DJANGO_SECRET_KEY="k" * 50)

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "data" / "newsroom.sqlite3").is_file()


def test_full_environment_of_a_real_site_starts(tmp_path):
    done = manage(
        tmp_path,
        "check",
        DJANGO_SECRET_KEY="k" * 50,
        DJANGO_ALLOWED_HOSTS="news.example.org, www.example.org",
        DJANGO_CSRF_TRUSTED_ORIGINS="https://news.example.org",
        DJANGO_HTTPS="1",
        DJANGO_BEHIND_PROXY="1",
        DJANGO_HSTS_SECONDS="31536000",
        DJANGO_TIME_ZONE="Europe/Copenhagen",
        DJANGO_LOG_LEVEL="warning",
        DATABASE_URL="postgres://user:password@127.0.0.1:5432/newsroom",
    )

    assert (done.returncode, done.stderr) == (0, "")
