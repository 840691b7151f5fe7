"""What readers are told of changes: on the article, in the list, in the feed, and in the data for programs."""

import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import time_machine
from django.urls import reverse

from aid.exchange.feeds import plain
from aid.models import Correction
from aid.templatetags.structured import json_ld
from tests import builders as make

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/corrections/feed/"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOSTILE = "</script><script>alert(1)</script><!-- & \u2028 \u2029 “’ \x0b ]]>"


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as machine:
        yield machine


def words(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.text))


def data(response):
    """The page's structured data, as a program reads it."""
    [found] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.text, re.DOTALL)
    [article, _way] = json.loads(found)["@graph"]
    return article


def entries(response):
    return ElementTree.fromstring(response.content).findall(f"{ATOM}entry")


# The article


def test_an_article_tells_its_own_corrections_and_those_of_the_records_it_showed(reader, clock):
    pledge = make.make_pledge(title="Cyber support")
    article, other = make.make_article("News"), make.make_article("Other")
    own = make.make_correction(article=article, kind="update", note="More is known.", decided_at=NOON - 2 * DAY)
    of_record = make.make_correction(
        pledge=pledge, note="The amount was wrong.", was="91\nDKK", now="92", decided_at=NOON - DAY
    )
    of_record.affected.add(article)

    response = reader.get(article.get_absolute_url())

    told = words(response)
    assert "Corrected on 1 March 2026" in told
    assert "Updated on 28 February 2026" in told
    assert told.index("The amount was wrong.") < told.index("More is known.")
    assert "In the record Cyber support, which this article shows." in told
    assert "<dd>91<br>DKK</dd>" in response.text
    for correction in (own, of_record):
        assert f'id="correction-{correction.key}"' in response.text
        assert f'<a href="#correction-{correction.key}">' in response.text
    assert "The amount was wrong." in words(reader.get(pledge.get_absolute_url()))
    assert "No corrections so far." in words(reader.get(other.get_absolute_url()))


def test_the_head_names_each_kind_once_with_its_last_day(reader, clock):
    article = make.make_article()
    for days, kind in ((3, "correction"), (2, "correction"), (1, "clarification")):
        make.make_correction(article=article, kind=kind, decided_at=NOON - days * DAY)

    told = words(reader.get(article.get_absolute_url()))

    assert told.count("Corrected on") == 1
    assert "Clarified on 1 March 2026 Corrected on 28 February 2026" in told


def test_a_note_on_a_text_to_come_is_nowhere_before_its_minute(reader, clock):
    article = make.make_article(published_at=NOON - HOUR)
    make.make_correction(article=article, note="It said another thing.", decided_at=NOON + HOUR)
    pages = [article.get_absolute_url(), "/corrections/", "/", FEED]

    assert [("It said another thing." in reader.get(page).text) for page in pages] == [False] * 4
    clock.move_to(NOON + HOUR)
    assert [("It said another thing." in reader.get(page).text) for page in pages] == [True] * 4


def test_a_retracted_article_stays_and_says_so_first(reader, clock):
    article = make.make_article("A headline", "The retracted words.", standfirst="The standfirst.", slug="retracted")
    make.make_correction(article=article, kind="retraction", note="Its document was forged.", decided_at=NOON)

    response = reader.get(article.get_absolute_url())

    assert response.status_code == 200
    assert "noindex" not in response.text
    assert "<title>Retracted: A headline · Newsroom</title>" in response.text
    assert '<h1><span class="retracted">Retracted:</span> A headline</h1>' in response.text
    shown = response.text
    said, closed, text = (
        shown.index(part)
        for part in (
            "This article was retracted on",
            '<details class="story__body retracted-text">',
            "<p>The retracted",
        )
    )
    assert said < shown.index("Its document was forged.", said) < closed < text
    assert '<meta name="description" content="This article was retracted. Its document was forged.">' in shown
    assert data(response)["headline"] == "Retracted: A headline"
    assert data(response)["creativeWorkStatus"] == "Retracted"


@pytest.mark.parametrize("address", ["/", "/articles/", "/corrections/", "/pledges/cyber/", "/articles/other/"])
def test_a_retracted_article_is_named_so_wherever_it_is_named(address, reader, clock):
    make.make_pledge(slug="cyber")
    article = make.make_article("A headline", "[[pledge:cyber:amount]]", slug="retracted")
    make.make_article("Other", "See [[article:retracted]].", slug="other")
    assert "Retracted: A headline" not in reader.get(address).text

    make.make_correction(article=article, kind="retraction")

    assert "Retracted: A headline" in reader.get(address).text


