"""What programs find at the root of the site: sitemaps by the rules of sitemaps.org and Google, and three texts."""

import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from aid.queries import sitemaps
from tests import builders as make

pytestmark = pytest.mark.django_db

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
W3C_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as machine:
        yield machine


def read(reader, address):
    response = reader.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8"), address
    assert len(response.content) < 50 * 1024 * 1024
    return ElementTree.fromstring(response.content)


def faults(root):
    """What of a sitemap or an index breaks the rules of sitemaps.org 0.9 or of Google's news."""
    kinds = {f"{SITEMAP}urlset": f"{SITEMAP}url", f"{SITEMAP}sitemapindex": f"{SITEMAP}sitemap"}
    if root.tag not in kinds:
        return [f"the root is {root.tag}"]
    found, order = [], ["loc", "lastmod", "changefreq", "priority"]
    places = [one.findtext(f"{SITEMAP}loc") for one in root]
    found += [f"{one.tag} is no part of it" for one in root if one.tag != kinds[root.tag]]
    found += [f"{place} is no whole address" for place in places if not re.match(r"https?://[^/\s]+/", place or "")]
    found += ["an address stands twice"] if len(set(places)) != len(places) else []
    found += ["more than 50,000"] if len(places) > 50_000 else []
    for one in root:
        own = [child.tag.removeprefix(SITEMAP) for child in one if child.tag.startswith(SITEMAP)]
        found += [f"{own} is no order of the schema"] if own != sorted(own, key=order.index) else []
        for moment in one.findall(f"{SITEMAP}lastmod"):
            found += [] if W3C_MOMENT.fullmatch(moment.text) else [f"{moment.text} is no W3C moment"]
        for news in one.findall(f"{NEWS}news"):
            if [child.tag.removeprefix(NEWS) for child in news] != ["publication", "publication_date", "title"]:
                found.append("a piece of news has other parts than the schema")
            if [child.tag.removeprefix(NEWS) for child in news[0]] != ["name", "language"] or not news[2].text:
                found.append("a publication without its name and its language")
            found += [] if W3C_MOMENT.fullmatch(news[1].text) else [f"{news[1].text} is no W3C moment"]
        for link in one.findall(f"{XHTML}link"):
            if (link.get("rel"), bool(link.get("hreflang")), link.get("href", "")[:4]) != ("alternate", True, "http"):
                found.append("a link to another language that is none")
    return found


def locations(root):
    return [one.findtext(f"{SITEMAP}loc").removeprefix("http://testserver") for one in root]


def everything(reader):
    """All addresses of all parts that the index names, with the moment of each."""
    found = {}
    for address in locations(read(reader, "/sitemap.xml")):
        root = read(reader, address)
        assert faults(root) == [], address
        if address != "/sitemaps/news.xml":
            found |= {
                place: one.findtext(f"{SITEMAP}lastmod") for place, one in zip(locations(root), root, strict=True)
            }
    return found


def test_the_parts_hold_each_public_page_and_no_other(reader, clock, monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST", 2)
    pledges = [make.make_pledge() for _ in range(5)]
    hidden = make.make_pledge(embargo_until=NOON + DAY)
    withdrawn = make.make_event(withdrawn_at=NOON - DAY, withdrawn_why="It never took place.")
    draft, article = make.make_article(published=False), make.make_article()

    assert faults(read(reader, "/sitemap.xml")) == []
    found = everything(reader)

    shown = {page.get_absolute_url() for page in (*pledges, article, *(pledge.donor for pledge in pledges))}
    assert shown <= found.keys()
    assert {page.get_absolute_url() for page in (hidden, withdrawn, draft)} & found.keys() == set()
    assert [address for address in found if reader.get(address).status_code != 200] == []
    assert "/sitemaps/pledges-3.xml" in locations(read(reader, "/sitemap.xml"))
    for address in ("/sitemaps/pledges-4.xml", "/sitemaps/pledges-0.xml", "/sitemaps/users-1.xml"):
        assert reader.get(address).status_code == 404
    first = read(reader, "/sitemaps/pledges-1.xml")
    assert {link.get("hreflang") for link in first.iter(f"{XHTML}link")} == {"en", "da", "uk", "x-default"}


def test_lastmod_is_the_last_change_that_a_reader_can_see(reader, clock):
    clock.move_to(NOON - DAY)
    pledge, article = make.make_pledge(), make.make_article(published_at=NOON - DAY)
    clock.move_to(NOON)
    pledge.review_by = NOON.date()
    pledge.save()
    pages = (pledge.get_absolute_url(), article.get_absolute_url())
    assert [everything(reader)[page] for page in pages] == ["2026-03-01T12:00:00+00:00"] * 2

    pledge.purposes, pledge.purposes_unknown = "Servers", ""
    pledge.save()
    make.make_correction(article=article, decided_at=NOON)

    assert [everything(reader)[page] for page in pages] == ["2026-03-02T12:00:00+00:00"] * 2


def test_news_is_of_two_days(reader, clock):
    for hours in (-1, 1, 47, 49):
        make.make_article(f"Published {hours} hours ago", published_at=NOON - hours * HOUR, slug=f"a{hours}")
    retracted = make.make_article("Retracted", published_at=NOON - HOUR)
    make.make_correction(article=retracted, kind="retraction")

    root = read(reader, "/sitemaps/news.xml")

    assert (locations(root), faults(root)) == (["/articles/a1/", "/articles/a47/"], [])
    assert [one.text for one in root.iter(f"{NEWS}title")] == ["Published 1 hours ago", "Published 47 hours ago"]
    assert next(root.iter(f"{NEWS}publication_date")).text == "2026-03-02T11:00:00+00:00"


@pytest.mark.parametrize("rows", (1, 3))
def test_a_part_takes_as_many_queries_for_three_pages_as_for_one(rows, reader, django_assert_num_queries):
    for n in range(rows):
        pledge = make.make_pledge(slug=f"p{n}", stages=["announced", "delivered"])
        make.make_claim(pledge, "amount")
        make.make_article(body=f"[[pledge:p{n}:amount]]")
        pledge.purposes, pledge.purposes_unknown = "Changed", ""
        pledge.save()
    for address, queries in (("/sitemap.xml", 9), ("/sitemaps/pledges-1.xml", 10), ("/sitemaps/articles-1.xml", 10)):
        with django_assert_num_queries(queries):
            assert reader.get(address).status_code == 200


def test_robots_keeps_programs_from_the_desk_and_names_the_index(reader):
    lines = reader.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /admin/", "Disallow: /preview/", "Sitemap: http://testserver/sitemap.xml"} <= set(lines)
    assert reader.get("/robots.txt")["Content-Type"] == "text/plain; charset=utf-8"
    assert "Newsroom" in reader.get("/humans.txt").text


def test_security_txt_never_ends_in_the_past(reader, clock, settings):
    assert reader.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT, settings.SECURITY_DAYS = "mailto:security@news.example", 30
    for later in (0, 400):
        clock.move_to(NOON + later * DAY)
        fields = dict(line.split(": ", 1) for line in reader.get("/.well-known/security.txt").text.splitlines())
        assert fields["Contact"] == "mailto:security@news.example"
        assert timedelta(29) < datetime.fromisoformat(fields["Expires"]) - NOON - later * DAY < timedelta(31)
        assert fields["Canonical"] == "http://testserver/.well-known/security.txt"
