from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from aid.choices import CorrectionKind
from aid.models.articles import Article
from aid.models.claims import SUBJECTS, AboutRecord, exactly_one, subject_column
from aid.models.records import Keyed, RecordQuerySet, new_key, one_of, validate_key

# The kinds of record that a correction can be about, each in a column of its own: those that claims are about, and
# the two of which readers see a page that no claim supports.
CORRECTED = {**SUBJECTS, "person": "aid.Person", "source": "aid.Source"}

# What a subject needs to say its name and address.
WITHIN = {
    "office": ("person", "party"),
    "statement": ("speaker", "party"),
    "assertion": ("pledge", "coalition", "agreement"),
}


class CorrectionQuerySet(RecordQuerySet):
    def public(self, at=None):
        """Those that readers may see at a moment: about a record, a published article, or one that was withdrawn.

        What is written about an article that no reader could open yet waits until it is published, and the note on
        a text that is scheduled waits for its minute.
        """
        moment = at or timezone.now()
        withdrawn = Q(article__in=Article.objects.withdrawn(moment))
        about = Q(article__isnull=True) | Q(article__in=Article.objects.published(moment)) | withdrawn
        return self.filter(about, decided_at__lte=moment)

    def coming(self, at=None):
        """Those on texts that are scheduled: no reader has seen them yet, and they can be taken back."""
        return self.filter(decided_at__gt=at or timezone.now())

    def beginning(self, moments):
        return self.filter(decided_at__in=moments)

    def about_standing(self):
        """Retractions and what took them back, the newest first: the first says how it stands."""
        return self.filter(kind__in=(CorrectionKind.RETRACTION, CorrectionKind.REINSTATEMENT)).newest_first()

    def told_with(self, article):
        """Those that stand on an article's page: about it, and about the records that it showed."""
        shown = self.model.affected.through.objects.filter(correction=OuterRef("pk"), article=article)
        return self.filter(Q(article=article) | Exists(shown))

    def newest_first(self):
        return self.order_by("-decided_at", "-id")

    def with_subjects(self, at=None):
        """With what each is about, and all that the subject's address is worked out from."""
        about = [f"{name}__{path}" for name, paths in WITHIN.items() for path in paths]
        rows = self.select_related(*CORRECTED, *about).defer("source__text")
        rows = rows.prefetch_related("assertion__claims__source")
        return rows.prefetch_related(Prefetch("article", Article.objects.with_edition(at)))

    def with_affected(self, at=None):
        """With those of the affected articles that readers can open."""
        return self.prefetch_related(Prefetch("affected", Article.objects.published(at)))


class Correction(AboutRecord, Keyed):
    """A correction, clarification, update or retraction of something published, with the note that readers see."""

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, validators=[validate_key])
    person, source = subject_column(CORRECTED["person"]), subject_column(CORRECTED["source"])
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=14, choices=CorrectionKind, db_index=True)
    was = models.TextField(blank=True, default="", help_text="What stood there, as readers saw it.")
    now = models.TextField(blank=True, default="", help_text="What stands there now.")
    note = models.TextField("public note", help_text="What readers are told, in a full sentence.")
    affected = models.ManyToManyField(
        Article,
        blank=True,
        related_name="corrections_of_records",
        editable=False,
        help_text="The articles that readers had before them and that show what was corrected in a record.",
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrections_decided",
        editable=False,
    )
    decided_at = models.DateTimeField(
        default=timezone.now,
        editable=False,
        db_index=True,
        help_text="From when on readers see it; with a text that is scheduled, the minute of that text.",
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-id"]
        constraints = [
            one_of("correction", "kind", CorrectionKind),
            models.CheckConstraint(
                name="correction_about_one_thing",
                condition=exactly_one([*CORRECTED, "article"]),
                violation_error_code="subject",
                violation_error_message="A correction is about exactly one article or one record.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.note}"[:120]

    @property
    def subject_name(self):
        """The name of the filled column, or "" where the article's is."""
        return next((name for name in CORRECTED if getattr(self, f"{name}_id")), "")

    def get_absolute_url(self):
        page = self.article or self.subject
        return f"{page.get_absolute_url().partition('#')[0]}#correction-{self.key}"
