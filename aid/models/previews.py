"""Secret links to one revision for people without an account, who opened them, and what they answered."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from aid.choices import PreviewVerdict
from aid.models.articles import ArticleRevision
from aid.models.records import Keyed, RecordQuerySet, new_key, one_of, validate_key


class PreviewLinkQuerySet(RecordQuerySet):
    def open(self, at=None):
        """Links that still work: neither expired nor revoked."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=at or timezone.now())


class PreviewLink(Keyed):
    """A secret address at which somebody without an account reads one revision, until it expires or is revoked.

    Only a hash of the secret is kept, so that nobody who reads the database can open it.
    """

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, validators=[validate_key])
    revision = models.ForeignKey(ArticleRevision, on_delete=models.PROTECT, related_name="preview_links")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    given_to = models.CharField(max_length=120, help_text="For whom it is, such as “press office of the ministry”.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="preview_links")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="preview_links_revoked",
    )

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(name="preview_expires_after_it_is_made", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(
                name="preview_revoked_by_and_at",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Link for {self.given_to}"


class PreviewVisit(Keyed):
    """One opening of a secret link: when, and nothing about who. Append-only."""

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, validators=[validate_key])
    link = models.ForeignKey(PreviewLink, on_delete=models.PROTECT, related_name="visits")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]

    def __str__(self):
        return f"{self.link}, {self.at:%Y-%m-%d %H:%M} UTC"


class PreviewAnswer(Keyed):
    """What somebody who read a revision by its secret link says to it. Append-only."""

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, validators=[validate_key])
    link = models.ForeignKey(PreviewLink, on_delete=models.PROTECT, related_name="answers")
    verdict = models.CharField(max_length=10, choices=PreviewVerdict)
    name = models.CharField("your name", max_length=120)
    text = models.TextField("comment", max_length=5000, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at"]
        constraints = [
            one_of("previewanswer", "verdict", PreviewVerdict),
            models.CheckConstraint(
                name="preview_comment_says_something",
                condition=Q(verdict=PreviewVerdict.APPROVED) | ~Q(text=""),
                violation_error_message="Write what should change.",
            ),
        ]

    def __str__(self):
        return f"{self.get_verdict_display()} by {self.name}"
