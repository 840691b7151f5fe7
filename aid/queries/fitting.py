"""Which currency and which year a text can mean, by its own conversion: “91 million kroner or about 13.26 million
dollars, on January 24”. Every currency that uses the word, and every year, is held against the ECB's rates.

No database is asked. What fits is a suggestion: it shows what the rates allow, and what they leave open.
"""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.core.exceptions import ValidationError

from aid.dates import parse, spoken
from aid.intake.reference_rates import (
    BEGINNING,
    QUOTED,
    QUOTED_UNTIL,
    closing_day,
    last_day,
    published_rate,
    why_no_rate,
)
from aid.intake.typed import typed_dates
from aid.money import Money, converted, deviation, figure, short, tolerance
from aid.queries.equivalents import Unreadable, Written, amount_and_equivalent

# Russia's full-scale attack, since which most of what is recorded here was announced.
FIRST_YEAR = 2022
LOOKED_BACK = 10


class Held(NamedTuple):
    """One reading of a text: an amount in a currency, its equivalent in another, in a year, and what the rates say.

    `day` is the day of the rates; `expected` is None where there are none, and `why` says why, or why `day` is not
    the day that the text gives.
    """

    currency: str
    other: str
    year: int
    day: datetime.date | None
    expected: Decimal | None
    deviation: Decimal | None
    fits: bool
    why: str = ""


@dataclass(frozen=True)
class Fitting:
    """What a text's own conversion allows. `held` are all readings within the years; `beyond` those that fit in other
    years of the history, which is told so that nobody takes the rates alone for proof."""

    amount: Written
    stated: Written
    date: str
    years: tuple[int, ...]
    held: tuple[Held, ...]
    beyond: tuple[Held, ...]
    untested: tuple[str, ...]
    history_ends: datetime.date

    @property
    def tolerance(self):
        return tolerance(self.stated.is_approximate or self.amount.is_approximate)

    @property
    def date_text(self):
        return spoken(self.date) if self.date else ""

    @property
    def others(self):
        """The currencies of the equivalent, the usual one first."""
        return list(dict.fromkeys(row.other for row in self.held))

    @property
    def by_currency(self):
        """For each currency of the amount, with the usual one of the equivalent: the reading nearest to the text."""
        return [self._nearest(row for row in self.held if row.currency == code) for code in self._currencies()]

    @property
    def fitting(self):
        """The readings that fit."""
        return [row for row in self.held if row.fits]

    @property
    def fitting_currencies(self):
        """The currencies of the amount that fit in some year with the usual currency of the equivalent."""
        return [row.currency for row in self.by_currency if row.fits]

    @property
    def by_year(self):
        """For each currency that fits: (its code, each year with what the rates say)."""
        return [
            (code, [row for row in self.held if (row.currency, row.other) == (code, self.others[0])])
            for code in self.fitting_currencies
        ]

    @property
    def elsewise(self):
        """The readings that fit if the equivalent's word means another currency than the usual one."""
        return [row for row in self.fitting if row.other != self.others[0]]

    @property
    def years_that_fit(self):
        """The years that fit for the currencies that do."""
        return sorted({row.year for row in self.fitting if row.other == self.others[0]})

    def _currencies(self):
        return list(dict.fromkeys(row.currency for row in self.held))

    def _nearest(self, rows):
        usual = [row for row in rows if row.other == self.others[0]]
        return min(usual, key=lambda row: (row.expected is None, abs(row.deviation or 0)))


def fitting(text, date="", first=FIRST_YEAR, last=None):
    """The Fitting of the first amount in a text that is followed by an equivalent in another currency.

    `date` is EDTF, with or without a year; "" takes the first one in the text. Raises Unreadable.
    """
    amount, stated = amount_and_equivalent(text)
    date = date or next((found.date for found in typed_dates(text) if re.search(r"-\d\d", found.date)), "")
    month, day, stated_year = _parts(date)
    ends = last_day()
    years = (stated_year,) if stated_year else _years(first, last or ends.year, ends)
    approximate = stated.is_approximate or amount.is_approximate
    tested = [(one, other) for one in amount.codes for other in stated.codes if one != other]
    pairs = [pair for pair in tested if all(_was_quoted(code) for code in pair)]
    if not pairs:
        raise Unreadable(
            f"The European Central Bank publishes no rates for “{amount.text}” and “{stated.text}” together, so "
            "there is nothing to hold them against."
        )

    def held_in(years):
        for one, other in pairs:
            for year in years:
                if row := _held(
                    Money(amount.amount, one), Money(stated.amount, other), year, month, day, approximate
                ):
                    yield row

    # Without a day each year is looked through day by day: that is done for the years asked for alone.
    others = [] if not day or stated_year else [y for y in range(BEGINNING.year, ends.year + 1) if y not in years]
    held = tuple(held_in(years))
    if not held:
        raise Unreadable(f"None of these years has a {spoken(date)}. Choose other years.")
    return Fitting(
        amount,
        stated,
        date,
        tuple(years),
        held,
        tuple(row for row in held_in(others) if row.fits),
        tuple(sorted({code for pair in tested for code in pair if not _was_quoted(code)})),
        ends,
    )


# The day


