"""While a pledge is typed in a real Chromium, the pledges that it may be stand beside it."""

import re

import pytest
from django.urls import reverse

from aid.models import Pledge
from tests import builders as make
from tests.browser.test_editor import choose

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(editor_page, live_server):
    editor_page.complaints = []
    editor_page.on("console", lambda found: found.type in ("error", "warning") and
                   editor_page.complaints.append(found.text))  # fmt: skip
    editor_page.on("pageerror", lambda error: editor_page.complaints.append(str(error)))
    editor_page.go = lambda path: editor_page.goto(live_server.url + path)
    return editor_page


def test_pledges_that_may_be_the_same_are_shown_while_typing(desk):
    donor, recipient = make.make_party(name="Denmark"), make.make_party(name="Ukraine")
    first = make.make_pledge(donor=donor, recipient=recipient, title="Cyber support")
    panel = desk.locator("#duplicates")
    desk.go(reverse("admin:aid_pledge_add"))
    desk.locator("#id_title").press_sequentially("Help against hackers")
    choose(desk, "donor", "Denmark")
    choose(desk, "recipient", "Ukraine")
    # Half a date and a number in words are not asked about: the browser's console would tell of a refusal.
    desk.fill("#id_amount", "12 million")
    desk.fill("#id_announced_on", "2024-01-2")
    desk.fill("#id_amount", "91,000,000")
    desk.locator("#id_currency").press_sequentially("dkk")
    desk.locator("#id_announced_on").press("End")
    desk.locator("#id_announced_on").press_sequentially("6")

    panel.get_by_role("status").get_by_text("1 pledge may be this one").wait_for()
    link = panel.get_by_role("link", name="Cyber support (opens in a new tab)")
    assert link.get_attribute("href") == reverse("admin:aid_pledge_change", args=[first.pk])
    assert "DKK 91,000,000 is the same amount; announced 2 days earlier." in panel.inner_text()
    # It stays in sight, whichever field is typed.
    desk.locator("#id_stages-0-stage").scroll_into_view_if_needed()
    assert panel.bounding_box()["y"] >= 0

    # A tick is about what is listed. A pledge that comes later takes it away.
    tick = panel.get_by_label("It is another pledge: save it")
    tick.check()
    make.make_pledge(donor=donor, recipient=recipient, title="Recorded just now", announced_on="2024-01-27")
    desk.fill("#id_announced_on", "2024-01-27")
    panel.get_by_text("2 pledges may be this one").wait_for()
    assert not tick.is_checked()

    # Far from both nothing is shown, and nothing stands in the way.
    desk.fill("#id_announced_on", "2025-06-01")
    panel.get_by_text("may be this one").wait_for(state="detached")
    assert re.sub(r"\s", "", panel.inner_text()) == ""
    desk.fill("#id_announced_on", "2024-01-27")
    panel.get_by_text("2 pledges may be this one").wait_for()
    tick.check()
    desk.select_option("#id_stages-0-stage", "announced")
    desk.get_by_role("button", name="Save", exact=True).click()
    desk.get_by_text("was added successfully").wait_for()

    assert Pledge.objects.count() == 3
    assert desk.complaints == []
