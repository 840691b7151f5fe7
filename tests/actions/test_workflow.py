"""The way to publication: who takes which step from where, and that a refused step changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError

from aid.actions.articles import save_revision
from aid.actions.publications import publish_article, take_back_schedule, withdraw_article
from aid.actions.workflow import assign_article, make_ready, send_back_article, set_embargo, submit_article
from aid.choices import ArticleStatus, AuditAction
from aid.models import Article, AuditEntry, Publication
from aid.queries.standing import standing
from aid.rules.workflow import STEPS, refusal, steps_for
from tests import builders as make

DRAFT, FACT_CHECK, READY = ArticleStatus.DRAFT, ArticleStatus.FACT_CHECK, ArticleStatus.READY
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WHY = "The second figure has no source."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as machine:
        yield machine


def article_at(stage, author=None):
    """An article whose newest text is at a stage: empty, draft, fact_check, ready, scheduled or live."""
    if stage == "empty":
        return Article.objects.create(slug=f"bare-{Article.objects.count()}")
    article = make.make_article("A text", published=False, created_by=author)
    if stage in ("scheduled", "live"):
        starts_at = NOW + HOUR if stage == "scheduled" else NOW - HOUR
        make.make_publication(article, article.revisions.get(), starts_at)
        Article.objects.filter(pk=article.pk).update(status=READY, published_at=starts_at)
    else:
        Article.objects.filter(pk=article.pk).update(status=stage)
    article.refresh_from_db()
    return article


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Article, Publication, AuditEntry)]


def last_entry():
    return AuditEntry.objects.order_by("-pk").first()


# The table


STAGES = ["empty", "draft", "fact_check", "ready", "scheduled", "live"]
# What may be done from each stage, by its first letter below; `.` is refused.
MOVES = {
    "submit": ".S....",
    "send-back": "..BB..",
    "make-ready": "..R...",
    "publish": "...PP.",
    "schedule": "...PP.",
    "take-back": "....T.",
    "withdraw": ".....W",
    "schedule-withdrawal": "....WW",
    "assign": "AAAAAA",
    "embargo": "EEEEE.",
}


def test_the_table_of_moves_is_complete():
    assert list(MOVES) == list(STEPS)


@pytest.mark.parametrize("step", MOVES)
def test_each_step_is_taken_from_its_stages_alone(step, db):
    for stage, letter in zip(STAGES, MOVES[step], strict=True):
        found = standing(article_at(stage))

        assert found.stage == stage
        assert (refusal(step, found) is None) is (letter != "."), stage


RIGHTS = {
    "submit": "wep", "embargo": "wep", "send-back": "ep", "make-ready": "ep", "assign": "ep", "publish": "p",
    "schedule": "p", "take-back": "p", "withdraw": "p", "schedule-withdrawal": "p",
}  # fmt: skip
ACTS = {
    "submit": submit_article,
    "send-back": lambda article, by: send_back_article(article, by, WHY),
    "make-ready": make_ready,
    "publish": publish_article,
    "schedule": lambda article, by: publish_article(article, by, NOW + 2 * HOUR),
    "take-back": take_back_schedule,
    "withdraw": lambda article, by: withdraw_article(article, by, WHY),
    "schedule-withdrawal": lambda article, by: withdraw_article(article, by, WHY, NOW + 3 * HOUR),
    "assign": lambda article, by: assign_article(article, by, by),
    "embargo": lambda article, by: set_embargo(article, by, NOW + HOUR),
}


@pytest.mark.parametrize("step", MOVES)
@pytest.mark.parametrize("role", ["writer", "editor", "publisher", "administrator"])
def test_a_role_takes_its_steps_and_no_other(role, step, request):
    user = request.getfixturevalue(role).user
    may = role == "administrator" or role[0] in RIGHTS[step]
    for stage, letter in zip(STAGES, MOVES[step], strict=True):
        article = article_at(stage)
        before = everything()

        if may and letter != ".":
            assert step in steps_for(user, standing(article))
            ACTS[step](article, user)
            assert AuditEntry.objects.about(article).count() == 1
            continue
        with pytest.raises(ValidationError if may else PermissionDenied):
            ACTS[step](article, user)
        assert everything() == before
        assert step not in steps_for(user, standing(article))


# Submitting


def test_submitting_hands_a_text_to_whoever_checks(writer, editor):
    article = article_at(DRAFT, writer.user)
    Article.objects.update(assigned_to=writer.user, due_at=NOW + HOUR)

    revision = submit_article(article, writer.user)

    article.refresh_from_db()
    assert (article.status, article.assigned_to, article.due_at) == (FACT_CHECK, None, NOW + HOUR)
    entry = last_entry()
    assert (entry.action, entry.user, entry.message) == (
        AuditAction.SUBMITTED, writer.user, f"Sent revision {revision.number} to the fact-check.")  # fmt: skip
    assert entry.name == "A text"


def test_submitting_leaves_a_text_with_whom_an_editor_named(writer, editor):
    article = article_at(DRAFT, writer.user)
    Article.objects.update(assigned_to=editor.user)

    submit_article(article, writer.user)

    article.refresh_from_db()
    assert article.assigned_to == editor.user


@pytest.mark.parametrize("text, codes", [
    ({"headline": " "}, ["no_headline"]),
    ({"headline": "", "body": ""}, ["no_headline", "no_text"]),
    ({"body": "It gave [[pledge:gone:amount]]."}, ["dead_figure"]),
])  # fmt: skip
def test_an_unfinished_text_is_kept_and_not_submitted(writer, text, codes):
    article = article_at(DRAFT, writer.user)
    save_revision(article, text, writer.user)
    before = everything()

    with pytest.raises(ValidationError) as caught:
        submit_article(article, writer.user)

    assert [error.code for error in caught.value.error_list] == codes
    assert everything() == before


def test_an_article_under_embargo_can_be_submitted_and_checked(writer, editor):
    article = article_at(DRAFT, writer.user)
    set_embargo(article, writer.user, NOW + HOUR)

    submit_article(article, writer.user)
    make_ready(article, editor.user)

    article.refresh_from_db()
    assert article.status == READY


# Sending back


def test_sending_back_hands_a_text_to_whoever_wrote_it(writer, editor):
    article = article_at(FACT_CHECK, writer.user)

    to = send_back_article(article, editor.user, f" {WHY}\n")

    article.refresh_from_db()
    assert (to, article.status, article.assigned_to) == (writer.user, DRAFT, writer.user)
    assert (last_entry().action, last_entry().why) == (AuditAction.SENT_BACK, WHY)


def test_nobody_gets_back_what_an_account_wrote_that_is_gone(editor):
    author = make.make_user(is_staff=True, is_active=False)
    article = article_at(READY, author)

    assert send_back_article(article, editor.user, WHY) is None
    article.refresh_from_db()
    assert (article.status, article.assigned_to) == (DRAFT, None)


@pytest.mark.parametrize("why", ["", " \n"])
def test_sending_back_needs_a_reason(editor, why):
    article = article_at(FACT_CHECK)
    before = everything()

    with pytest.raises(ValidationError) as caught:
        send_back_article(article, editor.user, why)

    assert caught.value.code == "reason"
    assert everything() == before


# Making ready


def test_somebody_else_makes_a_text_ready(writer, editor):
    article = article_at(FACT_CHECK, writer.user)
    Article.objects.update(assigned_to=editor.user)

    make_ready(article, editor.user)

    article.refresh_from_db()
    assert (article.status, article.assigned_to) == (READY, None)
    assert last_entry().action == AuditAction.MADE_READY


def test_nobody_makes_ready_what_nobody_else_has_written_in(editor):
    article = article_at(FACT_CHECK, editor.user)
    before = everything()

    with pytest.raises(ValidationError) as caught:
        make_ready(article, editor.user)

    assert [error.code for error in caught.value.error_list] == ["own_text"]
    assert everything() == before


def test_whoever_mends_a_word_in_anothers_text_may_still_make_it_ready(writer, editor):
    article = article_at(FACT_CHECK, writer.user)
    save_revision(article, {"body": "A body, mended."}, editor.user)

    make_ready(article, editor.user)

    article.refresh_from_db()
    assert article.status == READY


def test_of_an_update_only_what_readers_do_not_have_counts(writer, editor):
    article = article_at("live", writer.user)
    save_revision(article, {"body": "A newer body."}, editor.user)
    Article.objects.update(status=FACT_CHECK)

    with pytest.raises(ValidationError) as caught:
        make_ready(article, editor.user)

    assert [error.code for error in caught.value.error_list] == ["own_text"]


def test_a_text_that_broke_a_rule_since_it_was_submitted_is_not_made_ready(writer, editor):
    article = article_at(FACT_CHECK, writer.user)
    save_revision(article, {"body": "It gave [[pledge:gone:amount]]."}, writer.user)

    with pytest.raises(ValidationError) as caught:
        make_ready(article, editor.user)

    assert [error.code for error in caught.value.error_list] == ["dead_figure"]


# Where a text is after it was saved


@pytest.mark.parametrize("stage, then", [
    ("draft", DRAFT), ("fact_check", FACT_CHECK), ("ready", FACT_CHECK), ("scheduled", DRAFT), ("live", DRAFT),
])  # fmt: skip
def test_saving_takes_a_text_back_no_further_than_it_has_to(writer, stage, then):
    article = article_at(stage)

    save_revision(article, {"body": "Another body."}, writer.user)

    article.refresh_from_db()
    assert (article.status, standing(article).stage) == (then, then)


def test_a_live_article_takes_the_whole_way_again(writer, editor, publisher):
    article = article_at("live", writer.user)
    save_revision(article, {"headline": "Newer"}, writer.user)

    submit_article(article, writer.user)
    make_ready(article, editor.user)
    publish_article(article, publisher.user, correction={"kind": "update", "note": "It has a new headline."})

    article.refresh_from_db()
    assert article.live.headline == "Newer"


# Assigning


def test_assigning_names_who_and_when(editor, writer):
    article = article_at(DRAFT)

    assert assign_article(article, editor.user, writer.user, NOW + HOUR, " Call the ministry. ")

    article.refresh_from_db()
    assert (article.assigned_to, article.due_at) == (writer.user, NOW + HOUR)
    entry = last_entry()
    assert (entry.action, entry.why) == (AuditAction.ASSIGNED, "Call the ministry.")
    assert entry.message == "Assigned to writer, due 2 March 2026, 13:00 UTC."


def test_an_assignment_that_is_so_already_is_no_news(editor, writer):
    article = article_at(DRAFT)
    assign_article(article, editor.user, writer.user, NOW + HOUR)
    before = everything()

    assert not assign_article(article, editor.user, writer.user, NOW + HOUR, "Again.")
    assert everything() == before


def test_an_assignment_can_be_taken_away_and_an_old_due_date_stay(editor, writer, clock):
    article = article_at(DRAFT)
    assign_article(article, editor.user, writer.user, NOW + HOUR)
    clock.shift(2 * HOUR)

    assert assign_article(article, editor.user, None, NOW + HOUR)

    article.refresh_from_db()
    assert (article.assigned_to, article.due_at) == (None, NOW + HOUR)


def outsider(**given):
    user = make.make_user(**given)
    user.groups.add(Group.objects.get(name="writer"))
    return user


@pytest.mark.parametrize("made", [
    lambda: outsider(is_staff=True, is_active=False), outsider, lambda: make.make_user(is_staff=True),
])  # fmt: skip
def test_nobody_is_assigned_who_cannot_write(editor, made):
    article, user = article_at(DRAFT), made()
    before = everything()

    with pytest.raises(ValidationError) as caught:
        assign_article(article, editor.user, user)

    assert caught.value.code == "cannot_write"
    assert everything() == before


def test_nothing_is_due_in_the_past(editor):
    article = article_at(DRAFT)

    with pytest.raises(ValidationError) as caught:
        assign_article(article, editor.user, editor.user, NOW)

    assert caught.value.code == "past"


# Embargoes


def test_whoever_writes_may_set_and_lengthen_an_embargo(writer):
    article = article_at(DRAFT)

    assert set_embargo(article, writer.user, NOW + HOUR)
    assert set_embargo(article, writer.user, NOW + 2 * HOUR)
    assert not set_embargo(article, writer.user, NOW + 2 * HOUR)

    article.refresh_from_db()
    assert article.embargo_until == NOW + 2 * HOUR
    assert [entry.action for entry in AuditEntry.objects.about(article)] == [AuditAction.EMBARGOED] * 2
    assert last_entry().changes == [["embargo until", "2 March 2026, 13:00 UTC", "2 March 2026, 14:00 UTC"]]


@pytest.mark.parametrize("until", [None, NOW + HOUR])
def test_only_a_publisher_ends_an_embargo_sooner(editor, publisher, until):
    article = article_at(DRAFT)
    set_embargo(article, editor.user, NOW + 2 * HOUR)
    before = everything()

    with pytest.raises(ValidationError) as caught:
        set_embargo(article, editor.user, until)
    assert caught.value.code == "publisher"
    assert everything() == before
    set_embargo(article, publisher.user, until)

    article.refresh_from_db()
    assert article.embargo_until == until


def test_an_embargo_that_is_over_anybody_takes_away(writer, clock):
    article = article_at(DRAFT)
    set_embargo(article, writer.user, NOW + HOUR)
    clock.shift(HOUR)

    assert set_embargo(article, writer.user, None)


@pytest.mark.parametrize("stage, until, code", [
    ("draft", NOW, "past"), ("draft", NOW - HOUR, "past"), ("scheduled", NOW + 2 * HOUR, "scheduled"),
    ("live", NOW + HOUR, "live_already"),
])  # fmt: skip
def test_an_embargo_that_cannot_hold_is_refused(publisher, stage, until, code):
    article = article_at(stage)
    before = everything()

    with pytest.raises(ValidationError) as caught:
        set_embargo(article, publisher.user, until)

    assert caught.value.code == code
    assert everything() == before
