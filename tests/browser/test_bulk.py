"""Many rows at once in a real Chromium: shown, done, found in the log, undone. Without scripts, too."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from aid.models import AuditEntry, BulkChange, Pledge
from tests import builders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_publisher_hides_pledges_sees_it_in_the_log_and_takes_it_back(has_scripts, live_server, publisher, browser):
    rows = [make.make_pledge(title=f"Pledge {letter}") for letter in "AB"]
    context = browser.new_context(java_script_enabled=has_scripts)
    session = publisher.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page, complaints = context.new_page(), []
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))

    page.goto(live_server.url + reverse("admin:aid_pledge_changelist"))
    for row in rows:
        page.locator(f'input[name="_selected_action"][value="{row.pk}"]').check()
    page.get_by_label("Action:").select_option(label="Set or lift the embargo …")
    page.get_by_role("button", name="Go").click()
    page.get_by_label("Day").fill("2030-01-24")
    page.get_by_label("Time", exact=True).fill("12:00")
    page.get_by_role("button", name="Show what it will do").click()
    table = page.locator("table.bulk")
    expect(table.locator("tbody")).to_have_count(2)
    expect(table).to_contain_text("24 January 2030, 12:00 UTC")
    assert not Pledge.objects.exclude(embargo_until=None).exists()
    page.get_by_role("button", name="Do it: 2 pledges").click()
    page.get_by_text("Embargo until 24 January 2030, 12:00 UTC: 2 pledges.").wait_for()
    assert Pledge.objects.exclude(embargo_until=None).count() == 2

    page.goto(f"{live_server.url}/admin/aid/auditentry/")
    page.get_by_label("What was done").select_option(label="Changed in bulk")
    with page.expect_navigation():
        page.get_by_role("button", name="Filter").click()
    [entry] = AuditEntry.objects.filter(action="bulk")
    page.locator("#result_list tbody tr th a").click()
    expect(page.locator("table.changes")).to_contain_text("Pledge A: Embargo until")
    assert f"/auditentry/{entry.pk}/change/" in page.url

    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Embargo until 24 January 2030").click()
    page.get_by_role("button", name="Undo: 2 pledges").click()
    page.get_by_text("2 pledges stand as before.").wait_for()
    assert not Pledge.objects.exclude(embargo_until=None).exists()
    assert BulkChange.objects.get().undone_by == publisher.user
    assert complaints == []
    context.close()
