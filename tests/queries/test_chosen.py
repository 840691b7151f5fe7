from datetime import date
from decimal import Decimal

import pytest

from aid.intake.reference_rates import QUOTED
from aid.models import Pledge
from aid.money import Money, currencies
from aid.queries.chosen import Chosen, day_of, read_currency, with_checked_on
from aid.queries.public import Public
from tests import builders

pytestmark = pytest.mark.django_db

KRONER = Money(Decimal("91000000"), "DKK")
FRIDAY, SATURDAY = date(2024, 1, 26), date(2024, 1, 27)


@pytest.fixture
def rates():
    source = builders.make_source(slug="ecb-reference-rates", text="")
    for day, dkk, usd in (
        ("2024-01-23", "7.4574", "1.0872"),
        ("2024-01-24", "7.4568", "1.0905"),
        ("2024-01-26", "7.4543", "1.0871"),
        ("2024-01-31", "7.4535", "1.0837"),
    ):
        builders.make_rate(day, "DKK", dkk, source)
        builders.make_rate(day, "USD", usd, source)
    return source


def test_amount_is_converted_with_rate_day_and_origin(rates):
    found = Chosen("USD").convert(KRONER, date(2024, 1, 24))
    assert (found.money, found.day, found.asked) == (Money(Decimal("13308054.39"), "USD"), *[date(2024, 1, 24)] * 2)
    assert found.rates == {"DKK": Decimal("7.4568"), "USD": Decimal("1.0905")}
    assert round(found.rate, 6) == Decimal("0.146242")
    assert (found.source, found.why_earlier) == (rates, "")


def test_saturday_is_converted_at_the_rate_of_friday_and_says_so(rates):
    found = Chosen("USD").convert(KRONER, SATURDAY)
    assert (found.asked, found.day) == (SATURDAY, FRIDAY)
    assert found.why_earlier == "it was a Saturday, and the ECB publishes none on such a day"
    assert found.money == Chosen("USD").convert(KRONER, FRIDAY).money


def test_what_cannot_be_converted_is_none(rates):
    assert Chosen("USD").convert(KRONER, None) is None
    assert Chosen("USD").convert(None, FRIDAY) is None
    assert Chosen("USD").convert(KRONER, date(2023, 1, 24)) is None
    assert Chosen("").convert(KRONER, FRIDAY) is None
    assert Chosen("GBP").convert(KRONER, FRIDAY) is None


def test_amount_in_the_chosen_currency_needs_no_day():
    found = Chosen("DKK").convert(KRONER, None)
    assert (found.money, found.rate, found.source) == (KRONER, 1, None)


def test_nothing_is_read_while_no_currency_is_chosen(django_assert_num_queries):
    pledge = builders.make_pledge(announced_on="2024-01-24")
    with django_assert_num_queries(0):
        chosen = Chosen()
        assert chosen.expect([pledge]) == [pledge]
        assert (bool(chosen), chosen.of(pledge)) == (False, None)


@pytest.mark.parametrize("number", (1, 3))
def test_rows_of_a_page_cost_the_same_queries_however_many(rates, django_assert_num_queries, number):
    for _ in range(number):
        builders.make_pledge(announced_on="2024-01-24")
        builders.make_pledge(announced_on="2024-01-27")
        inexact = builders.make_pledge(announced_on="2024")
        builders.make_valuation(pledge=inexact, rate_on=date(2024, 1, 23))
    pledges = list(Pledge.objects.all())
    public = Public().kept()
    with django_assert_num_queries(4):
        chosen = Chosen("USD", public)
        chosen.expect(pledges)
        days = {chosen.of(pledge).converted.day for pledge in pledges}
    assert days == {date(2024, 1, 23), date(2024, 1, 24), FRIDAY}


DAYS = {
    "a day": ("2024-01-24", None, "2024-01-24", ""),
    "a day with an uncertain year": ("2024?-01-24", None, "2024-01-24", "a day that is inferred"),
    "a month": ("2024-01", None, "2024-01-31", "the last day of January 2024; the date is no more exact"),
    "a year": ("2024?", None, None, "its date is no more exact than 2024 (year uncertain)"),
    "a year with a checked equivalent": (
        "2024?",
        "2024-01-23",
        "2024-01-23",
        "the day at which its stated equivalent is checked; its own date is less exact",
    ),
    "a year with an equivalent checked in another": (
        "2023",
        "2024-01-23",
        None,
        "its date is no more exact than 2023",
    ),
    "a day with a checked equivalent": ("2024-01-24", "2024-01-23", "2024-01-24", ""),
    "no year": ("XXXX-01-24", None, None, "its date is no more exact than 24 January (year not stated)"),
    "an end alone": ("../2024-01-24", None, None, "its date is no more exact than until 24 January 2024"),
    "a beginning alone": ("2024-01-24/..", None, None, "its date is no more exact than from 24 January 2024"),
    "no date": ("", None, None, "its date is not known"),
}


