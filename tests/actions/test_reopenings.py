import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from aid.actions.claims import reason_not_to_verify, record_claims, withdraw_claim
from aid.actions.deciding import keep_claim, move_claim
from aid.actions.withdrawals import follow_version, reinstate_record, withdraw_record
from aid.choices import Rank, Reopened, Settled
from aid.models import AuditEntry, Claim, Reopening, Source
from aid.queries.checks import open_items
from aid.rules.ledger import breaches
from tests.builders import (
    make_article,
    make_claim,
    make_passage,
    make_pledge,
    make_source,
    make_user,
    sign_everything,
    support,
)

pytestmark = pytest.mark.django_db

TEXT = "Norland allocated 91 million kroner. It was in 2024."
WHY = "The paper took it back."


@pytest.fixture
def source():
    return make_source(text=TEXT, title="A report")


@pytest.fixture
def claim(source):
    """A verified claim about the amount of a supported pledge, on the first sentence of the source."""
    pledge = make_pledge()
    support(pledge)
    support(pledge.stages.get())
    Claim.objects.get(pledge=pledge, field="amount").delete()
    found = make_claim(
        pledge, "amount", [make_passage(source, 0, 36)], wording="91 million kroner", recorded_by=make_user()
    )
    return verify(found)


def verify(claim):
    Claim.objects.filter(pk=claim.pk).update(verified_by=make_user(), verified_at=timezone.now())
    return Claim.objects.get(pk=claim.pk)


def after(claim):
    return Claim.objects.get(pk=claim.pk)


def newer(source, text=TEXT):
    return make_source(text=f"{text} ", title="A report, second version", supersedes=source)


def test_what_rests_on_a_withdrawn_source_is_opened_again(claim, source, publisher):
    other = make_claim(claim.pledge, "instrument", rank=Rank.ALTERNATIVE, value="grant", source=source)
    gone = make_claim(claim.pledge, "fund", rank=Rank.ALTERNATIVE, value="x", source=source)
    withdraw_claim(gone, publisher.user, WHY)
    elsewhere = verify(Claim.objects.get(pledge=claim.pledge, field="donor"))

    withdraw_record(source, publisher.user, WHY)

    assert {row.claim for row in Reopening.objects.all()} == {claim, other}
    found = after(claim)
    assert (found.verified_at, found.verified_by, found.reopened_at is not None) == (None, None, True)
    assert after(elsewhere).verified_at is not None and after(elsewhere).reopened_at is None
    assert "Decide first" in reason_not_to_verify(found, publisher.user)
    entry = AuditEntry.objects.get(action="withdrawn", kind="source")
    assert entry.message == "Withdrawn. 2 claims reopened."
    assert len(entry.changes) == 2
    assert found.history.first().history_change_reason == "Its source was withdrawn."


def test_a_source_that_cannot_be_withdrawn_opens_nothing(claim, source, editor, publisher):
    with pytest.raises(PermissionDenied):
        withdraw_record(source, editor.user, WHY)
    with pytest.raises(ValidationError):
        withdraw_record(source, publisher.user, " ")
    assert Reopening.objects.count() == 0 and after(claim).verified_at is not None


def test_undoing_a_withdrawal_closes_what_it_alone_had_opened(claim, source, publisher):
    verified = claim.verified_by, claim.verified_at
    withdraw_record(source, publisher.user, WHY)
    reinstate_record(source, publisher.user, "It was right.")
    found = after(claim)
    assert (found.verified_by, found.verified_at) == verified
    assert found.reopened_at is None
    assert Reopening.objects.get().outcome == Settled.UNDONE


def test_what_a_newer_version_opened_too_stays_open(claim, source, publisher):
    verified = claim.verified_by, claim.verified_at
    withdraw_record(source, publisher.user, WHY)
    version = newer(source)
    follow_version(version, None, publisher.user)
    reinstate_record(source, publisher.user, "It was right.")
    assert after(claim).reopened_at is not None and after(claim).verified_at is None
    # Once that is undone as well, it is verified as it was in the beginning.
    Source.objects.filter(pk=version.pk).update(supersedes=None)
    follow_version(Source.objects.get(pk=version.pk), source, publisher.user)
    assert (after(claim).verified_by, after(claim).verified_at) == verified
    assert after(claim).reopened_at is None


def test_the_other_order_ends_alike(claim, source, publisher):
    verified = claim.verified_by, claim.verified_at
    version = newer(source)
    follow_version(version, None, publisher.user)
    withdraw_record(source, publisher.user, WHY)
    Source.objects.filter(pk=version.pk).update(supersedes=None)
    follow_version(Source.objects.get(pk=version.pk), source, publisher.user)
    assert after(claim).reopened_at is not None
    reinstate_record(source, publisher.user, "It was right.")
    assert ((after(claim).verified_by, after(claim).verified_at), after(claim).reopened_at) == (verified, None)


