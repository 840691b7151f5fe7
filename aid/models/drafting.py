"""Who has which form open, what they have typed and not saved, and how they like to be helped."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from aid.models.records import Keyed


class Presence(Keyed):
    """An account that has the form of a row open. It counts for a short while after its last sign of life."""

    natural_key_fields = ("user__username", "form")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presences")
    form = models.CharField(max_length=120, help_text="Which form: “article/12”.")
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name_plural = "presences"
        constraints = [models.UniqueConstraint(name="presence_once", fields=["user", "form"])]
        indexes = [models.Index(fields=["form", "seen_at"])]

    def __str__(self):
        return f"{self.user} at {self.form}"


class Autosave(Keyed):
    """What an account has typed into a form and not saved. It is nobody else's, and it never reaches a reader.

    `state` is what the form was opened on, so that a stale one can be told.
    """

    natural_key_fields = ("user__username", "form")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="autosaves")
    form = models.CharField(max_length=120, help_text="Which form: “article/12”, or “article/add”.")
    typed = models.JSONField(help_text="The form's fields by name: lists of texts.")
    state = models.CharField(max_length=80, blank=True, default="")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="autosave_once", fields=["user", "form"])]

    def __str__(self):
        return f"{self.user} at {self.form}"


class DeskPreference(Keyed):
    """How one account likes the desk. Without a row, everything is as it comes."""

    natural_key_fields = ("user__username",)

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_preference")
    autosaves = models.BooleanField(
        "keep what I type", default=True, help_text="Every few seconds, for you alone, until you save or discard it."
    )

    def __str__(self):
        return f"Preferences of {self.user}"
