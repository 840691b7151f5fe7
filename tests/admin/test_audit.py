"""The audit log: an entry for each thing done, none for nothing, never changed; asked, read and exported."""

import csv
import io
import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth.models import Group, Permission, User
from django.contrib.auth.signals import user_login_failed
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from aid.actions.claims import verify_claim
from aid.actions.log import log
from aid.actions.roles import grant_roles
from aid.admin.changes import told
from aid.choices import AuditAction
from aid.exchange.fixtures import fixture_files, load_missing
from aid.models import AuditEntry, Claim
from aid.models.audit import AppendOnlyError
from aid.queries.audit import kinds
from tests import builders as make
from tests.admin.forms import errors, said, sent

LIST = "/admin/aid/auditentry/"
EXPORT = f"{LIST}export/"
PASSWORD = "four words in a row"


def address(row, page, *args):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=args)


def entries(*, but=("login",)):
    """What stands in the log beside the sign-ins of the cast, oldest first: [(action, kind, name)]."""
    rows = [entry for entry in AuditEntry.objects.order_by("pk") if entry.action not in but]
    return [(entry.action, entry.kind, entry.name) for entry in rows]


# Each page of the desk that writes


def about_a(**given):
    return lambda: {name: value().pk if callable(value) else value for name, value in given.items()}


NAMED = about_a(title="Entered now", slug="entered-now")
PARTY = make.make_party
NOT_STATED = "not_stated"
UNKNOWNS = ("aid_type", "instrument", "amount", "announced_on", "period", "purposes", "coalition", "fund",
            "beneficiaries", "sectors", "official_name", "framework", "formalized_at", "aims", "leads", "signed_on",
            "official_title", "in_force_on", "objectives", "series", "starts_on", "ends_on", "place", "host",
            "speaker", "said_on", "attributed_to", "publisher", "author", "url", "published_on", "held_from",
            "held_until")  # fmt: skip

# What is typed to add a row of each kind, and what is typed into the form of one that is there.
TYPED = {
    "party": (about_a(name="Entered now", slug="entered-now", kind="state"), {"name": "Changed now"}),
    "person": (about_a(name="Entered now", slug="entered-now"), {"name": "Changed now"}),
    "office": (about_a(title="Entered now", slug="entered-now", person=make.make_person, party=PARTY),
               {"title": "Changed now"}),
    "pledge": (about_a(title="Entered now", slug="entered-now", donor=PARTY, recipient=PARTY,
                       **{"stages-0-stage": "announced", "stages-0-on_unknown": NOT_STATED}),
               {"title": "Changed now"}),
    "coalition": (about_a(name="Entered now", slug="entered-now"), {"name": "Changed now"}),
    "agreement": (about_a(title="Entered now", slug="entered-now", kind="memorandum"), {"title": "Changed now"}),
    "event": (about_a(title="Entered now", slug="entered-now", kind="meeting"), {"title": "Changed now"}),
    "statement": (about_a(text="Entered now", slug="entered-now", form="paraphrase", party=PARTY),
                  {"text": "Changed now"}),
    "assertion": (about_a(text="Entered now", slug="entered-now", kind="aim"), {"text": "Changed now"}),
    "sector": (about_a(name="Entered now", code="now", vocabulary="newsroom"), {"name": "Changed now"}),
    "source": (about_a(title="Entered now", slug="entered-now", kind="news_report"), {"title": "Changed now"}),
    "claim": (about_a(field="donor", value="entered-now", pledge=make.make_pledge, basis="computed", reasoning="Why.",
                      rank="alternative"), {"wording": "", "reasoning": "Changed now."}),
    "article": (about_a(headline="Entered now", slug="entered-now", body="A text."), {"headline": "Changed now"}),
    "image": (lambda: {"alt": "Entered now", "picture": SimpleUploadedFile("a.png", make.picture_bytes("PNG"))},
              {"alt": "Changed now"}),
    "correction": (about_a(kind="correction", note="It was another figure.", article=make.make_article), None),
    "user": (about_a(username="newcomer", password1=PASSWORD, password2=PASSWORD), {"first_name": "Changed now"}),
    "group": (about_a(name="Entered now"), {"name": "Changed now"}),
}  # fmt: skip
# Kinds with no form of their own to add one: they come with another's, or by a command.
MADE_ELSEWHERE = {
    "pledgestage", "valuation", "membership", "signatory", "passage", "articlerevision", "exchangerate", "auditentry",
    "bulkchange", "linkcheck", "report",
}  # fmt: skip
NEVER_DELETED = {"article", "correction"}


