"""Taking a record back, bringing it again, and noting its embargo. Each is one verb, one transaction and one entry in
the audit log."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from aid import moments
from aid.actions.log import log
from aid.actions.reopenings import close_again, reopen_claims
from aid.choices import AuditAction, Reopened
from aid.models.sources import Source
from aid.queries.reopenings import has_other_version

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
    reopened = reopen_claims(record, Reopened.WITHDRAWN, by) if isinstance(record, Source) else ()
    log(AuditAction.WITHDRAWN, by, record, f"Withdrawn.{_claims(reopened, 'reopened')}", why, reopened)


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
    closed = close_again(record, Reopened.WITHDRAWN, by) if isinstance(record, Source) else ()
    log(AuditAction.REINSTATED, by, record, f"{told}{_claims(closed, 'closed again')}", why, closed)


@transaction.atomic
def follow_version(source, before, by):
    """Opens the claims on the source that a newer version supersedes, and closes those on the one that it no longer
    does. `before` is the source that it superseded, or None. One entry in the log for each.
    """
    now = source.supersedes
    if before == now:
        return
    if before is not None and not has_other_version(before, source):
        told = close_again(before, Reopened.SUPERSEDED, by)
        log(
            AuditAction.REOPENED,
            by,
            before,
            f"“{source}” is no newer version.{_claims(told, 'closed again')}",
            "",
            told,
        )
    if now is not None:
        told = reopen_claims(now, Reopened.SUPERSEDED, by)
        log(AuditAction.REOPENED, by, now, f"“{source}” is a newer version.{_claims(told, 'reopened')}", "", told)


def _claims(told, what):
    return f" {len(told):,} claim{'' if len(told) == 1 else 's'} {what}." if told else ""


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
