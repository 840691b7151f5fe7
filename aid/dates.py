"""Dates as sources give them: EDTF (ISO 8601-2), with the earliest and latest day they can mean.

A leaf: of ours it imports only how a language writes days. "January 24, year not stated" is `XXXX-01-24` and has no
bounds; `2024?-01-24` is the same day with an uncertain year; `2024` is any day of that year.
"""

import datetime
import re
from functools import lru_cache
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext, pgettext, pgettext_lazy
from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

from aid.formats import day_in_words, months

LONGEST = 64
# Each as it stands by itself, and as it stands after “from”, “to” and “until”.
SEASONS = {
    21: (pgettext_lazy("a season by itself", "spring"), pgettext_lazy("a season after from, to or until", "spring")),
    22: (pgettext_lazy("a season by itself", "summer"), pgettext_lazy("a season after from, to or until", "summer")),
    23: (pgettext_lazy("a season by itself", "autumn"), pgettext_lazy("a season after from, to or until", "autumn")),
    24: (pgettext_lazy("a season by itself", "winter"), pgettext_lazy("a season after from, to or until", "winter")),
}
# What is doubtful of a date, by what of it (the whole, or a part) and by EDTF's sign.
DOUBTS = {
    ("", "?"): pgettext_lazy("of a date", "uncertain"),
    ("", "~"): pgettext_lazy("of a date", "approximate"),
    ("", "%"): pgettext_lazy("of a date", "uncertain and approximate"),
    ("year", "?"): pgettext_lazy("of a date", "year uncertain"),
    ("year", "~"): pgettext_lazy("of a date", "year approximate"),
    ("year", "%"): pgettext_lazy("of a date", "year uncertain and approximate"),
    ("month", "?"): pgettext_lazy("of a date", "month uncertain"),
    ("month", "~"): pgettext_lazy("of a date", "month approximate"),
    ("month", "%"): pgettext_lazy("of a date", "month uncertain and approximate"),
    ("day", "?"): pgettext_lazy("of a date", "day uncertain"),
    ("day", "~"): pgettext_lazy("of a date", "day approximate"),
    ("day", "%"): pgettext_lazy("of a date", "day uncertain and approximate"),
}
EXAMPLES = "Write 2024-01-24, 2024-01, 2024, 2024?-01-24 (year uncertain) or XXXX-01-24 (year not stated)."


class Bounds(NamedTuple):
    """The first and the last day that a date can mean; None where there is no such day."""

    earliest: datetime.date | None
    latest: datetime.date | None


# What is read of EDTF: one day, month, season, year or decade, with its qualifiers, or an interval of two of them.
# Years of more than four digits and exponents are left out: they date no aid, and take minutes to compute.
_SINGLE = re.compile(
    r"(?P<year>\d{4}|\d{3}X|XXXX)[?~%]?(?:-(?P<month>\d\d|XX)[?~%]?(?:-(?P<day>\d\d|XX)[?~%]?)?)?", re.ASCII
)


def parse(value):
    """The bounds of an EDTF text.

    Raises ValidationError with the code `edtf` for a text that is no date, or lies outside the years 1 to 9999.
    """
    found = _parsed(value)
    if found is None:
        shown = f"“{value}” is" if value and len(value) <= LONGEST else "This is"
        raise ValidationError(f"{shown} no date. {EXAMPLES}", code="edtf")
    return found


def bounds(value):
    """The bounds of a text that may be empty or wrong: no bounds then. `parse` says what is wrong."""
    return _parsed(value) or Bounds(None, None)


@lru_cache(maxsize=8192)
def _parsed(value):
    """The Bounds of a text, or None where it is no date."""
    if not value or len(value) > LONGEST:
        return None
    ends = value.split("/")
    if len(ends) == 1:
        return _single(value)
    if len(ends) != 2:
        return None
    start, end = (Bounds(None, None) if text in ("", "..") else _single(text) for text in ends)
    if start is None or end is None or (start, end) == (Bounds(None, None),) * 2:
        return None
    if None not in (start.earliest, end.latest) and start.earliest > end.latest:
        return None
    return Bounds(start.earliest, end.latest)


def _single(text):
    match = _SINGLE.fullmatch(text)
    if not match:
        return None
    year, month, day = match.groups()
    if year == "XXXX":
        # No year, so no bounds; but the day has to exist in some year.
        if not month or "XX" in (month, day):
            return None
        leap = f"2000-{month}" + (f"-{day}" if day else "")
        return Bounds(None, None) if _single(leap) else None
    try:
        parsed = parse_edtf(text)
        return Bounds(*(datetime.date(*compute()[:3]) for compute in (parsed.lower_strict, parsed.upper_strict)))
    except (EDTFParseException, ValueError, TypeError, AttributeError, OverflowError):
        return None


