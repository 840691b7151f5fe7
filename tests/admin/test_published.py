"""A change of what readers have before them is saved with its note, or not at all."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from aid.admin.drafting import PUT_BACK
from aid.choices import AuditAction, CorrectionKind, Rank
from aid.models import AuditEntry, Claim, Correction
from tests import builders as make
from tests.admin.forms import errors, said, unanswered

pytestmark = pytest.mark.django_db

NOTE = "An earlier version gave the amount as 91 million kroner. It is 92 million."
ANSWER = {"correction-kind": "correction", "correction-note": NOTE}
NO_NOTE = {"correction-kind": "none", "correction-why": "Only the spelling of a word."}


def address(row, page="change"):
    return reverse(f"admin:aid_{row._meta.model_name}_{page}", args=[row.pk])


def save(client, row, **changes):
    """Opens a row's form and sends it back with what was typed, and with no answer unless that is typed too."""
    page = client.get(address(row))
    return client.post(address(row), unanswered(page, **changes))


def asked(response):
    """What the page asks about: [(what, what it was, what it is)]; None where it asks nothing."""
    question = response.context["question"] if response.context else None
    return question and [tuple(change) for change in question.changes]


def answers(response):
    form = response.context["question"].form
    return {name: form[name].value() for name in ("kind", "note", "was", "now", "why")}


def answer_errors(response):
    found = response.context["question"].form.errors.as_data()
    return {name: [error.code for error in problems] for name, problems in found.items()}


@pytest.fixture
def pledge():
    pledge = make.make_pledge(slug="cyber", title="Cyber support", amount=Decimal("91000000"))
    make.support(pledge)
    return pledge


# Asking


def test_the_first_save_asks_and_saves_nothing(editor, pledge):
    response = save(editor, pledge, amount="92000000", title="Typed title")

    assert response.status_code == 200
    assert asked(response) == [
        ("Title", "Cyber support", "Typed title"),
        ("Amount", "DKK 91,000,000", "DKK 92,000,000"),
    ]
    assert answers(response) == {
        "kind": None,
        "note": None,
        "was": "Title: Cyber support\nAmount: DKK 91,000,000",
        "now": "Title: Typed title\nAmount: DKK 92,000,000",
        "why": None,
    }
    pledge.refresh_from_db()
    assert (pledge.title, pledge.amount) == ("Cyber support", Decimal("91000000"))
    assert (Correction.objects.count(), AuditEntry.objects.about(pledge).count(), pledge.history.count()) == (0, 0, 1)
    typed = response.context["adminform"].form
    assert (typed["amount"].value(), typed["title"].value()) == ("92000000", "Typed title")
    assert errors(response) == {"__all__": ["correction"]}
    # What the save that was taken back had said of itself is not said.
    assert said(response) == []


def test_from_one_save_come_the_value_the_note_and_the_log(editor, pledge):
    first, second = (make.make_article(body="It gave [[pledge:cyber:amount]].") for _ in range(2))
    make.make_article(body="It gave [[pledge:other:amount]].")
    make.make_article(body="It gave [[pledge:cyber:amount]].", published=False)

    response = save(editor, pledge, amount="92000000", **ANSWER)

    assert response.status_code == 302, errors(response)
    pledge.refresh_from_db()
    assert pledge.amount == Decimal("92000000")
    correction = Correction.objects.get()
    assert (correction.pledge, correction.kind, correction.note) == (pledge, "correction", NOTE)
    assert (correction.was, correction.now) == ("Amount: DKK 91,000,000", "Amount: DKK 92,000,000")
    assert correction.decided_by == editor.user
    assert set(correction.affected.all()) == {first, second}
    [entry] = AuditEntry.objects.about(pledge)
    assert (entry.action, entry.user) == (AuditAction.CORRECTED, editor.user)
    assert entry.changes == [["Amount", "91000000", "92000000"]]
    shown = editor.get(address(pledge))
    assert (
        "success",
        "Correction written: it stands on its own page, on 2 articles and under Corrections.",
    ) in said(shown)


@pytest.mark.parametrize("kind", ["correction", "clarification", "update", "retraction"])
def test_each_kind_is_kept_as_it_was_chosen(kind, editor, pledge):
    save(editor, pledge, amount="92000000", **ANSWER | {"correction-kind": kind, "correction-was": "91 m"})

    correction = Correction.objects.get()
    assert (correction.kind, correction.was, correction.now) == (kind, "91 m", "")


