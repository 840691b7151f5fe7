from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from aid.actions.claims import record_claims, withdraw_claim
from aid.actions.preferring import prefer_claim
from aid.choices import Basis, Rank, Stage
from aid.models import AuditEntry, Claim, Membership, Pledge
from aid.queries.provenance import dossier
from aid.rules.ledger import breaches
from tests.builders import (
    make_claim,
    make_coalition,
    make_membership,
    make_party,
    make_pledge,
    make_source,
    support,
)

pytestmark = pytest.mark.django_db

WHY = "The ministry’s own figure is nearer to the decision."


@pytest.fixture
def disputed():
    """A supported pledge of DKK 91 million, about which another source says EUR 12 million."""
    pledge = make_pledge()
    support(pledge)
    support(pledge.stages.get())
    other = make_source(text="")
    for field, value, wording in (("amount", "12000000", "some 12 million euro"), ("currency", "EUR", "euro")):
        make_claim(pledge, field, value=value, wording=wording, source=other, rank=Rank.ALTERNATIVE)
    return pledge


def other(pledge, field="amount"):
    return pledge.claims.get(field=field, rank=Rank.ALTERNATIVE)


def test_the_record_takes_the_chosen_value_with_its_currency(disputed, editor):
    told = prefer_claim(other(disputed), editor.user, WHY)

    pledge = Pledge.objects.get()
    assert [claim.field for claim in told] == ["amount", "currency"]
    assert (pledge.amount, pledge.currency, pledge.is_approximate) == (Decimal("12000000"), "EUR", True)
    assert list(breaches()) == []
    found = dossier(pledge).of(pledge, "amount")
    assert (found.preferred.preferred_why, found.preferred.preferred_by) == (WHY, editor.user)
    assert found.is_disputed and found.is_decided
    assert [(claim.value, claim.preferred_why) for claim in found.disagreements] == [("91000000", "")]
    assert AuditEntry.objects.get(action="preferred").why == WHY
    assert pledge.history.first().history_user == editor.user


def test_a_choice_is_no_new_word_of_anybody_about_the_source(disputed, editor, publisher):
    claim = other(disputed)
    Claim.objects.filter(pk=claim.pk).update(verified_by=publisher.user, verified_at=timezone.now())
    prefer_claim(claim, editor.user, WHY)
    after = Claim.objects.get(pk=claim.pk)
    assert (after.verified_by, after.recorded_at) == (publisher.user, claim.recorded_at)


def test_the_preferred_claim_can_stay_with_a_reason(disputed, editor):
    prefer_claim(disputed.claims.get(field="amount", rank=Rank.PREFERRED), editor.user, WHY)
    pledge = Pledge.objects.get()
    assert (pledge.amount, pledge.currency) == (Decimal("91000000"), "DKK")
    assert dossier(pledge).of(pledge, "amount").is_decided


def test_what_is_recorded_after_a_choice_is_not_decided(disputed, editor):
    prefer_claim(other(disputed), editor.user, WHY)
    make_claim(disputed, "amount", value="13000000", rank=Rank.ALTERNATIVE, source=make_source(text=""))
    assert not dossier(Pledge.objects.get()).of(disputed, "amount").is_decided


def test_a_claim_that_loses_its_preference_loses_the_reason(disputed, editor):
    prefer_claim(other(disputed), editor.user, WHY)
    chosen = disputed.claims.get(field="amount", rank=Rank.PREFERRED)
    chosen.rank = Rank.ALTERNATIVE
    record_claims([chosen], editor.user)
    after = Claim.objects.get(pk=chosen.pk)
    assert (after.preferred_why, after.preferred_by, after.preferred_at) == ("", None, None)


def test_a_step_of_another_stage_takes_the_pledge_with_it(editor):
    pledge = make_pledge()
    step = pledge.stages.get()
    support(pledge)
    support(step)
    claim = make_claim(step, "stage", value=Stage.DISBURSED, wording="paid out", rank=Rank.ALTERNATIVE)
    prefer_claim(claim, editor.user, WHY)
    pledge.refresh_from_db()
    assert (pledge.stage, pledge.stages.get().wording) == (Stage.DISBURSED, "paid out")
    assert list(breaches()) == []


def test_a_party_whose_claim_is_preferred_is_counted(editor):
    coalition = make_coalition()
    membership = make_membership(coalition=coalition, party=make_party())
    support(coalition)
    make_claim(membership, "role")
    claim = make_claim(membership, "party", rank=Rank.ALTERNATIVE)
    record_claims([claim], editor.user)
    assert not Membership.objects.get().is_counted
    prefer_claim(claim, editor.user, WHY)
    assert Membership.objects.get().is_counted
    assert list(breaches()) == []


def test_a_date_and_a_party_are_taken_over_as_the_columns_hold_them(editor):
    pledge, giver = make_pledge(announced_on="2024-01-24"), make_party(slug="norland")
    support(pledge)
    prefer_claim(make_claim(pledge, "announced_on", value="2024-02", rank="alternative"), editor.user, WHY)
    prefer_claim(make_claim(pledge, "donor", value="norland", rank="alternative"), editor.user, WHY)
    after = Pledge.objects.get()
    assert (after.announced_on, str(after.announced_on_latest), after.donor) == ("2024-02", "2024-02-29", giver)


def test_a_value_that_was_unknown_is_known_then(editor):
    pledge = make_pledge(amount=None)
    source = make_source(text="")
    claim = make_claim(pledge, "amount", value="5", wording="5 kroner", rank="alternative", source=source)
    with pytest.raises(ValidationError) as refused:
        prefer_claim(claim, editor.user, WHY)
    assert refused.value.code == "value"
    make_claim(pledge, "currency", value="DKK", wording="kroner", rank="alternative", source=source)
    prefer_claim(claim, editor.user, WHY)
    after = Pledge.objects.get()
    assert (after.amount, after.currency, after.amount_unknown) == (Decimal("5"), "DKK", "")


@pytest.mark.parametrize(
    ("value", "field"), [("nobody", "donor"), ("a lot", "amount"), ("2024-13-45", "announced_on")]
)
def test_a_value_that_the_record_cannot_have_changes_nothing(disputed, editor, value, field):
    claim = make_claim(disputed, field, value=value, rank=Rank.ALTERNATIVE)
    before = Pledge.objects.values().get()
    with pytest.raises(ValidationError) as refused:
        prefer_claim(claim, editor.user, WHY)
    assert refused.value.code == "value"
    assert Pledge.objects.values().get() == before
    assert Claim.objects.get(pk=claim.pk).rank == Rank.ALTERNATIVE


def test_a_choice_needs_a_reason_a_standing_claim_and_the_right(disputed, editor, writer):
    claim = other(disputed)
    with pytest.raises(ValidationError) as refused:
        prefer_claim(claim, editor.user, "  ")
    assert refused.value.code == "reason"
    with pytest.raises(PermissionDenied):
        prefer_claim(claim, writer.user, WHY)
    withdraw_claim(claim, editor.user, "It was misread.")
    with pytest.raises(ValidationError) as refused:
        prefer_claim(claim, editor.user, WHY)
    assert refused.value.code == "withdrawn"
    assert Pledge.objects.get().currency == "DKK"


def test_sides_are_what_the_sources_say(disputed):
    make_claim(disputed, "amount", rank=Rank.ALTERNATIVE, basis=Basis.INFERRED)
    sides = dossier(disputed).of(disputed, "amount").sides
    assert [[claim.value for claim in side] for side in sides] == [["91000000", "91000000"], ["12000000"]]
