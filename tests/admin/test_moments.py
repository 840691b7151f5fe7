"""A moment on the desk: a day, a time and a zone that come back as typed until they mean one moment."""

import re
from datetime import UTC, datetime

import pytest
from django import forms
from django.http import QueryDict

from aid.admin.moments import MomentField


class Schedule(forms.Form):
    publish_at = MomentField(required=False, label="Publish at")
    note = forms.CharField()


@pytest.fixture(autouse=True)
def site_in_copenhagen(settings):
    settings.TIME_ZONE = "Europe/Copenhagen"


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def sent(form):
    """What a browser sends of the form's page as it stands: the fields by name."""
    html = str(form)
    data = QueryDict(mutable=True)
    for tag in re.findall(r"<input[^>]*>", html):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") != "radio" or " checked" in tag:
            data[attributes["name"]] = attributes.get("value", "")
    for name, options in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', html, re.DOTALL):
        data[name] = re.search(r'<option value="([^"]*)" selected', options)[1]
    return data


def typed(day="", time="", zone="Europe/Copenhagen", which="", note="A note", initial=None):
    data = {"publish_at_day": day, "publish_at_time": time, "publish_at_zone": zone, "note": note}
    if which:
        data["publish_at_which"] = which
    return Schedule(data, initial={"publish_at": initial})


def codes(form):
    return [error.code for error in form.errors.as_data().get("publish_at", [])]


def test_a_typed_moment_is_kept_in_utc():
    form = typed("2026-01-24", "09:00")

    assert form.is_valid(), form.errors
    assert form.cleaned_data["publish_at"] == utc("2026-01-24T08:00")
    assert form.cleaned_data["publish_at"].tzinfo is UTC
    assert '<output class="moment-utc" for="id_publish_at_day id_publish_at_time id_publish_at_zone" ' \
        "data-moment-utc>24 January 2026, 08:00 UTC</output>" in str(form)  # fmt: skip


def test_nothing_typed_is_no_moment():
    form = typed(zone="America/New_York")

    assert form.is_valid()
    assert form.cleaned_data["publish_at"] is None
    assert not form.fields["publish_at"].has_changed(None, form["publish_at"].data)


def test_a_new_form_offers_the_sites_own_zone_and_nothing_else():
    data = sent(Schedule())

    assert data["publish_at_zone"] == "Europe/Copenhagen"
    assert (data["publish_at_day"], data["publish_at_time"]) == ("", "")
    assert "publish_at_which" not in data


@pytest.mark.parametrize("local, zone, first, second, labels", [
    (("2026-10-25", "02:30"), "Europe/Copenhagen", "2026-10-25T00:30", "2026-10-25T01:30",
     ["the first 02:30 (UTC+02:00): 00:30 UTC", "the second 02:30 (UTC+01:00): 01:30 UTC"]),
    (("2026-03-29", "02:30"), "Europe/Copenhagen", "2026-03-29T00:30", "2026-03-29T01:30",
     ["01:30, before the change (UTC+01:00): 00:30 UTC", "03:30, after the change (UTC+02:00): 01:30 UTC"]),
    (("2026-10-04", "02:15"), "Australia/Lord_Howe", "2026-10-03T15:15", "2026-10-03T15:45",
     ["01:45, before the change (UTC+10:30): 3 October 2026, 15:15 UTC",
      "02:45, after the change (UTC+11:00): 3 October 2026, 15:45 UTC"]),
    (("2011-12-30", "12:00"), "Pacific/Apia", "2011-12-29T22:00", "2011-12-30T22:00",
     ["29 December 2011, 12:00, before the change (UTC-10:00): 22:00 UTC",
      "31 December 2011, 12:00, after the change (UTC+14:00): 30 December 2011, 22:00 UTC"]),
])  # fmt: skip
def test_a_time_shown_twice_or_never_comes_back_with_the_two_to_choose_from(local, zone, first, second, labels):
    refused = typed(*local, zone, note="Typed with care")

    assert codes(refused) in (["ambiguous"], ["nonexistent"])
    page = str(refused)
    assert [label.strip() for label in re.findall(r'type="radio"[^>]*>([^<]*)<', page)] == labels
    assert "data-moment-utc></output>" in page
    data = sent(refused)
    assert (data["publish_at_day"], data["publish_at_time"], data["publish_at_zone"], data["note"]) == (
        *local, zone, "Typed with care",
    )  # fmt: skip
    offered = re.findall(r'name="publish_at_which"[^>]*value="([^"]*)"', page)
    for which, expected in zip(offered, (first, second), strict=True):
        chosen = typed(*local, zone, which)
        assert chosen.is_valid()
        assert chosen.cleaned_data["publish_at"] == utc(expected)


def test_a_choice_is_kept_while_another_field_is_mended():
    refused = typed("2026-10-25", "02:30", which="2026-10-25T01:30:00Z", note="")

    assert list(refused.errors) == ["note"]
    assert sent(refused)["publish_at_which"] == "2026-10-25T01:30:00Z"


