"""Amounts in the one currency that a reader has chosen: at which rate, of which day and why that day, from where.

The source's own amount always stands first. What cannot be converted is told with its reason, and counted as not
converted; it is never left out, and never zero.
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from django.db.models import OuterRef, Subquery
from django.utils.translation import get_language, gettext

from aid.choices import Basis, Rank
from aid.dates import spoken
from aid.formats import currency_name, said
from aid.intake.reference_rates import QUOTED, why_no_rate
from aid.models.claims import Claim
from aid.models.coalitions import Coalition
from aid.models.pledges import Pledge, PledgeStage, Valuation
from aid.models.sources import Source
from aid.money import Money, currencies
from aid.queries.conversion import LONGEST_SPAN, Rates
from aid.queries.public import EVERYTHING

# The name of the choice in an address.
PARAMETER = "currency"


def read_currency(asked):
    """(code, sentence) of what an address asks for: "" as code where it names none, and why in the sentence."""
    text = asked.strip()
    code = text.upper()
    if not text or code in QUOTED:
        return code, ""
    if code in currencies():
        return "", (
            gettext(
                "Amounts stand in their own currencies: the European Central Bank publishes no reference rate for "
                "%(code)s (%(name)s). Choose one of the currencies in the list."
            )
            % {"code": code, "name": currency_name(code)}
        )
    shown = "".join(sign if sign.isprintable() else "�" for sign in text[:20]) + ("…" if len(text) > 20 else "")
    return "", (
        gettext(
            "Amounts stand in their own currencies: “%(text)s” is no currency. Choose one from the list, or write "
            "its ISO 4217 code, such as USD or EUR."
        )
        % {"text": shown}
    )


# The day


@dataclass(frozen=True)
class Day:
    """The day whose rate an amount is converted at. `day` is None where there is none, and `why` says why; else `why`
    says, where it has to be said, why it is this day."""

    day: datetime.date | None
    why: str = ""
    # It is that of a stated equivalent, and not the amount's own.
    is_checked: bool = False


def no_date():
    return Day(None, gettext("its date is not known"))


def day_of(earliest, latest, rate_on=None, text="", is_inferred=False):
    """The Day for an amount with a date between two bounds, written `text`, by an order of preference: the date
    itself; the day at which a stated equivalent of it is held; the last day of a date as exact as a month."""
    return _day_of(get_language(), earliest, latest, rate_on, text, is_inferred)


@lru_cache(maxsize=4096)  # a total asks for many pledges of one day; the reasons are of one language
def _day_of(language, earliest, latest, rate_on, text, is_inferred):
    uncertain = is_inferred or any(sign in text for sign in "?~%")
    if earliest and earliest == latest:
        return Day(latest, gettext("a day that is inferred") if uncertain else "")
    if rate_on and (earliest or rate_on) <= rate_on <= (latest or rate_on):
        why = gettext("the day at which its stated equivalent is checked; its own date is less exact")
        return Day(rate_on, why, is_checked=True)
    if earliest and latest and latest - earliest < LONGEST_SPAN:
        if not text:
            return Day(latest, gettext("the last day of its date; the date is no more exact"))
        told = {"date": spoken(text, after=True)}
        return Day(latest, gettext("the last day of %(date)s; the date is no more exact") % told)
    if text:
        return Day(None, gettext("its date is no more exact than %(date)s") % {"date": spoken(text)})
    if earliest or latest:
        return Day(None, gettext("its date is not exact enough"))
    return no_date()


# The amounts


@dataclass(frozen=True)
class Converted:
    """An amount in the chosen currency, at the rates of a day: units of each of the two currencies for one euro.

    `asked` is the day wanted and `day` that of the rates, which is earlier where the ECB published none on `asked`.
    An amount that is in the currency already has neither rates nor source.
    """

    original: Money
    money: Money
    asked: datetime.date | None = None
    day: datetime.date | None = None
    rates: dict[str, Decimal] | None = None
    source: Source | None = None

    @property
    def is_earlier(self):
        return self.day != self.asked

    @property
    def why_earlier(self):
        """Why it is not the rate of the day asked for, as a sentence's part; "" where it is."""
        if not self.is_earlier:
            return ""
        return why_no_rate(self.asked, (self.original.currency, self.money.currency)) or gettext(
            "no rate of that day is kept"
        )

    @property
    def rate(self):
        """Units of the chosen currency for one of the original."""
        if not self.rates:
            return Decimal(1)
        return self.rates[self.money.currency] / self.rates[self.original.currency]


