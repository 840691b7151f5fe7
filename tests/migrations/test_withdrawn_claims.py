"""Claims that were withdrawn before the reason had a column of its own are carried over, with their history."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = [("aid", "0011_steps_back")], [("aid", "0012_withdrawn_claims")]
RECORDED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def migrate(target):
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.fixture
def before(transactional_db):
    """The tables as they were; afterwards the newest again."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    yield migrate(BEFORE)
    migrate(newest)


def make(apps, key, **given):
    """A claim, and a line of its history for each rank that it had, a day apart."""
    Party, Source = (apps.get_model("aid", name) for name in ("Party", "Source"))
    party, _ = Party.objects.get_or_create(slug="norland", name="Norland", kind="state")
    source, _ = Source.objects.get_or_create(slug="report", title="Report", kind="news_report")
    ranks = given.pop("ranks", ())
    given = {"field": "parent", "value": "x", "recorded_at": RECORDED, "rank": "withdrawn"} | given
    claim = apps.get_model("aid", "Claim").objects.create(key=key, party=party, source=source, **given)
    columns = {field.attname: getattr(claim, field.attname) for field in claim._meta.concrete_fields}
    for day, rank in enumerate(ranks, 1):
        at = RECORDED + timedelta(days=day)
        kind = "+" if day == 1 else "~"
        line = columns | {"rank": rank, "reasoning": columns["reasoning"] if rank == "withdrawn" else ""}
        apps.get_model("aid", "HistoricalClaim").objects.create(history_date=at, history_type=kind, **line)
    return claim


def told(row):
    return row.reasoning, row.withdrawn_why, (row.withdrawn_at - RECORDED).days if row.withdrawn_at else None


def test_withdrawn_claims_keep_their_reason_and_their_moment(before):
    make(before, "told", reasoning="It follows.\n\nWithdrawn: Misread.", basis="inferred", ranks=[
        "alternative", "withdrawn", "alternative", "withdrawn", "withdrawn"])  # fmt: skip
    make(before, "bare", reasoning="Withdrawn: Misread.")
    make(before, "untold", reasoning="It follows.", basis="inferred")
    make(before, "odd", reasoning="Withdrawn: ", basis="inferred")
    make(before, "stands", rank="alternative", reasoning="It was not Withdrawn: so.", ranks=["alternative"])

    apps = migrate(AFTER)

    none = "It was withdrawn before reasons were kept."
    assert {claim.key: told(claim) for claim in apps.get_model("aid", "Claim").objects.all()} == {
        "told": ("It follows.", "Misread.", 4),
        "bare": ("", "Misread.", 0),
        "untold": ("It follows.", none, 0),
        "odd": ("Withdrawn: ", none, 0),
        "stands": ("It was not Withdrawn: so.", "", None),
    }
    lines = apps.get_model("aid", "HistoricalClaim").objects.filter(key="told").order_by("history_date")
    assert [told(line) for line in lines] == [
        ("", "", None), ("It follows.", "Misread.", 2), ("", "", None), ("It follows.", "Misread.", 4),
        ("It follows.", "Misread.", 4),
    ]  # fmt: skip


def test_they_can_be_carried_back(before):
    make(before, "told", reasoning="It follows.\n\nWithdrawn: Misread.", basis="inferred", ranks=["withdrawn"])
    make(before, "untold", reasoning="It follows.", basis="inferred")
    migrate(AFTER)

    apps = migrate(BEFORE)

    claims = apps.get_model("aid", "Claim").objects
    assert dict(claims.values_list("key", "reasoning")) == {
        "told": "It follows.\n\nWithdrawn: Misread.", "untold": "It follows.",
    }  # fmt: skip
