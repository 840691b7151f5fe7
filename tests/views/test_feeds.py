"""Feeds as a feed reader gets them: their form, what stands in them, and what moves when something changes."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import feedparser
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from aid.models import Article, Pledge
from aid.views.feeds import LISTS, RECORDS
from tests import builders as make
from tests.formats.feeds import FAULTS

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOSTILE = "<script>alert(1)</script> & ]]> \x0b “Київ” <a href='javascript:alert(1)' onclick=x>x</a>"
FORMS = ("atom", "rss", "json")


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as machine:
        yield machine


def items(reader, address):
    """The items of a JSON feed by their title."""
    response = reader.get(address)
    assert response.status_code == 200, response.text
    found = json.loads(response.text)["items"]
    assert len({item["title"] for item in found}) == len(found)
    return {item["title"]: item for item in found}


def moments(item):
    return item["date_published"], item["date_modified"]


@pytest.fixture
def world(clock):
    """Something of everything, with texts that nobody should write."""
    clock.move_to(NOON - DAY)
    donor, recipient = make.make_party(name=f"Donor {HOSTILE[:60]}"), make.make_party(name="Ukraine")
    person, coalition = make.make_person(name=f"Somebody {HOSTILE[:60]}"), make.make_coalition(members=[donor])
    source = make.make_source(title=f"Release {HOSTILE}"[:200], publisher=donor, url="https://example.org/a?b=c&d=e")
    pledge = make.make_pledge(
        slug="cyber", title=f"Support {HOSTILE}"[:160], donor=donor, recipient=recipient, coalition=coalition,
        coalition_unknown="", stages=["announced", "allocated"],
    )  # fmt: skip
    make.make_valuation(pledge=pledge)
    make.make_claim(pledge, "amount", [make.make_passage(source)], wording=HOSTILE[:100])
    make.make_agreement(signatories=[donor], signed_on="2024-01-23")
    make.make_event(host=donor, starts_on="2024-01-24")
    make.make_statement(party=donor, speaker=person, text=HOSTILE.replace("“", "").replace("”", ""), pledge=pledge)
    article = make.make_article(
        "News of it", f"It gave [[pledge:cyber:amount]].\n\n{HOSTILE}", slug="news", standfirst=HOSTILE,
        byline="A. Writer", published_at=NOON - DAY,
    )  # fmt: skip
    make.make_correction(pledge=pledge, note=HOSTILE, was=HOSTILE, now="Other.", decided_at=NOON - HOUR)
    clock.move_to(NOON)
    return {"party": donor, "coalition": coalition, "person": person, "pledge": pledge, "article": article}


def addresses(world):
    found = [reverse("site-feed", args=[form]) for form in FORMS]
    found += [reverse(f"{kind}-feed", args=[form]) for kind in LISTS for form in FORMS]
    return found + [reverse(f"{kind}-follow", args=[world[kind].slug, form]) for kind in RECORDS for form in FORMS]


def test_every_feed_keeps_the_rules_of_its_form(reader, world, settings):
    settings.WEBSUB_HUB = "https://hub.example.org/"
    for address in addresses(world):
        response = reader.get(address)
        form = address.rpartition(".")[2]
        assert (response.status_code, FAULTS[form](response.content)) == (200, []), address
        assert response["Link"] == f'<https://hub.example.org/>; rel="hub", <http://testserver{address}>; rel="self"'
        if form == "json":
            feed = json.loads(response.content)
            assert (len(feed["items"]) > 0, feed["feed_url"]) == (True, f"http://testserver{address}")
            assert feed["hubs"] == [{"type": "WebSub", "url": "https://hub.example.org/"}]
        else:
            found = feedparser.parse(response.content)
            assert (found.bozo, len(found.entries) > 0) == (False, True), address
            related = {link.rel: link.href for link in found.feed.links}
            assert (related["self"], related["hub"]) == (f"http://testserver{address}", "https://hub.example.org/")


def test_the_rules_are_not_kept_by_everything():
    """What the checks of this file are worth."""
    entry = "<entry><id>a:1</id><title>T</title><updated>2026-03-02T12:00:00Z</updated>{}</entry>"
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><id>a:b</id><title>T</title><updated>{}</updated>{}</feed>'
    links = '<link rel="self" href="http://a.example/"/><link rel="alternate" href="http://a.example/"/>'
    author = "<author><name>A</name></author>"
    assert FAULTS["atom"](feed.format("2026-03-02T12:00:00Z", links + author + entry.format(""))) == []
    for wrong in (
        feed.format("2026-03-02", links + author),
        feed.format("2026-03-02T12:00:00Z", author),
        feed.format("2026-03-02T12:00:00Z", links + entry.format("")),
        feed.format("2026-03-02T12:00:00Z", links + author + entry.format("") * 2),
        feed.format(
            "2026-03-02T12:00:00Z", links + author + entry.format('<content type="html">&lt;a href="/"></content>')
        ),
    ):
        assert FAULTS["atom"](wrong), wrong
    assert FAULTS["json"]('{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": 1}]}')
    assert FAULTS["rss"]('<rss version="2.0"><channel><title>T</title><description>D</description></channel></rss>')


def test_an_article_stands_in_its_feed_in_full(reader, world):
    item = items(reader, "/articles/feed.json")["News of it"]

    html = item["content_html"]
    assert '<a href="http://testserver/pledges/cyber/#amount"' in html
    assert "DKK 91 million" in html
    assert '<a href="http://testserver/sources/' in html
    assert "&lt;script&gt;" in html
    assert item["authors"] == [{"name": "A. Writer"}]


def test_a_correction_moves_updated_and_nothing_else(reader, clock):
    clock.move_to(NOON - DAY)
    pledge = make.make_pledge(title="Cyber support", slug="cyber")
    article = make.make_article("News", "Of [[pledge:cyber]].", published_at=NOON - DAY)
    feeds = {"/pledges/feed.json": "Cyber support", "/articles/feed.json": "News"}
    before = {address: items(reader, address)[title] for address, title in feeds.items()}
    clock.move_to(NOON)

    make.make_correction(pledge=pledge, note="It was wrong.", decided_at=NOON)
    make.make_correction(article=article, note="It was wrong.", decided_at=NOON)

    for address, title in feeds.items():
        was, now = before[address], items(reader, address)[title]
        assert moments(was) == ("2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00+00:00")
        assert moments(now) == ("2026-03-01T12:00:00+00:00", "2026-03-02T12:00:00+00:00")
        assert "It was wrong." in now.pop("content_html")
        assert {**now, "date_modified": ""} == {
            name: value for name, value in (was | {"date_modified": ""}).items() if name != "content_html"
        }
    rss = feedparser.parse(reader.get("/articles/feed.rss").content).entries[0]
    assert rss.published == "Sun, 01 Mar 2026 12:00:00 +0000"


def test_only_what_readers_see_moves_updated(reader, clock):
    clock.move_to(NOON - DAY)
    pledge = make.make_pledge(title="Cyber support", slug="cyber")
    make.make_article("News", "It gave [[pledge:cyber:amount]].", published_at=NOON - DAY)

    def updated():
        return [
            items(reader, address)[title]["date_modified"]
            for address, title in (("/pledges/feed.json", "Cyber support"), ("/articles/feed.json", "News"))
        ]

    clock.move_to(NOON)
    Pledge.objects.get(pk=pledge.pk).save()
    pledge.review_by, pledge.embargo_until = NOON.date(), NOON - HOUR
    pledge.save()
    assert updated() == ["2026-03-01T12:00:00+00:00"] * 2

    # A purpose stands in the pledge's entry and not in the article.
    pledge.purposes, pledge.purposes_unknown = "Servers", ""
    pledge.save()
    assert updated() == ["2026-03-02T12:00:00+00:00", "2026-03-01T12:00:00+00:00"]

    clock.move_to(NOON + HOUR)
    pledge.amount = Decimal("92000000")
    pledge.save()
    assert updated() == ["2026-03-02T13:00:00+00:00"] * 2

    # What hides from readers tells nothing, not even when it was saved.
    clock.move_to(NOON + 2 * HOUR)
    secret = make.make_source(embargo_until=NOON + DAY)
    make.make_claim(pledge, "amount", source=secret, value="93000000", rank="alternative")
    pledge.sectors.add(make.make_sector())
    assert updated() == ["2026-03-02T14:00:00+00:00", "2026-03-02T13:00:00+00:00"]
    clock.move_to(NOON + 3 * HOUR)
    make.make_claim(pledge, "donor", source=secret, rank="alternative")
    pledge.beneficiaries.add(make.make_party(embargo_until=NOON + DAY))
    # It would have hidden the pledge as a preferred value does; as one of several it is left out.
    assert updated()[1] == "2026-03-02T13:00:00+00:00"


def test_ids_outlive_addresses_and_hosts(reader, clock, settings):
    settings.ALLOWED_HOSTS = ["*"]
    pledge, article = make.make_pledge(title="One"), make.make_article("Two")
    names = [items(reader, "/feed.json")[title]["id"] for title in ("One", "Two")]

    pledge.slug = "renamed"
    pledge.save()
    Article.objects.filter(pk=article.pk).update(slug="renamed")
    elsewhere = json.loads(Client(headers={"host": "news.example"}).get("/da/feed.json").text)["items"]

    assert {item["title"]: item["id"] for item in elsewhere} == dict(zip(("One", "Two"), names, strict=True))
    assert {item["url"] for item in elsewhere} == {
        "http://news.example/da/pledges/renamed/", "http://news.example/da/articles/renamed/",
    }  # fmt: skip


def test_a_further_stage_is_an_entry_of_its_own(reader, clock):
    clock.move_to(NOON - DAY)
    pledge = make.make_pledge(title="Cyber support", stages=["announced"])
    assert list(items(reader, "/pledges/feed.json")) == ["Cyber support"]
    clock.move_to(NOON)

    make.make_stage(pledge=pledge, position=2, stage="delivered", wording="handed over")

    found = items(reader, "/pledges/feed.json")
    step = found["Cyber support: Delivered"]
    assert step["date_published"] == "2026-03-02T12:00:00+00:00"
    assert step["url"].startswith(f"http://testserver{pledge.get_absolute_url()}#stage_step-")
    assert "handed over" in step["content_html"]
    assert moments(found["Cyber support"]) == ("2026-03-01T12:00:00+00:00", "2026-03-02T12:00:00+00:00")


def test_the_feed_of_a_filtered_list_holds_what_the_list_holds(reader, clock):
    donor = make.make_party(slug="denmark", name="Denmark")
    make.make_pledge(title="Theirs", donor=donor, stages=["announced", "delivered"])
    make.make_pledge(title="Another's")

    assert set(items(reader, "/pledges/feed.json?donor=denmark&sort=largest")) == {"Theirs", "Theirs: Delivered"}
    listed = reader.get("/pledges/?sort=largest&donor=denmark&amount=").text
    assert 'title="Pledges, Donor: Denmark" href="/pledges/feed.atom?donor=denmark"' in listed
    feed = json.loads(reader.get("/pledges/feed.json?amount=&donor=denmark&stage=delivered").text)
    assert feed["title"] == "Pledges · Donor: Denmark · Stage: Delivered · Newsroom"
    assert feed["home_page_url"] == "http://testserver/pledges/?donor=denmark&stage=delivered"
    assert feed["feed_url"] == "http://testserver/pledges/feed.json?donor=denmark&stage=delivered"


@pytest.mark.parametrize("query", ["donor=nobody", "donor=%00", "colour=red", "amount_from=5", "donor=a&donor=b"])
def test_a_filter_that_cannot_be_used_gives_no_wider_feed(query, reader):
    make.make_pledge(title="One of all")

    response = reader.get(f"/pledges/feed.atom?{query}")

    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "One of all" not in response.text
    assert len(response.text.splitlines()) > 1


def test_what_concerns_a_record_stands_in_its_feed(reader, world):
    of_party = items(reader, reverse("party-follow", args=[world["party"].slug, "json"]))
    kinds = {tag for item in of_party.values() for tag in item["tags"]}
    assert {
        "Pledge",
        "Coalition",
        "Agreement",
        "Event",
        "Source",
        "Statement",
        "Party",
        "News",
        "Correction",
    } <= kinds
    other = make.make_party(slug="other")
    assert [item["tags"] for item in items(reader, "/parties/other/feed.json").values()] == [["Party"]]
    assert set(items(reader, reverse("pledge-follow", args=["cyber", "json"]))) > {"News of it"}
    assert reader.get(f"/parties/{other.slug}/feed.doc").status_code == 404
    assert reader.get("/parties/nobody/feed.atom").status_code == 404


def test_a_feed_says_not_modified_until_something_is(reader, clock):
    make.make_pledge()
    first = reader.get("/feed.atom")
    headers = {"If-None-Match": first["ETag"], "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
    clock.move_to(NOON + DAY)
    assert (reader.get("/feed.atom", headers=headers).status_code, reader.head("/feed.atom").content) == (304, b"")
    assert "Last-Modified" not in first.headers

    make.make_pledge()

    assert reader.get("/feed.atom", headers=headers).status_code == 200


def test_a_feed_of_the_past_is_what_it_was(reader, clock):
    pledge = make.make_pledge(title="As it was")
    then = reader.get("/pledges/feed.json").text
    clock.move_to(NOON + DAY)
    pledge.title = "As it is"
    pledge.save()

    past = reader.get("/pledges/feed.json?as_of=2026-03-02T12:00Z")

    assert past["X-Robots-Tag"] == "noindex"
    without = re.sub(r"\?as_of=[^\"]*", "", past.text)
    assert json.loads(without) == json.loads(then)


def test_a_retracted_article_sends_its_note_and_not_its_text(reader, clock):
    article = make.make_article("News", "The wrong words.", standfirst="Wrong too.")
    make.make_correction(article=article, kind="retraction", note="It was forged.")

    item = items(reader, "/articles/feed.json")["Retracted: News"]

    assert ("wrong" in json.dumps(item).lower(), item["summary"]) == (False, "It was forged.")


@pytest.mark.parametrize("rows", (1, 3))
@pytest.mark.parametrize(
    ("address", "queries"),
    (("/feed.atom", 63), ("/articles/feed.rss", 15), ("/pledges/feed.json", 26), ("/claims/feed.atom", 9),
     ("/parties/denmark/feed.atom", 68)),
)  # fmt: skip
def test_feeds_take_as_many_queries_for_three_as_for_one(address, queries, rows, reader, django_assert_num_queries):
    denmark, ukraine = make.make_party(slug="denmark"), make.make_party()
    for n in range(rows):
        pledge = make.make_pledge(donor=denmark, recipient=ukraine, slug=f"p{n}", stages=["announced", "delivered"])
        make.make_valuation(pledge=pledge)
        make.make_claim(pledge, "amount")
        make.make_coalition(members=[denmark])
        make.make_agreement(signatories=[denmark])
        make.make_event(host=denmark)
        article = make.make_article(f"A{n}", f"[[pledge:p{n}:amount]] [[party:denmark]]")
        pledge.purposes, pledge.purposes_unknown = "Changed", ""
        pledge.save()
        make.make_correction(pledge=pledge).affected.add(article)
    with django_assert_num_queries(queries):
        assert reader.get(address).status_code == 200


def test_every_page_names_its_feeds(reader, world):
    def discovered(address):
        return re.findall(r'<link rel="alternate" type="application/(\S+?)" title="([^"]*)" href="([^"]*)">',
                          reader.get(address).text)  # fmt: skip

    for address in ("/", "/feeds/", "/about/", "/totals/", "/nothing/"):
        assert [href for _, _, href in discovered(address)] == ["/feed.atom", "/corrections/feed/"], address
    assert [href for _, _, href in discovered("/events/?kind=meeting")] == [
        *(f"/events/feed.{form}?kind=meeting" for form in FORMS), "/feed.atom", "/corrections/feed/",
    ]  # fmt: skip
    assert ("atom+xml", world["coalition"].name, f"/coalitions/{world['coalition'].slug}/feed.atom") in discovered(
        world["coalition"].get_absolute_url()
    )
    page = reader.get("/feeds/").text
    assert '<a href="/feeds/">Feeds</a>' in reader.get("/").text
    missing = [
        kind for kind in LISTS for form in FORMS if f'href="{reverse(f"{kind}-feed", args=[form])}"' not in page
    ]
    assert missing == []
