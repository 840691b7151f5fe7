from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.utils import timezone

from aid.choices import CorrectionKind
from aid.models.articles import Article
from aid.models.claims import SUBJECTS, AboutRecord, exactly_one
from aid.models.records import Keyed, RecordQuerySet, new_key, one_of, validate_key

# What a subject needs to say its name and address.
WITHIN = {
    "office": ("person", "party"),
    "statement": ("speaker", "party"),
    "assertion": ("pledge", "coalition", "agreement"),
}


class CorrectionQuerySet(RecordQuerySet):
    def public(self, at=None):
        """Those that readers may see at a moment: about a record, a published article, or one that was withdrawn.

        What is written about an article that no reader could open yet waits until it is published.
        """
        moment = at or timezone.now()
        withdrawn = Q(article__in=Article.objects.withdrawn(moment))
        return self.filter(Q(article__isnull=True) | Q(article__in=Article.objects.published(moment)) | withdrawn)

    def newest_first(self):
        return self.order_by("-decided_at", "-id")

    def with_subjects(self, at=None):
        """With what each is about, and all that the subject's address is worked out from."""
        about = [f"{name}__{path}" for name, paths in WITHIN.items() for path in paths]
        rows = self.select_related(*SUBJECTS, *about).prefetch_related("assertion__claims__source")
        return rows.prefetch_related(Prefetch("article", Article.objects.with_edition(at)))


class Correction(AboutRecord, Keyed):
    """A correction, clarification, update or retraction of something published, with the note that readers see."""

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, validators=[validate_key])
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
    decided_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-id"]
        constraints = [
            one_of("correction", "kind", CorrectionKind),
            models.CheckConstraint(
                name="correction_about_one_thing",
                condition=exactly_one([*SUBJECTS, "article"]),
                violation_error_code="subject",
                violation_error_message="A correction is about exactly one article or one record.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.note}"[:120]

    def get_absolute_url(self):
        page = self.article or self.subject
        return f"{page.get_absolute_url().partition('#')[0]}#correction-{self.key}"
