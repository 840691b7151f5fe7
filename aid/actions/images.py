"""Keeping a picture, and deleting one that no text has."""

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from aid.actions.log import log
from aid.actions.records import delete_record
from aid.choices import AuditAction


@transaction.atomic
def add_image(image, picture, by):
    """Keeps a picture as an Image that is not saved yet. Raises IntegrityError where this very picture
    is kept already."""
    image.format, image.width, image.height = picture.format, picture.width, picture.height
    image.sha256, image.added_by = picture.sha256, by
    image.file.save(f"{image.key}.{picture.format}", ContentFile(picture.data), save=False)
    try:
        with transaction.atomic():
            image.save(force_insert=True)
    except IntegrityError:
        image.file.delete(save=False)
        raise
    log(AuditAction.ADDED, by, image)
    return image


@transaction.atomic
def delete_image(image, by):
    """Deletes a picture that no revision has, with its file. Raises ValidationError with the code `in_use`."""
    storage, name = image.file.storage, image.file.name
    delete_record(image, by)
    # Not before it is sure: a row without its file is worse than a file without its row.
    transaction.on_commit(lambda: storage.delete(name))