def agree(one, other):
    """Whether two EDTF texts can mean the same day: `XXXX-01-24` and `2024?-01-24` can, 23 and 24 January cannot."""
    if "XXXX" in (one[:4], other[:4]):
        tail, other_tail = (re.sub(r"[?~%]", "", text)[4:] for text in (one, other))
        return tail.startswith(other_tail) or other_tail.startswith(tail)
    first, second = bounds(one), bounds(other)
    if None in (first.earliest, first.latest, second.earliest, second.latest):
        return True
    return first.earliest <= second.latest and second.earliest <= first.latest


def spoken(value, after=False):
    """An EDTF text as a reader would say it: "24 January 2024 (year uncertain)". `after` as it stands after “from”,
    “to” or “until”, where some languages bend it."""
    if not value:
        return ""
    if "/" in value:
        start, end = value.split("/", 1)
        if start in ("", ".."):
            return pgettext("a time", "until %(end)s") % {"end": spoken(end, after=True)}
        if end in ("", ".."):
            return pgettext("a time", "from %(start)s") % {"start": spoken(start, after=True)}
        ends = {"start": spoken(start, after=True), "end": spoken(end, after=True)}
        return pgettext("a time", "%(start)s to %(end)s") % ends
    match = re.fullmatch(
        r"(?P<year>\d{4}|XXXX|\d{3}X)(?P<yq>[?~%])?"
        r"(?:-(?P<month>\d{2})(?P<mq>[?~%])?)?(?:-(?P<day>\d{2})(?P<dq>[?~%])?)?",
        value,
    )
    if not match or (match["month"] and not (1 <= int(match["month"]) <= 12 or int(match["month"]) in SEASONS)):
        return value
    year, month, day = match["year"], match["month"], match["day"]
    notes = []
    if year == "XXXX":
        notes.append(gettext("year not stated"))
    # A qualifier stands for everything to its left: in 2024-01-24? it is the whole date's.
    scope = "day" if match["dq"] else "month" if match["mq"] else "year" if match["yq"] else ""
    if scope:
        whole = scope == ("day" if day else "month" if month else "year") and scope != "year"
        notes.append(str(DOUBTS["" if whole else scope, match["dq"] or match["mq"] or match["yq"]]))
    named = _named(year, int(month or 0), int(day or 0), after)
    return f"{named} ({', '.join(notes)})" if notes else named


def _named(year, month, day, after):
    name = ""
    if month in SEASONS:
        name = str(SEASONS[month][after])
    elif month:
        name = months(alone=not (after or day))[month]
    if day:
        name = f"{day} {name}"
    decade = {"decade": f"{year[:3]}0"}
    if year == "XXXX":
        return day_in_words(day, month) if day and month not in SEASONS else name
    if day and month not in SEASONS and not year.endswith("X"):
        return day_in_words(day, month, year)
    if year.endswith("X"):
        if after:
            year = pgettext("after from, to or until", "the %(decade)ss") % decade
        else:
            year = pgettext("by itself", "the %(decade)ss") % decade
        return f"{name} {year}" if name else year
    if name:
        return pgettext("a month or season of a year", "%(month)s %(year)s") % {"month": name, "year": year}
    if after:
        return pgettext("a year after from, to or until", "%(year)s") % {"year": year}
    return pgettext("a year by itself", "%(year)s") % {"year": year}


def validate_edtf(value):
    parse(value)


class _BoundsFollow(DeferredAttribute):
    """Keeps the two bounds beside an EDTF column true: set the text, and they follow.

    It works on assignment and not in save(), because loaddata builds instances and never calls save().
    """

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value
        found = bounds(value) if isinstance(value, str) else Bounds(None, None)
        instance.__dict__[f"{self.field.name}_earliest"] = found.earliest
        instance.__dict__[f"{self.field.name}_latest"] = found.latest


class EDTFField(models.CharField):
    """A date as EDTF text. It needs two DateFields declared before it: `<name>_earliest` and `<name>_latest`.

    They are declared first because a model's columns are filled in order, and the text has the last word.
    """

    descriptor_class = _BoundsFollow

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", LONGEST)
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_edtf]

    def clean(self, value, instance):
        return super().clean((value or "").strip(), instance)


def bound():
    """One of the two sortable days beside an EDTF column; it follows the text and is never typed."""
    return models.DateField(null=True, editable=False, db_index=False)
