"""Publications: what readers get, from which minute, and that no schedule leaves a gap or two things at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aid.actions.articles import save_revision
from aid.actions.publications import publish_article, take_back_schedule, withdraw_article
from aid.choices import ArticleStatus, AuditAction
from aid.models import Article, AuditEntry, Publication
from aid.queries.standing import standing
from aid.rules.articles import publications_follow_one_another
from tests import builders as make

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTE = {"kind": "update", "note": "There is more to tell."}
WHY = "It rested on a document that was forged."


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as machine:
        yield machine


@pytest.fixture
def article(clock, db):
    return make.make_article("As checked", published=False, status=ArticleStatus.READY)


def ready_text(article, headline):
    """Saves a newer text and takes it as far as a publisher needs it."""
    revision = make.make_revision(article, headline=headline)
    Article.objects.update(status=ArticleStatus.READY)
    return revision


def publish(article, by, at=None):
    """Publishes; where readers have another text, with a note that tells them of the change."""
    return publish_article(article, by, at, NOTE if Article.objects.get(pk=article.pk).live else None)


def held():
    """Every publication: (revision's number or None, hours from NOW at which it begins, at which it ends)."""
    hours = [
        [None if at is None else (at - NOW) / HOUR for at in (row.starts_at, row.ends_at)]
        for row in Publication.objects.in_order()
    ]
    numbers = [row.revision.number if row.revision else None for row in Publication.objects.in_order()]
    return [(number, *found) for number, found in zip(numbers, hours, strict=True)]


def everything():
    """All that a refused step must leave as it is."""
    return [list(model.objects.order_by("pk").values()) for model in (Article, Publication, AuditEntry)]


def last_entry():
    return AuditEntry.objects.order_by("-pk").first()


# Publishing


def test_publishing_puts_the_newest_text_before_readers_from_now_on(article, publisher):
    make.make_revision(article, headline="Newest")

    revision = publish(article, publisher.user)

    article.refresh_from_db()
    assert (article.live, article.live.headline, article.published_at) == (revision, "Newest", NOW)
    assert held() == [(2, 0, None)]
    entry = last_entry()
    assert (entry.action, entry.user, entry.name) == (AuditAction.PUBLISHED, publisher.user, "Newest")
    assert entry.message == "Published revision 2: “Newest”."


def test_publishing_ends_what_there_was_to_do(article, publisher):
    Article.objects.update(assigned_to=publisher.user, due_at=NOW + HOUR)

    publish(article, publisher.user)

    article.refresh_from_db()
    assert (article.assigned_to, article.due_at) == (None, None)


def test_an_update_ends_what_readers_had_and_keeps_the_first_day(article, publisher, clock):
    publish(article, publisher.user)
    clock.shift(HOUR)
    ready_text(article, "Newer")

    publish(article, publisher.user)

    article.refresh_from_db()
    assert held() == [(1, 0, 1), (2, 1, None)]
    assert article.published_at == NOW


def test_two_texts_in_one_and_the_same_moment_leave_the_second(article, publisher):
    publish(article, publisher.user)
    ready_text(article, "Newer")

    publish(article, publisher.user)

    assert held() == [(2, 0, None)]


@pytest.mark.parametrize("status, code", [(ArticleStatus.DRAFT, "draft"), (ArticleStatus.FACT_CHECK, "fact_check")])
@pytest.mark.parametrize("at", [None, NOW + HOUR])
@pytest.mark.parametrize("was_live", [False, True])
def test_nobody_publishes_past_the_fact_check(article, publisher, status, code, at, was_live):
    if was_live:
        publish(article, publisher.user)
        make.make_revision(article, headline="Newer")
    Article.objects.update(status=status)
    before = everything()

    with pytest.raises(ValidationError) as caught:
        publish(article, publisher.user, at)

    assert caught.value.code == code
    assert everything() == before


@pytest.mark.parametrize("text, codes", [
    ({"body": " \n"}, ["no_text"]),
    ({"headline": ""}, ["no_headline"]),
    ({"body": "It gave [[pledge:no-such-pledge:amount]]."}, ["dead_figure"]),
    ({"headline": "", "body": ""}, ["no_headline", "no_text"]),
])  # fmt: skip
@pytest.mark.parametrize("at", [None, NOW + HOUR])
def test_what_breaks_a_rule_is_not_published(article, publisher, text, codes, at):
    make.make_revision(article, **text)
    before = everything()

    with pytest.raises(ValidationError) as caught:
        publish(article, publisher.user, at)

    assert [error.code for error in caught.value.error_list] == codes
    assert everything() == before


def test_what_is_live_is_not_published_again(article, publisher):
    publish(article, publisher.user)

    with pytest.raises(ValidationError) as caught:
        publish(article, publisher.user)

    assert caught.value.code == "live_already"


def test_an_article_without_a_text_is_not_published(publisher, db):
    with pytest.raises(ValidationError) as caught:
        publish(Article.objects.create(slug="bare"), publisher.user)

    assert caught.value.code == "nothing_written"


def test_a_withdrawn_article_comes_back_once_it_was_checked_again(article, publisher, clock):
    publish(article, publisher.user)
    clock.shift(HOUR)
    withdraw_article(article, publisher.user, WHY)
    clock.shift(HOUR)

    with pytest.raises(ValidationError) as caught:
        publish(article, publisher.user)
    assert caught.value.code == "draft"
    Article.objects.update(status=ArticleStatus.READY)
    publish(article, publisher.user)

    assert held() == [(1, 0, 1), (None, 1, 2), (1, 2, None)]


# Schedules


def test_a_scheduled_text_is_there_at_its_minute_and_no_sooner(article, publisher, reader, clock):
    at = NOW + 18 * HOUR
    publish(article, publisher.user, at)
    address = article.get_absolute_url()

    clock.move_to(at - timedelta(microseconds=1))
    assert reader.get(address).status_code == 404
    assert "As checked" not in reader.get("/").content.decode()
    clock.move_to(at)
    assert "As checked" in reader.get(address).content.decode()
    assert "As checked" in reader.get("/").content.decode()
    assert last_entry().action == AuditAction.SCHEDULED
    assert last_entry().message == "Revision 1, “As checked”, goes live on 3 March 2026, 06:00 UTC."


def test_a_scheduled_update_takes_the_place_of_the_live_text_at_its_minute(article, publisher, reader, clock):
    publish(article, publisher.user)
    ready_text(article, "Newer")
    publish(article, publisher.user, NOW + HOUR)
    save_revision(article, {"headline": "Newest of all"}, publisher.user)

    clock.move_to(NOW + HOUR - timedelta(microseconds=1))
    before = reader.get(article.get_absolute_url()).content.decode()
    clock.move_to(NOW + HOUR)
    after = reader.get(article.get_absolute_url()).content.decode()

    assert "As checked" in before and "Newer" not in before
    assert "Newer" in after and "Newest of all" not in after


def test_a_scheduled_withdrawal_happens_at_its_minute_and_says_why(article, publisher, reader, clock):
    publish(article, publisher.user)
    withdraw_article(article, publisher.user, WHY, NOW + HOUR)

    clock.move_to(NOW + HOUR - timedelta(microseconds=1))
    before = reader.get(article.get_absolute_url())
    clock.move_to(NOW + HOUR)
    after = reader.get(article.get_absolute_url())

    assert (before.status_code, after.status_code) == (200, 410)
    assert WHY in after.content.decode()
    assert "A body." not in after.content.decode()
    assert "As checked" not in reader.get("/").content.decode()


def test_a_schedule_takes_the_place_of_the_one_before(article, publisher):
    publish(article, publisher.user, NOW + HOUR)
    ready_text(article, "Newer")

    publish(article, publisher.user, NOW + 3 * HOUR)

    article.refresh_from_db()
    assert held() == [(2, 3, None)]
    assert article.published_at == NOW + 3 * HOUR
    assert last_entry().message.endswith(" Taken back: revision 1 on 2 March 2026, 13:00 UTC.")


def test_the_same_text_can_be_scheduled_for_another_minute(article, publisher):
    publish(article, publisher.user, NOW + 3 * HOUR)

    publish(article, publisher.user, NOW + HOUR)

    assert held() == [(1, 1, None)]


def test_what_is_scheduled_can_be_published_at_once(article, publisher):
    publish(article, publisher.user, NOW + 3 * HOUR)

    publish(article, publisher.user)

    article.refresh_from_db()
    assert held() == [(1, 0, None)]
    assert article.published_at == NOW


def test_publishing_a_newer_text_lets_no_older_one_follow(article, publisher):
    publish(article, publisher.user, NOW + HOUR)
    ready_text(article, "Newer")

    publish(article, publisher.user)

    assert held() == [(2, 0, None)]


def test_a_withdrawal_that_is_scheduled_stays_when_a_newer_text_goes_live(article, publisher):
    publish(article, publisher.user)
    withdraw_article(article, publisher.user, WHY, NOW + 3 * HOUR)
    ready_text(article, "Newer")

    publish(article, publisher.user, NOW + HOUR)

    assert held() == [(1, 0, 1), (2, 1, 3), (None, 3, None)]


def test_a_withdrawal_before_the_text_is_there_goes_with_the_old_schedule(article, publisher):
    publish(article, publisher.user, NOW + HOUR)
    withdraw_article(article, publisher.user, WHY, NOW + 2 * HOUR)

    publish(article, publisher.user, NOW + 3 * HOUR)

    assert held() == [(1, 3, None)]
    assert "the withdrawal on 2 March 2026, 14:00 UTC" in last_entry().message


def test_a_second_withdrawal_takes_the_place_of_the_first(article, publisher):
    publish(article, publisher.user)
    withdraw_article(article, publisher.user, WHY, NOW + HOUR)

    withdraw_article(article, publisher.user, "Another reason.", NOW + 2 * HOUR)

    assert held() == [(1, 0, 2), (None, 2, None)]
    assert Publication.objects.get(revision=None).why == "Another reason."


@pytest.mark.parametrize("act", [
    lambda article, by: publish(article, by, NOW + 2 * HOUR),
    lambda article, by: withdraw_article(article, by, WHY, NOW + HOUR),
])  # fmt: skip
def test_two_things_in_one_minute_are_refused(article, publisher, act):
    publish(article, publisher.user)
    ready_text(article, "Newer")
    publish(article, publisher.user, NOW + HOUR)
    withdraw_article(article, publisher.user, WHY, NOW + 2 * HOUR)
    before = everything()

    with pytest.raises(ValidationError) as caught:
        act(article, publisher.user)

    assert caught.value.code == "same_moment"
    assert everything() == before


@pytest.mark.parametrize("at, code", [(NOW, "past"), (NOW - HOUR, "past"), (NOW.replace(year=2062), "too_far")])
def test_a_moment_that_cannot_be_meant_is_refused(article, publisher, at, code):
    live = make.make_article("Live", published_at=NOW - HOUR)
    before = everything()

    for act in (
        lambda: publish(article, publisher.user, at),
        lambda: withdraw_article(live, publisher.user, WHY, at),
    ):
        with pytest.raises(ValidationError) as caught:
            act()
        assert caught.value.code == code
    assert everything() == before


def test_an_embargo_keeps_an_article_back_until_its_minute(article, publisher):
    Article.objects.update(embargo_until=NOW + 2 * HOUR)

    for at in (None, NOW + HOUR, NOW + 2 * HOUR - timedelta(seconds=1)):
        with pytest.raises(ValidationError) as caught:
            publish(article, publisher.user, at)
        assert [error.code for error in caught.value.error_list] == ["embargo"]
    publish(article, publisher.user, NOW + 2 * HOUR)

    assert held() == [(1, 2, None)]


# Taking back


def test_taking_back_leaves_what_readers_have(article, publisher):
    publish(article, publisher.user)
    ready_text(article, "Newer")
    publish(article, publisher.user, NOW + HOUR)
    withdraw_article(article, publisher.user, WHY, NOW + 2 * HOUR)

    take_back_schedule(article, publisher.user)

    article.refresh_from_db()
    assert held() == [(1, 0, None)]
    # The text that was taken back has been checked.
    assert (article.published_at, article.status) == (NOW, ArticleStatus.READY)
    entry = last_entry()
    assert entry.action == AuditAction.UNSCHEDULED
    assert entry.message == (
        "Taken back: revision 2 on 2 March 2026, 13:00 UTC; the withdrawal on 2 March 2026, 14:00 UTC."
    )


def test_what_was_never_live_has_no_first_day_once_its_schedule_is_taken_back(article, publisher):
    publish(article, publisher.user, NOW + HOUR)

    take_back_schedule(article, publisher.user)

    article.refresh_from_db()
    assert (held(), article.published_at) == ([], None)


def test_where_nothing_is_scheduled_nothing_is_taken_back(article, publisher):
    publish(article, publisher.user)
    before = everything()

    with pytest.raises(ValidationError) as caught:
        take_back_schedule(article, publisher.user)

    assert caught.value.code == "nothing"
    assert everything() == before


# Withdrawing


def test_withdrawing_keeps_the_text_and_says_why(article, publisher, clock):
    publish(article, publisher.user)
    clock.shift(HOUR)

    withdraw_article(article, publisher.user, f" {WHY} ")

    article.refresh_from_db()
    assert (article.live, article.current.why, article.revisions.count()) == (None, WHY, 1)
    assert article in Article.objects.withdrawn()
    assert (last_entry().action, last_entry().why) == (AuditAction.WITHDRAWN, WHY)


def test_withdrawn_now_nothing_scheduled_brings_it_back(article, publisher, clock):
    publish(article, publisher.user)
    ready_text(article, "Newer")
    publish(article, publisher.user, NOW + 3 * HOUR)
    clock.shift(HOUR)

    withdraw_article(article, publisher.user, WHY)

    assert held() == [(1, 0, 1), (None, 1, None)]
    assert "Taken back: revision 2" in last_entry().message
    assert Article.objects.get().status == ArticleStatus.READY


@pytest.mark.parametrize("at", [None, NOW + 2 * HOUR])
def test_a_text_that_was_withdrawn_is_a_draft_however_that_came(article, publisher, clock, at):
    publish(article, publisher.user)
    clock.shift(HOUR)
    withdraw_article(article, publisher.user, WHY, at)
    clock.shift(2 * HOUR)

    assert standing(Article.objects.get()).stage == ArticleStatus.DRAFT
    assert standing(Article.objects.get()).words == ["Withdrawn"]


@pytest.mark.parametrize("why", ["", "  \n"])
@pytest.mark.parametrize("at", [None, NOW + HOUR])
def test_a_withdrawal_needs_a_reason(article, publisher, why, at):
    publish(article, publisher.user)
    before = everything()

    with pytest.raises(ValidationError) as caught:
        withdraw_article(article, publisher.user, why, at)

    assert caught.value.code == "reason"
    assert everything() == before


def test_what_is_not_live_is_not_withdrawn(article, publisher):
    for at in (None, NOW + HOUR):
        with pytest.raises(ValidationError) as caught:
            withdraw_article(article, publisher.user, WHY, at)
        assert caught.value.code == "not_live"
    publish(article, publisher.user, NOW + 2 * HOUR)
    before = everything()

    with pytest.raises(ValidationError) as caught:
        withdraw_article(article, publisher.user, WHY, NOW + HOUR)

    assert caught.value.code == "not_live"
    assert everything() == before


# Rights


@pytest.mark.parametrize("role", ["writer", "editor"])
@pytest.mark.parametrize("act", [
    lambda article, by: publish(article, by),
    lambda article, by: publish(article, by, NOW + HOUR),
    lambda article, by: withdraw_article(article, by, WHY),
    lambda article, by: withdraw_article(article, by, WHY, NOW + HOUR),
    lambda article, by: take_back_schedule(article, by),
])  # fmt: skip
def test_the_actions_themselves_ask_for_the_right(article, publisher, role, act, request):
    publish(article, publisher.user)
    ready_text(article, "Newer")
    publish(article, publisher.user, NOW + 2 * HOUR)
    by = request.getfixturevalue(role).user
    before = everything()

    with pytest.raises(PermissionDenied):
        act(article, by)

    assert everything() == before


# At once


@pytest.mark.django_db(transaction=True)
def test_of_many_who_publish_at_once_one_does(publisher):
    """On PostgreSQL each in a connection of its own; SQLite lets one writer in after the other anyway."""
    article = make.make_article(published=False, status=ArticleStatus.READY)

    def attempt(_):
        try:
            return publish_article(article, publisher.user).number
        except ValidationError as error:
            return error.code
        finally:
            if connection.vendor != "sqlite":
                connection.close()

    if connection.vendor == "sqlite":
        found = list(map(attempt, range(6)))
    else:
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(attempt, range(6)))

    assert sorted(map(str, found)) == ["1", *["live_already"] * 5]
    assert Publication.objects.count() == AuditEntry.objects.about(article).count() == 1


