import pytest

from aid.choices import Rank
from aid.queries.figures import figures_in
from aid.queries.notes import notes_of
from aid.queries.public import Public
from tests import builders

pytestmark = pytest.mark.django_db


def noted(body):
    public = Public()
    return list(notes_of(figures_in(body, public=public), public).values())


def cited(row, *fields, source=None):
    passage = builders.make_passage(source)
    for field in fields:
        builders.make_claim(row, field, passages=[passage])
    return row


def test_notes_are_numbered_in_the_order_of_the_text_and_each_figure_has_one():
    one, two = (cited(builders.make_pledge(), "amount", "currency", "announced_on") for _ in range(2))
    notes = noted(
        f"[[pledge:{two.slug}:announced_on]] [[pledge:{one.slug}|One]] [[pledge:{one.slug}:amount]], again "
        f"[[pledge:{two.slug}:announced_on]]; [[pledge:nothing:amount]]"
    )
    assert [(note.number, note.record, note.row.name) for note in notes] == [
        (1, two, "announced_on"),
        (2, one, "amount"),
    ]
    assert [len(note.row.said) for note in notes] == [1, 1]
    assert notes[0].row.said[0].claim.passages.get().quote.startswith("One sentence")


def test_note_has_the_other_sources_that_disagree():
    pledge = cited(builders.make_pledge(), "amount")
    other = builders.make_claim(pledge, "amount", value="92000000", rank=Rank.ALTERNATIVE)
    builders.make_claim(pledge, "amount", value="93000000", rank=Rank.WITHDRAWN)
    (note,) = noted(f"[[pledge:{pledge.slug}:amount]]")
    assert [(said.claim.pk == other.pk, said.disagrees) for said in note.row.said] == [(False, False), (True, True)]


def test_stated_equivalent_has_the_evidence_of_its_own_amount():
    pledge = cited(builders.make_pledge(), "amount")
    valuation = cited(builders.make_valuation(pledge=pledge, currency="USD"), "amount")
    (note,) = noted(f"[[pledge:{pledge.slug}:valuation-USD]]")
    assert note.row.evidence.target == valuation
    assert note.row.said[0].claim.valuation == valuation


def test_count_and_stage_lead_to_the_place_where_each_row_has_its_evidence():
    coalition = builders.make_coalition(members=[builders.make_party()])
    pledge = builders.make_pledge()
    notes = noted(f"[[coalition:{coalition.slug}:members]] [[pledge:{pledge.slug}:stage]]")
    assert [(note.row, note.figure.leads_to, note.figure.url) for note in notes] == [
        (None, "rows", f"{coalition.get_absolute_url()}#members"),
        (None, "evidence", f"{pledge.get_absolute_url()}#stage"),
    ]


def test_unknown_value_has_a_note_that_says_why():
    pledge = builders.make_pledge(amount=None)
    (note,) = noted(f"[[pledge:{pledge.slug}:amount]]")
    assert (note.row.reading, note.row.unknown, note.row.said) == (None, "not stated", [])


@pytest.mark.parametrize("rows", (1, 3))
def test_notes_take_as_many_queries_for_three_figures_as_for_one(rows, django_assert_num_queries):
    body = ""
    for _ in range(rows):
        pledge = cited(builders.make_pledge(), "amount", "currency", "donor")
        cited(builders.make_valuation(pledge=pledge, currency="USD"), "amount")
        builders.make_claim(pledge, "donor", value=builders.make_party().slug, rank=Rank.ALTERNATIVE)
        body += (
            f"[[pledge:{pledge.slug}:amount]] [[pledge:{pledge.slug}:donor]] [[pledge:{pledge.slug}:valuation-USD]] "
        )
    public = Public().kept()
    figures = figures_in(body, public=public)
    with django_assert_num_queries(3):
        notes = notes_of(figures, public)
        assert [len(note.row.said[0].places) for note in notes.values()] == [1, 1, 1] * rows
