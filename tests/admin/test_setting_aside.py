import re

import pytest
from django.urls import reverse

from aid.models import SetAside
from tests.builders import make_claim, make_passage, make_pledge, make_source

pytestmark = pytest.mark.django_db

TEXT = "Denmark gave money. It helps much.\nRead more tomorrow."
WHY = "It announces another text."


@pytest.fixture
def source():
    source = make_source(text=TEXT)
    make_claim(make_pledge(title="The pledge"), "amount", [make_passage(source, 0, 19)])
    return source


def page(source, start=35):
    return f"/admin/aid/source/{source.pk}/set-aside/?start={start}"


def home(source):
    return reverse("admin:aid_source_change", args=[source.pk])


def test_the_source_counts_its_sentences_and_leads_to_what_can_be_set_aside(source, editor):
    shown = editor.get(home(source)).content.decode()
    assert "3 sentences: 1 rest in a record, 0 set aside, 2 left over." in shown
    assert page(source) in shown
    assert "<b>Only support of</b> amount of The pledge" in shown


def test_a_sentence_is_set_aside_with_a_reason_and_taken_up_again(source, editor):
    assert "Read more tomorrow." in editor.get(page(source)).content.decode()
    assert editor.post(page(source), {"why": WHY}).headers["Location"] == home(source)
    shown = editor.get(home(source)).content.decode()
    assert "1 rest in a record, 1 set aside, 1 left over." in shown and WHY in shown
    assert WHY in editor.get(page(source)).content.decode()
    editor.post(page(source), {"take_up": "1"})
    assert SetAside.objects.count() == 0


@pytest.mark.parametrize("start", ["", "3", "-1", "x", "9" * 40, "٣٥", "0.5"])
def test_a_place_where_no_sentence_begins_sets_nothing_aside(source, editor, start):
    assert "No sentence of this text begins there" in editor.get(page(source, start)).content.decode()
    assert editor.post(page(source, start), {"why": WHY}).status_code == 200
    editor.post(page(source, start), {"take_up": "1"})
    assert SetAside.objects.count() == 0


def test_without_a_reason_nothing_is_set_aside(source, editor):
    assert "Say why no record is made of it" in editor.post(page(source), {"why": " "}).content.decode()
    assert SetAside.objects.count() == 0


def test_readers_see_how_many_were_set_aside_and_why(source, editor, client):
    editor.post(page(source), {"why": WHY})
    found = client.get(source.get_absolute_url()).content.decode()
    shown = " ".join(re.sub(r"<[^>]+>", "", found).split())
    assert "One rests in a record, one was set aside, one is left over." in shown
    assert WHY in shown
    assert "only support" in shown and "of 1 published value" in shown


def test_the_desk_lists_no_source_whose_sentences_were_set_aside(source, editor):
    for start in (20, 35):
        assert source.title in editor.get("/admin/").content.decode()
        editor.post(page(source, start), {"why": WHY})
    lists = editor.get("/admin/").context["broken"]
    left = next(found for found in lists if found["title"] == "Sentences left over")
    assert left["items"] == []
