"""What readers see of a record and of a text, held against what they saw."""

from decimal import Decimal

import pytest

from aid.models import Pledge
from aid.queries.seen import LONGEST, RecordAsSeen, is_before_readers, text_changes, was_before_readers
from tests import builders as make

pytestmark = pytest.mark.django_db


def changes(before, after):
    """The Changes from one body to another, or from one {column: value} to another."""
    article = make.make_article(**(before if isinstance(before, dict) else {"body": before}))
    revision = make.make_revision(article, **(after if isinstance(after, dict) else {"body": after}))
    return [tuple(change) for change in text_changes(article.live, revision)]


@pytest.mark.parametrize(("before", "after", "expected"), [
    ("One. Two. Three.", "One. Two. Three.", []),
    ("One. Two. Three.", "One. Two! Three.", [("Text", "Two.", "Two!")]),
    ("One. Two.", "One. Two. Three.", [("Text", "", "Three.")]),
    ("One. Two. Three.", "One. Three.", [("Text", "Two.", "")]),
    ("One.\n\nTwo.", "Two.\n\nOne.", [("Text", "Two.", "Two.")]),
    ("One\ntwo.", "One two.", []),
    ("One two.", "One\n\ntwo.", [("Text", "One two.", "One two.")]),
    ("It is *one*.", "It is **one**.", [("Marks and links in the text", "", "")]),
    ("See [it](https://a.example).", "See [it](https://b.example).", [("Marks and links in the text", "", "")]),
    ("[[pledge:cyber:amount]].", "91 million.", [("Text", "DKK 91 million.", "91 million.")]),
    ("[[pledge:cyber|One]].", "[[pledge:cyber|Two]].", [("Text", "One.", "Two.")]),
    ("It gave [[pledge:gone:amount]].", "It gave.", [("Text", "It gave figure not available.", "It gave.")]),
    ("Both.", "<b>Both</b>.", [("Text", "Both.", "<b>Both</b>.")]),
    ({"headline": "One"}, {"headline": "Two"}, [("Headline", "One", "Two")]),
    ({"standfirst": "One", "byline": "A"}, {"standfirst": "", "byline": "B"},
     [("Standfirst", "One", ""), ("Byline", "A", "B")]),
    ({"section": "news"}, {"section": "analysis"}, []),
])  # fmt: skip
def test_a_text_is_told_by_the_sentences_that_read_differently(before, after, expected):
    make.make_pledge(slug="cyber", amount=Decimal("91000000"))

    assert changes(before, after) == expected


def test_a_long_change_is_cut_at_a_word():
    words = "word " * LONGEST

    [(_, was, now)] = changes(words, f"{words}end.")

    assert len(was) <= LONGEST + 2
    assert was.endswith("word …") and now.endswith("word …")


def test_a_record_is_read_from_the_database_and_not_from_what_a_form_holds():
    pledge = make.make_pledge(title="Cyber support")
    before = RecordAsSeen(pledge)

    pledge.title = "Typed"

    assert RecordAsSeen(pledge).changes_to(RecordAsSeen(pledge)) == []
    assert before.changes_to(RecordAsSeen(pledge)) == []
    pledge.save()
    assert [tuple(change) for change in before.changes_to(RecordAsSeen(pledge))] == [
        ("Title", "Cyber support", "Typed")
    ]  # fmt: skip


@pytest.mark.parametrize(("was", "now", "is_told"), [
    ("not_looked_for", "not_stated", False),
    ("not_stated", "undisclosed", True),
    ("not_stated", "not_looked_for", True),
])  # fmt: skip
def test_a_reason_why_there_is_nothing_is_something_that_readers_see(was, now, is_told):
    pledge = make.make_pledge(fund_unknown=was)
    before = RecordAsSeen(pledge)

    Pledge.objects.update(fund_unknown=now)

    assert bool(before.changes_to(RecordAsSeen(pledge))) is is_told


@pytest.mark.parametrize("number", (1, 3))
def test_the_queries_of_a_reading_do_not_grow(number, django_assert_num_queries):
    pledge = make.make_pledge(stages=["announced", "committed", "allocated"][:number])
    for currency in ("USD", "EUR", "SEK")[:number]:
        make.make_valuation(pledge=pledge, currency=currency)
        pledge.beneficiaries.add(make.make_party())
    make.support(pledge)
    with django_assert_num_queries(9):
        RecordAsSeen(pledge)


def test_what_readers_have_and_what_they_once_had(django_assert_num_queries):
    live, draft, gone = make.make_article(), make.make_article(published=False), make.make_article()
    make.make_publication(gone, None)
    pledge = make.make_pledge()

    with django_assert_num_queries(1):
        assert is_before_readers(pledge)
    assert [was_before_readers(row) for row in (live, draft, gone, pledge)] == [True, False, True, True]