def test_a_retracted_article_does_not_lead_and_its_standfirst_is_not_repeated(reader, clock):
    make.make_article("The older one", published_at=NOON - DAY)
    article = make.make_article("A headline", standfirst="What was wrong.", published_at=NOON)
    assert reader.get("/").context["lead"] == article

    make.make_correction(article=article, kind="retraction", note="It was wrong.", decided_at=NOON)

    front, listed = reader.get("/"), reader.get("/articles/")
    assert (front.context["lead"].live.headline, front.context["latest"]) == ("The older one", [article])
    assert "What was wrong." not in front.text + listed.text
    assert data(reader.get(article.get_absolute_url()))["description"] == "It was wrong."
    [entry] = entries(reader.get(FEED))
    assert entry.findtext(f"{ATOM}title") == "Retraction: A headline"


def test_a_retraction_that_is_taken_back_stays_told_and_holds_no_more(reader, clock):
    article = make.make_article("A headline")
    make.make_correction(article=article, kind="retraction", note="Its document was forged.", decided_at=NOON - HOUR)
    make.make_correction(article=article, kind="reinstatement", note="It was not.", decided_at=NOON)

    response = reader.get(article.get_absolute_url())

    assert ("Retracted: A headline" in response.text, "retracted-text" in response.text) == (False, False)
    assert "Its document was forged." in response.text
    assert "Reinstated on 2 March 2026" in words(response)


def test_a_retraction_of_a_record_retracts_no_article(reader, clock):
    article = make.make_article("A headline")
    make.make_correction(pledge=make.make_pledge(), kind="retraction").affected.add(article)

    assert "This article was retracted" not in reader.get(article.get_absolute_url()).text


def test_figures_are_called_updated_only_where_one_reads_differently(reader, clock):
    pledge = make.make_pledge(slug="cyber", amount=Decimal("91000000"))
    article = make.make_article(body="It gave [[pledge:cyber:amount]].", published_at=NOON)
    clock.move_to(NOON + HOUR)
    pledge.purposes, pledge.purposes_unknown = "Servers", ""
    pledge.save()
    assert "Figures updated" not in words(reader.get(article.get_absolute_url()))

    clock.move_to(NOON + 2 * HOUR)
    pledge.amount = Decimal("92000000")
    pledge.save()

    response = reader.get(article.get_absolute_url())
    assert "Figures updated 2 March 2026, 14:00 UTC" in words(response)
    assert data(response)["dateModified"] == "2026-03-02T14:00:00+00:00"


# The data for programs


def test_the_data_of_an_article(reader, clock):
    clock.move_to(NOON - 2 * DAY)
    source = make.make_source(title="The release", url="https://example.org/release")
    pledge = make.make_pledge(slug="cyber")
    make.make_claim(pledge, "amount", source=source)
    clock.move_to(NOON)
    article = make.make_article(
        "News",
        "[[pledge:cyber:amount]]",
        slug="news",
        byline="A. Writer",
        standfirst="In short.",
        published_at=NOON - DAY,
    )
    correction = make.make_correction(article=article, note="It was wrong.", decided_at=NOON - HOUR)

    found = data(reader.get("/articles/news/"))

    site = "http://testserver"
    publisher = {
        "@type": "NewsMediaOrganization",
        "@id": f"{site}/#publisher",
        "name": "Newsroom",
        "url": f"{site}/",
        "logo": {"@type": "ImageObject", "url": f"{site}/card.png"},
        "correctionsPolicy": site + reverse("corrections-policy"),
        "publishingPrinciples": site + reverse("policy-list"),
    }
    assert found == {
        "@type": "NewsArticle",
        "@id": f"{site}/articles/news/",
        "url": f"{site}/articles/news/",
        "mainEntityOfPage": f"{site}/articles/news/",
        "headline": "News",
        "description": "In short.",
        "image": [f"{site}/articles/news/card.png"],
        "articleSection": "News",
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "datePublished": "2026-03-01T12:00:00+00:00",
        "dateModified": "2026-03-02T11:00:00+00:00",
        "author": {"@type": "Person", "name": "A. Writer"},
        "publisher": publisher,
        "citation": [{
            "@type": "CreativeWork",
            "name": "The release",
            "url": site + source.get_absolute_url(),
            "sameAs": "https://example.org/release",
        }],
        "correction": [{
            "@type": "CorrectionComment",
            "datePublished": "2026-03-02T11:00:00+00:00",
            "text": "It was wrong.",
            "url": f"{site}/articles/news/#correction-{correction.key}",
        }],
    }  # fmt: skip


def test_an_unsigned_article_without_more_says_no_more(reader, clock):
    found = data(reader.get(make.make_article(body="Text.").get_absolute_url()))

    assert {"author", "description", "citation", "correction", "creativeWorkStatus"} & found.keys() == set()


