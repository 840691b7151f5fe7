"""Who has which form open, what they have typed and not saved, and how they like to be helped."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from aid.models.records import Keyed, RecordQuerySet

# An open form gives a sign of life every half minute; a laptop that sleeps or a page that was closed gives none.
COUNTS_FOR = timedelta(seconds=90)


class PresenceQuerySet(RecordQuerySet):
    def at(self, form):
        return self.filter(form=form).select_related("user").order_by("opened_at", "pk")

    def gone(self, at=None):
        """Those whose last sign of life is too long ago at a moment (now, if none is given)."""
        return self.filter(seen_at__lte=(at or timezone.now()) - COUNTS_FOR)

    def of(self, user, form):
        return self.filter(user=user, form=form)


class Presence(Keyed):
    """An account that has the form of a row open. It counts for a short while after its last sign of life."""

    natural_key_fields = ("user__username", "form")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presences")
    form = models.CharField(max_length=120, help_text="Which form: “article/12”.")
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "presences"
        constraints = [models.UniqueConstraint(name="presence_once", fields=["user", "form"])]
        indexes = [models.Index(fields=["form", "seen_at"])]

    def __str__(self):
        return f"{self.user} at {self.form}"

    def counts(self, at=None):
        return self.seen_at > (at or timezone.now()) - COUNTS_FOR


class AutosaveQuerySet(RecordQuerySet):
    def of(self, user, form=None):
        """What an account has typed, the newest first; with a form, into that one."""
        rows = self.filter(user=user).order_by("-saved_at", "-pk")
        return rows if form is None else rows.filter(form=form)


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

    objects = AutosaveQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="autosave_once", fields=["user", "form"])]

    def __str__(self):
        return f"{self.user} at {self.form}"


class DeskPreferenceQuerySet(RecordQuerySet):
    def keeps_typed(self, user):
        """Whether what this account types is kept."""
        return not self.filter(user=user, autosaves=False).exists()


class DeskPreference(Keyed):
    """How one account likes the desk. Without a row, everything is as it comes."""

    natural_key_fields = ("user__username",)

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_preference")
    autosaves = models.BooleanField(
        "keep what I type", default=True, help_text="Every few seconds, for you alone, until you save or discard it."
    )

    objects = DeskPreferenceQuerySet.as_manager()

    def __str__(self):
        return f"Preferences of {self.user}"
