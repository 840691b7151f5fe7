"""The cast of the tests, the source document, and the browser."""

import hashlib
import os
import shutil
import tempfile
from importlib import metadata
from pathlib import Path

import pytest

from tests.machine import chromium

ROOT = Path(__file__).resolve().parent.parent
FOLDER = pytest.StashKey()
NO_BROWSER = "No Chromium on this machine: install the package chromium to run the browser tests."


def pytest_configure(config):
    from django.conf import settings

    # Plain names for static files, found where they are written: no test needs `collectstatic` to have run.
    settings.STORAGES = settings.STORAGES | {
        # Pictures are kept in memory, and gone with the run.
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        # On a file each thread of a live server has a connection of its own, as on a site. In memory all would share
        # one, with its transactions.
        config.stash[FOLDER] = tempfile.TemporaryDirectory(prefix="newsroom-tests-database-")
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"{config.stash[FOLDER].name}/test.sqlite3"
    # A real hash takes a third of a second by design, for every account of every test.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


# The migrated database is kept from run to run, for as long as what it is made of stays the same


def _made_of():
    """A short name for all that the empty database is made of: the migrations and what they import."""
    import django

    files = [
        ROOT / "aid/dates.py",
        ROOT / "aid/money.py",
        *ROOT.glob("aid/models/*.py"),
        *ROOT.glob("aid/migrations/*.py"),
    ]
    words = hashlib.sha256(f"{django.__version__} {metadata.version('django-simple-history')}".encode())
    for file in sorted(files):
        words.update(f"{file.name}\n".encode() + file.read_bytes())
    return words.hexdigest()[:20]


@pytest.fixture(scope="session")
def migrated(request, django_db_modify_db_settings):
    """(where the migrated SQLite database of these very migrations is kept, whether it was there and is in use)."""
    from django.db import connection

    cache = getattr(request.config, "cache", None)
    if connection.vendor != "sqlite" or cache is None:
        return None, False
    kept = cache.mkdir("database") / f"{_made_of()}.sqlite3"
    if kept.exists():
        shutil.copyfile(kept, connection.creation._get_test_db_name())
        return kept, True
    return kept, False


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb, migrated):
    """Whether the test database is taken as it is found. `migrate` looks through it all the same."""
    return django_db_keepdb or migrated[1]


@pytest.fixture(scope="session")
def django_db_setup(migrated, django_db_setup, django_db_blocker):
    from django.db import connection

    kept, is_in_use = migrated
    if kept and not is_in_use:
        fresh = kept.with_name(f"{os.getpid()}.new")
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(fresh)])
        for other in kept.parent.glob("*.sqlite3"):
            other.unlink(missing_ok=True)
        fresh.replace(kept)


def pytest_unconfigure(config):
    if FOLDER in config.stash:
        config.stash[FOLDER].cleanup()


# What the database makes no difference to


ONCE = {"intake", "laws", "settings", "test_run.py", "test_evidence.py"}


def pytest_collection_modifyitems(items):
    for item in items:
        if ONCE & set(item.path.parts):
            item.add_marker("once")


# The browser


def pytest_runtest_setup(item):
    if item.get_closest_marker("browser") is None:
        return
    if chromium() is None:
        if os.environ.get("NEWSROOM_REQUIRE_BROWSER") == "1":
            pytest.fail(NO_BROWSER, pytrace=False)
        pytest.skip(NO_BROWSER)
    # Playwright keeps an event loop in this thread, which Django takes for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def pytest_terminal_summary(terminalreporter):
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NO_BROWSER in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(
            f"!!! {len(skipped)} BROWSER TESTS WERE SKIPPED. {NO_BROWSER}", red=True, bold=True
        )


@pytest.fixture(scope="session")
def base_url():
    """In the place of pytest-playwright's own, whose form pytest 9.2 warns of. Tests write whole addresses."""


@pytest.fixture(scope="session")
def browser(browser):
    """A Chromium whose contexts have no service workers, unless they ask for them: one that fetches on its own would
    still do so while a test's rows are taken away."""
    made = browser.new_context

    def new_context(has_workers=False, **options):
        context = made(**options)
        if not has_workers:
            context.add_init_script("delete Navigator.prototype.serviceWorker")
        return context

    browser.new_context = new_context
    return browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return browser_type_launch_args | {
        "executable_path": chromium(),
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            # No word to its maker: a test talks to the test server alone.
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ],
    }


# The cast: a client each, with the signed-in account as `.user`


def _signed_in(role):
    from django.contrib.auth.models import Group, User
    from django.test import Client

    from aid.actions.roles import grant_roles
    from aid.models import AuditEntry

    if not Group.objects.filter(name=role).exists():
        # The migration makes the groups; a test with a live server empties all tables behind itself.
        told = list(AuditEntry.objects.values_list("pk", flat=True))
        grant_roles()
        # Making the cast is no part of what a test tells of, and the log lets nobody else take an entry away.
        AuditEntry.objects.exclude(pk__in=told)._raw_delete("default")
    user = User.objects.create_user(role, is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def reader(client):
    """Somebody who is not signed in."""
    return client


@pytest.fixture
def writer(db):
    return _signed_in("writer")


@pytest.fixture
def editor(db):
    return _signed_in("editor")


@pytest.fixture
def publisher(db):
    return _signed_in("publisher")


@pytest.fixture
def administrator(db):
    return _signed_in("administrator")


@pytest.fixture
def editor_page(live_server, editor, page):
    """A browser's page in which the editor is signed in, at the live server's root."""
    from django.conf import settings

    session = editor.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(live_server.url)
    return page


@pytest.fixture
def examples(document):
    """The invented texts of fixtures/examples/, loaded beside the document. Gives the sources: agrees, disagrees."""
    from aid.exchange.fixtures import example_files, load_missing
    from aid.models import Source

    load_missing(example_files())
    return [Source.objects.get(slug=f"example-text-that-{what}") for what in ("agrees", "disagrees")]


@pytest.fixture
def empty(db):
    """A database without a row of the app, whatever a test with real transactions has left behind."""
    from django.db import connection

    from tests.loaded import tables_of_content

    with connection.cursor() as cursor:
        for table in tables_of_content():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


@pytest.fixture
def document(db):
    """The documents of fixtures/, loaded. Gives the source that has the text."""
    from aid.exchange.fixtures import fixture_files
    from aid.models import Source
    from tests.loaded import load

    load(fixture_files())
    return Source.objects.exclude(text="").get()
