"""Pledges that may be the one that an editor is typing: the same donor, much the same amount, about the same days."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.db.models import Exists, OuterRef, Q

from aid.dates import bounds, spoken
from aid.models.pledges import Pledge, Valuation
from aid.money import Money, figure
from aid.queries.conversion import Rates

NEAR = Decimal("0.01")
WEEK = timedelta(days=7)
# A date without an amount beside it has to be this exact to mean anything: a month, not a year.
MONTH = timedelta(days=31)
YEAR = timedelta(days=366)
NO_YEAR = "XXXX"
MAYBE = "so the two may lie within a week of each other"
# How many pledges of a donor are read in each of the two queries, the newest first.
READ = 500
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Typed:
    """What stands in a pledge's form so far. `amounts` are its own amount and its equivalents, as Money.

    `besides` are the numbers of pledges that are no duplicates of it: itself, and those to which the form relates it.
    """

    donor: int
    recipient: int | None = None
    amounts: tuple[Money, ...] = ()
    announced_on: str = ""
    besides: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Duplicate:
    """A pledge that may be the one being typed, and why: how its amount and its date lie to what is typed.

    `is_dated` tells whether both days are known; without it the two may as well be years apart.
    """

    pledge: Pledge
    amount: str
    date: str
    is_dated: bool

    @property
    def why(self):
        return f"{self.amount}; {self.date}"


def possible_duplicates(typed):
    """The Duplicates of what is typed, those with known days first, then the newest first. Five queries at most."""
    pledges = _candidates(typed)
    rates = Rates({day for pledge in pledges for day in _days(typed, pledge)} if typed.amounts else ())
    found = []
    for pledge in pledges:
        dates = _dates_beside(typed.announced_on, pledge.announced_on)
        amount = dates and (_amounts_beside(typed, pledge, rates) or _both_unknown(typed, pledge))
        if amount:
            found.append(Duplicate(pledge, amount, *dates))
    return sorted(found, key=lambda row: not row.is_dated)


# Which pledges are looked at


def _candidates(typed):
    rows = Pledge.objects.filter(donor=typed.donor).exclude(pk__in=typed.besides)
    window = bounds(typed.announced_on)
    if window.earliest:
        rows = rows.filter(Q(announced_on_latest__isnull=True) | Q(announced_on_latest__gte=_before(window.earliest)))
    if window.latest:
        rows = rows.filter(
            Q(announced_on_earliest__isnull=True) | Q(announced_on_earliest__lte=_after(window.latest))
        )
    rows = rows.select_related("donor", "recipient").prefetch_related("valuations").newest_first()
    if not typed.amounts:
        unknown = rows.filter(amount__isnull=True, recipient=typed.recipient) if typed.recipient else rows.none()
        return list(unknown[:READ])
    equivalents = Valuation.objects.filter(_near(typed.amounts), pledge=OuterRef("pk"))
    alike = Q(_near(typed.amounts)) | Q(Exists(equivalents))
    others = Q(amount__isnull=False) & ~Q(currency__in=[money.currency for money in typed.amounts])
    return [*rows.filter(alike)[:READ], *rows.filter(others).exclude(alike)[:READ]]


def _near(amounts):
    """The condition that a row's amount is about one of these. It lets a cent too much through."""
    found = Q()
    for amount, currency in amounts:
        least = (amount * (1 - NEAR)).quantize(CENT, ROUND_FLOOR)
        most = (amount / (1 - NEAR)).quantize(CENT, ROUND_CEILING)
        found |= Q(currency=currency, amount__gte=least, amount__lte=most)
    return found


# How amounts lie to one another


