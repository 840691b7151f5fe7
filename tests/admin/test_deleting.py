"""Deleting: what is in use stays, and the page says what uses it; what nothing uses goes with its parts."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from aid.actions.articles import save_revision
from aid.actions.records import delete_record
from aid.models import Claim, Passage, Pledge, Source
from aid.queries.uses import uses
from tests import builders as make

CONFIRMED = {"post": "yes"}


def page(row, name="delete"):
    return reverse(f"admin:aid_{row._meta.model_name}_{name}", args=[row.pk])


def lines(told):
    """The nested lines of the page: each label, and of each link its text and address."""
    return [[link(row) for row in line] if isinstance(line, list) else str(line) for line in told]


def link(line):
    found = re.search(r'<a href="([^"]*)">(.*)</a>', line)
    return found.groups() if found else line


@pytest.mark.parametrize("role", ["administrator", "admin_client"])
def test_a_pledge_in_use_stays_and_the_page_links_to_what_uses_it(role, request, db):
    client = request.getfixturevalue(role)
    pledge = make.make_pledge(title="Cyber support")
    claim, part = make.make_claim(pledge, "amount"), make.make_claim(pledge.stages.get(), "stage")
    statement = make.make_statement(pledge=pledge)
    article = make.make_article("Denmark pays", body=f"It gave [[pledge:{pledge.slug}:amount]].")
    make.make_article(body=f"It gave [[pledge:{pledge.slug}-2:amount]].", published=False)

    response = client.post(page(pledge), CONFIRMED)

    assert Pledge.objects.filter(pk=pledge.pk).exists()
    assert lines(response.context["protected"]) == [
        "Claims", [(page(claim, "change"), "Amount: 91,000,000"),
                   (page(part, "change"), "Stage Allocated (step 1): stage: Allocated")],
        "Statements", [(page(statement, "change"), str(statement))],
        "Articles that name it", [(page(article, "change"), "Denmark pays")],
    ]  # fmt: skip
    assert "“Cyber support” cannot be deleted, because it is in use." in response.content.decode()


def test_a_party_names_each_role_that_it_has(administrator):
    party = make.make_party()
    pledge = make.make_pledge(donor=party, beneficiaries=[party], title="Support")
    coalition = make.make_coalition(members=[party])

    told = lines(administrator.get(page(party)).context["protected"])

    assert told == [
        "Memberships", [(page(coalition, "change"), coalition.name)],
        "Pledges (donor)", [(page(pledge, "change"), "Support")],
        "Pledges (beneficiaries)", [(page(pledge, "change"), "Support")],
    ]  # fmt: skip


def test_only_the_first_uses_are_listed_and_the_rest_counted(administrator):
    party = make.make_party()
    for _ in range(12):
        make.make_pledge(donor=party)

    _, [*rows, last] = lines(administrator.get(page(party)).context["protected"])

    assert (len(rows), last) == (10, "and 2 more")


@pytest.mark.parametrize("build, gone", [
    (lambda: make.make_pledge(beneficiaries=[make.make_party()]), 1 + 1),
    (lambda: make.make_coalition(members=[make.make_party(), make.make_party()]), 1 + 2),
    (lambda: make.make_agreement(signatories=[make.make_party()]), 1 + 1),
    (lambda: make.make_passage().source, 1 + 1), (make.make_event, 1), (make.make_party, 1), (make.make_sector, 1),
])  # fmt: skip
def test_what_nothing_uses_goes_with_its_parts(build, gone, administrator):
    row = build()
    asked = administrator.get(page(row))

    response = administrator.post(page(row), CONFIRMED)

    assert response.status_code == 302
    assert (asked.context["protected"], asked.context["perms_lacking"]) == ([], set())
    assert sum(count for _, count in asked.context["model_count"]) == gone
    assert not type(row).objects.filter(pk=row.pk).exists()


def test_a_source_that_claims_rest_on_stays(administrator):
    source = make.make_source()
    claim = make.make_claim(make.make_event(title="A meeting"), "title", [make.make_passage(source)])

    response = administrator.post(page(source), CONFIRMED)

    assert lines(response.context["protected"]) == ["Claims", [(page(claim, "change"), "Title: A meeting")]]
    assert (Source.objects.count(), Passage.objects.count()) == (1, 1)


def test_several_at_once_are_all_kept_where_one_is_in_use(administrator):
    used, free = make.make_pledge(), make.make_event()
    other = make.make_event()
    make.make_coalition(formalized_at=other, formalized_at_unknown="")
    chosen = {"action": "delete_selected", "_selected_action": [free.pk, other.pk]} | CONFIRMED

    response = administrator.post(reverse("admin:aid_event_changelist"), chosen)

    assert "Nothing was deleted, because these are in use." in response.content.decode()
    assert type(free).objects.count() == 2
    assert used.donor_id is not None


def test_several_that_nothing_uses_go_at_once(administrator):
    pledges = [make.make_pledge(), make.make_pledge()]
    chosen = {"action": "delete_selected", "_selected_action": [pledge.pk for pledge in pledges]} | CONFIRMED

    response = administrator.post(reverse("admin:aid_pledge_changelist"), chosen)

    assert response.status_code == 302
    assert Pledge.objects.count() == 0


def test_the_action_itself_keeps_what_is_in_use(db):
    pledge = make.make_pledge()
    make.make_claim(pledge, "amount", rank="withdrawn")

    with pytest.raises(ValidationError) as caught:
        delete_record(pledge, make.make_user())

    assert caught.value.code == "in_use"
    assert (Pledge.objects.count(), Claim.objects.count(), pledge.stages.count()) == (1, 1, 1)


def test_a_name_in_a_draft_counts_and_one_in_an_old_revision_does_not(writer):
    pledge = make.make_pledge()
    article = make.make_article(body=f"It gave [[pledge:{pledge.slug}:amount]].", published=False)
    named = [use.rows for use in uses(pledge)]

    save_revision(article, {"headline": "H", "standfirst": "", "byline": "", "body": "Nothing."}, writer.user)

    assert (named, uses(pledge)) == ([[article]], [])
