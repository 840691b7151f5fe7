"""What readers wrote is deleted when it is due, and what it came to stays."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from aid.models import AuditEntry, Report, ReportTally
from tests import builders as make

pytestmark = pytest.mark.django_db

WRITTEN = {
    "message": "Ane wrote this.",
    "evidence": "Page 3",
    "page": "/x/",
    "seen": "DKK 91",
    "email": "a@b.example",
}


def test_what_is_due_is_deleted_and_nothing_else(settings, capsys):
    settings.REPORT_DAYS = 30
    now = timezone.now()
    ended = {"state": "refused", "reason": "It is so.", "ended_at": now - timedelta(days=31), **WRITTEN}
    due = make.make_report(**ended)
    young = make.make_report(**ended | {"ended_at": now - timedelta(days=29)})
    stale = make.make_report(received_at=now - timedelta(days=366), **WRITTEN)
    waits = make.make_report(received_at=now - timedelta(days=364), **WRITTEN)
    ReportTally.objects.take("from somewhere", now - timedelta(minutes=1), 5)
    ReportTally.objects.take("from somewhere", now + timedelta(minutes=1), 5)

    call_command("forget_readers")

    assert "in 1 reports, and 1 addresses besides" in capsys.readouterr().out
    kept = {row.pk: [getattr(row, name) for name in WRITTEN] for row in Report.objects.all()}
    whole = list(WRITTEN.values())
    assert kept == {due.pk: [""] * 5, young.pk: whole, stale.pk: [*whole[:4], ""], waits.pk: whole}
    due.refresh_from_db()
    assert (due.state, due.reason, due.erased_at is not None) == ("refused", "It is so.", True)
    assert ReportTally.objects.count() == 1
    entry = AuditEntry.objects.get(action="contact_deleted")
    assert not any(word in f"{entry.message}{entry.name}" for word in ("Ane", "a@b"))

    call_command("forget_readers", "--days", "29", verbosity=0)
    young.refresh_from_db()
    assert young.message == ""
    with pytest.raises(CommandError):
        call_command("forget_readers", "--days", "-1")


def test_page_of_a_report_says_that_its_words_were_deleted(reader):
    report = make.make_report(
        state="refused", reason="It is so.", ended_at=timezone.now() - timedelta(days=99), **WRITTEN
    )
    call_command("forget_readers", verbosity=0)

    page = reader.get(f"/reports/{report.reference}/").text
    assert "It was deleted on" in page
    assert "It is so." in page
    assert "Ane" not in page
