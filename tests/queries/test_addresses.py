import pytest

from aid.models import FormerAddress
from aid.queries.addresses import standing_now
from aid.queries.figures import articles_naming, figures_in
from aid.queries.mentions import articles_concerning
from aid.queries.uses import uses
from tests import builders as make

pytestmark = pytest.mark.django_db


def leads(slug, record):
    kind = record._meta.model_name
    return FormerAddress.objects.create(kind=kind, slug=slug, record=record.pk)


def test_a_figure_follows_a_record_from_a_former_address():
    pledge, party = make.make_pledge(slug="now"), make.make_party(name="Denmark")
    leads("then", pledge)
    leads("danish", party)
    leads("gone", make.make_event())
    FormerAddress.objects.create(kind="event", slug="deleted", record=10**9)

    figures = figures_in("[[pledge:then:amount]] [[pledge:now]] [[party:danish]] [[event:deleted]] [[pledge:gone]]")

    texts = [figure and (figure.text, figure.url) for figure in (figures[one] for one in figures.references)]
    assert texts == [
        ("DKK 91 million", "/pledges/now/#amount"),
        (pledge.title, "/pledges/now/"),
        ("Denmark", f"/parties/{party.slug}/"),
        None,
        None,
    ]
    assert figures.records == [("pledge", pledge), ("party", party)]


def test_a_record_that_stands_at_an_address_comes_before_one_that_stood_there():
    old, new = make.make_pledge(), make.make_pledge(slug="here")
    leads("here", old)

    assert figures_in("[[pledge:here]]").records == [("pledge", new)]


@pytest.mark.parametrize("number", [1, 3])
def test_former_addresses_cost_one_query_and_those_of_their_kinds(number, django_assert_num_queries):
    for n in range(number):
        leads(f"then-{n}", make.make_pledge())
        leads(f"they-{n}", make.make_party())
    body = " ".join(f"[[pledge:then-{n}:amount]] [[party:they-{n}]]" for n in range(3))

    # What is public, the records by their addresses (2), the former addresses, the records again (2) with what
    # pledges fetch (3), and the claims behind the figures.
    with django_assert_num_queries(1 + 2 + 1 + 2 + 3 + 1):
        assert len(figures_in(body).records) == 2 * number


def test_articles_that_name_a_former_address_are_found():
    pledge = make.make_pledge(slug="now")
    leads("then", pledge)
    articles = [make.make_article(body=f"[[pledge:{slug}:amount]]") for slug in ("then", "now")]
    make.make_article(body="[[pledge:then-2:amount]] [[party:then]] `[[pledge:then]]`")

    assert articles_naming("pledge", pledge) == articles[::-1]
    [use] = [use for use in uses(pledge) if use.label == "Articles that name it"]
    assert use.rows == articles


def test_articles_that_concern_a_party_may_name_former_addresses():
    party, pledge = make.make_party(), make.make_pledge()
    pledge.donor = party
    pledge.save()
    leads("they", party)
    leads("money", pledge)
    leads("others", make.make_party())
    articles = [make.make_article(body=body) for body in ("[[party:they]]", "[[pledge:money|it]]")]
    make.make_article(body="[[party:they-2]] [[party:others]] [[pledge:they]]")

    assert articles_concerning(party, 9).rows == articles[::-1]
    assert articles_concerning(pledge.recipient, 9).rows == articles[1:]


def test_nothing_is_asked_where_nothing_is_named(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert standing_now(set()) == {}
