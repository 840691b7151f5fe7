"""The queue of readers' reports: read beside the claim, ended with a word to the reader, by those who may."""

from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from aid.models import AuditEntry, Correction, Report
from tests import builders as make
from tests.admin.forms import unanswered

pytestmark = pytest.mark.django_db

LIST = "/admin/aid/report/"
NOTE = {"kind": "correction", "note": "It is 92 million."}


def page_of(report):
    return reverse("admin:aid_report_change", args=[report.pk])


@pytest.fixture
def claim(db):
    passage = make.make_passage(make.make_source("Denmark gave 91 million kroner. More follows."), 0, 31)
    return make.make_claim(make.make_pledge(title="Cyber support"), "amount", [passage], key="cyber.amount")


@pytest.fixture
def report(claim):
    return make.make_report(claim_key=claim.key, message="It is <b>92</b>.", email="a@b.example", seen="DKK 91")


def test_report_stands_beside_its_claim_and_passage(editor, writer, report, claim):
    make.make_report(claim_key=claim.key, message="Another reader.")
    page = unescape(editor.get(page_of(report)).text)

    for words in ("Amount: DKK 91,000,000", "Cyber support", "Denmark gave 91 million kroner.", "DKK 91",
                  "Another reader.", "a@b.example", claim.source.title, f"/reports/{report.reference}/"):  # fmt: skip
        assert words in page, words
    assert "It is &lt;b&gt;92" in editor.get(page_of(report)).text
    for place in (reverse("admin:aid_claim_change", args=[claim.pk]),
                  reverse("admin:aid_pledge_change", args=[claim.pledge_id])):  # fmt: skip
        assert f'href="{place}"' in page
    # Who does not decide reads all but the address.
    seen = writer.get(page_of(report)).text
    assert "Another reader." in seen
    assert "a@b.example" not in seen
    assert "End the report" not in seen


@pytest.mark.parametrize("state", ["gone", "embargoed", "withdrawn", "site", "article"])
def test_page_stands_whatever_became_of_what_it_is_about(state, publisher, report, claim):
    if state == "gone":
        claim.delete()
    elif state == "embargoed":
        claim.pledge.embargo_until = timezone.now() + timedelta(days=1)
        claim.pledge.save()
    elif state == "withdrawn":
        claim.pledge.withdrawn_at, claim.pledge.withdrawn_why = timezone.now(), "Never was."
        claim.pledge.save()
    else:
        subject = {"article": make.make_article("Denmark pays")} if state == "article" else {"page": "/pledges/"}
        report = make.make_report(**subject)
    told = {
        "gone": "was deleted since",
        "embargoed": "under embargo",
        "withdrawn": "withdrawn since",
        "site": "/pledges/",
        "article": "Denmark pays",
    }
    assert told[state] in publisher.get(page_of(report)).text
    assert told[state].startswith("w") or publisher.get(LIST).status_code == 200
    publisher.post(page_of(report), {"step": "end", "state": "refused", "reason": "It is so."})
    assert Report.objects.get(pk=report.pk).state == "refused"


@pytest.mark.parametrize("step", ["assign", "end", "forget"])
@pytest.mark.parametrize("role", ["reader", "writer"])
def test_who_does_not_decide_changes_nothing(step, role, request, report):
    client = request.getfixturevalue(role)
    to = make.make_user(is_staff=True).pk
    typed = {"step": step, "to": to, "state": "refused", "reason": "No."}
    response = client.post(page_of(report), typed)

    assert response.status_code in (302, 403)
    assert "/login/" in response.get("Location", "/login/")
    kept = Report.objects.values().get(pk=report.pk)
    assert (kept["state"], kept["email"], kept["assigned_to_id"]) == ("received", "a@b.example", None)
    assert not AuditEntry.objects.filter(kind="report").exists()


def test_report_is_taken_up_and_refused_with_a_reason(editor, reader, report):
    editor.post(page_of(report), {"step": "assign", "to": editor.user.pk})
    report.refresh_from_db()
    assert (report.state, report.assigned_to) == ("looked_at", editor.user)
    assert "An editor is looking at it." in reader.get(f"/reports/{report.reference}/").text

    without = editor.post(page_of(report), {"step": "end", "state": "refused", "reason": ""})
    assert "Write the reason: the reader is told it." in without.text
    assert Report.objects.get().is_open
    done = editor.post(page_of(report), {"step": "end", "state": "refused", "reason": "The law says 91."})
    assert done["Location"] == f"{LIST}?state=open"
    assert "The law says 91." in reader.get(f"/reports/{report.reference}/").text
    entry = AuditEntry.objects.get(action="report_ended")
    assert (entry.user, entry.why) == (editor.user, "The law says 91.")
    again = editor.post(page_of(report), {"step": "end", "state": "refused", "reason": "Other."})
    assert "This report has ended" in again.text or again.status_code == 200
    assert Report.objects.get().reason == "The law says 91."


def test_writer_is_no_account_to_assign_to(editor, writer, report):
    response = editor.post(page_of(report), {"step": "assign", "to": writer.user.pk})

    assert response.status_code == 200
    assert Report.objects.get().assigned_to is None