@pytest.mark.parametrize(("announced", "held", "day", "why"), DAYS.values(), ids=DAYS)
def test_day_of_a_pledge_is_told(rates, announced, held, day, why):
    dated = {"announced_on": announced} if announced else {"announced_on": "", "announced_on_unknown": "not_stated"}
    pledge = builders.make_pledge(**dated)
    if held:
        builders.make_valuation(pledge=pledge, rate_on=date.fromisoformat(held))
    found = Chosen("USD").of(pledge)
    if day is None:
        assert (found.converted, found.why_not) == (None, why)
    else:
        assert (found.converted.asked, found.why_day, found.why_not) == (date.fromisoformat(day), why, "")
    row = with_checked_on(Pledge.objects.all()).get()
    same = day_of(row.announced_on_earliest, row.announced_on_latest, row.checked_on, row.announced_on)
    assert same.day == (day and date.fromisoformat(day))


def test_inferred_day_of_a_checked_equivalent_is_said_to_be(rates):
    pledge = builders.make_pledge(announced_on="2024")
    valuation = builders.make_valuation(pledge=pledge, rate_on=date(2024, 1, 23))
    builders.make_claim(valuation, "rate_on", basis="inferred")
    assert Chosen("USD").of(pledge).why_day.startswith("the inferred day at which its stated equivalent is checked")


def test_equivalent_that_readers_do_not_have_gives_no_day(rates):
    pledge = builders.make_pledge(announced_on="2024")
    valuation = builders.make_valuation(pledge=pledge, rate_on=date(2024, 1, 23))
    hidden = builders.make_source(embargo_until="2999-01-01T00:00Z")
    builders.make_claim(valuation, "amount", [builders.make_passage(hidden)])
    assert Chosen("USD").of(pledge).converted
    assert Chosen("USD", Public()).of(pledge).why_not == "its date is no more exact than 2024"


def test_step_is_converted_at_its_own_day_or_that_of_the_announcement(rates):
    pledge = builders.make_pledge(announced_on="2024-01-24")
    own = builders.make_stage(pledge=pledge, position=2, amount=5, currency="DKK", on="2024-01-23")
    undated = builders.make_stage(pledge=pledge, position=3, amount=5, currency="DKK")
    chosen = Chosen("USD")
    chosen.expect([own, undated])
    assert chosen.of(own).converted.day == date(2024, 1, 23)
    found = chosen.of(undated)
    assert found.converted.day == date(2024, 1, 24)
    assert found.why_day == "the day of the announcement; its own date is less exact"


def test_row_without_an_amount_or_in_the_currency_needs_nothing(rates):
    assert Chosen("USD").of(builders.make_pledge(amount=None)) is None
    assert Chosen("DKK").of(builders.make_pledge(amount=5, currency="DKK")) is None


@pytest.mark.parametrize(
    ("announced", "currency", "why"),
    [
        ("2024-01-24", "GBP", "there is no rate of 24 January 2024: no rate of that day is kept here"),
        ("2024-01-24", "UAH", "there is no rate of 24 January 2024: the ECB publishes no rate for UAH"),
        ("1998-01-06", "GBP", "there is no rate of 6 January 1998: the ECB’s rates begin on 4 January 1999"),
    ],
)
def test_missing_rate_is_told_with_its_reason(rates, announced, currency, why):
    pledge = builders.make_pledge(announced_on=announced, amount=5, currency=currency)
    assert Chosen("USD").of(pledge).why_not == why


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        ("USD", "USD", ""),
        (" eur ", "EUR", ""),
        ("", "", ""),
        ("UAH", "", "no reference rate for UAH (Ukrainian Hryvnia)"),
        ("XXQ", "", "“XXQ” is no currency."),
        ("kroner", "", "“kroner” is no currency."),
        ("x" * 5000, "", "“xxxxxxxxxxxxxxxxxxxx…” is no currency."),
        ("a\x00\n<b>", "", "“a��<b>” is no currency."),
    ],
)
def test_currency_in_an_address_is_read_or_answered_with_a_sentence(asked, code, said):
    found, sentence = read_currency(asked)
    assert found == code
    assert said in sentence
    assert bool(sentence) == bool(said)


def test_each_currency_on_offer_has_a_name():
    assert all(name and code in currencies() for code, name in Chosen().offered)
    assert len(Chosen().offered) == len(QUOTED)


def test_budget_of_a_coalition_is_converted_at_the_day_of_its_formalization(rates):
    event = builders.make_event(starts_on="2024-01-24")
    dated = builders.make_coalition(amount=5, currency="DKK", formalized_at=event)
    found = Chosen("USD").of(dated)
    assert (found.converted.day, found.why_day) == (date(2024, 1, 24), "the day on which it was formalized")
    undated = builders.make_coalition(amount=5, currency="DKK")
    assert Chosen("USD").of(undated).why_not == "its date is not known"


def test_stated_equivalent_is_converted_at_the_day_of_its_check(rates):
    held = builders.make_valuation(rate_on=date(2024, 1, 24))
    assert Chosen("DKK").of(held).converted.day == date(2024, 1, 24)
    assert Chosen("DKK").of(builders.make_valuation()).why_not == "the day of its rate is not known"
