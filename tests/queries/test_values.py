"""The value of a claim in words, and what it costs."""

import pytest

from aid.models import Claim
from aid.queries.claims import WITH_NAMES
from aid.queries.values import value_texts
from tests import builders as make

pytestmark = pytest.mark.django_db


def text(row, field, **given):
    claim = make.make_claim(row, field, **given)
    return value_texts([claim])[claim.pk]


def test_records_are_named_and_figures_read():
    one, two = make.make_party(name="Ukraine"), make.make_party(name="Denmark")
    pledge = make.make_pledge(
        donor=two,
        beneficiaries=[one, two],
        sectors=[make.make_sector(name="Cyber")],
        announced_on="2024?-01-24",
        purposes="one\ntwo",
    )
    office = make.make_office(person=make.make_person(name="A. Minister"), party=one)
    statement = make.make_statement(speaker=office.person, office=office)
    fields = ("donor", "beneficiaries", "sectors", "amount", "aid_type", "purposes")

    assert [text(pledge, field) for field in fields] == [
        "Denmark", "Ukraine; Denmark", "Cyber", "91,000,000", "Military", "one; two"]  # fmt: skip
    assert text(statement, "office") == "A. Minister, Minister of Defence, Ukraine"
    assert text(pledge, "announced_on", basis="inferred") == "24 January 2024 (year inferred)"
    assert text(pledge.stages.get(), "stage") == "Allocated"


@pytest.mark.parametrize("field, value", [
    ("donor", "nobody-of-that-name"), ("sectors", "no/such; sector"), ("amount", "about ninety"),
    ("announced_on", "soon"), ("aid_type", "other"),
])  # fmt: skip
def test_a_value_that_means_nothing_stays_as_it_is(field, value):
    assert text(make.make_pledge(), field, value=value) == value


def test_a_field_that_the_record_does_not_have_says_its_value():
    claim = make.make_claim(make.make_pledge(), "amount")
    claim.field = "no_such_field"

    assert value_texts([claim]) == {claim.pk: "91000000"}


@pytest.mark.parametrize("number", [1, 3])
def test_names_cost_a_query_for_each_kind(number, django_assert_num_queries):
    for _ in range(number):
        pledge = make.make_pledge(sectors=[make.make_sector()])
        for field in ("donor", "recipient", "sectors", "amount"):
            make.make_claim(pledge, field)
    claims = list(Claim.objects.select_related(*WITH_NAMES))

    with django_assert_num_queries(2):
        assert len(value_texts(claims)) == 4 * number
