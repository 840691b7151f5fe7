import pytest

from aid.actions.claims import record_claims, withdraw_claim
from aid.choices import MembershipRole, Rank
from aid.models import Coalition, Membership, Party
from aid.queries.figures import Figures, Reference
from aid.queries.public import EVERYTHING
from aid.rules.ledger import breaches
from tests.builders import make_claim, make_coalition, make_membership, make_party, make_user, support

pytestmark = pytest.mark.django_db


@pytest.fixture
def named_beside():
    """A membership of a coalition with one member that a claim beside the preferred ones names."""
    coalition = make_coalition([make_party()])
    member = coalition.memberships.get()
    membership = make_membership(coalition=coalition, party=make_party(slug="belgium", name="Belgium"))
    for row in (coalition, member):
        support(row)
    make_claim(membership, "role")
    make_claim(membership, "party", rank=Rank.ALTERNATIVE)
    return membership


def save(claim, **values):
    for name, value in values.items():
        setattr(claim, name, value)
    record_claims([claim], make_user())


def test_a_party_that_only_an_alternative_names_is_not_counted(named_beside):
    assert [breach.code for breach in breaches()] == ["value-unsupported"]
    save(named_beside.claims.get(field="party"))
    assert not Membership.objects.get(pk=named_beside.pk).is_counted
    assert list(breaches()) == []


def test_it_is_counted_once_its_claim_is_preferred(named_beside):
    claim = named_beside.claims.get(field="party")
    save(claim)
    save(claim, rank=Rank.PREFERRED)
    assert Membership.objects.get(pk=named_beside.pk).is_counted
    assert list(breaches()) == []


def test_a_membership_that_no_claim_names_is_left_as_it_is(named_beside):
    claim = named_beside.claims.get(field="party")
    save(claim)
    withdraw_claim(claim, make_user(), "It was misread.")
    assert not Membership.objects.get(pk=named_beside.pk).is_counted
    assert [breach.code for breach in breaches()] == ["value-unsupported"]


def test_a_count_that_its_claims_do_not_bear_out_is_a_breach(named_beside):
    Membership.objects.update(is_counted=False)
    assert {breach.code for breach in breaches()} == {"membership-uncounted"}


def test_no_count_list_filter_or_role_has_what_is_not_counted(named_beside, client):
    save(named_beside.claims.get(field="party"))
    Membership.objects.filter(pk=named_beside.pk).update(role=MembershipRole.LEAD)
    coalition = named_beside.coalition
    reference = Reference("", "coalition", coalition.slug, "members")
    assert Coalition.objects.with_counts(EVERYTHING).get().member_count == 1
    assert Figures([reference]).get(reference).text == "one"
    assert Party.objects.with_roles(EVERYTHING).get(slug="belgium").roles() == []
    told = client.get("/coalitions/", {"member": "belgium"}).content.decode()
    assert "belgium" in told and coalition.name in told  # it is no choice, so it was left out
    # Its role as a lead is the other source's word, and no lead of the coalition.
    assert [breach.code for breach in breaches()] == ["value-contradicted"]
