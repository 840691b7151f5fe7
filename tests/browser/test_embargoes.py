"""Embargo, withdrawal and another address, as an editor and a reader meet them."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from aid.models import Pledge
from tests import builders as make
from tests.browser.test_manual import change, desk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk"]


@pytest.fixture
def answer(live_server, browser):
    """What a reader gets at an address: (status, text)."""
    context = browser.new_context()
    page = context.new_page()

    def ask(path):
        response = page.goto(live_server.url + path)
        return response.status, page.locator("main").inner_text()

    yield ask
    context.close()


def test_a_record_is_kept_from_readers_until_its_minute(desk, answer, editor, live_server):
    pledge = make.make_pledge(title="Help that is announced tomorrow")
    make.make_statement(text="They will say so tomorrow.", pledge=pledge, party=pledge.donor)
    assert "Help that is announced tomorrow" in answer("/pledges/")[1]
    tomorrow = timezone.now() + timedelta(days=1)
    desk.context.clear_cookies()
    session = editor.cookies[settings.SESSION_COOKIE_NAME].value
    desk.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    desk.go(change(pledge))
    when = desk.get_by_role("group", name="Embargo until")
    when.get_by_label("Day").fill(f"{tomorrow:%Y-%m-%d}")
    when.get_by_label("Time", exact=True).fill("09:00")
    when.get_by_label("Time zone").select_option("Europe/Copenhagen")
    desk.press("Save")
    desk.get_by_text("Nothing is saved yet. Readers would lose what they have now").wait_for()
    assert "They will say so tomorrow." in desk.locator(".errorlist").first.inner_text()
    assert answer(pledge.get_absolute_url())[0] == 200

    desk.get_by_label("Readers lose them until then: save it").check()
    desk.press("Save and continue editing")
    desk.get_by_text("Readers do not see it before").wait_for()

    assert answer(pledge.get_absolute_url())[0] == 404
    assert "Help that is announced tomorrow" not in answer("/pledges/")[1]
    assert "They will say so tomorrow." not in answer(pledge.donor.get_absolute_url())[1]
    # The clock alone brings it back.
    Pledge.objects.filter(pk=pledge.pk).update(embargo_until=timezone.now())
    assert "They will say so tomorrow." in answer(pledge.get_absolute_url())[1]


def test_a_record_is_withdrawn_and_brought_back(desk, answer):
    pledge = make.make_pledge(title="Help that nobody gave")
    desk.go(change(pledge))
    desk.get_by_role("link", name="Withdraw", exact=True).click()
    desk.get_by_label("Reason for readers").fill("The document was forged.")
    desk.press("Withdraw")
    desk.get_by_text("Readers are told: The document was forged.").wait_for()

    status, text = answer(pledge.get_absolute_url())
    assert (status, "The document was forged." in text, "Help that nobody gave" in text) == (410, True, False)
    assert "Help that nobody gave" not in answer("/pledges/")[1]
    desk.go("/admin/aid/pledge/")
    with desk.expect_navigation():
        desk.get_by_role("link", name="Withdrawn", exact=True).click()
    assert "Help that nobody gave" in desk.locator("#result_list").inner_text()

    desk.get_by_role("link", name="Help that nobody gave").click()
    desk.get_by_role("link", name="Reinstate", exact=True).click()
    desk.get_by_label("Reason").fill("It was genuine.")
    desk.press("Reinstate")
    desk.locator(".messagelist").wait_for()
    assert answer(pledge.get_absolute_url())[0] == 200


def test_a_record_is_given_another_address(desk, answer, live_server):
    party = make.make_party(name="Denmark", slug="danmark")
    pledge = make.make_pledge(donor=party)
    make.support(pledge)
    article = make.make_article(body="[[party:danmark]] gave.")
    desk.go(change(party))
    desk.get_by_label("Address:").fill("denmark")
    desk.press("Save")
    desk.get_by_text("are sent on to “denmark”").wait_for()

    assert desk.go("/parties/danmark/").url == f"{live_server.url}/parties/denmark/"
    assert "Denmark gave." in answer(article.get_absolute_url())[1]
    assert pledge.claims.get(field="donor").value == "denmark"
    desk.go(change(make.make_party(name="Another")))
    desk.get_by_label("Address:").fill("danmark")
    desk.press("Save")
    desk.get_by_text("Readers who ask for “danmark” are sent to the party “Denmark”").wait_for()
