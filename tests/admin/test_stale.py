"""Two editors with the same record open: a form that is older than the record takes nothing back without a word."""

from decimal import Decimal

import pytest
from django.contrib.admin.sites import site
from django.urls import reverse

from aid.admin.states import StateAdmin, StateForm
from aid.choices import Basis, Stage
from aid.models import Claim, Pledge
from tests import builders as make
from tests.admin.forms import UNTOLD, errors, said, sent
from tests.admin.test_bulk import do, page


def change(row):
    return reverse(f"admin:aid_{row._meta.model_name}_change", args=[row.pk])


def told(response):
    """What the refused page says above the form, and what it says at its fields and rows."""
    return [str(text) for text in response.context["adminform"].form.non_field_errors()]


@pytest.fixture
def pledge(db):
    return make.make_pledge(title="Cyber support", amount=Decimal(91_000_000), currency="DKK", amount_unknown="",
                            stages=[Stage.ANNOUNCED])  # fmt: skip


def test_a_stale_form_is_refused_and_says_what_differs(editor, publisher, pledge):
    stale = sent(editor.get(change(pledge)), title="Support for cyber defence")
    publisher.post(change(pledge), sent(publisher.get(change(pledge)), amount="95,000,000"))

    response = editor.post(change(pledge), stale)

    assert errors(response) == {"__all__": ["stale", "differs", "differs"]}
    first, *differences = told(response)
    assert first.startswith("Nothing is saved yet: since you opened this page, publisher saved it on ")
    assert differences == [
        "Title: “Cyber support” is saved; “Support for cyber defence” stands in your form.",
        "Amount: “95000000” is saved; “91000000” stands in your form.",
    ]
    pledge.refresh_from_db()
    assert (pledge.title, pledge.amount) == ("Cyber support", 95_000_000)


def test_another_record_that_was_chosen_is_named(editor, publisher, pledge):
    norway = make.make_party(name="Norway")
    stale = sent(editor.get(change(pledge)), title="Other")
    publisher.post(change(pledge), sent(publisher.get(change(pledge)), donor=norway.pk))

    response = editor.post(change(pledge), stale)

    assert f"Donor: “Norway” is saved; “{pledge.donor}” stands in your form." in told(response)


def test_the_second_save_of_a_refused_form_goes_through(editor, publisher, pledge):
    stale = sent(editor.get(change(pledge)), title="Support for cyber defence")
    publisher.post(change(pledge), sent(publisher.get(change(pledge)), amount="95,000,000"))
    refused = editor.post(change(pledge), stale)

    response = editor.post(change(pledge), sent(refused, amount="95,000,000"))

    assert response.status_code == 302, errors(response)
    pledge.refresh_from_db()
    assert (pledge.title, pledge.amount) == ("Support for cyber defence", 95_000_000)


def test_a_second_save_is_refused_again_if_somebody_saved_once_more(editor, publisher, pledge):
    stale = sent(editor.get(change(pledge)), title="Support for cyber defence")
    publisher.post(change(pledge), sent(publisher.get(change(pledge)), amount="95,000,000"))
    refused = editor.post(change(pledge), stale)
    publisher.post(change(pledge), sent(publisher.get(change(pledge)), amount="96,000,000"))

    response = editor.post(change(pledge), sent(refused, amount="95,000,000"))

    assert errors(response)["__all__"][0] == "stale"
    assert Pledge.objects.get().amount == 96_000_000


def test_a_form_with_another_error_is_told_to_be_stale_at_once(editor, publisher, pledge):
    """The page that comes back carries the new state, so a stale form cannot slip by behind the other error."""
    stale = sent(editor.get(change(pledge)), title="")
    publisher.post(change(pledge), sent(publisher.get(change(pledge)), amount="95,000,000"))

    response = editor.post(change(pledge), stale)

    assert errors(response) == {"title": ["required"], "__all__": ["stale", "differs", "differs"]}


def test_a_form_without_its_state_is_refused(editor, pledge):
    data = sent(editor.get(change(pledge)), title="Other")
    del data["opened_state"]

    assert errors(editor.post(change(pledge), data))["__all__"][0] == "stale"
    assert Pledge.objects.get().title == "Cyber support"


def test_saving_alone_changes_no_state(editor, publisher, pledge):
    """Somebody who saved without a change has put nothing at risk."""
    opened = sent(editor.get(change(pledge)), title="Other")
    publisher.post(change(pledge), sent(publisher.get(change(pledge))))

    assert editor.post(change(pledge), opened).status_code == 302
    assert Pledge.objects.get().title == "Other"


