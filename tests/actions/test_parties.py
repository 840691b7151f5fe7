"""Merging a party: every reference moves, nothing is lost without a word, and nonsense is refused."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from aid.actions.parties import merge_parties
from aid.choices import AuditAction, MembershipRole, PartyKind, Rank
from aid.exchange.fixtures import load_missing
from aid.models import AuditEntry, Claim, FormerAddress, Membership, Office, Party, Pledge, Signatory, Source
from aid.queries.figures import figures_in
from aid.queries.merging import Merger, relations_to
from aid.rules.ledger import breaches
from tests import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    """The party that goes and the one that stays."""
    return (make.make_party(slug="danish-mod", name="Danish MoD", kind=PartyKind.MINISTRY),
            make.make_party(slug="ministry", name="Ministry of Defence", kind=PartyKind.MINISTRY))  # fmt: skip


@pytest.fixture
def by(publisher):
    return publisher.user


def codes(gone, stays, by):
    with pytest.raises(ValidationError) as caught:
        merge_parties(gone, stays, by)
    assert {Party.objects.filter(pk=gone.pk).exists(), FormerAddress.objects.exists()} == {True, False}
    return [error.code for error in caught.value.error_list]


def faults(*rows):
    """What the ledger has against these rows; values without any claim are no concern of a merger."""
    return [str(breach) for breach in breaches() if breach.row in rows and breach.code != "value-unsupported"]


# Every reference

# One row for each way in which a row can refer to a party. A new way needs a line here, and nothing else.
REFERENCES = {
    ("Party", "parent"): lambda party: make.make_party(parent=party),
    ("Office", "party"): lambda party: make.make_office(party=party),
    ("Signatory", "party"): lambda party: make.make_signatory(party=party),
    ("Membership", "party"): lambda party: make.make_membership(party=party),
    ("Source", "publisher"): lambda party: make.make_source(publisher=party),
    ("Claim", "party"): lambda party: make.make_claim(party, "parent", value="nowhere"),
    ("Correction", "party"): lambda party: make.make_correction(party=party),
    ("Event", "series"): lambda party: make.make_event(series=party),
    ("Event", "host"): lambda party: make.make_event(host=party),
    ("Coalition", "framework"): lambda party: make.make_coalition(framework=party),
    ("Pledge", "donor"): lambda party: make.make_pledge(donor=party),
    ("Pledge", "recipient"): lambda party: make.make_pledge(recipient=party),
    ("Pledge", "fund"): lambda party: make.make_pledge(fund=party),
    ("Pledge", "beneficiaries"): lambda party: make.make_pledge(beneficiaries=[party]),
    ("Statement", "party"): lambda party: make.make_statement(party=party),
    ("Assertion", "attributed_to"): lambda party: make.make_assertion(attributed_to=party),
}


def columns_of_parties():
    """Every column and many-to-many field of every table that names a party, the history's left out."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.related_model is Party and not model.__name__.startswith("Historical")
    ]


def test_every_way_of_referring_to_a_party_is_tried_here():
    assert {(model.__name__, field.name) for model, field in columns_of_parties()} == set(REFERENCES)


@pytest.mark.parametrize("name", REFERENCES, ids="-".join)
def test_each_reference_moves(two, by, name):
    gone, stays = two
    row = REFERENCES[name](gone)

    merger = merge_parties(gone, stays, by)

    row.refresh_from_db()
    value = getattr(row, name[1])
    assert (list(value.all()) if name[1] == "beneficiaries" else value) in (stays, [stays])
    assert merger.count == 1
    assert not Party.objects.filter(pk=gone.pk).exists()


def test_all_of_them_move_at_once_and_nothing_is_left(two, by):
    gone, stays = two
    for build in REFERENCES.values():
        build(gone)

    assert merge_parties(gone, stays, by).count == len(REFERENCES)

    for model, field in columns_of_parties():
        assert not model.objects.filter(**{field.name: gone.pk}).exists(), field
        assert model.objects.filter(**{field.name: stays}).count() == 1, field


