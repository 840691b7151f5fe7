"""Reports are counted rightly by several processes at once, and end once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from aid.actions.reports import end_report, forget_address, receive_report, take_up
from aid.models import AuditEntry, Report, ReportTally
from aid.queries.reports import Subject
from aid.rules.reports import FROM_AN_ADDRESS, IN_ALL, End, TooMany
from tests import builders as make


@pytest.mark.django_db(transaction=True)
def test_two_at_once_never_take_the_last_place():
    until = datetime(2030, 1, 1, tzinfo=UTC)
    taken, begin = [], threading.Barrier(6)

    def take():
        begin.wait()
        try:
            taken.extend(ReportTally.objects.take("all", until, 7) for _ in range(5))
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(taken), sum(taken), ReportTally.objects.get().number) == (30, 7, 7)


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_at_once_is_one_report():
    begin, made = threading.Barrier(4), []

    def send():
        begin.wait()
        try:
            made.append(receive_report(Subject(), "same", "sender", message="It is wrong.").pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 4
    assert set(made) == {Report.objects.get().pk}


@pytest.mark.django_db
def test_what_is_one_too_many_counts_nowhere():
    for n in range(FROM_AN_ADDRESS[0].most):
        receive_report(Subject(), f"r{n}", "sender", message=f"Wrong {n}.")
    with pytest.raises(TooMany) as told:
        receive_report(Subject(), "r9", "sender", message="Wrong.")

    assert told.value.limit == FROM_AN_ADDRESS[0]
    assert told.value.until.minute == 0 and told.value.until > timezone.now()
    assert ReportTally.objects.get(of=IN_ALL.of).number == FROM_AN_ADDRESS[0].most
    assert Report.objects.count() == FROM_AN_ADDRESS[0].most
    # Another sender, or one of whom nothing is known, is not kept out by it.
    receive_report(Subject(), "r10", "another", message="Wrong.")
    receive_report(Subject(), "r11", "", message="Wrong, too.")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("end", "field", "code"),
    [
        (lambda: End("refused", "  "), "reason", "reason"),
        (lambda: End("corrected"), "correction", "correction"),
        (
            lambda: End("corrected", correction=make.make_correction(decided_at=timezone.now() + timedelta(hours=1))),
            "correction",
            "to_come",
        ),
        (lambda: End("duplicate"), "duplicate_of", "duplicate_of"),
        (lambda: End("answered", "Yes."), "state", "state"),
        (lambda: End("received"), "state", "state"),
        (lambda: End("refused", "x" * 2001), "reason", "long"),
    ],
)
def test_end_that_lacks_something_changes_nothing(end, field, code, editor):
    report = make.make_report(claim_key="a-claim")
    with pytest.raises(ValidationError) as error:
        end_report(report, editor.user, end())

    assert [one.code for one in error.value.error_dict[field]] == [code]
    report.refresh_from_db()
    assert report.is_open
    assert not AuditEntry.objects.filter(action="report_ended").exists()


@pytest.mark.django_db
def test_report_ends_once_with_an_entry_in_the_log(editor, writer):
    report = make.make_report(message="Ane says so.", email="a@b.example")
    with pytest.raises(PermissionDenied):
        end_report(report, writer.user, End("answered", "Mended."))
    for act in (lambda by: take_up(report, by, by), lambda by: forget_address(report, by)):
        with pytest.raises(PermissionDenied):
            act(writer.user)
    end_report(report, editor.user, End("answered", "Mended."))

    entry = AuditEntry.objects.get(action="report_ended")
    assert (entry.kind, entry.number, entry.why, entry.user) == ("report", report.pk, "Mended.", editor.user)
    assert not {word for word in ("Ane", "a@b", report.reference) if word in f"{entry.name}{entry.message}"}
    for act in (
        lambda: end_report(report, editor.user, End("refused", "No.")),
        lambda: take_up(report, editor.user, None),
    ):
        with pytest.raises(ValidationError):
            act()
    report.refresh_from_db()
    assert (report.state, report.ended_by) == ("answered", editor.user)


@pytest.mark.django_db
def test_same_words_about_another_page_are_another_report():
    pages = ("/pledges/", "/parties/", "/pledges/")
    reports = [
        receive_report(Subject(), f"r{n}", message="It cannot be read.", page=page) for n, page in enumerate(pages)
    ]

    assert [report.duplicate_of for report in reports] == [None, None, reports[0]]


@pytest.mark.django_db
def test_what_repeated_a_duplicate_repeats_the_first(editor):
    first, second, third = (make.make_report(claim_key="a-claim") for _ in range(3))
    end_report(third, editor.user, End("duplicate", duplicate_of=second))
    with pytest.raises(ValidationError):
        end_report(second, editor.user, End("duplicate", duplicate_of=third))
    end_report(second, editor.user, End("duplicate", duplicate_of=first))

    assert set(first.duplicates.all()) == {second, third}