def test_every_page_that_writes_is_tried_below():
    assert {model._meta.model_name for model in site._registry} == {*TYPED, *MADE_ELSEWHERE}


@pytest.fixture
def boss(admin_client):
    """A superuser's client: what nobody else may do is logged, too."""
    return admin_client


def models(names):
    return pytest.mark.parametrize(
        "model", [model for model in site._registry if model._meta.model_name in names], ids=lambda m: m.__name__
    )


def typed_into(page, typed):
    fields = page.context["adminform"].form.fields
    unknowns = {f"{name}_unknown": NOT_STATED for name in UNKNOWNS if f"{name}_unknown" in fields}
    return sent(page, **unknowns | typed)


@models(TYPED)
def test_adding_a_row_is_one_entry(model, boss):
    name = model._meta.model_name
    page = boss.get(address(model, "add"))
    before = AuditEntry.objects.count()

    response = boss.post(address(model, "add"), typed_into(page, TYPED[name][0]()))

    assert response.status_code == 302, errors(response)
    [entry] = AuditEntry.objects.order_by("pk")[before:]
    # Of a correction the log tells where readers find it.
    expected = ("corrected", "article") if name == "correction" else ("added", name)
    assert (entry.action, entry.kind, entry.username) == (*expected, "admin")
    assert kinds()[entry.kind].objects.get(pk=entry.number)
    told = json.dumps(entry.changes)
    assert PASSWORD not in told
    # Nothing of a file's content.
    assert "IHDR" not in told


@models([name for name, (_, change) in TYPED.items() if change])
def test_changing_a_row_is_one_entry_with_what_was_and_is(model, boss):
    name, typed = model._meta.model_name, TYPED[model._meta.model_name][1]
    row = one(model)
    page = boss.get(address(model, "change", row.pk))
    moment = {"date_joined_0": "2024-01-24", "date_joined_1": "12:00:00"} if model is User else {}
    before = AuditEntry.objects.count()

    response = boss.post(address(model, "change", row.pk), sent(page, **typed | moment))

    assert response.status_code == 302, errors(response)
    [entry] = AuditEntry.objects.order_by("pk")[before:]
    assert (entry.action, entry.kind, entry.number) == ("changed", name, row.pk)
    assert next(iter(now for _, _, now in entry.changes if now.startswith("Changed now")))


