"""Taking a record back, bringing it again, and noting its embargo. Each is one verb, one transaction and one entry in
the audit log."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from aid import moments
from aid.actions.log import log
from aid.choices import AuditAction

PUBLISH = "aid.publish_article"
COLUMNS = ["withdrawn_at", "withdrawn_why", "updated_at"]


@transaction.atomic
def withdraw_record(record, by, why):
    """Takes a record back: its page then says since when and why, and it stands in no list and no total.

    Raises PermissionDenied, or ValidationError with the code `withdrawn` or `reason`.
    """
    record, why = _locked(record, by), _reason(why, "Say why: readers are told it where the record stood.")
    if record.withdrawn_at is not None:
        raise ValidationError("Somebody has withdrawn it already.", code="withdrawn")
    record.withdrawn_at, record.withdrawn_why = timezone.now(), why
    _save(record, by, why)
    log(AuditAction.WITHDRAWN, by, record, "Withdrawn.", why)


@transaction.atomic
def reinstate_record(record, by, why):
    """Brings a record back that was withdrawn: readers have it again as if it had never been away.

    Raises PermissionDenied, or ValidationError with the code `not_withdrawn` or `reason`.
    """
    record, why = _locked(record, by), _reason(why, "Say why: the reason stands in the audit log.")
    if record.withdrawn_at is None:
        raise ValidationError("It is not withdrawn.", code="not_withdrawn")
    since = moments.told(record.withdrawn_at.replace(second=0, microsecond=0))
    told = f"Brought back. It was withdrawn on {since}: {record.withdrawn_why}"
    record.withdrawn_at, record.withdrawn_why = None, ""
    _save(record, by, why)
    log(AuditAction.REINSTATED, by, record, told, why)


def note_embargo(record, by, before):
    """Tells the audit log that the embargo of a record was changed by the form that saved it. `before` is what stood
    there."""
    until, now = record.embargo_until, timezone.now()
    was = f"; it was until {moments.told(before)}" if before else ""
    if until is None:
        told = f"The embargo until {moments.told(before)} was {'lifted' if before > now else 'taken out'}."
    else:
        told = f"Under embargo until {moments.told(until)}{was}."
    log(AuditAction.EMBARGOED, by, record, told)


def _reason(why, sentence):
    if not why.strip():
        raise ValidationError(sentence, code="reason")
    return why.strip()


def _locked(record, by):
    if not by.has_perm(PUBLISH):
        raise PermissionDenied
    # Two publishers at once: the second sees what the first did.
    return type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)


def _save(record, by, why):
    record._history_user, record._change_reason = by, why[:100]
    record.save(update_fields=COLUMNS)