def test_relations_are_found_by_asking_the_models():
    found = {(relation.related_model.__name__, relation.field.name) for relation in relations_to(Party)}

    assert found - set(REFERENCES) == {("Pledge_beneficiaries", "party")}
    assert set(REFERENCES) - found == {("Pledge", "beneficiaries")}


@pytest.mark.parametrize("number", [1, 3])
def test_looking_costs_the_same_for_one_reference_and_for_three(two, number, django_assert_num_queries):
    gone, stays = two
    for build in REFERENCES.values():
        for _ in range(number):
            if build is not REFERENCES["Claim", "party"]:
                build(gone)

    with django_assert_num_queries(41):
        merger = Merger(gone, stays)
        assert (merger.count, len(merger.state), merger.renamed, merger.articles) == (15 * number, 64, [], [])


# What is left of the party


def test_the_name_stays_as_another_name_and_the_address_leads_on(two, by):
    gone, stays = two
    Party.objects.filter(pk=gone.pk).update(aliases="MoD\nministry of defence\nFMN", official_name="Forsvarsmin.")
    Party.objects.filter(pk=stays.pk).update(aliases="mod")
    FormerAddress.objects.create(kind="party", slug="older", record=gone.pk)
    FormerAddress.objects.create(kind="pledge", slug="older", record=gone.pk)

    merge_parties(gone, stays, by)

    stays.refresh_from_db()
    assert stays.alias_list() == ["mod", "Danish MoD", "Forsvarsmin.", "FMN"]
    assert (stays.name, stays.official_name, stays.slug) == ("Ministry of Defence", "", "ministry")
    assert sorted(FormerAddress.objects.values_list("kind", "slug", "record")) == [
        ("party", "danish-mod", stays.pk), ("party", "older", stays.pk), ("pledge", "older", gone.pk)]  # fmt: skip
    figure = figures_in("[[party:danish-mod]] [[party:older]]")
    assert [(found.text, found.url) for found in (figure[one] for one in figure.references)] == [
        ("Ministry of Defence", "/parties/ministry/")] * 2  # fmt: skip


def test_a_party_can_be_merged_again_into_a_third(two, by):
    gone, stays = two
    third = make.make_party(name="Ministry", kind=PartyKind.MINISTRY)
    pledge = make.make_pledge(donor=gone)

    merge_parties(gone, stays, by)
    merge_parties(stays, third, by)

    pledge.refresh_from_db()
    assert pledge.donor == third
    assert Party.objects.get(pk=third.pk).alias_list() == ["Ministry of Defence", "Danish MoD"]
    assert figures_in("[[party:danish-mod]]").records == [("party", third)]


def test_a_document_that_names_the_old_address_brings_no_second_party(two, by, tmp_path):
    gone, stays = two
    office = make.make_office(party=gone, title="Minister")
    merge_parties(gone, stays, by)
    unknown = dict.fromkeys(("author_unknown", "url_unknown", "published_on_unknown"), "not_stated")
    held = dict.fromkeys(("held_from_unknown", "held_until_unknown"), "not_stated")
    rows = [
        {"model": "aid.party", "fields": {"slug": "danish-mod", "name": "Danish MoD", "kind": "ministry"}},
        {"model": "aid.source", "fields": unknown | {"slug": "release", "title": "Release", "kind": "news_report",
                                                     "publisher": ["danish-mod"], "publisher_unknown": ""}},
        {"model": "aid.office", "fields": held | {"person": [office.person.slug], "party": ["danish-mod"],
                                                  "title": "Minister"}},
    ]  # fmt: skip
    (tmp_path / "release.json").write_text(json.dumps(rows))

    assert load_missing([tmp_path / "release.json"])[1:] == (1, 2)

    assert Source.objects.get().publisher == stays
    assert (Party.objects.count(), Office.objects.count()) == (1, 1)


