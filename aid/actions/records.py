"""Deleting a record that nothing uses."""

from django.core.exceptions import ValidationError
from django.db import transaction

from aid.queries.uses import parts_that_go, uses


@transaction.atomic
def delete_record(record):
    """Deletes a record with its parts; a source with its passages. Raises ValidationError with the code `in_use`."""
    if uses(record):
        raise ValidationError("It is in use, so it cannot be deleted.", code="in_use")
    for part in parts_that_go(record):
        part.delete()
    record.delete()
