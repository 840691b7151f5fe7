"""The history of a record on the desk: read, compared, restored, by those who may."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.contrib.admin.sites import site
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from aid.actions.claims import verify_claim
from aid.admin.history import history_address
from aid.choices import AuditAction, Basis, Stage
from aid.models import AuditEntry, Claim, Correction, Pledge, PledgeStage
from tests import builders as make
from tests.admin.forms import UNTOLD, errors, said, sent
from tests.admin.test_base import one_of_each

RECORDS = [
    "party",
    "person",
    "office",
    "pledge",
    "coalition",
    "agreement",
    "event",
    "statement",
    "assertion",
    "source",
]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as moved:
        yield moved


def change(row):
    return reverse(f"admin:aid_{row._meta.model_name}_change", args=[row.pk])


def compare(row, query=""):
    return history_address(row, "compare") + query


def restore(row):
    return history_address(row, "restore")


@pytest.fixture
def pledge(editor, publisher, clock):
    """A pledge that was made, then changed by an editor, then by a publisher."""
    pledge = make.make_pledge(title="As it was", purposes="To defend <networks>.", purposes_unknown="",
                              stages=[Stage.ANNOUNCED])  # fmt: skip
    make.make_claim(pledge, "amount")
    clock.shift(60)
    pledge.title, pledge.amount, pledge._history_user = "As it became", Decimal(95_000_000), editor.user
    pledge.save()
    clock.shift(60)
    step = PledgeStage(pledge=pledge, position=2, stage=Stage.ALLOCATED, on_unknown="not_stated")
    pledge.purposes, pledge.stage = "To defend all <networks>.", Stage.ALLOCATED
    for row in (step, pledge):
        row._history_user = publisher.user
        row.save()
    clock.shift(60)
    return pledge


def numbers(response):
    return [side["number"] for side in response.context["sides"]]


# Reading


def test_a_save_in_the_form_is_one_save_with_its_rows(editor, clock):
    pledge = make.make_pledge(title="As it was", stages=[Stage.ANNOUNCED])
    clock.shift(60)
    army = make.make_party(name="Army")
    typed = sent(editor.get(change(pledge)), title="As it became", beneficiaries=[army.pk], **{
        "stages-TOTAL_FORMS": 2, "stages-1-stage": "allocated", "stages-1-position": 2,
        "stages-1-on_unknown": "not_stated"})  # fmt: skip
    assert editor.post(change(pledge), typed).status_code == 302

    newest, first = editor.get(history_address(pledge)).context["saves"]

    assert (newest["number"], newest["by"], first["number"]) == (2, "editor", 1)
    assert [(found.kind, found.name, [field.label for field in found.fields]) for found in newest["changes"]] == [
        ("changed", "", ["Title", "Stage", "Beneficiaries"]),
        ("added", "Stage Allocated (step 2)", ["Position", "Stage", "Date"]),
    ]


def test_the_history_says_who_changed_what_from_what_to_what_and_when(pledge, editor):
    html = editor.get(history_address(pledge)).content.decode()

    assert [save["number"] for save in editor.get(history_address(pledge)).context["saves"]] == [3, 2, 1]
    assert "Save 3: 1 March 2026, 12:02, publisher" in html
    assert "Save 2: 1 March 2026, 12:01, editor" in html
    assert '<del><span class="visually-hidden">removed: </span>91,000,000</del>' in html
    assert '<ins><span class="visually-hidden">added: </span>95,000,000</ins>' in html
    assert 'To defend <ins><span class="visually-hidden">added: </span>all </ins>&lt;networks&gt;.' in html
    assert "Stage Allocated (step 2)" in html
    assert "<networks>" not in html


def test_the_reason_that_is_typed_stands_with_all_that_was_saved(editor, clock):
    unseen = datetime(2030, 1, 1, tzinfo=UTC)
    pledge = make.make_pledge(title="As it was", stages=[Stage.ANNOUNCED, Stage.ALLOCATED], embargo_until=unseen)
    make.make_claim(pledge, "amount", basis=Basis.INFERRED, reasoning="As it was")
    clock.shift(60)
    page = editor.get(change(pledge))
    assert "Reason for the change" in page.content.decode()
    typed = sent(page, title="As it became", why="The ministry <mended> it", **{
        "claims-0-reasoning": "As it became", "stages-0-wording": "said", "stages-1-DELETE": "on"})  # fmt: skip
    assert editor.post(change(pledge), typed).status_code == 302

    page = editor.get(history_address(pledge))

    newest = page.context["saves"][0]
    assert (newest["reasons"], [found.kind for found in newest["changes"]]) == (
        ["The ministry <mended> it"], ["changed", "changed", "deleted", "changed"],
    )  # fmt: skip
    assert "Reason: The ministry &lt;mended&gt; it" in page.content.decode()
    for model in (Pledge, PledgeStage, Claim):
        assert model.history.latest().history_change_reason == "The ministry <mended> it"
    assert AuditEntry.objects.get(action=AuditAction.CHANGED).why == "The ministry <mended> it"


def test_a_reason_without_a_change_verifies_nothing_anew_and_is_no_save(editor, publisher, clock):
    pledge = make.make_pledge()
    claim = make.make_claim(pledge, "amount", source=make.make_source(text=""), recorded_by=editor.user)
    verify_claim(claim, publisher.user)
    clock.shift(60)

    for row in (pledge, claim):
        assert editor.post(change(row), sent(editor.get(change(row)), why="No change")).status_code == 302

    claim.refresh_from_db()
    assert (claim.verified_by, len(editor.get(history_address(pledge)).context["saves"])) == (publisher.user, 1)


@pytest.mark.parametrize("why, code", [("x" * 101, "max_length"), ("a\0", "null_characters_not_allowed")])
def test_a_reason_that_cannot_be_kept_is_refused(why, code, editor):
    party = make.make_party(name="As it was")

    response = editor.post(change(party), sent(editor.get(change(party)), name="Other", why=why))

    assert errors(response) == {"why": [code]}
    party.refresh_from_db()
    assert party.name == "As it was"


def test_who_adds_or_may_only_look_is_not_asked_for_a_reason(editor, writer):
    party = make.make_party()

    for client, page in ((editor, "/admin/aid/party/add/"), (writer, change(party))):
        assert "Reason for the change" not in client.get(page).content.decode()


@pytest.mark.parametrize("kind", RECORDS)
def test_every_kind_of_record_has_one(kind, editor, clock):
    one_of_each()
    model = next(model for model in site._registry if model._meta.model_name == kind)
    for row in model.objects.all():
        page = editor.get(history_address(row))
        assert (page.status_code, len(page.context["saves"])) == (200, 1)
        assert editor.get(compare(row)).status_code == 200


def test_parts_and_claims_lead_to_the_history_of_their_record(pledge, editor):
    claim, step = pledge.claims.get(), pledge.stages.first()

    for row in (claim, step):
        answer = editor.get(reverse(f"admin:aid_{row._meta.model_name}_history", args=[row.pk]))
        assert (answer.status_code, answer.url) == (302, history_address(pledge))
        assert editor.get(compare(row)).status_code == 404
        assert editor.post(restore(row), {"number": "1"}).status_code in (403, 404)


def test_what_has_no_history_keeps_the_admins_own_page(editor):
    article = make.make_article()

    response = editor.get(reverse("admin:aid_article_history", args=[article.pk]))

    assert (response.status_code, "saves" in response.context) == (200, False)


def test_a_record_without_any_history_says_so(editor):
    party = make.make_party()
    type(party).history.all().delete()

    response = editor.get(history_address(party))

    assert "Nothing is on record" in response.content.decode()
    assert "without leaving a trace" in response.content.decode()
    assert editor.get(compare(party)).status_code == 404


def test_many_saves_stand_on_several_pages(editor, clock):
    party = make.make_party()
    for n in range(45):
        clock.shift(60)
        party.name = f"Name {n}"
        party.save()

    shown = [editor.get(f"{history_address(party)}?page={page}") for page in ("1", "2", "3", "99", "x", "-1")]

    assert [page.context["saves"][0]["number"] for page in shown] == [46, 26, 6, 6, 46, 6]


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_saves(number, editor, clock, django_assert_num_queries):
    pledge = make.make_pledge(stages=[Stage.ANNOUNCED] * number)
    for step in pledge.stages.all():
        make.make_claim(step, "stage", recorded_by=make.make_user())
    for n in range(number):
        clock.shift(60)
        pledge.title, pledge._history_user = f"Title {n}", make.make_user()
        pledge.save()
    editor.get(history_address(pledge))

    # Session, account, two of permissions, the pledge with its two links; fifteen of the history, three of names.
    with django_assert_num_queries(25):
        editor.get(history_address(pledge))


# Comparing


@pytest.mark.parametrize("query, expected", [
    ("", [2, 3]), ("?from=1&to=3", [1, 3]), ("?from=3&to=1", [3, 1]), ("?from=2&to=2", [2, 2]),
])  # fmt: skip
def test_any_two_saves_are_compared(query, expected, pledge, writer):
    response = writer.get(compare(pledge, query))

    assert (response.status_code, numbers(response)) == (200, expected)


def test_the_comparison_names_fields_parts_and_words(pledge, editor):
    response = editor.get(compare(pledge, "?from=1&to=3"))

    first, second = response.context["changes"]
    assert (first.kind, first.name) == ("changed", "")
    assert [field.label for field in first.fields] == ["Title", "Stage", "Amount", "Purposes"]
    assert (second.kind, second.name) == ("added", "Stage Allocated (step 2)")
    assert response.context["restores"] == 1


@pytest.mark.parametrize("query", [
    "?from=77&to=3", "?from=1&to=x", "?from=1", "?to=2", "?from=-1&to=0", "?from=0&to=1", "?from=01&to=2",
    "?from=1&to=" + "9" * 100, "?from=%C2%B2&to=2", "?from=<b>&to=2",
])  # fmt: skip
def test_a_number_that_no_save_has_is_answered_with_404_and_the_choice(query, pledge, writer):
    response = writer.get(compare(pledge, query))

    html = response.content.decode()
    assert (response.status_code, numbers(response)) == (404, [])
    assert "The history has no save " in html
    assert html.count('<option value="2"') == 2
    assert "<b>" not in html


@pytest.mark.parametrize("wrong", ["0", "999999", "x", "9" * 40, "1'"])
def test_no_such_record_is_404(wrong, editor):
    for page in ("history/", "history/compare/"):
        assert editor.get(f"/admin/aid/pledge/{wrong}/{page}").status_code == 404
    assert editor.post(f"/admin/aid/pledge/{wrong}/history/restore/", {}).status_code == 404


# Restoring


def data(editor, pledge, **changes):
    page = editor.get(compare(pledge, "?from=1&to=3"))
    form = page.context["form"]
    fields = {name: str(form[name].value() or "") for name in ("number", "fingerprint")}
    return fields | {"why": "The first was right"} | UNTOLD | changes


def stand(pledge):
    pledge = Pledge.objects.get(pk=pledge.pk)
    return pledge.title, str(pledge.amount), pledge.stage, pledge.stages.count()


def test_an_editor_restores_an_earlier_save(pledge, editor):
    response = editor.post(restore(pledge), data(editor, pledge), follow=True)

    assert response.redirect_chain == [(history_address(pledge), 302)]
    assert said(response)[0] == (
        "success", "The record stands again as it did after save 1: 2 rows were changed.",
    )  # fmt: skip
    assert stand(pledge) == ("As it was", "91000000.00", Stage.ANNOUNCED, 1)
    newest = response.context["saves"][0]
    assert (newest["number"], newest["by"], newest["changes"][0].kind) == (4, "editor", "changed")
    html = response.content.decode()
    assert "Restored: As it stood after save 1, 1 March 2026, 12:00. Reason: The first was right" in html
    assert html.count("Reason: The first was right") == 1


def test_the_page_names_the_articles_that_use_it(pledge, editor):
    article = make.make_article("The article", f"[[pledge:{pledge.slug}:amount]]")

    html = editor.get(compare(pledge, "?from=1&to=3")).content.decode()

    assert f'These articles use it: <a href="{change(article)}">The article</a>.' in html


def test_somebody_who_saved_since_is_in_the_way_and_what_was_typed_stays(pledge, editor, publisher, clock):
    typed = data(editor, pledge, why="Typed with care")
    publisher.post(change(pledge), sent(publisher.get(change(pledge)), title="Theirs"))
    clock.shift(60)

    response = editor.post(restore(pledge), typed)

    form = response.context["form"]
    assert [error.code for error in form.non_field_errors().as_data()] == ["stale"]
    assert "after you opened this page, publisher saved it on 1 March 2026, 12:03." in response.content.decode()
    assert (numbers(response), form["why"].value(), stand(pledge)[0]) == ([1, 4], "Typed with care", "Theirs")
    assert f'value="{UNTOLD["correction-why"]}"' in response.content.decode()
    again = {name: form[name].value() for name in ("number", "fingerprint", "why")} | UNTOLD
    assert editor.post(restore(pledge), again).status_code == 302
    assert stand(pledge)[0] == "As it was"


def test_readers_are_told_of_a_restored_record_or_nothing_is_restored(pledge, editor):
    before, typed = stand(pledge), data(editor, pledge)
    for name in UNTOLD:
        del typed[name]

    asked = editor.post(restore(pledge), typed)

    assert (asked.status_code, stand(pledge), Correction.objects.count()) == (200, before, 0)
    form = asked.context["form"]
    assert [error.code for error in form.non_field_errors().as_data()] == ["unanswered"]
    assert "readers have this pledge before them. Say below what kind of change it is." in asked.content.decode()
    assert ("Amount", "DKK 95,000,000", "DKK 91,000,000") in [
        tuple(found) for found in asked.context["question"].changes
    ]
    again = {name: str(form[name].value()) for name in ("number", "fingerprint", "why")}
    assert again["why"] == "The first was right"

    # An answer without its note is not enough; with it, all is done at once.
    half = editor.post(restore(pledge), again | {"correction-kind": "correction"})
    assert (half.status_code, stand(pledge), Correction.objects.count()) == (200, before, 0)
    note = "An earlier version gave 95 million kroner. It is 91 million."
    done = editor.post(restore(pledge), again | {"correction-kind": "correction", "correction-note": note})
    assert done.status_code == 302
    assert stand(pledge)[0] == "As it was"
    correction = Correction.objects.get()
    assert (correction.pledge, correction.note, correction.decided_by) == (pledge, note, editor.user)


def test_nothing_is_asked_about_what_readers_do_not_have(pledge, editor):
    Pledge.objects.update(embargo_until=datetime(2030, 1, 1, tzinfo=UTC))
    typed = data(editor, pledge)
    for name in UNTOLD:
        del typed[name]

    assert editor.post(restore(pledge), typed).status_code == 302
    assert stand(pledge)[0] == "As it was"


@pytest.mark.parametrize("changes, code", [
    ({"why": ""}, "required"), ({"why": " "}, "required"), ({"why": "x" * 101}, "max_length"),
    ({"why": "a\0"}, "null_characters_not_allowed"), ({"fingerprint": ""}, "required"),
    ({"fingerprint": "x" * 65}, "max_length"), ({"fingerprint": "0" * 64}, "stale"), ({"number": "3"}, "same"),
])  # fmt: skip
def test_what_cannot_be_restored_says_why_and_changes_nothing(changes, code, pledge, editor):
    before = stand(pledge)

    response = editor.post(restore(pledge), data(editor, pledge, **changes))

    assert response.status_code == 200
    if code == "same":
        assert "stands like that already" in response.content.decode()
    else:
        found = response.context["form"].errors.as_data().values()
        assert [error.code for errors in found for error in errors] == [code]
    assert stand(pledge) == before


@pytest.mark.parametrize("number", ["", "0", "77", "x", "9" * 60, "-1", "01"])
def test_restoring_what_is_not_there_is_404(number, pledge, editor):
    before = stand(pledge)

    response = editor.post(restore(pledge), data(editor, pledge) | {"number": number})

    assert (response.status_code, stand(pledge)) == (404, before)
    assert "The history has no save" in response.content.decode()


# Who may


@pytest.fixture
def onlooker(db):
    client = Client()
    client.user = make.make_user(is_staff=True)
    client.user.user_permissions.add(Permission.objects.get(codename="view_pledge"))
    client.force_login(client.user)
    return client


@pytest.fixture
def stranger(db):
    client = Client()
    client.force_login(make.make_user(is_staff=True))
    return client


@pytest.mark.parametrize("role, looks, restores", [
    ("reader", 302, 302), ("stranger", 403, 403), ("onlooker", 200, 403), ("writer", 200, 403), ("editor", 200, 302),
    ("publisher", 200, 302), ("administrator", 200, 302),
])  # fmt: skip
def test_who_may_look_and_who_may_restore(role, looks, restores, pledge, editor, request):
    client = request.getfixturevalue(role)
    sent_data = data(editor, pledge)

    assert [client.get(page).status_code for page in (history_address(pledge), compare(pledge))] == [looks, looks]
    if looks == 200:
        assert (client.get(compare(pledge)).context["form"] is None) is (role in ("onlooker", "writer"))
    assert client.post(restore(pledge), sent_data).status_code == restores
    expected = "As it was" if role in ("editor", "publisher", "administrator") else "As it became"
    assert stand(pledge)[0] == expected


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_restoring_is_done_by_post_alone(method, pledge, editor):
    before = stand(pledge)

    assert getattr(editor, method)(restore(pledge)).status_code == 405
    assert stand(pledge) == before


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_comparing_is_done_by_get_alone(method, pledge, editor):
    assert getattr(editor, method)(compare(pledge)).status_code == 405


def test_restoring_needs_the_forms_token(pledge, editor):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor.user)

    assert client.post(restore(pledge), data(editor, pledge)).status_code == 403
    assert stand(pledge)[0] == "As it became"
