import pytest

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
        with django_assert_num_queries(3):
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
