from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import FilteredRelation, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from simple_history.models import HistoricalRecords

from aid.choices import ArticleSection, ArticleStatus, CorrectionKind
from aid.models.publications import Publication, holding
from aid.models.records import Keyed, Record, RecordQuerySet, addressable, one_of


class ArticleQuerySet(RecordQuerySet):
    def with_edition(self, at=None):
        """With `edition`, the publication that holds at a moment (now, if none is given), and its revision; and with
        `last_word`, the kind of the last retraction or reinstatement that readers were told of by then.

        Either is None for an article that has none. No further query.
        """
        edition = FilteredRelation("publications", condition=holding(at, "publications__"))
        corrections = self.model._meta.get_field("corrections").related_model.objects
        words = corrections.filter(article=OuterRef("pk"), decided_at__lte=at or timezone.now()).about_standing()
        rows = self.annotate(edition=edition, last_word=Subquery(words.values("kind")[:1]))
        return rows.select_related("edition__revision")

    def published(self, at=None):
        """Articles that the public can read at a moment (now, if none is given). Defined here and nowhere else."""
        return self.with_edition(at).filter(edition__revision__isnull=False).free(at)

    def withdrawn(self, at=None):
        """Articles that the public could read before a moment (now, if none is given) and that were taken back."""
        return self.with_edition(at).filter(edition__isnull=False, edition__revision__isnull=True).free(at)

    def newest_first(self):
        return self.order_by("-published_at", "-id")


class Article(Record):
    """A piece of writing at one address. What it says stands in its revisions; its publications say which one
    readers get from when on. `status` is how far the newest revision has come, until readers get it."""

    status = models.CharField(
        max_length=10, choices=ArticleStatus, default=ArticleStatus.DRAFT, editable=False, db_index=True
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles_assigned",
        editable=False,
        help_text="Who has to do something next.",
    )
    due_at = models.DateTimeField("due", null=True, blank=True, editable=False, db_index=True)
    published_at = models.DateTimeField(
        "first published",
        null=True,
        blank=True,
        editable=False,
        help_text="When readers could first read it, or, for a scheduled one, when they first can.",
    )

    objects = ArticleQuerySet.as_manager()
    # For pages as of a moment. What editors compare and restore are the revisions.
    past = HistoricalRecords(excluded_fields=["status", "assigned_to", "due_at", "review_by"])

    class Meta:
        ordering = ["-published_at", "-id"]
        indexes = [models.Index(fields=["-published_at", "-id"])]
        permissions = [
            ("publish_article", "Can publish, schedule and withdraw articles"),
            ("check_article", "Can sign off, send back and make ready"),
            ("assign_article", "Can assign articles and set due dates"),
        ]
        constraints = [addressable("article"), one_of("article", "status", ArticleStatus)]

    # The headline of the newest revision, where a page has loaded that; it is no column, and a name costs no query.
    headline = ""

    def __str__(self):
        edition = self.__dict__.get("edition")
        return self.headline or (edition.revision.headline if edition and edition.revision else self.slug)

    def get_absolute_url(self):
        return reverse("article-detail", args=[self.slug])

    @property
    def current(self):
        """The publication that holds: that of the moment which the query was asked for, else of now; or None."""
        if "edition" not in self.__dict__:
            self.edition = Publication.objects.at().select_related("revision").filter(article=self).first()
        return self.edition

    @property
    def live(self):
        """The revision that readers get, or None. One query on a row that was read without `with_edition`."""
        return self.current.revision if self.current else None

    @property
    def live_at(self):
        """Since when readers get it, or None."""
        return self.current.starts_at if self.live else None

    @property
    def is_retracted(self):
        """Whether readers are told that it was retracted. One query on a row that was read without `with_edition`."""
        if self.pk is None:
            return False
        if "last_word" not in self.__dict__:
            last = self.corrections.public().about_standing().first()
            self.last_word = last.kind if last else None
        return self.last_word == CorrectionKind.RETRACTION

    @property
    def public_headline(self):
        """The headline that readers get, with the word that it was retracted; for a published article."""
        if self.is_retracted:
            return gettext("Retracted: %(headline)s") % {"headline": self.live.headline}
        return self.live.headline

    def refresh_from_db(self, *args, **kwargs):
        self.__dict__.pop("edition", None)
        self.__dict__.pop("last_word", None)
        super().refresh_from_db(*args, **kwargs)


class ArticleRevision(Keyed):
    """One saved state of an article. Append-only: a later save is a new row, and no row is ever changed."""

    natural_key_fields = ("article__slug", "number")

    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(help_text="1 for the first; counted by article.")
    headline = models.CharField(
        max_length=160, blank=True, help_text="A draft may go without; one that is submitted may not."
    )
    standfirst = models.TextField(max_length=400, blank=True, default="", help_text="One or two sentences under it.")
    byline = models.CharField(max_length=120, blank=True, default="")
    body = models.TextField(
        blank=True,
        default="",
        help_text="Markdown. A record's figure is written as [[pledge:address:amount]] and follows the record.",
    )
    section = models.CharField(max_length=10, choices=ArticleSection, default=ArticleSection.NEWS)
    topics = models.ManyToManyField("aid.Sector", blank=True, related_name="article_revisions")
    image = models.ForeignKey(
        "aid.Image",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="article_revisions",
        help_text="The picture at its head.",
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
            one_of("revision", "section", ArticleSection),
            models.UniqueConstraint(name="revision_number_once", fields=["article", "number"]),
            models.CheckConstraint(name="revision_number_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self):
        return f"{self.headline or 'No headline yet'} (revision {self.number})"

    def get_absolute_url(self):
        return self.article.get_absolute_url()

    def clean(self):
        if not self._state.adding:
            raise ValidationError("A revision is never changed. Save a new one.", code="append_only")
