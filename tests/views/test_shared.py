"""What other sites show of this one: cards, frames, oEmbed; and what a page says of itself when it is sent on."""

import io
import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from PIL import Image

from aid import cards
from aid.models import Pledge
from tests import builders as make

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FRAMED = ("article", "pledge", "coalition", "claim")


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as machine:
        yield machine


@pytest.fixture
def world(clock):
    source = make.make_source(title="The release")
    pledge = make.make_pledge(slug="cyber", title="Cyber <b>support</b>")
    claim = make.make_claim(pledge, "amount", [make.make_passage(source)])
    coalition = make.make_coalition(members=[pledge.donor, pledge.recipient])
    for membership in coalition.memberships.all():
        make.make_claim(membership, "party", source=source)
    article = make.make_article("News of it", "It gave [[pledge:cyber:amount]].", slug="news")
    return {"pledge": pledge, "claim": claim, "coalition": coalition, "article": article}


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", "", response.text.partition("<body")[2])).split())


def address_of(world, kind):
    return world[kind].get_absolute_url()


# Cards


def picture(response):
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    image = Image.open(io.BytesIO(response.content))
    image.load()
    return image


def test_each_record_has_a_card_of_the_size_that_networks_ask_for(reader, world):
    others = [make.make_agreement(), make.make_event(), make.make_party(), make.make_person(), make.make_source()]
    pages = [page.get_absolute_url() for page in (*world.values(), *others)] + ["/", "/uk/pledges/cyber/"]
    seen = set()
    for page in pages:
        assert picture(reader.get(f"{page}card.png")).size == (1200, 630), page
        told = reader.get(page).text
        assert f'<meta property="og:image" content="http://testserver{page}card.png">' in told
        assert '<meta name="twitter:card" content="summary_large_image">' in told
        seen.add(reader.get(f"{page}card.png").content)
    assert len(seen) == len(pages)


LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 5
TEXTS = [
    "A headline",
    LONG,
    "Данія виділяє кошти на ґрунтовний кіберзахист їжаків " * 6,
    "漢字 🙂 \u202e\x00 ‮",
    "W " * 300,
    "",
]


@pytest.mark.parametrize("text", TEXTS)
def test_no_text_runs_over_the_edge_of_a_card(text):
    for figure in (text, ""):
        image = Image.open(io.BytesIO(cards.drawn(cards.Card(text, text, figure, False, text)))).convert("RGB")
        paper = image.getpixel((5, 300))
        margins = [(0, 20, cards.MARGIN - 8, 630), (1200 - cards.MARGIN + 8, 20, 1200, 630), (0, 600, 1200, 630)]
        for box in margins:
            assert set(image.crop(box).get_flattened_data()) == {paper}, (text[:20], box)


def test_letters_are_taken_from_a_font_that_has_them():
    face = cards.Face(40)
    for text in ("DKK 91 million", "Łódź, ő", "Міністерство оборони України, ґанок"):
        for font, letters in face.runs(text):
            assert all(cards._has(font, sign) for sign in letters), text


def test_a_figure_is_never_cut():
    face, found = cards._figure("DKK 91 million", 1056)
    assert (found, face.size) == (["DKK 91 million"], 104)
    assert (
        "".join(cards._figure("DKK 999,999,999,999.99 " * 3, 1056)[1]).replace(" ", "") == "DKK999,999,999,999.99" * 3
    )
    assert cards._figure("9" * 300, 1056)[1] == []


def test_a_card_is_drawn_anew_when_something_on_it_changes_and_only_then(reader, world):
    first = reader.get("/pledges/cyber/card.png")
    again = {"If-None-Match": first["ETag"]}
    assert (reader.get("/pledges/cyber/card.png", headers=again).status_code, first["Cache-Control"]) == (
        304,
        "no-cache",
    )
    Pledge.objects.filter(slug="cyber").update(amount=None, currency="", amount_unknown="not_stated")

    second = reader.get("/pledges/cyber/card.png", headers=again)

    assert (second.status_code, second.content != first.content) == (200, True)