def test_a_reinstatement_is_offered_for_what_is_retracted_alone(editor, pledge):
    def kinds():
        response = save(editor, pledge, amount="92000000")
        return [value for value, _ in response.context["question"].form.fields["kind"].choices]

    assert kinds() == ["correction", "clarification", "update", "retraction", "none"]
    make.make_correction(pledge=pledge, kind=CorrectionKind.RETRACTION)
    assert kinds() == ["correction", "clarification", "update", "reinstatement", "none"]


@pytest.mark.parametrize(("answer", "expected"), [
    ({"correction-note": NOTE}, {"kind": ["kind"]}),
    ({"correction-kind": "typo", "correction-note": NOTE}, {"kind": ["invalid_choice"]}),
    ({"correction-kind": "reinstatement", "correction-note": NOTE}, {"kind": ["invalid_choice"]}),
    ({"correction-kind": "correction", "correction-note": " \n "}, {"note": ["note"]}),
    ({"correction-kind": "none", "correction-note": NOTE, "correction-why": " "}, {"why": ["reason"]}),
    ({"correction-kind": "update", "correction-note": "x" * 2001}, {"note": ["max_length", "note"]}),
    ({"correction-kind": "update", "correction-note": "a\0"}, {"note": ["null_characters_not_allowed", "note"]}),
])  # fmt: skip
def test_an_answer_that_lacks_something_is_refused_with_everything_typed_kept(answer, expected, editor, pledge):
    typed = {"correction-was": "Typed was", "correction-now": "Typed now"} | answer

    response = save(editor, pledge, amount="92000000", **typed)

    assert answer_errors(response) == expected
    kept = {f"correction-{name}": value for name, value in answers(response).items()}
    assert {name: kept[name] for name in typed} == typed
    assert response.context["adminform"].form["amount"].value() == "92000000"
    assert asked(response) == [("Amount", "DKK 91,000,000", "DKK 92,000,000")]
    pledge.refresh_from_db()
    assert (pledge.amount, Correction.objects.count()) == (Decimal("91000000"), 0)


def test_no_note_writes_its_reason_to_the_log_alone(editor, pledge):
    article = make.make_article(body="[[pledge:cyber:amount]]")

    response = save(editor, pledge, title="Cyber-support", **NO_NOTE)

    assert response.status_code == 302, errors(response)
    pledge.refresh_from_db()
    assert (pledge.title, Correction.objects.count()) == ("Cyber-support", 0)
    [entry] = AuditEntry.objects.about(pledge)
    assert (entry.action, entry.why) == (AuditAction.CHANGED, "Only the spelling of a word.")
    assert entry.changes == [["Title", "Cyber support", "Cyber-support"]]
    assert "Only the spelling" not in editor.get(article.get_absolute_url()).text


def test_who_changes_more_after_the_question_is_asked_once_more(editor, pledge):
    page = save(editor, pledge, amount="92000000")
    form = unanswered(page) | {f"correction-{n}": v for n, v in answers(page).items() if v} | ANSWER
    form["correction-asked"] = page.context["question"].form["asked"].value()

    more = editor.post(address(pledge), form | {"title": "Another title"})

    assert answer_errors(more) == {"__all__": ["asked_about_less"]}
    assert (answers(more)["note"], answers(more)["was"]) == (NOTE, "Amount: DKK 91,000,000")
    form["correction-asked"] = more.context["question"].form["asked"].value()
    assert editor.post(address(pledge), form | {"title": "Another title"}).status_code == 302
    pledge.refresh_from_db()
    assert (pledge.title, pledge.amount) == ("Another title", Decimal("92000000"))
    assert Correction.objects.get().was == "Amount: DKK 91,000,000"


def test_answers_stay_when_the_form_is_refused_for_another_reason(editor, pledge):
    response = save(editor, pledge, amount="nonsense", **ANSWER)

    assert errors(response) == {"amount": ["invalid"]}
    form = response.context["question"]["form"]
    assert (form["kind"].value(), form["note"].value()) == ("correction", NOTE)
    assert NOTE in response.text


def test_answers_are_put_back_with_the_rest_that_was_kept(editor, pledge):
    page = editor.get(address(pledge))
    draft = page.context["autosave"]["draft"]
    editor.post(address(pledge), unanswered(page, amount="nonsense", draft=draft, **ANSWER))

    back = editor.get(f"{address(pledge)}?{PUT_BACK}")

    assert back.context["adminform"].form["amount"].value() == "nonsense"
    assert back.context["question"]["form"]["note"].value() == NOTE


