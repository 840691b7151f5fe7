from datetime import date
from decimal import Decimal

import pytest

from aid.models import ExchangeRate
from aid.money import Money
from aid.queries.conversion import Rates, conversion_of, days_needed, rate_days, valuations_held_against
from tests.builders import make_pledge, make_rate, make_source, make_stage, make_valuation

pytestmark = pytest.mark.django_db

KRONER = Money(Decimal("91000000"), "DKK")
DOLLARS = Money(Decimal("13260000"), "USD")


@pytest.fixture
def rates():
    source = make_source(text="")
    for day, dkk, usd in (
        ("2024-01-23", "7.4574", "1.0872"),
        ("2024-01-24", "7.4568", "1.0905"),
        ("2024-01-26", "7.4543", "1.0871"),
        ("2025-01-23", "7.4606", "1.0404"),
    ):
        make_rate(day, "DKK", dkk, source)
        make_rate(day, "USD", usd, source)


@pytest.mark.parametrize(
    ("day", "expected", "within"),
    [
        ("2024-01-23", "13266714.94", True),
        ("2024-01-24", "13308054.39", True),
        ("2025-01-23", "12690185.78", False),
    ],
)
def test_equivalent_is_held_against_the_rate_of_the_day(rates, day, expected, within):
    on = date.fromisoformat(day)
    conversion = Rates([on]).convert(KRONER, DOLLARS, on, is_approximate=True)
    assert (conversion.expected, conversion.is_within_tolerance) == (Decimal(expected), within)


def test_day_without_a_rate_names_the_nearest_earlier_one(rates):
    saturday = date(2024, 1, 27)
    conversion = Rates([saturday]).convert(KRONER, DOLLARS, saturday)
    assert (conversion.expected, conversion.deviation, conversion.is_within_tolerance) == (None, None, None)
    assert conversion.nearest == date(2024, 1, 26)


def test_currency_that_is_never_quoted_has_no_nearest_day(rates):
    on = date(2024, 1, 24)
    conversion = Rates([on]).convert(KRONER, Money(Decimal("1"), "UAH"), on)
    assert (conversion.expected, conversion.nearest) == (None, None)


def test_euro_needs_no_rate_of_its_own(rates):
    on = date(2024, 1, 24)
    assert Rates([on]).convert(KRONER, Money(Decimal("12200000"), "EUR"), on).expected == Decimal("12203626.22")


def test_valuation_without_amount_or_day_is_not_converted(rates):
    assert conversion_of(make_valuation(pledge=make_pledge(amount=None), rate_on="2024-01-24")) is None
    assert conversion_of(make_valuation(pledge=make_pledge())) is None


def test_rates_of_many_days_are_read_once(rates, django_assert_num_queries):
    days = [date(2024, 1, 23), date(2024, 1, 24), date(2025, 1, 23)]
    with django_assert_num_queries(1):
        found = Rates(days)
        assert all(found.convert(KRONER, DOLLARS, day).expected for day in days)


def test_conversion_names_the_source_of_its_rates(rates, django_assert_num_queries):
    valuation = make_valuation(rate_on=date(2024, 1, 24))
    with django_assert_num_queries(1):
        assert conversion_of(valuation).source.slug.startswith("source-")
    unquoted = make_valuation(pledge=make_pledge(currency="EUR"), currency="UAH", rate_on=date(2024, 1, 24))
    assert conversion_of(unquoted).source is None


def test_equivalents_held_against_a_source_are_those_of_its_days_and_currencies(rates):
    source = ExchangeRate.objects.first().source
    held = make_valuation(rate_on="2024-01-24")
    euros = make_valuation(pledge=make_pledge(currency="EUR"), rate_on="2024-01-23")
    make_valuation(rate_on="2024-01-25")
    make_valuation(pledge=make_pledge(currency="EUR"), currency="GBP", rate_on="2024-01-24")
    make_valuation(pledge=make_pledge(amount=None), rate_on="2024-01-24")
    make_rate("2024-01-25", "GBP", "0.85")
    assert list(valuations_held_against(source)) == [held, euros]
    assert rate_days(source) == {"number": 4, "first": date(2024, 1, 23), "last": date(2025, 1, 23)}
    assert rate_days(make_source()) is None


