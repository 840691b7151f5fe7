import pytest
from django.urls import reverse

from aid.actions.withdrawals import reinstate_record, withdraw_record
from aid.choices import Rank
from aid.models import Claim, Reopening, Source
from tests.admin.forms import sent
from tests.builders import make_claim, make_passage, make_pledge, make_source, make_user, support

pytestmark = pytest.mark.django_db

SENTENCE = "Norland allocated 91 million kroner."
WHY = "Another copy says the same."


@pytest.fixture
def source():
    return make_source(text=f"{SENTENCE} It was in 2024.", title="A report")


@pytest.fixture
def claim(source):
    pledge = make_pledge(title="The pledge")
    support(pledge)
    Claim.objects.get(pledge=pledge, field="amount").delete()
    return make_claim(
        pledge, "amount", [make_passage(source, 0, 36)], wording="91 million kroner", recorded_by=make_user()
    )


def page(claim):
    return f"/admin/aid/claim/{claim.pk}/decide/"


def withdraw(source, publisher):
    withdraw_record(source, publisher.user, "The paper took it back.")


def reopened(client):
    """What the desk lists as waiting for a decision: [(address, note)]."""
    lists = client.get("/admin/").context["waiting"]
    found = next(one for one in lists if one["title"] == "Reopened claims")
    return [(item["url"], item["note"]) for item in found["items"]]


def test_the_desk_lists_what_rested_on_a_withdrawn_source_until_somebody_decides(claim, source, publisher, editor):
    assert reopened(editor) == []
    withdraw(source, publisher)
    [(address, note)] = reopened(editor)
    assert address == page(claim) and note.startswith("A report: withdrawn; since ")
    every = editor.get("/admin/aid/claim/?verified=reopened")
    assert [row.pk for row in every.context["cl"].result_list] == [claim.pk]
    assert "The paper took it back." in editor.get(page(claim)).content.decode()

    response = editor.post(page(claim), {"outcome": "kept", "why": WHY})
    assert response.headers["Location"] == f"/admin/aid/pledge/{claim.pledge_id}/change/"
    assert reopened(editor) == []
    assert Claim.objects.get(pk=claim.pk).kept_why == WHY


def test_saving_a_newer_version_opens_the_claims_on_the_one_before_it(claim, source, editor):
    add = "/admin/aid/source/add/"
    typed = {
        "title": "Second version",
        "slug": "second",
        "kind": "news_report",
        "text": f"Corrected. {source.text}",
        **{f"{name}_unknown": "not_stated" for name in ("publisher", "author", "url", "published_on")},
        "supersedes": source.pk,
    }
    assert editor.post(add, sent(editor.get(add), **typed)).status_code == 302
    assert [row.because for row in Reopening.objects.all()] == ["source_superseded"]
    # The same words stand in the newer version, so that they are filled in.
    shown = editor.get(page(claim))
    assert shown.context["form"]["quote"].value() == SENTENCE
    editor.post(page(claim), {"outcome": "moved", "quote": SENTENCE, "why": WHY})
    found = Claim.objects.get(pk=claim.pk)
    assert (found.source.slug, found.reopened_at) == ("second", None)

    version = Source.objects.get(slug="second")
    home = reverse("admin:aid_source_change", args=[version.pk])
    editor.post(home, sent(editor.get(home), supersedes=""))
    assert Claim.objects.get(pk=claim.pk).source == version


def test_taking_the_newer_version_back_closes_what_it_opened(claim, source, editor):
    version = make_source(text="Other words.", slug="second")
    home = reverse("admin:aid_source_change", args=[version.pk])
    editor.post(home, sent(editor.get(home), supersedes=source.pk))
    assert len(reopened(editor)) == 1
    editor.post(home, sent(editor.get(home), supersedes=""))
    assert reopened(editor) == []


def test_a_claim_can_be_withdrawn_there(claim, source, publisher, editor):
    withdraw(source, publisher)
    editor.post(page(claim), {"outcome": "withdrawn", "why": WHY})
    found = Claim.objects.get(pk=claim.pk)
    assert (found.rank, found.withdrawn_why, found.reopened_at) == (Rank.WITHDRAWN, WHY, None)
    assert reopened(editor) == []


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"outcome": "kept"},
        {"outcome": "kept", "why": "  "},
        {"outcome": "burned", "why": WHY},
        {"outcome": "moved", "quote": SENTENCE, "why": WHY},
        {"why": "x" * 5000, "outcome": "kept"},
    ],
)
def test_nonsense_decides_nothing(claim, source, publisher, editor, typed):
    withdraw(source, publisher)
    response = editor.post(page(claim), typed)
    assert (response.status_code, "errorlist" in response.content.decode()) == (200, True)
    assert len(reopened(editor)) == 1


def test_a_claim_that_waits_for_nothing_says_so(claim, editor):
    assert "It waits for no decision." in editor.get(page(claim)).content.decode()
    assert editor.post(page(claim), {"outcome": "kept", "why": WHY}).status_code == 200
    assert Claim.objects.get(pk=claim.pk).kept_why == ""


def test_readers_are_told_honestly(claim, source, publisher, editor, client):
    address = claim.pledge.get_absolute_url()

    def told():
        return [client.get(where).content.decode() for where in (address, claim.get_absolute_url())]

    assert not any("This source was withdrawn on" in page for page in told())
    withdraw(source, publisher)
    assert all("This source was withdrawn on" in page and "nothing is decided yet" in page for page in told())
    assert "The source that it rests on was withdrawn; this is being checked again." in told()[0]
    editor.post(page(claim), {"outcome": "kept", "why": WHY})
    assert all("This source was withdrawn on" in page and WHY in page for page in told())
    assert "being checked again" not in told()[0]


def test_a_withdrawal_that_is_undone_leaves_no_trace_for_readers(claim, source, publisher, client):
    address = claim.pledge.get_absolute_url()
    before = client.get(address).content
    withdraw(source, publisher)
    assert client.get(address).content != before
    reinstate_record(source, publisher.user, "It was right.")
    assert client.get(address).content == before


def test_the_claim_leads_to_its_decision_and_to_the_choice(claim, source, publisher, editor):
    home = f"/admin/aid/claim/{claim.pk}/change/"
    steps = [page(claim), f"/admin/aid/claim/{claim.pk}/prefer/", f"/admin/aid/claim/{claim.pk}/withdraw/"]
    assert [f'href="{step}"' in editor.get(home).content.decode() for step in steps] == [False, True, True]
    withdraw(source, publisher)
    assert [f'href="{step}"' in editor.get(home).content.decode() for step in steps] == [True, True, True]