def test_hostile_words_stay_within_the_data(reader, clock):
    article = make.make_article(HOSTILE[:150], standfirst=HOSTILE, byline=HOSTILE[:100])
    make.make_correction(article=article, note=HOSTILE, was=HOSTILE, now=HOSTILE)

    response = reader.get(article.get_absolute_url())

    found = data(response)
    assert (found["headline"], found["description"], found["correction"][0]["text"]) == (
        HOSTILE[:150],
        HOSTILE,
        HOSTILE,
    )
    assert response.text.count("<script") == response.text.count("</script>")
    assert response.text.count("ld+json") == 1
    block = response.text.partition('ld+json">')[2].partition("</script>")[0]
    assert not set("<>&\u2028\u2029\x0b") & set(block)


def test_every_letter_that_could_end_the_data_is_written_otherwise():
    block = json_ld({"<&>": "\u2028\u2029</ScRiPt"})

    inside = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert inside == '{"\\u003C\\u0026\\u003E": "\\u2028\\u2029\\u003C/ScRiPt"}'


def test_a_preview_and_a_withdrawn_article_have_no_data(reader, editor, clock):
    article = make.make_article(published=False)
    withdrawn = make.make_article(published_at=NOON - HOUR)
    make.make_publication(withdrawn, None)

    assert "ld+json" not in editor.get(f"{article.get_absolute_url()}?preview").text
    assert "ld+json" not in reader.get(withdrawn.get_absolute_url()).text


# The list


def test_the_list_tells_what_was_and_where_it_shows(reader, clock):
    pledge, person = make.make_pledge(title="Cyber support"), make.make_person(name="Somebody")
    first, hidden = make.make_article("First"), make.make_article("Hidden", embargo_until=NOON + DAY)
    correction = make.make_correction(pledge=pledge, was="91", now="92", decided_at=NOON - DAY)
    correction.affected.add(first, hidden)
    make.make_correction(person=person, note="The name was misspelt.", decided_at=NOON)

    response = reader.get("/corrections/")

    told = words(response)
    assert told.index("Somebody") < told.index("Cyber support")
    assert "<dt>It said</dt><dd>91</dd></div><div><dt>It says now</dt><dd>92</dd>" in response.text
    assert f'Shown in <a href="{first.get_absolute_url()}#correction-{correction.key}">First</a></p>' in response.text
    assert "Hidden" not in told
    assert f'href="/people/{person.slug}/#correction-' in response.text
    assert "The name was misspelt." in reader.get(person.get_absolute_url()).text


def test_a_source_tells_its_corrections(reader):
    source = make.make_source()
    make.make_correction(source=source, note="Its date was wrong.")

    assert "Its date was wrong." in reader.get(source.get_absolute_url()).text


@pytest.mark.parametrize("rows", (1, 3))
@pytest.mark.parametrize(("address", "queries"), (("/corrections/", 7), (FEED, 7)))
def test_list_and_feed_take_as_many_queries_for_three_as_for_one(
    address, queries, rows, reader, django_assert_num_queries
):
    for _ in range(rows):
        make.make_correction()
        statement = make.make_statement(speaker=make.make_person())
        assertion = make.make_assertion()
        make.make_claim(assertion, "text")
        for subject in ({"pledge": make.make_pledge()}, {"statement": statement}, {"assertion": assertion},
                        {"office": make.make_office()}, {"source": make.make_source()}):  # fmt: skip
            make.make_correction(**subject).affected.add(make.make_article(), make.make_article())
    with django_assert_num_queries(queries):
        response = reader.get(address)
    assert response.status_code == 200


@pytest.mark.parametrize("rows", (1, 3))
def test_an_article_takes_as_many_queries_for_three_notes_as_for_one(rows, reader, django_assert_num_queries):
    article = make.make_article()
    for _ in range(rows):
        make.make_correction(article=article)
        for subject in ({"pledge": make.make_pledge()}, {"statement": make.make_statement()}):
            make.make_correction(**subject).affected.add(article)
    with django_assert_num_queries(5):
        assert reader.get(article.get_absolute_url()).status_code == 200


# The feed


