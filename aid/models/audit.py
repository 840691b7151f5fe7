from django.conf import settings
from django.db import models
from django.utils import timezone

from aid.choices import AuditAction
from aid.models.append_only import AppendOnly, AppendOnlyError, AppendOnlyQuerySet
from aid.models.records import new_key, one_of, validate_key


class AuditQuerySet(AppendOnlyQuerySet):
    def about(self, row):
        """The entries about one row, the newest first."""
        return self.filter(kind=row._meta.model_name, number=row.pk).order_by("-at", "-pk")


class AuditEntry(AppendOnly):
    """One thing that was done on the desk, or that somebody tried to do: who, when, what, to which row, and why.

    Append-only. The names stand here as they were, so that the log reads the same when accounts and rows are gone.
    """

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, validators=[validate_key])
    at = models.DateTimeField(default=timezone.now, db_index=True)
    action = models.CharField(max_length=20, choices=AuditAction, db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="audit_entries"
    )
    username = models.CharField(max_length=150, blank=True, default="", help_text="As typed, for a failed login.")
    kind = models.CharField(max_length=40, blank=True, default="", help_text="The kind of row: “pledge”.")
    number = models.BigIntegerField(null=True, blank=True, help_text="The row's number.")
    name = models.CharField(max_length=200, blank=True, default="", help_text="What the row was called.")
    message = models.TextField(blank=True, default="", help_text="What was done, in a sentence.")
    why = models.TextField("reason", blank=True, default="")
    changes = models.JSONField(
        default=list, blank=True, help_text="What changed: [[field, what it was, what it is], …], as texts."
    )

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["kind", "number", "-at"])]
        constraints = [one_of("auditentry", "action", AuditAction)]
        permissions = [("export_auditentry", "Can export the audit log")]

    def __str__(self):
        who = self.username or "nobody"
        return f"{self.at:%Y-%m-%d %H:%M} UTC, {who}: {self.get_action_display()} {self.name}".strip()


__all__ = ["AppendOnlyError", "AuditEntry", "AuditQuerySet"]