def test_a_claim_saved_on_its_own_page_makes_the_records_form_stale(editor, publisher, pledge):
    source = make.make_source("The amount is 91 million.")
    claim = make.make_claim(pledge, "amount", [make.make_passage(source, 0, 10)], basis=Basis.INFERRED,
                            reasoning="As it was", recorded_by=editor.user)  # fmt: skip
    stale = sent(editor.get(change(pledge)), title="Other", **{"claims-0-reasoning": "As I have it"})
    saved = publisher.post(change(claim), sent(publisher.get(change(claim)), reasoning="Newly worked out"))
    assert saved.status_code == 302, errors(saved)

    response = editor.post(change(pledge), stale)

    assert told(response)[2] == (
        f"Claim “{claim}”, reasoning: “Newly worked out” is saved; “As I have it” stands in your form."
    )
    claim.refresh_from_db()
    assert (claim.reasoning, claim.recorded_by) == ("Newly worked out", publisher.user)


def test_a_claims_own_page_is_stale_after_its_record_was_saved(editor, publisher, pledge):
    source = make.make_source("The amount is 91 million.")
    claim = make.make_claim(pledge, "amount", [make.make_passage(source, 0, 10)], basis=Basis.INFERRED,
                            reasoning="As it was")  # fmt: skip
    stale = sent(editor.get(change(claim)), wording="")
    data = sent(publisher.get(change(pledge)), **{"claims-0-reasoning": "Newly worked out"})
    assert publisher.post(change(pledge), data).status_code == 302

    response = editor.post(change(claim), stale)

    assert errors(response)["__all__"] == ["stale", "differs"]
    assert Claim.objects.get().reasoning == "Newly worked out"


def test_verifying_a_claim_makes_no_form_stale(editor, publisher, pledge):
    claim = make.make_claim(pledge, "amount", recorded_by=editor.user)
    opened = sent(editor.get(change(pledge)), title="Other")
    do(publisher, page("verify", [claim]))
    claim.refresh_from_db()
    assert claim.verified_by == publisher.user

    assert editor.post(change(pledge), opened).status_code == 302


def test_stages_changed_added_and_deleted_by_others_are_named(editor, publisher, pledge):
    make.make_stage(pledge=pledge, position=2, stage=Stage.ALLOCATED)
    stale = sent(editor.get(change(pledge)), title="Other")
    data = sent(publisher.get(change(pledge)), **{
        "stages-TOTAL_FORMS": 3, "stages-0-wording": "pledged", "stages-1-DELETE": "on",
        "stages-2-stage": "committed", "stages-2-on_unknown": "not_stated"})  # fmt: skip
    saved = publisher.post(change(pledge), data)
    assert saved.status_code == 302, errors(saved)

    response = editor.post(change(pledge), stale)

    assert told(response)[1:] == [
        "Title: “Cyber support” is saved; “Other” stands in your form.",
        "Stage “Announced (step 1)”, wording: “pledged” is saved; nothing stands in your form.",
        "A stage that stands in your form has been deleted. Open the page again to go on.",
        "The stage “Committed (step 2)” has been added. It does not stand in your form, and it stays.",
    ]
    assert [(step.stage, step.wording) for step in pledge.stages.all()] == [
        ("announced", "pledged"),
        ("committed", ""),
    ]


@pytest.mark.parametrize("builder", [make.make_party, make.make_coalition, make.make_agreement, make.make_event,
                                     make.make_statement, make.make_assertion, make.make_source, make.make_person,
                                     make.make_office, make.make_sector])  # fmt: skip
def test_every_kind_of_record_is_guarded(publisher, builder):
    row = builder()
    form = sent(publisher.get(change(row)))
    name = next(name for name in ("name", "title", "text") if form.get(name))
    saved = publisher.post(change(row), form | UNTOLD | {name: "Newer words"})
    assert saved.status_code == 302, errors(saved)

    response = publisher.post(change(row), form)

    assert errors(response)["__all__"] == ["stale", "differs"]
    assert "“Newer words” is saved; " in told(response)[1]
    row.refresh_from_db()
    assert getattr(row, name) == "Newer words"


def test_an_account_that_may_only_look_has_no_state_to_send(writer, pledge):
    response = writer.get(change(pledge))

    assert response.status_code == 200
    assert b"opened_state" not in response.content
    assert said(response) == []


def test_every_form_of_the_desk_is_held_against_what_is_saved(rf, admin_user):
    """A form that does not ask would take back in silence what somebody else has saved."""
    request = rf.get("/")
    request.user = admin_user

    changed = [shown for shown in site._registry.values() if shown.has_change_permission(request, shown.model())]

    assert len(changed) > 15
    assert [shown for shown in changed if not issubclass(shown.form, StateForm)] == []
    assert [shown for shown in changed if not isinstance(shown, StateAdmin)] == []
