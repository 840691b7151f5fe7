import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from aid.choices import Rank, SourceKind
from aid.dates import EDTFField, bound
from aid.models.parties import Party
from aid.models.records import (
    Keyed,
    LengthIs,
    Record,
    RecordQuerySet,
    Withdrawable,
    addressable,
    counted,
    known_or_unknown,
    must,
    one_of,
    unknown_field,
    withdrawn_with_reason,
)


def text_hash(text):
    """The SHA-256 of a source's text in UTF-8, as 64 hexadecimal digits; "" for no text."""
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


class SourceQuerySet(RecordQuerySet):
    def with_use(self, public):
        """With `claim_count`, the number of standing claims of facts that are public and rest on it, and
        `gives_rates`, whether exchange rates are from it; without the text, which lists do not show."""
        claims, rates = (
            public.of(self.model._meta.get_field(name).related_model.objects.order_by())
            for name in ("claims", "rates")
        )
        standing = claims.filter(rank__in=(Rank.PREFERRED, Rank.ALTERNATIVE), assertion__isnull=True)
        rows = self.select_related("publisher").defer("text")
        return rows.annotate(
            claim_count=counted(standing, "source"), gives_rates=Exists(rates.filter(source=OuterRef("pk")))
        )

    def holding(self, slug, text=""):
        """The sources at this address or with this very text."""
        same = Q(slug=slug)
        if text:
            same |= Q(sha256=text_hash(text))
        return self.filter(same)


