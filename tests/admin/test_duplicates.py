"""Pledges that may be the one being typed: asked for while typing, and in the way of a new pledge's first save."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from aid.models import Pledge
from tests import builders as make
from tests.admin.forms import errors, sent

ADD = "/admin/aid/pledge/add/"
ASK = "/admin/aid/pledge/duplicates/"


@pytest.fixture
def pledge(db):
    return make.make_pledge(title="Cyber support", donor=make.make_party(name="Denmark", slug="denmark"),
                            recipient=make.make_party(name="Ukraine", slug="ukraine"))  # fmt: skip


def typed(pledge, **changes):
    """The same pledge once more, as a form sends it."""
    return {"title": "Help against hackers", "slug": "hackers", "donor": pledge.donor.pk, "amount": "91,000,000",
            "recipient": pledge.recipient.pk, "currency": "dkk", "announced_on": "2024-01-25",
            "stages-0-stage": "announced"} | changes  # fmt: skip


def asked(pledge, **changes):
    fields = ("donor", "recipient", "amount", "currency", "announced_on")
    return {name: value for name, value in typed(pledge).items() if name in fields} | changes


# While it is typed


def test_what_is_typed_is_answered_with_the_pledges_it_may_be(writer, pledge):
    response = writer.get(ASK, asked(pledge))

    assert response.json() == {
        "told": "1 pledge may be this one",
        "rows": [{
            "title": "Cyber support",
            "url": reverse("admin:aid_pledge_change", args=[pledge.pk]),
            "line": "Denmark → Ukraine, DKK 91 million, allocated, 24 January 2024",
            "why": "DKK 91,000,000 is the same amount; announced 1 day earlier.",
        }],
        "more": 0,
        "keys": str(pledge.pk),
    }  # fmt: skip
    assert "no-store" in response["Cache-Control"]


def test_nothing_is_answered_where_nothing_is_near(editor, pledge):
    for changes in ({"amount": "80000000"}, {"announced_on": "2023"}, {"besides": pledge.pk}, {"currency": ""},
                    {"donor": pledge.recipient.pk}, {"amount": "", "currency": ""}):  # fmt: skip
        assert editor.get(ASK, asked(pledge, **changes)).json()["rows"] == [], changes


def test_an_equivalent_that_is_typed_counts(editor, pledge):
    fields = asked(pledge, amount="12,200,000", currency="EUR", equivalent=["13.26 USD", "91000000 DKK"])

    assert editor.get(ASK, fields).json()["keys"] == str(pledge.pk)


def test_the_first_eight_are_shown_and_the_rest_counted(editor, pledge):
    for _ in range(9):
        make.make_pledge(donor=pledge.donor)

    found = editor.get(ASK, asked(pledge)).json()

    assert (found["told"], len(found["rows"]), found["more"]) == ("10 pledges may be this one", 8, 2)
    assert len(found["keys"].split()) == 10


def test_an_unknown_amount_and_date_are_said(editor, pledge):
    Pledge.objects.update(amount=None, currency="", amount_unknown="undisclosed", announced_on="XXXX-01-24")

    [row] = editor.get(ASK, asked(pledge, amount="", currency="")).json()["rows"]

    assert row["line"] == "Denmark → Ukraine, amount undisclosed, allocated, 24 January (year not stated)"


NONSENSE = [
    ({"donor": ""}, "Choose the donor first."),
    ({"donor": "x"}, "There is no such donor."),
    ({"donor": "9" * 40}, "There is no such donor."),
    ({"donor": "0"}, "There is no such donor."),
    ({"donor": "-1"}, "There is no such donor."),
    ({"recipient": "' OR 1=1"}, "There is no such recipient."),
    ({"amount": "12 million"}, "Write the amount in figures, such as 12000000 or 12,000,000."),
    ({"amount": "-5"}, "An amount is more than zero."),
    ({"amount": "1e400"}, "Write the amount in figures, such as 12000000 or 12,000,000."),
    ({"amount": "NaN"}, "Write the amount in figures, such as 12000000 or 12,000,000."),
    ({"amount": "9" * 9000}, "Ensure that there are no more than 15 digits in total."),
    ({"amount": "0"}, "An amount is more than zero."),
    ({"currency": "kr" * 3000}, "is no currency in use."),
    ({"currency": "<b>"}, "“<B>” is no currency in use."),
    ({"announced_on": "yesterday"}, "“yesterday” is no date."),
    ({"announced_on": "2" * 9000}, "is no date."),
    ({"equivalent": "USD"}, "This field is required."),
    ({"equivalent": "lots USD"}, "Write the amount in figures"),
    ({"equivalent": "5 US$"}, "“US$” is no currency in use."),
    ({"equivalent": ["5 USD"] * 21}, "At most 20 values of “equivalent” are read."),
    ({"besides": "x"}, "A pledge that is left out is named by its number."),
    ({"besides": ["1"] * 21}, "At most 20 values of “besides” are read."),
]


@pytest.mark.parametrize("changes, told", NONSENSE)
def test_nonsense_is_refused_with_a_sentence(editor, pledge, changes, told):
    response = editor.get(ASK, asked(pledge, **changes))

    assert response.status_code == 400
    assert told in response.json()["error"]
    assert len(response.json()["error"]) < 400


def test_what_no_text_holds_is_refused(editor, pledge):
    assert editor.get(ASK, asked(pledge, currency="\0")).status_code == 400
    assert editor.get(ASK, asked(pledge, currency="a" * 20_000)).status_code == 400


def test_only_who_may_see_pledges_may_ask(reader, admin_client, pledge, django_user_model):
    assert reader.get(ASK, asked(pledge)).status_code == 302
    reader.force_login(django_user_model.objects.create_user("accountant", is_staff=True))
    assert reader.get(ASK, asked(pledge)).status_code == 403
    assert admin_client.get(ASK, asked(pledge)).status_code == 200
    assert admin_client.post(ASK, asked(pledge)).status_code == 405


# Saving without scripts


def test_a_new_pledge_that_may_be_recorded_is_held_back_with_all_that_was_typed(editor, pledge):
    response = editor.post(ADD, sent(editor.get(ADD), **typed(pledge, purposes="To resist")))

    page = response.content.decode()
    assert errors(response) == {"__all__": ["duplicate"]}
    assert Pledge.objects.count() == 1
    assert response.context["adminform"].form["purposes"].value() == "To resist"
    assert f'<a href="{reverse("admin:aid_pledge_change", args=[pledge.pk])}"' in page
    assert "DKK 91,000,000 is the same amount; announced 1 day earlier." in page
    assert re.search(rf'<input type="checkbox" name="another_than" value="{pledge.pk}">', page)


def test_the_tick_saves_it(editor, pledge):
    held = editor.post(ADD, sent(editor.get(ADD), **typed(pledge)))

    response = editor.post(ADD, sent(held, another_than=str(pledge.pk)))

    assert response.status_code == 302, errors(response)
    assert Pledge.objects.get(slug="hackers").amount == Decimal(91_000_000)


def test_a_tick_counts_for_the_pledges_that_were_listed(editor, pledge):
    held = editor.post(ADD, sent(editor.get(ADD), **typed(pledge)))
    another = make.make_pledge(donor=pledge.donor)

    response = editor.post(ADD, sent(held, another_than=str(pledge.pk)))

    assert errors(response) == {"__all__": ["duplicate"]}
    assert f'value="{pledge.pk} {another.pk}">' in response.content.decode()


def test_a_tick_stays_where_another_field_is_wrong(editor, pledge):
    response = editor.post(ADD, sent(editor.get(ADD), **typed(pledge, title="", another_than=str(pledge.pk))))

    assert errors(response) == {"title": ["required"]}
    assert f'value="{pledge.pk}" checked>' in response.content.decode()


@pytest.mark.parametrize("tick", ["on", "0", "x" * 5000, "-1", "９"])
def test_a_tick_about_nothing_is_none(editor, pledge, tick):
    assert errors(editor.post(ADD, sent(editor.get(ADD), **typed(pledge, another_than=tick)))) == {
        "__all__": ["duplicate"]
    }


@pytest.mark.parametrize("name", ["part_of", "supersedes"])
def test_a_pledge_that_the_form_relates_to_is_no_duplicate(editor, pledge, name):
    another = make.make_pledge(donor=pledge.donor, title="Another", announced_on="2024-02-10")
    fields = typed(pledge, **{name: pledge.pk})

    held = editor.post(ADD, sent(editor.get(ADD), **fields | {"announced_on": ""}))
    saved = editor.post(ADD, sent(editor.get(ADD), **fields))

    assert [row["title"] for row in held.context["duplicates"]["rows"]] == [another.title]
    assert saved.status_code == 302, errors(saved)


def test_an_equivalent_typed_below_is_looked_for(editor, pledge):
    rows = {"valuations-TOTAL_FORMS": 1, "valuations-0-amount": "91000000", "valuations-0-currency": "DKK",
            "valuations-0-rate_on_unknown": "not_stated"}  # fmt: skip

    response = editor.post(ADD, sent(editor.get(ADD), **typed(pledge, amount="13,260,000", currency="USD", **rows)))

    assert errors(response) == {"__all__": ["duplicate"]}


def test_a_saved_pledge_is_changed_without_being_asked(editor, pledge):
    twin = make.make_pledge(donor=pledge.donor, recipient=pledge.recipient)
    address = reverse("admin:aid_pledge_change", args=[twin.pk])
    page = editor.get(address)

    response = editor.post(address, sent(page, title="Changed"))

    assert response.status_code == 302, errors(response)
    assert f'data-besides="{twin.pk}"' in page.content.decode()
    assert "another_than" not in page.content.decode()


def test_who_may_only_look_sees_no_panel(writer, pledge):
    page = writer.get(reverse("admin:aid_pledge_change", args=[pledge.pk])).content.decode()

    assert 'id="duplicates"' not in page
