"""Articles of a newsroom that was there before publications are carried over, and nothing of them is lost."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from aid.models import Article

pytestmark = pytest.mark.once

BEFORE, AFTER = [("aid", "0002_roles")], [("aid", "0006_desk_roles")]


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


def make(apps, slug, texts, live=None, published=True):
    models = {name: apps.get_model("aid", name) for name in ("Article", "ArticleRevision", "Sector")}
    topic, _ = models["Sector"].objects.get_or_create(vocabulary="newsroom", code="drones", name="Drones")
    now = timezone.now()
    article = models["Article"].objects.create(slug=slug, section="analysis", published_at=now if published else None)
    article.topics.add(topic)
    for number, text in enumerate(texts, 1):
        models["ArticleRevision"].objects.create(article=article, number=number, headline=text)
    if live:
        models["Article"].objects.filter(pk=article.pk).update(live=article.revisions.get(number=live), live_at=now)
    return now


def test_articles_are_carried_over(before):
    since = make(before, "live", ["One"], live=1)
    make(before, "newer", ["One", "Two"], live=1)
    make(before, "draft", ["One"], published=False)
    make(before, "gone", ["One"])

    migrate(AFTER)

    found = {article.slug: article for article in Article.objects.with_edition()}
    assert {slug: (a.live and a.live.number, a.status, bool(a.current)) for slug, a in found.items()} == {
        "live": (1, "ready", True), "newer": (1, "draft", True), "draft": (None, "draft", False),
        "gone": (None, "draft", True),
    }  # fmt: skip
    assert found["live"].live_at == found["live"].published_at == since
    assert {(r.section, *(t.code for t in r.topics.all())) for a in found.values() for r in a.revisions.all()} == {
        ("analysis", "drones")
    }
    assert set(Article.objects.published()) == {found["live"], found["newer"]}
    assert list(Article.objects.withdrawn()) == [found["gone"]]
