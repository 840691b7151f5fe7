"""Where an article stands, in plain words, and what that costs."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from aid import moments
from aid.models import Article
from aid.queries.standing import standing, with_standing
from tests import builders as make

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
THEN, LATER = "2 March 2026, 13:00 UTC", "2 March 2026, 14:00 UTC"


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(NOW, tick=False) as machine:
        yield machine


def make_live(newer=None, status="draft"):
    """A live article, with a newer text at a status if that is given one."""
    article = make.make_article(published_at=NOW - HOUR, status=status)
    if newer:
        make.make_revision(article, headline=newer)
    return article


def scheduled_update():
    article = make_live("Newer")
    make.make_publication(article, article.revisions.first(), NOW + HOUR)
    return article


def newer_than_scheduled():
    article = scheduled_update()
    make.make_revision(article, headline="Newest", body="More.")
    return article


def withdrawn(newer=None, status="draft"):
    article = make_live(status=status)
    make.make_publication(article, None, NOW - timedelta(minutes=1))
    if newer:
        make.make_revision(article, headline=newer)
    return article


def to_be_withdrawn():
    article = make_live()
    make.make_publication(article, None, NOW + HOUR)
    return article


def there_and_gone_again():
    article = make.make_article(published_at=NOW + HOUR)
    make.make_publication(article, None, NOW + 2 * HOUR)
    return article


def draft(**given):
    return make.make_article(published=False, **given)


@pytest.mark.parametrize("made, words", [
    (lambda: Article.objects.create(slug="bare"), ["Nothing written yet"]),
    (draft, ["Draft"]),
    (lambda: draft(status="fact_check"), ["Fact-check"]),
    (lambda: draft(status="ready"), ["Ready"]),
    (lambda: draft(embargo_until=NOW + HOUR), ["Draft", f"Under embargo until {THEN}"]),
    (lambda: draft(embargo_until=NOW), ["Draft"]),
    (lambda: make.make_article(published_at=NOW + HOUR), [f"Scheduled for {THEN}"]),
    (lambda: make.make_article(published_at=NOW + HOUR, embargo_until=NOW + HOUR), [f"Scheduled for {THEN}"]),
    (there_and_gone_again, [f"Scheduled for {THEN}", f"To be withdrawn on {LATER}"]),
    (make_live, ["Live"]),
    (lambda: make_live(status="ready"), ["Live"]),
    (lambda: make_live("Newer"), ["Live with newer draft"]),
    (lambda: make_live("Newer", "fact_check"), ["Live with newer draft", "Fact-check"]),
    (lambda: make_live("Newer", "ready"), ["Live with newer draft", "Ready"]),
    (scheduled_update, ["Live", f"Scheduled for {THEN}"]),
    (newer_than_scheduled, ["Live with newer draft", f"Scheduled for {THEN}"]),
    (to_be_withdrawn, ["Live", f"To be withdrawn on {THEN}"]),
    (withdrawn, ["Withdrawn"]),
    (lambda: withdrawn("Newer"), ["Withdrawn with newer draft"]),
    (lambda: withdrawn(status="fact_check"), ["Withdrawn", "Fact-check"]),
])  # fmt: skip
def test_a_state_is_said_in_plain_words(made, words):
    article = made()

    assert standing(Article.objects.get(pk=article.pk)).words == words
    assert standing(with_standing(Article.objects.all()).get()).words == words


def test_a_schedule_that_begins_changes_the_words_without_anybody(clock):
    article = there_and_gone_again()

    said = []
    for moment in (NOW + HOUR, NOW + 2 * HOUR):
        clock.move_to(moment)
        said.append(standing(Article.objects.get(pk=article.pk)).words)

    assert said == [["Live", f"To be withdrawn on {LATER}"], ["Withdrawn"]]


@pytest.mark.parametrize("number", [1, 3])
def test_standing_of_a_list_costs_the_same_however_many(number, django_assert_num_queries):
    for _ in range(number):
        newer_than_scheduled()
        withdrawn("Newer")

    with django_assert_num_queries(3):
        found = [standing(article).words for article in with_standing(Article.objects.all())]

    assert len(found) == 2 * number


@pytest.mark.parametrize("zone, told", [
    ("UTC", "29 March 2026, 23:30 UTC"),
    ("Europe/Copenhagen", "30 March 2026, 01:30 Europe/Copenhagen (29 March 2026, 23:30 UTC)"),
    ("America/New_York", "29 March 2026, 19:30 America/New_York (23:30 UTC)"),
])  # fmt: skip
def test_a_moment_is_told_in_a_named_zone_and_in_utc(zone, told):
    assert moments.told(datetime(2026, 3, 29, 23, 30, tzinfo=UTC), zone) == told