@models([name for name in TYPED if name not in NEVER_DELETED])
@pytest.mark.parametrize("by", ["delete page", "list action"])
def test_deleting_a_row_is_one_entry(by, model, boss):
    row = one(model, unused=True)
    told, before = str(row), AuditEntry.objects.count()

    if by == "delete page":
        response = boss.post(address(model, "delete", row.pk), {"post": "yes"})
    else:
        response = boss.post(address(model, "changelist"), {
            "action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})  # fmt: skip

    if model is Claim and by == "list action":
        # No list deletes claims: each is withdrawn first, and goes on its own page.
        assert (Claim.objects.count(), AuditEntry.objects.count()) == (1, before)
        return
    assert response.status_code == 302
    assert not model.objects.filter(pk=row.pk).exists()
    [entry] = AuditEntry.objects.order_by("pk")[before:]
    assert (entry.action, entry.kind, entry.number, entry.name) == (
        "deleted", model._meta.model_name, row.pk, told)  # fmt: skip


def one(model, unused=False):
    """A row of the kind; `unused` is one that can be deleted."""
    name = model._meta.model_name
    if name == "user":
        return make.make_user(username="somebody")
    if name == "group":
        return Group.objects.create(name="interns")
    if name == "claim":
        return make.make_claim(make.make_pledge(), "amount", rank="withdrawn" if unused else "preferred",
                               basis="inferred", source=make.make_source(text=""))  # fmt: skip
    return getattr(make, f"make_{name}")()


# What an entry holds


def test_an_entry_names_each_field_as_people_read_it(editor):
    army = make.make_party(name="Army")
    pledge = make.make_pledge(donor=make.make_party(name="Denmark"), beneficiaries=[army])
    other, navy = make.make_party(name="Norway"), make.make_party(name="Navy")
    page = editor.get(address(pledge, "change", pledge.pk))

    editor.post(address(pledge, "change", pledge.pk), sent(page, **{
        "donor": other.pk, "amount": "92,000,000", "is_approximate": "on", "instrument": "grant",
        "beneficiaries": [army.pk, navy.pk], "stages-0-wording": "set aside",
        "valuations-TOTAL_FORMS": "1", "valuations-0-amount": "13260000", "valuations-0-currency": "USD",
        "valuations-0-rate_on_unknown": "not_stated"}))  # fmt: skip

    entry = AuditEntry.objects.first()
    changes = {field: (was, now) for field, was, now in entry.changes}
    assert changes["Donor"] == ("Denmark", "Norway")
    assert changes["Beneficiaries"] == ("Army", "Army; Navy")
    assert changes["Amount"] == ("91000000", "92000000")
    assert changes["Instrument"] == ("", "Grant")
    # The form cleared this by itself.
    assert changes["Instrument: if empty, why"] == ("not stated", "")
    assert changes["Stage “Allocated (step 1)”: wording"] == ("", "set aside")
    assert [now for field, (_, now) in changes.items() if field.startswith("Valuation added") and "currency" in field]
    assert not {"Opened state", "Address"} & set(changes)


@pytest.mark.parametrize(("labels", "sentence"), [
    (["Amount"], "Changed: amount."),
    (["ISO code", "Amount", "Amount"], "Changed: ISO code, amount."),
    (["Title", "Donor", "Amount", "Stage “Allocated”: wording", "Period", "Fund"],
     "Changed: title, donor, amount, stage “Allocated”: wording and 2 more."),
])  # fmt: skip
def test_what_was_changed_is_told_in_a_sentence(labels, sentence):
    assert told([(label, "was", "is") for label in labels]) == sentence


def test_a_deleted_record_takes_its_parts_into_its_entry(administrator):
    pledge = make.make_pledge(title="Support")

    administrator.post(address(pledge, "delete", pledge.pk), {"post": "yes"})

    [entry] = AuditEntry.objects.about(pledge)
    assert (entry.action, entry.name, entry.changes) == (
        "deleted", "Support", [["Stage", "Allocated (step 1)", ""]])  # fmt: skip


def test_a_deleted_row_of_a_record_is_told(editor):
    pledge = make.make_pledge(stages=["announced", "allocated"])
    page = editor.get(address(pledge, "change", pledge.pk))

    response = editor.post(address(pledge, "change", pledge.pk), sent(page, **{"stages-1-DELETE": "on"}))

    assert response.status_code == 302, errors(response)
    entry = AuditEntry.objects.about(pledge).get()
    assert ["Stage deleted", "Allocated (step 2)", ""] in entry.changes


def test_a_long_text_is_told_from_where_it_begins_to_differ(editor):
    start = "Word " * 200
    pledge = make.make_pledge(purposes=f"{start}old end.")
    page = editor.get(address(pledge, "change", pledge.pk))

    editor.post(address(pledge, "change", pledge.pk), sent(page, purposes=f"{start}new end."))

    [[field, was, now]] = AuditEntry.objects.about(pledge).get().changes
    assert (field, was[0], was.endswith("Word old end."), now.endswith("Word new end.")) == (
        "Purposes", "…", True, True)  # fmt: skip


def test_saving_without_a_change_is_no_entry(editor):
    pledge = make.make_pledge()
    page = editor.get(address(pledge, "change", pledge.pk))

    assert editor.post(address(pledge, "change", pledge.pk), sent(page)).status_code == 302
    assert not AuditEntry.objects.about(pledge).exists()


def test_a_refused_form_is_no_entry(editor):
    pledge = make.make_pledge()
    page = editor.get(address(pledge, "change", pledge.pk))

    editor.post(address(pledge, "change", pledge.pk), sent(page, title="", donor=make.make_party().pk))

    assert not AuditEntry.objects.about(pledge).exists()


def test_a_saved_text_is_one_entry_with_its_fields(writer):
    article = make.make_article("Old headline", published=False)
    page = writer.get(address(article, "change", article.pk))

    writer.post(address(article, "change", article.pk), sent(page, headline="New headline", why="Clearer"))

    [entry] = AuditEntry.objects.about(article)
    assert (entry.message, entry.why, entry.username) == ("Saved revision 2.", "Clearer", "writer")
    assert ["Headline", "Old headline", "New headline"] in entry.changes


def test_a_verified_claim_is_one_entry(db):
    claim = make.make_claim(make.make_pledge(title="Support"), "amount", recorded_by=make.make_user())

    verify_claim(claim, make.make_user())

    [entry] = AuditEntry.objects.about(claim)
    assert (entry.action, entry.message, entry.changes) == ("verified", "Support – Amount.", [])


# Commands, which no account runs


def test_what_a_command_loads_is_told_in_one_entry(document):
    [entry] = AuditEntry.objects.all()

    assert (entry.action, entry.user, entry.username) == ("added", None, "")
    assert entry.message.startswith("Loaded from files: ")
    assert document.title in entry.message
    load_missing(fixture_files())
    assert AuditEntry.objects.count() == 1


def test_rights_that_a_command_gives_are_told(db):
    Group.objects.get(name="writer").permissions.clear()
    before = AuditEntry.objects.count()

    grant_roles(), grant_roles()

    told = [(entry.kind, entry.name, entry.user) for entry in AuditEntry.objects.order_by("pk")[before:]]
    assert ("group", "writer", None) in told
    assert len(told) == len(set(told))


# Accounts


def test_signing_in_and_out_are_entries(client, db):
    make.make_user(username="somebody", password=PASSWORD, is_staff=True)

    client.post("/admin/login/", {"username": "somebody", "password": PASSWORD})
    client.post("/admin/logout/")
    client.post("/admin/logout/")

    assert [(entry.action, entry.username) for entry in AuditEntry.objects.order_by("pk")] == [
        ("login", "somebody"), ("logout", "somebody")]  # fmt: skip


@pytest.mark.parametrize(("typed", "kept"), [
    ("nobody", "nobody"),
    ("x" * 500, "x" * 150),
    ("two\r\nlines\x1b[31m\u202e", "two  lines[31m"),
    ("=cmd()", "=cmd()"),
    ("", None),
])  # fmt: skip
def test_a_failed_login_keeps_the_name_as_typed_and_nothing_else(typed, kept, client, db):
    client.post("/admin/login/", {"username": typed, "password": "my secret words"})

    found = [(entry.action, entry.username, entry.user) for entry in AuditEntry.objects.all()]
    # A form without a name asks for one, and tries no password.
    assert found == ([] if kept is None else [("login_failed", kept, None)])
    assert "secret" not in json.dumps(list(AuditEntry.objects.values()), default=str)


@pytest.mark.parametrize(
    ("credentials", "kept"),
    [({"username": "x" * 500}, "x" * 150), ({}, ""), ({"username": None}, ""), ({"username": "a\0b"}, "ab")],
)
def test_a_failed_login_of_another_door_is_kept_too(credentials, kept, db):
    user_login_failed.send(__name__, credentials=credentials, request=None)

    assert [entry.username for entry in AuditEntry.objects.all()] == [kept]


def test_the_right_password_of_an_account_without_the_desk_is_a_failed_login(client, db):
    make.make_user(username="reader", password=PASSWORD)

    client.post("/admin/login/", {"username": "reader", "password": PASSWORD})

    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.username, entry.message) == (
        "login_failed", "reader", "The account may not use the desk.")  # fmt: skip


def test_a_password_is_never_in_the_log(administrator):
    account = make.make_user(username="somebody", password=PASSWORD)
    page = reverse("admin:auth_user_password_change", args=[account.pk])

    response = administrator.post(page, {"password1": "another long one", "password2": "another long one",
                                         "usable_password": "true", "set-password": "1"})  # fmt: skip

    assert response.status_code == 302
    account.refresh_from_db()
    [entry] = AuditEntry.objects.about(account)
    assert (entry.action, entry.message, entry.changes) == ("changed", "Changed password.", [])
    whole = json.dumps(list(AuditEntry.objects.values()), default=str)
    assert "another long one" not in whole
    assert account.password not in whole


def test_a_changed_password_of_ones_own_is_an_entry(client, db):
    account = make.make_user(username="somebody", password=PASSWORD, is_staff=True)
    client.force_login(account)
    typed = {"old_password": PASSWORD, "new_password1": "another long one", "new_password2": "another long one"}

    client.post("/admin/password_change/", typed | {"old_password": "wrong"})
    assert entries() == []
    client.post("/admin/password_change/", typed)

    assert entries() == [("changed", "user", "somebody")]
    assert AuditEntry.objects.first().message == "Changed their own password."


def test_a_role_that_is_given_is_told(administrator):
    account = make.make_user(username="somebody")
    page = administrator.get(address(account, "change", account.pk))
    typed = {"groups": [Group.objects.get_or_create(name="editor")[0].pk], "date_joined_0": "2024-01-24",
             "date_joined_1": "12:00:00"}  # fmt: skip

    administrator.post(address(account, "change", account.pk), sent(page, **typed))

    assert ["Groups", "", "editor"] in AuditEntry.objects.about(account).get().changes


def test_a_role_with_many_rights_tells_which_came_and_which_went(boss, administrator):
    role = Group.objects.get(name="administrator")
    page = boss.get(address(role, "change", role.pk))
    kept = list(role.permissions.order_by("pk").values_list("pk", flat=True))

    boss.post(address(role, "change", role.pk), sent(page, permissions=kept[1:]))

    [[field, was, now]] = AuditEntry.objects.about(role).get().changes
    gone = role.permissions.model.objects.get(pk=kept[0])
    assert (field, was, now) == (
        "Permissions", f"{len(kept)} in all, among them {gone}", f"{len(kept) - 1} in all")  # fmt: skip


def test_an_account_that_stands_in_the_log_is_not_deleted_but_says_what_to_do(administrator):
    account = make.make_user(username="somebody")
    log(AuditAction.LOGIN, account)

    response = administrator.post(address(account, "delete", account.pk), {"post": "yes"})

    assert response.status_code == 200
    assert User.objects.filter(pk=account.pk).exists()
    [told] = response.context["protected"]
    assert told.startswith("somebody, who stands in these: audit entries (1). Take the tick from “Active”")


# Append-only


def test_an_entry_is_never_changed_and_never_deleted(db):
    entry = log(AuditAction.LOGIN, make.make_user())
    twin = AuditEntry(pk=entry.pk, action="logout")

    for attempt in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(message="Nothing happened."),
        lambda: AuditEntry.objects.bulk_update([entry], ["message"]),
        lambda: AuditEntry.objects.bulk_create(
            [twin], update_conflicts=True, unique_fields=["key"], update_fields=["message"]
        ),
        lambda: AuditEntry.objects.update_or_create(key=entry.key, defaults={"message": "Nothing happened."}),
    ):
        with pytest.raises(AppendOnlyError):
            attempt()
    assert AuditEntry.objects.get().action == "login"


