from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from aid.choices import ArticleSection
from aid.models.records import Keyed, Record, RecordQuerySet, addressable, one_of


class ArticleQuerySet(RecordQuerySet):
    def published(self, at=None):
        """Articles that the public can read at a moment (now, if none is given). Defined here and nowhere else."""
        moment = at or timezone.now()
        return self.filter(live__isnull=False, published_at__lte=moment)

    def withdrawn(self, at=None):
        """Articles that the public could read before a moment (now, if none is given) and that were taken back."""
        return self.filter(live__isnull=True, published_at__lte=at or timezone.now())

    def newest_first(self):
        return self.select_related("live").order_by("-published_at", "-id")


class Article(Record):
    """A piece of writing at one address. What it says stands in its revisions; `live` is the one that readers get."""

    section = models.CharField(max_length=10, choices=ArticleSection, default=ArticleSection.NEWS)
    topics = models.ManyToManyField("aid.Sector", blank=True, related_name="articles")
    live = models.ForeignKey(
        "aid.ArticleRevision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="live_for",
        editable=False,
        help_text="The revision that readers see. Publishing moves it.",
    )
    published_at = models.DateTimeField(
        "first published", null=True, blank=True, editable=False, help_text="When readers could first read it."
    )
    live_at = models.DateTimeField(
        "last changed for readers",
        null=True,
        blank=True,
        editable=False,
        help_text="When the live revision went live.",
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-id"]
        indexes = [models.Index(fields=["-published_at", "-id"])]
        permissions = [("publish_article", "Can publish and withdraw articles")]
        constraints = [
            addressable("article"),
            one_of("article", "section", ArticleSection),
            models.CheckConstraint(
                name="article_live_with_its_moments",
                condition=Q(live__isnull=True) | Q(published_at__isnull=False, live_at__isnull=False),
                violation_error_message="A live article says since when.",
            ),
            models.CheckConstraint(
                name="article_live_not_before_published",
                condition=Q(live_at__isnull=True) | Q(published_at__isnull=True) | Q(live_at__gte=F("published_at")),
                violation_error_message="An article cannot change before it is first published.",
            ),
        ]

    # The headline of the newest revision, where a page has loaded that; it is no column, and a name costs no query.
    headline = ""

    def __str__(self):
        live = self._state.fields_cache.get("live")
        return self.headline or (live.headline if live else self.slug)

    def get_absolute_url(self):
        return reverse("article-detail", args=[self.slug])


class ArticleRevision(Keyed):
    """One saved state of an article's text. Append-only: a later save is a new row, and no row is ever changed."""

    natural_key_fields = ("article__slug", "number")

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(help_text="1 for the first; counted by article.")
    headline = models.CharField(max_length=160)
    standfirst = models.TextField(max_length=400, blank=True, default="", help_text="One or two sentences under it.")
    byline = models.CharField(max_length=120, blank=True, default="")
    body = models.TextField(
        blank=True,
        default="",
        help_text="Markdown. A record's figure is written as [[pledge:address:amount]] and follows the record.",
    )
    why = models.CharField("reason for the change", max_length=200, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="article_revisions",
        editable=False,
    )

    class Meta:
        ordering = ["article", "-number"]
        constraints = [
            models.UniqueConstraint(name="revision_number_once", fields=["article", "number"]),
            models.CheckConstraint(name="revision_number_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self):
        return f"{self.headline} (revision {self.number})"

    def get_absolute_url(self):
        return self.article.get_absolute_url()

    def clean(self):
        if not self._state.adding:
            raise ValidationError("A revision is never changed. Save a new one.", code="append_only")
