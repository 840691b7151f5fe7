"""Bringing a record back as it stood after an earlier save: all of it, or nothing."""

import random
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError

from aid.actions.claims import record_claims, verify_claim
from aid.actions.history import restore_record
from aid.choices import AuditAction, Basis, PartyKind, Rank, Stage
from aid.models import AuditEntry, Claim, Passage, Pledge, PledgeStage
from aid.queries.history import STAYS, History
from tests import builders as make


@pytest.fixture(autouse=True)
def clock():
    """A clock that a test moves: what it does within one minute is one save."""
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def later(clock):
    return lambda: clock.shift(60)


@pytest.fixture
def pledge(db, later):
    """A pledge with everything that one can have, as one save."""
    source = make.make_source("It allocated 91 million. It announced it.")
    pledge = make.make_pledge(
        slug="cyber", title="Cyber support", stages=[Stage.ANNOUNCED, Stage.ALLOCATED], purposes="One\nTwo",
        beneficiaries=[make.make_party(name="Armed forces")], sectors=[make.make_sector()],
    )  # fmt: skip
    make.make_valuation(pledge=pledge)
    for row in (pledge, *pledge.stages.all(), *pledge.valuations.all()):
        for field in row.claimed_fields:
            if row.canonical(field):
                make.make_claim(row, field, [make.make_passage(source, 0, 2 + Passage.objects.count())])
    later()
    return pledge


def state(record):
    """Everything of a record as it is now, but for the moment of the last save."""
    return {
        (key.model.__name__, key.pk): (
            {name: value for name, value in row.values.items() if name != "updated_at"},
            row.many,
        )
        for key, row in History(record).present.items()
    }


def restore(record, number, by, why="It was right"):
    return restore_record(record, number, History(record).fingerprint, by, why)


def refused(record, number, by):
    """The codes and sentences with which restoring is refused, and that nothing was changed."""
    before, lines = state(record), Pledge.history.count() + Claim.history.count() + PledgeStage.history.count()
    with pytest.raises(ValidationError) as caught:
        restore(record, number, by)
    assert state(record) == before
    assert Pledge.history.count() + Claim.history.count() + PledgeStage.history.count() == lines
    assert not AuditEntry.objects.filter(action=AuditAction.RESTORED).exists()
    return [(error.code, *error.messages) for error in caught.value.error_list]


def own(pledge, field):
    """The preferred claim about a field of the pledge itself."""
    return pledge.claims.get(field=field, valuation=None, stage_step=None, rank=Rank.PREFERRED)


def last_step(pledge):
    return pledge.stages.order_by("position").last()


# What comes back


def test_columns_links_parts_and_claims_come_back(pledge, editor, later):
    before = state(pledge)
    first, second = pledge.stages.order_by("position")
    pledge.title, pledge.amount, pledge.purposes, pledge.purposes_unknown = "Other", Decimal(5), "", "not_stated"
    pledge.save()
    pledge.beneficiaries.clear()
    pledge.sectors.add(make.make_sector())
    later()
    first.wording = "said"
    first.save()
    second.claims.all().delete()
    second.delete()
    valuation = pledge.valuations.get()
    valuation.claims.all().delete()
    valuation.delete()
    later()
    amount = own(pledge, "amount")
    amount.value, amount.wording = "5", "five"
    vars(amount).update(make.WITHDRAWAL)
    amount.save()
    amount.passages.clear()
    verify_claim(own(pledge, "donor"), make.make_user())
    later()

    told = restore(pledge, 1, editor.user)

    assert state(pledge) == before
    assert Pledge.objects.get(pk=pledge.pk).stage == Stage.ALLOCATED
    assert {change.kind for change in told} == {"added", "changed"}