def test_what_was_decided_meanwhile_stays_decided(claim, source, publisher, editor):
    withdraw_record(source, publisher.user, WHY)
    keep_claim(claim, editor.user, "Another copy says the same.")
    reinstate_record(source, publisher.user, "It was right.")
    assert after(claim).verified_at is None
    assert after(claim).kept_why == "Another copy says the same."
    assert Reopening.objects.get().outcome == Settled.KEPT


def test_a_kept_claim_is_to_be_verified_anew(claim, source, publisher, editor):
    withdraw_record(source, publisher.user, WHY)
    keep_claim(claim, editor.user, "Another copy says the same.")
    found = after(claim)
    assert (found.reopened_at, found.verified_at, reason_not_to_verify(found, editor.user)) == (None, None, "")
    assert AuditEntry.objects.get(action="decided").why == "Another copy says the same."
    with pytest.raises(ValidationError) as refused:
        keep_claim(claim, editor.user, "Once more.")
    assert refused.value.code == "reopened"


def test_a_claim_moves_to_the_sentence_of_the_newer_version(claim, source, publisher, editor):
    version = newer(source, f"Corrected. {TEXT}")
    follow_version(version, None, publisher.user)
    move_claim(claim, version, "Norland allocated 91 million kroner.", editor.user, "The same words.")
    found = after(claim)
    assert (found.source, found.reopened_at, found.recorded_by) == (version, None, editor.user)
    assert [(row.source, row.start, row.end) for row in found.passages.all()] == [(version, 11, 47)]
    assert Reopening.objects.get().outcome == Settled.MOVED
    assert list(breaches()) == []


@pytest.mark.parametrize(
    ("quote", "code"),
    [("It was in 2024.", "wording"), ("nowhere", "quote_missing"), ("", "quote_missing")],
)
def test_a_claim_that_the_newer_version_does_not_bear_out_stays_open(claim, source, editor, quote, code):
    version = newer(source)
    follow_version(version, None, editor.user)
    with pytest.raises(ValidationError) as refused:
        move_claim(claim, version, quote, editor.user, "The same words.")
    assert refused.value.code == code
    assert (after(claim).source, after(claim).reopened_at is None) == (source, False)


def test_withdrawing_a_claim_decides_it(claim, source, publisher):
    withdraw_record(source, publisher.user, WHY)
    withdraw_claim(after(claim), publisher.user, "Nothing else says so.")
    assert (after(claim).reopened_at, Reopening.objects.get().outcome) == (None, Settled.WITHDRAWN)


def test_entering_another_source_decides_it(claim, source, publisher, editor):
    withdraw_record(source, publisher.user, WHY)
    found = after(claim)
    found.source = make_source(text="")
    record_claims([found], editor.user)
    assert (after(claim).reopened_at, Reopening.objects.get().outcome) == (None, Settled.MOVED)


def test_changing_its_words_alone_decides_nothing(claim, source, publisher, editor):
    withdraw_record(source, publisher.user, WHY)
    found = after(claim)
    found.wording = "91 million"
    record_claims([found], editor.user)
    assert after(claim).reopened_at is not None
    # It was recorded anew since, so that no earlier verification holds for it.
    reinstate_record(source, publisher.user, "It was right.")
    assert (after(claim).reopened_at, after(claim).verified_at) == (None, None)


def test_who_may_not_change_claims_decides_nothing(claim, source, publisher, writer):
    withdraw_record(source, publisher.user, WHY)
    with pytest.raises(PermissionDenied):
        keep_claim(claim, writer.user, "Why not.")
    with pytest.raises(ValidationError) as refused:
        keep_claim(claim, publisher.user, "")
    assert (refused.value.code, after(claim).reopened_at is None) == ("reason", False)


def test_a_sign_off_lapses_with_it_and_holds_again_once_that_is_undone(claim, source, publisher, editor):
    article = make_article(body=f"It is [[pledge:{claim.pledge.slug}:amount]].")
    sign_everything(article)
    assert open_items(article, article.live) == []
    withdraw_record(source, publisher.user, WHY)
    assert [item.thing.key for item in open_items(article, article.live)] == [f"pledge:{claim.pledge.slug}:amount"]
    reinstate_record(source, publisher.user, "It was right.")
    assert open_items(article, article.live) == []
    withdraw_record(source, publisher.user, WHY)
    keep_claim(claim, editor.user, "Another copy says the same.")
    assert len(open_items(article, article.live)) == 1


def test_a_version_that_stays_the_same_opens_nothing(claim, source, editor):
    version = newer(source)
    follow_version(version, source, editor.user)
    assert Reopening.objects.count() == 0


def test_another_newer_version_keeps_it_open(claim, source, editor):
    first, second = newer(source), newer(source, f"{TEXT} Again.")
    for version in (first, second):
        follow_version(version, None, editor.user)
    assert Reopening.objects.get().because == Reopened.SUPERSEDED
    Source.objects.filter(pk=first.pk).update(supersedes=None)
    follow_version(Source.objects.get(pk=first.pk), source, editor.user)
    assert after(claim).reopened_at is not None
