"""Totals against a slow, plain count, with everything at once that must not be counted twice."""

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from aid.choices import Stage
from aid.models import Pledge
from aid.queries.totals import StageTotal, totals_by_stage
from tests.builders import make_party, make_pledge, make_valuation


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


@pytest.mark.django_db
def test_totals_of_a_part_without_its_envelope_count_the_part():
    envelope = make_pledge(amount=Decimal("1000"), stage=Stage.ANNOUNCED)
    part = make_pledge(amount=Decimal("100"), stage=Stage.ANNOUNCED, part_of=envelope)
    assert totals_by_stage(Pledge.objects.all())[0].amounts == {"DKK": Decimal("1000")}
    assert totals_by_stage(Pledge.objects.filter(pk=part.pk))[0].amounts == {"DKK": Decimal("100")}


@pytest.mark.django_db
def test_totals_of_a_filter_over_many_rows_count_each_pledge_once():
    bodies = [make_party(), make_party()]
    make_pledge(amount=Decimal("1000"), beneficiaries=bodies)
    chosen = Pledge.objects.filter(beneficiaries__in=bodies)
    assert totals_by_stage(chosen)[0].amounts == {"DKK": Decimal("1000")}


@pytest.mark.django_db
def test_totals_take_one_query_for_any_number_of_rows(django_assert_num_queries):
    for _ in range(3):
        make_pledge()
        with django_assert_num_queries(1):
            totals_by_stage(Pledge.objects.all())


ROWS = st.lists(
    st.tuples(
        st.sampled_from(list(Stage)),
        st.sampled_from(["DKK", "EUR"]),
        st.one_of(st.none(), st.integers(1, 10**6)),
        st.one_of(st.none(), st.integers(0, 7)),  # the earlier row that it is part of
        st.one_of(st.none(), st.integers(0, 7)),  # the earlier row that it supersedes
        st.booleans(),  # whether the reader's filter keeps it
    ),
    max_size=8,
)


def plain_count(rows, kept):
    """The totals, worked out by looking at each pledge and walking up through its envelopes."""
    superseded = {row.supersedes_id for row in rows.values()} - {None}
    standing = {pk for pk in kept if pk not in superseded and rows[pk].stage != Stage.CANCELLED}
    found = defaultdict(lambda: [defaultdict(Decimal), 0, 0])
    for pk in standing:
        row, inside = rows[pk], False
        envelope = row.part_of_id
        while envelope:
            inside = inside or (envelope in standing and rows[envelope].stage == row.stage)
            envelope = rows[envelope].part_of_id
        if inside:
            continue
        amounts = found[row.stage]
        if row.amount is None:
            amounts[2] += 1
        else:
            amounts[0][row.currency] += row.amount
            amounts[1] += 1
    return {stage: (dict(amounts), known, unknown) for stage, (amounts, known, unknown) in found.items()}


class TotalsEqualAPlainCount(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(ROWS)
    def test_whatever_is_thrown_at_them(self, drawn):
        donor, recipient = make_party(), make_party()
        made, depth = [], {}
        for stage, currency, amount, part_of, supersedes, _ in drawn:
            envelope = made[part_of] if part_of is not None and part_of < len(made) else None
            if envelope and depth[envelope.pk] == 3:
                envelope = None
            made.append(
                make_pledge(
                    donor=donor,
                    recipient=recipient,
                    stage=stage,
                    amount=None if amount is None else Decimal(amount),
                    currency="" if amount is None else currency,
                    part_of=envelope,
                    supersedes=made[supersedes] if supersedes is not None and supersedes < len(made) else None,
                )
            )
            depth[made[-1].pk] = depth[envelope.pk] + 1 if envelope else 0
        kept = {pledge.pk for pledge, row in zip(made, drawn, strict=True) if row[-1]}
        shown = {
            total.stage.value: (total.amounts, total.known, total.unknown)
            for total in totals_by_stage(Pledge.objects.filter(pk__in=kept))
        }
        assert shown == plain_count({pledge.pk: pledge for pledge in made}, kept)
