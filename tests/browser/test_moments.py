"""The time in UTC beside a moment, in a real Chromium: it follows what is typed, and agrees with the server."""

from datetime import datetime

import pytest
from django import forms
from django.contrib.admin import site
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.template import engines
from django.urls import path
from playwright.sync_api import expect

from aid import moments
from aid.admin.moments import MomentField
from newsroom.urls import urlpatterns as of_the_site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]

PAGE = """{% extends "admin/base_site.html" %}{% block extrahead %}{{ form.media }}{% endblock %}
{% block content %}<form method="post" class="aligned">{% csrf_token %}<fieldset class="module aligned">
<div class="form-row">{{ form.at.errors }}<div><div class="flex-container">{{ form.at.label_tag }}{{ form.at }}</div>
</div></div></fieldset><div class="submit-row"><input type="submit" value="Save"></div></form>
{% if form.is_valid %}<p id="saved">{{ form.cleaned_data.at.isoformat }}</p>{% endif %}{% endblock %}"""


class Schedule(forms.Form):
    at = MomentField(label="Publish at")


def schedule(request):
    form = Schedule(request.POST or None)
    context = {**site.each_context(request), "form": form, "title": "Schedule", "subtitle": "", "is_popup": False}
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


urlpatterns = [path("schedule/", schedule), *of_the_site]

# The edges of both changes in four zones, clear times, and the ends of the calendar.
TIMES = [
    ("Europe/Copenhagen", ["2026-03-29T01:59", "2026-03-29T02:00", "2026-03-29T02:59", "2026-03-29T03:00",
                           "2026-10-25T01:59", "2026-10-25T02:00", "2026-10-25T02:59", "2026-10-25T03:00",
                           "1985-06-01T12:00", "9999-12-31T12:00"]),
    ("America/New_York", ["2026-03-08T02:30", "2026-11-01T01:30", "2026-11-01T02:00", "2026-12-31T19:30"]),
    ("Australia/Lord_Howe", ["2026-10-04T02:15", "2026-10-04T02:30", "2026-04-05T01:45", "2026-04-05T01:29"]),
    ("Pacific/Apia", ["2011-12-29T23:59", "2011-12-30T00:00", "2011-12-30T23:59", "2011-12-31T00:00"]),
    ("UTC", ["0050-06-01T12:00", "2026-03-29T02:30"]),
]  # fmt: skip
SAID = {"ambiguous": "show this time twice", "nonexistent": "leave this time out"}


def test_the_time_in_utc_follows_what_is_typed_and_the_page_asks_which(page, live_server):
    complaints = []
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(live_server.url + "/schedule/")
    group = page.get_by_role("group", name="Publish at")
    shown = page.locator("[data-moment-utc]")

    for zone, times in TIMES:
        group.get_by_label("Time zone").select_option(zone)
        for text in times:
            day, _, time = text.partition("T")
            group.get_by_label("Day").fill(day)
            group.get_by_label("Time", exact=True).fill(time)
            try:
                moment = moments.resolve(datetime.fromisoformat(text), zone)
            except ValidationError as error:
                assert SAID[error.code] in shown.inner_text(), (zone, text)
            else:
                assert shown.inner_text() == f"{moments.said(moment.replace(tzinfo=None))} UTC", (zone, text)

    # Shown twice: the page comes back as it was typed, and asks.
    group.get_by_label("Time zone").select_option(label="Copenhagen, Europe")
    group.get_by_label("Day").fill("2026-10-25")
    group.get_by_label("Time", exact=True).fill("02:30")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    which = page.get_by_role("group", name="Which moment is meant?")
    assert "exists twice in Europe/Copenhagen" in page.locator(".errorlist").inner_text()
    assert page.get_by_label("Day").input_value() == "2026-10-25"
    # The choice belongs to this time alone.
    page.get_by_label("Time", exact=True).fill("04:30")
    expect(which).to_be_hidden()
    page.get_by_label("Time", exact=True).fill("02:30")
    which.get_by_label("the second 02:30 (UTC+01:00): 01:30 UTC").check()
    page.get_by_role("button", name="Save").click()

    expect(page.locator("#saved")).to_have_text("2026-10-25T01:30:00+00:00")
    expect(shown).to_have_text("25 October 2026, 01:30 UTC")
    assert complaints == []
