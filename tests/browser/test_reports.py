"""A report in a real Chromium: from the evidence of a figure to the desk and back to its reader."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from aid.models import Report
from tests import builders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WRONG = "The law says 92 million, not 91."
REASON = "We read the law again: section 3 says 91 million, and section 4 is about another year."


@pytest.fixture
def pledge(db):
    pledge = make.make_pledge(title="Cyber support", slug="cyber")
    make.make_claim(pledge, "amount", [make.make_passage(make.make_source("Denmark gave 91 million kroner."))])
    return pledge


def test_a_reader_reports_and_the_desk_answers(browser, live_server, editor, pledge, monkeypatch):
    monkeypatch.setattr("aid.views.reports.QUICKEST", 0)
    asked, complaints = [], []
    # The reader has no script, a narrow screen, and no cookie before or after.
    reading = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = reading.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda found: found.type in ("error", "warning") and complaints.append(found.text))
    page.goto(f"{live_server.url}/pledges/cyber/#pledge-cyber-amount")
    page.locator("summary", has_text="the evidence").first.click()
    page.get_by_role("link", name="Report an error").first.click()
    expect(page.get_by_role("heading", name="Report an error in this claim")).to_be_visible()
    expect(page.get_by_text("Denmark gave 91 million kroner.")).to_be_visible()
    expect(page.get_by_label("Leave this empty")).not_to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    # Without words it comes back, with the address that was typed.
    page.get_by_label("E-mail address for an answer").fill("ane@example.org")
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_text("Write what is wrong.")).to_be_visible()
    expect(page.get_by_label("E-mail address for an answer")).to_have_value("ane@example.org")
    complaints.clear()  # that the page was answered with 400
    page.get_by_label("What is wrong?").fill(WRONG)
    page.get_by_role("button", name="Send the report").click()
    expect(page.get_by_role("heading", name="Your report")).to_be_visible()
    expect(page.get_by_text("nobody has taken it up yet")).to_be_visible()
    address = page.url
    assert reading.cookies() == []
    assert {re.match(r"https?://[^/]+", url)[0] for url in asked} == {live_server.url}

    # The desk takes it up and answers.
    working = browser.new_context()
    session = editor.cookies[settings.SESSION_COOKIE_NAME].value
    working.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    desk = working.new_page()
    desk.on("console", lambda found: found.type in ("error", "warning") and complaints.append(found.text))
    desk.goto(f"{live_server.url}/admin/")
    expect(desk.get_by_role("heading", name="Reports of readers: 1")).to_be_visible()
    desk.get_by_role("link", name="Amount of Cyber support").first.click()
    expect(desk.get_by_text(WRONG)).to_be_visible()
    expect(desk.get_by_text("Denmark gave 91 million kroner.")).to_be_visible()
    desk.get_by_role("button", name="Take it up").click()
    expect(desk.get_by_text("Its reader is told that somebody looks at it.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("An editor is looking at it.")).to_be_visible()
    desk.get_by_label("Without a change, with a reason").check()
    desk.get_by_role("button", name="End the report").click()
    expect(desk.get_by_text("Write the reason: the reader is told it.")).to_be_visible()
    desk.get_by_label("Reason for the reader").fill(REASON)
    desk.get_by_role("button", name="End the report").click()
    expect(desk.get_by_text("The report is ended.")).to_be_visible()

    # The reader finds the reason, and deletes the address.
    page.goto(address)
    expect(page.get_by_text(REASON)).to_be_visible()
    page.get_by_role("button", name="Delete my e-mail address").click()
    expect(page.get_by_text("None is kept with this report.")).to_be_visible()
    report = Report.objects.get()
    assert (report.state, report.email, report.message) == ("refused", "", WRONG)
    assert complaints == []
    reading.close()
    working.close()