def test_an_answer_to_no_change_writes_nothing(editor, pledge):
    page = editor.get(address(pledge))

    response = editor.post(address(pledge), unanswered(page, **ANSWER), follow=True)

    assert Correction.objects.count() == 0
    assert ("info", "Readers see what they saw before, so no note was written.") in said(response)


# What is asked about, and what is not


def test_what_readers_do_not_have_asks_nothing(editor):
    tomorrow = timezone.now() + timedelta(days=1)
    for given in ({"embargo_until": tomorrow}, {"withdrawn_at": timezone.now(), "withdrawn_why": "Forged."}):
        pledge = make.make_pledge(**given)
        make.make_article(body=f"[[pledge:{pledge.slug}:amount]]")

        response = save(editor, pledge, amount="92000000")

        assert response.status_code == 302, asked(response)
        pledge.refresh_from_db()
        assert pledge.amount == Decimal("92000000")
    assert Correction.objects.count() == 0


def test_to_fill_what_nobody_had_looked_for_is_no_change(editor):
    pledge = make.make_pledge(purposes_unknown="not_looked_for", fund_unknown="not_stated")

    assert save(editor, pledge, purposes="Servers").status_code == 302
    assert asked(save(editor, pledge, fund=make.make_party(name="The fund").pk)) == [
        ("Fund", "not stated", "The fund")
    ]  # fmt: skip


def test_to_fill_what_an_article_shows_as_not_looked_for_is_a_change(editor):
    pledge = make.make_pledge(slug="cyber", purposes_unknown="not_looked_for")
    article = make.make_article(body="It is for [[pledge:cyber:purposes]].")

    response = save(editor, pledge, purposes="Servers")

    assert asked(response) == [("Purposes, as articles have it", "purposes not looked for yet", "Servers")]
    assert save(editor, pledge, purposes="Servers", **ANSWER).status_code == 302
    assert list(Correction.objects.get().affected.all()) == [article]


def test_how_a_source_is_looked_after_is_nothing_that_readers_are_told(editor):
    source = make.make_source(accessed_on="2024-01-01", archive_url="https://example.org/a")

    response = save(editor, source, accessed_on="2024-02-02", archive_url="https://example.org/b")

    assert response.status_code == 302, errors(response)
    assert Correction.objects.count() == 0


@pytest.mark.parametrize(("build", "changes", "expected"), [
    (make.make_party, {"name": "Newer"}, ("Name", "Newer")),
    (make.make_person, {"name": "Newer"}, ("Name", "Newer")),
    (make.make_office, {"title": "Newer"}, ("Title", "Newer")),
    (make.make_coalition, {"name": "Newer"}, ("Name", "Newer")),
    (make.make_coalition, {"leads_unknown": "undisclosed"}, ("Leads", "undisclosed")),
    (make.make_agreement, {"title": "Newer"}, ("Title", "Newer")),
    (make.make_event, {"title": "Newer"}, ("Title", "Newer")),
    (make.make_statement, {"text": "Newer."}, ("What is said", "Newer.")),
    (make.make_assertion, {"text": "Newer."}, ("What is said", "Newer.")),
    (make.make_source, {"title": "Newer"}, ("Title", "Newer")),
    (make.make_source, {"is_official": "on"}, ("Official", "yes")),
])  # fmt: skip
def test_every_kind_of_record_asks_and_has_its_correction(build, changes, expected, editor):
    row = build()

    response = save(editor, row, **changes)

    assert [(label, now) for label, _, now in asked(response)] == [expected]
    assert save(editor, row, **changes, **ANSWER).status_code == 302
    correction = Correction.objects.get()
    assert correction.subject == row
    assert NOTE in editor.get(correction.get_absolute_url().partition("#")[0]).text or build is make.make_assertion


def test_a_stage_that_is_added_and_one_that_is_deleted_are_told_in_one_line(editor):
    pledge = make.make_pledge(stages=["announced"])
    page = editor.get(address(pledge))
    row = {"stages-1-stage": "delivered", "stages-1-on": "2024-03-03", "stages-TOTAL_FORMS": "2"}
    row |= {"stages-1-id": "", "stages-1-pledge": str(pledge.pk), "stages-1-on_unknown": ""}

    response = editor.post(address(pledge), unanswered(page, **row))

    assert asked(response) == [
        ("Stage", "Announced", "Delivered"),
        ("Stage", "", "Stage: Delivered; Date: 3 March 2024"),
    ]
    make.make_stage(pledge=pledge, position=2, stage="delivered")
    pledge.stage = "delivered"
    pledge.save()
    response = save(editor, pledge, **{"stages-0-DELETE": "on"})
    assert asked(response) == [("Stage", "Stage: Announced; Date: not stated", "")]


