"""Totals against a slow, plain count, with everything at once that must not be counted twice."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from aid.choices import AidType, Rank, Stage, Unknown
from aid.dates import bounds
from aid.filters import Asked, TotalsFilterSet
from aid.models import Pledge
from aid.queries.counting import Counting, Verdict
from aid.queries.divisions import DIVISIONS, NOT_KNOWN, divided
from aid.queries.public import Public
from aid.queries.totals import StageTotal, totals_by_stage
from tests.builders import (
    make_claim,
    make_coalition,
    make_party,
    make_pledge,
    make_sector,
    make_stage,
    make_valuation,
)


@pytest.mark.django_db
def test_totals_keep_stages_and_currencies_apart():
    make_pledge(amount=Decimal("91000000"), currency="DKK", stage=Stage.ALLOCATED)
    make_pledge(amount=Decimal("9000000"), currency="DKK", stage=Stage.ALLOCATED)
    make_pledge(amount=Decimal("5000000"), currency="EUR", stage=Stage.ALLOCATED)
    make_pledge(amount=None, stage=Stage.ALLOCATED)
    make_valuation(pledge=make_pledge(amount=None, stage=Stage.ANNOUNCED))
    assert totals_by_stage(Pledge.objects.all()) == [
        StageTotal(Stage.ANNOUNCED, {}, known=0, unknown=1, not_stated=1),
        StageTotal(
            Stage.ALLOCATED,
            {"DKK": Decimal("100000000"), "EUR": Decimal("5000000")},
            known=3,
            unknown=1,
            not_stated=1,
        ),
    ]


def amounts(rows=None):
    rows = Pledge.objects.all() if rows is None else rows
    return {total.stage.value: total.amounts for total in totals_by_stage(rows)}


@pytest.mark.django_db
def test_totals_of_a_part_without_its_envelope_count_the_part():
    envelope = make_pledge(amount=Decimal("1000"), stage=Stage.ANNOUNCED)
    part = make_pledge(amount=Decimal("100"), stage=Stage.ANNOUNCED, part_of=envelope)
    assert amounts() == {"announced": {"DKK": Decimal("1000")}}
    assert amounts(Pledge.objects.filter(pk=part.pk)) == {"announced": {"DKK": Decimal("100")}}


@pytest.mark.django_db
def test_a_part_at_another_stage_counts_at_its_own():
    envelope = make_pledge(amount=Decimal("1000"), stage=Stage.ANNOUNCED)
    make_pledge(amount=Decimal("100"), stage=Stage.ALLOCATED, part_of=envelope)
    assert amounts() == {"announced": {"DKK": Decimal("1000")}, "allocated": {"DKK": Decimal("100")}}


@pytest.mark.django_db
def test_the_parts_of_an_envelope_of_unknown_amount_are_its_lower_bound():
    envelope = make_pledge(amount=None, stage=Stage.ANNOUNCED)
    make_pledge(amount=Decimal("100"), stage=Stage.ANNOUNCED, part_of=envelope)
    [total] = totals_by_stage(Pledge.objects.all())
    assert (total.amounts, total.unknown, total.is_least) == ({"DKK": Decimal("100")}, 1, True)


@pytest.mark.django_db
def test_what_takes_the_place_of_an_envelope_holds_its_parts():
    envelope = make_pledge(amount=Decimal("1000"), stage=Stage.ANNOUNCED)
    make_pledge(amount=Decimal("100"), stage=Stage.ANNOUNCED, part_of=envelope)
    middle = make_pledge(amount=Decimal("1100"), stage=Stage.ANNOUNCED, supersedes=envelope)
    assert amounts() == {"announced": {"DKK": Decimal("1100")}}
    make_pledge(amount=Decimal("1200"), stage=Stage.ANNOUNCED, supersedes=middle)
    assert amounts() == {"announced": {"DKK": Decimal("1200")}}


@pytest.mark.django_db
def test_a_pledge_counts_with_the_amount_of_the_stage_that_it_has_reached():
    pledge = make_pledge(amount=Decimal("1000"), stages=[Stage.ANNOUNCED, Stage.DISBURSED])
    make_stage(pledge=pledge, position=3, stage=Stage.DISBURSED, amount=Decimal("40"), currency="EUR")
    assert amounts() == {"disbursed": {"EUR": Decimal("40")}}
    make_stage(pledge=pledge, position=4, stage=Stage.DISBURSED)
    assert amounts() == {"disbursed": {"DKK": Decimal("1000")}}


@pytest.mark.django_db
def test_a_part_of_a_withdrawn_part_lies_in_what_that_lay_in():
    fund = make_pledge(amount=Decimal("1000"), stage=Stage.ANNOUNCED)
    gone = {"withdrawn_at": timezone.now(), "withdrawn_why": "It was never said."}
    package = make_pledge(amount=Decimal("500"), stage=Stage.ALLOCATED, part_of=fund, **gone)
    make_pledge(amount=Decimal("100"), stage=Stage.ANNOUNCED, part_of=package)
    [total] = totals_by_stage(Pledge.objects.all(), Public())
    assert (total.amounts, total.left_out) == ({"DKK": Decimal("1000")}, Counter({Verdict.IN_ENVELOPE: 1}))


@pytest.mark.django_db
def test_pledges_that_lie_in_one_another_are_left_out_and_said():
    one = make_pledge(amount=Decimal("10"), stage=Stage.ANNOUNCED)
    other = make_pledge(amount=Decimal("20"), stage=Stage.ANNOUNCED, part_of=one)
    make_pledge(amount=Decimal("5"), stage=Stage.ANNOUNCED)
    Pledge.objects.filter(pk=one.pk).update(part_of=other)
    [total] = totals_by_stage(Pledge.objects.all())
    assert (total.amounts, total.is_least, total.left_out) == (
        {"DKK": Decimal("5")},
        True,
        Counter({Verdict.CIRCLE: 2}),
    )


def divided_rows(rows, division, public=None, only=""):
    """The Divided of some pledges as a page has it: out of the index of all."""
    public = public or Public()
    asked = Asked(TotalsFilterSet, QueryDict(), Pledge.objects.all(), public).filterset
    held = asked.facets.visible & asked.facets.index.of_numbers(rows.values_list("pk", flat=True))
    return divided(asked.adding_up(), held, division, public, only)


@pytest.mark.django_db
def test_totals_of_a_filter_over_many_rows_count_each_pledge_once():
    bodies = [make_party(), make_party()]
    envelope = make_pledge(amount=Decimal("1000"), beneficiaries=bodies)
    make_pledge(amount=Decimal("100"), part_of=envelope, beneficiaries=bodies)
    make_pledge(amount=Decimal("1"), beneficiaries=bodies)
    chosen = Pledge.objects.filter(beneficiaries__in=bodies)
    assert amounts(chosen) == {"allocated": {"DKK": Decimal("1001")}}
    [group] = divided_rows(chosen, DIVISIONS["recipient"], only=envelope.recipient.slug).groups
    assert group.totals[0].amounts == {"DKK": Decimal("1000")}


@pytest.mark.django_db
def test_totals_take_as_many_queries_for_three_rows_as_for_one(django_assert_num_queries):
    envelope = make_pledge()
    for _ in range(3):
        make_pledge(part_of=envelope, sectors=[make_sector()], coalition=make_coalition())
        with django_assert_num_queries(4):
            totals_by_stage(Pledge.objects.all())
        # The index is made for the first division and kept for the others.
        divided_rows(Pledge.objects.all(), DIVISIONS["stage"])
        for division, queries in zip(DIVISIONS.values(), (5, 5, 4, 4, 5, 5, 4), strict=True):
            with django_assert_num_queries(queries):
                divided_rows(Pledge.objects.all(), division)


@pytest.mark.django_db
def test_several_totals_read_what_ties_pledges_once(django_assert_num_queries):
    make_pledge()
    counting = Counting()
    with django_assert_num_queries(4):
        totals_by_stage(Pledge.objects.all(), counting=counting)
        totals_by_stage(Pledge.objects.filter(amount__gt=1), counting=counting)


@pytest.mark.django_db
def test_a_pledge_of_several_sectors_is_in_the_total_of_each_and_once_in_the_whole():
    air, sea = make_sector(name="Air"), make_sector(name="Sea")
    make_pledge(amount=Decimal("10"), sectors=[air, sea])
    make_pledge(amount=Decimal("1"), sectors=[sea])
    make_pledge(amount=Decimal("5"))
    found = divided_rows(Pledge.objects.all(), DIVISIONS["sector"])
    assert [(group.name, group.totals[0].amounts["DKK"]) for group in found.groups] == [
        ("Air", 10),
        ("Sea", 11),
        ("No sector recorded", 5),
    ]
    assert (found.totals[0].amounts["DKK"], found.several) == (16, 1)


@pytest.mark.django_db
def test_a_year_holds_what_lies_in_it_for_certain():
    for day in ("2024", "2024-05", "2024?-01-24", "2023-12-31", "2023/2024", "202X", "XXXX-01-24", ""):
        make_pledge(amount=Decimal("1"), announced_on=day)
    found = divided_rows(Pledge.objects.all(), DIVISIONS["year"])
    assert [(group.name, group.totals[0].amounts["DKK"], group.uncertain) for group in found.groups] == [
        ("2024", 3, 1),
        ("2023", 1, 0),
        ("Year not stated", 4, 0),
    ]


@pytest.mark.django_db
def test_a_part_counts_for_its_own_donor_where_the_envelope_is_anothers():
    union, member = make_party(name="A union"), make_party(name="Member")
    envelope = make_pledge(amount=Decimal("1000"), donor=union)
    make_pledge(amount=Decimal("100"), donor=member, part_of=envelope)
    found = divided_rows(Pledge.objects.all(), DIVISIONS["donor"])
    assert [(group.name, group.totals[0].amounts["DKK"]) for group in found.groups] == [
        ("A union", 1000),
        ("Member", 100),
    ]
    assert (found.totals[0].amounts["DKK"], found.more) == (1000, 1)


# A slow count of plain rows, written without a look at the one above


@dataclass
class Plain:
    """One pledge as somebody would write it into a table by hand."""

    stage: str
    currency: str
    amount: int | None
    why_unknown: str
    last_step: tuple | None  # (amount, currency)
    part_of: int | None
    supersedes: int | None
    kept_back: str  # "", "embargo" or "withdrawn"
    donor: int
    recipient: int
    aid_type: str
    sectors: frozenset
    coalition: int | None
    announced_on: str
    is_chosen: bool
    pk: int = 0
    money: tuple | None = field(init=False, default=None)

    def __post_init__(self):
        self.money = None if self.amount is None else (self.amount, self.currency)
        self.money = self.last_step or self.money


SIZE = 9
DATES = ["2024-01-24", "2024", "2024?", "2023-12", "2023/2024", "202X", "XXXX-01-24", "", "2022/.."]
index = st.one_of(st.none(), st.integers(0, SIZE - 1))
money = st.tuples(st.integers(1, 10**6), st.sampled_from(["DKK", "EUR"]))
ROWS = st.lists(
    st.builds(
        Plain,
        stage=st.sampled_from([*[Stage.ANNOUNCED] * 6, Stage.ALLOCATED, Stage.CANCELLED]),
        currency=st.sampled_from(["DKK", "EUR"]),
        amount=st.one_of(st.none(), st.integers(1, 10**6)),
        why_unknown=st.sampled_from(Unknown.values),
        last_step=st.one_of(st.none(), st.none(), st.none(), money),
        part_of=index,
        supersedes=st.one_of(st.none(), index),
        kept_back=st.sampled_from([*[""] * 6, "embargo", "withdrawn"]),
        donor=st.integers(0, 1),
        recipient=st.integers(0, 1),
        aid_type=st.sampled_from(["", AidType.MILITARY, AidType.FINANCIAL]),
        sectors=st.frozensets(st.integers(0, 2)),
        coalition=st.one_of(st.none(), st.integers(0, 1)),
        announced_on=st.sampled_from(DATES),
        is_chosen=st.sampled_from([True, True, True, True, False]),
    ),
    min_size=2,
    max_size=SIZE,
)


class Reference:
    """The totals of rows in a list, each question answered by walking through all of them."""

    def __init__(self, rows):
        self.rows = rows

    def is_hidden(self, number, asked=()):
        row = self.rows[number]
        named = [other for other in (row.part_of, row.supersedes) if other is not None]
        return row.kept_back == "embargo" or any(
            self.is_hidden(other, (*asked, number)) for other in named if other not in asked
        )

    def is_there(self, number):
        return self.rows[number].kept_back != "withdrawn" and not self.is_hidden(number)

    def followers(self, number):
        return [other for other, row in enumerate(self.rows) if row.supersedes == number and self.is_there(other)]

    def lies_in(self, number):
        found = set()

        def walk(other):
            if other is None or other in found:
                return
            found.add(other)
            walk(self.rows[other].part_of)
            for follower in self.followers(other):
                walk(follower)

        walk(self.rows[number].part_of)
        return found

    def holders(self, number, chosen):
        return {
            other
            for other in self.lies_in(number) & chosen
            if other != number
            and self.rows[other].stage == self.rows[number].stage
            and self.rows[other].money is not None
            and not self.followers(other)
        }

    def verdict(self, number, chosen):
        row = self.rows[number]
        if self.followers(number):
            return Verdict.SUPERSEDED
        if row.stage == Stage.CANCELLED:
            return Verdict.CANCELLED
        holders = self.holders(number, chosen)
        if holders:
            is_held = any(not self.holders(other, chosen) for other in holders)
            return Verdict.IN_ENVELOPE if is_held else Verdict.CIRCLE
        return Verdict.COUNTED if row.money else Verdict.UNKNOWN

    def totals(self, chosen):
        """{stage: (amounts, how many are known, unknown, not stated, left out for which reason)}."""
        chosen = {number for number in chosen if self.is_there(number)}
        found = defaultdict(lambda: (defaultdict(Decimal), [], [], [], Counter()))
        for number in chosen:
            row, verdict = self.rows[number], self.verdict(number, chosen)
            sums, known, unknown, not_stated, left_out = found[row.stage]
            if verdict == Verdict.COUNTED:
                sums[row.money[1]] += row.money[0]
                known.append(number)
            elif verdict == Verdict.UNKNOWN:
                unknown.append(number)
                not_stated += [number] if row.why_unknown == "not_stated" else []
            else:
                left_out[verdict] += 1
        return {
            str(stage): (dict(sums), len(known), len(unknown), len(not_stated), left_out)
            for stage, (sums, known, unknown, not_stated, left_out) in found.items()
        }

    def groups(self, chosen, keys_of):
        members = defaultdict(set)
        for number in chosen:
            if self.is_there(number):
                for key in keys_of(self.rows[number]):
                    members[key].add(number)
        return {key: self.totals(numbers) for key, numbers in members.items()}


def certain_year(text):
    first, last = bounds(text)
    return str(first.year) if first and last and first.year == last.year else NOT_KNOWN


def shown(totals):
    return {
        total.stage.value: (total.amounts, total.known, total.unknown, total.not_stated, total.left_out)
        for total in totals
    }


def counted(totals):
    return {stage: told[:4] for stage, told in totals.items() if told[1] + told[2]}


class TotalsEqualAPlainCount(TestCase):
    """Pledges in envelopes up to any depth and in circles, in chains and circles of succession, with unknown amounts,
    amounts of steps, equivalents, other sources' amounts, embargoes and withdrawals, chosen or not by a filter."""

    @settings(max_examples=100, deadline=None)
    @given(ROWS, st.sampled_from(["as drawn", "as drawn", "nested", "in a circle", "one after the other"]))
    def test_whatever_is_thrown_at_them(self, rows, shape):
        for number, row in enumerate(rows):
            if shape == "nested":
                row.part_of = number + 1 if number + 1 < len(rows) else None
            elif shape == "in a circle":
                row.part_of, row.supersedes = number + 1, None
            elif shape == "one after the other":
                row.supersedes = number + 1
        now = timezone.now()
        donors, recipients = [make_party(), make_party()], [make_party(), make_party()]
        sectors, coalitions = [make_sector() for _ in range(3)], [make_coalition(), make_coalition()]
        made = [self._made(row, now, donors, recipients, sectors, coalitions) for row in rows]
        for number, (row, pledge) in enumerate(zip(rows, made, strict=True)):
            for column in ("part_of", "supersedes"):
                other = getattr(row, column)
                other = None if other is None or other % len(made) == number else other % len(made)
                setattr(row, column, other)
                setattr(pledge, column, None if other is None else made[other])
            pledge.save()
        reference, public = Reference(rows), Public(now)
        everything = range(len(rows))
        chosen = [number for number in everything if rows[number].is_chosen]
        some = Pledge.objects.filter(pk__in=[made[number].pk for number in chosen])
        assert shown(totals_by_stage(some, public)).keys() == counted(reference.totals(chosen)).keys()
        assert counted(shown(totals_by_stage(some, public))) == counted(reference.totals(chosen))
        assert counted(shown(totals_by_stage(Pledge.objects.all(), public))) == counted(reference.totals(everything))
        slug = {"donor": [party.slug for party in donors], "recipient": [party.slug for party in recipients],
                "coalition": [one.slug for one in coalitions], "sector": [one.code for one in sectors]}  # fmt: skip
        keys = {
            "donor": lambda row: [slug["donor"][row.donor]],
            "recipient": lambda row: [slug["recipient"][row.recipient]],
            "stage": lambda row: [str(row.stage)],
            "aid_type": lambda row: [row.aid_type or NOT_KNOWN],
            "sector": lambda row: [slug["sector"][one] for one in row.sectors] or [NOT_KNOWN],
            "coalition": lambda row: [NOT_KNOWN if row.coalition is None else slug["coalition"][row.coalition]],
            "year": lambda row: [certain_year(row.announced_on)],
        }
        for name, division in DIVISIONS.items():
            found = divided_rows(some, division, public)
            assert shown(found.totals) == reference.totals(chosen), name
            groups = {group.key: shown(group.totals) for group in found.groups}
            assert groups == reference.groups(chosen, keys[name]), name

    def _made(self, row, now, donors, recipients, sectors, coalitions):
        later = {"embargo_until": now + timedelta(days=1)} if row.kept_back == "embargo" else {}
        gone = {"withdrawn_at": now - timedelta(days=1), "withdrawn_why": "It was wrong."}
        pledge = make_pledge(
            donor=donors[row.donor],
            recipient=recipients[row.recipient],
            stage=row.stage,
            amount=None if row.amount is None else Decimal(row.amount),
            currency="" if row.amount is None else row.currency,
            amount_unknown=row.why_unknown if row.amount is None else "",
            aid_type=row.aid_type,
            sectors=[sectors[one] for one in row.sectors],
            coalition=None if row.coalition is None else coalitions[row.coalition],
            announced_on=row.announced_on,
            **(gone if row.kept_back == "withdrawn" else later),
        )
        if row.last_step:
            amount, currency = row.last_step
            make_stage(pledge=pledge, position=2, stage=row.stage, amount=Decimal(amount), currency=currency)
        if row.amount is not None and row.is_chosen:
            # The same money again, and what another source says of it: neither is ever added.
            make_valuation(pledge=pledge, amount=Decimal(777), currency="USD")
            make_claim(pledge, "amount", value="999", rank=Rank.ALTERNATIVE)
        return pledge
