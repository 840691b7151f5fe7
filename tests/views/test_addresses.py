"""Former addresses: readers are sent on to where the record stands now, and learn nothing that they may not see."""

import pytest

from aid.models import FormerAddress
from tests import builders as make

pytestmark = pytest.mark.django_db


def leads(slug, record, kind=None):
    FormerAddress.objects.create(kind=kind or record._meta.model_name, slug=slug, record=record.pk)


RECORDS = {"pledges": make.make_pledge, "coalitions": make.make_coalition, "agreements": make.make_agreement,
           "events": make.make_event, "parties": make.make_party, "people": make.make_person,
           "sources": make.make_source, "articles": make.make_article}  # fmt: skip


@pytest.mark.parametrize("section", RECORDS)
def test_a_former_address_leads_to_the_one_that_stands(reader, section):
    record = RECORDS[section]()
    leads("before", record)

    response = reader.get(f"/{section}/before/")

    assert (response.status_code, response["Location"]) == (301, f"/{section}/{record.slug}/")
    assert reader.head(f"/{section}/before/").status_code == 301
    assert reader.post(f"/{section}/before/").status_code == 405
    assert reader.get(response["Location"]).status_code == 200


def test_what_stands_at_an_address_comes_before_what_stood_there(reader):
    leads("here", make.make_party())
    make.make_party(slug="here", name="The newer one")

    assert "The newer one" in reader.get("/parties/here/").text


def test_an_address_of_another_kind_or_of_nothing_is_not_found(reader):
    party = make.make_party()
    leads("before", party, kind="pledge")
    FormerAddress.objects.create(kind="party", slug="deleted", record=10**12)

    for slug in ("before", "deleted", "b" * 3000):
        assert reader.get(f"/parties/{slug}/").status_code == 404


def test_a_former_address_tells_nothing_of_what_readers_may_not_see(reader):
    leads("before", make.make_article("The secret", published=False))

    response = reader.get("/articles/before/")

    assert response.status_code == 404
    assert "secret" not in response.text
