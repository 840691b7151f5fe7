"""The pages on how the site works: what they say is what the site does."""

import hashlib
import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.urls import get_resolver
from django.utils import timezone

from aid.models import Report
from aid.policies import POLICIES
from tests import builders as make
from tests.permissions.matrix import READER, address, addresses, make_rows, promised

pytestmark = pytest.mark.django_db

TEMPLATES = Path(__file__).parents[2] / "templates/aid/policies"
# The day on which each text was last changed, and its words then. Whoever changes the words changes both here, and
# the day in aid/policies.py.
WORDS = {
    "corrections": ("2026-11-22", "6c3ab91640a8"),
    "sources": ("2026-11-22", "f0f612e1286c"),
    "accessibility": ("2026-11-22", "610699dc1d3c"),
    "privacy": ("2026-11-22", "5e87c578b06e"),
    "contact": ("2026-11-22", "3900f8da353a"),
}


# What a browser asks for by itself, or sends something to.
LOADED = re.compile(r"<(?:link|script|img|source|iframe|form)\b[^>]*?\s(?:href|src|srcset|action)=\"([^\"]*)\"")


def words_of(template):
    """The words of a template, whatever its markup is."""
    text = re.sub(r"<[^>]+>|{%[^%]*?(\"[^\"]*\")?[^%\"]*?%}|{{.*?}}", r" \1 ", (TEMPLATES / template).read_text())
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def test_every_policy_is_led_to_from_every_page_and_says_when_it_was_changed(reader):
    listed = reader.get("/policies/").text
    foot = reader.get("/pledges/").text.partition("<footer")[2]
    for policy in POLICIES:
        page = reader.get(policy.address)
        assert page.status_code == 200
        assert f'datetime="{policy.changed_on:%Y-%m-%d}"' in page.text
        assert f'href="{policy.address}"' in listed
        # Each leads to all others.
        assert all(f'href="{other.address}"' in page.text for other in POLICIES)
    for place in (
        "/policies/",
        "/policies/corrections/",
        "/policies/privacy/",
        "/policies/accessibility/",
        "/contact/",
    ):
        assert f'href="{place}"' in foot


def test_day_of_change_follows_the_words():
    days = {policy.view.removesuffix("-policy"): f"{policy.changed_on}" for policy in POLICIES}
    told = {name: (days[name], words_of(f"{name}.html")) for name in WORDS}

    assert told == WORDS


def test_no_reader_gets_a_cookie_and_no_page_asks_another_host(reader):
    """What the page on privacy promises, for every address that readers have."""
    rows, asked = make_rows(), 0
    for name, route in addresses():
        if READER not in promised(name, route)[0] or name.startswith("admin:"):
            continue
        response = reader.get(address(route, rows))
        asked += 1
        assert not response.cookies, name
        assert "Set-Cookie" not in response.headers
        assert "default-src 'none'" in response["Content-Security-Policy"]
        if response.get("Content-Type", "").startswith("text/html"):
            page = re.sub(r"<link rel=\"(?:canonical|alternate)\"[^>]*>", "", response.text)
            loaded = LOADED.findall(page)
            assert [one for one in loaded if not one.startswith(("/", "#")) or one.startswith("//")] == [], name
    assert asked > 40
    assert len(get_resolver().reverse_dict) > 5


def test_contact_says_what_is_set_up(reader, settings):
    settings.CONTACT_EMAIL = ""
    without = reader.get("/contact/").text
    assert "No e-mail address is set up" in without and "mailto:" not in without
    assert 'href="/reports/new/"' in without
    settings.CONTACT_EMAIL = "desk@news.example.org"
    for place in ("/contact/", "/policies/privacy/", "/policies/accessibility/"):
        assert 'href="mailto:desk@news.example.org"' in reader.get(place).text


def test_privacy_tells_the_days_that_are_set(reader, settings):
    settings.REPORT_DAYS, settings.LOG_DAYS = 41, 17
    main = re.sub(r"<[^>]+>", "", reader.get("/policies/privacy/").text)
    assert "41 days after a report has ended" in main
    assert "It is deleted after 17 days." in main
    settings.LOG_DAYS = 0
    assert "has not stated here how long it is kept" in reader.get("/policies/privacy/").text


def counted(page):
    terms = re.findall(r"<dt>([^<]+)</dt><dd>(\d+)</dd>", page)
    return {unescape(term): int(number) for term, number in terms}


def test_counts_of_reports_are_those_of_the_desks_list(reader, writer):
    now = timezone.now()
    ended = {"ended_at": now, "received_at": now - timedelta(days=2)}
    first = make.make_report(received_at=now - timedelta(days=9))
    make.make_report(state="looked_at")
    make.make_report(state="refused", reason="It is so.", **ended)
    make.make_report(state="refused", reason="It is so.", **ended)
    make.make_report(state="answered", reason="Mended.", **ended)
    make.make_report(state="duplicate", duplicate_of=first, **ended)
    make.make_report(state="corrected", correction=make.make_correction(), **ended)
    page = reader.get("/policies/corrections/").text

    found = counted(page)
    assert list(found.values()) == [7, 1, 2, 1, 1, 2]
    assert f"{first.received_at:%Y-%m-%d}" in page
    standings = ("", "?state=corrected", "?state=refused", "?state=answered", "?state=duplicate", "?state=open")
    lists = [writer.get(f"/admin/aid/report/{asked}").context["cl"].result_count for asked in standings]
    assert lists == list(found.values())
    # Three days ago only the first had come.
    then = reader.get(f"/policies/corrections/?as_of={now - timedelta(days=3):%Y-%m-%d}").text
    assert list(counted(then).values()) == [1, 0, 0, 0, 0, 1]


def test_corrections_and_sources_are_counted_as_readers_have_them(reader):
    hidden = make.make_pledge(embargo_until=timezone.now() + timedelta(days=1))
    make.make_correction(pledge=hidden)
    make.make_source(embargo_until=timezone.now() + timedelta(days=1))
    assert "No correction has been published so far." in reader.get("/policies/corrections/").text
    assert "There is no source so far." in reader.get("/policies/sources/").text

    make.make_correction(pledge=make.make_pledge())
    make.make_source(is_official=True)
    assert 'href="/corrections/?kind=correction">Correction (1)' in reader.get("/policies/corrections/").text
    assert 'href="/sources/?official=yes">1</a>' in reader.get("/policies/sources/").text
    assert Report.objects.count() == 0
