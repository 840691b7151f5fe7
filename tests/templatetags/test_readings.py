from decimal import Decimal
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from django.template import Context, Template

from aid.choices import Basis
from aid.queries.coverage import coverage
from aid.templatetags import readings
from tests import builders


def shown(template, **context):
    return Template("{% load readings %}" + template).render(Context(context))


def test_amount_is_signs_for_the_eye_and_words_for_the_ear():
    row = SimpleNamespace(amount=Decimal("91000000.00"), currency="DKK", is_approximate=True)
    text = shown("{% money row %}", row=row)
    assert '<span aria-hidden="true">about DKK 91 million</span>' in text
    assert '<span class="visually-hidden">about 91 million Danish kroner</span>' in text


@pytest.mark.django_db
def test_unknown_amount_is_said_in_words():
    assert shown("{% money row %}", row=builders.make_pledge(amount=None)) == (
        '<span class="unknown">amount not stated</span>'
    )


@pytest.mark.parametrize(
    ("value", "basis", "text"),
    (
        ("2024?-01-24", Basis.INFERRED, "24 January 2024 (year inferred)"),
        ("2024?", Basis.INFERRED, "2024 (inferred)"),
        ("2024-01-24", Basis.INFERRED, "24 January 2024 (inferred)"),
        ("2024-01-24", Basis.STATED, "24 January 2024"),
        ("XXXX-01-24", Basis.STATED, "24 January (year not stated)"),
        ("2024?-01-24", None, "24 January 2024 (year uncertain)"),
        ("2024?-01-24/2025", Basis.INFERRED, "24 January 2024 to 2025 (year inferred)"),
        ("", Basis.STATED, ""),
    ),
)
def test_dates_say_what_was_inferred(value, basis, text):
    assert readings.dated(value, basis) == text


@pytest.mark.parametrize(("fraction", "text"), ((0.0005, "+0.05 %"), (-0.0036, "−0.36 %"), (0, "0.00 %")))
def test_deviation_has_its_sign(fraction, text):
    assert readings.percent(fraction) == text


@pytest.mark.parametrize(("tag", "words"), (("en", "English"), ("da", "Danish"), ("uk", "Ukrainian"), ("x?", "x?")))
def test_language_in_words(tag, words):
    assert readings.language_words(tag) == words


@pytest.mark.django_db
def test_statement_in_a_list_is_taken_for_a_quote_only_if_it_is_one():
    speaker = builders.make_person(name="Somebody")
    summary = builders.make_statement(speaker=speaker, text="It will help.")
    quote = builders.make_statement(speaker=speaker, form="direct_quote", text="It will help.")
    assert readings.naming(summary) == "Somebody, reported in this site’s words: It will help."
    assert readings.naming(quote) == "Somebody: “It will help.”"
    assert [readings.kind_of(row) for row in (summary, quote)] == ["Paraphrase", "Direct quote"]


@pytest.mark.django_db
def test_marked_text_nests_passages_and_loses_no_letter():
    source = builders.make_source("A first sentence. A second & <third> one. The last.\nA new paragraph.")
    spans = [(0, 17), (2, 7), (2, 7 + 3), (10, 30), (18, 41), (42, 68), (0, 68)]
    for start, end in spans:
        passage = builders.make_passage(source, start, end)
        builders.make_claim(builders.make_party(), "parent", passages=[passage], value="x")
    html = readings.marked_text(coverage(source))
    letters = []
    reader = HTMLParser()
    reader.handle_data = letters.append
    reader.feed(html)
    assert "".join(letters) == source.text
    assert html.count("<span") == html.count("</span>")
    assert html.count("<a ") == html.count("</a>")
    ids = [part.split('"')[0] for part in html.split('id="')[1:]]
    assert len(ids) == len(set(ids))
    assert {"c0-17", "c2-7", "c18-41", "c0-68"} <= set(ids)
    assert "&lt;third&gt;" in html
    assert 'href="#s1"' in html
    assert 'href="#s4"' in html
