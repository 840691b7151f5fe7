"""The search for a figure: what it finds, what it offers, and whom it answers."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aid.queries.figures import KINDS, dead_references
from aid.queries.picking import find, named, offers
from tests import builders as make

pytestmark = pytest.mark.django_db
PAGE, ANSWERS = (reverse(f"admin:aid_article_{name}") for name in ("figures", "figures_found"))


def answer(client, **query):
    response = client.get(ANSWERS, query)
    return response.status_code, response.json()


@pytest.fixture
def pledge():
    source = make.make_source(title="Release on cyber support")
    found = make.make_pledge(title="Cyber support", slug="cyber", amount="91000000", currency="DKK")
    make.make_claim(found, "amount", [make.make_passage(source)], source=source)
    make.make_valuation(pledge=found, amount="13260000", currency="USD")
    return found


def test_a_record_is_found_by_words_of_its_title_donor_or_address(writer, pledge):
    make.make_pledge(title="Tanks")
    status, found = answer(writer, q=f"{pledge.donor.name} CYBER")
    assert (status, [row["record"] for row in found["records"]]) == (200, ["pledge:cyber"])
    assert found["told"] == "1 record found."
    assert answer(writer, q="cyber warfare ships")[1]["records"] == []


def test_a_field_is_offered_with_its_value_its_basis_and_its_source(writer, pledge):
    _, found = answer(writer, record="pledge:cyber")
    assert found["mention"] == "[[pledge:cyber]]"
    assert found["fields"][0] == {
        "label": "Amount",
        "text": "DKK 91 million",
        "exact": "DKK 91,000,000, 91 million Danish kroner",
        "evidence": "stated · Release on cyber support",
        "token": "[[pledge:cyber:amount]]",
        "unknown": False,
    }
    assert (found["fields"][1]["token"], found["fields"][1]["text"]) == (
        "[[pledge:cyber:valuation-USD]]",
        "USD 13.26 million",
    )
    assert [field["unknown"] for field in found["fields"]] == sorted(field["unknown"] for field in found["fields"])


def test_every_reference_that_is_offered_is_alive(document):
    party, person = make.make_party(), make.make_person()
    make.make_coalition(members=[party])
    make.make_agreement(signatories=[party])
    make.make_event(host=party, host_unknown="")
    make.make_article(headline="A headline that leads on")
    assert person.pk
    seen = set()
    for kind, (model, *_) in KINDS.items():
        for row in model.objects.all():
            found = named(kind, row.slug)
            if found is None:
                continue
            tokens = [f"[[{found.address}]]", *(offer.token for offer in offers(found))]
            assert dead_references(" ".join(tokens)) == []
            seen.add(kind)
            if kind not in ("person", "article"):
                assert len(tokens) > 2
    assert seen == set(KINDS)


def test_what_readers_do_not_have_is_marked(writer, pledge):
    in_a_week = timezone.now() + timedelta(days=7)
    make.make_pledge(title="Secret drones", slug="drones", coalition=None, embargo_until=in_a_week)
    gone = make.make_pledge(title="Taken back", slug="gone")
    gone.withdrawn_at, gone.withdrawn_why = timezone.now(), "It never was."
    gone.save()
    notes = [answer(writer, q=word)[1]["records"][0]["note"] for word in ("cyber", "drones", "gone")]
    assert notes[0] == ""
    assert notes[1].startswith("Under embargo until ")
    assert notes[2] == "Withdrawn: it shows readers nothing, so a text cannot name it."
    assert [len(answer(writer, record=f"pledge:{slug}")[1]["fields"]) > 0 for slug in ("drones", "gone")] == [
        True,
        False,
    ]
    assert answer(writer, record="pledge:gone")[1]["mention"] == ""


def test_of_articles_only_those_that_readers_have_are_found(writer):
    make.make_article(headline="Winter shield, live")
    make.make_article(headline="Winter shield, a draft", published=False)
    _, found = answer(writer, q="winter shield")
    assert [row["name"] for row in found["records"]] == ["Winter shield, live"]


@pytest.mark.parametrize(
    ("query", "status", "begins"),
    [
        ({}, 400, "Write a part"),
        ({"q": "   "}, 400, "Write a part"),
        ({"q": "x" * 101}, 400, "Search for at most 10 words"),
        ({"q": "a " * 11}, 400, "Search for at most 10 words"),
        ({"q": "x", "kind": "user"}, 400, "There is no such kind"),
        ({"q": "x", "kind": "<script>"}, 400, "There is no such kind"),
        ({"record": ""}, 400, "A record is named by"),
        ({"record": "user:admin"}, 400, "A record is named by"),
        ({"record": "pledge:cyber:amount"}, 400, "A record is named by"),
        ({"record": "pledge:' OR 1=1"}, 400, "A record is named by"),
        ({"record": "pledge:no-such"}, 404, "This record is not there"),
    ],
)
def test_what_nobody_can_mean_is_answered_with_a_sentence(query, status, begins, writer):
    found, told = answer(writer, **query)
    assert (found, told["error"][: len(begins)]) == (status, begins)
    if query:
        assert writer.get(PAGE, query).status_code == status


def test_signs_of_the_database_find_nothing(writer, pledge):
    for question in ("%", "_", "'; --", "\\", "“"):
        assert answer(writer, q=question)[1]["records"] == []
    assert writer.get(ANSWERS, {"q": "\0"}).status_code == 400


@pytest.mark.parametrize("address", [PAGE, ANSWERS])
def test_nobody_else_asks_and_nothing_is_sent(address, reader, writer):
    assert reader.get(address).status_code == 302
    assert writer.post(address).status_code == 405
    assert writer.delete(address).status_code == 405


def test_an_account_finds_no_kind_that_it_may_not_see(pledge):
    user = User.objects.create_user("intern", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("view_article", "view_party")))
    client = Client()
    client.force_login(user)
    assert answer(client, q="cyber")[1]["records"] == []
    assert answer(client, q=pledge.donor.name)[1]["records"][0]["kind"] == "party"
    assert answer(client, q="cyber", kind="pledge")[0] == 400
    assert answer(client, record="pledge:cyber")[0] == 404


def test_a_search_costs_as_much_for_three_records_as_for_one(django_assert_num_queries, pledge):
    kinds = list(KINDS)
    with django_assert_num_queries(9):
        assert len(find("cyber", kinds)[0]) == 2
    make.make_pledge(title="Cyber range")
    make.make_pledge(title="Cyber training")
    with django_assert_num_queries(9):
        assert len(find("cyber", kinds)[0]) == 4


def test_what_is_offered_costs_as_much_for_three_equivalents_as_for_one(pledge):
    with CaptureQueriesContext(connection) as few:
        offers(named("pledge", "cyber"))
    for currency in ("EUR", "SEK"):
        make.make_valuation(pledge=pledge, amount="5", currency=currency)
    with CaptureQueriesContext(connection) as many:
        assert len(offers(named("pledge", "cyber"))) > 10
    assert len(few) == len(many) == 8


def test_the_page_without_scripts_shows_the_references_to_copy(writer, pledge):
    page = writer.get(PAGE, {"q": "cyber"}).content.decode()
    assert 'href="?record=pledge%3Acyber"' in page
    page = writer.get(PAGE, {"record": "pledge:cyber"}).content.decode()
    assert 'value="[[pledge:cyber:amount]]" aria-label="To copy: Amount"' in page
    assert PAGE in writer.get(reverse("admin:aid_article_add")).content.decode()
