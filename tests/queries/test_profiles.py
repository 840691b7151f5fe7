"""What a profile leads to is found in the records and counted as they are; nothing that readers lack is in it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from aid.choices import Stage
from aid.models import Pledge
from aid.queries.profiles import (
    not_known,
    related_to_agreement,
    related_to_coalition,
    related_to_party,
    related_to_person,
    relations_with_rows,
)
from aid.queries.public import Public
from tests import builders as make

pytestmark = pytest.mark.django_db


def leads(related):
    return {group.key: [(lead.name, lead.why) for lead in group.leads] for group in related}


def test_a_party_leads_to_whom_the_records_relate_it_to(django_assert_num_queries):
    one, ukraine = make.make_party(), make.make_party()
    both, signer, giver = (make.make_party(name=f"The {name}") for name in ("fellow", "partner", "giver"))
    sector = make.make_sector()
    make.make_coalition(members=[one, both])
    make.make_coalition(members=[one, both, make.make_party(name="Once")])
    uncounted = make.make_coalition(members=[one])
    make.make_membership(coalition=uncounted, party=make.make_party(), is_counted=False)
    make.make_agreement(signatories=[one, signer])
    own = make.make_pledge(donor=one, recipient=ukraine, sectors=[sector])
    make.make_pledge(donor=giver, recipient=ukraine)
    make.make_pledge(donor=giver, sectors=[sector])
    claim = make.make_claim(own, "donor")
    with django_assert_num_queries(6):
        found = leads(related_to_party(one, Public()))
    assert found == {
        "co-members": [("The fellow", "2 coalitions in common"), ("Once", "1 coalition in common")],
        "partners": [("The partner", "1 agreement in common")],
        "same-recipients": [("The giver", "1 pledge to the same recipients")],
        "same-sectors": [("The giver", "1 pledge in the same sectors")],
        "sources": [(claim.source.title, "1 claim")],
    }


def test_what_is_hidden_relates_nobody():
    one, other = make.make_party(), make.make_party()
    later = timezone.now() + timedelta(days=1)
    make.make_coalition(members=[one, other], embargo_until=later)
    make.make_agreement(signatories=[one, other], withdrawn_at=timezone.now(), withdrawn_why="It was never signed.")
    recipient = make.make_party()
    make.make_pledge(donor=one, recipient=recipient)
    hidden = make.make_pledge(donor=other, recipient=recipient, amount=None, embargo_until=later)
    make.make_claim(
        make.make_pledge(donor=one, recipient=recipient), "donor", source=make.make_source(embargo_until=later)
    )
    assert related_to_party(one, Public()) == []
    assert related_to_party(one, Public(later)) != []
    assert relations_with_rows(one, ("memberships", "signatures", "pledges_given"), Public()) == {"pledges_given"}
    assert not_known(Pledge.objects.filter(pk=hidden.pk), {}, Public()) == []


def test_coalitions_and_agreements_lead_to_those_of_the_same_parties():
    parties = [make.make_party() for _ in range(3)]
    one, other = make.make_coalition(members=parties), make.make_coalition(members=parties[:2])
    make.make_coalition(members=[make.make_party()])
    signed, again = make.make_agreement(signatories=parties[:2]), make.make_agreement(signatories=parties)
    make.make_agreement(signatories=[parties[0], make.make_party()])
    assert leads(related_to_coalition(one, Public())) == {
        "shared": [(other.name, "2 members in common")],
        "signed": [(again.title, "Memorandum of understanding"), (signed.title, "Memorandum of understanding")],
    }
    assert leads(related_to_agreement(signed, Public())) == {
        "others": [(again.title, "Memorandum of understanding")],
        "together": [(one.name, ""), (other.name, "")],
    }


def test_a_person_leads_to_colleagues_and_to_what_was_spoken_about():
    person, colleague = make.make_person(), make.make_person()
    ministry = make.make_party()
    office = make.make_office(person=person, party=ministry)
    make.make_office(person=colleague, party=ministry, title="Minister of the Interior")
    pledge = make.make_pledge()
    statement = make.make_statement(speaker=person, speaker_unknown="", office=office, party=ministry, pledge=pledge)
    claim = make.make_claim(statement, "text")
    agreement = make.make_agreement()
    for who in (person, colleague):
        make.make_signatory(agreement=agreement, signed_by=who, signed_by_unknown="")
    assert leads(related_to_person(person, Public())) == {
        "colleagues": [(colleague.name, f"Minister of the Interior, {ministry}")],
        "about": [(pledge.title, "")],
        "cosigned": [(colleague.name, agreement.title)],
        "sources": [(claim.source.title, "1 claim")],
    }


def test_what_is_not_known_is_counted_as_its_list_counts_it(reader):
    donor = make.make_party(slug="a-donor")
    make.make_pledge(donor=donor, amount=None, announced_on="XXXX-01-24", stage=Stage.DELIVERED)
    make.make_pledge(donor=donor, aid_type="", amount=None)
    make.make_pledge(donor=donor, instrument="grant", instrument_unknown="")
    rows = not_known(donor.pledges_given.all(), {"donor": "a-donor"}, Public())
    assert [row.number for row in rows] == [2, 1, 1, 2, 2]
    for row in rows:
        if row.opens == "rows":
            assert len(reader.get(row.address).context["rows"]) == row.number, row.what
    page = reader.get("/parties/a-donor/").text
    assert "Not known of what it gives" in page
    assert 'id="picture-donor-support"' in page
    assert 'id="picture-donor-announcements"' in page