def test_history_and_log_tell_who_did_it_and_what(two, by):
    gone, stays = two
    pledge = make.make_pledge(donor=gone, beneficiaries=[gone])
    changed_at = pledge.updated_at

    merge_parties(gone, stays, by, why="The same ministry")

    pledge.refresh_from_db()
    assert pledge.updated_at > changed_at
    last = pledge.history.first()
    assert (last.donor_id, last.history_user, last.history_change_reason) == (
        stays.pk, by, "“Danish MoD” was merged into “Ministry of Defence”.")  # fmt: skip
    assert [row.party_id for row in last.beneficiaries.all()] == [stays.pk]
    assert Party.history.filter(id=gone.pk).first().history_type == "-"
    entry = AuditEntry.objects.get(action=AuditAction.MERGED)
    assert (entry.user, entry.kind, entry.number, entry.why) == (by, "party", stays.pk, "The same ministry")
    assert entry.message == (
        "“Danish MoD” (danish-mod) was merged into “Ministry of Defence” (ministry): 2 references moved."
    )
    assert [f"pledge {pledge.pk}: donor", "danish-mod", "ministry"] in entry.changes
    assert [f"party {gone.pk}", "Danish MoD", ""] in entry.changes


# Claims


def test_claims_that_name_it_name_the_other(two, by):
    gone, stays = two
    office = make.make_office(party=gone)
    pledge = make.make_pledge(donor=gone, beneficiaries=[gone, stays, make.make_party(slug="army")])
    statement = make.make_statement(party=gone, speaker=office.person, office=office)
    member = make.make_membership(party=gone)
    part = make.make_party(parent=gone)
    verified = {"recorded_by": make.make_user(), "verified_by": by, "verified_at": timezone.now()}
    claims = [
        make.make_claim(pledge, "donor", **verified),
        make.make_claim(pledge, "donor", rank=Rank.WITHDRAWN),
        make.make_claim(pledge, "beneficiaries"),
        make.make_claim(statement, "office"),
        make.make_claim(member, "party"),
        make.make_claim(part, "parent"),
        make.make_claim(pledge, "purposes", value="danish-mod"),
        make.make_claim(pledge, "fund", value="danish-mod-2"),
    ]

    merge_parties(gone, stays, by)

    values = [Claim.objects.get(pk=claim.pk).value for claim in claims]
    assert values == ["ministry", "ministry", "army; ministry", f"{office.person.slug}/ministry/{office.title}",
                      "ministry", "ministry", "danish-mod", "danish-mod-2"]  # fmt: skip
    assert Claim.objects.get(pk=claims[0].pk).verified_by == by
    assert list(pledge.beneficiaries.order_by("slug").values_list("slug", flat=True)) == ["army", "ministry"]
    assert faults(statement, member, part) == []


def test_what_the_other_lacks_is_taken_over_with_its_claim(by):
    gone = make.make_party(iso_alpha2="DK", parent=make.make_party())
    stays = make.make_party()
    claims = make.support(gone)

    merge_parties(gone, stays, by)

    stays.refresh_from_db()
    assert (stays.iso_alpha2, stays.parent) == ("DK", gone.parent)
    assert [(claim.party, claim.rank) for claim in Claim.objects.filter(pk__in=[c.pk for c in claims])] == [
        (stays, Rank.PREFERRED)] * 2  # fmt: skip
    assert faults(stays) == []


def test_what_the_two_say_differently_becomes_an_alternative(two, by):
    gone, stays = two
    for party in two:
        party.parent = make.make_party()
        party.save()
    own, other = make.make_claim(stays, "parent"), make.make_claim(gone, "parent")

    merger = Merger(gone, stays)
    merge_parties(gone, stays, by)

    own.refresh_from_db(), other.refresh_from_db()
    assert ((own.party, own.rank), (other.party, other.rank)) == (
        (stays, Rank.PREFERRED), (stays, Rank.ALTERNATIVE))  # fmt: skip
    assert (merger.transfer.lost, merger.transfer.demoted) == ([], [other])
    stays.refresh_from_db()
    assert stays.parent.slug == own.value


def test_a_claim_against_the_column_that_stays_is_not_preferred(two, by):
    """No claim of its own speaks for the column; one that says otherwise must not seem to."""
    gone, stays = two
    for party in two:
        party.parent = make.make_party()
        party.save()
    other = make.make_claim(gone, "parent")

    merge_parties(gone, stays, by)

    other.refresh_from_db()
    assert other.rank == Rank.ALTERNATIVE


