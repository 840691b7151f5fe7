"""Rows that are written once: the audit log, what was signed off, which rule was let pass."""

from aid.models.records import Keyed, RecordQuerySet


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete a row that is written once."""

    def __init__(self):
        super().__init__("This is append-only: a row is never changed and never deleted.")


class AppendOnlyQuerySet(RecordQuerySet):
    def update(self, **kwargs):
        raise AppendOnlyError

    def delete(self):
        raise AppendOnlyError

    def bulk_update(self, *args, **kwargs):
        raise AppendOnlyError

    def bulk_create(self, objs, *args, update_conflicts=False, **kwargs):
        if update_conflicts:
            raise AppendOnlyError
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(Keyed):
    """A row that is written once: a rule of one row that no constraint can say."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnlyError
        # A row that is given the number of another one would else take its place.
        super().save(*args, **(kwargs | {"force_insert": True}))

    def delete(self, *args, **kwargs):
        raise AppendOnlyError
