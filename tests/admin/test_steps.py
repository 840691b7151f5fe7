"""The panel of an article and the pages of its steps: what is offered, what is refused, and what a refusal leaves."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from aid.actions.articles import save_revision
from aid.choices import ArticleStatus, AuditAction
from aid.models import Article, ArticleRevision, AuditEntry, Correction, Publication
from aid.rules.workflow import STEPS
from tests import builders as make
from tests.admin.forms import said

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
# The clocks of Copenhagen leave the one out, and show the other twice.
LEFT_OUT, TWICE = NOW.replace(month=3, day=29, hour=2, minute=30), NOW.replace(month=10, day=25, hour=2, minute=30)
WHY = "It rested on a document that was forged."
DRAFT, FACT_CHECK, READY = ArticleStatus.DRAFT, ArticleStatus.FACT_CHECK, ArticleStatus.READY


@pytest.fixture(autouse=True)
def clock(db):
    with time_machine.travel(NOW, tick=False) as machine:
        yield machine


def change(article):
    return reverse("admin:aid_article_change", args=[article.pk])


def step(article, name):
    return reverse("admin:aid_article_step", args=[article.pk, name])


def offered(client, article):
    return [offer.name for offer in client.get(change(article)).context["panel"]["steps"]]


def take(client, article, name, opened_on=None, **typed):
    """Presses a step's button on the article's page, as it stands or stood when it was opened."""
    page = opened_on or client.get(change(article))
    [form] = [offer.form for offer in page.context["panel"]["steps"] if offer.name == name] or [None]
    opened = form["opened"].value() if form else page.context["panel"]["steps"][0].form["opened"].value()
    return client.post(step(article, name), {"opened": opened} | typed, follow=True)


def at(moment, name="at", zone="UTC"):
    return {f"{name}_day": f"{moment:%Y-%m-%d}", f"{name}_time": f"{moment:%H:%M}", f"{name}_zone": zone}


def faults(response):
    return {
        name: [error.code for error in found]
        for name, found in response.context["step"].form.errors.as_data().items()
    }


def everything():
    models = (Article, ArticleRevision, Publication, AuditEntry, Correction)
    return [list(model.objects.order_by("pk").values()) for model in models]


def make_text(status, author=None, **given):
    return make.make_article("A text", published=False, status=status, created_by=author, **given)


# What is offered


OFFERED = [
    ("writer", "draft", ["submit", "embargo"]),
    ("writer", "fact_check", ["embargo"]),
    ("writer", "ready", ["embargo"]),
    ("writer", "live", []),
    ("editor", "draft", ["submit", "assign", "embargo"]),
    ("editor", "fact_check", ["make-ready", "send-back", "assign", "embargo"]),
    ("editor", "ready", ["send-back", "assign", "embargo"]),
    ("editor", "live", ["assign"]),
    ("publisher", "fact_check", ["make-ready", "send-back", "assign", "embargo"]),
    ("publisher", "ready", ["publish", "send-back", "schedule", "assign", "embargo"]),
    ("publisher", "scheduled", ["publish", "schedule", "take-back", "schedule-withdrawal", "assign", "embargo"]),
    ("publisher", "live", ["withdraw", "schedule-withdrawal", "assign"]),
]


@pytest.mark.parametrize("role, stage, steps", OFFERED)
def test_the_panel_offers_the_next_steps_of_the_role(role, stage, steps, request):
    client = request.getfixturevalue(role)
    if stage in ("scheduled", "live"):
        article = make.make_article(published_at=NOW + HOUR if stage == "scheduled" else NOW - HOUR)
    else:
        article = make_text(stage)

    assert offered(client, article) == steps


def test_what_stands_in_the_way_is_said_and_its_step_not_offered(editor):
    article = make_text(FACT_CHECK, editor.user, body="It gave [[pledge:gone:amount]].")

    page = editor.get(change(article))

    panel = page.context["panel"]
    assert panel["hindered"] == "Make ready"
    assert [reason.code for reason in panel["reasons"]] == ["own_text", "dead_figure"]
    assert "make-ready" not in [offer.name for offer in panel["steps"]]
    assert "which no record answers to. Mend or remove it." in page.content.decode()


def test_who_does_not_take_a_step_is_not_told_of_their_own_part_in_it(writer):
    article = make_text(FACT_CHECK, writer.user)

    assert writer.get(change(article)).context["panel"]["reasons"] == []


def test_what_waits_for_the_end_of_an_embargo_can_be_scheduled(publisher):
    article = make_text(READY, embargo_until=NOW + HOUR)

    panel = publisher.get(change(article)).context["panel"]

    names = [offer.name for offer in panel["steps"]]
    assert [reason.code for reason in panel["reasons"]] == ["embargo"]
    assert "publish" not in names and "schedule" in names
    assert take(publisher, article, "schedule", **at(NOW + HOUR)).redirect_chain == [(change(article), 302)]


def test_a_scheduled_text_that_broke_since_says_so(publisher):
    pledge = make.make_pledge()
    article = make.make_article(body=f"It gave [[pledge:{pledge.slug}:amount]].", published_at=NOW + HOUR)
    make.make_revision(article, body="It gave [[pledge:gone:amount]].")
    Publication.objects.update(revision=article.revisions.first())

    panel = publisher.get(change(article)).context["panel"]

    assert [reason.code for reason in panel["reasons"]] == ["dead_figure"]


def test_the_panel_says_where_it_stands(editor, writer):
    article = make.make_article("As published", published_at=NOW - HOUR, assigned_to=writer.user, due_at=NOW - HOUR)
    save_revision(article, {"headline": "Newer <b>"}, writer.user, "Clearer")

    page = editor.get(change(article))

    panel = page.context["panel"]
    assert panel["found"].words == ["Live with newer draft"]
    assert panel["readers"] == "Readers see revision 1, “As published”, since 2 March 2026, 11:00 UTC."
    assert panel["assigned"] == "Assigned to writer, due 2 March 2026, 11:00 UTC."
    assert panel["is_overdue"]
    assert [(entry.message, entry.why) for entry in panel["entries"]] == [("Saved revision 2.", "Clearer")]
    assert "Newer &lt;b&gt;" in page.content.decode()


# The steps


def test_the_whole_way(writer, editor, publisher, reader, clock):
    article = make_text(DRAFT, writer.user)

    take(writer, article, "submit")
    take(editor, article, "make-ready")
    response = take(publisher, article, "schedule", **at(NOW + HOUR))

    assert said(response) == [("success", "“A text”: Revision 1 goes live on 2 March 2026, 13:00 UTC.")]
    assert reader.get(article.get_absolute_url()).status_code == 404
    clock.move_to(NOW + HOUR)
    assert reader.get(article.get_absolute_url()).status_code == 200
    assert [entry.action for entry in AuditEntry.objects.about(article)] == [
        AuditAction.SCHEDULED, AuditAction.MADE_READY, AuditAction.SUBMITTED]  # fmt: skip


# For each step: who takes it, from where, what they type, and what they read afterwards.
STEP = {
    "submit": ("writer", "draft", {}, "Revision 1 is in the fact-check now."),
    "send-back": ("editor", "fact_check", {"why": "Give the source."}, "Sent back. Nobody is named"),
    "make-ready": ("editor", "fact_check", {}, "Revision 1 is ready for a publisher."),
    "publish": ("publisher", "ready", {}, "Published. Readers see revision 1 from now on."),
    "schedule": ("publisher", "ready", at(NOW + HOUR), "Revision 1 goes live on 2 March 2026, 13:00 UTC."),
    "take-back": ("publisher", "scheduled", {}, "Nothing is scheduled any more."),
    "withdraw": ("publisher", "live", {"why": WHY}, "Withdrawn. Readers find your reason at its address."),
    "schedule-withdrawal": (
        "publisher", "live", at(NOW + HOUR) | {"why": WHY}, "To be withdrawn on 2 March 2026, 13:00 UTC."),
    "assign": ("editor", "draft", at(NOW + HOUR, "due_at"), "Assigned to nobody, due 2 March 2026, 13:00 UTC."),
    "embargo": (
        "writer", "draft", at(NOW + HOUR, "until"), "Under embargo until 2 March 2026, 13:00 UTC."),
}  # fmt: skip


def article_for(name):
    stage = STEP[name][1]
    if stage in ("scheduled", "live"):
        return make.make_article("A text", published_at=NOW + HOUR if stage == "scheduled" else NOW - HOUR)
    return make_text(stage)


def test_every_step_is_tried():
    assert list(STEP) == list(STEPS)


@pytest.mark.parametrize("name", STEP)
def test_a_step_is_taken_from_the_panel_and_from_its_own_page(name, request):
    role, _, typed, told = STEP[name]
    client = request.getfixturevalue(role)
    for page_of in (change, lambda article: step(article, name)):
        article = article_for(name)
        page = client.get(page_of(article))
        offers = page.context["panel"]["steps"] if "panel" in page.context else [page.context["step"]]
        [offer] = [offer for offer in offers if offer.name == name]

        response = client.post(offer.url, {"opened": offer.form["opened"].value()} | typed, follow=True)

        assert response.redirect_chain == [(change(article), 302)]
        [(level, text)] = said(response)
        assert (level, text.partition(": ")[0]) == ("success", "“A text”")
        assert told in text
        assert AuditEntry.objects.about(article).count() == 1


@pytest.mark.parametrize("name", STEP)
def test_looking_at_a_step_takes_none(name, request):
    client, article = request.getfixturevalue(STEP[name][0]), article_for(name)
    before = everything()

    assert client.get(step(article, name)).status_code == 200
    assert client.head(step(article, name)).status_code == 200
    assert [getattr(client, method)(step(article, name)).status_code for method in ("put", "patch", "delete")] == [
        405
    ] * 3
    assert everything() == before


@pytest.mark.parametrize("name", STEP)
@pytest.mark.parametrize("role", ["reader", "writer", "editor", "publisher", "administrator"])
def test_a_step_is_closed_to_who_may_not_take_it(role, name, request):
    client, article = request.getfixturevalue(role), article_for(name)
    before = everything()
    may = role != "reader" and client.user.has_perm(STEPS[name].permission)

    answers = [client.get(step(article, name)).status_code]
    if not may:
        answers.append(client.post(step(article, name), {"opened": "x"} | STEP[name][2]).status_code)

    assert answers == ([200] if may else [302, 302] if role == "reader" else [403, 403])
    assert everything() == before


@pytest.mark.parametrize("name", STEP)
def test_a_step_that_somebody_was_ahead_of_is_refused(name, request):
    role, _, typed, _ = STEP[name]
    client, article = request.getfixturevalue(role), article_for(name)
    stale = client.get(change(article))
    save_revision(article, {"body": "Somebody else's words."}, make.make_user(username="another"))
    before = everything()

    response = take(client, article, name, opened_on=stale, **typed)

    assert response.status_code == 200
    assert "stale" in faults(response)["__all__"]
    assert "another, 2 March 2026, 12:00: Saved revision 2." in response.content.decode()
    assert everything() == before
    form = response.context["step"].form
    assert {key: form.data[key] for key in typed} == typed


def test_of_two_publishers_at_once_the_second_is_told(publisher, administrator):
    article = make_text(READY)
    pages = [client.get(change(article)) for client in (publisher, administrator)]

    take(publisher, article, "publish", opened_on=pages[0])
    response = take(administrator, article, "schedule", opened_on=pages[1], **at(NOW + HOUR))

    assert faults(response)["__all__"][0] == "stale"
    assert "publisher, 2 March 2026, 12:00: Published revision 1: “A text”." in response.content.decode()
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("name, typed, expected", [
    ("send-back", {"why": " "}, {"why": ["required"]}),
    ("send-back", {"why": "x" * 2001}, {"why": ["max_length"]}),
    ("send-back", {"why": "a\0"}, {"why": ["null_characters_not_allowed"]}),
    ("schedule", {}, {"at": ["required"]}),
    ("schedule", {"at_day": "2026-03-03"}, {"at": ["incomplete"]}),
    ("schedule", at(NOW), {"at": ["past"]}),
    ("schedule", at(NOW - 24 * HOUR), {"at": ["past"]}),
    ("schedule", at(NOW.replace(year=2062)), {"at": ["too_far"]}),
    ("schedule", at(LEFT_OUT, zone="Europe/Copenhagen"), {"at": ["nonexistent"]}),
    ("schedule", at(TWICE, zone="Europe/Copenhagen"), {"at": ["ambiguous"]}),
    ("schedule", at(NOW + HOUR, zone="Mars/Base"), {"at": ["zone"]}),
    ("withdraw", {"why": ""}, {"why": ["required"]}),
    ("schedule-withdrawal", {"why": WHY}, {"at": ["required"]}),
    ("schedule-withdrawal", {"why": WHY} | at(NOW), {"at": ["past"]}),
    ("schedule-withdrawal", at(NOW + HOUR), {"why": ["required"]}),
    ("assign", {"to": "9" * 30}, {"to": ["invalid_choice"]}),
    ("assign", at(NOW - HOUR, "due_at"), {"due_at": ["past"]}),
    ("assign", {"note": "x" * 501}, {"note": ["max_length"]}),
    ("embargo", at(NOW - HOUR, "until"), {"until": ["past"]}),
    ("embargo", {"until_day": "nonsense", "until_time": "25:00"}, {"until": ["day"]}),
])  # fmt: skip
def test_a_wrong_answer_changes_nothing_and_loses_nothing(name, typed, expected, request):
    client, article = request.getfixturevalue(STEP[name][0]), article_for(name)
    before = everything()

    response = take(client, article, name, **typed)

    assert (response.status_code, faults(response)) == (200, expected)
    assert everything() == before
    html = response.content.decode()
    # A list shows what is no choice of it as nothing chosen.
    kept = [value for key, value in typed.items() if "\0" not in value and not key.endswith("_zone") and key != "to"]
    assert all(value in html for value in kept)


def test_the_time_that_exists_twice_is_chosen_on_the_page_that_comes_back(publisher):
    article = make_text(READY)
    typed = at(TWICE, zone="Europe/Copenhagen")
    refused = take(publisher, article, "schedule", **typed)
    assert "Which moment is meant?" in refused.content.decode()

    take(publisher, article, "schedule", **typed, at_which="2026-10-25T01:30:00Z")

    assert Publication.objects.get().starts_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_step_from_a_wrong_state_says_so_on_its_page(publisher):
    article = make_text(DRAFT)

    page = publisher.get(step(article, "publish"))

    assert "The text is a draft. Submit it to the fact-check first." in page.content.decode()
    assert '<form method="post" action=' not in page.content.decode().partition("<main")[2]


@pytest.mark.parametrize("address", ["99/step/submit/", "x/step/submit/", "99999999999999999999/step/submit/"])
def test_a_step_of_no_article_is_not_found(address, writer):
    assert writer.get(f"/admin/aid/article/{address}").status_code == 404
    assert writer.post(f"/admin/aid/article/{address}").status_code == 404


def test_a_step_that_does_not_exist_is_not_found(writer):
    article = make_text(DRAFT)

    assert writer.get(step(article, "no-such-step")).status_code == 404


# An update of what readers have


@pytest.fixture
def update(publisher):
    article = make.make_article("As published", body="It gave 91 million.", published_at=NOW - HOUR)
    make.make_revision(article, body="It gave 92 million.")
    make.sign_everything(article)
    Article.objects.update(status=READY)
    return article


def test_publishing_an_update_asks_what_readers_are_told(update, publisher):
    before = everything()

    for typed, expected in [
        ({}, {"kind": ["kind"], "note": ["note"]}),
        ({"kind": "correction"}, {"note": ["note"]}),
        ({"kind": "none"}, {"why": ["reason"]}),
        ({"kind": "mistake", "note": "It was wrong."}, {"kind": ["invalid_choice"]}),
        ({"kind": "reinstatement", "note": "It is back."}, {"kind": ["invalid_choice"]}),
    ]:
        response = take(publisher, update, "publish", **typed)
        assert faults(response) == expected
        assert everything() == before
    take(publisher, update, "publish", kind="correction", note="It was 92 million.")

    [correction] = update.corrections.all()
    assert (correction.kind, correction.note) == ("correction", "It was 92 million.")
    update.refresh_from_db()
    assert update.live.number == 2


def test_what_stood_there_and_what_stands_there_now_can_be_mended_before_it_is_told(update, publisher):
    form = publisher.get(step(update, "publish")).context["step"].form
    assert (form["was"].value(), form["now"].value()) == ("Text: It gave 91 million.", "Text: It gave 92 million.")

    take(publisher, update, "publish", kind="correction", note="It was wrong.", was="91 million", now="92 million")

    [correction] = update.corrections.all()
    assert (correction.was, correction.now) == ("91 million", "92 million")


def test_a_scheduled_update_takes_its_note_along(update, publisher, reader, clock):
    take(publisher, update, "schedule", kind="update", note="There is more to tell.", **at(NOW + HOUR))

    clock.move_to(NOW + HOUR - timedelta(seconds=1))
    assert "There is more to tell." not in reader.get(update.get_absolute_url()).content.decode()
    clock.move_to(NOW + HOUR)
    assert "There is more to tell." in reader.get(update.get_absolute_url()).content.decode()


def test_where_no_word_is_different_nothing_is_asked(publisher):
    article = make.make_article(published_at=NOW - HOUR)
    make.make_revision(article, section="analysis")
    Article.objects.update(status=READY)

    response = take(publisher, article, "publish")

    assert response.redirect_chain == [(change(article), 302)]
    assert not Correction.objects.exists()
