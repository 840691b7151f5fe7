"""The desk: what needs me, what is live, what is broken; and who gets to see it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from aid.actions.publications import publish_article, withdraw_article
from aid.actions.workflow import assign_article, make_ready, send_back_article, submit_article
from aid.models import Pledge, Source
from aid.rules.breaches import Breach
from tests import builders as make
from tests.admin.forms import errors, sent
from tests.admin.test_base import one_of_each

DESK = "/admin/"


def items(response, section):
    return {listed["title"]: [item["text"] for item in listed["items"]] for listed in response.context[section]}


def test_an_empty_desk_says_so(editor):
    html = editor.get(DESK).content.decode()

    for sentence in ("No claim waits for you.", "Nothing was sent back.", "Nothing waits in the fact-check.",
                     "Nothing is overdue.", "Nothing is assigned to you.", "You have no draft.",
                     "Nothing is scheduled.", "No article is live.", "None among the records changed last.",
                     "Every field has been looked for."):  # fmt: skip
        assert sentence in html


def test_claims_of_others_need_me_and_mine_do_not(editor):
    pledge = make.make_pledge()
    make.make_claim(pledge, "amount", recorded_by=editor.user)
    make.make_claim(pledge, "donor", recorded_by=make.make_user())
    make.make_claim(pledge, "recipient", recorded_by=make.make_user(), rank="withdrawn")

    found = items(editor.get(DESK), "waiting")["Claims to verify"]

    assert found == [f"Donor: {pledge.donor.name}"]


def notes(response, section):
    return {listed["title"]: [(item["text"], item["note"]) for item in listed["items"]]
            for listed in response.context[section]}  # fmt: skip


ROLES_LISTS = {
    "writer": ["Sent back to me", "Reports of readers"],
    "editor": [
        "Sent back to me",
        "To check",
        "Reports of readers",
        "Claims to verify",
        "Reopened claims",
        "Not looked for yet",
    ],
    "publisher": [
        "Sent back to me",
        "To check",
        "To publish",
        "Reports of readers",
        "Claims to verify",
        "Reopened claims",
        "Not looked for yet",
    ],
}


@pytest.mark.parametrize("role", ROLES_LISTS)
def test_what_waits_depends_on_what_the_role_can_do_next(role, request):
    response = request.getfixturevalue(role).get(DESK)

    assert list(items(response, "waiting")) == ROLES_LISTS[role]
    bulk = [] if role == "writer" else ["Changed in bulk"]
    assert list(items(response, "mine")) == ["Overdue", "Assigned to me", "My drafts", *bulk]


def test_a_text_waits_for_whoever_has_the_next_step(writer, editor, publisher):
    article = make.make_article("A text", published=False, created_by=writer.user)

    def lists(client):
        found = items(client.get(DESK), "waiting") | items(client.get(DESK), "mine")
        return [title for title, rows in found.items() if rows]

    assert [lists(client) for client in (writer, editor, publisher)] == [["My drafts"], [], []]
    submit_article(article, writer.user)
    assert [lists(client) for client in (writer, editor, publisher)] == [[], ["To check"], ["To check"]]
    send_back_article(article, editor.user, "Give the source.")
    assert [lists(client) for client in (writer, editor, publisher)] == [
        ["Sent back to me", "Assigned to me"],
        [],
        [],
    ]
    assert notes(writer.get(DESK), "waiting")["Sent back to me"] == [("A text", "by editor: Give the source.")]
    submit_article(article, writer.user)
    make_ready(article, editor.user)
    assert [lists(client) for client in (writer, editor, publisher)] == [[], [], ["To publish"]]
    publish_article(article, publisher.user)
    assert [lists(client) for client in (writer, editor, publisher)] == [[], [], []]
    assert items(publisher.get(DESK), "live")["Published"] == ["A text"]


def test_what_was_sent_back_once_waits_only_until_it_is_submitted_again(writer, editor):
    article = make.make_article("A text", published=False, created_by=writer.user)
    for _ in range(2):
        submit_article(article, writer.user)
        send_back_article(article, editor.user, "Again.")
    assign_article(article, editor.user, editor.user)

    assert items(writer.get(DESK), "waiting")["Sent back to me"] == []
    assert items(editor.get(DESK), "waiting")["Sent back to me"] == ["A text"]


def test_nobody_is_asked_to_check_their_own_words_or_what_is_somebody_elses(editor, publisher, writer):
    mine = make.make_article("Mine", published=False, status="fact_check", created_by=editor.user)
    make.make_article("Loaded", published=False, status="fact_check")
    make.make_article(
        "Theirs", published=False, status="fact_check", created_by=writer.user, assigned_to=publisher.user
    )

    assert items(editor.get(DESK), "waiting")["To check"] == ["Loaded"]
    assert set(items(publisher.get(DESK), "waiting")["To check"]) == {"Theirs", "Loaded", "Mine"}
    assign_article(mine, publisher.user, editor.user)
    assert set(items(editor.get(DESK), "waiting")["To check"]) == {"Loaded", "Mine"}


def test_what_is_late_is_listed_for_whose_it_is_and_for_who_assigns(writer, editor):
    day = timedelta(days=1)
    make.make_article("Late", assigned_to=writer.user, due_at=timezone.now() - day)
    make.make_article("Later", due_at=timezone.now() - 2 * day)
    make.make_article("In time", assigned_to=writer.user, due_at=timezone.now() + day)

    assert items(writer.get(DESK), "mine")["Overdue"] == ["Late"]
    assert items(editor.get(DESK), "mine")["Overdue"] == ["Later", "Late"]
    assert items(writer.get(DESK), "mine")["Assigned to me"] == ["Late", "In time"]
    [(_, note), _] = notes(editor.get(DESK), "mine")["Overdue"]
    assert note.startswith("was due ") and note.endswith(" UTC; assigned to nobody")


def test_what_happens_next_is_listed_in_the_order_of_time(editor, publisher):
    with time_machine.travel("2026-03-02T12:00:00Z", tick=False):
        editor.force_login(editor.user)
        now = timezone.now()
        soon = make.make_article("Soon", published_at=now - timedelta(hours=1))
        make.make_article("Tomorrow", published_at=now + timedelta(days=1))
        withdraw_article(soon, publisher.user, "It was wrong.", now + timedelta(hours=1))

        listed = notes(editor.get(DESK), "live")

    assert listed["Scheduled"] == [
        ("Soon", "is withdrawn 2 March 2026, 13:00 UTC"),
        ("Tomorrow", "revision 1 goes live 3 March 2026, 12:00 UTC"),
    ]


def test_fields_not_looked_for_are_named(editor):
    pledge = make.make_pledge(instrument_unknown="not_looked_for", fund_unknown="not_looked_for")

    [listed] = [row for row in editor.get(DESK).context["waiting"] if row["title"] == "Not looked for yet"]

    assert [(item["text"], item["note"]) for item in listed["items"]] == [(pledge.title, "instrument, fund")]
    assert listed["items"][0]["url"] == reverse("admin:aid_pledge_change", args=[pledge.pk])


def test_broken_values_and_left_over_sentences_are_listed(editor):
    pledge = make.make_pledge()
    source = make.make_source("One sentence. Another one.")

    found = items(editor.get(DESK), "broken")

    assert found == {"Values that no claim bears out": [pledge.title], "Dead figures in live articles": [],
                     "Live articles that break a rule": [], "Sentences left over": [source.title]}  # fmt: skip


def test_a_broken_value_of_a_part_says_of_which(editor):
    pledge = make.make_pledge(stages=["announced", "allocated"])
    make.support(pledge)
    make.make_claim(pledge.stages.first(), "stage")

    [listed] = [row for row in editor.get(DESK).context["broken"] if row["title"] == "Values that no claim bears out"]

    assert [item["note"] for item in listed["items"]] == ["stage Allocated (step 2): stage"]


def test_dead_figures_of_live_articles_are_listed(editor):
    body = "It gave [[pledge:gone:amount]], [[pledge:gone:amount]] and [[party:nobody]]."
    dead = make.make_article("Dead", body=body)
    make.make_article("Draft", body=body, published=False)
    make.make_article("Alive")

    [listed] = [row for row in editor.get(DESK).context["broken"] if row["title"] == "Dead figures in live articles"]

    assert [(item["text"], item["url"], item["note"]) for item in listed["items"]] == [
        ("Dead", reverse("admin:aid_article_change", args=[dead.pk]), "[[pledge:gone:amount]], [[party:nobody]]")
    ]


def test_a_live_article_that_breaks_a_rule_meanwhile_is_listed(editor):
    event = make.make_event(slug="meeting")
    make.make_claim(event, "title", source=make.make_source(title="A release"))
    article = make.make_article("They met", "[[event:meeting|They]] met.")
    make.sign_everything(article)
    assert items(editor.get(DESK), "broken")["Live articles that break a rule"] == []

    Source.objects.update(withdrawn_at=timezone.now(), withdrawn_why="It was forged.")

    title = "Live articles that break a rule"
    [listed] = [row for row in editor.get(DESK).context["broken"] if row["title"] == title]
    assert [(item["text"], item["url"]) for item in listed["items"]] == [
        ("They met", reverse("admin:aid_article_factcheck", args=[article.pk]))
    ]
    assert listed["items"][0]["note"].startswith("The source “A release” has been withdrawn: It was forged.")


@pytest.mark.parametrize("number", [1, 4])
def test_the_desk_costs_the_same_however_much_there_is(number, publisher, django_assert_num_queries):
    one_of_each(number)
    publisher.get(DESK)

    with django_assert_num_queries(54):
        publisher.get(DESK)


def test_the_ledgers_page_names_each_breach_where_it_is_mended(editor):
    pledge = make.make_pledge()
    make.support(pledge), make.support(pledge.stages.get())
    Pledge.objects.update(amount=92_000_000)

    response = editor.get("/admin/ledger/")

    [breach] = response.context["breaches"]
    assert breach["text"] == pledge.title
    assert (breach["code"], breach["url"]) == (
        "value-contradicted", reverse("admin:aid_pledge_change", args=[pledge.pk]))  # fmt: skip


def test_a_breach_of_a_part_leads_to_the_form_that_holds_it(publisher):
    pledge, coalition, agreement = make.make_pledge(), make.make_coalition(), make.make_agreement()
    passage, article = make.make_passage(), make.make_article()
    rows = {
        pledge: [pledge.stages.get(), make.make_valuation(pledge=pledge)],
        coalition: [make.make_membership(coalition=coalition)],
        agreement: [make.make_signatory(agreement=agreement)],
        passage.source: [passage],
        article: [article.live],
    }
    claim = make.make_claim(pledge, "amount")
    rows[claim] = [claim]

    for record, parts in rows.items():
        address = reverse(f"admin:aid_{record._meta.model_name}_change", args=[record.pk])
        assert {Breach("code", part, "It is wrong.").mend_at for part in [record, *parts]} == {address}
        assert 'name="_save"' in publisher.get(address).content.decode()


def test_the_ledgers_page_is_well_with_the_document(editor, document):
    html = editor.get("/admin/ledger/").content.decode()

    assert "No rule is broken." in html
    assert "Every sentence of the newest fifty sources supports a record." in html


def test_a_writer_gets_no_links_to_what_they_may_not_add(writer):
    assert [name for name, _ in writer.get(DESK).context["add_links"]] == ["article"]


def test_a_page_that_is_not_open_speaks_of_the_account(writer):
    response = writer.get(reverse("admin:aid_pledge_add"))

    text = response.content.decode()
    assert response.status_code == 403
    assert "Your account may not open this page" in text
    assert "form" not in text.partition("<main")[2]


def test_models_are_grouped_by_what_an_editor_does(editor, administrator):
    groups = {group["name"]: [model["object_name"] for model in group["models"]]
              for group in administrator.get(DESK).context["app_list"]}  # fmt: skip

    assert groups == {
        "Records": ["Pledge", "Coalition", "Agreement", "Event", "Party", "Person", "Office"],
        "Context": ["Statement", "Assertion", "Sector"],
        "Evidence": ["Source", "Passage", "Claim", "LinkCheck", "ExchangeRate"],
        "Writing": ["Article", "Image", "Correction", "Report"],
        "Accounts": ["User", "Group"],
        "Log": ["AuditEntry", "BulkChange"],
    }
    assert "Accounts" not in [group["name"] for group in editor.get(DESK).context["app_list"]]


# Corrections


def test_a_correction_is_signed_by_who_decided_it(editor):
    article = make.make_article()
    add = "/admin/aid/correction/add/"

    response = editor.post(add, sent(editor.get(add), kind="correction", note="It was 91.", article=article.pk))

    assert response.status_code == 302, errors(response)
    assert article.corrections.get().decided_by == editor.user


def test_a_correction_is_about_exactly_one_thing(editor):
    add = "/admin/aid/correction/add/"
    typed = {"kind": "correction", "note": "It was 91."}
    both = {"article": make.make_article().pk, "pledge": make.make_pledge().pk}

    answers = [errors(editor.post(add, sent(editor.get(add), **typed | about))) for about in ({}, both)]

    assert answers == [{"__all__": ["subject"]}, {"__all__": ["subject"]}]


def test_a_correction_is_never_deleted(administrator):
    correction = make.make_correction()

    page = reverse("admin:aid_correction_delete", args=[correction.pk])

    assert administrator.post(page, {"post": "yes"}).status_code == 403


def test_a_correction_is_never_rewritten(administrator):
    correction = make.make_correction(note="It was 91 million.", kind="correction")
    page = reverse("admin:aid_correction_change", args=[correction.pk])
    typed = {"kind": "update", "note": "Nothing was wrong.", "article": correction.article_id}

    shown, refused = administrator.get(page), administrator.post(page, typed)

    assert (shown.status_code, refused.status_code) == (200, 403)
    assert "It was 91 million." in shown.content.decode()
    assert not shown.context["has_change_permission"]
    correction.refresh_from_db()
    assert (correction.kind, correction.note) == ("correction", "It was 91 million.")


def test_a_coalition_with_a_lead_needs_no_reason_for_having_none(editor):
    coalition, party = make.make_coalition(), make.make_party()
    address = reverse("admin:aid_coalition_change", args=[coalition.pk])

    editor.post(address, sent(editor.get(address), **{
        "memberships-TOTAL_FORMS": 1, "memberships-0-party": party.pk, "memberships-0-role": "lead",
        "memberships-0-joined_on_unknown": "not_stated", "memberships-0-left_on_unknown": "not_stated"}))  # fmt: skip

    coalition.refresh_from_db()
    assert (coalition.memberships.get().role, coalition.leads_unknown) == ("lead", "")


# Accounts


@pytest.mark.parametrize("role", ["writer", "editor", "publisher"])
@pytest.mark.parametrize("page", ["auth_user_changelist", "auth_group_changelist", "auth_user_add"])
def test_accounts_are_for_administrators(role, page, request):
    assert request.getfixturevalue(role).get(reverse(f"admin:{page}")).status_code == 403


def test_an_administrator_makes_nobody_a_superuser(administrator):
    account = make.make_user(username="somebody")
    address = reverse("admin:auth_user_change", args=[account.pk])
    page = administrator.get(address)
    typed = {"is_superuser": "on", "groups": [Group.objects.get(name="editor").pk]}
    moment = {"date_joined_0": "2024-01-24", "date_joined_1": "12:00:00"}

    response = administrator.post(address, sent(page, **typed, **moment))

    account.refresh_from_db()
    assert response.status_code == 302, errors(response)
    assert (account.is_superuser, [group.name for group in account.groups.all()]) == (False, ["editor"])


def test_an_administrator_does_not_touch_a_superuser(administrator):
    boss = User.objects.create_superuser("boss")

    change = administrator.post(reverse("admin:auth_user_change", args=[boss.pk]), {"username": "taken"})
    delete = administrator.post(reverse("admin:auth_user_delete", args=[boss.pk]), {"post": "yes"})

    boss.refresh_from_db()
    assert (change.status_code, delete.status_code, boss.username) == (403, 403, "boss")