@pytest.mark.parametrize("which", ["2026-10-25T00:30:00Z", "first", "\0", "x" * 5000])
def test_a_choice_that_was_made_for_another_time_counts_for_nothing(which):
    assert codes(typed("2026-11-01", "01:30", "America/New_York", which)) == ["ambiguous"]
    clear = typed("2026-11-01", "09:00", "America/New_York", which)
    assert clear.is_valid()
    assert clear.cleaned_data["publish_at"] == utc("2026-11-01T14:00")


@pytest.mark.parametrize("day, time, zone, code", [
    ("2026-02-30", "09:00", "UTC", "day"), ("29.03.2026", "09:00", "UTC", "day"), ("tomorrow", "9", "UTC", "day"),
    ("2026-W13-7", "09:00", "UTC", "day"), ("0000-01-01", "09:00", "UTC", "day"), ("x" * 5000, "1", "UTC", "day"),
    ("12026-01-01", "09:00", "UTC", "day"), ("٢٠٢٦-٠١-٠١", "09:00", "UTC", "day"), ("\0", "09:00", "UTC", "day"),
    ("2026-01-24", "25:00", "UTC", "time"), ("2026-01-24", "24:00", "UTC", "time"),
    ("2026-01-24", "9", "UTC", "time"),
    ("2026-01-24", "09:61", "UTC", "time"), ("2026-01-24", "noon", "UTC", "time"),
    ("2026-01-24", "\0", "UTC", "time"),
    ("2026-01-24", "", "UTC", "incomplete"), ("", "09:00", "UTC", "incomplete"),
    ("2026-01-24", "09:00", "", "zone"), ("2026-01-24", "09:00", "Mars/Olympus", "zone"),
    ("2026-01-24", "09:00", "../../etc/passwd", "zone"),
    ("0001-01-01", "00:00", "Europe/Copenhagen", "out_of_range"),
    ("9999-12-31", "23:59", "America/New_York", "out_of_range"),
])  # fmt: skip
def test_nonsense_is_answered_with_a_sentence_and_stays_where_it_was_typed(day, time, zone, code):
    form = typed(day, time, zone)

    assert codes(form) == [code]
    [sentence] = form.errors["publish_at"]
    assert sentence.endswith(".") and len(sentence) < 120
    assert (form["publish_at"].value().day, form["publish_at"].value().time) == (day, time)
    assert str(form)


def test_markup_that_is_typed_is_shown_as_text():
    page = str(typed('"><script>alert(1)</script>', "<b>", '"><i>'))

    assert "<script>" not in page
    assert "<i>" not in page
    assert "&quot;&gt;&lt;script&gt;" in page


@pytest.mark.parametrize("stored", [
    "2026-01-24T08:00", "2026-10-25T00:30", "2026-10-25T01:30", "2026-07-24T07:00:05", "2026-01-24T08:00:05.123456",
])  # fmt: skip
def test_a_stored_moment_that_nobody_touches_is_sent_back_the_same(stored):
    page = Schedule(initial={"publish_at": utc(stored), "note": "As it was"})

    form = Schedule(sent(page), initial={"publish_at": utc(stored), "note": "As it was"})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["publish_at"] == utc(stored)
    assert form.changed_data == []


def test_a_changed_moment_is_a_change():
    stored = utc("2026-10-25T00:30")
    second = typed("2026-10-25", "02:30", which="2026-10-25T01:30:00Z", initial=stored)
    emptied, wrong = typed(initial=stored), typed("2026-10-25", "25:00", initial=stored)

    assert ["publish_at" in form.changed_data for form in (second, emptied, wrong)] == [True, True, True]
    assert (second.is_valid(), emptied.is_valid(), wrong.is_valid()) == (True, True, False)
    assert second.cleaned_data["publish_at"] == utc("2026-10-25T01:30")
    assert emptied.cleaned_data["publish_at"] is None


def test_a_required_moment_is_asked_for():
    class Embargo(forms.Form):
        until = MomentField()

    form = Embargo({"until_day": " ", "until_time": ""})

    assert form.errors == {"until": ["Write a day and a time."]}
    assert str(form).count(" required") == 2


def test_a_disabled_moment_is_the_stored_one_whatever_is_sent():
    form = typed("2026-01-24", "09:00", initial=utc("2025-05-05T10:00"))
    form.fields["publish_at"].disabled = True

    assert form.is_valid()
    assert form.cleaned_data["publish_at"] == utc("2025-05-05T10:00")
    assert str(form).count(" disabled") == 3


def test_each_part_has_a_name_and_the_group_has_the_fields():
    page = str(Schedule())

    assert 'role="group" aria-label="Publish at"' in page
    for part, name in (("day", "Day"), ("time", "Time"), ("zone", "Time zone")):
        assert f'<label for="id_publish_at_{part}">{name}</label>' in page
    assert ">Copenhagen, Europe</option>" in page
    assert ">Argentina/Buenos Aires, America</option>" in page
