"""A moment in a named zone: what a clock on a wall there shows, and the one moment in UTC that this means.

A leaf: of ours it imports only how a language writes days. Twice a year a clock shows a time twice, and leaves an
hour out. Neither is guessed at: the two moments that can be meant are named, and somebody chooses.
"""

import importlib.resources
import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, pgettext

from aid import formats

UTC_NAME = "UTC"


class Reading(NamedTuple):
    """A moment, and what the clocks of a zone show at it."""

    at: datetime
    local: datetime
    offset: timedelta


@lru_cache(maxsize=1)
def known_zones():
    """The names of all zones that can be read, former ones such as Europe/Kiev included."""
    return frozenset(zoneinfo.available_timezones())


@lru_cache(maxsize=1)
def offered_zones():
    """UTC, then each place that has a zone under the name it goes by today, in alphabetical order."""
    current = {
        columns[2]
        for line in _table().splitlines()
        if line and not line.startswith("#") and len(columns := line.split("\t")) > 2
    }
    # Without the table: every name with a place in it.
    return (UTC_NAME, *sorted(current & known_zones() or {name for name in known_zones() if _is_place(name)}))


def _is_place(name):
    return "/" in name and name.partition("/")[0] not in ("Etc", "SystemV", "US")


def _table():
    """The time-zone database's own list of places, from where the zones themselves come from; "" where it is not."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder) / "zone.tab"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    try:
        return (importlib.resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return ""


def zone_named(name):
    """Raises ValidationError with the code `zone` for a name that no zone has."""
    if name not in known_zones():
        raise ValidationError(
            gettext("This is no time zone. Choose one from the list, such as Europe/Copenhagen or UTC."), code="zone"
        )
    return zoneinfo.ZoneInfo(name)


def resolve(local, zone, chosen=None):
    """The moment in UTC at which the clocks of the zone of this name show `local`, a datetime without a zone.

    Where they show it twice or never, `chosen` is one of the two moments that can be meant. Without it, raises
    ValidationError with the code `ambiguous` or `nonexistent`; with the code `zone` for a name that no zone has, and
    `out_of_range` at the two ends of the calendar.
    """
    found = choices(local, zone)
    if not found:
        return readings(local, zone)[0].at
    for reading in found:
        if reading.at == chosen:
            return reading.at
    first, second = found
    before, after = _change(first, second, zone_named(zone))
    if first.local == local:
        message = gettext(
            "%(moment)s exists twice in %(zone)s: the clocks go from %(before)s back to %(after)s. Choose the first "
            "(%(first_offset)s, %(first)s) or the second (%(second_offset)s, %(second)s)."
        ) % {
            "moment": said(local),
            "zone": zone,
            "before": _clock(before, local),
            "after": _clock(after, local),
            "first_offset": offset_text(first),
            "first": utc_text(first),
            "second_offset": offset_text(second),
            "second": utc_text(second),
        }
        raise ValidationError(message, code="ambiguous")
    message = gettext(
        "%(moment)s does not exist in %(zone)s: the clocks go from %(before)s to %(after)s. Write %(first_clock)s "
        "(%(first)s) or %(second_clock)s (%(second)s)."
    ) % {
        "moment": said(local),
        "zone": zone,
        "before": _clock(before, local),
        "after": _clock(after, local),
        "first_clock": _clock(first.local, local),
        "first": utc_text(first),
        "second_clock": _clock(second.local, local),
        "second": utc_text(second),
    }
    raise ValidationError(message, code="nonexistent")


def choices(local, zone):
    """The two Readings that can be meant by a time that the zone's clocks show twice or never; else none."""
    found = readings(local, zone)
    if len(found) == 1:
        return []
    # Within a gap, the offset after it leads to a moment before it, and the other way round.
    return found or sorted(_read(local, zone), key=lambda reading: reading.at)


def readings(local, zone):
    """The Readings at which the zone's clocks show this time: one, or two, the earlier first, or none."""
    return sorted({reading for reading in _read(local, zone) if reading.local == local})


def _read(local, zone):
    """One Reading for each of the offsets in force just before and just after."""
    place = zone_named(zone)
    try:
        moments = [local.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1)]
        return [reading_of(at, place) for at in moments]
    except OverflowError as error:
        raise ValidationError(
            gettext("The calendar ends here. Write a day from 2 January of the year 1 to 30 December 9999."),
            code="out_of_range",
        ) from error


def reading_of(at, place):
    """What the clocks of a zone show at a moment."""
    shown = at.astimezone(place)
    return Reading(at, shown.replace(tzinfo=None, fold=0), shown.utcoffset())


def _change(first, second, place):
    """What the clocks show when they are changed between two moments, before and after the change."""
    low, high = first.at, second.at
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(place).utcoffset() == first.offset:
            low = middle
        else:
            high = middle
    change = high.replace(tzinfo=None)
    return change + first.offset, change + second.offset


# Words


def said(local):
    """ "29 March 2026, 02:30" """
    return pgettext("a moment", "%(day)s, %(clock)s") % {"day": formats.said(local), "clock": clock(local)}


def clock(local):
    """ "02:30", with the seconds where there are any"""
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _clock(local, beside):
    """The time; with its day, where that is another than the one it is told beside."""
    return clock(local) if local.date() == beside.date() else said(local)


def told(at, zone=None):
    """A moment in the site's zone or a named one, and in UTC: "29 March 2026, 01:30 Europe/London (00:30 UTC)"."""
    zone = zone or timezone.get_default_timezone_name()
    reading = reading_of(at, zone_named(zone))
    shown = f"{said(reading.local.replace(microsecond=0))} {zone}"
    return shown if zone == UTC_NAME else f"{shown} ({utc_text(reading)})"


def utc_text(reading):
    """ "00:30 UTC", with its day where the zone's clocks show another one"""
    return f"{_clock(reading.at.replace(tzinfo=None), reading.local)} UTC"


def offset_text(reading):
    """ "UTC+02:00" """
    seconds = int(reading.offset.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    text = f"{hours:02}:{rest // 60:02}" + (f":{rest % 60:02}" if rest % 60 else "")
    return f"UTC{'-' if seconds < 0 else '+'}{text}"