def test_what_is_hidden_or_withdrawn_has_neither_card_nor_frame(reader, world):
    hidden = make.make_pledge(embargo_until=NOON + DAY)
    gone = make.make_pledge(withdrawn_at=NOON, withdrawn_why="It was counted twice.")
    taken = make.make_article("Once", published_at=NOON - DAY)
    make.make_publication(taken, None)
    claim = make.make_claim(world["pledge"], "donor", rank="withdrawn")
    for page, status in ((hidden, 404), (gone, 410), (taken, 410), (claim, 410)):
        for part in ("card.png", "embed/"):
            assert reader.get(f"{page.get_absolute_url()}{part}").status_code == status, (page, part)
    frame = reader.get(f"{gone.get_absolute_url()}embed/")
    assert "It was counted twice." in words(frame)
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
    assert "Once" not in reader.get(f"{taken.get_absolute_url()}embed/").text


# Frames


@pytest.mark.parametrize("kind", FRAMED)
def test_a_frame_shows_the_figure_with_all_that_makes_it_true(kind, reader, world):
    page = address_of(world, kind)
    make.make_correction(pledge=world["pledge"], note="It gave another amount.").affected.add(world["article"])
    make.make_correction(coalition=world["coalition"], note="It gave another amount.")

    frame = reader.get(f"{page}embed/")

    told = words(frame)
    assert ("2 members" if kind == "coalition" else "DKK 91 million") in told
    assert "stated" in told.lower()
    assert "Source: The release" in told
    assert "Correction, 2 March 2026: It gave another amount." in told
    assert ("Allocated" in told) is (kind in ("article", "pledge"))
    assert f'<link rel="canonical" href="http://testserver{page}">' in frame.text
    assert ("<script" in frame.text, "<b>support" in frame.text) == (False, False)
    assert frame["X-Robots-Tag"] == "noindex"


