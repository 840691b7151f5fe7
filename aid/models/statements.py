from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from aid.choices import AssertionKind, Rank, StatementForm
from aid.dates import EDTFField, bound
from aid.models.parties import Party
from aid.models.people import Office, Person
from aid.models.records import (
    Record,
    RecordQuerySet,
    Withdrawable,
    addressable,
    known_or_unknown,
    must,
    one_of,
    unknown_field,
    withdrawn_with_reason,
)

ABOUT = ("pledge", "coalition", "agreement")

# Only what stands between such marks is a quotation; single marks are apostrophes too and prove nothing.
QUOTATION_MARKS = '"“”„‟«»‹›〝〞＂『』'


def has_marks(text):
    return any(mark in text for mark in QUOTATION_MARKS)


def without_marks():
    """The condition that the text holds no quotation mark."""
    found = Q()
    for mark in QUOTATION_MARKS:
        found |= Q(text__contains=mark)
    return ~found


def about_column(model, related_name):
    return models.ForeignKey(
        model,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name=related_name,
        help_text="The record it is about, if it is about one.",
    )


class StatementQuerySet(RecordQuerySet):
    def with_speakers(self, public):
        """With who speaks, in which office, what it is about, and what was corrected in it."""
        joined = self.select_related("party", "speaker", "office__person", "office__party", *ABOUT)
        return joined.prefetch_related(*public.fetching(self.model, "corrections"))

    def by_no_person(self):
        """Statements of a body, or of people whom the source does not name."""
        return self.filter(speaker__isnull=True)

    def by_a_person(self):
        return self.filter(speaker__isnull=False)


class Statement(Withdrawable, Record):
    """What a person or a party said, in the form in which the source gives it.

    Only a direct quote holds the speaker's words. The text of a paraphrase or an institutional statement is the
    newsroom's own summary, and no quotation marks ever stand around it.
    """

    claimed_fields = ("text", "party", "speaker", "office", "said_on")

    form = models.CharField(max_length=14, choices=StatementForm, db_index=True)
    party = models.ForeignKey(
        Party,
        on_delete=models.PROTECT,
        related_name="statements",
        help_text="The party that speaks, or for which the person speaks.",
    )
    speaker = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="statements")
    speaker_unknown = unknown_field("speaker")
    office = models.ForeignKey(
        Office,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="statements",
        help_text="The office in which the person speaks.",
    )
    text = models.TextField(
        help_text="A direct quote: the speaker's words without the marks. Else: your own summary, without any marks."
    )
    said_on_earliest, said_on_latest = bound(), bound()
    said_on = EDTFField(blank=True, default="")
    said_on_unknown = unknown_field("said on")
    pledge = about_column("aid.Pledge", "statements_about")
    coalition = about_column("aid.Coalition", "statements_about")
    agreement = about_column("aid.Agreement", "statements_about")

    objects = StatementQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["slug"]
        constraints = [
            addressable("statement"),
            withdrawn_with_reason("statement"),
            one_of("statement", "form", StatementForm),
            known_or_unknown("statement", "speaker", null=True),
            known_or_unknown("statement", "said_on"),
            models.CheckConstraint(
                name="statement_office_of_a_speaker",
                condition=Q(office__isnull=True) | Q(speaker__isnull=False),
                violation_error_code="office",
                violation_error_message="An office belongs to a speaker who is named.",
            ),
            models.CheckConstraint(
                name="statement_marks_only_for_quotes",
                condition=Q(form=StatementForm.DIRECT_QUOTE) | without_marks(),
                violation_error_code="quotation_marks",
                violation_error_message="This is no direct quote, so no quotation marks may stand in it.",
            ),
        ]

    def __str__(self):
        return f"{self.speaker or self.party}: {self.text}"[:120]

    def get_absolute_url(self):
        page = self.speaker or self.party
        return f"{page.get_absolute_url()}#statement-{self.slug}"

    def clean(self):
        if self.office_id and self.speaker_id:
            must(
                self.office.person_id == self.speaker_id,
                f"This office was held by {self.office.person}, not by {self.speaker}.",
                "office",
            )
            must(
                self.office.held_on(self.said_on) is not False,
                f"{self.speaker} did not hold this office on {self.said_on}.",
                "office_date",
            )


class AssertionQuerySet(RecordQuerySet):
    def with_attribution(self, public):
        """With whom the source names for it, what it is about, and what was corrected in it."""
        rows = self.select_related("attributed_to", *ABOUT)
        return rows.prefetch_related(*public.fetching(self.model, "corrections"))

    def with_places(self, public):
        """With all that its address is worked out from, for lists that link to it."""
        return self.with_attribution(public).prefetch_related(*public.fetching(self.model, "claims__source"))


class Assertion(Withdrawable, Record):
    """Context that a source gives and that is no fact of aid: an aim, background, or analysis.

    It is shown with its badge and its attribution, and enters no count, filter or total.
    """

    claimed_fields = ("text", "attributed_to", "said_on")

    kind = models.CharField(max_length=12, choices=AssertionKind, db_index=True)
    text = models.TextField(help_text="Your own summary of what the source says, without quotation marks.")
    attributed_to = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assertions",
        help_text="Whom the source names for it. Empty if it speaks for itself.",
    )
    attributed_to_unknown = unknown_field("attributed to")
    said_on_earliest, said_on_latest = bound(), bound()
    said_on = EDTFField(blank=True, default="")
    said_on_unknown = unknown_field("said on")
    pledge = about_column("aid.Pledge", "assertions_about")
    coalition = about_column("aid.Coalition", "assertions_about")
    agreement = about_column("aid.Agreement", "assertions_about")

    objects = AssertionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["slug"]
        constraints = [
            addressable("assertion"),
            withdrawn_with_reason("assertion"),
            one_of("assertion", "kind", AssertionKind),
            known_or_unknown("assertion", "attributed_to", null=True),
            known_or_unknown("assertion", "said_on"),
            models.CheckConstraint(
                name="assertion_without_marks",
                condition=without_marks(),
                violation_error_code="quotation_marks",
                violation_error_message="An assertion is a summary, so no quotation marks may stand in it.",
            ),
        ]

    def __str__(self):
        return self.text[:120]

    def get_absolute_url(self):
        """Where a reader meets it: on the page of what it is about, else on its source's page."""
        about = next((row for row in (self.pledge, self.coalition, self.agreement) if row), None)
        if about:
            return f"{about.get_absolute_url()}#assertion-{self.slug}"
        fetched = "claims" in getattr(self, "_prefetched_objects_cache", ())
        claims = self.claims.all() if fetched else self.claims.preferred().select_related("source").order_by("pk")[:1]
        # Of what a reader sees, no preferred claim is from a source that is under embargo.
        claim = min((claim for claim in claims if claim.rank == Rank.PREFERRED), key=lambda one: one.pk, default=None)
        page = claim.source.get_absolute_url() if claim and claim.source else reverse("source-list")
        return f"{page}#assertion-{self.slug}"