def test_correction_that_is_made_for_a_report_ends_it_in_one_save(editor, reader, report, claim):
    add = f"{reverse('admin:aid_correction_add')}?pledge={claim.pledge_id}&report={report.pk}"
    assert f'href="{add}"' in unescape(editor.get(page_of(report)).text)
    assert f"Saving it ends report {report.pk}" in editor.get(add).text
    response = editor.post(add, NOTE | {"pledge": claim.pledge_id}, follow=True)

    report.refresh_from_db()
    correction = Correction.objects.get()
    assert (report.state, report.correction, report.ended_by) == ("corrected", correction, editor.user)
    assert response.redirect_chain[-1][0] == f"{LIST}?state=open"
    page = reader.get(f"/reports/{report.reference}/").text
    assert "It is 92 million." in page
    assert correction.get_absolute_url() in page
    assert AuditEntry.objects.get(action="report_ended").number == report.pk


def test_correction_for_a_report_that_has_ended_meanwhile_stands_by_itself(editor, report, claim, monkeypatch):
    add = f"{reverse('admin:aid_correction_add')}?pledge={claim.pledge_id}&report={report.pk}"
    opened = Report.objects.get()
    editor.post(page_of(report), {"step": "end", "state": "refused", "reason": "It is so."})
    # As if the other save had come between the form's look at the report and its own.
    monkeypatch.setattr("aid.admin.corrections.report_to_end", lambda request: opened)
    response = editor.post(add, NOTE | {"pledge": claim.pledge_id}, follow=True)

    assert "This report has ended" in response.text
    assert (Correction.objects.count(), Report.objects.get().state) == (1, "refused")


def test_correction_that_cannot_be_saved_ends_nothing(editor, report, claim):
    add = f"{reverse('admin:aid_correction_add')}?pledge={claim.pledge_id}&report={report.pk}"
    assert editor.post(add, NOTE | {"note": "", "pledge": claim.pledge_id}).status_code == 200
    for number in ("", "x", "99999", "9" * 40):
        editor.get(f"{reverse('admin:aid_correction_add')}?report={number}")

    assert (Correction.objects.count(), Report.objects.get().state) == (0, "received")


def test_correction_from_the_records_form_is_offered_and_chosen(editor, report, claim):
    make.support(claim.pledge.stages.get())
    form = reverse("admin:aid_pledge_change", args=[claim.pledge_id])
    asked = unanswered(editor.get(form), title="Cyber support for Ukraine")
    question = editor.post(form, asked)
    answer = {"correction-kind": "clarification", "correction-note": "The title says more now."}
    name = "correction-note" if 'name="correction-note"' in question.text else None
    answer = answer if name else {"kind": "clarification", "note": "The title says more now."}
    done = editor.post(form, asked | answer, follow=True)

    correction = Correction.objects.get()
    assert f'href="{page_of(report)}">report {report.pk}</a>' in done.text
    page = editor.get(page_of(report))
    assert "readers were told of a correction here" in page.text
    assert page.context["end"].initial == {"state": "corrected", "correction": correction.pk}
    editor.post(page_of(report), {"step": "end", "state": "corrected", "correction": correction.pk, "reason": ""})
    report.refresh_from_db()
    assert (report.state, report.correction) == ("corrected", correction)


def test_duplicate_and_deleted_address(editor, report, claim):
    first = make.make_report(claim_key=claim.key)
    editor.post(page_of(report), {"step": "forget"})
    editor.post(page_of(report), {"step": "end", "state": "duplicate", "duplicate_of": first.pk, "reason": ""})

    report.refresh_from_db()
    assert (report.email, report.state, report.duplicate_of) == ("", "duplicate", first)
    assert f"Report {first.pk}" in editor.get(page_of(report)).text


def test_queue_shows_the_oldest_first_and_costs_the_same(editor, claim, django_assert_num_queries):
    def costs():
        with django_assert_num_queries(11):
            return editor.get(f"{LIST}?state=open")

    make.make_report(claim_key=claim.key)
    make.make_report(article=make.make_article("Denmark pays"))
    editor.get(LIST)
    costs()
    for n in range(2):
        make.make_report(claim_key=claim.key, received_at=timezone.now() - timedelta(days=9 + n))
        make.make_report(article=make.make_article(f"Article {n}"))
    rows = [row.received_at for row in costs().context["cl"].result_list]
    assert rows == sorted(rows)
    late = editor.get(f"{LIST}?state=late")
    assert late.context["cl"].result_count == 2
    assert "Amount of Cyber support" in late.text
    assert {editor.get(f"{LIST}?about={about}").context["cl"].result_count for about in ("claim", "article")} == {3}
    desk = editor.get("/admin/").text
    assert "Reports of readers: 6; 2 for more than 3 days" in desk
    assert "Reports of readers, waiting for more than 3 days" in desk


def test_nobody_adds_or_deletes_a_report(administrator, report):
    assert administrator.get(f"{LIST}add/").status_code == 403
    assert administrator.post(f"{LIST}{report.pk}/delete/", {"post": "yes"}).status_code == 403
    assert administrator.get(f"{LIST}nothing/change/").status_code == 302
    assert Report.objects.count() == 1