@pytest.mark.django_db(transaction=True)
def test_an_entry_does_not_take_the_place_of_another():
    entry = log(AuditAction.LOGIN, make.make_user())

    with pytest.raises(Exception, match=r"(?i)unique"):
        AuditEntry(pk=entry.pk, action="logout").save()

    assert AuditEntry.objects.get().action == "login"


@pytest.mark.parametrize("who", ["administrator", "admin_client"])
def test_no_page_of_the_desk_changes_the_log(who, request, db):
    client = request.getfixturevalue(who)
    entry = log(AuditAction.LOGIN, make.make_user(username="somebody"))
    kept = list(AuditEntry.objects.values())

    answers = [
        client.post(f"{LIST}add/", {"action": "logout"}),
        client.post(f"{LIST}{entry.pk}/change/", {"action": "logout"}),
        client.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}),
    ]
    client.post(LIST, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert list(AuditEntry.objects.values()) == kept


# Who may read it


@pytest.mark.parametrize(("role", "reads"), [("writer", False), ("editor", False), ("publisher", True),
                                             ("administrator", True)])  # fmt: skip
def test_the_log_is_for_publishers_and_administrators(role, reads, request):
    client = request.getfixturevalue(role)
    entry = log(AuditAction.CHANGED, client.user, make.make_party())
    status = 200 if reads else 403

    answers = [client.get(LIST), client.get(f"{LIST}{entry.pk}/change/"), client.post(EXPORT, {"format": "csv"})]

    assert [answer.status_code for answer in answers] == [status] * 3
    assert (AuditEntry.objects.filter(action="exported").count() == 1) is reads


def test_an_entry_is_a_page_to_read(publisher):
    pledge = make.make_pledge(title="Support <b>")
    entry = log(
        AuditAction.CHANGED, publisher.user, pledge, "Changed: amount.", "A typo", [("Amount", "91", "<b>92")]
    )

    html = publisher.get(f"{LIST}{entry.pk}/change/").content.decode()

    for text in ("Changed: amount.", "A typo", "&lt;b&gt;92", "Support &lt;b&gt;",
                 f'href="{address(pledge, "change", pledge.pk)}"'):  # fmt: skip
        assert text in html
    assert 'name="_save"' not in html


# Asking


def shown(response):
    return [entry.name for entry in response.context["cl"].result_list]


@pytest.fixture
def filled(publisher):
    """Entries of two accounts on three days, beside the publisher's own sign-in of today."""
    somebody = make.make_user(username="somebody")
    for day, action, by, row, why in (
        (22, "added", somebody, make.make_party(name="Denmark"), ""),
        (23, "changed", publisher.user, make.make_party(name="Norway"), "A typo in the name"),
        (24, "changed", somebody, make.make_pledge(title="Support"), ""),
    ):
        make.make_entry(action=action, by=by, row=row, why=why, at=datetime(2024, 1, day, 12, tzinfo=UTC))
    return somebody


@pytest.mark.parametrize(("asked", "found"), [
    ({}, ["", "Support", "Norway", "Denmark"]),
    ({"did": "changed"}, ["Support", "Norway"]),
    ({"kind": "party"}, ["Norway", "Denmark"]),
    ({"kind": "party", "did": "added"}, ["Denmark"]),
    ({"since": "2024-01-23", "until": "2024-01-23"}, ["Norway"]),
    ({"since": "2024-01-24", "until": "2024-12-31"}, ["Support"]),
    ({"until": "2024-01-22"}, ["Denmark"]),
    ({"q": "typo"}, ["Norway"]),
    ({"q": "support", "did": "changed"}, ["Support"]),
    ({"q": "somebody"}, ["Support", "Denmark"]),
    ({"who": "", "did": "", "since": ""}, ["", "Support", "Norway", "Denmark"]),
])  # fmt: skip
def test_the_log_is_asked(asked, found, publisher, filled):
    assert shown(publisher.get(LIST, asked)) == found


def test_the_log_is_asked_for_an_account(publisher, filled):
    assert shown(publisher.get(LIST, {"who": filled.pk})) == ["Support", "Denmark"]


def test_a_day_is_one_of_the_sites_time_zone(publisher, filled, settings):
    settings.TIME_ZONE = "Pacific/Auckland"  # where noon in UTC is the next day

    assert shown(publisher.get(LIST, {"since": "2024-01-25", "until": "2024-01-25"})) == ["Support"]


@pytest.mark.parametrize(("asked", "sentence"), [
    ({"since": "yesterday"}, "Write the day as 2024-01-24."),
    ({"until": "2024-02-30"}, "Write the day as 2024-01-24."),
    ({"since": "2024-01-24", "until": "2024-01-23"}, "This day is before the first one."),
    ({"until": "9999-12-31"}, "Choose a day before the year 9999."),
    ({"kind": "kite"}, "This is not in the list. Choose from it."),
    ({"did": "=1+1"}, "This is not in the list. Choose from it."),
    ({"who": "99999999999999999999"}, "This is not in the list. Choose from it."),
    ({"who": "x"}, "This is not in the list. Choose from it."),
])  # fmt: skip
def test_a_question_that_makes_no_sense_is_not_answered_with_everything(asked, sentence, publisher, filled):
    response = publisher.get(LIST, asked)

    assert (response.status_code, shown(response)) == (200, [])
    assert sentence in response.content.decode()
    assert said(response) == [("error", "Nothing is listed: see below “Filter” what was not understood.")]
    exported = publisher.post(f"{EXPORT}?{urlencode(asked)}", {"format": "csv"}, follow=True)
    assert said(exported)[0] == (
        "error", "Nothing was exported: the list was asked for what it does not understand.")  # fmt: skip


@pytest.mark.parametrize("asked", [{"p": "99"}, {"p": "x"}, {"kind__x": "1"}, {"o": "9"}, {"user__password": "x"}])
def test_nonsense_in_an_address_breaks_neither_list_nor_export(asked, publisher, filled):
    assert publisher.get(LIST, asked, follow=True).status_code in (200, 400)
    assert publisher.post(f"{EXPORT}?{urlencode(asked)}", {"format": "csv"}, follow=True).status_code in (200, 400)


def test_searching_keeps_the_filter_and_filtering_keeps_the_search(publisher, filled):
    html = publisher.get(LIST, {"q": "o", "did": "changed", "p": "1"}).content.decode()

    search, question = html.split('id="changelist-search"')[1], html.split('class="question"')[1]
    assert '<input type="hidden" name="did" value="changed">' in search.partition("</form>")[0]
    assert '<input type="hidden" name="q" value="o">' in question.partition("</form>")[0]
    assert 'name="p"' not in question.partition("</form>")[0]


def test_only_rows_that_are_still_there_are_links(publisher):
    there, gone, account = make.make_party(name="There"), make.make_party(name="Gone"), make.make_user()
    for row in (there, gone, account):
        make.make_entry(by=publisher.user, row=row)
    make.make_entry(kind="kite", number=1, name="Former kind")
    gone.delete()

    listed = {entry.name: entry.row_url for entry in publisher.get(LIST).context["cl"].result_list}

    # A publisher reads no accounts.
    assert listed == {"There": address(there, "change", there.pk), "Gone": "", account.username: "",
                      "Former kind": "", "": ""}  # fmt: skip


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_for_more_entries(number, publisher, django_assert_num_queries):
    for _ in range(number):
        make.make_entry(by=make.make_user(), row=make.make_party())
    publisher.get(LIST)

    # Session, account, two for its rights, count, entries, accounts offered, parties and accounts still there.
    with django_assert_num_queries(9):
        assert len(publisher.get(LIST).context["cl"].result_list) == number + 1


# The file


def exported(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def test_the_filtered_log_is_exported_as_csv_and_the_export_is_logged(publisher, filled):
    asked = {"did": "changed", "since": "2024-01-01", "q": "o"}

    response = publisher.post(f"{EXPORT}?{urlencode(asked)}", {"format": "csv"})

    rows = list(csv.DictReader(io.StringIO(exported(response))))
    assert [(row["at"], row["action"], row["told"], row["who"], row["kind"], row["name"], row["reason"])
            for row in rows] == [
        ("2024-01-24T12:00:00+00:00", "changed", "Changed", "somebody", "pledge", "Support", ""),
        ("2024-01-23T12:00:00+00:00", "changed", "Changed", "publisher", "party", "Norway", "A typo in the name"),
    ]  # fmt: skip
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="audit-log-')
    assert "no-store" in response["Cache-Control"]
    entry = AuditEntry.objects.get(action="exported")
    assert (entry.username, entry.message) == (
        "publisher",
        "2 entries of the audit log as CSV. What was done: Changed; From: 2024-01-01; Text: o",
    )


def test_the_log_is_exported_as_json_lines(publisher):
    make.make_entry(by=publisher.user, row=make.make_party(name="Łódź"), changes=[["Name", "Lodz", "Łódź"]])

    lines = exported(publisher.post(EXPORT, {"format": "jsonl"})).splitlines()

    newest, *_ = [json.loads(line) for line in lines]
    assert (newest["name"], newest["changes"], len(lines)) == ("Łódź", [["Name", "Lodz", "Łódź"]], 2)
    assert "Łódź" in lines[0]


def test_the_whole_log_is_exported_in_constant_queries(publisher, django_assert_num_queries):
    for _ in range(3):
        make.make_entry(by=publisher.user, row=make.make_party())
    publisher.get(LIST)

    # Session, account, two for its rights, the list's own four, the newest entry, the log entry, the rows.
    with django_assert_num_queries(10):
        assert len(exported(publisher.post(EXPORT, {"format": "csv"})).splitlines()) == 5


@pytest.mark.parametrize("typed", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", '=HYPERLINK("x")'])
def test_no_cell_is_taken_for_a_formula(typed, publisher):
    make.make_entry(username=typed, name=typed, message=typed, why=typed, changes=[[typed, typed, typed]])

    newest, *_ = csv.DictReader(io.StringIO(exported(publisher.post(EXPORT, {"format": "csv"})), newline=""))

    assert [newest[name] for name in ("who", "name", "message", "reason")] == [f"'{typed}"] * 4
    assert newest["changes"][0] == "'"


def test_the_export_is_asked_for_by_post_and_in_a_format_that_there_is(publisher, filled):
    assert publisher.get(EXPORT).status_code == 405
    response = publisher.post(f"{EXPORT}?did=changed", {"format": "xlsx"}, follow=True)
    assert response.redirect_chain == [(f"{LIST}?did=changed", 302)]
    assert not AuditEntry.objects.filter(action="exported").exists()


def test_an_empty_export_says_so(publisher, filled):
    response = publisher.post(f"{EXPORT}?kind=sector", {"format": "csv"}, follow=True)

    assert said(response) == [("error", "Nothing was exported: no entry fits what was asked for.")]


def test_the_buttons_are_there_for_those_who_may_export(publisher):
    assert "JSON lines" in publisher.get(LIST).content.decode()
    publisher.user.groups.get().permissions.remove(Permission.objects.get(codename="export_auditentry"))
    assert "JSON lines" not in publisher.get(LIST).content.decode()
    assert publisher.post(EXPORT, {"format": "csv"}).status_code == 403