def test_a_value_that_no_claim_remembers_is_told(two):
    gone, stays = two
    for party in two:
        party.parent = make.make_party(name=f"State of {party}")
        party.save()

    assert Merger(gone, stays).transfer.lost == ["part of: State of Danish MoD"]


# What would stand twice


def test_two_memberships_in_one_coalition_become_one(two, by):
    gone, stays = two
    coalition = make.make_coalition(leads_unknown="")
    goes = make.make_membership(coalition=coalition, party=gone, role=MembershipRole.LEAD, joined_on="2024-01")
    kept = make.make_membership(coalition=coalition, party=stays, left_on="2025")
    claims = {(row, field): make.make_claim(row, field) for row, field in (
        (goes, "party"), (goes, "role"), (goes, "joined_on"), (kept, "party"), (kept, "role"))}  # fmt: skip

    merger = Merger(gone, stays)
    merge_parties(gone, stays, by)

    [absorbed] = merger.transfer.absorbed
    assert (absorbed.gone, absorbed.kept, absorbed.lost) == (goes, kept, [])
    assert Membership.objects.get() == kept
    kept.refresh_from_db()
    assert (kept.party, kept.role, kept.joined_on, kept.joined_on_unknown, kept.left_on) == (
        stays, "member", "2024-01", "", "2025")  # fmt: skip
    found = {key: Claim.objects.get(pk=claim.pk) for key, claim in claims.items()}
    assert {claim.membership for claim in found.values()} == {kept}
    assert [found[goes, field].rank for field in ("party", "role", "joined_on")] == [
        "alternative", "alternative", "preferred"]  # fmt: skip
    coalition.refresh_from_db()
    assert coalition.leads_unknown == "not_looked_for"
    assert faults(kept, coalition) == []


def test_dates_that_do_not_fit_together_are_not_taken_over(two, by):
    gone, stays = two
    coalition = make.make_coalition()
    make.make_membership(coalition=coalition, party=gone, joined_on="2025")
    kept = make.make_membership(coalition=coalition, party=stays, left_on="2024")

    [absorbed] = Merger(gone, stays).transfer.absorbed
    merge_parties(gone, stays, by)

    kept.refresh_from_db()
    assert (kept.joined_on, kept.left_on) == ("", "2024")
    assert absorbed.lost == ["joined: 2025"]


def test_two_signatures_under_one_agreement_become_one(two, by):
    gone, stays = two
    agreement = make.make_agreement(signatories=[stays])
    make.make_signatory(agreement=agreement, party=gone, signed_by=make.make_person())

    merge_parties(gone, stays, by)

    signatory = Signatory.objects.get()
    assert (signatory.party, signatory.signed_by is None, signatory.signed_by_unknown) == (stays, False, "")


def test_one_office_at_both_becomes_one_with_all_that_refers_to_it(two, by):
    gone, stays = two
    person = make.make_person()
    goes, kept = (make.make_office(person=person, party=party) for party in two)
    statement = make.make_statement(party=gone, speaker=person, office=goes)
    claim, named = make.make_claim(goes, "title"), make.make_claim(statement, "office")
    correction = make.make_correction(office=goes)

    merge_parties(gone, stays, by)

    assert Office.objects.get() == kept
    for row in (statement, claim, named, correction):
        row.refresh_from_db()
    assert (statement.office, claim.office, correction.office) == (kept, kept, kept)
    assert (claim.rank, named.value) == ("preferred", f"{person.slug}/ministry/{kept.title}")


def test_a_row_with_two_references_is_saved_once(two, by):
    gone, stays = two
    pledge = make.make_pledge(donor=gone, fund=gone, beneficiaries=[gone])
    before = pledge.history.count()

    merge_parties(gone, stays, by)

    assert pledge.history.count() == before + 1
    assert Pledge.objects.filter(donor=stays, fund=stays, beneficiaries=stays).get() == pledge


# What is refused


def test_a_party_is_not_merged_into_itself(two, by):
    assert codes(two[0], two[0], by) == ["same"]


