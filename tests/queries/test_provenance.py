from decimal import Decimal

import pytest

from aid.choices import Basis, Rank, Unknown
from aid.models import Claim
from aid.queries.provenance import dossier
from tests.builders import (
    make_agreement,
    make_claim,
    make_coalition,
    make_event,
    make_membership,
    make_party,
    make_pledge,
    make_valuation,
    support,
)

pytestmark = pytest.mark.django_db


def test_evidence_gives_the_value_its_claim_and_its_basis():
    pledge = make_pledge(amount=Decimal("91000000.00"))
    claim = make_claim(pledge, "amount")
    evidence = dossier(pledge).of(pledge, "amount")
    assert (evidence.value, evidence.label, evidence.anchor) == ("91000000", "Amount", "amount")
    assert (evidence.preferred, evidence.basis) == (claim, Basis.STATED)
    assert not evidence.is_missing and not evidence.is_contradicted


def test_evidence_of_a_value_without_a_claim_is_missing():
    pledge = make_pledge()
    evidence = dossier(pledge).of(pledge, "amount")
    assert evidence.is_missing and evidence.basis is None
    assert evidence in dossier(pledge).undocumented


def test_evidence_that_says_otherwise_is_contradicted():
    pledge = make_pledge()
    make_claim(pledge, "amount", value="92000000")
    evidence = dossier(pledge).of(pledge, "amount")
    assert evidence.is_contradicted and evidence.basis is None


def test_evidence_of_an_empty_field_says_why():
    pledge = make_pledge(amount=None)
    found = dossier(pledge)
    assert found.of(pledge, "amount").unknown == Unknown.NOT_STATED
    assert ("amount", Unknown.NOT_STATED) in [(evidence.name, why) for evidence, why in found.not_stated]


def test_alternatives_that_cannot_both_be_true_are_disagreements():
    event = make_event(starts_on="2024?-01-24")
    make_claim(event, "starts_on", basis=Basis.INFERRED)
    stated = make_claim(event, "starts_on", value="XXXX-01-24", rank=Rank.ALTERNATIVE)
    other = make_claim(event, "starts_on", value="2024-01-23", rank=Rank.ALTERNATIVE)
    withdrawn = make_claim(event, "starts_on", value="2023-01-23", rank=Rank.WITHDRAWN)
    evidence = dossier(event).of(event, "starts_on")
    assert evidence.alternatives == [stated, other]
    assert evidence.disagreements == [other]
    assert evidence.withdrawn == [withdrawn]


@pytest.mark.parametrize(
    ("stage", "other", "agrees"),
    [
        ("allocated", "announced", True),
        ("allocated", "committed", True),
        ("allocated", "disbursed", False),
        ("allocated", "delivered", False),
        ("allocated", "cancelled", False),
        ("cancelled", "announced", False),
        ("announced", "a promise", False),
    ],
)
def test_earlier_stage_agrees_with_a_later_one_and_not_the_other_way_round(stage, other, agrees):
    pledge = make_pledge(stage=stage)
    step = pledge.stages.get()
    make_claim(step, "stage")
    alternative = make_claim(step, "stage", value=other, rank=Rank.ALTERNATIVE)
    evidence = dossier(pledge).of(step, "stage")
    assert evidence.disagreements == ([] if agrees else [alternative])
    assert evidence.is_disputed is not agrees


def test_claims_about_a_part_are_filed_under_the_part():
    pledge = make_pledge()
    valuation = make_valuation(pledge=pledge)
    whole, equivalent = make_claim(pledge, "amount"), make_claim(valuation, "amount")
    found = dossier(pledge)
    assert found.of(pledge, "amount").preferred == whole
    assert found.of(valuation, "amount").preferred == equivalent
    assert found.of(valuation, "amount").anchor == f"valuation-{valuation.pk}-amount" == equivalent.anchor


def test_value_of_several_rows_is_their_keys_in_order():
    pledge = make_pledge(beneficiaries=[make_party(slug="navy"), make_party(slug="army")])
    assert dossier(pledge).of(pledge, "beneficiaries").value == "army; navy"


def test_supported_counts_the_fields_whose_claim_says_the_same():
    pledge = make_pledge()
    support(pledge)
    found = dossier(pledge)
    assert found.supported == found.valued - 1  # the stage has no claim yet
    Claim.objects.filter(field="amount").update(value="1")
    assert dossier(pledge).supported == found.supported - 1


@pytest.mark.parametrize("make", [make_pledge, make_coalition, make_agreement, make_event])
def test_dossier_asks_as_often_for_three_claims_as_for_one(make, django_assert_num_queries):
    row = make()
    for party in (make_party(), make_party()):
        if make is make_coalition:
            make_membership(coalition=row, party=party)
    support(row)
    queries = {make_pledge: 6, make_coalition: 4, make_agreement: 3, make_event: 2}[make]
    for _ in range(2):
        row = (
            type(row)
            .objects.select_related(
                *(f.name for f in row._meta.fields if f.is_relation and f.name in row.claimed_fields)
            )
            .get(pk=row.pk)
        )
        with django_assert_num_queries(queries):
            [evidence.value for evidence in dossier(row)]
        for name in row.claimed_fields[:2]:
            make_claim(row, name, value="other", rank=Rank.ALTERNATIVE)
