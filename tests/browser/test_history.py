"""Comparing and restoring in a real Chromium: a revision of an article, and a save of a pledge."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from aid.choices import Stage
from tests import builders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def answer(page):
    """Readers have it before them, so the page asks what they are told."""
    page.get_by_label(re.compile("No note: ")).check()
    page.get_by_label("Why no note is due").fill("A test")
    page.get_by_role("button", name="Save with this answer").click()


def test_an_editor_compares_and_restores_a_revision_and_a_record(live_server, editor_page):
    page, complaints = editor_page, []
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    pledge = make.make_pledge(title="Cyber support", stages=[Stage.ANNOUNCED])
    make.make_claim(pledge, "amount")
    article = make.make_article("First words", f"It gave [[pledge:{pledge.slug}:amount]] in all.")
    make.make_revision(article, headline="Second words", body="It gave money in all.")

    # The draft against the live page, and the live text back as a new draft.
    page.goto(live_server.url + reverse("admin:aid_article_change", args=[article.pk]))
    with page.expect_navigation():
        page.get_by_role("link", name="Compare draft with live").click()
    text = page.get_by_role("region", name="Text", exact=True)
    assert text.locator("del").inner_text().endswith(f"[[pledge:{pledge.slug}:amount]]")
    assert text.locator("ins").inner_text().endswith("money")
    assert page.get_by_role("row", name="Cyber support pledge removed").count() == 1
    page.get_by_label("Why").fill("The figure belongs there")
    page.get_by_role("button", name="Restore revision 1").click()
    page.get_by_text("Revision 3 says again what revision 1 said.").wait_for()
    newest = article.revisions.order_by("number").last()
    assert (newest.number, newest.headline) == (3, "First words")

    # A pledge that was changed in its form, compared with what it was, and restored.
    page.goto(live_server.url + reverse("admin:aid_pledge_change", args=[pledge.pk]))
    page.locator("#id_amount").fill("95,000,000")
    page.get_by_label("Reason for the change").fill("A newer release")
    page.get_by_role("button", name="Save and continue editing").click()
    answer(page)
    page.get_by_text("was changed successfully").wait_for()
    with page.expect_navigation():
        page.get_by_role("link", name="History", exact=True).click()
    newest = page.get_by_role("region", name=re.compile("^Save 2:"))
    assert "A newer release" in newest.inner_text()
    assert [newest.locator("del").text_content(), newest.locator("ins").text_content()] == [
        "removed: 91,000,000", "added: 95,000,000",
    ]  # fmt: skip
    page.get_by_role("link", name="Compare save 1 with now, or restore it").click()
    expect(page.get_by_text("These articles use it:")).to_have_count(1)
    page.get_by_label("Why", exact=True).fill("The first one was right")
    page.get_by_role("button", name="Restore save 1").click()
    answer(page)
    page.get_by_text("The record stands again as it did after save 1: 1 row was changed.").wait_for()

    pledge.refresh_from_db()
    assert str(pledge.amount) == "91000000.00"
    assert complaints == []
