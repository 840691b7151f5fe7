"""From a source to the feed of corrections, each person in a browser of their own: the way that an article takes."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from aid.models import Article, Claim, Correction
from tests import builders as make
from tests.browser.test_editor import choose

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "Denmark has allocated 91 million kroner for cyber defence. Ukraine’s armed forces benefit."
BODY = "Denmark has allocated [[pledge:cyber-support:amount]] for cyber defence.\n\nThe money is for Ukraine."
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def seat(browser, live_server):
    """Opens a browser of its own for an account, or for a reader; keeps what its console complains about."""
    complaints, contexts = [], []

    def take(client=None):
        context = browser.new_context()
        contexts.append(context)
        if client is not None:
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda found: found.type in ("error", "warning") and complaints.append(found.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.go = lambda path: page.goto(live_server.url + path)
        page.press = lambda name: page.get_by_role("button", name=name, exact=True).click()
        return page

    yield take
    for context in contexts:
        for page in context.pages:
            # A form that is left says so to the server, and may still do while the test's rows are taken away.
            page.goto(live_server.url + "/about/")
            page.wait_for_load_state("networkidle")
        context.close()
    # What is not there yet is answered with 404, and the browser says so.
    assert [text for text in complaints if "404" not in text] == []


@pytest.fixture
def ledger(db):
    """A pledge whose every value rests on a sentence of one source."""
    source = make.make_source(TEXT, title="A release of the ministry", archive_url="https://archive.example/release")
    passage = make.make_passage(source, 0, 59)
    pledge = make.make_pledge(
        slug="cyber-support",
        title="Danish cyber support",
        donor=make.make_party(name="Denmark", slug="denmark"),
        recipient=make.make_party(name="Ukraine", slug="ukraine"),
    )
    recorder = make.make_user()
    for row in (pledge, pledge.stages.get()):
        for field in row.claimed_fields:
            if row.canonical(field):
                make.make_claim(row, field, [passage], recorded_by=recorder)
    return pledge


def form_of(article):
    return reverse("admin:aid_article_change", args=[article.pk])


def test_from_the_first_draft_to_the_feed_of_corrections(seat, ledger, writer, editor, publisher):
    # The writer drafts, and hands it on.
    page = seat(writer)
    page.go(reverse("admin:aid_article_add"))
    page.fill("#id_headline", "Denmark allocates money for cyber defence")
    page.fill("#id_body", BODY)
    page.press("Save and continue editing")
    page.get_by_text("was added successfully").wait_for()
    page.press("Save and submit to the fact-check")
    page.get_by_text("is in the fact-check now.").wait_for()
    article = Article.objects.get()
    assert article.status == "fact_check"

    # The editor holds each thing against its sentence, and signs it off.
    page = seat(editor)
    page.go("/admin/")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("Denmark allocates money")).first.click()
    with page.expect_navigation():
        page.get_by_role("link", name="Fact-check", exact=True).click()
    assert "91 million kroner" in page.locator("#content").inner_text()
    for tick in page.locator("input[name=item]").all():
        tick.check()
    for note in page.locator(".check-item:has(details[open]) textarea").all():
        note.fill("Read in the release of the ministry.")
    page.press("Sign off what is ticked")
    page.get_by_text("everything is signed off").wait_for()
    assert Claim.objects.get(pledge=ledger, field="amount").verified_by == editor.user
    page.go(form_of(article))
    page.get_by_role("region", name="Where it stands").get_by_role("button", name="Make ready").click()
    page.locator(".messagelist").wait_for()

    # The publisher gives it its minute.
    minute = (timezone.now() + timedelta(days=1)).replace(hour=6, minute=30, second=0, microsecond=0)
    page = seat(publisher)
    page.go(form_of(article))
    panel = page.get_by_role("region", name="Where it stands")
    panel.locator("summary", has_text=re.compile("^Schedule( …)?$")).first.click()
    panel.get_by_label("Day").first.fill(minute.date().isoformat())
    panel.get_by_label("Time", exact=True).first.fill("06:30")
    panel.get_by_role("button", name="Schedule", exact=True).click()
    page.locator(".messagelist").wait_for()
    article.refresh_from_db()
    address = article.get_absolute_url()

    # Readers have it from that minute on, and nothing was started again for it.
    reader = seat()
    assert reader.go(address).status == 404
    assert "Denmark allocates money" not in reader.go("/").text()
    with time_machine.travel(minute - timedelta(seconds=30), tick=False):
        assert reader.go(address).status == 404
    with time_machine.travel(minute, tick=False):
        assert reader.go(address).status == 200
        assert "DKK 91 million" in reader.get_by_role("main").inner_text()
        assert "Denmark allocates money" in reader.go("/").text()

    # An editor mends the record, is asked what readers are told, and they are told it everywhere.
    with time_machine.travel(minute + timedelta(hours=3)):
        other = make.make_source("Denmark has allocated 92 million kroner.", title="A second release")
        page = seat(editor)
        page.go(reverse("admin:aid_pledge_change", args=[ledger.pk]))
        page.fill("#id_amount", "92000000")
        row = page.locator(
            ".dynamic-claims", has=page.locator("option:checked", has_text=re.compile("^Amount$"))
        ).first
        name = row.get_attribute("id")
        row.locator("summary", has_text="Change").click()
        page.select_option(f"#id_{name}-rank", "alternative")
        page.press("Add another Claim")
        name = page.locator(".dynamic-claims").last.get_attribute("id")
        page.select_option(f"#id_{name}-about", label="Amount")
        choose(page, f"{name}-source", other.title)
        page.fill(f"#id_{name}-quote", "92 million kroner")
        page.press("Save")
        question = page.locator("#question")
        question.get_by_text("Denmark allocates money for cyber defence").first.wait_for()
        question.locator("input[type=radio][value=correction]").check()
        question.get_by_label("Note for readers").fill("An earlier version gave 91 million kroner. It is 92 million.")
        page.press("Save with this answer")
        page.get_by_text("Correction written").wait_for()
        [told] = Correction.objects.all()
        assert list(told.affected.all()) == [article]

        assert reader.go(address).status == 200
        shown = reader.get_by_role("main").text_content()
        assert "DKK 92 million" in shown
        assert told.note in shown
        reader.go("/corrections/")
        reader.get_by_text(told.note).wait_for()
        feed = ElementTree.fromstring(reader.request.get(reader.url + "feed/").body())
        [entry] = feed.findall(f"{ATOM}entry")
        assert told.note in "".join(entry.itertext())
