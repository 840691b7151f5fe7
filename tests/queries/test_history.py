"""The history of a record: which rows are one save, what each changed, and what that is in words."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine

from aid.actions.beginnings import begin_histories
from aid.actions.log import log
from aid.choices import AuditAction, MembershipRole, Rank, Stage
from aid.models import Claim, Party, Pledge
from aid.queries.changes import Changes
from aid.queries.history import History, members
from tests import builders as make


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def later(clock):
    return lambda: clock.shift(60)


def saves(record):
    """What the history tells of each save: [[(kind, name, [(label, old, new)])]]."""
    history = History(record)
    changes = Changes(history, [save.rows for save in history.saves])
    return [
        [(row.kind, row.name, [told(field) for field in row.fields]) for row in changes.told(save.rows, save.unclear)]
        for save in history.saves
    ]


def told(field):
    if field.difference:
        marks = {"kept": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
        return field.label, "".join(marks[segment.change].format(segment.text) for segment, _ in field.difference)
    if field.is_several:
        return field.label, field.removed, field.added, field.kept
    return field.label, field.old, field.new


@pytest.mark.django_db
def test_a_record_is_made_of_itself_its_parts_and_its_claims():
    assert [(model.__name__, column) for model, column in members(Pledge)] == [
        ("Pledge", "id"), ("PledgeStage", "pledge"), ("Valuation", "pledge"), ("Claim", "pledge"),
    ]  # fmt: skip
    assert [(model.__name__, column) for model, column in members(Party)] == [("Party", "id"), ("Claim", "party")]


@pytest.mark.django_db
def test_what_was_saved_at_once_is_one_save_and_says_what_changed(later):
    pledge = make.make_pledge(title="Cyber support", amount=Decimal(91_000_000), stages=[Stage.ANNOUNCED])
    claim = make.make_claim(pledge, "amount", source=make.make_source(title="The release", text=""))
    later()
    user = make.make_user(username="editor")
    step = pledge.stages.get()
    pledge.amount, pledge.title, pledge.announced_on = Decimal("92000000.50"), "Cyber defence", "2024?-01-24"
    pledge.instrument, pledge.instrument_unknown = "grant", ""
    step.wording = "will give"
    claim.value, claim.wording = "92000000.5", "92 million"
    for row in (pledge, step, claim):
        row._history_user, row._change_reason = user, "The figure was mended"
        row.save()

    history = History(pledge)
    assert [(save.number, save.by and save.by.username, save.reasons) for save in history.saves] == [
        (1, None, []), (2, "editor", ["The figure was mended"]),
    ]  # fmt: skip
    assert saves(pledge)[1] == [
        ("changed", "", [
            ("Title", "Cyber [-support-]{+defence+}"),
            ("Instrument", "(not stated)", "Grant"),
            ("Amount", "91,000,000", "92,000,000.50"),
            ("Announced on", "24 January 2024 (2024-01-24)", "24 January 2024 (year uncertain) (2024?-01-24)"),
        ]),
        ("changed", "Stage Announced (step 1)", [("Wording", "{+will give+}")]),
        ("changed", "Claim: amount, from The release", [
            ("Value", "[-91000000-]{+92000000.5+}"), ("Wording", "{+92 million+}"),
        ]),
    ]  # fmt: skip


@pytest.mark.django_db
def test_rows_that_come_and_go_are_told_with_what_they_held(later):
    denmark = make.make_party(name="Denmark")
    coalition = make.make_coalition()
    later()
    membership = make.make_membership(coalition=coalition, party=denmark, role=MembershipRole.LEAD)
    claim = make.make_claim(membership, "role", source=make.make_source(title="The release", text=""))
    later()
    claim.delete()
    membership.delete()

    added, deleted = saves(coalition)[1:]

    member, about = added
    assert member[:2] == ("added", "Membership Denmark (lead)")
    assert ("Party", "", "Denmark") in member[2]
    assert about[:2] == ("added", "Claim: Membership Denmark (lead), role, from The release")
    assert [(kind, name) for kind, name, _ in deleted] == [
        ("deleted", "Membership Denmark (lead)"),
        ("deleted", "Claim: Membership Denmark (lead), role, from The release"),
    ]
    assert ("Role", "Lead", "") in deleted[0][2]


@pytest.mark.django_db
def test_links_are_told_by_what_went_came_and_stayed(later):
    one, two, three = (make.make_party(name=name) for name in ("One", "Two", "Three"))
    pledge = make.make_pledge(beneficiaries=[one, two])
    later()
    pledge.beneficiaries.set([two, three])
    later()
    pledge.beneficiaries.clear()
    pledge.beneficiaries_unknown = "undisclosed"
    pledge.save()

    assert [found[0][2] for found in saves(pledge)[1:]] == [
        [("Beneficiaries", ["One"], ["Three"], ["Two"])],
        [("Beneficiaries", ["Three", "Two"], [], [])],
    ]


@pytest.mark.django_db
def test_a_save_without_a_change_is_none_and_two_accounts_are_two(later):
    party = make.make_party()
    for name, user in (("B", make.make_user()), ("C", make.make_user()), ("C", make.make_user())):
        party.name, party._history_user = name, user
        party.save()

    assert [found[0][2] for found in saves(party)[1:]] == [
        [("Name", f"[-{party.slug.replace('party-', 'Party ')}-]{{+B+}}")], [("Name", "[-B-]{+C+}")],
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_row_that_was_named_and_is_gone_keeps_its_name(later):
    fund = make.make_party(name="The Fund")
    pledge = make.make_pledge(fund=fund)
    later()
    pledge.fund, pledge.fund_unknown = None, "not_stated"
    pledge.save()
    fund.delete()

    assert saves(pledge)[1] == [("changed", "", [("Fund", "The Fund (deleted since)", "(not stated)")])]


@pytest.mark.django_db
def test_loading_is_one_save_however_long_it_takes(clock):
    pledge = make.make_pledge()
    claim = make.make_claim(pledge, "amount")
    for model, _ in members(Pledge):
        model.history.all().delete()
    begin_histories()
    Claim.history.update(history_date=datetime(2026, 3, 1, 12, 30, tzinfo=UTC))

    history = History(pledge)

    assert [(save.number, len(save.rows), save.reasons) for save in history.saves] == [(1, 3, ["As it was loaded"])]
    assert claim.pk in {key.pk for key in history.saves[0].rows}
    assert history.is_complete


@pytest.mark.django_db
def test_what_a_script_changed_has_no_save(later):
    pledge = make.make_pledge(title="As saved")
    assert History(pledge).is_complete
    Pledge.objects.update(title="By a script")

    history = History(pledge)

    assert not history.is_complete
    assert len(history.saves) == 1


@pytest.mark.django_db
def test_a_history_that_begins_later_says_so(later):
    party = make.make_party(name="Old")
    Party.history.all().delete()
    party.name = "New"
    party.save()

    history = History(party)
    [change] = Changes(history, [history.saves[0].rows]).told(history.saves[0].rows, history.saves[0].unclear)

    assert (change.kind, change.is_unclear) == ("added", True)


@pytest.mark.django_db
def test_what_the_audit_log_says_stands_with_its_save(later):
    pledge = make.make_pledge()
    later()
    user = make.make_user()
    pledge.title, pledge._history_user = "Newer", user
    pledge.save()
    entry = log(AuditAction.CORRECTED, user, pledge, "A correction.", "It was wrong")
    log(AuditAction.CORRECTED, make.make_user(), pledge, "By another.")
    log(AuditAction.CHANGED, user, pledge, "Plain.")
    later()
    log(AuditAction.CORRECTED, user, pledge, "Much later.")

    assert [save.entries for save in History(pledge).saves] == [[], [entry]]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
def test_the_queries_do_not_grow(number, later, django_assert_num_queries):
    pledge = make.make_pledge(beneficiaries=[make.make_party() for _ in range(number)])
    for n in range(number):
        step = make.make_stage(pledge=pledge, position=n + 2)
        for row in (pledge, step):
            source = make.make_source("Words.")
            make.make_claim(row, "amount" if row is pledge else "stage", [make.make_passage(source)],
                            rank=Rank.ALTERNATIVE, recorded_by=make.make_user())  # fmt: skip
        later()
        pledge.title, pledge._history_user = f"Title {n}", make.make_user()
        pledge.save()
        later()

    # The lines of four tables and of their three links; the audit log.
    with django_assert_num_queries(8):
        history = History(pledge)
    # The rows of four tables now, and their three links.
    with django_assert_num_queries(7):
        assert history.fingerprint
    # What they name: parties, the pledge, steps, sources, passages, accounts.
    with django_assert_num_queries(6):
        found = Changes(history, [save.rows for save in history.saves])
        assert [found.told(save.rows) for save in history.saves]