def _parts(date):
    """(month, day, year) of an EDTF date, each None where it does not give it. Raises Unreadable."""
    if not date:
        return None, None, None
    try:
        parse(date)
    except ValidationError:
        raise Unreadable(
            f"{_said(date)} is in no year’s calendar. Write a day as XXXX-01-24 or 2024-01-24."
        ) from None
    match = re.fullmatch(r"(\d{4}|XXXX)[?~%]?(?:-(0[1-9]|1[0-2])[?~%]?(?:-(\d\d)[?~%]?)?)?", date)
    if not match:
        raise Unreadable(f"“{spoken(date)}” is no day, month or year. Write a day as XXXX-01-24 or 2024-01-24.")
    year, month, day = match.groups()
    # A year in doubt is what the test is for.
    known = year != "XXXX" and not re.match(r"\d{4}[?~%]", date)
    return month and int(month), day and int(day), int(year) if known else None


def _said(date):
    match = re.fullmatch(r"(?:\d{4}|XXXX)-(\d\d)-(\d\d)", date)
    words = spoken(date).removesuffix(" (year not stated)") if match else date[:40]
    return f"“{words}”"


def _years(first, last, ends):
    if first > last:
        raise Unreadable(f"The first year, {first}, lies after the last, {last}.")
    if last < BEGINNING.year or first > ends.year:
        raise Unreadable(
            f"The ECB’s rates go from {BEGINNING.year} to {ends.day} {ends:%B %Y}. Choose years within that time."
        )
    return tuple(range(max(first, BEGINNING.year), min(last, ends.year) + 1))


# What the rates say


@lru_cache(maxsize=100_000)
def _rate(code, day):
    return Decimal(1) if code == "EUR" else published_rate(code, day)


def _was_quoted(code):
    return code in QUOTED or code in QUOTED_UNTIL


def _held(amount, stated, year, month, day, approximate):
    """The Held of a reading in one year; None where the year has no such day."""
    if day:
        try:
            asked = datetime.date(year, month, day)
        except ValueError:
            return None
        return _held_on(amount, stated, asked, approximate)
    first = datetime.date(year, month or 1, 1)
    last = min(
        datetime.date(year + (month or 12) // 12, (month or 12) % 12 + 1, 1) - datetime.timedelta(1), last_day()
    )
    days = (first + datetime.timedelta(number) for number in range((last - first).days + 1))
    nearest = min((found for found in (_off_on(amount, stated, day) for day in days) if found), default=None)
    if nearest:
        return _at(amount, stated, nearest[1], approximate)
    why = why_no_rate(last, (amount.currency, stated.currency)) or "the history ends before it"
    return Held(amount.currency, stated.currency, year, None, None, None, False, why)


def _held_on(amount, stated, asked, approximate):
    """At the rates of a day, or of the nearest earlier one that has some."""
    codes = amount.currency, stated.currency
    if asked > last_day():
        why = f"the history ends on {last_day().day} {last_day():%B %Y}"
        return Held(*codes, asked.year, None, None, None, False, why)
    why = why_no_rate(asked, codes)
    for back in range(LOOKED_BACK):
        earlier = asked - datetime.timedelta(back)
        if earlier >= BEGINNING and (row := _at(amount, stated, earlier, approximate)):
            return row._replace(year=asked.year, why=why)
    return Held(*codes, asked.year, None, None, None, False, why or "there is no rate within ten days before it")


def _off_on(amount, stated, day):
    """(how far the stated figure is off at the rates of a day, the day), unrounded; None where there are none."""
    if closing_day(day):
        return None
    one, other = _rate(amount.currency, day), _rate(stated.currency, day)
    return None if one is None or other is None else (abs(stated.amount * one / (amount.amount * other) - 1), day)


def _at(amount, stated, day, approximate):
    one, other = _rate(amount.currency, day), _rate(stated.currency, day)
    if one is None or other is None:
        return None
    expected = converted(amount.amount, one, other)
    if not expected:
        return None
    off = deviation(stated.amount, expected)
    return Held(amount.currency, stated.currency, day.year, day, expected, off, abs(off) <= tolerance(approximate))


# What an editor may take up


def reasoning(found, currency):
    """The reasoning of a claim that the currency, or the year, follows from the conversion: a text to start from."""
    other = found.others[0]
    rows = [row for row in found.held if row.other == other and row.expected is not None]
    own = [row for row in rows if row.currency == currency]
    rest = [row for row in found.by_currency if row.currency != currency and row.expected is not None]
    stated = _as_written(found.stated, other)
    parts = [f"The text gives {_as_written(found.amount, currency)} and an equivalent of {stated}."]
    if fit := [row for row in own if row.fits]:
        parts.append(f"At the European Central Bank’s reference rates {_worked_out(found, fit)}.")
    if off := [row for row in own if not row.fits]:
        parts.append(f"It does not fit the other years: {_worked_out(found, off)}.")
    if rest:
        parts.append(f"Held against what else the word can mean, at the nearest: {_worked_out(found, rest)}.")
    if len(found.years_that_fit) > 1:
        open_years = _list(map(str, found.years_that_fit))
        parts.append(f"The rates alone leave {open_years} open. Say here what decides between them.")
    return " ".join(parts)


def _as_written(written, code):
    about = "about " if written.is_approximate else ""
    return f"{about}{short(written.amount)} {f'“{written.word}”' if written.word else code}"


def _worked_out(found, rows):
    amount = figure(found.amount.amount)
    return _list(
        f"{amount} {row.currency} were {figure(row.expected.quantize(Decimal(1)))} {row.other} on {row.day.day} "
        f"{row.day:%B %Y} ({_off(row.expected, found.stated.amount)} the figure stated)"
        for row in rows
    )


def _off(expected, stated):
    off = (expected - stated) / stated
    return f"{abs(off) * 100:.2f} % {'above' if off > 0 else 'below'}"


def _list(items):
    items = list(items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
