from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aid.models.records import Keyed, new_key, validate_key


class BulkChange(Keyed):
    """One change that was made to many rows at once, with what stood there before, so that it can be undone."""

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, validators=[validate_key])
    action = models.CharField(max_length=40, help_text="The name of the bulk action.")
    told = models.CharField(max_length=300, help_text="What was done, in a sentence.")
    kind = models.CharField(max_length=40, help_text="The kind of the rows: “pledge”.")
    before = models.JSONField(help_text="What stood in each row: {number: {field: value}}.")
    after = models.JSONField(help_text="What the action wrote: {number: {field: value}}.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bulk_changes")
    made_at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="bulk_changes_undone"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="bulk_change_undone_by_and_at",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            )
        ]

    def __str__(self):
        return self.told
