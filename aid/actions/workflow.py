"""The way of a text to publication, before a publisher has it: submitting, sending back, making ready, assigning.

Each is one verb, one transaction and one entry in the audit log. Where a step may be taken from stands in
rules/workflow.py.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from aid import moments
from aid.actions.log import log
from aid.actions.steps import allow, begin
from aid.choices import AuditAction
from aid.rules.workflow import PUBLISH, STEPS, WRITE

HANDED_ON = ["status", "assigned_to"]


@transaction.atomic
def submit_article(article, by):
    """Sends the newest text to the fact-check, where any editor can take it up. Returns its revision.

    Raises PermissionDenied, or ValidationError with the code of each reason.
    """
    stored, found = begin("submit", article, by)
    allow("submit", found, by)
    stored.status = STEPS["submit"].to
    if stored.assigned_to_id in (by.pk, found.newest.created_by_id):
        # Who wrote it has done what there was to do; whom an editor has named for the check stays named.
        stored.assigned_to = None
    stored.save(update_fields=HANDED_ON)
    log(AuditAction.SUBMITTED, by, stored, f"Sent revision {found.newest.number} to the fact-check.")
    return found.newest


@transaction.atomic
def send_back_article(article, by, why):
    """Makes the newest text a draft again and hands it to whoever wrote it, with a reason. Returns that account.

    Raises PermissionDenied, or ValidationError with the code of the refusal or `reason`.
    """
    stored, found = begin("send-back", article, by)
    if not why.strip():
        raise ValidationError("Say what has to change.", code="reason")
    stored.status = STEPS["send-back"].to
    author = found.newest.created_by
    stored.assigned_to = author if author is not None and can_write(author) else None
    stored.save(update_fields=HANDED_ON)
    log(AuditAction.SENT_BACK, by, stored, f"Sent revision {found.newest.number} back.", why.strip())
    return stored.assigned_to


@transaction.atomic
def make_ready(article, by):
    """Says that the newest text has been checked and may be published. Returns its revision.

    Raises PermissionDenied, or ValidationError with the code of each reason.
    """
    stored, found = begin("make-ready", article, by)
    allow("make-ready", found, by)
    stored.status = STEPS["make-ready"].to
    if stored.assigned_to_id == by.pk:
        stored.assigned_to = None
    stored.save(update_fields=HANDED_ON)
    log(AuditAction.MADE_READY, by, stored, f"Made revision {found.newest.number} ready.")
    return found.newest


@transaction.atomic
def assign_article(article, by, to, due_at=None, note=""):
    """Says who has to do something next, and until when; either can be None. Returns whether that is new.

    Raises PermissionDenied, or ValidationError with the code `cannot_write` or `past`.
    """
    stored, _ = begin("assign", article, by)
    if to is not None and not can_write(to):
        raise ValidationError(f"{to} may not work on articles. Choose somebody else.", code="cannot_write")
    if due_at is not None and due_at != stored.due_at and due_at <= timezone.now():
        raise ValidationError("This moment has passed. Choose one that is to come.", code="past")
    if (to.pk if to else None, due_at) == (stored.assigned_to_id, stored.due_at):
        return False
    stored.assigned_to, stored.due_at = to, due_at
    stored.save(update_fields=["assigned_to", "due_at"])
    who = f"Assigned to {to}" if to else "Assigned to nobody"
    when = f", due {moments.told(due_at)}" if due_at else ""
    log(AuditAction.ASSIGNED, by, stored, f"{who}{when}.", note.strip())
    return True


@transaction.atomic
def set_embargo(article, by, until):
    """Keeps an article from readers until a moment, or lifts its embargo (None). Returns whether that is new.

    Whoever writes may set or lengthen one; only a publisher shortens or lifts it. Raises PermissionDenied, or
    ValidationError with the code `past`, `publisher`, `scheduled` or that of the refusal.
    """
    stored, found = begin("embargo", article, by)
    was = stored.embargo_until
    if until == was:
        return False
    if until is not None and until <= found.at:
        raise ValidationError("This moment has passed. Choose one that is to come.", code="past")
    if found.is_embargoed and (until is None or until < was) and not by.has_perm(PUBLISH):
        raise ValidationError(
            f"The embargo runs until {moments.told(was)}. Only a publisher may end it sooner.", code="publisher"
        )
    first = next((row for row in found.coming if row.revision_id), None)
    if until is not None and first is not None and first.starts_at < until:
        raise ValidationError(
            f"The article is to go live on {moments.told(first.starts_at)}. Take back the schedule first, or choose "
            f"an earlier moment.",
            code="scheduled",
        )
    stored.embargo_until = until
    stored.save(update_fields=["embargo_until"])
    told = [moments.told(at) if at else "none" for at in (was, until)]
    sentence = f"Under embargo until {told[1]}." if until else "Lifted the embargo."
    log(AuditAction.EMBARGOED, by, stored, sentence, changes=[("embargo until", *told)])
    return True


def can_write(user):
    """Whether an account can work on articles at the desk."""
    return user.is_active and user.is_staff and user.has_perm(WRITE)
