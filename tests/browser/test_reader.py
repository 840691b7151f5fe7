import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from aid.models import Agreement, Article, Coalition, Event, Party, Person, Pledge, Source
from tests import builders

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@pytest.fixture
def addresses(document):
    """One address of every type of page, with something on each."""
    pledge = Pledge.objects.get(slug="denmark-cyber-91-million-kroner")
    builders.make_correction(pledge=pledge, was="DKK 90 million", now="DKK 91 million")
    records = [
        Article.objects.get(),
        pledge,
        Pledge.objects.get(slug="luxembourg-it-financial-assistance"),
        Coalition.objects.get(),
        Agreement.objects.get(),
        Event.objects.get(),
        Party.objects.get(slug="denmark"),
        Party.objects.get(slug="ukraine"),
        Person.objects.get(slug="troels-lund-poulsen"),
        document,
        Source.objects.filter(text="").first(),
    ]
    lists = (
        "articles",
        "pledges",
        "coalitions",
        "agreements",
        "events",
        "parties",
        "people",
        "sources",
        "corrections",
    )
    return [
        "/",
        "/about/",
        *(f"/{name}/" for name in lists),
        "/pledges/?stage=allocated&donor=XX",
        "/pledges/?stage=cancelled",
        "/nothing/",
        *(record.get_absolute_url() for record in records),
    ]


@pytest.fixture
def complaints(page, live_server):
    """What the browser complained of, and what it asked of another host."""
    found = []
    page.on("console", lambda said: found.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith(live_server.url) else found.append(asked.url))
    return found


def test_reader_goes_from_the_front_page_to_the_sentence_without_javascript(browser, live_server, document):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    elsewhere = []
    page.on("request", lambda asked: None if asked.url.startswith(live_server.url) else elsewhere.append(asked.url))

    page.goto(live_server.url)
    page.get_by_role("link", name="Denmark allocates 91 million kroner").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("91 million kroner")

    page.locator(".prose").get_by_role("link", name="DKK 91 million", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/pledges/denmark-cyber-91-million-kroner/#amount")
    fact = page.locator("#amount")
    expect(fact.locator("blockquote")).to_be_hidden()
    fact.locator("summary").click()
    expect(fact.locator("blockquote")).to_contain_text("Denmark has allocated 91 million kroner, about 13.26 million")

    fact.get_by_role("link", name="See the sentence in its source").click()
    expect(page).to_have_url(f"{live_server.url}{document.get_absolute_url()}#c0-215")
    sentence = page.locator("#c0-215")
    expect(sentence).to_be_in_viewport()
    expect(sentence).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    sentence.get_by_role("link").first.click()
    expect(page.locator("#s1")).to_be_in_viewport()
    expect(page.locator("#s1")).to_contain_text("Danish support for Ukraine’s cyber defence")

    page.go_back()
    page.go_back()
    expect(page).to_have_url(f"{live_server.url}/pledges/denmark-cyber-91-million-kroner/#amount")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("91 million kroner")
    assert elsewhere == []
    context.close()


def test_keyboard_reaches_the_text_and_opens_the_evidence(page, live_server, document):
    page.goto(f"{live_server.url}/pledges/denmark-cyber-91-million-kroner/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("#donor summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#donor blockquote")).to_be_visible()


def test_filters_work_as_a_plain_form(page, live_server, document):
    page.goto(f"{live_server.url}/pledges/")
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Donor").select_option(label="Luxembourg")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#count")).to_have_text("1 pledge")
    page.get_by_role("link", name="Donor: Luxembourg").click()
    expect(page.locator("#count")).to_have_text("3 pledges")


def test_every_page_passes_wcag_in_both_schemes_and_asks_nobody_else(page, live_server, addresses, complaints):
    axe, found = Axe(), []
    for address in addresses:
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(f"{live_server.url}{address}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        results = axe.run(page, options={"runOnly": WCAG})
        found += [(address, one["id"], one["nodes"][0]["html"][:200]) for one in results.response["violations"]]
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        dark = axe.run(page, options={"runOnly": {"type": "rule", "values": ["color-contrast"]}})
        found += [(address, "dark", one["nodes"][0]["html"][:200]) for one in dark.response["violations"]]
        assert page.locator("h1").count() == 1, address
    assert found == []
    # The one page that does not exist is the one complaint.
    assert [said for said in complaints if "404" not in said] == []


def test_no_page_scrolls_sideways_on_the_narrowest_phone(page, live_server, addresses):
    page.set_viewport_size({"width": 320, "height": 640})
    too_wide = []
    for address in addresses:
        page.goto(f"{live_server.url}{address}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            too_wide.append(address)
    assert too_wide == []


def test_touch_targets_of_the_filters_are_large_enough(page, live_server, document):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/pledges/?stage=allocated")
    page.get_by_text("Filter and sort").click()
    heights = page.evaluate(
        "['.filters summary', '.filters select', '.filters input', '.filters button', '.chips a']"
        ".flatMap(one => [...document.querySelectorAll(one)])"
        ".map(one => Math.round(one.getBoundingClientRect().height))"
    )
    assert len(heights) >= 15
    assert min(heights) >= 44


def test_closed_evidence_is_printed(page, live_server, document):
    page.goto(f"{live_server.url}/pledges/denmark-cyber-91-million-kroner/")
    evidence = page.locator("#amount blockquote")
    expect(evidence).to_be_hidden()
    page.emulate_media(media="print")
    expect(evidence).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()
