import pytest
from django.utils import timezone

from aid.choices import Basis, Rank
from aid.queries.coverage import coverage
from tests.builders import (
    make_assertion,
    make_claim,
    make_coalition,
    make_membership,
    make_party,
    make_passage,
    make_pledge,
    make_source,
    make_statement,
    make_valuation,
)

pytestmark = pytest.mark.django_db

TEXT = "Denmark gave money. It helps much.\nNobody knows why."


@pytest.fixture
def source():
    return make_source(text=TEXT)


def test_coverage_says_what_each_sentence_became(source):
    passage = make_passage(source, 0, 19)
    pledge = make_pledge()
    valuation = make_valuation(pledge=pledge)
    make_claim(pledge, "donor", [passage])
    make_claim(pledge, "amount", [passage])
    make_claim(valuation, "amount", [passage])
    (use,) = coverage(source).uses(passage)
    assert (use.record, use.fields) == (pledge, ["Donor", "Amount", "Stated equivalent"])
    assert len(use.claims) == 3


def test_fields_are_named_with_their_part_and_only_where_they_tell_something(source):
    passage = make_passage(source, 0, 19)
    coalition = make_coalition()
    for party in (make_party(), make_party()):
        membership = make_membership(coalition=coalition, party=party, joined_on="2024")
        for field in ("party", "role", "joined_on"):
            make_claim(membership, field, [passage])
    valuation = make_valuation(rate_on="2024-01-24")
    stage = valuation.pledge.stages.get()
    for row, field in ((valuation, "rate_on"), (stage, "stage"), (stage, "on")):
        make_claim(row, field, [passage], value="x")
    statement = make_statement(said_on="2024")
    for field in ("text", "party", "said_on"):
        make_claim(statement, field, [passage])
    make_claim(make_assertion(), "text", [passage])
    assert [use.fields for use in coverage(source).uses(passage)] == [
        ["Member", "Member: role", "Member: joined"],
        ["Equivalent: day of its rate", "Stage", "Stage: date"],
        ["Said on"],
        [],
    ]


def test_what_a_sentence_states_comes_before_what_was_inferred_from_it(source):
    passage = make_passage(source, 0, 19)
    inferred, besides, stated = make_pledge(), make_pledge(), make_pledge()
    make_claim(inferred, "amount", [passage], basis=Basis.INFERRED)
    make_claim(besides, "amount", [passage], rank=Rank.ALTERNATIVE)
    make_claim(stated, "amount", [passage])
    (_, _, _, uses), *_ = coverage(source).sentence_rows()
    assert [use.record for use in uses] == [stated, inferred, besides]


def test_coverage_lists_the_sentences_that_are_left_over(source):
    make_claim(make_pledge(), "donor", [make_passage(source, 0, 19)])
    make_passage(source, 20, 34)  # marked, but nothing rests on it
    assert [text for _, text in coverage(source).left_over()] == ["It helps much.", "Nobody knows why."]


def test_sentence_of_a_withdrawn_claim_is_left_over(source):
    make_claim(make_pledge(), "donor", [make_passage(source, 0, 19)], rank=Rank.WITHDRAWN)
    assert len(coverage(source).left_over()) == 3


def test_paragraphs_are_cut_where_passages_begin_and_end(source):
    sentence, words = make_passage(source, 0, 19), make_passage(source, 13, 18)
    for passage in (sentence, words):
        make_claim(make_pledge(), "donor", [passage])
    first, second = coverage(source).paragraphs()
    assert [(segment.text, segment.passages) for segment in first] == [
        ("Denmark gave ", [sentence]),
        ("money", [sentence, words]),
        (".", [sentence]),
        (" It helps much.", []),
    ]
    assert [segment.text for segment in second] == ["Nobody knows why."]
    assert "".join(s.text for s in first) + "\n" + "".join(s.text for s in second) == TEXT


def test_source_without_text_has_nothing_left_over():
    found = coverage(make_source(text=""))
    assert (found.left_over(), found.paragraphs(), found.sentence_rows()) == ([], [], [])


def test_coverage_asks_as_often_for_three_claims_as_for_one(source, django_assert_num_queries):
    passage = make_passage(source, 0, 19)
    for _ in range(3):
        make_claim(make_pledge(), "donor", [passage])
        with django_assert_num_queries(4):
            found = coverage(source)
            [use.fields for _, _, _, uses in found.sentence_rows() for use in uses]
            [str(use.record) for use in found.uses(passage)]


def test_coverage_reads_no_more_claims_than_it_is_told(source):
    pledges = [make_pledge() for _ in range(3)]
    for pledge in pledges:
        make_claim(pledge, "donor", [make_passage(source, 0, 19 + pledge.pk % 10)])
    found = coverage(source, most=2)
    assert (found.records(), found.has_more) == (pledges[:2], True)
    for most in (None, 3):
        found = coverage(source, most)
        assert (found.records(), found.has_more) == (pledges, False)


def alone(source):
    """The fields that each passage alone supports, by its beginning."""
    found = coverage(source)
    numbers = {passage.pk: passage.start for passage in found.passages}
    return {numbers[pk]: [claim.field for claim in claims] for pk, claims in found.alone().items()}


def test_a_passage_is_the_only_support_of_what_nothing_else_says(source):
    first, second = make_passage(source, 0, 19), make_passage(source, 20, 34)
    pledge = make_pledge(announced_on="2024-01-24")
    for field in ("donor", "amount", "announced_on", "recipient"):
        make_claim(pledge, field, [first])
    assert alone(source) == {0: ["donor", "amount", "announced_on", "recipient"]}
    # The same from another sentence, from another source, and from one that only has to agree with it.
    make_claim(pledge, "donor", [second], rank=Rank.ALTERNATIVE)
    make_claim(pledge, "amount", rank=Rank.ALTERNATIVE)
    make_claim(pledge, "announced_on", rank=Rank.ALTERNATIVE, value="2024-01")
    assert alone(source) == {0: ["recipient"]}


@pytest.mark.parametrize(
    ("given", "is_alone"),
    [
        ({"rank": Rank.WITHDRAWN}, True),
        ({"rank": Rank.ALTERNATIVE, "value": "92000000"}, True),
        ({"rank": Rank.ALTERNATIVE}, False),
    ],
)
def test_another_word_about_it_is_a_support_only_if_it_stands_and_says_the_same(source, given, is_alone):
    pledge = make_pledge()
    make_claim(pledge, "amount", [make_passage(source, 0, 19)])
    make_claim(pledge, "amount", **given)
    make_claim(make_pledge(), "amount", rank=Rank.ALTERNATIVE)
    assert (alone(source) == {0: ["amount"]}) is is_alone


def test_two_passages_together_are_no_only_support(source):
    make_claim(make_pledge(), "amount", [make_passage(source, 0, 19), make_passage(source, 20, 34)])
    assert alone(source) == {}


def test_what_is_not_shown_or_was_withdrawn_is_not_published(source):
    passage = make_passage(source, 0, 19)
    make_claim(make_pledge(), "amount", [passage], rank=Rank.ALTERNATIVE)
    pledge = make_pledge(withdrawn_at=timezone.now(), withdrawn_why="It was a hoax.")
    make_claim(pledge, "amount", [passage])
    assert alone(source) == {}


def test_what_stands_alone_costs_one_query_however_much_there_is(source, django_assert_num_queries):
    for n in range(3):
        make_claim(make_pledge(), "donor", [make_passage(source, 0, 19 + n)])
        make_claim(make_coalition(), "name", [make_passage(source, 20, 30 + n)])
        found = coverage(source)
        with django_assert_num_queries(1):
            found.alone()
