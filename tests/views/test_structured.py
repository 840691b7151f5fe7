"""The data of each kind of page: in the words of schema.org, and true."""

import json
import re

import pytest
from django.urls import NoReverseMatch, reverse

from aid.choices import PartyKind
from tests import builders as make
from tests.formats.schema_org import page_faults

pytestmark = pytest.mark.django_db

HOSTILE = "</script><b>&amp;\u2028 “x”"


def data(reader, address):
    """{type: thing} of a page's data."""
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', reader.get(address).text, re.DOTALL)
    if not found:
        return {}
    [block] = found
    told = json.loads(block)
    assert page_faults(told) == [], address
    return {thing["@type"]: thing for thing in told["@graph"]}


@pytest.fixture
def world(db):
    ministry = make.make_party(kind=PartyKind.MINISTRY, name=f"Ministry {HOSTILE}")
    state = make.make_party(kind=PartyKind.STATE, name="Denmark", slug="denmark", official_name="Kingdom of Denmark")
    person = make.make_person()
    make.make_office(person=person, party=ministry)
    make.make_office(person=person, party=state, title="Prime minister")
    source = make.make_source(
        title=f"Release {HOSTILE}", publisher=ministry, url="https://example.org/a?b=c", published_on="2024-01-24",
        author="Somebody", archive_url="https://archive.example/a",
    )  # fmt: skip
    agreement, event = make.make_agreement(signatories=[state]), make.make_event(starts_on="XXXX-01-24")
    coalition = make.make_coalition(members=[state, ministry], aims="Help.\nMore help.")
    pledge = make.make_pledge(slug="cyber", donor=state, title=f"Cyber {HOSTILE}")
    claim = make.make_claim(pledge, "amount", source=source)
    make.make_claim(make.make_pledge(amount=None), "donor", source=make.make_source(title="Undated"))
    article = make.make_article(
        f"News {HOSTILE}", "[[pledge:cyber:amount]]", slug="news", byline="A. Writer", image=make.make_image()
    )
    make.make_correction(article=article, note=HOSTILE)
    make.make_correction(pledge=pledge)
    return [article, pledge, coalition, agreement, event, state, ministry, person, source, claim]


def test_each_page_is_told_in_the_words_of_schema_org(reader, world):
    told = {}
    for record in world:
        found = data(reader, record.get_absolute_url())
        way = found.pop("BreadcrumbList")["itemListElement"]
        assert [one["position"] for one in way] == [1, 2, 3]
        assert way[2]["item"] == f"http://testserver{record.get_absolute_url()}"
        told[record] = next(iter(found.values()))
    assert [thing["@type"] for thing in told.values()] == [
        "NewsArticle", "WebPage", "Organization", "WebPage", "WebPage", "Country", "GovernmentOrganization", "Person",
        "CreativeWork", "Claim",
    ]  # fmt: skip
    article, pledge, coalition, *_rest, person, source, claim = told.values()
    assert article["author"] == {"@type": "Person", "name": "A. Writer"}
    assert article["image"][-1] == "http://testserver/articles/news/card.png"
    assert len(article["image"]) == 2
    assert article["correction"][0]["text"] == HOSTILE
    assert [one["name"] for one in pledge["about"]] == ["Denmark", world[1].recipient.name]
    assert [one["name"] for one in pledge["citation"]] == [f"Release {HOSTILE}"]
    assert len(pledge["correction"]) == 1
    assert len(coalition["member"]) == 2
    assert set(person["jobTitle"]) == {"Minister of Defence", "Prime minister"}
    assert (source["datePublished"], source["sameAs"]) == ("2024-01-24", "https://example.org/a?b=c")
    assert claim["firstAppearance"]["name"] == f"Release {HOSTILE}"


@pytest.mark.parametrize(
    ("byline", "author"),
    (
        ("Newsroom records desk", {"@type": "Organization", "name": "Newsroom records desk"}),
        ("Ann Ley", {"@type": "Person", "name": "Ann Ley"}),
        ("", None),
    ),
)
def test_an_author_is_somebody(byline, author, reader):
    article = make.make_article(byline=byline)
    assert data(reader, article.get_absolute_url())["NewsArticle"].get("author") == author


def test_a_list_is_data_to_take_along(reader, world, settings):
    settings.DATA_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
    make.make_pledge(announced_on="2022")

    found = data(reader, "/pledges/?donor=denmark")["Dataset"]

    assert (found["url"], found["temporalCoverage"]) == ("http://testserver/pledges/?donor=denmark", "2022/2024")
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    files = {one["encodingFormat"]: one["contentUrl"] for one in found["distribution"]}
    assert files.keys() == {"text/csv", "application/json"}
    for media_type, address in files.items():
        response = reader.get(address.removeprefix("http://testserver"))
        assert (response.status_code, response["Content-Type"].partition(";")[0]) == (200, media_type)
    assert data(reader, "/totals/")["Dataset"]["distribution"]


def test_the_front_page_tells_of_the_site_and_its_search(reader):
    site = data(reader, "/")["WebSite"]
    try:
        search = reverse("search")
    except NoReverseMatch:
        assert "potentialAction" not in site
    else:
        assert (
            site["potentialAction"]["target"]["urlTemplate"] == f"http://testserver{search}?q={{search_term_string}}"
        )


def test_the_rules_find_what_is_wrong():
    fine = {"@type": "ListItem", "position": 1, "name": "A", "item": "http://a.example/"}
    way = {"@type": "BreadcrumbList", "itemListElement": [fine, fine | {"position": 2}]}
    block = {"@context": "https://schema.org", "@graph": [way]}
    assert page_faults(block) == []
    for wrong in (
        way | {"itemListElement": [fine]},
        way | {"itemListElement": [fine, fine]},
        way | {"price": "1"},
        way | {"itemListElement": [fine, fine | {"position": "2nd", "headline": "x"}]},
        {"@type": "Person"},
        {"@type": "Persona", "name": "A"},
        {"@type": "Person", "name": "A", "affiliation": {"@type": "Country", "name": "B"}},
        {"@type": "Person", "name": "A", "url": "/people/a/"},
        {"@type": "CorrectionComment", "text": "A", "datePublished": "yesterday"},
        {"@type": "Dataset", "name": "A", "description": "Too short."},
    ):
        assert page_faults(block | {"@graph": [wrong]}), wrong