# Any sequence whatever


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["save", "publish", "schedule", "withdraw", "schedule withdrawal", "take back", "wait"]),
        st.integers(min_value=0, max_value=4),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_leaves_publications_that_follow_one_another(steps, publisher):
    with time_machine.travel(NOW, tick=False) as clock, transaction.atomic():
        article, by = make.make_article(published=False, status=ArticleStatus.READY), publisher.user
        for step, hours in steps:
            # Nobody takes two steps in the same moment.
            clock.shift(1)
            at = datetime.now(UTC) + hours * HOUR
            begun = list(Publication.objects.begun().in_order().values_list("pk", "starts_at", "revision"))
            try:
                if step == "save":
                    ready_text(article, f"Text {article.revisions.count() + 1}")
                elif step == "publish":
                    publish(article, by)
                elif step == "schedule":
                    publish(article, by, at)
                elif step == "withdraw":
                    withdraw_article(article, by, WHY)
                elif step == "schedule withdrawal":
                    withdraw_article(article, by, WHY, at)
                elif step == "take back":
                    take_back_schedule(article, by)
                else:
                    clock.shift(hours * HOUR)
            except ValidationError:
                pass
            _check(article, begun)
        transaction.set_rollback(True)


def _check(article, begun):
    rows = list(article.publications.in_order())
    assert [row.ends_at for row in rows[:-1]] == [row.starts_at for row in rows[1:]]
    assert [row.pk for row in rows if row.ends_at is None] == [row.pk for row in rows[-1:]]
    assert list(publications_follow_one_another()) == []
    # A withdrawal follows a text, never another withdrawal.
    numbers = [row.revision_id for row in rows]
    assert all(before for before, row in zip([None, *numbers], numbers, strict=False) if row is None)
    # What readers have had is still there.
    assert [(row.pk, row.starts_at, row.revision_id) for row in rows][: len(begun)] == begun
    # Of what is to come there are at most one text and one withdrawal.
    coming = [row.revision_id is None for row in Publication.objects.coming()]
    assert coming.count(True) <= 1 and coming.count(False) <= 1
