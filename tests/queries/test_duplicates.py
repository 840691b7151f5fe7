from decimal import Decimal

import pytest

from aid.money import Money
from aid.queries.duplicates import Typed, possible_duplicates
from tests import builders as make

pytestmark = pytest.mark.django_db

WEEK = "so the two may lie within a week of each other"


@pytest.fixture
def donor():
    return make.make_party(name="Denmark")


def money(amount, currency="DKK"):
    return Money(Decimal(amount), currency)


def found(donor, *amounts, on="2024-01-24", recipient=None, besides=()):
    typed = Typed(donor.pk, recipient and recipient.pk, amounts, on, frozenset(besides))
    return [(row.pledge, row.amount, row.date) for row in possible_duplicates(typed)]


@pytest.mark.parametrize("amount, told", [
    ("91000000", "DKK 91,000,000 is the same amount"),
    ("90090000", "DKK 91,000,000 is 1.01% more"),  # 1 % of the larger of the two
    ("90089999", None),
    ("91919191.91", "DKK 91,000,000 is 1.00% less"),
    ("91919192", None),
    ("0.01", None),
])  # fmt: skip
def test_an_amount_within_one_percent_is_near(donor, amount, told):
    pledge = make.make_pledge(donor=donor, amount=Decimal(91_000_000), currency="DKK")

    assert found(donor, money(amount)) == ([(pledge, told, "announced on the same day")] if told else [])


@pytest.mark.parametrize("typed, own, told", [
    ("2024-01-24", "2024-01-31", "announced 7 days later"),
    ("2024-01-24", "2024-02-01", None),
    ("2024-01-24", "2024-01-23", "announced 1 day earlier"),
    ("2024-01-24", "2024-01-16", None),
    ("2024-01-24", "2024-01", f"its date is January 2024, {WEEK}"),
    ("2024-02-07", "2024-01", f"its date is January 2024, {WEEK}"),
    ("2024-02-08", "2024-01", None),
    ("2023-12-25", "2024-01", f"its date is January 2024, {WEEK}"),
    ("2023-12-24", "2024-01", None),
    ("2024-01-24", "2024/2026", f"its date is 2024 to 2026, {WEEK}"),
    ("2024-01-24", "../2023-12-31", None),
    ("2024-01-24", "../2024-01-20", f"its date is until 20 January 2024, {WEEK}"),
    ("", "2024-01-24", f"your date is not known, {WEEK}"),
    ("2024-01-24", "", f"its date is not known, {WEEK}"),
    ("", "", f"neither date is known, {WEEK}"),
    ("2024-01-24", "XXXX-01-30", f"its date is 30 January (year not stated) and a year is missing, {WEEK}"),
    ("2024-01-24", "XXXX-02-01", None),
    ("XXXX-12-28", "2024-01-02", f"its date is 2 January 2024 and a year is missing, {WEEK}"),
    ("XXXX-12-24", "2024-01-02", None),
    ("XXXX-12-28", "XXXX-01-02", f"its date is 2 January (year not stated) and a year is missing, {WEEK}"),
    ("XXXX-12-28", "XXXX-06-02", None),
    ("XXXX-02-29", "XXXX-03-07", f"its date is 7 March (year not stated) and a year is missing, {WEEK}"),
    ("XXXX-02-29", "XXXX-03-08", None),
    ("XXXX-01-24", "0001/9999", f"its date is 0001 to 9999 and a year is missing, {WEEK}"),
    ("0001-01-01", "0001-01-03", "announced 2 days later"),
    ("9999-12-31", "9999-12-30", "announced 1 day earlier"),
])  # fmt: skip
def test_days_within_a_week_of_each_other_are_near(donor, typed, own, told):
    unknown = {"announced_on_unknown": "not_stated"} if not own else {}
    pledge = make.make_pledge(donor=donor, announced_on=own, **unknown)

    rows = found(donor, money("91000000"), on=typed)

    assert [(row, date) for row, _, date in rows] == ([(pledge, told)] if told else [])


def test_another_donor_and_the_pledges_left_out_are_none(donor):
    make.make_pledge()
    envelope = make.make_pledge(donor=donor)

    assert found(donor, money("91000000"), besides=[envelope.pk]) == []
    assert len(found(donor, money("91000000"))) == 1


