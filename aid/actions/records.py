"""Deleting a record that nothing uses."""

from django.core.exceptions import ValidationError
from django.db import transaction

from aid.actions.log import log
from aid.choices import AuditAction
from aid.queries.uses import parts_that_go, uses


@transaction.atomic
def delete_record(record, by):
    """Deletes a record with its parts; a source with its passages. Raises ValidationError with the code `in_use`."""
    if uses(record):
        raise ValidationError("It is in use, so it cannot be deleted.", code="in_use")
    parts = parts_that_go(record)
    gone = [(part._meta.verbose_name, part, "") for part in parts]
    log(AuditAction.DELETED, by, record, changes=[(_capital(kind), was, now) for kind, was, now in gone])
    for part in parts:
        part.delete()
    record.delete()


def _capital(kind):
    return str(kind)[:1].upper() + str(kind)[1:]
