"""The steps of an article in a real Chromium: what was typed is not lost, an unclear moment is asked about."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from aid.models import Article, Publication
from tests import builders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def publisher_page(live_server, publisher, page):
    page.complaints = []
    page.on("console", lambda message: message.type in ("error", "warning") and page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    session = publisher.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.go = lambda article: page.goto(live_server.url + reverse("admin:aid_article_change", args=[article.pk]))
    yield page
    # A form that is left tells the server so, and may still do while the test's rows are taken away.
    page.goto(live_server.url + "/admin/")
    page.wait_for_load_state("networkidle")


def test_a_step_waits_for_what_is_typed_and_not_saved(publisher_page):
    page, article = publisher_page, make.make_article("A text", published=False)
    page.go(article)
    panel, warning = page.get_by_role("region", name="Where it stands"), page.locator("[data-unsaved]")
    submit = panel.get_by_role("button", name="Submit to the fact-check")
    page.fill("#id_body", "Better words.")

    submit.click()

    expect(warning).to_contain_text("not saved")
    assert Article.objects.get().status == "draft"
    page.get_by_role("button", name="Save and submit to the fact-check").click()
    page.get_by_text("revision 2 is in the fact-check now.").wait_for()
    assert Article.objects.get().revisions.first().body == "Better words."
    # Whoever presses twice goes on without.
    page.fill("#id_body", "Words to be dropped.")
    panel.locator("summary", has_text="Send back").click()
    panel.get_by_label("What has to change").fill("The second figure.")
    panel.get_by_role("button", name="Send back").click()
    warning.wait_for()
    panel.get_by_role("button", name="Send back").click()
    page.get_by_text("Sent back").first.wait_for()
    assert Article.objects.get().revisions.count() == 2
    assert page.complaints == []


@pytest.mark.parametrize("width", [360, 1280])
def test_a_moment_that_the_clocks_leave_out_is_asked_about(publisher_page, width):
    page, article = publisher_page, make.make_article("A text", published=False, status="ready")
    page.set_viewport_size({"width": width, "height": 800})
    page.go(article)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    panel = page.get_by_role("region", name="Where it stands")
    panel.locator("summary", has_text="Schedule").click()
    panel.get_by_label("Day").first.fill("2027-03-28")
    panel.get_by_label("Time", exact=True).first.fill("02:30")
    panel.get_by_label("Time zone").first.select_option("Europe/Copenhagen")
    panel.get_by_role("button", name="Schedule", exact=True).click()

    # The page that asks is another one, with the same day and time.
    page.get_by_label("03:30, after the change").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("button", name="Schedule").click()
    page.get_by_text("goes live on 28 March 2027, 01:30 UTC").first.wait_for()

    assert Publication.objects.get().starts_at.isoformat() == "2027-03-28T01:30:00+00:00"
    assert page.complaints == []
