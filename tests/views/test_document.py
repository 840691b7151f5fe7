"""The source document on the public site: every sentence found, every figure traced, and none of the ten traps."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.utils.dateformat import format as date_format
from django.utils.timezone import localtime

from aid.models import Article, Coalition, Pledge
from aid.queries.figures import dead_references

pytestmark = pytest.mark.django_db


class Words(HTMLParser):
    """What a reader sees of a page: its text, without what is there for the ear alone."""

    def __init__(self, html):
        super().__init__()
        self.parts = []
        self.unseen = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag not in ("span", "a", "q", "strong", "em", "time", "code"):
            self.parts.append(" ")
        if tag == "span" and (self.unseen or dict(attrs).get("class") == "visually-hidden"):
            self.unseen += 1

    def handle_endtag(self, tag):
        if tag == "span" and self.unseen:
            self.unseen -= 1

    def handle_data(self, data):
        if not self.unseen:
            self.parts.append(data)

    def __str__(self):
        return re.sub(r"\s+", " ", "".join(self.parts))


def words(response):
    assert response.status_code == 200
    return str(Words(response.text))


@pytest.fixture
def pledge(document):
    return Pledge.objects.get(slug="denmark-cyber-91-million-kroner")


def test_source_page_shows_the_text_letter_for_letter_and_leaves_nothing_over(reader, document):
    response = reader.get(document.get_absolute_url())
    shown = words(response)
    for paragraph in document.text.splitlines():
        assert paragraph in shown
    assert "14 sentences" in shown
    assert "Nothing is left over." in shown
    assert [row[0] for row in response.context["sentences"]] == list(range(1, 15))
    assert all(uses for _, _, _, uses, *_ in response.context["sentences"])
    assert document.sha256 in shown


def test_first_sentence_became_the_pledge_before_all_else(reader, pledge):
    response = reader.get("/sources/text-on-danish-cyber-support/")
    _, _, _, uses, *_ = response.context["sentences"][0]
    assert uses[0].record == pledge
    assert "Event" not in words(response).split("Denmark has allocated 91 million kroner")[2][:300]


def test_source_page_has_a_place_for_every_passage(reader, document):
    text = reader.get(document.get_absolute_url()).text
    for passage in document.passages.all():
        assert text.count(f'id="{passage.anchor}"') == 1


def test_every_place_that_a_page_links_to_exists(reader, document, pledge):
    pages = {}
    for address in (
        "/",
        document.get_absolute_url(),
        pledge.get_absolute_url(),
        Article.objects.get().get_absolute_url(),
        Coalition.objects.get().get_absolute_url(),
        "/parties/denmark/",
        "/people/troels-lund-poulsen/",
    ):
        text = reader.get(address).text
        for link in re.findall(r'href="(/[^"]*|#[^"]*)"', text):
            if link.startswith("/static"):
                continue
            path, _, place = unescape(link).partition("#")
            path = path or address
            if path not in pages:
                pages[path] = reader.get(path, follow=True)
            assert pages[path].status_code == 200, link
            if place:
                assert f'id="{place}"' in pages[path].text, f"{address} links to {link}"


def test_both_figures_lead_to_the_first_sentence(reader, document, pledge):
    text = reader.get(pledge.get_absolute_url()).text
    for anchor in ("amount", f"valuation-{pledge.valuations.get().pk}-amount"):
        fact = text.split(f'id="{anchor}"')[1].split('<div class="fact"')[0]
        assert f'href="{document.get_absolute_url()}#c0-215"' in fact
    shown = words(reader.get(pledge.get_absolute_url()))
    assert "DKK 91,000,000" in shown
    own = "about USD 13.26 million, by the source’s own conversion"
    assert f"{own}; −0.36 % off the ECB rate of 24 January 2024, a day that is inferred." in shown


def test_money_that_is_called_a_pledge_later_is_no_conflict_with_its_allocation(reader, pledge):
    shown = words(reader.get(pledge.get_absolute_url()))
    assert "This pledge: Announced inferred" in shown
    assert "cannot be true together" not in shown
    assert "the evidence differs" not in shown


def test_equivalent_is_not_held_against_an_amount_that_is_in_doubt(reader, pledge):
    Pledge.objects.filter(pk=pledge.pk).update(amount=15_000_000)
    head = words(reader.get(pledge.get_absolute_url())).split("How far it has come")[0]
    assert "by the source’s own conversion. Not added to the amount." in head


def test_rates_and_the_conversion_that_rests_on_them_lead_to_each_other(reader, pledge):
    box = reader.get(pledge.get_absolute_url()).text.split('class="conversion computation"')[1].split("</p>")[0]
    assert '<a href="/sources/ecb-reference-rates/">reference rates</a>' in box
    assert "24 January 2024</time>, a day that is inferred (" in box
    response = reader.get("/sources/ecb-reference-rates/")
    assert "No claim of a record rests on it, but conversions rest on its rates." in words(response)
    assert "about USD 13.26 million for Danish support" in words(response)
    assert f'<a href="{pledge.get_absolute_url()}#valuations">' in response.text
    assert "No record rests on it yet" not in response.text
    assert "no claims rest on it; gives exchange rates" in words(reader.get("/sources/"))


def test_coalition_has_nine_members_and_no_pledge(reader, document):
    response = reader.get("/coalitions/it-security-partners/")
    names = [str(membership.party) for membership, _ in response.context["members"]]
    assert names == [
        "Denmark",
        "Estonia",
        "Iceland",
        "Italy",
        "Latvia",
        "Lithuania",
        "Luxembourg",
        "Netherlands",
        "Ukraine",
    ]
    shown = words(response)
    assert "None. No source says that any member’s pledge goes through this coalition." in shown
    assert "Leads not stated" in shown
    assert "Official name not stated" in shown


@pytest.mark.parametrize("slug", ("luxembourg-it-financial-assistance", "estonia-it-financial-assistance"))
def test_amounts_that_are_not_stated_say_so(reader, document, slug):
    shown = words(reader.get(f"/pledges/{slug}/"))
    assert "Amount not stated" in shown
    assert "It is not zero: a total that it belongs to reads “at least”." in shown


def test_list_adds_up_what_can_be_added(reader, document):
    response = reader.get("/pledges/")
    assert "3 pledges" in words(response)
    totals = {total.stage: total for total in response.context["totals"]}
    assert {stage: dict(total.amounts) for stage, total in totals.items()} == {
        "announced": {},
        "allocated": {"DKK": 91_000_000},
    }
    assert "Two amounts not stated" in words(response)
    assert "13.26" not in words(response)


@pytest.mark.parametrize(
    "address",
    (
        "/events/",
        "/events/contact-group-meeting-24-january/",
        "/articles/denmark-allocates-91-million-kroner-cyber-defence/",
    ),
)
def test_day_reads_with_its_year_marked_as_inferred(reader, document, address):
    assert "24 January 2024 (year inferred)" in words(reader.get(address))


def test_event_shows_the_day_as_the_source_has_it(reader, document):
    shown = words(reader.get("/events/contact-group-meeting-24-january/"))
    assert "The same source also says" in shown
    assert "24 January (year not stated)" in shown


def test_nobody_is_quoted(reader, document):
    response = reader.get("/people/troels-lund-poulsen/")
    assert "Paraphrase" in words(response)
    assert "voice__quote" not in response.text
    for statement, _ in response.context["statements"]:
        assert f"<q>{statement.text}" not in response.text
        assert f'<p class="voice__text">{statement.text}' in response.text.replace("&#x27;", "'")


def test_analysis_stands_on_the_source_page_with_its_badge(reader, document):
    text = reader.get(document.get_absolute_url()).text
    for slug in ("analysis-arms-supply-decisions", "analysis-coordinated-approach"):
        block = text.split(f'id="assertion-{slug}"')[1].split("</article>")[0]
        assert '<span class="badge">Analysis</span>' in block
    assert '<span class="badge badge--plain">unattributed</span>' in text


def test_article_is_bound_to_its_records(reader, document, pledge):
    article = Article.objects.with_edition().get()
    assert dead_references(article.live.body) == []
    before = words(reader.get(article.get_absolute_url()))
    assert ("Text not changed since" in before, "Figures updated" in before) == (True, False)
    pledge.amount = 92_000_000
    pledge.save()
    response = reader.get(article.get_absolute_url())
    day = date_format(localtime(pledge.updated_at), "j F Y, H:i e")
    assert f"Figures updated {day} with the records behind them" in words(response)
    assert '<a class="figure to-evidence" href="/pledges/denmark-cyber-91-million-kroner/#amount"' in response.text
    assert "has allocated DKK 92 million" in words(response)
    assert "No corrections so far." in words(response)
    assert "First published" in words(response)


@pytest.mark.parametrize(
    "slug",
    ("denmark", "ukraine", "estonia", "iceland", "danish-ministry-of-defence", "ukrainian-ministry-of-defence"),
)
def test_party_page_leads_to_the_article_on_what_it_takes_part_in(reader, document, slug):
    article = Article.objects.get()
    side = reader.get(f"/parties/{slug}/").text.split('<div class="record__side">')[1]
    assert f'<a href="{article.get_absolute_url()}">' in side
    assert "No article" not in side


def test_party_that_no_article_concerns_says_so(reader, document):
    assert "No article names it." in words(reader.get("/parties/european-central-bank/"))


def test_party_pages_show_each_role(reader, document):
    denmark = words(reader.get("/parties/denmark/"))
    assert "As a donor" in denmark
    assert "As a recipient" not in denmark
    ukraine = words(reader.get("/parties/ukraine/"))
    assert "As a recipient" in ukraine
    assert "As a donor" not in ukraine
