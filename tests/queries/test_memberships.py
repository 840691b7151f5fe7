from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aid.choices import MembershipRole, Rank
from aid.models import Claim, Coalition
from aid.queries.memberships import (
    CERTAIN,
    LEFT,
    NOT_YET,
    POSSIBLE,
    MembersBySource,
    Naming,
    difference_sentence,
)
from aid.queries.provenance import dossier
from aid.queries.public import Public
from tests.builders import make_claim, make_coalition, make_membership, make_party, make_source


def said(**values):
    """What a source says of one party, without a database."""
    return Naming(None, {name: Claim(field=name, value=value, basis="stated") for name, value in values.items()})


@pytest.mark.parametrize(
    ("values", "day", "state"),
    [
        ({"joined_on": "2024-01-24"}, "2024-01-23", NOT_YET),
        ({"joined_on": "2024-01-24"}, "2024-01-24", CERTAIN),
        ({"joined_on": "2024-01"}, "2023-12-31", NOT_YET),
        ({"joined_on": "2024-01"}, "2024-01-15", POSSIBLE),
        ({"joined_on": "2024-01"}, "2024-01-31", CERTAIN),
        ({"joined_on": "2024"}, "2024-12-30", POSSIBLE),
        # Uncertain, and without a year: nothing follows from it for sure.
        ({"joined_on": "2024?-01-24"}, "2024-01-23", POSSIBLE),
        ({"joined_on": "2024?-01-24"}, "2030-01-01", POSSIBLE),
        ({"joined_on": "XXXX-01-24"}, "2024-01-24", POSSIBLE),
        ({}, "2024-01-24", POSSIBLE),
        ({"joined_on": "2023", "left_on": "2024-03"}, "2024-02-29", CERTAIN),
        ({"joined_on": "2023", "left_on": "2024-03"}, "2024-03-15", POSSIBLE),
        ({"joined_on": "2023", "left_on": "2024-03"}, "2024-04-01", LEFT),
        ({"joined_on": "2023", "left_on": "2024~"}, "2030-01-01", POSSIBLE),
        ({"left_on": "2024-03"}, "2024-04-01", LEFT),
        ({"left_on": "2024-03"}, "2024-01-01", POSSIBLE),
    ],
)
def test_how_sure_a_membership_is_on_a_day(values, day, state):
    found, why = said(**values).standing_on(date.fromisoformat(day))
    assert (found, bool(why)) == (state, True)


DAYS = st.dates(date(2020, 1, 1), date(2026, 12, 31))


@given(joined=DAYS, left=DAYS, day=DAYS, month=st.booleans())
def test_what_is_certain_is_so_by_every_reading_of_the_dates(joined, left, day, month):
    """Held against each day that a month can mean."""
    if left < joined:
        joined, left = left, joined
    one = said(joined_on=joined.isoformat()[: 7 if month else 10], left_on=left.isoformat())
    first = joined.replace(day=1) if month else joined
    last = joined.replace(day=monthrange(joined.year, joined.month)[1]) if month else joined
    state, _ = one.standing_on(day)
    could_be = first <= day <= left
    if state in (NOT_YET, LEFT):
        assert not (joined <= day < left)
    if state == CERTAIN:
        assert last <= day < left
    if not could_be:
        assert state in (NOT_YET, LEFT)


@pytest.mark.django_db
def test_the_examples_differ_in_belgium_italy_and_the_lead(examples):
    agrees, disagrees = examples
    found = MembersBySource(dossier(Coalition.objects.get()))
    assert [len(found.named_by(source)) for source in found.sources] == [9, 9, 9]
    assert (found.main.slug, found.is_by_one_source) == ("text-on-danish-cyber-support", True)
    assert [(one.other, difference_sentence(one)) for one in found.differences] == [
        (agrees, "It names the same nine."),
        (
            disagrees,
            "It names nine: Belgium as well and not Italy. It gives Estonia the role “lead”, not “member”.",
        ),
    ]
    assert [row.party.slug for row in found.beside] == ["belgium"]
    belgium = next(line for line in found.lines if line.membership.party.slug == "belgium")
    assert [cell is not None for cell in belgium.cells] == [False, False, True]


@pytest.mark.django_db
def test_who_was_a_member_by_the_second_source_before_belgium_joined(examples):
    _, disagrees = examples
    found = MembersBySource(dossier(Coalition.objects.get()))
    before, after = (found.on(disagrees, date(2024, month, day)) for month, day in ((1, 31), (2, 1)))
    assert [naming.party.slug for naming, _ in before[NOT_YET]] == ["belgium"]
    assert [naming.party.slug for naming, _ in after[CERTAIN]] == ["belgium"]
    assert len(before[POSSIBLE]) == len(after[POSSIBLE]) == 8


@pytest.mark.django_db
def test_a_withdrawn_claim_names_nobody():
    coalition = make_coalition([make_party()])
    make_claim(coalition.memberships.get(), "party", rank=Rank.WITHDRAWN)
    found = MembersBySource(dossier(coalition))
    assert (found.sources, found.main, found.differences, found.lines[0].cells) == ([], None, [], [])


@pytest.mark.django_db
def test_a_claim_about_a_role_alone_names_nobody():
    coalition = make_coalition([make_party()])
    make_claim(coalition.memberships.get(), "role", rank=Rank.ALTERNATIVE, value=MembershipRole.LEAD)
    assert MembersBySource(dossier(coalition)).sources == []


@pytest.mark.django_db
def test_it_asks_nothing_beside_the_record(django_assert_num_queries):
    coalition = make_coalition()
    for _ in range(3):
        membership, source = make_membership(coalition=coalition), make_source(text="")
        for field in ("party", "role"):
            make_claim(membership, field, source=source)
        record = Coalition.objects.get()
        with django_assert_num_queries(5):
            found = MembersBySource(dossier(record, Public()))
            [(line.membership.party.name, line.cells) for line in found.lines]
            [difference_sentence(one) for one in found.differences]
