"""The forms refuse what the ledger would report: acts of unnamed collectives, and records that lead to themselves."""

import pytest
from django.urls import reverse

from aid.choices import PartyKind
from tests import builders as make
from tests.admin.forms import errors, sent


def change(row):
    return reverse(f"admin:aid_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("role", ["donor", "recipient"])
def test_an_unnamed_collective_neither_gives_nor_receives(editor, role):
    pledge, circles = make.make_pledge(), make.make_party(name="Policy circles", kind=PartyKind.COLLECTIVE)

    response = editor.post(change(pledge), sent(editor.get(change(pledge)), **{role: circles.pk}))

    assert errors(response) == {role: ["collective"]}
    pledge.refresh_from_db()
    assert getattr(pledge, role) != circles


@pytest.mark.parametrize(
    "builder, rows", [(make.make_coalition, "memberships"), (make.make_agreement, "signatories")]
)
def test_an_unnamed_collective_neither_joins_nor_signs(editor, builder, rows):
    record, circles = builder(), make.make_party(kind=PartyKind.COLLECTIVE)
    page = editor.get(change(record))
    number = int(sent(page)[f"{rows}-TOTAL_FORMS"])
    row = {f"{rows}-{number}-{name}": "not_stated" for name in ("joined_on_unknown", "left_on_unknown",
                                                               "signed_by_unknown")}  # fmt: skip
    row |= {
        f"{rows}-TOTAL_FORMS": number + 1,
        f"{rows}-{number}-party": circles.pk,
        f"{rows}-{number}-role": "member",
    }

    response = editor.post(change(record), sent(page, **row))

    assert errors(response) == {f"{rows}-{number}-party": ["collective"]}
    assert getattr(record, rows).filter(party=circles).count() == 0


@pytest.mark.parametrize(
    "builder, column",
    [
        (make.make_pledge, "part_of"),
        (make.make_pledge, "supersedes"),
        (make.make_source, "supersedes"),
        (make.make_party, "parent"),
    ],
)
def test_records_do_not_lead_to_themselves(editor, builder, column):
    first = builder()
    second = builder(**{column: first})
    third = builder(**{column: second})

    response = editor.post(change(first), sent(editor.get(change(first)), **{column: third.pk}))
    kept = editor.post(change(third), sent(editor.get(change(third)), **{column: first.pk}))

    assert errors(response) == {column: ["circle"]}
    first.refresh_from_db()
    assert getattr(first, column) is None
    assert kept.status_code == 302, errors(kept)


@pytest.mark.parametrize("role", ["donor", "recipient"])
def test_a_party_that_acts_does_not_become_an_unnamed_collective(editor, role):
    party = getattr(make.make_pledge(), role)

    response = editor.post(change(party), sent(editor.get(change(party)), kind="collective", iso_alpha2=""))

    assert errors(response) == {"kind": ["collective"]}


def test_a_party_that_only_speaks_may_become_an_unnamed_collective(editor):
    party = make.make_statement().party

    response = editor.post(change(party), sent(editor.get(change(party)), kind="collective", iso_alpha2=""))

    assert response.status_code == 302, errors(response)
