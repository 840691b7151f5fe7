"""The fact-check in a real browser, wide and narrow, without a script of its own."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from aid.models import Claim, Pledge, SignOff
from tests import builders as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TEXT = "It was announced. Denmark allocated 91 million kroner. Nobody knows when it comes."


@pytest.fixture
def article():
    source, pledge = make.make_source(text=TEXT, title="The release"), make.make_pledge(slug="one", title="Cyber aid")
    recorder, passage = make.make_user(), make.make_passage(source, 18, 54)
    for row in (pledge, *pledge.stages.all()):
        for field in row.claimed_fields:
            if row.canonical(field):
                make.make_claim(row, field, [passage], recorded_by=recorder)
    Claim.objects.filter(field="amount").update(wording="91 million kroner")
    body = "It was [[pledge:one:amount]], [[pledge:one|cyber aid]], for 12 tanks."
    return make.make_article("A headline", body, published=False, created_by=make.make_user())


@pytest.mark.parametrize("width", [360, 1280])
def test_an_editor_checks_an_article_and_signs_it_off(live_server, editor, article, page, width):
    complaints = []
    page.on("console", lambda found: found.type in ("error", "warning") and complaints.append(found.text))
    session = editor.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{live_server.url}/admin/aid/article/{article.pk}/change/")
    with page.expect_navigation():
        page.get_by_role("link", name="Fact-check", exact=True).click()
    page.get_by_text("3 of 3 still open").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == width

    # The words of the source stand beside the figure, marked.
    figure = page.locator("#item-1")
    assert figure.locator("mark").first.inner_text() == "91 million kroner"
    figure.get_by_label("Checked: it is so").check()
    page.locator("#item-2").get_by_label("Checked: it is so").check()
    page.locator("#item-3").get_by_label("Checked: it is so").check()
    page.get_by_role("button", name="Sign off what is ticked").click()

    # A typed number that no record bears out needs a note; the two others are signed.
    page.get_by_text("1 of 3 still open").wait_for()
    last = page.locator("#item-3")
    expect(last.get_by_label("Checked: it is so")).to_be_checked()
    last.get_by_label(re.compile("^Note on 12")).fill("Counted in the annex.")
    page.get_by_role("button", name="Sign off what is ticked").click()
    page.get_by_text("everything is signed off").wait_for()
    assert sorted(row.item for row in SignOff.objects.all()) == ["12", "pledge:one", "pledge:one:amount"]
    assert Claim.objects.get(field="amount", stage_step=None).verified_by == editor.user

    # Another figure: that item is open again, and no other.
    pledge = Pledge.objects.get(slug="one")
    pledge.amount = 92_000_000
    pledge.save()
    claim = pledge.claims.get(field="amount")
    claim.value, claim.wording = "92000000", ""
    claim.save()
    page.reload()
    page.get_by_text("1 of 3 still open").wait_for()
    page.get_by_text("Amount was “91,000,000” (stated); it is “92,000,000” (stated) now.").wait_for()
    page.locator("a.check-mark.is-open").click()
    expect(page).to_have_url(re.compile("#item-1$"))
    assert complaints == []
