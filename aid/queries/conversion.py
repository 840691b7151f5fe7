"""What an amount is in another currency at the ECB's rates of one day, and how far a stated figure is off."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q

from aid.intake.reference_rates import why_no_rate
from aid.models.pledges import Pledge, PledgeStage, Valuation
from aid.models.rates import ExchangeRate
from aid.models.sources import Source
from aid.money import Money, converted, deviation, tolerance
from aid.queries.public import EVERYTHING

EURO = "EUR"
# The address of the source from which the rates are.
ORIGIN = "ecb-reference-rates"
# A date that is no more exact than this is converted at the rate of its last day, which is said. In a longer time
# rates move by more than anybody would overlook.
LONGEST_SPAN = datetime.timedelta(days=31)
# How many days back a rate is looked for, the nearest first: farther than any holidays of the ECB last.
LOOKED_BACK = range(1, 32)


class Quote(NamedTuple):
    """The rates of one day that an amount is converted at, and their source; None where no rate is needed."""

    day: datetime.date
    rates: dict[str, Decimal]
    source: Source | None

    def convert(self, amount, currency):
        """An amount (Money) in another currency, to the cent."""
        return converted(amount.amount, self.rates[amount.currency], self.rates[currency])


@dataclass(frozen=True)
class Conversion:
    """A stated equivalent held against the rates of a day.

    `expected` is None where one of the two currencies has no rate that day; `nearest` is then the latest earlier day
    on which both have one, at most 31 days back, or None, and `at_nearest` what the amount comes to at its rates.
    `source` is where the rates come from.
    """

    amount: Money
    stated: Money
    day: datetime.date
    expected: Decimal | None
    rates: dict[str, Decimal]
    earlier: Quote | None = None
    is_approximate: bool = False
    source: Source | None = None

    @property
    def deviation(self):
        """How far the stated figure lies from the computed one, as a signed fraction; None without a rate."""
        return None if self.expected is None else deviation(self.stated.amount, self.expected)

    @property
    def is_within_tolerance(self):
        """None without a rate."""
        return self._within(self.deviation)

    def _within(self, off):
        return None if off is None else abs(off) <= self.tolerance

    @property
    def tolerance(self):
        """The fraction by which the stated figure may be off."""
        return tolerance(self.is_approximate)

    # Where the day has no rate

    @property
    def nearest(self):
        return self.earlier.day if self.earlier else None

    @property
    def at_nearest(self):
        return self.earlier.convert(self.amount, self.stated.currency) if self.earlier else None

    @property
    def deviation_at_nearest(self):
        return None if self.earlier is None else deviation(self.stated.amount, self.at_nearest)

    @property
    def is_within_tolerance_at_nearest(self):
        return self._within(self.deviation_at_nearest)

    @property
    def why_none(self):
        """Why the ECB has no rate of the day, as a sentence's part; "" where one is to be expected, and only is not
        kept here."""
        return (
            "" if self.expected is not None else why_no_rate(self.day, (self.amount.currency, self.stated.currency))
        )


def days_before(day):
    """The days that are looked at for the nearest rate before a day; fewer at the very beginning of the calendar."""
    return [day - datetime.timedelta(days=back) for back in LOOKED_BACK if back < day.toordinal()]


class Rates:
    """The rates of the days asked for that are public (by default all), read once: one query for any number of
    conversions.

    The first conversion without a rate asks once more, for the days before all the days that were asked for.
    """

    def __init__(self, days=(), public=EVERYTHING):
        self._public = public
        self._found, self._sources, self._origins = {}, {}, {}
        self._days = set(days)
        self._read(self._days)

    def read(self, wanted):
        """Reads what conversions of many (day, currencies) need, the days before those without rates included.

        At most two queries, however many there are.
        """
        wanted = set(wanted)
        self._read({day for day, _ in wanted}, set().union(*(codes for _, codes in wanted)))
        lacking = {day for day, codes in wanted if not self.of_day(day, codes)}
        self._read({earlier for day in lacking for earlier in days_before(day)}, set().union(*(c for _, c in wanted)))

    def _read(self, days, currencies=None):
        """Reads the rates of these days. One query, none without a day."""
        if not days:
            return
        rows = self._public.of(ExchangeRate.objects.order_by())
        if currencies is not None:
            rows = rows.filter(currency__in=currencies)
        columns = ("day", "currency", "per_euro", "source_id", "source__slug", "source__title")
        for day, currency, per_euro, *source in rows.filter(day__in=days).values_list(*columns):
            self._found.setdefault(day, {EURO: Decimal(1)})[currency] = per_euro
            self._sources[day, currency] = self._origin(*source)

    def _origin(self, pk, slug, title):
        """A source with what a link to it needs; each is made once."""
        if pk not in self._origins:
            self._origins[pk] = Source.from_db(DEFAULT_DB_ALIAS, ["id", "slug", "title"], [pk, slug, title])
        return self._origins[pk]

    def expected(self, amount, currency, day):
        """An amount (Money) in another currency at the rates of `day`; None where one of the two has none."""
        quote = self.of_day(day, {amount.currency, currency})
        return quote and quote.convert(amount, currency)

    def of_day(self, day, wanted):
        """The Quote of a day for some currencies, or None where one of them has no rate. The euro needs none."""
        rates = self._found.get(day, {EURO: Decimal(1)})
        if not wanted <= rates.keys():
            return None
        source = next((self._sources[day, code] for code in sorted(wanted) if code != EURO), None)
        return Quote(day, {code: rates[code] for code in sorted(wanted)}, source)

    def before(self, day, wanted):
        """The Quote of the latest day before `day`, and not too long before, for some currencies, or None."""
        if day in self._days:
            _ = self._earlier_are_read
        quotes = (self.of_day(earlier, wanted) for earlier in days_before(day) if earlier in self._found)
        return next((quote for quote in quotes if quote), None)

    def convert(self, amount, stated, day, is_approximate=False):
        """Holds `stated` (Money) against `amount` (Money) at the rates of `day`."""
        wanted = {amount.currency, stated.currency}
        quote = self.of_day(day, wanted)
        if quote is None:
            found = self._found.get(day, {})
            rates = {code: found[code] for code in (amount.currency, stated.currency) if code in found}
            earlier = self.before(day, wanted)
            return Conversion(amount, stated, day, None, rates, earlier, is_approximate)
        rates = {code: quote.rates[code] for code in (amount.currency, stated.currency)}
        expected = quote.convert(amount, stated.currency)
        return Conversion(amount, stated, day, expected, rates, None, is_approximate, quote.source)

    @cached_property
    def _earlier_are_read(self):
        """Reads the days shortly before those asked for, of which some lack a rate."""
        self._read({earlier for day in self._days for earlier in days_before(day)} - self._days)
        return True


def days_needed():
    """The days at whose rates something recorded is converted: stated equivalents, and amounts with an exact date.

    A day far off is among them too, and has no rate.
    """
    days = set(Valuation.objects.rate_days())
    for rows, date in ((Pledge.objects, "announced_on"), (PledgeStage.objects, "on")):
        bounds = rows.filter(amount__isnull=False).order_by()
        for earliest, latest in bounds.values_list(f"{date}_earliest", f"{date}_latest").distinct():
            if earliest and latest and latest - earliest < LONGEST_SPAN:
                days.add(latest)
    return days


def rates_origin():
    """The Source of the rates, or None where it is not loaded."""
    return Source.objects.filter(slug=ORIGIN).first()


def kept_on(days):
    """{day: how many rates of it are kept} for those of the days of which there are any. One query."""
    rows = ExchangeRate.objects.filter(day__in=days).order_by().values_list("day")
    return dict(rows.annotate(Count("pk")))


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
