"""What readers report as wrong, how it ended, and how many reports came from where."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from aid.choices import ReportState
from aid.models.articles import Article
from aid.models.corrections import Correction
from aid.models.records import Keyed, RecordQuerySet, one_of

OPEN = (ReportState.RECEIVED, ReportState.LOOKED_AT)
# What has to be said to the reader in a sentence of its own.
WITH_REASON = (ReportState.REFUSED, ReportState.ANSWERED)
LONGEST_MESSAGE, LONGEST_EVIDENCE, LONGEST_PAGE, LONGEST_REASON = 5000, 1000, 200, 2000


class ReportQuerySet(RecordQuerySet):
    def open(self):
        """Those that nobody has ended."""
        return self.filter(state__in=OPEN)

    def waiting_since(self, moment):
        """Those open ones that came at a moment or before."""
        return self.open().filter(received_at__lte=moment)

    def ended_by(self, moment):
        """Those that had ended at a moment."""
        return self.filter(ended_at__lte=moment)

    def with_words(self):
        """Those of which something is still kept that a reader wrote."""
        return self.filter(erased_at__isnull=True)

    def with_address(self):
        return self.exclude(email="")

    def received_by(self, moment):
        return self.filter(received_at__lte=moment)

    def on(self, claim_key="", article=None):
        """Those about one claim, one article, or neither."""
        return self.filter(claim_key=claim_key, article=article)

    def with_people(self):
        """With what a list names."""
        return self.select_related("assigned_to", "ended_by")


class Report(Keyed):
    """What a reader says is wrong with one claim, one article or the site itself, and how it ended.

    Its reference is the address at which the reader looks it up; whoever knows it reads the report. The claim is
    named by its key and not by a foreign key: a claim can be deleted, and what a reader wrote about it stays. What
    the reader wrote and the address for an answer are deleted some time after the end; the rest stays and is counted.
    """

    natural_key_fields = ("reference",)

    reference = models.CharField(max_length=40, unique=True, editable=False)
    claim_key = models.CharField(max_length=80, blank=True, default="", db_index=True)
    article = models.ForeignKey(Article, null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    page = models.CharField(
        max_length=LONGEST_PAGE,
        blank=True,
        default="",
        help_text="The page that is meant, where it is about neither a claim nor an article.",
    )
    seen = models.CharField(
        max_length=300, blank=True, default="", help_text="What the reader had before them when they wrote."
    )
    message = models.TextField(max_length=LONGEST_MESSAGE, blank=True, default="")
    evidence = models.TextField(
        max_length=LONGEST_EVIDENCE, blank=True, default="", help_text="Where, by the reader, it can be read."
    )
    email = models.EmailField(blank=True, default="", help_text="For an answer; never public, in no export.")
    language = models.CharField(max_length=10, blank=True, default="", help_text="Of the page that it was sent from.")
    received_at = models.DateTimeField(default=timezone.now, db_index=True)
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.RECEIVED, db_index=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="reports_assigned"
    )
    correction = models.ForeignKey(
        Correction, null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )
    reason = models.TextField(blank=True, default="", help_text="What the reader is told.")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="reports_ended"
    )
    erased_at = models.DateTimeField(
        null=True, blank=True, help_text="When what the reader wrote, and their address, were deleted."
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "pk"]
        constraints = [
            one_of("report", "state", ReportState),
            models.CheckConstraint(
                name="report_about_one_thing",
                condition=Q(article__isnull=True) | Q(claim_key=""),
                violation_error_message="A report is about a claim or about an article.",
            ),
            models.CheckConstraint(
                name="report_ended_with_a_moment",
                condition=Q(state__in=OPEN, ended_at__isnull=True) | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
                violation_error_message="What has ended says when.",
            ),
            models.CheckConstraint(
                name="report_corrected_by_a_correction",
                condition=(Q(state=ReportState.CORRECTED) & Q(correction__isnull=False))
                | (~Q(state=ReportState.CORRECTED) & Q(correction__isnull=True)),
                violation_error_message="A report that ended as a correction names it, and no other does.",
            ),
            models.CheckConstraint(
                name="report_duplicate_of_another",
                condition=(Q(state=ReportState.DUPLICATE) & Q(duplicate_of__isnull=False))
                | (~Q(state=ReportState.DUPLICATE) & Q(duplicate_of__isnull=True)),
                violation_error_message="A duplicate names the report that it repeats, and no other does.",
            ),
            models.CheckConstraint(
                name="report_not_of_itself",
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("pk")),
                violation_error_message="A report is no duplicate of itself.",
            ),
            models.CheckConstraint(
                name="report_refused_with_a_reason",
                condition=~Q(state__in=WITH_REASON) | ~Q(reason=""),
                violation_error_message="The reader is told why.",
            ),
            models.CheckConstraint(
                name="report_erased_wholly",
                condition=Q(erased_at__isnull=True) & ~Q(message="")
                | Q(erased_at__isnull=False, message="", evidence="", email="", page="", seen=""),
                violation_error_message="A report has words, or it says when they were deleted.",
            ),
        ]

    def __str__(self):
        # It stands in the log, which keeps nothing of what a reader wrote.
        about = (
            f"the claim {self.claim_key}" if self.claim_key else f"“{self.article}”" if self.article else "the site"
        )
        return f"Report {self.pk} on {about}"

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def leads(self):
        """The report whose end is this one's: itself, or the one that it repeats."""
        return self.duplicate_of or self

    def on_its_subject(self):
        """The reports about the same thing, itself included."""
        return type(self).objects.on(self.claim_key, self.article_id)

    def erase(self, at):
        """Leaves nothing of what the reader wrote. Not saved yet."""
        self.message = self.evidence = self.email = self.page = self.seen = ""
        self.erased_at = at


class ReportTallyQuerySet(RecordQuerySet):
    def take(self, of, ends_at, most):
        """Counts one more, unless there are `most` already. Returns whether it did.

        The database decides, by one statement that counts and compares: two processes never both take the last place.
        """
        self.bulk_create([self.model(of=of, ends_at=ends_at)], ignore_conflicts=True)
        mine = self.filter(of=of, ends_at=ends_at, number__lt=most)
        return mine.update(number=F("number") + 1) == 1

    def over(self, at):
        """Those whose hour or day has passed."""
        return self.filter(ends_at__lte=at)


class ReportTally(Keyed):
    """How many reports came in an hour or on a day from one address, about one thing, or in all.

    An address stands here only as a keyed hash that is another one each day. The row is deleted when its time is
    over.
    """

    natural_key_fields = ("of", "ends_at")

    of = models.CharField(max_length=120, help_text="“all”, “on claim:…” or “from …”.")
    ends_at = models.DateTimeField(db_index=True)
    number = models.PositiveIntegerField(default=0)

    objects = ReportTallyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "report tallies"
        constraints = [models.UniqueConstraint(name="report_tally_once", fields=["of", "ends_at"])]

    def __str__(self):
        return f"{self.number} until {self.ends_at:%Y-%m-%d %H:%M} UTC"
