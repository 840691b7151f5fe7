"""Taking what readers report, ending it with a word to them, and deleting what they wrote."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from aid.actions.log import log
from aid.choices import AuditAction, ReportState
from aid.models.reports import Report, ReportTally
from aid.queries.reports import held, is_received, same_words, tallies_over, to_erase
from aid.rules.reports import TooMany, limits_for, reasons_against

DECIDE = "aid.change_report"


def receive_report(subject, reference, sender="", at=None, **written):
    """Keeps what a reader wrote about a Subject; returns the Report.

    `sender` is a hash of where it came from, or "". A form that is sent twice has one reference, and makes one
    report. What says the same in the same words as an open one is its duplicate from the start. Raises TooMany; then
    nothing is kept, and nothing is counted.
    """
    at = at or timezone.now()
    if is_received(reference):
        return Report.objects.get(reference=reference)
    with transaction.atomic():
        tallies_over(at).delete()
        for limit, name in limits_for(sender, subject.mark):
            until = limit.ends_at(at)
            if not ReportTally.objects.take(name, until, limit.most):
                raise TooMany(limit, until)
        first = same_words(subject, written["message"], written.get("page", ""))
        ended = {"state": ReportState.DUPLICATE, "duplicate_of": first, "ended_at": at} if first else {}
        report, _ = Report.objects.get_or_create(
            reference=reference,
            defaults={
                "claim_key": subject.claim.key if subject.claim else "",
                "article": subject.article,
                "seen": subject.what[: Report._meta.get_field("seen").max_length],
                "received_at": at,
                **written,
                **ended,
            },
        )
    return report


@transaction.atomic
def take_up(report, by, to):
    """Names who looks at a report; from then on its reader is told that somebody does. Raises PermissionDenied, or
    ValidationError with the code `ended`."""
    [report] = _deciding(by, report)
    if not report.is_open:
        raise ValidationError("This report has ended.", code="ended")
    report.assigned_to, report.state = to, ReportState.LOOKED_AT
    report.save(update_fields=["assigned_to", "state"])
    log(AuditAction.ASSIGNED, by, report, f"Assigned to {to}.")
    return report


@transaction.atomic
def end_report(report, by, end, at=None):
    """Ends a report, with its entry in the log. Raises PermissionDenied, or ValidationError with the codes of the
    reasons, each at its field."""
    at = at or timezone.now()
    if end.duplicate_of is None or end.duplicate_of == report:
        [report] = _deciding(by, report)
    else:
        report, other = _deciding(by, report, end.duplicate_of)
        end = end._replace(duplicate_of=other)
    if reasons := list(reasons_against(report, end, at)):
        raise ValidationError(
            {reason.field or "__all__": ValidationError(reason.message, code=reason.code) for reason in reasons}
        )
    report.state, report.reason = end.state, end.reason.strip()
    report.correction = end.correction if end.state == ReportState.CORRECTED else None
    report.duplicate_of = end.duplicate_of.leads if end.state == ReportState.DUPLICATE else None
    report.ended_at, report.ended_by = at, by
    report.save()
    if report.duplicate_of_id:
        # What repeated this one repeats that one.
        report.duplicates.update(duplicate_of=report.duplicate_of)
    log(AuditAction.REPORT_ENDED, by, report, told(report), report.reason)
    return report


def told(report):
    """How a report ended, as the log has it."""
    if report.correction_id:
        return f"{report.get_state_display()}: {report.correction}"
    if report.duplicate_of_id:
        return f"Duplicate of report {report.duplicate_of_id}."
    return f"{report.get_state_display()}."


def _deciding(by, *reports):
    if not by.has_perm(DECIDE):
        raise PermissionDenied
    return held(*reports)


@transaction.atomic
def forget_address(report, by=None):
    """Deletes the reader's address; `by` is None where the reader does it. Returns whether there was one."""
    [report] = held(report) if by is None else _deciding(by, report)
    if not report.email:
        return False
    report.email = ""
    report.save(update_fields=["email"])
    who = "The reader’s address was deleted." if by else "The reader deleted the address."
    log(AuditAction.CONTACT_DELETED, by, report, who)
    return True


@transaction.atomic
def forget_readers(days=None, at=None):
    """Deletes what readers wrote in reports that ended so many days ago, the addresses with reports that have been
    open for a year, and tallies whose time is over: (reports without words now, addresses deleted besides)."""
    at = at or timezone.now()
    ended, stale = to_erase(at, days)
    count = 0
    for report in ended.select_for_update():
        report.erase(at)
        report.save()
        count += 1
    besides = stale.update(email="")
    tallies_over(at).delete()
    if count or besides:
        log(
            AuditAction.CONTACT_DELETED,
            None,
            None,
            f"Of {count} reports what readers wrote, and {besides} addresses.",
        )
    return count, besides