class Source(Withdrawable, Record):
    """A document as it was received, with its text where that may be kept.

    Its text never changes: a new version of the document is a new source that supersedes this one. A source
    that something rests on cannot be deleted.
    """

    title = models.CharField(max_length=200, help_text="The document's own title, or a plain description of it.")
    kind = models.CharField(max_length=20, choices=SourceKind, db_index=True)
    publisher = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="sources_published"
    )
    publisher_unknown = unknown_field("publisher")
    author = models.CharField(max_length=200, blank=True, default="", help_text="As the document is signed.")
    author_unknown = unknown_field("author")
    language = models.CharField(
        max_length=12, default="en", help_text="The language of the text as a BCP 47 tag: en, da, uk."
    )
    is_official = models.BooleanField(
        "official", default=False, help_text="Published by the party whose act it describes."
    )
    url = models.URLField("address", max_length=500, blank=True, default="")
    url_unknown = unknown_field("address")
    archive_url = models.URLField(
        "archived copy", max_length=500, blank=True, default="", help_text="A copy at a web archive."
    )
    accessed_on = models.DateField(null=True, blank=True, help_text="The day on which it was read for this site.")
    published_on_earliest, published_on_latest = bound(), bound()
    published_on = EDTFField(blank=True, default="", help_text="The date that the document itself bears.")
    published_on_unknown = unknown_field("published on")
    licence_note = models.TextField(
        "licence", blank=True, default="", help_text="What may be done with the text, and who says so."
    )
    text = models.TextField(
        blank=True,
        default="",
        help_text="The whole text, character for character. It cannot be changed once saved: "
        "enter a new version as a new source that supersedes this one.",
    )
    sha256 = models.CharField("SHA-256 of the text", max_length=64, blank=True, default="", editable=False)
    supersedes = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
        help_text="The earlier version of the same document.",
    )

    objects = SourceQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["text"])

    class Meta:
        ordering = ["title"]
        constraints = [
            addressable("source"),
            withdrawn_with_reason("source"),
            one_of("source", "kind", SourceKind),
            known_or_unknown("source", "publisher", null=True),
            known_or_unknown("source", "author"),
            known_or_unknown("source", "url"),
            known_or_unknown("source", "published_on"),
            models.CheckConstraint(
                name="source_text_with_hash",
                condition=Q(text="", sha256="") | (~Q(text="") & Q(LengthIs(F("sha256"), 64))),
                violation_error_code="hash",
                violation_error_message="A stored text needs its SHA-256.",
            ),
            models.CheckConstraint(
                name="source_not_its_own_predecessor",
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
                violation_error_code="supersedes",
                violation_error_message="A source cannot supersede itself.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("source-detail", args=[self.slug])

    def clean(self):
        if not self._state.adding:
            stored = type(self).objects.filter(pk=self.pk).values_list("text", flat=True).first()
            must(
                stored in (None, self.text),
                "The text of a source never changes. Enter the new version as a new source that supersedes this one.",
                "text_immutable",
            )
        for field in ("url", "archive_url"):
            scheme = urlsplit(getattr(self, field)).scheme
            must(scheme in ("", "http", "https"), "An address here begins with https:// or http://.", "scheme")


class PassageQuerySet(RecordQuerySet):
    def resting(self):
        """Passages that at least one claim cites."""
        return self.filter(claims__isnull=False).distinct()


class Passage(Keyed):
    """A span of a source's text, in code points from `start` up to, not including, `end`, with its words."""

    natural_key_fields = ("source__slug", "start", "end")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="passages")
    start = models.PositiveIntegerField(help_text="The first character's place, counted from 0.")
    end = models.PositiveIntegerField(help_text="The place after the last character.")
    quote = models.TextField(help_text="The source's words from start to end, character for character.")

    objects = PassageQuerySet.as_manager()
    past = HistoricalRecords()

    class Meta:
        ordering = ["source", "start", "end"]
        constraints = [
            models.UniqueConstraint(name="passage_once", fields=["source", "start", "end"]),
            models.CheckConstraint(
                name="passage_end_after_start",
                condition=Q(end__gt=F("start")),
                violation_error_code="span",
                violation_error_message="A passage ends after it starts.",
            ),
            models.CheckConstraint(
                name="passage_quote_as_long_as_span",
                condition=models.lookups.Exact(models.functions.Length("quote"), F("end") - F("start")),
                violation_error_code="span",
                violation_error_message="The quote is not as long as the span from start to end.",
            ),
        ]

    def __str__(self):
        words = self.quote if len(self.quote) <= 80 else f"{self.quote[:79]}…"
        return f"{self.source.slug} {self.start}–{self.end}: {words}"

    def get_absolute_url(self):
        return f"{self.source.get_absolute_url()}#{self.anchor}"

    @property
    def anchor(self):
        """The passage's place on the source's page."""
        return f"c{self.start}-{self.end}"

    def clean(self):
        if self.source_id and self.start is not None and self.end is not None:
            must(
                self.quote == self.source.text[self.start : self.end],
                f"The source's text from {self.start} to {self.end} reads differently. Copy the words exactly.",
                "quote",
            )


class SetAside(Keyed):
    """A sentence of a source that an editor set aside: no record is made of it, and why readers are told.

    It says nothing of what rests on the sentence; a claim that cites it later makes it no longer left over.
    """

    natural_key_fields = ("source__slug", "start", "end")

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="set_aside")
    start = models.PositiveIntegerField(help_text="The sentence's first character, counted from 0.")
    end = models.PositiveIntegerField(help_text="The place after its last character.")
    why = models.TextField("reason", help_text="Why no record is made of it. Readers see it on the source's page.")
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sentences_set_aside",
        editable=False,
    )
    set_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = RecordQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["source", "start"]
        verbose_name = "sentence set aside"
        verbose_name_plural = "sentences set aside"
        constraints = [
            models.UniqueConstraint(name="setaside_once", fields=["source", "start", "end"]),
            models.CheckConstraint(
                name="setaside_end_after_start",
                condition=Q(end__gt=F("start")),
                violation_error_code="span",
                violation_error_message="A sentence ends after it starts.",
            ),
            models.CheckConstraint(
                name="setaside_with_reason",
                condition=~Q(why=""),
                violation_error_code="reason",
                violation_error_message="Say why no record is made of it.",
            ),
        ]

    def __str__(self):
        return f"{self.source.slug} {self.start}–{self.end}: {self.why}"