def _amounts_beside(typed, pledge, rates):
    """How an amount of the pledge lies to one that is typed, as a sentence's part; "" where none is near."""
    own = [pledge.money] if pledge.money else []
    equivalents = [valuation.money for valuation in pledge.valuations.all()]
    for money in typed.amounts:
        for other in own + equivalents:
            if money.currency == other.currency and _is_near(money.amount, other.amount):
                stated = "its stated equivalent " if other not in own else ""
                return f"{stated}{_difference(money, other)}"
    for money in typed.amounts[:1]:
        for other in own:
            for day in _days(typed, pledge):
                expected = rates.expected(money, other.currency, day)
                if expected is not None and money.currency != other.currency and _is_near(expected, other.amount):
                    told = f"{money} were {other.currency} {figure(expected)} at the ECB rates of"
                    return f"{told} {spoken(day.isoformat())}"
    return ""


def _is_near(one, other):
    return abs(one - other) <= NEAR * max(one, other)


def _difference(money, other):
    if money.amount == other.amount:
        return f"{other} is the same amount"
    off = (other.amount - money.amount) / money.amount
    return f"{other} is {abs(off):.2%} {'more' if off > 0 else 'less'}"


def _both_unknown(typed, pledge):
    """What speaks for one pledge where neither has an amount: the recipient, and days that are known to the month."""
    if typed.amounts or pledge.amount is not None or pledge.recipient_id != typed.recipient:
        return ""
    exact = all(
        text.startswith(NO_YEAR) or _is_within_a_month(text) for text in (typed.announced_on, pledge.announced_on)
    )
    return "no amount is known of either, and the recipient is the same" if exact else ""


def _is_within_a_month(text):
    earliest, latest = bounds(text)
    return None not in (earliest, latest) and latest - earliest <= MONTH


def _days(typed, pledge):
    """The exact days on which the two may be converted: that which is typed, then the pledge's own."""
    exact = (bounds(text) for text in (typed.announced_on, pledge.announced_on))
    return list(dict.fromkeys(found.earliest for found in exact if found.earliest and found.earliest == found.latest))


# How dates lie to one another


def _dates_beside(typed, own):
    """(how a pledge's date lies to the one that is typed, whether both days are known); None where the two are more
    than a week apart."""
    one, other = bounds(typed), bounds(own)
    if not typed or not own:
        whose = "neither date is known" if typed == own else f"{'its' if typed else 'your'} date is not known"
        return f"{whose}, {MAYBE}", False
    if _lacks_its_year(typed) or _lacks_its_year(own):
        if not _may_meet(typed, own):
            return None
        return f"its date is {spoken(own)} and a year is missing, {MAYBE}", False
    if not _meet(one, other):
        return None
    if one.earliest == one.latest and other.earliest == other.latest and one.earliest:
        apart = abs((one.earliest - other.earliest).days)
        if not apart:
            return "announced on the same day", True
        return f"announced {apart} {'day' if apart == 1 else 'days'} {'later' if one < other else 'earlier'}", True
    return f"its date is {spoken(own)}, {MAYBE}", False


def _meet(one, other):
    """Whether two windows overlap once a week is added around them; an end that is not known is open."""
    starts_in_time = None in (one.earliest, other.latest) or _before(one.earliest) <= other.latest
    return starts_in_time and (None in (one.latest, other.earliest) or other.earliest <= _after(one.latest))


def _may_meet(typed, own):
    """Whether two dates, of which one names no year, meet in any year."""
    if _lacks_its_year(typed) and _lacks_its_year(own):
        # A leap year, in which 29 February is a day.
        own = f"2000{own[4:]}"
    dated, yearless = (own, typed) if _lacks_its_year(typed) else (typed, own)
    window = bounds(dated)
    if None in window or window.latest - window.earliest >= YEAR:
        return True
    # The years before and after hold the days around a new year.
    years = range(max(window.earliest.year - 1, date.min.year), min(window.latest.year + 1, date.max.year) + 1)
    meeting = (bounds(f"{year:04d}{yearless[4:]}") for year in years)
    return any(None not in found and _meet(found, window) for found in meeting)


def _lacks_its_year(text):
    return text.startswith(NO_YEAR) and "/" not in text


def _before(day):
    return day - min(WEEK, day - date.min)


def _after(day):
    return day + min(WEEK, date.max - day)
