"""Rows of a newsroom whose articles, pictures, passages and topics had no history are known since they say."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from aid.models import Article, ExchangeRate, Passage, Sector

pytestmark = pytest.mark.once

BEFORE, AFTER = [("aid", "0008_corrections_of_people_and_sources")], [("aid", "0009_past")]
SINCE = datetime(2024, 2, 1, tzinfo=UTC)


@pytest.fixture
def before(transactional_db):
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    executor = MigrationExecutor(connection)
    executor.migrate(BEFORE)
    yield MigrationExecutor(connection).loader.project_state(BEFORE).apps
    MigrationExecutor(connection).migrate(newest)


def test_histories_begin_when_the_rows_say(before):
    models = {
        name: before.get_model("aid", name) for name in ("Article", "Source", "Passage", "Sector", "ExchangeRate")
    }
    models["Article"].objects.create(slug="kept", created_at=SINCE)
    source = models["Source"].objects.create(
        slug="s", title="S", kind="dataset", text="One", sha256="0" * 64, publisher_unknown="not_stated"
    )
    models["Source"].objects.filter(pk=source.pk).update(updated_at=SINCE)
    models["Passage"].objects.create(source=source, start=0, end=3, quote="One")
    models["Sector"].objects.create(vocabulary="newsroom", code="drones", name="Drones")
    models["ExchangeRate"].objects.create(day="2024-01-24", currency="DKK", per_euro="7.4", source=source)

    MigrationExecutor(connection).migrate(AFTER)

    assert [(line.slug, line.history_date) for line in Article.past.all()] == [("kept", SINCE)]
    assert [(line.quote, line.history_date) for line in Passage.past.all()] == [("One", SINCE)]
    assert [line.name for line in Sector.past.all()] == ["Drones"]
    assert ExchangeRate.objects.get().loaded_at == SINCE