def test_a_preferred_claim_that_says_otherwise_is_a_change(editor, pledge):
    claim = Claim.objects.get(field="announced_on")

    response = save(editor, claim, value="2024-01-25")

    assert asked(response) == [("Announced on, as its evidence has it", "24 January 2024", "25 January 2024")]
    claim.refresh_from_db()
    assert claim.value == "2024-01-24"
    assert save(editor, claim, value="2024-01-25", **ANSWER).status_code == 302
    assert Correction.objects.get().pledge == pledge


def test_another_say_so_beside_the_preferred_one_is_no_change(editor, pledge):
    claim = Claim.objects.get(field="announced_on")
    other = make.make_claim(pledge, "announced_on", value="2024-01-25", rank=Rank.ALTERNATIVE)

    assert save(editor, other, value="2024-01-26").status_code == 302
    assert save(editor, claim, wording="on Wednesday").status_code == 302
    assert Correction.objects.count() == 0


def test_a_date_that_turns_out_to_be_inferred_reads_differently(editor, pledge):
    claim = Claim.objects.get(field="announced_on")

    response = save(editor, claim, basis="inferred", reasoning="From the rate.")

    assert asked(response) == [("Announced on", "24 January 2024", "24 January 2024 (inferred)")]


# The articles


def test_every_article_that_shows_it_stands_in_the_question(editor, pledge):
    tomorrow = timezone.now() + timedelta(days=1)
    make.make_article("The live one", "Denmark gave [[pledge:cyber:amount]]. More.")
    make.make_article("The draft", "It was [[pledge:cyber:amount]].", published=False)
    scheduled = make.make_article("The scheduled one", "It was [[pledge:cyber:donor]].", published=False)
    make.make_publication(scheduled, scheduled.revisions.get(), tomorrow)

    response = save(editor, pledge, amount="92000000")

    shown = response.text
    place = shown.index("Articles that show it")
    for headline in ("The live one", "The draft", "The scheduled one"):
        assert shown.index(headline, place)
    assert "Denmark gave <del>DKK 91 million</del> <ins>DKK 92 million</ins>." in shown
    assert f'href="{scheduled.get_absolute_url()}"' not in shown
    assert shown.count("it changes with the record") == 3
    assert shown.count("View on site") >= 1


def test_use_in_drafts_alone_affects_no_article(editor, pledge):
    make.make_article(body="[[pledge:cyber:amount]]", published=False)

    save(editor, pledge, amount="92000000", **ANSWER)

    assert list(Correction.objects.get().affected.all()) == []


def test_the_form_says_in_how_many_articles_it_is_used(writer, editor, pledge):
    for client in (writer, editor):
        assert "Used in no articles" in client.get(address(pledge)).text
    make.make_article("The live one", "Denmark gave [[pledge:cyber:amount]] & <b>more</b>.")

    page = editor.get(address(pledge))

    assert f'<a href="{address(pledge, "articles")}" target="_blank" rel="noopener">Used in 1 article<' in page.text
    listed = writer.get(address(pledge, "articles")).text
    assert "Denmark gave <mark>DKK 91 million</mark> &amp; &lt;b&gt;more&lt;/b&gt;." in listed


@pytest.mark.parametrize("path", ["999", "x", "1/2"])
def test_the_articles_of_no_record_are_not_found(path, editor):
    assert editor.get(f"/admin/aid/pledge/{path}/articles/").status_code == 404


def test_readers_see_no_page_of_the_desk(reader, pledge):
    assert reader.get(address(pledge, "articles")).status_code == 302


def test_a_save_costs_the_same_for_one_article_and_for_three(editor, pledge):
    costs = []
    for number, amount in ((1, "92000000"), (2, "93000000")):
        for _ in range(number):
            make.make_article(body="It gave [[pledge:cyber:amount]].")
        form = unanswered(editor.get(address(pledge)), amount=amount, **ANSWER)
        with CaptureQueriesContext(connection) as found:
            assert editor.post(address(pledge), form).status_code == 302
        costs.append(len(found))

    assert costs[0] == costs[1]
    assert [correction.affected.count() for correction in Correction.objects.order_by("pk")] == [1, 3]