@pytest.mark.parametrize("rows", (1, 3))
def test_nearest_days_of_many_conversions_are_looked_up_once(rates, django_assert_num_queries, rows):
    """Two days of weekends, and a day long before all rates."""
    days = [date(2024, 1, 27), date(2025, 1, 25), date(2010, 6, 6)][:rows]
    with django_assert_num_queries(2):
        found = Rates(days)
        nearest = [found.convert(KRONER, DOLLARS, day).nearest for day in days]
    assert nearest == [date(2024, 1, 26), date(2025, 1, 23), None][:rows]


@pytest.mark.parametrize(
    ("day", "nearest"), [("2024-02-26", "2024-01-26"), ("2024-02-27", None), ("0001-01-02", None)]
)
def test_nearest_day_lies_at_most_a_month_back(rates, day, nearest):
    on = date.fromisoformat(day)
    assert Rates([on]).convert(KRONER, DOLLARS, on).nearest == (nearest and date.fromisoformat(nearest))


def test_nearest_day_has_a_rate_of_both_currencies(rates):
    make_rate("2024-01-25", "DKK", "7.4557")
    on = date(2024, 1, 26)
    ExchangeRate.objects.filter(day=on, currency="USD").delete()
    assert Rates([on]).convert(KRONER, DOLLARS, on).nearest == date(2024, 1, 24)


@pytest.mark.parametrize(
    ("amount", "stated"),
    [
        (Money(Decimal(6_000_000_000), "SEK"), Money(Decimal(60_000_000), "USD")),
        (Money(Decimal(50_000_000_000), "EUR"), Money(Decimal(55_000_000), "USD")),
    ],
)
@pytest.mark.parametrize("is_approximate", [True, False])
def test_equivalent_that_is_off_by_a_factor_is_flagged(rates, amount, stated, is_approximate):
    make_rate("2024-01-24", "SEK", "11.3593")
    on = date(2024, 1, 24)
    assert Rates([on]).convert(amount, stated, on, is_approximate).is_within_tolerance is False


def test_saturday_says_so_and_offers_the_figure_of_friday(rates):
    saturday, friday = date(2024, 1, 27), date(2024, 1, 26)
    found = Rates([saturday]).convert(KRONER, DOLLARS, saturday, is_approximate=True)
    assert found.why_none == "it was a Saturday, and the ECB publishes none on such a day"
    assert (found.earlier.day, found.earlier.rates) == (friday, {"DKK": Decimal("7.4543"), "USD": Decimal("1.0871")})
    assert found.at_nearest == Rates([friday]).convert(KRONER, DOLLARS, friday).expected
    assert (round(found.deviation_at_nearest, 4), found.is_within_tolerance_at_nearest) == (Decimal("-0.0008"), True)


def test_working_day_that_is_not_kept_has_no_reason_of_its_own(rates):
    found = Rates([date(2024, 1, 25)]).convert(KRONER, DOLLARS, date(2024, 1, 25))
    assert (found.expected, found.why_none, found.nearest) == (None, "", date(2024, 1, 24))
    held = Rates([date(2024, 1, 24)]).convert(KRONER, DOLLARS, date(2024, 1, 24))
    assert (held.why_none, held.earlier, held.at_nearest, held.deviation_at_nearest) == ("", None, None, None)


def test_days_needed_are_those_of_equivalents_and_of_exact_dates(rates):
    make_valuation(pledge=make_pledge(announced_on="2024"), rate_on="2024-01-23")
    make_pledge(announced_on="2024-01")
    make_pledge(amount=None, announced_on="2024-02-02")
    make_stage(pledge=make_pledge(announced_on="2020/2030"), position=2, amount=5, currency="EUR", on="2024-03-04")
    assert days_needed() == {date(2024, 1, 23), date(2024, 1, 31), date(2024, 3, 4)}