def test_what_was_added_since_goes_and_claims_about_what_stays_are_withdrawn(pledge, editor, later):
    before = state(pledge)
    added = make.make_stage(pledge=pledge, position=3, stage=Stage.DELIVERED)
    make.make_valuation(pledge=pledge, currency="EUR")
    about_added = make.make_claim(added, "stage")
    alternative = make.make_claim(pledge, "amount", value="92000000", rank=Rank.ALTERNATIVE)
    later()

    told = restore(pledge, 1, editor.user)

    after = state(pledge)
    kept = after.pop(("Claim", alternative.pk))
    assert after == before
    assert kept[0]["rank"] == Rank.WITHDRAWN
    assert kept[0]["withdrawn_why"] == (
        "The record was brought back to how it stood before this claim was added: It was right"
    )
    assert not Claim.objects.filter(pk=about_added.pk).exists()
    assert sorted((change.kind, change.name.split(" ")[0]) for change in told) == [
        ("changed", "Claim:"), ("deleted", "Claim:"), ("deleted", "Stage"), ("deleted", "Valuation"),
    ]  # fmt: skip


def test_restoring_can_be_taken_back_the_same_way(pledge, editor, later):
    added = make.make_stage(pledge=pledge, position=3, stage=Stage.DELIVERED)
    make.make_claim(added, "stage")
    pledge.title = "Newer"
    pledge.save()
    before = state(pledge)
    later()
    restore(pledge, 1, editor.user)
    later()
    assert state(pledge) != before

    restore(pledge, 2, editor.user)

    assert state(pledge) == before
    assert len(History(pledge).saves) == 4


def test_a_record_made_in_a_form_comes_back_with_the_links_it_was_made_with(pledge, editor, later):
    """A save with links writes two lines of history, of which the first has none."""
    party = make.make_party()
    later()
    pledge.title = "Second"
    pledge.save()
    pledge.beneficiaries.set([party])
    later()
    pledge.beneficiaries.clear()
    later()

    restore(pledge, 2, editor.user)

    assert list(pledge.beneficiaries.all()) == [party]


def test_stages_that_changed_places_change_back(pledge, editor, later):
    before = state(pledge)
    first, second = pledge.stages.order_by("position")
    for step, position in ((first, 9), (second, 1), (first, 2)):
        step.position = position
        step.save()
    later()

    restore(pledge, 1, editor.user)

    assert state(pledge) == before
    assert [step.pk for step in pledge.stages.order_by("position")] == [first.pk, second.pk]


def test_claims_that_changed_places_change_back(pledge, editor, later):
    other = make.make_claim(pledge, "amount", value="92000000", rank=Rank.ALTERNATIVE)
    later()
    before = state(pledge)
    preferred = own(pledge, "amount")
    preferred.rank, other.rank = Rank.ALTERNATIVE, Rank.PREFERRED
    record_claims([preferred, other], editor.user)
    later()

    restore(pledge, 2, editor.user)

    assert state(pledge) == before


def test_a_currency_that_another_row_took_over_is_given_back(pledge, editor, later):
    dollars = pledge.valuations.get()
    before = state(pledge)
    dollars.currency = "GBP"
    dollars.save()
    euros = make.make_valuation(pledge=pledge, currency="USD", amount=Decimal(3))
    later()
    euros.currency, dollars.currency = "EUR", "CHF"
    euros.save()
    dollars.save()
    later()

    restore(pledge, 2, editor.user)
    assert sorted(pledge.valuations.values_list("pk", "currency")) == [(dollars.pk, "GBP"), (euros.pk, "USD")]
    later()
    restore(pledge, 1, editor.user)
    assert state(pledge) == before


def test_coalitions_and_agreements_come_back_with_their_parties(editor, later):
    denmark, norway = make.make_party(name="Denmark"), make.make_party(name="Norway")
    coalition = make.make_coalition(members=[denmark, norway])
    agreement = make.make_agreement(signatories=[denmark])
    later()
    before = [state(coalition), state(agreement)]
    coalition.memberships.get(party=denmark).delete()
    make.make_membership(coalition=coalition, party=make.make_party())
    agreement.signatories.all().delete()
    later()

    restore(coalition, 1, editor.user)
    restore(agreement, 1, editor.user)

    assert [state(coalition), state(agreement)] == before


@pytest.mark.parametrize("build, field", [
    (make.make_party, "aliases"), (make.make_person, "name"), (make.make_office, "title"),
    (make.make_event, "title"), (make.make_statement, "text"), (make.make_assertion, "text"),
    (make.make_source, "title"),
])  # fmt: skip
def test_every_kind_of_record_comes_back(build, field, editor, later):
    record = build()
    later()
    before = state(record)
    setattr(record, field, "Other words")
    record.save()
    later()

    restore(record, 1, editor.user)

    assert state(record) == before


