import pytest

from aid.choices import Rank
from aid.models import Claim, Correction, Pledge
from aid.rules.publishing import reasons_not_to_publish
from tests.builders import make_article, make_claim, make_pledge, make_source, sign_everything, support

pytestmark = pytest.mark.django_db

WHY = "The ministry’s own figure is nearer to the decision."
ASKED = {
    "correction-kind": "correction",
    "correction-note": "An earlier version gave the amount as 91 million kroner. It is 95 million kroner.",
    "correction-was": "91 million",
    "correction-now": "95 million",
    "correction-why": "",
}


@pytest.fixture
def pledge():
    pledge = make_pledge()
    support(pledge)
    support(pledge.stages.get())
    source = make_source(text="", title="Another report")
    make_claim(pledge, "amount", value="95000000", wording="95 million", source=source, rank=Rank.ALTERNATIVE)
    return pledge


def claim(pledge, rank=Rank.ALTERNATIVE):
    return pledge.claims.get(field="amount", rank=rank)


def page(pledge, rank=Rank.ALTERNATIVE):
    return f"/admin/aid/claim/{claim(pledge, rank).pk}/prefer/"


def test_the_page_sets_the_claims_beside_one_another(pledge, editor):
    shown = editor.get(page(pledge)).content.decode()
    assert "DKK 95" in shown and "DKK 91" in shown and "Another report" in shown
    assert f'value="{claim(pledge, Rank.PREFERRED).pk}" checked' in shown


def test_a_reason_for_the_value_that_stays_needs_no_note(pledge, editor):
    address = page(pledge)
    response = editor.post(address, {"claim": claim(pledge, Rank.PREFERRED).pk, "why": WHY})
    assert response.headers["Location"] == f"/admin/aid/pledge/{pledge.pk}/change/"
    assert claim(pledge, Rank.PREFERRED).preferred_why == WHY
    assert Correction.objects.count() == 0


def test_a_choice_that_changes_what_readers_have_is_saved_with_its_note_or_not_at_all(pledge, editor):
    address, sent = page(pledge), {"claim": claim(pledge).pk, "why": WHY}
    asked = editor.post(address, sent)
    assert "Nothing is saved yet" in asked.content.decode()
    assert (Pledge.objects.get().amount, Claim.objects.exclude(preferred_why="").count()) == (91_000_000, 0)

    editor.post(address, sent | ASKED)
    assert Pledge.objects.get().amount == 95_000_000
    assert Correction.objects.get().pledge == pledge


@pytest.mark.parametrize("sent", [{}, {"claim": "7" * 30, "why": WHY}, {"claim": "x", "why": WHY}, {"why": WHY}])
def test_nonsense_is_answered_with_the_form(pledge, editor, sent):
    response = editor.post(page(pledge), sent)
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert Pledge.objects.get().amount == 91_000_000


def test_no_such_claim_leads_home(editor):
    assert editor.get("/admin/aid/claim/nonsense/prefer/").headers["Location"] == "/admin/"


def test_a_reason_explains_the_disagreement_to_the_checklist(pledge, editor):
    article = make_article(body=f"It is [[pledge:{pledge.slug}:amount]].")
    sign_everything(article)

    def told():
        return [r for r in reasons_not_to_publish(article, article.live) if r.code == "disagreement"]

    assert [reason.url for reason in told()] == [page(pledge, Rank.PREFERRED)]
    editor.post(page(pledge), {"claim": claim(pledge, Rank.PREFERRED).pk, "why": WHY})
    assert told() == []
    # Another source comes to light: nobody has decided about that.
    make_claim(pledge, "amount", value="80000000", rank=Rank.ALTERNATIVE)
    assert len(told()) == 1


def test_readers_see_both_values_side_by_side_and_why(pledge, editor, client):
    shown = client.get(pledge.get_absolute_url()).content.decode()
    assert "No editor has written yet why the one is preferred" in shown
    editor.post(page(pledge), {"claim": claim(pledge, Rank.PREFERRED).pk, "why": WHY})
    shown = client.get(pledge.get_absolute_url()).content.decode()
    sides = shown.partition('class="sides__list"')[2].partition("sides__why")
    assert sides[0].index("DKK 91") < sides[0].index("DKK 95")
    for one in Claim.objects.filter(field="amount"):
        assert one.get_absolute_url() in sides[0]
    assert WHY in sides[2]


def test_a_claim_about_no_field_leads_to_the_claim(pledge, editor):
    Claim.objects.filter(pk=claim(pledge).pk).update(field="colour")
    broken = Claim.objects.get(field="colour")
    response = editor.get(f"/admin/aid/claim/{broken.pk}/prefer/")
    assert response.headers["Location"] == f"/admin/aid/claim/{broken.pk}/change/"
