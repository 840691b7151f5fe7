"""What an amount is in another currency at the ECB's rates of one day, and how far a stated figure is off."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q

from aid.models.pledges import Valuation
from aid.models.rates import ExchangeRate
from aid.models.sources import Source
from aid.money import Money, converted, deviation, tolerance
from aid.queries.public import EVERYTHING

EURO = "EUR"
# How many days back a rate is looked for, the nearest first: farther than any holidays of the ECB last.
LOOKED_BACK = range(1, 32)


@dataclass(frozen=True)
class Conversion:
    """A stated equivalent held against the rates of a day.

    `expected` is None where one of the two currencies has no rate that day; `nearest` is then the latest earlier day
    on which both have one, at most 31 days back, or None. `source` is where the rates come from.
    """

    amount: Money
    stated: Money
    day: datetime.date
    expected: Decimal | None
    rates: dict[str, Decimal]
    nearest: datetime.date | None
    is_approximate: bool = False
    source: Source | None = None

    @property
    def deviation(self):
        """How far the stated figure lies from the computed one, as a signed fraction; None without a rate."""
        return None if self.expected is None else deviation(self.stated.amount, self.expected)

    @property
    def is_within_tolerance(self):
        """None without a rate."""
        off = self.deviation
        return None if off is None else abs(off) <= tolerance(self.is_approximate)


def days_before(day):
    """The days that are looked at for the nearest rate before a day; fewer at the very beginning of the calendar."""
    return [day - datetime.timedelta(days=back) for back in LOOKED_BACK if back < day.toordinal()]


class Rates:
    """The rates of the days asked for that are public (by default all), read once: one query for any number of
    conversions.

    The first conversion without a rate asks once more, for the days before all the days that lack any rate.
    """

    def __init__(self, days, public=EVERYTHING):
        self._days = set(days)
        self._found = {}
        self._sources = {}
        self._rates = public.of(ExchangeRate.objects.all())
        rates = self._rates.filter(day__in=self._days).select_related("source").defer("source__text")
        for rate in rates:
            self._found.setdefault(rate.day, {EURO: Decimal(1)})[rate.currency] = rate.per_euro
            self._sources[rate.day, rate.currency] = rate.source

    def expected(self, amount, currency, day):
        """An amount (Money) in another currency at the rates of `day`; None where one of the two has none."""
        rates = self._found.get(day, {EURO: Decimal(1)})
        if not {amount.currency, currency} <= rates.keys():
            return None
        return converted(amount.amount, rates[amount.currency], rates[currency])

    def convert(self, amount, stated, day, is_approximate=False):
        """Holds `stated` (Money) against `amount` (Money) at the rates of `day`."""
        rates = self._found.get(day, {})
        used = {code: rates[code] for code in (amount.currency, stated.currency) if code in rates}
        known = len(used) == len({amount.currency, stated.currency})
        expected = converted(amount.amount, used[amount.currency], used[stated.currency]) if known else None
        nearest = None if known else self._nearest_day(day, {amount.currency, stated.currency})
        source = next((self._sources[day, code] for code in used if code != EURO), None)
        return Conversion(amount, stated, day, expected, used, nearest, is_approximate, source)

    def _nearest_day(self, day, wanted):
        """The latest day before `day`, and not too long before, with a rate for each of the currencies, or None."""
        return next((earlier for earlier in days_before(day) if wanted <= self._quoted.get(earlier, set())), None)

    @cached_property
    def _quoted(self):
        """The currencies with a rate on each day that lies shortly before one of the days asked for."""
        before = {earlier for day in self._days for earlier in days_before(day)}
        quoted = {}
        if before:
            rows = self._rates.filter(day__in=before).values_list("day", "currency")
            for day, currency in rows:
                quoted.setdefault(day, {EURO}).add(currency)
        return quoted


def conversion_of(valuation, rates=None):
    """The Conversion of a pledge's valuation, or None where the pledge's amount or the day is unknown."""
    amount = valuation.pledge.money
    if amount is None or valuation.rate_on is None:
        return None
    rates = rates or Rates([valuation.rate_on])
    return rates.convert(amount, valuation.money, valuation.rate_on, valuation.is_approximate)


def valuations_held_against(source, public=EVERYTHING):
    """The public stated equivalents that are held against rates which this source gives, the newest day first."""
    rates = ExchangeRate.objects.filter(
        Q(currency=OuterRef("currency")) | Q(currency=OuterRef("pledge__currency")),
        source=source,
        day=OuterRef("rate_on"),
    )
    rows = Valuation.objects.filter(Exists(rates), pledge__amount__isnull=False).exclude(
        currency=F("pledge__currency")
    )
    return public.of(rows).select_related("pledge").order_by("-rate_on", "pk")


def rate_days(source):
    """The days for which a source gives rates, as their `number`, the `first` and the `last`; None without any."""
    found = source.rates.aggregate(number=Count("day", distinct=True), first=Min("day"), last=Max("day"))
    return found if found["number"] else None