def test_the_text_of_a_source_is_left_alone(editor, later):
    source = make.make_source("Its text.", title="First")
    later()
    source.title = "Second"
    source.save()
    later()

    restore(source, 1, editor.user)

    source.refresh_from_db()
    assert (source.title, source.text) == ("First", "Its text.")


def test_address_embargo_withdrawal_and_review_stay_as_they_are(pledge, editor, later):
    pledge.slug, pledge.title = "newer", "Newer"
    pledge.embargo_until = pledge.withdrawn_at = datetime(2027, 1, 1, tzinfo=UTC)
    pledge.withdrawn_why, pledge.review_by = "A mistake", datetime(2027, 1, 1, tzinfo=UTC).date()
    pledge.save()
    kept = {name: getattr(pledge, name) for name in STAYS if name != "updated_at"}
    later()

    restore(pledge, 1, editor.user)

    pledge.refresh_from_db()
    assert pledge.title == "Cyber support"
    assert {name: getattr(pledge, name) for name in kept} == kept


def test_who_restored_it_when_and_why_is_on_record(pledge, editor, later):
    pledge.title = "Newer"
    pledge.save()
    later()

    restore(pledge, 1, editor.user, "  The title was right  ")

    entry = AuditEntry.objects.get(action=AuditAction.RESTORED)
    assert (entry.user, entry.kind, entry.number, entry.why) == (
        editor.user, "pledge", pledge.pk, "The title was right",
    )  # fmt: skip
    assert entry.message == "As it stood after save 1, 1 March 2026, 12:00."
    assert entry.changes == [["Title", "Newer", "Cyber support"]]
    save = History(pledge).saves[-1]
    assert (save.by, save.reasons, [found.why for found in save.entries]) == (
        editor.user, ["The title was right"], ["The title was right"],
    )  # fmt: skip


def test_rows_that_do_not_differ_are_not_written_again(pledge, editor, later):
    pledge.title = "Newer"
    pledge.save()
    later()
    lines = Claim.history.count(), PledgeStage.history.count()

    restore(pledge, 1, editor.user)

    assert (Claim.history.count(), PledgeStage.history.count()) == lines


# Chance


def change_something(pledge, chance):
    """One of the things that an editor does to a pledge."""
    steps, valuations = list(pledge.stages.order_by("position")), list(pledge.valuations.all())
    claims, parties = list(pledge.claims.all()), [make.make_party() for _ in range(2)]
    did = chance.randrange(9)
    if did == 0:
        pledge.amount = Decimal(chance.randrange(1, 100))
        pledge.save()
    elif did == 1:
        pledge.beneficiaries.set(parties[: chance.randrange(3)])
    elif did == 2 and len(steps) < 5:
        added = make.make_stage(pledge=pledge, position=steps[-1].position + 1, stage=chance.choice(list(Stage)))
        make.make_claim(added, "stage")
    elif did == 3 and len(steps) > 1:
        gone = chance.choice(steps)
        gone.claims.all().delete()
        gone.delete()
    elif did == 4 and len(steps) > 1:
        one, other = steps[:2]
        places = one.position, other.position
        for step, position in ((one, 99), (other, places[0]), (one, places[1])):
            step.position = position
            step.save()
    elif did == 5 and len(valuations) < 3:
        free = {"USD", "EUR", "GBP", "CHF"} - {row.currency for row in valuations}
        make.make_valuation(pledge=pledge, currency=chance.choice(sorted(free)))
    elif did == 6 and valuations:
        row = chance.choice(valuations)
        row.amount = Decimal(chance.randrange(1, 100))
        row.save()
    elif did == 7 and claims:
        claim = chance.choice(claims)
        claim.wording, claim.basis, claim.reasoning = f"words {chance.random()}", Basis.INFERRED, "It follows."
        claim.save()
        claim.passages.set(list(Passage.objects.all())[: chance.randrange(3)])
    elif did == 8:
        make.make_claim(pledge, "amount", value="7", rank=Rank.ALTERNATIVE)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_was_done_since_it_comes_back(seed, pledge, editor, later):
    chance = random.Random(seed)
    states = [state(pledge)]
    for _ in range(10):
        change_something(pledge, chance)
        later()
        if state(pledge) != states[-1]:
            states.append(state(pledge))
    assert len(History(pledge).saves) == len(states)

    for number in chance.sample(range(1, len(states)), 3):
        restore(pledge, number, editor.user)
        later()
        wanted, found = states[number - 1], state(pledge)
        assert {key: found.get(key) for key in wanted} == wanted
        assert all(
            key[0] == "Claim" and found[key][0]["rank"] == Rank.WITHDRAWN for key in found.keys() - wanted.keys()
        )


