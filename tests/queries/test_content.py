"""Each way to write content changes its version, and nothing else does."""

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from aid.actions.content import watched_tables
from aid.models import Party, Pledge, Sector
from aid.queries.content import content_version, kept_for_version
from tests import builders as make

pytestmark = pytest.mark.django_db


def sector(code):
    return Sector(vocabulary="newsroom", code=code, name=code)


def ways():
    yield "save", lambda pledge: pledge.save()
    yield "update of many", lambda pledge: Pledge.objects.update(title="Another")
    yield "bulk_create", lambda pledge: Sector.objects.bulk_create([sector("x")])
    yield "insert or ignore", lambda pledge: Sector.objects.bulk_create([sector("y")], ignore_conflicts=True)
    yield "link", lambda pledge: pledge.sectors.add(make.make_sector(code="z"))
    yield "unlink", lambda pledge: pledge.sectors.clear()
    yield "delete", lambda pledge: Party.objects.filter(slug="unused").delete()


def test_each_way_to_write_gives_a_version_that_was_never_there():
    make.make_party(slug="unused")
    pledge, seen = make.make_pledge(), {content_version()}
    for name, write in ways():
        write(pledge)
        assert content_version() not in seen, name
        seen.add(content_version())


def test_what_is_taken_back_leaves_no_version_behind():
    before = content_version()
    with transaction.atomic():
        make.make_party(slug="one")
        during = content_version()
        assert kept_for_version("names", during, lambda: ["one"]) == ["one"]
        transaction.set_rollback(True)
    assert content_version() == before != during
    make.make_party(slug="two")
    assert content_version() not in (before, during)
    assert kept_for_version("names", content_version(), lambda: ["two"]) == ["two"]


def test_what_no_reader_sees_changes_no_version(django_assert_num_queries):
    before = content_version()
    User.objects.create(username="somebody")
    with django_assert_num_queries(1):
        assert content_version() == before


def test_every_table_of_content_is_watched():
    """A migration that alters a table on SQLite drops its triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT DISTINCT event_object_table FROM information_schema.triggers")
        else:
            cursor.execute(
                "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_mark\\_%' ESCAPE '\\' "
                "GROUP BY 1 HAVING count(*) = 3"
            )
        assert {name for (name,) in cursor.fetchall()} >= set(watched_tables())
    assert {"aid_pledge", "aid_pledge_sectors", "aid_claim", "aid_exchangerate", "aid_publication"} <= set(
        watched_tables()
    )
