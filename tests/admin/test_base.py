"""Every page of the admin: it loads, it finds by typing, and it costs the same for one row and for three."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.admin.sites import site
from django.db import IntegrityError
from django.db.models.signals import pre_save
from django.urls import reverse
from django.utils import timezone

from aid.actions.log import log
from aid.admin.base import PartAdmin
from aid.choices import AuditAction
from aid.models import Article, AuditEntry, Claim, ExchangeRate, FormerAddress, Party, Pledge, Report
from aid.models.records import Withdrawable
from aid.prose import KINDS
from tests import builders as make
from tests.admin.forms import errors, said, sent

OURS = [model for model in site._registry if model._meta.app_label == "aid"]
ADDABLE = [
    model
    for model in OURS
    if not isinstance(site._registry[model], PartAdmin) and model not in (ExchangeRate, Report)
]  # fmt: skip


def name_of(model):
    return model._meta.model_name


def address(model, page, *args):
    return reverse(f"admin:aid_{name_of(model)}_{page}", args=args)


def one_of_each(number=1):
    """Rows of every model, each with the rows around it that its list or form shows."""
    for n in range(number):
        source = make.make_source(publisher=make.make_party(), publisher_unknown="")
        passage = make.make_passage(source, 0, 26)
        donor = make.make_party(parent=make.make_party(), iso_alpha2="")
        person = make.make_person()
        office = make.make_office(person=person, party=donor)
        event = make.make_event(series=donor, series_unknown="", host=donor, host_unknown="")
        coalition = make.make_coalition(framework=donor, framework_unknown="", formalized_at=event,
                                        formalized_at_unknown="", members=[make.make_party(), donor])  # fmt: skip
        agreement = make.make_agreement(signatories=[donor])
        make.make_signatory(agreement=agreement, signed_by=person, signed_by_unknown="")
        envelope = make.make_pledge()
        pledge = make.make_pledge(
            donor=donor, beneficiaries=[make.make_party()], sectors=[make.make_sector()], coalition=coalition,
            fund=donor, agreement=agreement, part_of=envelope, supersedes=make.make_pledge(),
        )  # fmt: skip
        make.make_valuation(pledge=pledge)
        statement = make.make_statement(speaker=person, office=office, pledge=pledge, party=donor)
        assertion = make.make_assertion(attributed_to=donor, coalition=coalition)
        for row in (donor, office, event, coalition, agreement, pledge, statement, assertion,
                    *pledge.stages.all(), *pledge.valuations.all(), *coalition.memberships.all(),
                    *agreement.signatories.all()):  # fmt: skip
            for field in row.claimed_fields:
                if row.canonical(field):
                    make.make_claim(row, field, [passage], recorded_by=make.make_user())
        article = make.make_article(created_by=make.make_user(), assigned_to=make.make_user(), due_at=timezone.now())
        make.make_publication(article, make.make_revision(article), timezone.now() + timedelta(days=1))
        make.make_correction(article=article, decided_by=make.make_user())
        make.make_correction(statement=statement)
        make.make_rate(f"2024-01-{n + 1:02d}", "DKK", "7.45", source=source)
        make.make_entry(donor, make.make_user())
        make.make_image(added_by=make.make_user())
        make.make_bulk_change(pledge)
        make.make_report()
        make.make_link_check(make.make_source(url=f"https://{n}.example/"), "gone")


# What has no list of its own: it stands on the page of its article or record, or is an account's own.
ELSEWHERE = {
    *("Publication", "SignOff", "Exemption", "PreviewLink", "PreviewVisit", "PreviewAnswer", "FormerAddress"),
    *("SetAside", "Reopening"),
    *("Presence", "Autosave", "DeskPreference"),
    # Made of the records, and never typed.
    "ReportTally",
    *("SearchEntry", "SearchText", "SearchMention", "SearchWords", "SearchStale", "ContentChange"),
}


def test_every_model_of_ours_is_registered_or_shown_elsewhere():
    models = [model for model in apps.get_app_config("aid").get_models() if "history_id" not in columns(model)]
    assert {model.__name__ for model in models if model not in OURS} == ELSEWHERE


def columns(model):
    return {field.attname for field in model._meta.concrete_fields}


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_each_reference_is_found_by_typing(model, rf):
    shown = site._registry[model]
    wanted = {f.name for f in [*model._meta.fields, *model._meta.many_to_many]
              if f.is_relation and f.editable}  # fmt: skip

    assert set(shown.get_autocomplete_fields(rf.get("/"))) == wanted
    for inline in shown.inlines:
        rows = inline(model, site)
        wanted = {f.name for f in [*inline.model._meta.fields, *inline.model._meta.many_to_many]
                  if f.is_relation and f.editable}  # fmt: skip
        assert set(rows.get_autocomplete_fields(rf.get("/"))) == wanted


@pytest.mark.parametrize("model", OURS, ids=name_of)
def test_lists_have_at_most_six_columns_and_a_search(model):
    shown = site._registry[model]

    assert 1 <= len(shown.list_display) <= 6
    assert shown.list_display != ("__str__",)
    assert shown.search_fields
    assert shown.list_per_page == 50


# Query counts, with one row of everything and with three.

LIST_QUERIES = {
    "party": 5, "person": 6, "office": 5, "pledge": 12, "coalition": 7, "agreement": 10, "event": 7, "statement": 7,
    "assertion": 7, "source": 7, "passage": 4, "claim": 13, "article": 9, "correction": 7, "exchangerate": 7,
    "sector": 4, "pledgestage": 4, "valuation": 4, "membership": 4, "signatory": 4, "articlerevision": 6,
    "auditentry": 7, "bulkchange": 4, "linkcheck": 4, "image": 6, "report": 7,
}  # fmt: skip


@pytest.mark.parametrize("model", OURS, ids=name_of)
@pytest.mark.parametrize("number", [1, 3])
def test_list_queries_do_not_grow(model, number, admin_client, django_assert_num_queries):
    one_of_each(number)
    admin_client.get(address(model, "changelist"))  # fills the cache of content types

    with django_assert_num_queries(LIST_QUERIES[name_of(model)]):
        response = admin_client.get(address(model, "changelist"))

    assert response.status_code == 200
    assert len(response.context["cl"].result_list) >= number


FORM_QUERIES = {
    "party": 7, "person": 8, "office": 5, "pledge": 13, "coalition": 8, "agreement": 8, "event": 7, "statement": 5,
    "assertion": 5, "source": 10, "claim": 6, "article": 16, "correction": 5, "sector": 3, "image": 3,
}  # fmt: skip


# Who else has the form open (2), what was typed into it and not saved, and whether that is kept.
AT_A_FORM = 4
NEVER_CHANGED = ("correction",)


@pytest.mark.parametrize("model", ADDABLE, ids=name_of)
@pytest.mark.parametrize("number", [1, 3])
def test_form_queries_do_not_grow(model, number, admin_client, django_assert_num_queries):
    one_of_each(1)
    row = grown(model, number)
    admin_client.get(address(model, "change", row.pk))

    name = name_of(model)
    number = FORM_QUERIES[name] + (0 if name in NEVER_CHANGED else AT_A_FORM)
    # What is kept from readers, for the line that tells whether this is.
    number += issubclass(model, Withdrawable)
    with django_assert_num_queries(number):
        response = admin_client.get(address(model, "change", row.pk))

    assert response.status_code == 200


def grown(model, number):
    """A row of the model with `number` more rows of everything that its form lists."""
    row = model.objects.order_by("-pk").first()
    source = make.make_source()
    for n in range(number):
        passage = make.make_passage(source, n, n + 5)
        if hasattr(row, "claims") and getattr(row, "claimed_fields", ()):
            make.make_claim(row, row.claimed_fields[0], [passage], rank="alternative", value=f"v{n}",
                            recorded_by=make.make_user(), source=source)  # fmt: skip
        kind = name_of(model)
        if kind == "pledge":
            make.make_stage(pledge=row, position=n + 10)
            make.make_valuation(pledge=row, currency=("SEK", "NOK", "CZK")[n])
            row.beneficiaries.add(make.make_party())
            row.sectors.add(make.make_sector())
        elif kind == "coalition":
            member = make.make_membership(coalition=row)
            make.make_claim(member, "party", [passage])
        elif kind == "agreement":
            make.make_signatory(agreement=row, signed_by=make.make_person(), signed_by_unknown="")
        elif kind == "person":
            make.make_office(person=row)
        elif kind == "source":
            make.make_claim(make.make_event(), "title", [make.make_passage(row, n + 1, n + 9)])
        elif kind == "article":
            make.make_revision(row, created_by=make.make_user(), topics=[make.make_sector()])
            log(AuditAction.CHANGED, make.make_user(), row, "Saved a revision.")
        elif kind == "claim":
            row.passages.add(make.make_passage(row.source, n + 2, n + 9) if row.source.text else passage)
    return row


@pytest.mark.parametrize("model", ADDABLE, ids=name_of)
def test_add_form_loads_for_an_editor(model, publisher):
    response = publisher.get(address(model, "add"))

    assert response.status_code == 200
    assert response.context["adminform"].form.errors == {}


# The log is for publishers; tests/admin/test_audit.py asks who may read it.
@pytest.mark.parametrize("model", [model for model in OURS if model is not AuditEntry], ids=name_of)
def test_a_writer_may_read_every_record(model, writer):
    one_of_each(1)
    row = model.objects.order_by("-pk").first()

    assert writer.get(address(model, "changelist")).status_code == 200
    assert writer.get(address(model, "change", row.pk)).status_code == 200


def test_a_reader_is_sent_to_sign_in(reader, db):
    response = reader.get(reverse("admin:index"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("query", ["q=%00", "q=" + "a" * 100_000, "p=999", "p=x", "stage__exact=%00", "o=9.9.9",
                                   "amount__gt=x", "donor__id__exact=99999999999999999999", "e=1", "all=",
                                   "announced_on_earliest__year=x", "currency=%F0%9F%98%80"])  # fmt: skip
def test_a_senseless_address_never_breaks_a_list(query, editor):
    make.make_pledge()

    response = editor.get(f"{reverse('admin:aid_pledge_changelist')}?{query}", follow=True)

    assert response.status_code in (200, 400)


def test_autocomplete_refuses_a_nul(editor):
    response = editor.get(reverse("admin:autocomplete"), {
        "app_label": "aid", "model_name": "pledge", "field_name": "donor", "term": "\0"})  # fmt: skip

    assert response.status_code == 400


def test_autocomplete_finds_a_party_by_another_name(editor):
    party = make.make_party(name="Czech Republic", aliases="Czechia")

    response = editor.get(reverse("admin:autocomplete"), {
        "app_label": "aid", "model_name": "pledge", "field_name": "donor", "term": "czechia"})  # fmt: skip

    assert response.json()["results"] == [{"id": str(party.pk), "text": "Czech Republic"}]


def test_autocomplete_puts_the_name_itself_first(editor):
    for name in ("Armed Forces of Ukraine", "Ukraine Contact Group", "Ukraine"):
        make.make_party(name=name)

    response = editor.get(reverse("admin:autocomplete"), {
        "app_label": "aid", "model_name": "pledge", "field_name": "donor", "term": " ukraine"})  # fmt: skip

    assert [row["text"] for row in response.json()["results"]] == [
        "Ukraine", "Ukraine Contact Group", "Armed Forces of Ukraine"]  # fmt: skip


def test_every_autocomplete_answers(editor):
    one_of_each(1)
    asked = {field.related_model: (model, field) for model in OURS
             for field in [*model._meta.fields, *model._meta.many_to_many]
             if field.is_relation and field.editable and field.related_model in OURS}  # fmt: skip

    for model, field in asked.values():
        response = editor.get(reverse("admin:autocomplete"), {
            "app_label": "aid", "model_name": name_of(model), "field_name": field.name, "term": "e"})  # fmt: skip
        assert response.status_code == 200, field
    assert len(asked) > 12


def test_a_row_saved_by_another_in_between_is_checked_again(editor):
    """The database refuses the first attempt, as it does when two editors save at once; the second goes through."""
    refused = []

    def refuse_once(sender, **kwargs):
        if not refused:
            refused.append(sender)
            raise IntegrityError("UNIQUE constraint failed")

    pre_save.connect(refuse_once, sender=Party)
    try:
        response = editor.post(address(Party, "add"), sent(
            editor.get(address(Party, "add")), name="Ukraine", slug="ukraine", kind="state"))  # fmt: skip
    finally:
        pre_save.disconnect(refuse_once, sender=Party)

    assert response.status_code == 302
    assert [party.name for party in Party.objects.all()] == ["Ukraine"]


WITH_ADDRESS = [model for model in ADDABLE if "slug" in {field.name for field in model._meta.fields}]


@pytest.mark.parametrize("model", WITH_ADDRESS, ids=name_of)
def test_a_record_that_gets_another_address_keeps_the_old_one_too(model, administrator):
    """Articles name a record by its address, and so do other sites; of what has no page the address stays."""
    one_of_each()
    row = model.objects.order_by("pk").last()
    page = administrator.get(address(model, "change", row.pk))

    response = administrator.post(address(model, "change", row.pk), sent(page, slug="another-address"))

    assert response.status_code == 302
    if name_of(model) in KINDS:
        assert model.objects.get(pk=row.pk).slug == "another-address"
        former = FormerAddress.objects.get()
        assert (former.kind, former.slug, former.record) == (name_of(model), row.slug, row.pk)
    else:
        assert model.objects.get(pk=row.pk).slug == row.slug
        assert page.context["adminform"].form.fields["slug"].disabled


# What no browser sends

NO_KEYS = ["abc", "1\0", "9" * 20, "-1", ""]


@pytest.mark.parametrize("key", NO_KEYS)
@pytest.mark.parametrize("model, action", [(Claim, "verify"), (Article, "submit"), (Party, "delete_selected")])
def test_an_action_on_what_is_no_row_says_so(model, action, key, publisher):
    response = publisher.post(
        address(model, "changelist"), {"action": action, "_selected_action": [key]}, follow=True
    )

    assert said(response) == [
        ("error", "Nothing was done: a row that was chosen does not exist. Choose the rows again.")
    ]


@pytest.mark.parametrize("key", ["abc", "9" * 20])
def test_a_reference_to_what_is_no_row_is_a_wrong_choice(key, editor):
    add = address(Pledge, "add")

    response = editor.post(add, sent(editor.get(add), donor=key, beneficiaries=[key], **{"claims-0-source": key}))

    found = errors(response)
    assert [found[name] for name in ("donor", "beneficiaries", "claims-0-source")] == [["invalid_choice"]] * 3


def test_a_row_whose_number_is_too_long_is_refused(editor):
    page = address(Pledge, "change", make.make_pledge().pk)

    response = editor.post(page, sent(editor.get(page), **{"stages-0-id": "9" * 20}))

    assert errors(response)["stages-0-id"] == ["invalid_choice"]


def test_a_search_is_for_ten_words_at_most(editor):
    make.make_party(name="One two three")
    words = "one two three " * 1000

    response = editor.get(address(Party, "changelist"), {"q": words.strip()[:9999]})

    assert said(response) == [("warning", "Only the first 10 words were searched for.")]
    assert [party.name for party in response.context["cl"].result_list] == ["One two three"]
    found = editor.get("/admin/autocomplete/", {"term": words[:9999], "app_label": "aid", "model_name": "pledge",
                                                "field_name": "donor"})  # fmt: skip
    assert [row["text"] for row in found.json()["results"]] == ["One two three"]
    assert said(editor.get(address(Party, "changelist"), {"q": "one two"})) == []
