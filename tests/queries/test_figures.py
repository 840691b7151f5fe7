import pytest

from aid.choices import Basis
from aid.models import FormerAddress
from aid.queries.figures import articles_naming, dead_references, figures_in
from tests import builders

pytestmark = pytest.mark.django_db


def shown(text):
    found = figures_in(f"[[{text}]]")
    return next(iter(found.references)) and found.get(found.references[0])


def test_amount_follows_the_record():
    pledge = builders.make_pledge(slug="one")
    assert shown("pledge:one:amount").text == "DKK 91 million"
    pledge.amount = 92_500_000
    pledge.save()
    figure = shown("pledge:one:amount")
    assert (figure.text, figure.url) == ("DKK 92.5 million", "/pledges/one/#amount")
    assert figure.title == "DKK 92,500,000, 92.5 million Danish kroner"


def test_unknown_amount_is_said_and_is_not_dead():
    builders.make_pledge(slug="one", amount=None)
    figure = shown("pledge:one:amount")
    assert (figure.text, figure.is_unknown) == ("amount not stated", True)
    assert dead_references("[[pledge:one:amount]]") == []


def test_inferred_year_is_said():
    event = builders.make_event(slug="one", starts_on="2024?-01-24")
    assert shown("event:one:starts_on").text == "24 January 2024 (year uncertain)"
    builders.make_claim(event, "starts_on", basis=Basis.INFERRED)
    assert shown("event:one:starts_on").text == "24 January 2024 (year inferred)"


def test_parts_are_counted_and_named():
    builders.make_coalition(slug="one", members=[builders.make_party() for _ in range(9)])
    builders.make_agreement(
        slug="two", signatories=[builders.make_party(name="Denmark"), builders.make_party(name="Czech Republic")]
    )
    pledge = builders.make_pledge(slug="three")
    valuation = builders.make_valuation(pledge=pledge, is_approximate=True)
    assert shown("coalition:one:members").text == "nine"
    assert shown("agreement:two:signatories").text == "Czech Republic and Denmark"
    figure = shown("pledge:three:valuation-USD")
    assert (figure.text, figure.url) == (
        "about USD 13.26 million",
        f"/pledges/three/#valuation-{valuation.pk}-amount",
    )
    assert dead_references("[[pledge:three:valuation-EUR]]")


def test_record_without_a_field_shows_its_name():
    builders.make_party(slug="dk", name="Denmark")
    builders.make_article("A headline", slug="art")
    assert shown("party:dk").text == "Denmark"
    assert shown("article:art").text == "A headline"


@pytest.mark.parametrize(
    "text",
    (
        "pledge:none:amount",
        "party:dk:password",
        "party:dk:claims",
        "party:dk:pk",
        "source:one:text",
        "article:draft",
        "nonsense",
    ),
)
def test_dead_references_are_listed(text):
    builders.make_party(slug="dk")
    builders.make_source(slug="one")
    builders.make_article(slug="draft", published=False)
    assert [found.text for found in dead_references(f"[[{text}]]")] == [text]


def test_sources_are_those_of_the_claims_of_the_records_named():
    pledge = builders.make_pledge(slug="one")
    claim = builders.make_claim(pledge, "amount")
    party = builders.make_party(slug="dk", iso_alpha2="DK")
    builders.make_claim(party, "iso_alpha2")
    assert figures_in("[[pledge:one:amount]] [[party:dk]]").sources == [claim.source]


def test_articles_that_name_a_record_are_published_and_name_it_in_their_text():
    pledge = builders.make_pledge(slug="one")
    naming = builders.make_article(body="[[pledge:one:amount]]")
    builders.make_article(body="[[pledge:one-more:amount]]")
    builders.make_article(body="`[[pledge:one]]`")
    builders.make_article(body="[[pledge:one]]", published=False)
    assert articles_naming("pledge", pledge) == [naming]


@pytest.mark.parametrize("times", (1, 40))
def test_queries_do_not_grow_with_the_references(times, django_assert_num_queries):
    body = " ".join(
        f"[[pledge:{builders.make_pledge().slug}:amount]] [[party:{builders.make_party().slug}]]"
        for _ in range(times)
    )
    with django_assert_num_queries(7):
        figures_in(body)


def test_a_record_that_moved_stands_behind_the_text_that_names_its_old_address():
    pledge = builders.make_pledge(slug="old")
    keep = FormerAddress(kind="pledge", slug="old", record=pledge.pk)
    pledge.slug = "new"
    pledge.save()
    keep.save()

    ((kind, record, figure),) = figures_in("It is [[pledge:old:amount]].").behind

    assert (kind, record) == ("pledge", pledge)
    assert figure.url.startswith("/pledges/new/")
