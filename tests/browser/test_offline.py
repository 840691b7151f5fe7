"""Articles that were read are there without a network, and what the site took back is not."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests import builders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Waits until an address is among what is kept, or is no more.
KEPT = """async ([path, wanted]) => {
    for (let tries = 0; tries < 200; tries += 1) {
        const kept = await (await caches.open("pages")).keys();
        if (kept.some((one) => new URL(one.url).pathname === path) === wanted) { return; }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${path} is ${wanted ? "not " : ""}kept`);
}"""


@pytest.fixture
def phone(browser, live_server):
    """A reader's browser with service workers, which have done what they began before the rows are taken away."""
    context = browser.new_context(has_workers=True, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.go = lambda path: page.goto(live_server.url + path)
    page.keeps = lambda path, wanted=True: page.evaluate(KEPT, [path, wanted])
    yield page
    context.set_offline(True)
    page.goto("about:blank")
    context.close()


def test_an_article_that_was_read_is_there_offline_until_the_site_takes_it_back(phone, live_server):
    first, second = (
        builders.make_article("The first", slug="first"),
        builders.make_article("The second", slug="second"),
    )
    builders.make_article("Nobody read it", slug="unread")
    phone.go("/articles/first/")
    expect(phone.locator("#kept")).to_be_hidden()
    phone.keeps("/articles/first/")
    phone.go("/da/articles/second/")
    phone.keeps("/da/articles/second/")
    # What is asked for in another way is not kept: another moment, the draft of an editor.
    for path in ("/articles/unread/?as_of=2020-01-01", "/articles/unread/?preview", "/admin/login/", "/about/"):
        phone.go(path)

    phone.context.set_offline(True)
    phone.go("/articles/first/?utm_source=a-friend")
    expect(phone.get_by_role("heading", level=1)).to_have_text("The first")
    banner = phone.get_by_role("status")
    expect(banner).to_contain_text("Your browser kept this copy on")
    assert phone.locator("#kept time").get_attribute("datetime").startswith("20")
    # With its sheets and its fonts.
    assert phone.evaluate("getComputedStyle(document.querySelector('#kept')).borderLeftStyle") == "solid"
    assert phone.evaluate("document.fonts.check('16px \"Source Serif 4\"')")

    phone.go("/articles/unread/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are offline")
    links = phone.locator("#kept-articles a")
    expect(links).to_have_count(2)
    assert {link.get_attribute("href") for link in links.all()} == {"/articles/first/", "/da/articles/second/"}
    phone.go("/articles/first/?as_of=2020-01-01")
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are offline")
    phone.go("/da/parties/")
    expect(phone.locator("html")).to_have_attribute("lang", "da")

    # Online again it is the site's word alone, and what it takes back is deleted.
    phone.context.set_offline(False)
    builders.make_publication(first)
    second.embargo_until = timezone.now() + timedelta(days=1)
    second.save()
    assert phone.go("/articles/first/").status == 410
    phone.keeps("/articles/first/", False)
    assert phone.go("/da/articles/second/").status == 404
    phone.keeps("/da/articles/second/", False)
    phone.context.set_offline(True)
    phone.go("/articles/first/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are offline")
    expect(phone.locator("#kept-articles")).to_be_hidden()