def test_only_a_frame_may_be_framed(reader, world):
    for kind in FRAMED:
        frame, page = reader.get(f"{address_of(world, kind)}embed/"), reader.get(address_of(world, kind))
        assert "X-Frame-Options" not in frame.headers
        assert "frame-ancestors *" in frame["Content-Security-Policy"]
        assert "script-src 'none'" in frame["Content-Security-Policy"]
        assert page["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    for other in ("/pledges/nothing/embed/", "/pledges/cyber/card.png", "/oembed", "/"):
        assert reader.get(other)["X-Frame-Options"] == "DENY"


def test_an_amount_that_is_not_known_is_said_to_be_unknown(reader, clock):
    pledge = make.make_pledge(amount=None)
    assert "Amount: not stated" in words(reader.get(f"{pledge.get_absolute_url()}embed/"))


# oEmbed


def asked(reader, url, **more):
    return reader.get("/oembed", {"url": url, **more})


@pytest.mark.parametrize("kind", FRAMED)
def test_oembed_gives_the_frame_of_a_page(kind, reader, world):
    page = f"http://testserver{address_of(world, kind)}"
    discovered = re.findall(r'<link rel="alternate" type="(\S+oembed)" href="([^"]+)">', reader.get(page).text)
    assert [media_type for media_type, _ in discovered] == ["application/json+oembed", "text/xml+oembed"]

    as_json, as_xml = (reader.get(unescape(address)) for _, address in discovered)

    found = as_json.json()
    assert (found["version"], found["type"], found["provider_name"]) == ("1.0", "rich", "Newsroom")
    assert f'src="{page}embed/"' in found["html"]
    assert (found["width"], found["height"], found["thumbnail_width"]) == (560, 340, 1200)
    assert reader.get(found["thumbnail_url"]).status_code == 200
    root = ElementTree.fromstring(as_xml.content)
    assert (root.tag, {child.tag: child.text for child in root}) == (
        "oembed", {name: str(value) for name, value in found.items()},
    )  # fmt: skip
    assert (as_json["Content-Type"], as_xml["Content-Type"]) == ("application/json", "text/xml; charset=utf-8")


def test_oembed_keeps_the_limits_and_says_what_it_cannot_do(reader, world):
    page = "http://testserver/pledges/cyber/"
    small = asked(reader, page, maxwidth="200", maxheight="100").json()
    assert (small["width"], small["height"], "thumbnail_url" in small) == (200, 100, False)
    assert 'width="200" height="100"' in small["html"]
    assert "/da/pledges/cyber/embed/" in asked(reader, "http://testserver/da/pledges/cyber/").json()["html"]
    for url, more, status in (
        (page, {"format": "yaml"}, 501),
        (page, {"maxwidth": "wide"}, 400),
        (page, {"maxwidth": "-5"}, 400),
        ("http://elsewhere.example/pledges/cyber/", {}, 404),
        ("http://testserver/pledges/nothing/", {}, 404),
        ("http://testserver/pledges/", {}, 404),
        ("http://testserver/admin/", {}, 404),
        ("http://[", {}, 404),
        ("javascript:alert(1)", {}, 404),
        ("", {}, 404),
        (make.make_pledge(embargo_until=NOON + DAY).get_absolute_url(), {}, 404),
    ):
        response = asked(reader, url, **more)
        assert (response.status_code, response["Content-Type"]) == (status, "text/plain; charset=utf-8"), url


# The page itself


def test_a_page_says_of_itself_what_its_title_says(reader, world):
    make.make_pledge(title='Quoted "amount" & <more>', slug="quoted")
    told = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', reader.get("/pledges/quoted/").text))
    assert unescape(told["og:title"]) == 'Quoted "amount" & <more>'
    assert told["og:description"].startswith("Party ")
    assert (told["og:type"], told["og:url"]) == ("website", "http://testserver/pledges/quoted/")
    assert (told["og:image:width"], told["og:image:height"]) == ("1200", "630")
    article = dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', reader.get("/articles/news/").text))
    assert (article["og:type"], article["article:published_time"]) == ("article", "2026-03-02T12:00:00+00:00")


def test_a_record_leads_back_and_can_be_sent_on_without_anybody_else(reader, world):
    page = reader.get("/pledges/cyber/").text
    assert '<a href="/pledges/">Pledges</a>' in page.partition('class="crumbs"')[2].partition("</nav>")[0]
    line = page.partition('class="share"')[2].partition("</aside>")[0]
    assert "&lt;iframe src=&quot;http://testserver/pledges/cyber/embed/&quot;" in line.replace('"', "&quot;")
    assert 'href="/pledges/cyber/feed.atom"' in line
    assert {re.sub(r"[:/].*", "", href) or "/" for href in re.findall(r'href="([^"]+)"', line)} <= {"/", "mailto"}
    assert 'class="share"' not in reader.get("/pledges/").text + reader.get("/").text


def test_a_list_has_one_address_whatever_the_order_of_its_filters(reader, world):
    donor = world["pledge"].donor.slug
    for query in (f"stage=allocated&donor={donor}&sort=newest&amount=", f"donor={donor}&stage=allocated&page=1"):
        canonical = f'<link rel="canonical" href="http://testserver/pledges/?donor={donor}&amp;stage=allocated">'
        assert canonical in reader.get(f"/pledges/?{query}").text


@pytest.mark.parametrize("rows", (1, 3))
def test_cards_and_frames_take_as_many_queries_for_three_members_as_for_one(rows, reader, django_assert_num_queries):
    coalition = make.make_coalition(slug="it", members=[make.make_party() for _ in range(rows)])
    for membership in coalition.memberships.all():
        make.make_claim(membership, "party")
    for address in ("/coalitions/it/card.png", "/coalitions/it/embed/"):
        with django_assert_num_queries(7):
            assert reader.get(address).status_code == 200
