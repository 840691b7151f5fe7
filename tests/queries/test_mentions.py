import pytest

from aid.queries.mentions import articles_concerning
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "record",
    (
        lambda party: party,
        lambda party: builders.make_pledge(donor=party),
        lambda party: builders.make_pledge(recipient=party),
        lambda party: builders.make_pledge(beneficiaries=[builders.make_party(), party]),
        lambda party: builders.make_pledge(fund=party),
        lambda party: builders.make_statement(party=party, pledge=builders.make_pledge()).pledge,
        lambda party: builders.make_coalition(members=[builders.make_party(), party]),
        lambda party: builders.make_coalition(framework=party),
        lambda party: builders.make_agreement(signatories=[party, builders.make_party()]),
    ),
)
def test_article_concerns_a_party_that_takes_part_in_what_it_names(record):
    party = builders.make_party()
    row = record(party)
    article = builders.make_article(body=f"[[{row._meta.model_name}:{row.slug}|it]] [[party:nobody]]")
    builders.make_article(body=f"[[{row._meta.model_name}:{row.slug}|it]]", published=False)
    builders.make_article(body=f"`[[{row._meta.model_name}:{row.slug}|it]]`")
    builders.make_article(body=f"[[pledge:{builders.make_pledge().slug}]]")
    found = articles_concerning(party, 5)
    assert (found.rows, found.has_more, found.left_unread) == ([article], False, False)
    assert not articles_concerning(builders.make_party(), 5)


def test_newest_articles_come_first_and_what_is_left_out_is_said():
    party = builders.make_party()
    articles = [builders.make_article(body=f"[[party:{party.slug}]]") for _ in range(4)]
    found = articles_concerning(party, 2)
    assert (found.rows, found.has_more, found.left_unread) == ([articles[3], articles[2]], True, False)
    found = articles_concerning(party, 9, read=3)
    assert (len(found.rows), found.has_more, found.left_unread) == (3, False, True)


@pytest.mark.parametrize("number", (1, 6))
def test_queries_do_not_grow_with_the_articles(number, django_assert_num_queries):
    party = builders.make_party()
    for _ in range(number):
        pledge, coalition = builders.make_pledge(donor=party), builders.make_coalition(members=[party])
        agreement = builders.make_agreement(signatories=[party])
        builders.make_article(
            body=f"[[pledge:{pledge.slug}]] [[coalition:{coalition.slug}]] [[agreement:{agreement.slug}]]"
        )
    with django_assert_num_queries(6):
        found = articles_concerning(party, 9)
        assert [article.live.headline for article in found.rows] == ["A headline"] * number
