"""Notes on what has changed: who may write them, when readers see them, and what takes them back."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from aid.actions.corrections import correct, is_retracted
from aid.actions.publications import publish_article, take_back_schedule, withdraw_article
from aid.choices import ArticleStatus, AuditAction, CorrectionKind
from aid.models import Article, AuditEntry, Correction
from aid.rules.corrections import NO_NOTE, Answer, reasons_against
from tests import builders as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTE = "An earlier version gave another figure."
ANSWER = {"kind": "correction", "note": NOTE}


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as machine:
        yield machine


@pytest.fixture
def article(clock):
    article = make.make_article("As it was", body="It gave 91 million. It was much.", published_at=NOW - HOUR)
    make.make_revision(article, headline="As it is", body="It gave 92 million. It was much.")
    make.sign_everything(article)
    Article.objects.update(status=ArticleStatus.READY)
    return article


def everything():
    models = (Correction, AuditEntry, Article)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.mark.parametrize(("answer", "is_retracted", "codes"), [
    (Answer(), False, ["kind", "note"]),
    (Answer("typo", NOTE), False, ["kind"]),
    (Answer("update"), False, ["note"]),
    (Answer("update", " \n"), False, ["note"]),
    (Answer("update", NOTE), False, []),
    (Answer(NO_NOTE, NOTE), False, ["reason"]),
    (Answer(NO_NOTE, why="A word in italics."), False, []),
    (Answer("retraction", NOTE), False, []),
    (Answer("retraction", NOTE), True, ["retracted"]),
    (Answer("reinstatement", NOTE), True, []),
    (Answer("reinstatement", NOTE), False, ["not_retracted"]),
])  # fmt: skip
def test_an_answer_says_enough_or_not(answer, is_retracted, codes):
    assert [reason.code for reason in reasons_against(answer, is_retracted)] == codes


# Publishing over what readers have


def test_other_words_need_an_answer(article, publisher):
    before = everything()

    with pytest.raises(ValidationError) as caught:
        publish_article(article, publisher.user)

    assert [error.code for error in caught.value.error_list] == ["correction"]
    article.refresh_from_db()
    assert article.live.headline == "As it was"
    assert everything() == before


def test_publishing_writes_the_note_with_what_was_and_what_is(article, publisher):
    publish_article(article, publisher.user, correction=ANSWER)

    correction = article.corrections.get()
    assert (correction.kind, correction.note, correction.decided_by) == ("correction", NOTE, publisher.user)
    assert correction.was == "Headline: As it was\nText: It gave 91 million."
    assert correction.now == "Headline: As it is\nText: It gave 92 million."
    assert correction.decided_at == NOW
    actions = AuditEntry.objects.about(article).order_by("pk").values_list("action", flat=True)
    assert list(actions) == [AuditAction.CORRECTED, AuditAction.PUBLISHED]


def test_what_was_and_what_is_can_be_written_by_hand(article, publisher):
    publish_article(article, publisher.user, correction=ANSWER | {"was": "91 million", "now": ""})

    correction = article.corrections.get()
    assert (correction.was, correction.now) == ("91 million", "")


def test_no_note_needs_its_reason_and_writes_none(article, publisher):
    with pytest.raises(ValidationError) as caught:
        publish_article(article, publisher.user, correction={"kind": NO_NOTE})
    assert [error.code for error in caught.value.error_list] == ["reason"]

    publish_article(article, publisher.user, correction={"kind": NO_NOTE, "why": "A comma."})

    article.refresh_from_db()
    assert (article.live.headline, article.corrections.count()) == ("As it is", 0)
    assert AuditEntry.objects.about(article).get(why="A comma.").changes[0] == ["Headline", "As it was", "As it is"]


@pytest.mark.parametrize("case", ["first", "after a withdrawal", "under embargo", "same words"])
def test_what_readers_do_not_have_otherwise_needs_no_answer(case, publisher, clock):
    article = make.make_article("As it was", published=case != "first", published_at=NOW - HOUR)
    if case == "after a withdrawal":
        make.make_publication(article, None)
    if case == "under embargo":
        Article.objects.update(embargo_until=NOW - HOUR / 2)
        make.make_publication(article, None, NOW - HOUR / 3)
    if case != "first":
        words = {"section": "analysis"} if case == "same words" else {"headline": "As it is"}
        make.make_revision(article, **words)
    Article.objects.update(status=ArticleStatus.READY)

    publish_article(article, publisher.user)

    assert Correction.objects.count() == 0


def test_the_note_on_a_scheduled_text_waits_for_its_minute(article, publisher, clock):
    publish_article(article, publisher.user, NOW + HOUR, ANSWER)

    correction = article.corrections.get()
    assert correction.decided_at == NOW + HOUR
    assert list(Correction.objects.public(NOW + HOUR - timedelta(seconds=1))) == []
    assert list(Correction.objects.public(NOW + HOUR)) == [correction]


@pytest.mark.parametrize("act", [
    take_back_schedule,
    lambda article, by: publish_article(article, by, NOW + 2 * HOUR, {"kind": NO_NOTE, "why": "A comma."}),
    lambda article, by: withdraw_article(article, by, "Forged."),
], ids=["taken back", "scheduled anew", "withdrawn"])  # fmt: skip
def test_the_note_goes_with_the_text_that_is_scheduled_no_more(act, article, publisher):
    publish_article(article, publisher.user, NOW + HOUR, ANSWER)
    kept = make.make_correction(article=article)

    act(article, publisher.user)

    assert list(Correction.objects.all()) == [kept]


# Rights, retraction and reinstatement


def test_who_may_not_write_corrections_writes_none(writer):
    with pytest.raises(PermissionDenied):
        correct(make.make_pledge(), writer.user, Answer("update", NOTE))
    assert Correction.objects.count() == 0


@pytest.mark.parametrize(("role", "kind", "subject", "may"), [
    ("editor", "retraction", make.make_article, False), ("publisher", "retraction", make.make_article, True),
    ("editor", "correction", make.make_article, True), ("editor", "retraction", make.make_pledge, True),
])  # fmt: skip
def test_only_a_publisher_retracts_an_article(role, kind, subject, may, request):
    by, subject = request.getfixturevalue(role).user, subject()
    if may:
        correct(subject, by, Answer(kind, NOTE))
    else:
        with pytest.raises(PermissionDenied):
            correct(subject, by, Answer(kind, NOTE))
    assert Correction.objects.exists() is may


def test_the_last_word_says_whether_it_is_retracted(publisher, clock):
    article = make.make_article("News")

    def state():
        fresh = Article.objects.get(pk=article.pk)
        annotated = Article.objects.published().get(pk=article.pk)
        assert is_retracted(fresh) is fresh.is_retracted is annotated.is_retracted
        return annotated.is_retracted, annotated.public_headline

    assert state() == (False, "News")
    for kind, expected in (
        (CorrectionKind.CORRECTION, (False, "News")),
        (CorrectionKind.RETRACTION, (True, "Retracted: News")),
        (CorrectionKind.UPDATE, (True, "Retracted: News")),
        (CorrectionKind.REINSTATEMENT, (False, "News")),
    ):
        clock.shift(HOUR)
        correct(article, publisher.user, Answer(kind, NOTE))
        assert state() == expected
