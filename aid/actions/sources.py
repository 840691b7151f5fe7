"""Setting a sentence of a source aside, and taking it up again. Each is one transaction and one entry in the log."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from aid.actions.log import log
from aid.choices import AuditAction
from aid.intake.sentences import sentences
from aid.models.sources import SetAside, Source
from aid.queries.reopenings import sentence_set_aside

CHANGE = "aid.change_source"
SHOWN = 80


@transaction.atomic
def set_aside(source, start, by, why):
    """Sets aside the sentence of a source that begins at this character; says another reason where it is already.

    Raises PermissionDenied, or ValidationError with the code `reason` or `sentence`. Returns the SetAside.
    """
    source = _locked(source, by)
    if not why.strip():
        raise ValidationError("Say why no record is made of it: readers see the reason.", code="reason")
    span = next((span for span in sentences(source.text) if span.start == start), None)
    if span is None:
        raise ValidationError("No sentence of this text begins there. Choose one of the list.", code="sentence")
    row = sentence_set_aside(source, start)
    row = row or SetAside(source=source, start=span.start, end=span.end)
    row.why, row.set_by = why.strip(), by
    row.save()
    log(AuditAction.SET_ASIDE, by, source, _told(source, span), why.strip())
    return row


@transaction.atomic
def take_up(source, start, by):
    """Makes a sentence that was set aside one that is left over again.

    Raises PermissionDenied, or ValidationError with the code `sentence`.
    """
    source = _locked(source, by)
    row = sentence_set_aside(source, start)
    if row is None:
        raise ValidationError("It is not set aside.", code="sentence")
    log(AuditAction.TAKEN_UP, by, source, _told(source, row), row.why)
    row.delete()


def _locked(source, by):
    if not by.has_perm(CHANGE):
        raise PermissionDenied
    # Two editors at once: the second sees what the first did.
    return Source.objects.select_for_update(of=("self",)).get(pk=source.pk)


def _told(source, span):
    words = source.text[span.start : span.end]
    return f"“{words if len(words) <= SHOWN else f'{words[: SHOWN - 1]}…'}”"
