"""Whether a speaker held the office on the day of a statement: for certain, not at all, or nobody can know."""

import pytest

from aid.rules.speakers import HELD, NOT_HELD, UNKNOWN, office_then, statements_outside
from tests import builders as make
from tests.admin.forms import sent

pytestmark = pytest.mark.django_db


def spoken(said_on, held_from="2023-08-22", held_until="2025-02-01"):
    person = make.make_person(name="A. Minister")
    office = make.make_office(person=person, held_from=held_from, held_until=held_until)
    return make.make_statement(speaker=person, office=office, party=office.party, said_on=said_on)


@pytest.mark.parametrize(("said_on", "held_from", "held_until", "state"), [
    ("2024-01-24", "2023-08-22", "2025-02-01", HELD),
    ("2024", "2023-08-22", "2025-02-01", HELD),
    ("2023-08-22", "2023-08-22", "2025-02-01", HELD),
    ("2024-01-24", "2023-08-22", "", HELD),
    ("2023-08-21", "2023-08-22", "2025-02-01", NOT_HELD),
    ("2025-02-02", "2023-08-22", "2025-02-01", NOT_HELD),
    ("2019?", "2023-08-22", "2025-02-01", NOT_HELD),
    ("2026", "2023-08-22", "2025-02-01", NOT_HELD),
    ("", "2023-08-22", "2025-02-01", UNKNOWN),
    ("XXXX-01-24", "2023-08-22", "2025-02-01", UNKNOWN),
    ("2023", "2023-08-22", "2025-02-01", UNKNOWN),
    ("2023-08", "2023-08-22", "2025-02-01", UNKNOWN),
    ("2025", "2023-08-22", "2025-02-01", UNKNOWN),
    ("2024-01-24", "", "", UNKNOWN),
    ("2024?-01-24", "2023-08-22", "2025-02-01", UNKNOWN),
    ("2024-01-24", "2023~-08-22", "2025-02-01", UNKNOWN),
    ("2024-01-24", "2023-08", "", HELD),
    ("2023-08-10", "2023-08", "", UNKNOWN),
])  # fmt: skip
def test_the_dates_tell_or_they_do_not(said_on, held_from, held_until, state):
    assert office_then(spoken(said_on, held_from, held_until)).state == state


def test_what_is_told_says_why():
    assert office_then(spoken("2023-08-21")).told == (
        "A. Minister did not hold this office then: it was held from 22 August 2023 to 1 February 2025."
    )
    assert office_then(spoken("2019?", held_until="")).told == (
        "A. Minister did not hold this office then: it was held from 22 August 2023 on, if the dates, which are "
        "marked as uncertain, are right."
    )
    assert office_then(spoken("")).told.startswith("The day of the statement is not known")


def test_nobody_who_speaks_in_no_office_is_asked_about_one():
    assert office_then(make.make_statement()) is None


def test_anothers_office_was_not_held():
    statement = spoken("2024-01-24")
    statement.office = make.make_office(held_from="2023-08-22")
    assert office_then(statement).state == NOT_HELD


def test_the_statements_that_an_office_does_not_cover_are_found():
    inside, outside = spoken("2024-01-24"), spoken("2020")
    assert statements_outside(inside.office) == []
    assert [row for row, _ in statements_outside(outside.office)] == [outside]


# To readers and on the desk


def test_readers_are_told(client):
    for said_on, words in (("2020", "not in this office then"), ("2024?", "office not certain")):
        statement = spoken(said_on)
        html = client.get(statement.speaker.get_absolute_url()).content.decode()
        assert words in html
        assert office_then(statement).told in html
    held = spoken("2024-01-24")
    html = client.get(held.speaker.get_absolute_url()).content.decode()
    assert "The office was held on that day." in html
    assert "badge--warn" not in html


def test_the_desk_lists_it_and_says_so_when_an_office_is_changed(editor):
    statement = spoken("2024-01-24")
    assert "<span class=\"\" title=\"The office was held on that day.\">yes</span>" in editor.get(
        "/admin/aid/statement/").content.decode()  # fmt: skip
    office = statement.office
    page = editor.get(f"/admin/aid/office/{office.pk}/change/")

    response = editor.post(page.wsgi_request.path, sent(page, held_from="2024-06-01"), follow=True)

    assert "did not hold this office then" in response.content.decode()
    assert ">no</span>" in editor.get("/admin/aid/statement/").content.decode()
