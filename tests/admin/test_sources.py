"""A source: its text is taken once, and its page says what became of each sentence."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from aid.models import Source
from aid.models.sources import text_hash
from tests import builders as make
from tests.admin.forms import errors, sent

ADD = "/admin/aid/source/add/"
REASONS = {f"{name}_unknown": "not_stated" for name in ("publisher", "author", "url", "published_on")}


def change(row):
    return reverse("admin:aid_source_change", args=[row.pk])


def add(client, **fields):
    typed = {"title": "A release", "slug": "a-release", "kind": "news_report"} | REASONS | fields
    return client.post(ADD, sent(client.get(ADD), **typed))


@pytest.mark.parametrize("typed, stored", [
    ("One.\r\nTwo.\r\n", "One.\nTwo.\n"),
    ("One.\rTwo.", "One.\nTwo."),
    ("  Indented, and kept so.  ", "  Indented, and kept so.  "),
    ("", ""),
])  # fmt: skip
def test_text_is_kept_but_for_its_line_endings(typed, stored, editor):
    add(editor, text=typed)

    source = Source.objects.get()
    assert (source.text, source.sha256) == (stored, text_hash(stored))


def test_text_cannot_be_changed_afterwards(editor):
    source = make.make_source("As received.")
    page = editor.get(change(source))

    response = editor.post(change(source), sent(page, text="Improved.", title="Another title"))

    source.refresh_from_db()
    assert (response.status_code, source.title) == (302, "Another title")
    assert (source.text, source.sha256) == ("As received.", text_hash("As received."))


@pytest.mark.parametrize("fields, expected", [
    ({"text": "a\0b"}, {"text": ["null_characters_not_allowed"]}),
    ({"url": "javascript:alert(1)", "url_unknown": "not_looked_for"}, {"url": ["invalid"]}),
    ({"archive_url": "ftp://example.org/a"}, {"__all__": ["scheme"]}),
    ({"published_on": "yesterday", "published_on_unknown": "not_looked_for"}, {"published_on": ["edtf"]}),
    ({"author_unknown": ""}, {"author_unknown": ["known_or_unknown"]}),
    ({"kind": "rumour"}, {"kind": ["invalid_choice"]}),
    ({"accessed_on": "2024-02-31"}, {"accessed_on": ["invalid"]}),
])  # fmt: skip
def test_a_broken_rule_is_a_sentence_and_the_text_is_not_lost(fields, expected, editor):
    response = add(editor, **{"text": "A long text."} | fields)

    assert errors(response) == expected
    assert Source.objects.count() == 0
    assert response.context["adminform"].form["text"].value() == fields.get("text", "A long text.")


def test_page_says_what_each_sentence_became(editor):
    source = make.make_source("First sentence. Second <b>sentence</b>.")
    event = make.make_event(title="The meeting")
    make.make_claim(event, "title", [make.make_passage(source, 0, 15)])

    page = editor.get(change(source))

    html = page.content.decode()
    assert "<mark>First sentence.</mark>" in html
    assert "Second &lt;b&gt;sentence&lt;/b&gt;." in html
    reading = page.context["coverage"]
    assert [(row["number"], [(use["record"], use["fields"]) for use in row["uses"]])
            for row in reading.sentences()] == [(1, [("The meeting", "title")]), (2, [])]  # fmt: skip
    assert [row["text"] for row in reading.left_over()] == ["Second <b>sentence</b>."]
    assert html.index("Left over") < html.index("The text with its passages")


def test_a_left_over_sentence_begins_a_claim(editor):
    source = make.make_source("Only sentence.")
    links = dict(editor.get(change(source)).context["coverage"].left_over()[0]["links"])

    record = editor.get(links["a new pledge"])
    claim = editor.get(links["a claim on a record that is there"])

    assert set(links) == {"a claim on a record that is there", "a new pledge", "a new coalition", "a new agreement",
                          "a new event", "a new statement", "a new assertion"}  # fmt: skip
    row = record.context["inline_admin_formsets"][-1].formset.forms[0]
    assert (row["source"].value(), row["quote"].value()) == (str(source.pk), "Only sentence.")
    form = claim.context["adminform"].form
    assert (form["source"].value(), form["quote"].value()) == (str(source.pk), "Only sentence.")
    assert parse_qs(urlsplit(links["a new pledge"]).query)["claim_quote"] == ["Only sentence."]


def test_the_document_is_wholly_covered(editor, document):
    page = editor.get(change(document))

    assert len(page.context["coverage"].sentences()) == 14
    assert page.context["coverage"].left_over() == []
