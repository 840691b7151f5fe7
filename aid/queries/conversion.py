"""What an amount is in another currency at the ECB's rates of one day, and how far a stated figure is off."""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from aid.models.rates import ExchangeRate
from aid.money import Money, converted, deviation, tolerance

EURO = "EUR"


@dataclass(frozen=True)
class Conversion:
    """A stated equivalent held against the rates of a day.

    `expected` is None where one of the two currencies has no rate that day; `nearest` is then the latest earlier day
    on which both have one, or None.
    """

    amount: Money
    stated: Money
    day: datetime.date
    expected: Decimal | None
    rates: dict[str, Decimal]
    nearest: datetime.date | None
    is_approximate: bool = False

    @property
    def deviation(self):
        """How far the stated figure lies from the computed one, as a signed fraction; None without a rate."""
        return None if self.expected is None else deviation(self.stated.amount, self.expected)

    @property
    def is_within_tolerance(self):
        """None without a rate."""
        off = self.deviation
        return None if off is None else abs(off) <= tolerance(self.is_approximate)


class Rates:
    """The rates of the days asked for, read once: one query for any number of conversions."""

    def __init__(self, days):
        self._found = {}
        for rate in ExchangeRate.objects.filter(day__in=set(days)):
            self._found.setdefault(rate.day, {EURO: Decimal(1)})[rate.currency] = rate.per_euro

    def convert(self, amount, stated, day, is_approximate=False):
        """Holds `stated` (Money) against `amount` (Money) at the rates of `day`."""
        rates = self._found.get(day, {})
        used = {code: rates[code] for code in (amount.currency, stated.currency) if code in rates}
        known = len(used) == len({amount.currency, stated.currency})
        expected = converted(amount.amount, used[amount.currency], used[stated.currency]) if known else None
        nearest = None if known else nearest_day(day, {amount.currency, stated.currency})
        return Conversion(amount, stated, day, expected, used, nearest, is_approximate)


def nearest_day(day, currencies):
    """The latest day before `day` with a rate for each of the currencies, or None. One query a currency but EUR."""
    common = None
    for currency in currencies - {EURO}:
        days = set(ExchangeRate.objects.filter(currency=currency, day__lt=day).values_list("day", flat=True))
        common = days if common is None else common & days
    return max(common, default=None) if common else None


def conversion_of(valuation, rates=None):
    """The Conversion of a pledge's valuation, or None where the pledge's amount or the day is unknown."""
    amount = valuation.pledge.money
    if amount is None or valuation.rate_on is None:
        return None
    rates = rates or Rates([valuation.rate_on])
    return rates.convert(amount, valuation.money, valuation.rate_on, valuation.is_approximate)
