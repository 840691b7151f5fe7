"""Two people at one form in real browsers, what they typed and did not save, and a text shown by a secret link."""

import re
import time

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from aid.admin import drafting
from aid.models import Autosave, Presence
from tests import builders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(browser, live_server, request):
    """Opens a browser of its own in which somebody of the cast is signed in; with `complaints`, its console's."""
    opened = []

    def sign_in(role, width=1280):
        context = browser.new_context(viewport={"width": width, "height": 900})
        opened.append(context)
        if role:
            session = request.getfixturevalue(role).cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: said.type in ("error", "warning") and page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.go = lambda path: page.goto(live_server.url + path)
        return page

    yield sign_in
    for context in opened:
        context.close()


def change(article):
    return reverse("admin:aid_article_change", args=[article.pk])


def save(page):
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue editing").click()


def test_the_second_of_two_is_refused(desk):
    article = make.make_article("Cyber support", "First paragraph.\n\nSecond paragraph.", published=False)
    first, second = desk("editor"), desk("writer")
    for page in (first, second):
        page.go(change(article))

    # The second one to come is told that the first one is there.
    assert "editor opened this form just now" in second.locator("#presence").inner_text()

    first.fill("#id_body", "First paragraph, by the editor.\n\nSecond paragraph.")
    save(first)
    second.fill("#id_body", "First paragraph.\n\nSecond paragraph, by the writer.")
    save(second)

    told = second.locator("ul.errorlist").first
    assert "Nothing is saved yet: since you opened this page, editor saved revision 2 on" in told.inner_text()
    assert told.locator("ins").all_text_contents() == ["added: , by the editor", "added: , by the writer"]
    assert second.input_value("#id_body") == "First paragraph.\n\nSecond paragraph, by the writer."
    assert article.revisions.count() == 2

    # Having read it, the writer puts both together.
    second.fill("#id_body", "First paragraph, by the editor.\n\nSecond paragraph, by the writer.")
    save(second)
    assert second.locator(".errornote").count() == 0
    assert [row.body.count(", by the ") for row in article.revisions.order_by("number")] == [0, 1, 2]
    assert first.complaints == second.complaints == []


def test_who_comes_and_goes_is_said_on_the_open_form(desk, monkeypatch):
    monkeypatch.setattr(drafting, "SIGN_EVERY", 0.3)
    article = make.make_article(published=False)
    first = desk("editor")
    first.go(change(article))
    assert first.locator("#presence").inner_text() == ""

    # A sign on its way while a page is closed would count for a minute and a half.
    monkeypatch.undo()
    second = desk("writer")
    second.go(change(article))
    first.get_by_text("writer opened this form just now, and has it open still.").wait_for()
    second.go("/admin/")

    first.locator("#presence:empty").wait_for(state="attached")
    assert [row.user.username for row in Presence.objects.all()] == ["editor"]
    assert first.complaints == second.complaints == []


def test_what_was_typed_survives_a_closed_page(desk, monkeypatch):
    monkeypatch.setattr(drafting, "KEEP_AFTER", 0.2)
    make.make_party(name="Denmark")
    page = desk("editor", width=360)
    page.go(reverse("admin:aid_pledge_add"))
    page.locator("#id_title").press_sequentially("Half a title")
    page.get_by_role("button", name="Add another Stage").click()
    page.fill("#id_stages-1-wording", "has allocated")
    page.get_by_text(re.compile("Kept at .*, for you alone. Not saved yet.")).wait_for()
    # What is typed last goes along when the page is left.
    page.fill("#id_stages-1-wording", "has allocated at last")
    page.close()
    until = time.monotonic() + 10
    while "at last" not in str(Autosave.objects.get().typed) and time.monotonic() < until:
        time.sleep(0.05)

    page = desk("editor")
    page.go(reverse("admin:aid_pledge_add"))
    assert page.input_value("#id_title") == ""
    page.get_by_text("You typed something on").wait_for()
    # As long as nobody decides, nothing is written over it.
    page.fill("#id_title", "Something else")
    page.get_by_text("Not kept: what you typed here in another window, or before, is kept already.").wait_for()
    with page.expect_navigation():
        page.get_by_role("link", name="Put it back").click()

    assert page.input_value("#id_title") == "Half a title"
    assert page.input_value("#id_stages-1-wording") == "has allocated at last"
    assert page.locator(".errornote").count() == 0
    page.get_by_role("button", name="Discard it").click()
    page.get_by_text("What you typed and did not save is discarded.").wait_for()
    assert Autosave.objects.count() == 0
    assert [text for text in page.complaints if "409" not in text] == []


def test_saving_leaves_nothing_that_was_kept(desk, monkeypatch):
    monkeypatch.setattr(drafting, "KEEP_AFTER", 0.05)
    article = make.make_article(published=False)
    page = desk("writer")
    page.go(change(article))
    # Kept again and again while it is typed, and saved in the midst of it.
    page.fill("#id_headline", "")
    page.locator("#id_headline").press_sequentially("A headline and more words", delay=20)
    save(page)

    assert article.revisions.order_by("-number").first().headline == "A headline and more words"
    page.go(change(article))
    assert page.locator(".typed-before").count() == 0
    assert Autosave.objects.count() == 0
    assert page.complaints == []


def test_a_text_is_previewed_and_approved_from_outside(desk):
    article = make.make_article("A draft", "Nobody has read this.", published=False, slug="draft")
    page = desk("editor")
    page.go(change(article))

    # What is typed, in a tab of its own.
    page.fill("#id_headline", "Typed and not saved")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Preview", exact=True).click()
    preview = opened.value
    preview.get_by_role("heading", name="Typed and not saved").wait_for()
    expect(preview.get_by_label("Preview")).to_contain_text("Preview of what you typed. Nothing of it is saved.")
    preview.close()
    save(page)

    # What is saved, by a link.
    page.get_by_role("link", name="Preview links").click()
    page.get_by_label("For:").fill("the press office")
    page.get_by_label("3 days").check()
    page.get_by_role("button", name="Make the link").click()
    address = page.get_by_label("Copy it now.").input_value()

    outside = desk(None, width=360)
    outside.goto(address)
    outside.get_by_role("heading", name="Typed and not saved").wait_for()
    outside.get_by_label("I approve the text as it stands").check()
    outside.get_by_label("Your name").fill("Press office")
    outside.get_by_role("button", name="Send the answer").click()
    outside.get_by_text("Approved by Press office").wait_for()
    assert outside.context.cookies() == []
    assert outside.evaluate("document.documentElement.scrollWidth") == 360

    page.go(change(article))
    assert "Approved by Press office" in page.locator(".article-answers").inner_text()
    page.get_by_role("link", name="Preview links").click()
    page.get_by_role("button", name="Revoke the link for the press office").click()
    page.get_by_text("The link for the press office opens nothing any more.").wait_for()
    assert outside.reload().status == 404
    assert page.complaints == []
    assert [text for text in outside.complaints if "404" not in text] == []