# What is refused


def test_somebody_who_saved_since_is_in_the_way(pledge, editor, publisher, later):
    pledge.title = "Newer"
    pledge.save()
    seen = History(pledge).fingerprint
    later()
    step = last_step(pledge)
    step.wording, step._history_user = "delivered", publisher.user
    step.save()
    later()

    with pytest.raises(ValidationError) as caught:
        restore_record(pledge, 1, seen, editor.user, "It was right")

    assert caught.value.code == "stale"
    assert "after you opened this page, publisher saved it on 1 March 2026, 12:02." in caught.value.messages[0]
    assert Pledge.objects.get(pk=pledge.pk).title == "Newer"


def test_saving_without_a_change_is_in_nobodys_way(pledge, editor, later):
    pledge.title = "Newer"
    pledge.save()
    seen = History(pledge).fingerprint
    later()
    pledge.save()

    assert restore_record(pledge, 1, seen, editor.user, "It was right")


def test_what_it_named_and_is_gone_is_said_and_nothing_is_half_restored(pledge, editor, later):
    fund, passage = make.make_party(name="The Fund"), make.make_passage(make.make_source("Another text."), 0, 7)
    pledge.fund, pledge.fund_unknown, pledge.title = fund, "", "With the fund"
    pledge.save()
    claim = own(pledge, "amount")
    claim.passages.set([passage])
    later()
    pledge.fund, pledge.fund_unknown, pledge.title = None, "not_stated", "Without it"
    pledge.save()
    claim.passages.clear()
    fund.delete()
    number = passage.pk
    passage.delete()
    last_step(pledge).claims.all().delete()
    last_step(pledge).delete()
    later()

    said = refused(pledge, 2, editor.user)

    assert [code for code, _ in said] == ["gone", "gone"]
    assert said[0][1] == (
        "Nothing is restored. Fund was “The Fund”, which has been deleted since. Change the record by hand."
    )
    assert "Claim: amount, from Source" in said[1][1]
    assert f"passages was “passage number {number}”, which" in said[1][1]


def test_what_nobody_knows_is_not_made_up(pledge, editor, later):
    step = last_step(pledge)
    PledgeStage.history.filter(id=step.pk).delete()
    later()
    step.wording = "as sources say"
    step.save()
    later()

    [(code, sentence)] = refused(pledge, 1, editor.user)

    assert code == "unclear"
    assert "Nobody knows how Stage Allocated (step 2) stood then: its history begins later." in sentence


def test_a_row_without_any_history_stays(pledge, editor, later):
    valuation = pledge.valuations.get()
    type(valuation).history.all().delete()
    pledge.title = "Newer"
    pledge.save()
    later()

    restore(pledge, 1, editor.user)

    assert pledge.valuations.get() == valuation
    assert Pledge.objects.get(pk=pledge.pk).title == "Cyber support"


def test_no_circle_comes_back(pledge, editor, later):
    envelope = make.make_pledge(title="The envelope")
    pledge.part_of = envelope
    pledge.save()
    later()
    pledge.part_of = None
    pledge.save()
    envelope.part_of = pledge
    envelope.save()
    later()

    assert [code for code, _ in refused(pledge, 2, editor.user)] == ["circle"]


def test_no_envelope_too_deep_comes_back(pledge, editor, later):
    first = make.make_pledge()
    pledge.part_of = first
    pledge.save()
    later()
    pledge.part_of = None
    pledge.save()
    for _ in range(3):
        first.part_of = make.make_pledge()
        first.save()
        first = first.part_of
    later()

    assert [code for code, _ in refused(pledge, 2, editor.user)] == ["envelope_depth"]


