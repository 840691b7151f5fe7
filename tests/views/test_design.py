"""The page of components: each is on it, or says here why not; and nothing of it is a record."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from aid.models import Pledge
from aid.views.design import samples

# Components that the page does not show, and why.
NOT_SHOWN = {
    **dict.fromkeys(("languages", "search_box"), "in the head of every page, of this one too"),
    **dict.fromkeys(
        (
            "said",
            "sides",
            "passage",
            "statement",
            "voices",
            "assertion",
            "notes",
            "envelope",
            "conversion",
            "converted",
        ),
        "made of stored claims and passages, which no example can stand in for; each record's page shows it",
    ),
    **dict.fromkeys(
        (
            "claim_history",
            "known_when",
            "about_it",
            "related",
            "not_known",
            "source_origin",
            "rates",
            "members_by_source",
        ),
        "a section of one kind of page, put together from components that are shown",
    ),
    **dict.fromkeys(("pledge_lines", "pledge_cell", "list_table"), "rows of a list, made of what is shown"),
    **dict.fromkeys(("facet", "facet_value", "kept"), "a part of a filter's form, nothing without its list"),
    **dict.fromkeys(
        ("alternates", "frame", "made", "policies", "share_line", "search_pieces"), "no part of its own look"
    ),
}


def components():
    """{name: template} of all includes that pages are put together from."""
    root = Path(settings.BASE_DIR) / "templates"
    found = [*(root / "aid/includes").glob("*.html"), *(root / "includes/components").glob("*.html")]
    return {path.stem: str(path.relative_to(root)) for path in found}


def test_each_component_is_shown_or_says_why_not():
    shown = {sample.template for sample in samples()}
    known = components()
    assert {name for name, path in known.items() if path not in shown} == set(NOT_SHOWN)
    assert shown <= set(known.values())


@pytest.mark.django_db
def test_design_page_shows_examples_that_lead_nowhere_else_and_are_not_stored(reader):
    response = reader.get("/design/")
    assert response.status_code == 200
    parts = re.findall(r'<div class="sample design__sample">(.*?)\n  </section>', response.text, re.S)
    assert len(parts) == len(samples())
    assert not [
        address for part in parts for address in re.findall(r'(?:href|action)="([^"]*)"', part) if address[0] != "#"
    ]
    ids = re.findall(r'\bid="([^"]+)"', response.text)
    assert len(ids) == len(set(ids))
    assert "EUR 12.5 million" in response.text
    assert not Pledge.objects.exists()
