import pytest
from django.core.exceptions import ValidationError

from aid.actions.addresses import keep_address
from aid.models import Claim, FormerAddress, Office, Party, Person, Pledge
from aid.queries.figures import dead_references, figures_in
from aid.rules.ledger import breaches
from tests import builders as make

pytestmark = pytest.mark.django_db


def moved(record, slug, by=None):
    old, record.slug = record.slug, slug
    record.save()
    return keep_address(record, old, by)


def former():
    return set(FormerAddress.objects.values_list("kind", "slug", "record"))


def test_the_old_address_leads_to_the_record_and_texts_read_it():
    pledge = make.make_pledge(slug="old")

    moved(pledge, "new")

    assert former() == {("pledge", "old", pledge.pk)}
    assert figures_in("[[pledge:old:amount]] [[pledge:new:amount]]").records == [("pledge", pledge)]
    assert dead_references("[[pledge:old:amount]]") == []


def test_every_address_that_it_had_is_kept():
    pledge = make.make_pledge(slug="first")
    moved(pledge, "second")
    moved(pledge, "third")

    assert former() == {("pledge", "first", pledge.pk), ("pledge", "second", pledge.pk)}


def test_an_address_that_is_taken_back_is_no_former_one():
    pledge = make.make_pledge(slug="first")
    moved(pledge, "second")
    moved(pledge, "first")

    assert former() == {("pledge", "second", pledge.pk)}


def test_the_former_address_of_another_record_is_refused_and_nothing_is_kept():
    known = make.make_party(slug="old", name="Denmark")
    moved(known, "denmark")
    other = make.make_party(slug="other")
    other.slug = "old"

    with pytest.raises(ValidationError) as refused:
        keep_address(other, "other")

    assert refused.value.code == "former_address"
    assert refused.value.messages[0].startswith("Readers who ask for “old” are sent to the party “Denmark”")
    assert former() == {("party", "old", known.pk)}


def test_the_address_of_a_record_that_is_gone_can_be_taken_and_so_can_one_of_another_kind():
    FormerAddress.objects.create(kind="party", slug="free", record=10**9)
    FormerAddress.objects.create(kind="pledge", slug="free", record=make.make_pledge().pk)
    party = make.make_party(slug="before")

    moved(party, "free")

    assert ("party", "before", party.pk) in former()
    assert ("party", "free", 10**9) not in former()


def test_the_same_address_changes_nothing():
    assert keep_address(make.make_party(slug="here"), "here") == 0
    assert former() == set()


def test_claims_that_write_the_address_follow_and_stay_verified():
    party = make.make_party(slug="dk", name="Denmark")
    pledge = make.make_pledge(donor=party, beneficiaries=[party, make.make_party(slug="army")])
    verifier, editor = make.make_user(), make.make_user()
    claims = make.support(pledge)
    Claim.objects.update(verified_by=verifier, verified_at=pledge.created_at)
    make.make_claim(pledge, "purposes", value="dk")

    rewritten = moved(party, "denmark", editor)

    assert rewritten == 2
    values = dict(pledge.claims.values_list("field", "value"))
    assert (values["donor"], values["beneficiaries"], values["purposes"]) == ("denmark", "army; denmark", "dk")
    donor = pledge.claims.get(field="donor")
    assert donor.verified_by == verifier
    assert donor.history.first().history_user == editor
    assert donor.history.first().history_change_reason == "The party “Denmark” has another address."
    assert "claim-value" not in {breach.code for breach in breaches() if breach.row in claims}


@pytest.mark.parametrize("record", (Person, Party))
def test_claims_that_write_a_part_by_several_addresses_follow(record):
    office = make.make_office(person=make.make_person(slug="a"), party=make.make_party(slug="b"), title="Minister")
    statement = make.make_statement(speaker=office.person, office=office)
    claim = make.make_claim(statement, "office")
    assert claim.value == "a/b/Minister"

    moved(office.person if record is Person else office.party, "c")

    claim.refresh_from_db()
    assert claim.value == Office.objects.get().person.slug + "/" + Office.objects.get().party.slug + "/Minister"
    assert "c" in claim.value.split("/")


def test_an_article_keeps_its_address_too(reader):
    article = make.make_article(slug="old")

    moved(article, "new")

    response = reader.get("/articles/old/")
    assert (response.status_code, response["Location"]) == (301, "/articles/new/")


@pytest.mark.parametrize("number", (1, 3))
def test_what_it_reads_does_not_grow_with_the_claims_that_stay(number, django_assert_num_queries):
    party = make.make_party(slug="dk")
    for _ in range(number):
        make.support(make.make_pledge())
    party.slug = "denmark"
    # Who had the new address, the old one kept, the offices of the party, and the claims that could write it; else
    # savepoints.
    with django_assert_num_queries(12):
        keep_address(party, "dk")
    assert Pledge.objects.count() == number
