from pathlib import Path

import brotli
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.staticfiles import finders
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from playwright.sync_api import expect

from aid.models import (
    Agreement,
    Article,
    ArticleRevision,
    Assertion,
    Claim,
    Coalition,
    Event,
    Party,
    Passage,
    Person,
    Pledge,
    Source,
)
from bench import page_types
from tests import builders

pytestmark = pytest.mark.browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@pytest.fixture
def addresses(examples):
    """One address of every type of page, or two, with something on each."""
    page_types.plant()
    return page_types.addresses()


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

    page.locator(".prose").get_by_role("link", name="DKK 91 million, evidence for 91 million Danish kroner").click()
    expect(page).to_have_url(f"{live_server.url}/pledges/denmark-cyber-91-million-kroner/#amount")
    fact = page.locator("#amount")
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


# One run of axe over the page: the rules asked for, and of what it finds only the violations' ids and first places.
RUN_AXE = """([where, rules]) => axe.run(where, {runOnly: rules, resultTypes: ["violations"], preload: false})
    .then(found => found.violations.map(one => [one.id, one.nodes[0].html.slice(0, 200)]))"""
CLASSES = (
    """[...new Set([...document.querySelectorAll("main *")].flatMap((one) => [one.localName, ...one.classList]))]"""
)
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_every_page_fits_the_narrowest_phone_passes_wcag_in_both_schemes_and_asks_nobody_else(
    page, live_server, addresses, complaints
):
    """Each page is loaded once, with all its evidence open, and looked at in each way after the other."""
    page.add_init_script(AXE_SCRIPT)
    found, too_wide, seen = [], [], set()
    for address in addresses:
        page.set_viewport_size({"width": 320, "height": 640})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(f"{live_server.url}{address}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        if page.evaluate(TOO_WIDE):
            too_wide.append(address)
        page.set_viewport_size({"width": 1280, "height": 720})
        found += [(address, *one) for one in page.evaluate(RUN_AXE, ["html", WCAG])]
        assert page.locator("h1").count() == 1, address
        # In dark, what has no element and no class that has not been looked at in dark already is alike.
        classes = set(page.evaluate(CLASSES))
        if classes <= seen:
            continue
        seen |= classes
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        # Until the next picture some of what is shown has the colours of before.
        page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))")
        # The head and the foot are the same on every page but the front page.
        where = "html" if address == "/" else "main"
        found += [(address, "dark", *one) for one in page.evaluate(RUN_AXE, [where, ["color-contrast"]])]
    assert found == []
    assert too_wide == []
    # What cannot be read, does not exist or is gone are the only complaints.
    answers = ("400", "404", "410")
    assert sorted(word for said in complaints for word in answers if word in said) == [*answers]
    assert len(complaints) == 3


def test_an_article_with_its_fonts_weighs_less_than_a_hundred_kilobytes(page, live_server, document):
    answer = page.goto(live_server.url + Article.objects.get().get_absolute_url(), wait_until="networkidle")
    loaded = page.evaluate("performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)")
    files = [finders.find(path.removeprefix("/static/")) for path in set(loaded) if path.startswith("/static/")]
    weights = {Path(file).name: len(brotli.compress(Path(file).read_bytes())) for file in files}
    scripts = sum(weight for name, weight in weights.items() if name.endswith(".js"))

    assert any(name.endswith(".woff2") for name in weights) and "components.css" in weights
    assert sum(weights.values()) + len(brotli.compress(answer.body())) <= 100_000, weights
    assert 0 < scripts <= 20_000


def test_keyboard_reaches_the_text_and_opens_the_evidence_and_what_is_closed_is_printed(page, live_server, document):
    page.goto(f"{live_server.url}/pledges/denmark-cyber-91-million-kroner/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the text")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.locator("#donor summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#donor blockquote")).to_be_visible()

    closed = page.locator("#amount blockquote")
    expect(closed).to_be_hidden()
    page.emulate_media(media="print")
    expect(closed).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)

    # What an address leads to is open, to the ear too.
    page.emulate_media(media="screen")
    page.goto(f"{live_server.url}/pledges/denmark-cyber-91-million-kroner/#amount")
    page.reload()
    expect(page.locator("#amount .evidence")).to_have_attribute("open", "")
    expect(page.locator("#donor .evidence")).not_to_have_attribute("open", "")


def test_filters_with_targets_large_enough_to_touch(page, live_server, document):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/pledges/")
    page.get_by_text("Filter and sort").click()
    page.locator(".filters").get_by_role("link", name="Luxembourg 1").click()
    expect(page.locator("#count")).to_have_text("1 pledge")
    heights = page.evaluate(
        "['.filters summary', '.filters select', '.filters input:not([type=hidden])', '.filters button', '.chips a',"
        " '.facet[open] a'].flatMap(one => [...document.querySelectorAll(one)])"
        ".map(one => Math.round(one.getBoundingClientRect().height))"
    )
    assert len(heights) >= 15
    assert min(heights) >= 44
    page.locator(".chips").get_by_role("link", name="Donor: Luxembourg").click()
    expect(page.locator("#count")).to_have_text("3 pledges")