def test_no_unnamed_collective_acts_again(editor, later):
    party = make.make_party(name="Officials")
    coalition = make.make_coalition(members=[party])
    later()
    coalition.memberships.get().delete()
    party.kind = PartyKind.COLLECTIVE
    party.save()
    later()

    assert refused(coalition, 1, editor.user) == [
        ("collective", "Nothing is restored. “Officials” is a member then, and is an unnamed collective by now.")
    ]


def test_a_party_that_acts_by_now_is_no_collective_again(editor, later):
    party = make.make_party(kind=PartyKind.COLLECTIVE)
    later()
    party.kind = PartyKind.STATE
    party.save()
    make.make_pledge(donor=party)
    later()

    assert [code for code, _ in refused(party, 1, editor.user)] == ["collective"]


def test_a_rule_of_the_row_itself_still_holds(editor, later):
    person, other = make.make_person(name="A"), make.make_person(name="B")
    office = make.make_office(person=person)
    statement = make.make_statement(speaker=person, office=office, speaker_unknown="")
    later()
    statement.office = None
    statement.save()
    office.person = other
    office.save()
    later()

    [(code, sentence)] = refused(statement, 1, editor.user)

    assert (code, sentence) == ("rule", "Nothing is restored. This office was held by B, not by A.")


def test_a_name_that_another_party_has_by_now_is_in_the_way(editor, later):
    party = make.make_party(name="Denmark")
    later()
    party.name = "Kingdom of Denmark"
    party.save()
    make.make_party(name="Denmark")
    later()

    [(code, sentence)] = refused(party, 1, editor.user)

    assert code == "constraint"
    assert "held by another row now" in sentence


def test_a_record_that_was_deleted_meanwhile_is_not_made_anew(editor):
    party = make.make_party()
    seen = History(party).fingerprint
    type(party).objects.get().delete()

    with pytest.raises(type(party).DoesNotExist):
        restore_record(party, 1, seen, editor.user, "It was right")

    assert not type(party).objects.exists()


@pytest.mark.parametrize("number, code", [(0, "no_save"), (99, "no_save"), (-1, "no_save"), (1, "same")])
def test_nonsense_is_refused(number, code, pledge, editor):
    assert [found for found, _ in refused(pledge, number, editor.user)] == [code]


@pytest.mark.parametrize("why", ["", " \n"])
def test_a_reason_is_asked_for(why, pledge, editor):
    with pytest.raises(ValidationError) as caught:
        restore(pledge, 1, editor.user, why)

    assert caught.value.code == "reason"


def test_a_long_reason_is_kept_whole_in_the_log(pledge, editor, later):
    pledge.title = "Newer"
    pledge.save()
    later()

    restore(pledge, 1, editor.user, "x" * 500)

    assert AuditEntry.objects.get(action=AuditAction.RESTORED).why == "x" * 500
    assert History(pledge).saves[-1].reasons == ["x" * 100]


# Who may


def test_who_may_not_change_it_restores_nothing(pledge, writer, later):
    pledge.title = "Newer"
    pledge.save()
    later()

    with pytest.raises(PermissionDenied):
        restore(pledge, 1, writer.user)

    assert Pledge.objects.get(pk=pledge.pk).title == "Newer"


@pytest.mark.parametrize("lacking, code", [
    ("change_claim", "change"), ("delete_claim", "delete"), ("delete_pledgestage", "delete"),
    ("add_valuation", "add"), ("change_pledge", "change"),
])  # fmt: skip
def test_every_right_that_it_takes_is_asked_for(lacking, code, pledge, later):
    wanted = ["change_claim", "delete_claim", "delete_pledgestage", "add_valuation", "add_claim", "change_pledge"]
    user = make.make_user()
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted).exclude(codename=lacking))
    valuation = pledge.valuations.get()
    valuation.claims.all().delete()
    valuation.delete()
    make.make_claim(make.make_stage(pledge=pledge, position=3), "stage")
    claim = own(pledge, "amount")
    claim.wording = "other"
    claim.save()
    pledge.title = "Newer"
    pledge.save()
    later()
    before = state(pledge)

    with pytest.raises(PermissionDenied):
        restore(pledge, 1, user)
    assert state(pledge) == before

    user = make.make_user()
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    assert restore(pledge, 1, user)
