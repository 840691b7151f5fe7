"""A correction in a real Chromium: from the form of a record to the article, the list and the feed."""

import re
import xml.etree.ElementTree as ElementTree
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from aid.models import Correction
from tests import builders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ATOM = "{http://www.w3.org/2005/Atom}"
NOTE = "An earlier version gave the amount as 91 million kroner. It is 92 million."


def test_a_correction_goes_from_the_form_to_the_feed(editor_page, live_server):
    page, complaints = editor_page, []
    page.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    pledge = make.make_pledge(slug="cyber", title="Cyber support", amount=Decimal("91000000"))
    make.support(pledge)
    article = make.make_article("Denmark pays", "Denmark gave [[pledge:cyber:amount]] for servers. Nothing else.")
    make.make_article("A draft", "It may be [[pledge:cyber:amount]].", published=False)
    form = live_server.url + reverse("admin:aid_pledge_change", args=[pledge.pk])

    # The form says where it is used, and asks before it saves.
    page.goto(form)
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Used in 2 articles").click()
    expect(opened.value.get_by_text("Denmark gave DKK 91 million for servers.")).to_be_visible()
    opened.value.close()
    page.fill("#id_amount", "92000000")
    page.get_by_role("button", name="Save and continue editing").click()
    question = page.get_by_role("region", name="Readers have this before them")
    question.get_by_text("Denmark gave DKK 91 million DKK 92 million for servers.").wait_for()
    expect(question.get_by_text("draft", exact=True)).to_be_visible()
    assert page.input_value("#id_amount") == "92000000"
    assert Correction.objects.count() == 0

    # It is as wide as a telephone, and only what the chosen kind needs is there.
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    note, why = question.get_by_label("Note for readers"), question.get_by_label("Why no note is due")
    question.get_by_label("No note: nothing that readers saw is different").check()
    assert (note.is_visible(), why.is_visible()) == (False, True)
    question.get_by_label("Correction: what stood there was wrong").check()
    assert (note.is_visible(), why.is_visible()) == (True, False)
    assert question.get_by_label("It said").input_value() == "Amount: DKK 91,000,000"

    # Without the note it comes back with all that was typed.
    question.get_by_role("button", name="Save with this answer").click()
    question.get_by_text("Write the note:").wait_for()
    assert question.get_by_label("Correction: what stood there was wrong").is_checked()
    assert page.input_value("#id_amount") == "92000000"
    note.fill(NOTE)
    question.get_by_role("button", name="Save with this answer").click()
    page.get_by_text("Correction written: it stands on its own page, on 1 article and under Corrections.").wait_for()
    assert page.url == form

    # The article, the record, the list and the feed tell it.
    for address in (article.get_absolute_url(), pledge.get_absolute_url(), "/corrections/"):
        page.goto(live_server.url + address)
        assert page.get_by_text(NOTE).is_visible(), address
    page.goto(live_server.url + article.get_absolute_url())
    assert "Denmark gave DKK 92 million for servers." in page.get_by_role("main").inner_text()
    page.get_by_role("link", name="Corrected on").click()
    expect(page).to_have_url(re.compile(f"#correction-{Correction.objects.get().key}$"))
    feed = reverse("correction-feed")
    [entry] = ElementTree.fromstring(page.request.get(live_server.url + feed).body()).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Correction: Cyber support"
    assert NOTE in entry.findtext(f"{ATOM}summary")
    assert complaints == []