def test_two_states_are_not_one(by):
    denmark, sweden = make.make_party(iso_alpha2="DK"), make.make_party(iso_alpha2="SE")

    assert codes(denmark, sweden, by) == ["states"]
    assert codes(denmark, make.make_party(kind=PartyKind.GROUP), by) == ["state"]


def test_a_part_and_its_whole_are_not_one(two, by):
    gone, stays = two
    gone.parent = make.make_party(parent=stays)
    gone.save()

    assert codes(gone, stays, by) == ["part"]
    assert codes(stays, gone, by) == ["part"]


def test_a_claim_that_one_is_part_of_the_other_stands_in_the_way(two, by):
    gone, stays = two
    claim = make.make_claim(stays, "parent", value=gone.slug, rank=Rank.ALTERNATIVE)

    assert codes(gone, stays, by) == ["part_claimed"]
    assert codes(stays, gone, by) == ["part_claimed"]
    Claim.objects.filter(pk=claim.pk).update(**make.WITHDRAWAL)
    merge_parties(gone, stays, by)


def test_nobody_gives_to_itself(two, by):
    gone, stays = two
    make.make_pledge(title="Cyber", donor=gone, recipient=stays)

    with pytest.raises(ValidationError, match="“Cyber”"):
        merge_parties(gone, stays, by)
    assert codes(gone, stays, by) == ["donor"]
    assert codes(stays, gone, by) == ["donor"]


def test_an_unnamed_collective_takes_no_pledges(two, by):
    gone, _ = two
    circles = make.make_party(kind=PartyKind.COLLECTIVE)
    make.make_statement(party=circles)
    make.make_pledge(donor=gone)

    assert codes(gone, circles, by) == ["collective"]
    merge_parties(circles, gone, by)


def test_what_is_hidden_is_not_shown_by_a_merger(two, by):
    gone, stays = two
    soon = timezone.now() + timedelta(days=1)
    Party.objects.filter(pk=gone.pk).update(embargo_until=soon)
    assert codes(*two, by) == codes(*two[::-1], by) == ["embargo"]
    Party.objects.filter(pk=stays.pk).update(embargo_until=soon + timedelta(days=1))
    assert codes(*two, by) == ["embargo"]
    Party.objects.update(embargo_until=timezone.now() - timedelta(days=1))
    Party.objects.filter(pk=stays.pk).update(withdrawn_at=timezone.now(), withdrawn_why="A mistake")
    assert codes(*two, by) == ["withdrawn"]

    merge_parties(stays, gone, by)


def test_only_who_may_merges(two, editor, writer):
    for client in (editor, writer):
        with pytest.raises(PermissionDenied):
            merge_parties(*two, client.user)
    assert Party.objects.count() == 2


def test_a_party_that_is_gone_is_missing(two, by):
    gone, stays = two
    Party.objects.filter(pk=stays.pk).delete()

    assert codes(gone, stays, by) == ["missing"]


def test_what_was_shown_is_what_is_done(two, by):
    gone, stays = two
    make.make_pledge(donor=gone)
    seen = Merger(gone, stays).state
    make.make_pledge(donor=gone)

    with pytest.raises(ValidationError) as caught:
        merge_parties(gone, stays, by, seen=seen)

    assert (caught.value.code, Pledge.objects.filter(donor=gone).count()) == ("changed", 2)
    merge_parties(gone, stays, by, seen=Merger(gone, stays).state)


def test_what_the_database_refuses_leaves_everything_as_it_was(two, by, monkeypatch):
    """A reference that nobody found keeps the party, and with it all that moved before."""
    gone, stays = two
    pledge, statement = make.make_pledge(donor=gone), make.make_statement(party=gone)
    known = [relation for relation in relations_to(Party) if relation.related_model is not type(statement)]
    monkeypatch.setattr(
        "aid.queries.merging.relations_to", lambda model: known if model is Party else relations_to(model)
    )

    assert codes(gone, stays, by) == ["refused"]

    pledge.refresh_from_db()
    assert pledge.donor == gone
    assert not AuditEntry.objects.filter(action=AuditAction.MERGED).exists()
