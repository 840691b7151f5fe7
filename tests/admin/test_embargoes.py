"""The embargo in a record's form, and what is asked before anything vanishes that readers have."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from aid.choices import AuditAction
from aid.models import AuditEntry, Claim, Party, Pledge
from aid.models.records import Withdrawable
from aid.queries.public import RECORDS, Public
from tests import builders as make
from tests.admin.forms import errors, said, sent

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
UNTIL = datetime(2026, 3, 3, 9, tzinfo=UTC)
TYPED = {"embargo_until_day": "2026-03-03", "embargo_until_time": "09:00", "embargo_until_zone": "UTC"}
EMPTY = {"embargo_until_day": "", "embargo_until_time": "", "embargo_until_zone": "UTC"}
KINDS = [model for model in RECORDS if issubclass(model, Withdrawable)]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def page(row, step="change"):
    return reverse(f"admin:aid_{row._meta.model_name}_{step}", args=[row.pk])


def made(model, **given):
    return getattr(make, f"make_{model._meta.model_name}")(**given)


def logged():
    """The entries of the audit log but for those of who signed in."""
    return list(AuditEntry.objects.exclude(action=AuditAction.LOGIN))


def told(response):
    return list(response.context["adminform"].form.non_field_errors())


def save(client, row, **changes):
    return client.post(page(row), sent(client.get(page(row)), **changes), follow=True)


@pytest.mark.parametrize("model", KINDS)
def test_an_embargo_of_what_readers_have_is_asked_about_first(model, editor):
    row = made(model)

    refused = save(editor, row, **TYPED)

    assert errors(refused)["__all__"][0] == "vanishes"
    assert f"{row._meta.verbose_name.capitalize()} “{str(row)[:90]}" in told(refused)[1]
    assert "Readers lose them until then: save it" in refused.text
    row.refresh_from_db()
    assert row.embargo_until is None
    assert logged() == []
    assert said(refused) == []

    agreed = editor.post(page(row), sent(refused, vanishes="on", **TYPED), follow=True)

    row.refresh_from_db()
    assert (row.embargo_until, Public().hides(row)) == (UNTIL, True)
    (entry,) = logged()
    assert (entry.action, entry.message) == (
        AuditAction.EMBARGOED,
        "Under embargo until 3 March 2026, 09:00 UTC.",
    )
    assert [change[0] for change in entry.changes] == ["Embargo until"]
    assert any("They do from 3 March 2026, 09:00 UTC on." in text for _, text in said(agreed))
    assert "Readers do not see it before 3 March 2026, 09:00 UTC." in editor.get(page(row)).text


def test_what_hangs_on_it_is_named(editor):
    source = make.make_source(title="The embargoed document")
    pledge = make.make_pledge(title="A pledge that rests on it")
    make.make_claim(pledge, "amount", source=source)
    statement = make.make_statement(text="Said about it.", pledge=pledge)
    make.make_membership()
    make.make_article("An article of it", f"[[pledge:{pledge.slug}:amount]]")

    refused = save(editor, source, **TYPED)

    assert told(refused)[1:] == [
        "Source “The embargoed document”",
        "Pledge “A pledge that rests on it”",
        f"Statement “{statement}”",
        "Its figures would read “figure not available” in “An article of it”.",
    ]


def test_of_many_the_first_are_named_and_the_others_counted(editor):
    party = make.make_party()
    for _ in range(20):
        make.make_pledge(donor=party)

    refused = save(editor, party, **TYPED)

    assert [line.partition(" ")[0] for line in told(refused)] == ["Nothing", "Party", *["Pledge"] * 11, "and"]
    assert told(refused)[-1] == "and 9 more"


def test_a_record_that_is_new_is_kept_from_readers_without_a_question(editor):
    response = editor.get(reverse("admin:aid_party_add"))
    posted = sent(response, name="Secret", slug="secret", kind="state", **TYPED)

    answer = editor.post(reverse("admin:aid_party_add"), posted, follow=True)

    party = Party.objects.get(slug="secret")
    assert (party.embargo_until, Public().hides(party)) == (UNTIL, True)
    assert any("They do from 3 March 2026, 09:00 UTC on." in text for _, text in said(answer))


def test_a_preferred_claim_from_a_source_under_embargo_is_asked_about(editor):
    source = make.make_source("It gives twelve million.", embargo_until=UNTIL)
    pledge = make.make_pledge()
    response = editor.get(page(pledge))
    row = next(form for form in response.context["inline_admin_formsets"] if form.formset.prefix == "claims").formset
    assert row.prefix == "claims"
    typed = {
        "claims-TOTAL_FORMS": "1", "claims-0-about": "amount", "claims-0-rank": "preferred",
        "claims-0-source": source.pk, "claims-0-basis": "stated", "claims-0-quote": "It gives twelve million.",
        "claims-0-wording": "", "claims-0-value": "", "claims-0-reasoning": "", "claims-0-pledge": pledge.pk,
    }  # fmt: skip

    refused = editor.post(page(pledge), sent(response, **typed), follow=True)

    assert errors(refused)["__all__"][0] == "vanishes"
    assert not Claim.objects.exists()

    alternative = editor.post(page(pledge), sent(response, **typed | {"claims-0-rank": "alternative"}), follow=True)

    assert alternative.redirect_chain
    assert Claim.objects.get().source == source
    assert not Public().hides(pledge)


def test_a_claim_that_becomes_preferred_on_its_own_page_is_asked_about(editor):
    pledge = make.make_pledge()
    claim = make.make_claim(
        pledge,
        "amount",
        rank="alternative",
        source=make.make_source("", embargo_until=UNTIL),
        recorded_by=editor.user,
    )

    refused = save(editor, claim, rank="preferred")

    assert errors(refused)["__all__"][0] == "vanishes"
    claim.refresh_from_db()
    assert claim.rank == "alternative"
    agreed = editor.post(page(claim), sent(refused, rank="preferred", vanishes="on"), follow=True)
    assert agreed.redirect_chain
    assert Public().hides(pledge)


def test_a_record_that_is_given_a_name_under_embargo_is_asked_about(editor):
    pledge, secret = make.make_pledge(), make.make_coalition(embargo_until=UNTIL)

    refused = save(editor, pledge, coalition=secret.pk, coalition_unknown="")

    assert errors(refused)["__all__"][0] == "vanishes"
    assert Pledge.objects.get(pk=pledge.pk).coalition is None


def test_what_readers_do_not_have_anyway_is_not_asked_about(editor):
    pledge = make.make_pledge(embargo_until=UNTIL)

    response = save(editor, pledge, title="Another title")

    assert response.redirect_chain
    assert Pledge.objects.get(pk=pledge.pk).title == "Another title"


def test_only_a_publisher_ends_an_embargo_sooner(editor, publisher):
    pledge = make.make_pledge(embargo_until=UNTIL)

    refused = save(editor, pledge, **EMPTY)
    assert errors(refused) == {"embargo_until": ["publisher"]}
    pledge.refresh_from_db()
    assert pledge.embargo_until == UNTIL

    save(publisher, pledge, **EMPTY)
    pledge.refresh_from_db()
    assert (pledge.embargo_until, Public().has(pledge)) == (None, True)
    assert [entry.message for entry in logged()] == ["The embargo until 3 March 2026, 09:00 UTC was lifted."]


@pytest.mark.parametrize(
    ("typed", "code"),
    (
        (TYPED | {"embargo_until_day": "2020-01-01"}, "past"),
        (TYPED | {"embargo_until_day": "tomorrow"}, "day"),
        (TYPED | {"embargo_until_time": ""}, "incomplete"),
        (TYPED | {"embargo_until_zone": "Mars/Olympus"}, "zone"),
        (TYPED | {"embargo_until_day": "2026-03-29", "embargo_until_time": "02:30",
                  "embargo_until_zone": "Europe/Copenhagen"}, "nonexistent"),
    ),
)  # fmt: skip
def test_a_moment_that_is_none_is_refused_and_stays_as_typed(typed, code, editor):
    pledge = make.make_pledge()

    refused = save(editor, pledge, **typed)

    assert errors(refused) == {"embargo_until": [code]}
    assert f'value="{typed["embargo_until_day"]}"' in refused.text
    pledge.refresh_from_db()
    assert pledge.embargo_until is None


def test_an_embargo_that_is_over_stays_in_the_form_and_hinders_nothing(editor, clock):
    pledge = make.make_pledge(embargo_until=NOW - timedelta(days=9))

    response = save(editor, pledge, title="Another title")

    assert response.redirect_chain
    pledge.refresh_from_db()
    assert (pledge.title, pledge.embargo_until) == ("Another title", NOW - timedelta(days=9))


def test_a_day_of_review_is_kept(editor):
    pledge = make.make_pledge()

    save(editor, pledge, review_by="2026-06-01")

    assert str(Pledge.objects.get(pk=pledge.pk).review_by) == "2026-06-01"


def test_the_tick_stays_where_the_form_comes_back_for_another_reason(editor):
    pledge = make.make_pledge()
    refused = save(editor, pledge, **TYPED)

    again = editor.post(page(pledge), sent(refused, vanishes="on", title="", **TYPED), follow=True)

    assert errors(again) == {"title": ["required"]}
    assert again.context["adminform"].form["vanishes"].value() is True
    assert "Readers lose them until then: save it" in again.text
