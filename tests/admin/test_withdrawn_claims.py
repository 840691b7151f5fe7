"""Withdrawing a claim on the desk, with its reason and what holds instead."""

import re

import pytest
from django.urls import reverse

from aid.choices import Basis, Rank
from aid.models import AuditEntry, Claim
from tests import builders as make
from tests.admin.forms import errors, sent

pytestmark = pytest.mark.django_db


def page(claim):
    return reverse("admin:aid_claim_withdraw", args=[claim.pk])


@pytest.fixture
def pledge():
    return make.make_pledge()


@pytest.fixture
def claim(pledge):
    return make.make_claim(pledge, "amount", recorded_by=make.make_user())


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def test_a_claim_is_withdrawn_with_its_reason_and_what_replaced_it(editor, pledge, claim):
    other = make.make_claim(pledge, "amount", rank=Rank.ALTERNATIVE, key="the-other-one")
    make.make_claim(pledge, "amount", value="5", **make.WITHDRAWAL)
    make.make_claim(pledge, "donor")
    make.make_claim(make.make_pledge(), "amount")

    offered = editor.get(page(claim)).context["form"].fields["replaced_by"]
    response = editor.post(page(claim), {"why": " It was a typing error. ", "replaced_by": other.pk})

    assert list(offered.queryset) == [other]
    assert offered.label_from_instance(other).startswith("91,000,000 – Source")
    assert response.status_code == 302
    claim, other = fresh(claim), fresh(other)
    assert (claim.rank, claim.withdrawn_why, claim.replaced_by) == ("withdrawn", "It was a typing error.", other)
    assert claim.withdrawn_at is not None
    # Who recorded it is told as before, and the other one says what the record says.
    assert claim.recorded_by.username != editor.user.username
    assert other.rank == "preferred"
    line = claim.history.first()
    assert (line.history_user, line.history_change_reason) == (editor.user, "It was a typing error.")
    entry = AuditEntry.objects.filter(action="withdrawn").get()
    assert (entry.user, entry.why, entry.kind) == (editor.user, "It was a typing error.", "claim")


def test_a_claim_that_says_something_else_does_not_become_the_reason_for_the_value(editor, pledge, claim):
    other = make.make_claim(pledge, "amount", value="5", rank=Rank.ALTERNATIVE)

    response = editor.post(page(claim), {"why": "Misread.", "replaced_by": other.pk}, follow=True)

    assert (fresh(claim).replaced_by, fresh(other).rank) == (other, "alternative")
    assert re.search(r"No preferred claim supports: [^.]*\bAmount\b", response.content.decode())


@pytest.mark.parametrize(("sent_why", "which", "place"), [
    ("  ", None, "why"),
    ("Misread.", "itself", "replaced_by"),
    ("Misread.", "withdrawn", "replaced_by"),
    ("Misread.", "another field", "replaced_by"),
    ("Misread.", "nonsense", "replaced_by"),
])  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence(sent_why, which, place, editor, pledge, claim):
    rows = {
        "itself": claim,
        "withdrawn": make.make_claim(pledge, "amount", **make.WITHDRAWAL),
        "another field": make.make_claim(pledge, "donor"),
    }
    chosen = rows[which].pk if which in rows else which or ""

    response = editor.post(page(claim), {"why": sent_why, "replaced_by": chosen})

    assert (response.status_code, list(response.context["form"].errors)) == (200, [place])
    assert fresh(claim).rank == "preferred"


def test_what_readers_are_told_of_a_withdrawn_claim_is_changed(editor, pledge):
    gone = make.make_claim(pledge, "amount", **make.WITHDRAWAL)
    holds = make.make_claim(pledge, "amount")

    shown = editor.get(page(gone)).content.decode()
    editor.post(page(gone), {"why": "The source was forged.", "replaced_by": holds.pk})

    assert "The source was misread." in shown
    told = fresh(gone)
    assert (told.rank, told.withdrawn_why, told.replaced_by, told.withdrawn_at) == (
        "withdrawn", "The source was forged.", holds, gone.withdrawn_at)  # fmt: skip


def test_a_writer_withdraws_nothing(writer, claim):
    assert [writer.get(page(claim)).status_code, writer.post(page(claim), {"why": "So."}).status_code] == [403, 403]
    assert fresh(claim).rank == "preferred"


def test_a_claim_that_is_nowhere_is_no_fault(editor):
    assert editor.get("/admin/aid/claim/999999/withdraw/").status_code == 302
    assert editor.get("/admin/aid/claim/nonsense/withdraw/").status_code == 302
    assert editor.put("/admin/aid/claim/999999/withdraw/").status_code == 405


# In the forms


def change(row):
    return reverse(f"admin:aid_{row._meta.model_name}_change", args=[row.pk])


def test_in_a_form_a_claim_is_withdrawn_with_a_reason_or_not_at_all(editor, pledge, claim):
    page = editor.get(change(claim))

    bare = editor.post(change(claim), sent(page, rank="withdrawn"))
    stray = editor.post(change(claim), sent(page, withdrawn_why="Misread."))
    done = editor.post(change(claim), sent(page, rank="withdrawn", withdrawn_why="Misread."))

    assert errors(bare) == {"withdrawn_why": ["reason"]}
    assert errors(stray) == {"withdrawn_why": ["not_withdrawn"]}
    assert done.status_code == 302, errors(done)
    assert (fresh(claim).rank, fresh(claim).withdrawn_why) == ("withdrawn", "Misread.")
    # It says what it said, so that it is still told who recorded it.
    assert fresh(claim).recorded_by == claim.recorded_by


def test_a_claim_that_stands_again_is_as_if_it_had_never_been_withdrawn(editor, pledge):
    gone = make.make_claim(pledge, "amount", replaced_by=make.make_claim(pledge, "amount"), **make.WITHDRAWAL)
    page = editor.get(change(gone))

    response = editor.post(change(gone), sent(page, rank="alternative"))

    assert response.status_code == 302, errors(response)
    gone = fresh(gone)
    assert (gone.rank, gone.withdrawn_at, gone.withdrawn_why, gone.replaced_by) == ("alternative", None, "", None)


def test_in_its_records_form_the_claim_that_takes_its_place_replaces_it(editor, pledge, claim):
    other = make.make_claim(pledge, "amount", rank=Rank.ALTERNATIVE, basis=Basis.EXTERNAL, key="zz-newer")
    Claim.objects.filter(pk=claim.pk).update(key="aa-older")
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), sent(page, **{
        "claims-0-rank": "withdrawn", "claims-0-withdrawn_why": "Misread.", "claims-1-rank": "preferred",
    }))  # fmt: skip

    assert response.status_code == 302, errors(response)
    assert (fresh(claim).rank, fresh(claim).replaced_by) == ("withdrawn", other)
    assert fresh(other).rank == "preferred"