@dataclass(frozen=True)
class InChosen:
    """A row's amount beside its own: `converted`, or None and `why_not`; `why_day` where the day needs a word."""

    converted: Converted | None
    why_day: str = ""
    why_not: str = ""


class Chosen:
    """The currency in which a reader wants amounts shown beside their own. False where none is chosen.

    `expect` names the rows of a page; the first of them that is converted brings the rates for all: at most four
    queries for any number of rows, and none where no currency is chosen.
    """

    def __init__(self, currency="", public=EVERYTHING, sentence=""):
        self.currency, self.sentence, self._public = currency, sentence, public
        self._expected, self._days, self._known = [], {}, set()

    def __bool__(self):
        return bool(self.currency)

    @property
    def name(self):
        return currency_name(self.currency) if self.currency else ""

    @property
    def offered(self):
        """The currencies to choose from: [(code, name)]."""
        return [(code, currency_name(code)) for code in sorted(QUOTED)]

    @cached_property
    def _rates(self):
        return Rates(public=self._public)

    # Amounts with days

    def read(self, pairs):
        """Reads the rates for many (currency, day), for `convert`. At most two queries."""
        wanted = {(day, frozenset((code, self.currency))) for code, day in pairs if day and code != self.currency}
        wanted -= self._known
        if self.currency and wanted:
            self._rates.read(wanted)
            self._known |= wanted

    def convert(self, money, day):
        """An amount (Money) at the rates of a day, or of the nearest earlier day that has them: a Converted, or None
        where there is none within a month, no day or no currency chosen. Asks the database for what was not read."""
        if money is None or not self.currency:
            return None
        if money.currency == self.currency:
            return Converted(money, money)
        if day is None:
            return None
        self.read([(money.currency, day)])
        wanted = {money.currency, self.currency}
        quote = self._rates.of_day(day, wanted) or self._rates.before(day, wanted)
        if quote is None:
            return None
        return Converted(
            money,
            Money(quote.convert(money, self.currency), self.currency),
            day,
            quote.day,
            quote.rates,
            quote.source,
        )

    # Rows

    def expect(self, rows):
        """Says which rows will be shown, so that what they need is read together. Gives the rows back."""
        if self.currency:
            self._expected += [row for row in rows if row.amount is not None and row.currency != self.currency]
        return rows

    def of(self, row):
        """The InChosen of a pledge, a stage, a valuation or a coalition; None where there is nothing to convert: no
        currency is chosen, the amount is not known, or it is in the chosen currency already."""
        if not self.currency or row.amount is None or row.currency == self.currency:
            return None
        if (type(row), row.pk) not in self._days:
            self.expect([row])
        self._read_expected()
        day = self._days[type(row), row.pk]
        if day.day is None:
            return InChosen(None, why_not=day.why)
        converted = self.convert(row.money, day.day)
        if converted is None:
            why = why_no_rate(day.day, (row.currency, self.currency)) or gettext("no rate of that day is kept here")
            told = {"day": said(day.day), "why": why}
            return InChosen(None, why_not=gettext("there is no rate of %(day)s: %(why)s") % told)
        return InChosen(converted, why_day=day.why)

    def _read_expected(self):
        rows, self._expected = self._expected, []
        rows = [row for row in rows if (type(row), row.pk) not in self._days]
        if not rows:
            return
        pledges = {
            pledge.pk: pledge
            for pledge in (row.pledge if isinstance(row, PledgeStage) else row for row in rows)
            if isinstance(pledge, Pledge)
        }.values()
        checked = self._checked_on(pledges)
        self._look_up_bases([pledge for pledge in pledges if not hasattr(pledge, "announced_on_basis")])
        for row in rows:
            self._days[type(row), row.pk] = self._day(row, checked)
        self.read([(row.currency, self._days[type(row), row.pk].day) for row in rows])

    def _day(self, row, checked):
        if isinstance(row, Coalition):
            event = row.formalized_at
            found = day_of(event.starts_on_earliest, event.starts_on_latest, None, event.starts_on) if event else None
            return Day(found.day, found.why or gettext("the day on which it was formalized")) if found else no_date()
        if isinstance(row, Valuation):
            return Day(row.rate_on) if row.rate_on else Day(None, gettext("the day of its rate is not known"))
        if isinstance(row, PledgeStage):
            found = day_of(row.on_earliest, row.on_latest, None, row.on, self._is_inferred(row, "on"))
            pledge = row.pledge
            own = found if found.day else self._day(pledge, checked)
            if found.day or not own.day:
                return found
            return Day(own.day, own.why or gettext("the day of the announcement; its own date is less exact"))
        held, is_inferred = checked.get(row.pk, (None, False))
        dates = row.announced_on_earliest, row.announced_on_latest
        found = day_of(*dates, held, row.announced_on, self._is_inferred(row, "announced_on"))
        if is_inferred and found.is_checked:
            why = gettext("the inferred day at which its stated equivalent is checked; its own date is less exact")
            return Day(found.day, why, is_checked=True)
        return found

    def _is_inferred(self, row, name):
        return getattr(row, f"{name}_basis", "") == Basis.INFERRED

    def _look_up_bases(self, pledges):
        """Gives pledges the basis of their date, as `with_basis` does. One query, none without a pledge."""
        if not pledges:
            return
        claims = Claim.objects.filter(pledge__in=pledges, field="announced_on", rank=Rank.PREFERRED)
        bases = dict(self._public.of(claims).order_by().values_list("pledge", "basis"))
        for pledge in pledges:
            pledge.announced_on_basis = bases.get(pledge.pk)

    def _checked_on(self, pledges):
        """{pledge: (the first day at which a stated equivalent of it is held, whether that is inferred)} of those
        without an exact date. One query."""
        inexact = {
            pledge.pk
            for pledge in pledges
            if pledge.announced_on_earliest is None or pledge.announced_on_earliest != pledge.announced_on_latest
        }
        if not inexact:
            return {}
        held = self._public.of(Valuation.objects.filter(pledge__in=inexact, rate_on__isnull=False))
        claims = Claim.objects.filter(valuation=OuterRef("pk"), field="rate_on", rank=Rank.PREFERRED)
        held = held.annotate(basis=Subquery(self._public.of(claims).values("basis")[:1])).order_by("-rate_on")
        rows = held.values_list("pledge", "rate_on", "basis")
        return {pledge: (day, basis == Basis.INFERRED) for pledge, day, basis in rows}


# Sums


def with_checked_on(pledges, public=EVERYTHING):
    """The queryset with the day at which a stated equivalent of each is held, as `checked_on`.

    For a sum of many pledges: group by what has to stay apart and by `currency`, `announced_on_earliest`,
    `announced_on_latest` and `checked_on`; `day_of` of these gives each group's day, `Chosen.read` reads the rates of
    all groups at once, and `Chosen.convert` converts each group's sum.
    """
    held = public.of(Valuation.objects.filter(pledge=OuterRef("pk"), rate_on__isnull=False))
    return pledges.annotate(checked_on=Subquery(held.order_by("rate_on").values("rate_on")[:1]))


__all__ = ["PARAMETER", "Chosen", "Converted", "Day", "InChosen", "day_of", "read_currency", "with_checked_on"]