def test_an_amount_in_another_currency_is_held_against_the_rates_of_the_day(donor):
    make.make_rate("2024-01-24", "DKK", "7.4568")
    make.make_rate("2024-01-24", "USD", "1.0905")
    near = make.make_pledge(donor=donor, amount=Decimal(13_260_000), currency="USD")
    make.make_pledge(donor=donor, amount=Decimal(13_000_000), currency="USD")
    make.make_pledge(donor=donor, amount=Decimal(13_260_000), currency="EUR")

    rows = found(donor, money("91000000"))

    told = "DKK 91,000,000 were USD 13,308,054.39 at the ECB rates of 24 January 2024"
    assert rows == [(near, told, "announced on the same day")]
    # The typed day has no rates, that of the pledge has; without either nothing is converted.
    assert found(donor, money("91000000"), on="2024-01-27") == [(near, told, "announced 3 days earlier")]
    assert found(donor, money("91000000"), on="") == [(near, told, f"your date is not known, {WEEK}")]
    make.make_pledge(donor=donor, amount=Decimal(13_260_000), currency="USD", announced_on="2024-01")
    assert found(donor, money("91000000"), on="2024-01-30") == [(near, told, "announced 6 days earlier")]


def test_a_day_without_rates_converts_nothing(donor):
    make.make_rate("2024-01-24", "DKK", "7.4568")
    make.make_pledge(donor=donor, amount=Decimal(13_260_000), currency="USD")

    assert found(donor, money("91000000")) == []


def test_an_equivalent_counts_as_an_amount_on_either_side(donor):
    pledge = make.make_pledge(donor=donor, amount=Decimal(91_000_000), currency="DKK")
    make.make_valuation(pledge=pledge, amount=Decimal(13_260_000), currency="USD")

    [(row, told, _)] = found(donor, money("13200000", "USD"))
    assert (row, told) == (pledge, "its stated equivalent USD 13,260,000 is 0.45% more")
    [(row, told, _)] = found(donor, money("85000000", "NOK"), money("91000000"))
    assert (row, told) == (pledge, "DKK 91,000,000 is the same amount")
    assert found(donor, money("13000000", "USD")) == []


@pytest.mark.parametrize("typed, own, is_found", [
    ("2024-01-24", "2024-01-30", True), ("2024-01-24", "2024-02", False), ("2024-01-24", "2024-01", True),
    ("2024-01-24", "2024", False), ("2024-01-24", "", False), ("", "2024-01-24", False), ("", "", False),
    ("XXXX-01-24", "XXXX-01-24", True), ("XXXX-01-24", "2024-01-24", True), ("XXXX-01-24", "2024-03-24", False),
])  # fmt: skip
def test_two_unknown_amounts_need_one_recipient_and_known_days(donor, typed, own, is_found):
    pledge = make.make_pledge(donor=donor, amount=None, announced_on=own)
    make.make_pledge(donor=donor, amount=Decimal(5), announced_on=own, recipient=pledge.recipient)

    rows = found(donor, on=typed, recipient=pledge.recipient)

    assert [row for row, *_ in rows] == ([pledge] if is_found else [])
    assert found(donor, on=typed, recipient=make.make_party()) == []
    assert found(donor, on=typed) == []
    assert found(donor, money("7"), on=typed, recipient=pledge.recipient) == []


def test_known_days_come_first_and_then_the_newest(donor):
    vague = make.make_pledge(donor=donor, announced_on="2024")
    older, newer = (make.make_pledge(donor=donor, announced_on=day) for day in ("2024-01-22", "2024-01-25"))

    assert [row for row, *_ in found(donor, money("91000000"))] == [newer, older, vague]


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow(donor, number, django_assert_num_queries):
    make.make_rate("2024-01-24", "DKK", "7.4568")
    make.make_rate("2024-01-24", "USD", "1.0905")
    for _ in range(number):
        make.make_valuation(pledge=make.make_pledge(donor=donor), currency="EUR", amount=Decimal(12_200_000))
        make.make_pledge(donor=donor, amount=Decimal(13_260_000), currency="USD")
    typed = Typed(donor.pk, None, (money("91000000"),), "2024-01-24")

    with django_assert_num_queries(5):
        rows = possible_duplicates(typed)
        assert {(str(row.pledge.donor), row.pledge.recipient.name[:5]) for row in rows} == {("Denmark", "Party")}

    assert len(rows) == 2 * number
