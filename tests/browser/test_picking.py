"""A figure is found and put into an article's text in a real Chromium, by the keyboard alone."""

import pytest
from django.urls import reverse

from aid.models import ArticleRevision
from tests import builders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_figure_is_inserted_at_the_cursor_and_the_preview_shows_its_value(editor_page, live_server):
    page, complaints = editor_page, []
    page.on("console", lambda found: found.type in ("error", "warning") and complaints.append(found.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    make.make_pledge(title="Cyber support", slug="cyber")
    make.make_party(name="Denmark", slug="denmark")
    article = make.make_article(body="It gave  in all.", published=False)
    page.goto(live_server.url + reverse("admin:aid_article_change", args=[article.pk]))
    body = page.locator("#id_body")
    body.focus()
    body.evaluate("field => field.setSelectionRange(8, 8)")

    # Esc leaves everything as it was, with the focus where it was.
    opener = page.get_by_role("link", name="Insert a figure")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Insert a figure")
    dialog.wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "insert-figure"

    page.keyboard.press("Enter")
    page.keyboard.type("cyb")
    dialog.get_by_text("1 record found.").wait_for()
    dialog.get_by_role("button", name="Cyber support").press("Enter")
    dialog.get_by_role("button", name="Insert Amount: DKK 91 million").press("Enter")
    dialog.wait_for(state="hidden")
    assert body.input_value() == "It gave [[pledge:cyber:amount]] in all."
    assert page.evaluate("document.activeElement.id") == "id_body"
    page.keyboard.press("Control+z")
    assert body.input_value() == "It gave  in all."
    page.keyboard.press("Control+y")

    # The words that are marked become the link.
    body.evaluate("field => field.setSelectionRange(0, 2)")
    opener.press("Enter")
    page.keyboard.type("denmark")
    dialog.get_by_role("button", name="Denmark").press("Enter")
    dialog.get_by_role("heading", name="Denmark").wait_for()
    assert dialog.get_by_label("Link to it with the words").input_value() == "It"
    dialog.get_by_label("Link to it with the words").press("Enter")
    written = "[[party:denmark|It]] gave [[pledge:cyber:amount]] in all."
    assert body.input_value() == written

    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("was changed successfully").wait_for()
    assert ArticleRevision.objects.get(article=article, number=2).body == written
    page.goto(f"{live_server.url}{article.get_absolute_url()}?preview")
    assert page.locator(".story__body").inner_text() == "It gave DKK 91 million in all."
    assert page.get_by_role("link", name="It", exact=True).get_attribute("href") == "/parties/denmark/"
    assert complaints == []