def test_a_list_changes_in_its_place_and_the_way_back_is_the_same(page, live_server, document, complaints):
    """With JavaScript the page stays and the list is exchanged; the addresses are those of the plain links."""
    page.goto(f"{live_server.url}/pledges/")
    page.evaluate("document.body.dataset.stays = 'yes'")
    filters, count = page.locator(".filters"), page.locator("#count")
    filters.get_by_role("link", name="Denmark 1").click()
    expect(count).to_have_text("1 pledge")
    expect(count).to_be_focused()
    expect(page).to_have_url(f"{live_server.url}/pledges/?donor=denmark")
    page.get_by_role("link", name="table", exact=True).click()
    expect(page.get_by_role("columnheader", name="Amount")).to_be_visible()
    filters.get_by_label("Sort").select_option("oldest")
    filters.get_by_role("button", name="Show").click()
    expect(page.get_by_role("columnheader", name="Announced")).to_have_attribute("aria-sort", "ascending")
    expect(page).to_have_url(f"{live_server.url}/pledges/?donor=denmark&view=table&sort=oldest")
    for left, told in (("?donor=denmark&view=table", "1 pledge"), ("?donor=denmark", "1 pledge"), ("", "3 pledges")):
        page.go_back()
        expect(page).to_have_url(f"{live_server.url}/pledges/{left}")
        expect(count).to_have_text(told)
    page.go_forward()
    expect(count).to_have_text("1 pledge")
    assert page.evaluate("document.body.dataset.stays") == "yes"
    assert complaints == []


def test_chosen_currency_goes_along_from_page_to_page_without_a_cookie(page, live_server, document):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/pledges/?donor=denmark")
    page.get_by_text("Amounts also in another currency").click()
    page.get_by_label("Show amounts also in").select_option("USD")
    form = page.locator(".currency__form")
    assert min(box["height"] for box in (form.locator(name).bounding_box() for name in ("select", "button"))) >= 44
    form.get_by_role("button", name="Show").click()
    expect(page).to_have_url(f"{live_server.url}/pledges/?donor=denmark&currency=USD")
    expect(page.locator(".converted")).to_contain_text("about USD 13.31 million")
    page.get_by_role("link", name="Danish support for Ukraine’s cyber defence").click()
    expect(page.locator(".hero .converted")).to_contain_text("USD 13,308,054.39")
    page.locator(".hero").get_by_role("link", name="ECB rate", exact=True).click()
    expect(page).to_have_url(f"{live_server.url}/sources/ecb-reference-rates/?currency=USD")
    assert page.context.cookies() == []


def test_no_page_grows_wider_than_the_screen_through_one_long_word(page, live_server, document):
    """Whatever editors or sources write, in every place where a page shows words."""
    word = "Wor" + "r" * 497
    for model in (Article, Pledge, Coalition, Agreement, Event, Party, Person, Source):
        for field in ("name", "official_name", "title", "official_title"):
            if field in {column.name for column in model._meta.fields}:
                # Names may be given once only, so that each ends in its row's number.
                short = word[: (model._meta.get_field(field).max_length or 500) - 6]
                row = {field: Concat(Value(short), Cast("pk", CharField()))}
                unknown = f"{field}_unknown"
                model.objects.update(**row, **({unknown: ""} if hasattr(model, unknown) else {}))
    ArticleRevision.objects.update(headline=word[:160], standfirst=word[:400], byline=word[:120], body=word)
    Claim.objects.update(reasoning=word)
    Passage.objects.update(quote=word, start=F("pk"), end=F("pk") + len(word))
    Assertion.objects.update(text=word)
    pledge, article = Pledge.objects.first(), Article.objects.get()
    builders.make_statement(pledge=pledge, text=word)
    for subject in ({"pledge": pledge}, {"article": article}):
        builders.make_correction(**subject, note=word, was=word, now=word)
    records = [model.objects.first() for model in (Coalition, Agreement, Event, Party, Person, Source)]
    lists = ("articles", "pledges", "coalitions", "agreements", "events", "parties", "people", "sources")
    addresses = ["/", "/about/", "/corrections/", *(f"/{name}/" for name in lists)]
    addresses += [row.get_absolute_url() for row in (article, pledge, *records)] + [f"/pledges/?donor={word[:150]}"]
    too_wide = []
    for address in addresses:
        page.goto(f"{live_server.url}{address}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        for width in (320, 360, 1280):
            page.set_viewport_size({"width": width, "height": 640})
            if page.evaluate(TOO_WIDE):
                too_wide.append((address, width))
    assert too_wide == []
