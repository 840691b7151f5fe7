"""Dates as sources give them: EDTF (ISO 8601-2), with the earliest and latest day they can mean.

A leaf: it imports nothing of ours. "January 24, year not stated" is `XXXX-01-24` and has no bounds;
`2024?-01-24` is the same day with an uncertain year; `2024` is any day of that year.
"""

import datetime
import re
from calendar import month_name
from functools import lru_cache
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from edtf import parse_edtf
from edtf.parser.edtf_exceptions import EDTFParseException

LONGEST = 64
EXAMPLES = "Write 2024-01-24, 2024-01, 2024, 2024?-01-24 (year uncertain) or XXXX-01-24 (year not stated)."


class Bounds(NamedTuple):
    """The first and the last day that a date can mean; None where there is no such day."""

    earliest: datetime.date | None
    latest: datetime.date | None


@lru_cache(maxsize=8192)
def parse(value):
    """The bounds of an EDTF text.

    Raises ValidationError with the code `edtf` for a text that is no date, or lies outside the years 1 to 9999.
    """
    if not value or len(value) > LONGEST or not value.isascii():
        raise ValidationError(f"This is no date. {EXAMPLES}", code="edtf")
    try:
        parsed = parse_edtf(value)
        return Bounds(_bound(value, parsed.lower_strict, 0), _bound(value, parsed.upper_strict, 1))
    except (EDTFParseException, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValidationError(f"“{value}” is no date. {EXAMPLES}", code="edtf") from error


def _bound(value, compute, side):
    if "/" in value and value.split("/")[side] in ("", ".."):
        return None
    if value.startswith("XXXX"):
        return None
    year, month, day = compute()[:3]
    return datetime.date(year, month, day)


def bounds(value):
    """The bounds of a text that may be empty or wrong: no bounds then. `parse` says what is wrong."""
    try:
        return parse(value) if value else Bounds(None, None)
    except ValidationError:
        return Bounds(None, None)


def agree(one, other):
    """Whether two EDTF texts can mean the same day: `XXXX-01-24` and `2024?-01-24` can, 23 and 24 January cannot."""
    if "XXXX" in (one[:4], other[:4]):
        tail, other_tail = (re.sub(r"[?~%]", "", text)[4:] for text in (one, other))
        return tail.startswith(other_tail) or other_tail.startswith(tail)
    first, second = bounds(one), bounds(other)
    if None in (first.earliest, first.latest, second.earliest, second.latest):
        return True
    return first.earliest <= second.latest and second.earliest <= first.latest


def spoken(value):
    """An EDTF text as a reader would say it: "24 January 2024 (year uncertain)"."""
    if not value:
        return ""
    if "/" in value:
        start, end = value.split("/", 1)
        if start in ("", ".."):
            return f"until {spoken(end)}"
        if end in ("", ".."):
            return f"from {spoken(start)}"
        return f"{spoken(start)} to {spoken(end)}"
    match = re.fullmatch(
        r"(?P<year>\d{4}|XXXX|\d{3}X)(?P<yq>[?~%])?"
        r"(?:-(?P<month>\d{2})(?P<mq>[?~%])?)?(?:-(?P<day>\d{2})(?P<dq>[?~%])?)?",
        value,
    )
    if not match or (match["month"] and not 1 <= int(match["month"]) <= 12):
        return value
    year, month, day = match["year"], match["month"], match["day"]
    named = " ".join(
        part
        for part in (
            str(int(day)) if day else "",
            month_name[int(month)] if month else "",
            "" if year == "XXXX" else (f"the {year[:3]}0s" if year.endswith("X") else year),
        )
        if part
    )
    notes = []
    if year == "XXXX":
        notes.append("year not stated")
    # A qualifier stands for everything to its left: in 2024-01-24? it is the whole date's.
    scope = "day" if match["dq"] else "month" if match["mq"] else "year" if match["yq"] else ""
    if scope:
        whole = scope == ("day" if day else "month" if month else "year") and scope != "year"
        sign = match["dq"] or match["mq"] or match["yq"]
        quality = {"?": "uncertain", "~": "approximate", "%": "uncertain and approximate"}[sign]
        notes.append(quality if whole else f"{scope} {quality}")
    return f"{named} ({', '.join(notes)})" if notes else named


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
