"""A time on a wall in a named zone, and the one moment that it means."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as some

from aid import moments
from aid.moments import choices, resolve

COPENHAGEN, NEW_YORK, LORD_HOWE, APIA = (
    "Europe/Copenhagen", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
)  # fmt: skip


def at(text):
    return datetime.fromisoformat(text)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("local, zone, expected", [
    ("2026-01-24T09:00", COPENHAGEN, "2026-01-24T08:00"),
    ("2026-07-24T09:00", COPENHAGEN, "2026-07-24T07:00"),
    ("2026-03-29T01:59:59", COPENHAGEN, "2026-03-29T00:59:59"),
    ("2026-03-29T03:00", COPENHAGEN, "2026-03-29T01:00"),
    ("2026-10-25T01:59:59", COPENHAGEN, "2026-10-24T23:59:59"),
    ("2026-10-25T03:00", COPENHAGEN, "2026-10-25T02:00"),
    ("2026-01-24T19:30", NEW_YORK, "2026-01-25T00:30"),
    ("2026-01-24T12:00", LORD_HOWE, "2026-01-24T01:00"),
    ("2026-07-24T12:00", LORD_HOWE, "2026-07-24T01:30"),
    ("2011-12-29T23:59", APIA, "2011-12-30T09:59"),
    ("2011-12-31T00:00", APIA, "2011-12-30T10:00"),
    ("0001-01-01T00:00", "UTC", "0001-01-01T00:00"),
    ("0001-01-02T00:00", NEW_YORK, "0001-01-02T04:56:02"),
    ("9999-12-31T23:59", "UTC", "9999-12-31T23:59"),
    ("9999-12-31T23:59", COPENHAGEN, "9999-12-31T22:59"),
])  # fmt: skip
def test_a_clear_time_is_one_moment(local, zone, expected):
    assert resolve(at(local), zone) == utc(expected)
    assert choices(at(local), zone) == []


@pytest.mark.parametrize("local, zone, code, first, second, message", [
    ("2026-03-29T02:30", COPENHAGEN, "nonexistent", "2026-03-29T00:30", "2026-03-29T01:30",
     "29 March 2026, 02:30 does not exist in Europe/Copenhagen: the clocks go from 02:00 to 03:00. "
     "Write 01:30 (00:30 UTC) or 03:30 (01:30 UTC)."),
    ("2026-10-25T02:00", COPENHAGEN, "ambiguous", "2026-10-25T00:00", "2026-10-25T01:00",
     "25 October 2026, 02:00 exists twice in Europe/Copenhagen: the clocks go from 03:00 back to 02:00. "
     "Choose the first (UTC+02:00, 00:00 UTC) or the second (UTC+01:00, 01:00 UTC)."),
    ("2026-03-08T02:00", NEW_YORK, "nonexistent", "2026-03-08T06:00", "2026-03-08T07:00",
     "8 March 2026, 02:00 does not exist in America/New_York: the clocks go from 02:00 to 03:00. "
     "Write 01:00 (06:00 UTC) or 03:00 (07:00 UTC)."),
    ("2026-11-01T01:59:59", NEW_YORK, "ambiguous", "2026-11-01T05:59:59", "2026-11-01T06:59:59",
     "1 November 2026, 01:59:59 exists twice in America/New_York: the clocks go from 02:00 back to 01:00. "
     "Choose the first (UTC-04:00, 05:59:59 UTC) or the second (UTC-05:00, 06:59:59 UTC)."),
    # Half an hour, and in UTC it is the day before.
    ("2026-10-04T02:15", LORD_HOWE, "nonexistent", "2026-10-03T15:15", "2026-10-03T15:45",
     "4 October 2026, 02:15 does not exist in Australia/Lord_Howe: the clocks go from 02:00 to 02:30. "
     "Write 01:45 (3 October 2026, 15:15 UTC) or 02:45 (3 October 2026, 15:45 UTC)."),
    ("2026-04-05T01:45", LORD_HOWE, "ambiguous", "2026-04-04T14:45", "2026-04-04T15:15",
     "5 April 2026, 01:45 exists twice in Australia/Lord_Howe: the clocks go from 02:00 back to 01:30. "
     "Choose the first (UTC+11:00, 4 April 2026, 14:45 UTC) or the second (UTC+10:30, 4 April 2026, 15:15 UTC)."),
    # A whole day that Samoa left out.
    ("2011-12-30T12:00", APIA, "nonexistent", "2011-12-29T22:00", "2011-12-30T22:00",
     "30 December 2011, 12:00 does not exist in Pacific/Apia: the clocks go from 00:00 to 31 December 2011, 00:00. "
     "Write 29 December 2011, 12:00 (22:00 UTC) or 31 December 2011, 12:00 (30 December 2011, 22:00 UTC)."),
])  # fmt: skip
def test_a_time_shown_twice_or_never_is_refused_with_the_two_choices(local, zone, code, first, second, message):
    with pytest.raises(ValidationError) as caught:
        resolve(at(local), zone)

    assert (caught.value.code, caught.value.messages) == (code, [message])
    assert [reading.at for reading in choices(at(local), zone)] == [utc(first), utc(second)]
    assert resolve(at(local), zone, utc(first)) == utc(first)
    assert resolve(at(local), zone, utc(second)) == utc(second)
    with pytest.raises(ValidationError) as caught:
        resolve(at(local), zone, utc(second) + timedelta(minutes=1))
    assert caught.value.code == code


@pytest.mark.parametrize("local, zone, code", [
    ("0001-01-01T00:00", COPENHAGEN, "out_of_range"), ("9999-12-31T23:30", NEW_YORK, "out_of_range"),
    *((f"2026-01-0{day}", name, "zone") for day, name in enumerate(
        ("", "Europe", "europe/copenhagen", "../etc/passwd", "/etc/localtime", "x" * 300, "UTC\0", "+02:00"), 1)),
])  # fmt: skip
def test_what_no_clock_shows_says_so(local, zone, code):
    with pytest.raises(ValidationError) as caught:
        resolve(at(local), zone)

    assert caught.value.code == code


@given(
    some.datetimes(at("0001-01-03"), at("9999-12-29"), timezones=some.just(UTC)),
    some.sampled_from([COPENHAGEN, NEW_YORK, LORD_HOWE, APIA, "Asia/Kathmandu", "Africa/Monrovia", "UTC"]),
)
def test_every_moment_is_found_again_by_what_the_clocks_show_at_it(moment, zone):
    shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)

    assert resolve(shown, zone, moment) == moment


CHANGES = [(COPENHAGEN, "2026-03-29"), (COPENHAGEN, "2026-10-25"), (NEW_YORK, "2026-03-08"), (NEW_YORK, "2026-11-01"),
           (LORD_HOWE, "2026-04-05"), (LORD_HOWE, "2026-10-04"), (APIA, "2011-12-30")]  # fmt: skip


@given(some.sampled_from(CHANGES), some.integers(-1440, 2880))
def test_around_a_change_there_is_one_moment_or_there_are_two_that_clocks_show(change, minutes):
    zone, day = change
    local = at(day) + timedelta(minutes=minutes)

    found = choices(local, zone)

    if not found:
        assert resolve(local, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
        return
    first, second = found
    assert first.at < second.at
    assert (first.local == local) == (second.local == local)
    for reading in found:
        assert resolve(reading.local, zone, reading.at) == reading.at
        assert reading.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == reading.local


def test_the_zones_offered_are_places_under_the_names_of_today():
    offered = moments.offered_zones()

    assert offered[0] == "UTC"
    assert list(offered[1:]) == sorted(offered[1:])
    assert {COPENHAGEN, NEW_YORK, LORD_HOWE, APIA, "Europe/Kyiv"} <= set(offered)
    assert not {"Europe/Kiev", "EST", "Etc/GMT+5", "posixrules"} & set(offered)
    assert {"Europe/Kiev", "EST"} <= moments.known_zones()


def test_without_the_table_of_places_every_zone_with_a_place_is_offered(monkeypatch):
    monkeypatch.setattr(moments, "_table", lambda: "")

    offered = moments.offered_zones.__wrapped__()

    assert {"UTC", COPENHAGEN, "Europe/Kiev"} <= set(offered)
    assert not {"EST", "Etc/GMT+5", "US/Eastern"} & set(offered)