def test_the_feed_is_atom_with_all_that_atom_needs(reader, clock):
    article = make.make_article("Ærø & <b>more</b>")
    older = make.make_correction(
        article=article, note="It was <i>wrong</i> & late.", was="91 < 92", decided_at=NOON - DAY
    )
    make.make_correction(pledge=make.make_pledge(title="Cyber support"), kind="update", decided_at=NOON)

    response = reader.get(FEED)

    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    assert feed.tag == f"{ATOM}feed"
    assert [feed.findtext(f"{ATOM}{name}") for name in ("title", "id", "updated")] == [
        "Corrections · Newsroom", "http://testserver/corrections/", "2026-03-02T12:00:00+00:00",
    ]  # fmt: skip
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Newsroom"
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"alternate": "http://testserver/corrections/", "self": f"http://testserver{FEED}"}
    first, second = entries(response)
    assert first.findtext(f"{ATOM}title") == "Update: Cyber support"
    assert second.findtext(f"{ATOM}title") == "Correction: Ærø & <b>more</b>"
    for name in ("id", "updated", "published", "summary"):
        assert second.findtext(f"{ATOM}{name}")
    assert second.findtext(f"{ATOM}updated") == "2026-03-01T12:00:00+00:00"
    assert second.find(f"{ATOM}link").get("href") == f"http://testserver{older.get_absolute_url()}"
    assert second.find(f"{ATOM}category").get("term") == "Correction"
    assert second.findtext(f"{ATOM}summary") == "It was &lt;i&gt;wrong&lt;/i&gt; &amp; late."
    content = second.find(f"{ATOM}content")
    assert content.get("type") == "html"
    assert content.text == (
        "<p>It was &lt;i&gt;wrong&lt;/i&gt; &amp; late.</p><p><b>It said</b></p><p>91 &lt; 92</p>"
    )


def test_an_id_is_a_uuid_that_stays_with_the_key_wherever_the_site_is(reader, clock):
    correction = make.make_correction(key="abcdefghjk")
    make.make_correction()

    ids = [{entry.findtext(f"{ATOM}id") for entry in entries(reader.get(FEED, headers={"host": host}))}
           for host in ("localhost", "127.0.0.1")]  # fmt: skip

    assert ids[0] == ids[1]
    assert len(ids[0]) == 2
    assert all(UUID(found.removeprefix("urn:uuid:")) for found in ids[0])
    Correction.objects.filter(pk=correction.pk).update(note="Another note.")
    assert {entry.findtext(f"{ATOM}id") for entry in entries(reader.get(FEED))} == ids[0]


def test_hostile_words_break_no_feed(reader, clock):
    make.make_correction(article=make.make_article(HOSTILE[:150]), note=HOSTILE, was="\x08\ufffe", now="x\x1f")

    [entry] = entries(reader.get(FEED))

    assert entry.findtext(f"{ATOM}title") == f"Correction: {plain(HOSTILE[:150])}"
    assert "<script" not in entry.findtext(f"{ATOM}summary") + entry.findtext(f"{ATOM}content")


def test_the_feed_holds_what_is_public_and_no_more_than_fifty(reader, clock):
    make.make_correction(article=make.make_article(published=False), note="secret")
    make.make_correction(pledge=make.make_pledge(embargo_until=NOON + DAY), note="secret")
    article = make.make_article()
    for n in range(52):
        make.make_correction(article=article, note=f"Number {n}.", decided_at=NOON - DAY + n * timedelta(minutes=1))

    response = reader.get(FEED)

    assert "secret" not in response.text
    found = entries(response)
    assert len(found) == 50
    assert found[0].findtext(f"{ATOM}summary") == "Number 51."


def test_an_empty_feed_is_a_feed_and_stays_the_same(reader, clock):
    first = reader.get(FEED)
    clock.shift(HOUR)

    assert ElementTree.fromstring(first.content).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00+00:00"
    assert reader.get(FEED).content == first.content


def test_who_has_the_feed_already_is_told_so_until_something_changes(reader, clock):
    pledge = make.make_pledge(embargo_until=NOON + HOUR)
    make.make_correction(article=make.make_article())
    make.make_correction(pledge=pledge, decided_at=NOON - DAY)
    first = reader.get(FEED)
    assert "Last-Modified" not in first.headers

    def again():
        return reader.get(FEED, headers={"if-none-match": first.headers["ETag"]})

    clock.move_to(NOON + HOUR - timedelta(seconds=1))
    assert (again().status_code, again().content) == (304, b"")
    # An older correction becomes visible with its record: no row has changed, only the hour.
    clock.move_to(NOON + HOUR)
    assert again().status_code == 200
    assert len(entries(again())) == 2


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_feed_is_only_read(method, reader):
    assert getattr(reader, method)(FEED).status_code == 405


@pytest.mark.parametrize("address", ["/", "/corrections/", "/articles/", "/pledges/", "/about/"])
def test_every_page_names_the_feed(address, reader):
    link = (
        f'<link rel="alternate" type="application/atom+xml" title="Corrections" href="{reverse("correction-feed")}">'
    )
    assert link in reader.get(address).text
