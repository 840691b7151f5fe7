from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from aid.models.records import Keyed, RecordQuerySet


class PublicationQuerySet(RecordQuerySet):
    def at(self, moment=None):
        """The one that holds at a moment (now, if none is given) for each article."""
        return self.filter(holding(moment))

    def coming(self, moment=None):
        """Those that have not begun at a moment: what is scheduled."""
        return self.filter(starts_at__gt=moment or timezone.now())

    def begun(self, moment=None):
        return self.filter(starts_at__lte=moment or timezone.now())

    def beginning(self, moment):
        return self.filter(starts_at=moment)

    def in_order(self):
        return self.order_by("starts_at", "pk")


def holding(moment=None, prefix=""):
    """The condition that a publication holds at a moment: it has begun, and none has taken its place."""
    moment = moment or timezone.now()
    begun = Q(**{f"{prefix}starts_at__lte": moment})
    return begun & (Q(**{f"{prefix}ends_at__isnull": True}) | Q(**{f"{prefix}ends_at__gt": moment}))


class Publication(Keyed):
    """What readers get at an article's address from one moment to the next: a revision, or that it was withdrawn.

    An article's publications follow one another without a gap, and the last has no end. One that has begun is never
    changed but for its end; one that is still to come is what is scheduled, and can be taken back.
    """

    natural_key_fields = ("article__slug", "starts_at")

    article = models.ForeignKey("aid.Article", on_delete=models.PROTECT, related_name="publications")
    revision = models.ForeignKey(
        "aid.ArticleRevision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="publications",
        help_text="Empty: the article is withdrawn.",
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, help_text="When the next one takes its place.")
    why = models.TextField(
        "reason of the withdrawal", blank=True, default="", help_text="What readers are told where the article stood."
    )
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="publications_made"
    )

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["article", "starts_at"]
        indexes = [models.Index(fields=["starts_at", "ends_at"])]
        constraints = [
            models.UniqueConstraint(name="publication_once", fields=["article", "starts_at"]),
            models.UniqueConstraint(
                name="publication_one_without_end", fields=["article"], condition=Q(ends_at__isnull=True)
            ),
            models.CheckConstraint(
                name="publication_ends_after_it_starts",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="publication_withdrawn_with_reason",
                condition=Q(revision__isnull=False) | ~Q(why=""),
                violation_error_message="A withdrawal tells readers why.",
            ),
        ]

    def __str__(self):
        what = f"revision {self.revision.number}" if self.revision else "withdrawn"
        return f"{self.article.slug}: {what} from {self.starts_at:%Y-%m-%d %H:%M} UTC"
