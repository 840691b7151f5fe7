from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.urls import reverse
from django.utils.text import Truncator

from aid.actions.withdrawals import follow_version
from aid.admin.base import UNKNOWN_HELP, DeskAdmin, PartAdmin, date_text, value_text
from aid.admin.bulk import BulkActions
from aid.admin.forms import RecordForm
from aid.admin.published import AsksFirst
from aid.admin.setting_aside import SettingAside, aside_address
from aid.models.claims import SUBJECTS
from aid.models.sources import Passage, Source, text_hash
from aid.queries.claims import claim_label
from aid.queries.coverage import coverage, supported_alone
from aid.queries.reopenings import superseded


class SourceForm(RecordForm):
    """A source; its text is taken character for character, only its line endings are made one kind, as everywhere."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "text" in self.fields:
            self.fields["text"] = forms.CharField(
                required=False,
                strip=False,
                label="Text",
                widget=self.fields["text"].widget,
                help_text=f"{self.fields['text'].help_text} Line endings become line feeds (LF) before its SHA-256 "
                f"is taken.",
            )

    def clean(self):
        cleaned = super().clean()
        if "text" in cleaned:
            self.instance.sha256 = text_hash(cleaned["text"])
        return cleaned


@admin.register(Source)
class SourceAdmin(SettingAside, BulkActions, AsksFirst, DeskAdmin):
    form = SourceForm
    change_form_template = "admin/aid/source_form.html"
    list_display = ["title", "kind", "published_by", "day", "is_official", "sentences_of"]
    list_filter = ["kind", "is_official", "language"]
    list_select_related = ["publisher"]
    search_fields = ["title", "slug", "author", "url", "publisher__name"]
    search_help_text = "Search in title, address, author and publisher."
    date_hierarchy = "published_on_earliest"
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (
            None,
            {
                "description": f"A document as it was received. {UNKNOWN_HELP}",
                "fields": [
                    ("title", "slug"),
                    ("kind", "is_official"),
                    ("publisher", "publisher_unknown"),
                    ("author", "author_unknown"),
                    ("published_on", "published_on_unknown"),
                    "language",
                ],
            },
        ),
        (
            "Where it was found",
            {"fields": [("url", "url_unknown"), ("archive_url", "accessed_on"), "licence_note", "supersedes"]},
        ),
        (
            "Text",
            {
                "description": "Copy the whole text once. After that it stands still: every quote is counted from "
                "its first character.",
                "fields": ["text"],
            },
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        still = ("Text", {"fields": ["fingerprint"]})
        return fieldsets if obj is None else [still if named[0] == "Text" else named for named in fieldsets]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else ["fingerprint"]

    @admin.display(description="SHA-256")
    def fingerprint(self, source):
        return f"{source.sha256} ({len(source.text):,} characters)" if source.text else "Kept without its text."

    @admin.display(description="publisher", ordering="publisher__name")
    def published_by(self, source):
        return value_text(source, "publisher")

    @admin.display(description="date", ordering="published_on_latest")
    def day(self, source):
        return date_text(source, "published_on")

    @admin.display(description="text")
    def sentences_of(self, source):
        return f"{len(source.text):,} characters" if source.text else "–"

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and obj.text:
            context["coverage"] = Reading(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request, obj, form, change):
        before = superseded(obj) if change else None
        super().save_model(request, obj, form, change)
        follow_version(obj, before, request.user)
        if not change and obj.text:
            messages.info(
                request,
                f"The text is stored with {len(obj.text):,} characters, its line endings as line feeds. It cannot be "
                f"changed from here on.",
            )


class Reading:
    """A source's text as an editor reads it: what is left over first, then each sentence and what it became."""

    def __init__(self, source):
        self._source = source
        self._coverage = coverage(source)
        self._supported_alone = self._coverage.alone()

    def left_over(self):
        return [
            {
                "number": span.start,
                "text": text,
                "links": self._links(text),
                "aside": aside_address(self._source, span.start),
            }
            for span, text in self._coverage.left_over()
        ]

    def aside(self):
        return [
            {"text": text, "row": row, "change": aside_address(self._source, span.start)}
            for span, text, row in self._coverage.aside()
        ]

    def tally(self):
        """How many sentences there are, rest in a record, were set aside, and are left over."""
        every, aside, left = len(self._coverage.sentences), len(self.aside()), len(self._coverage.left_over())
        return {"every": every, "resting": every - aside - left, "aside": aside, "left": left}

    def paragraphs(self):
        return self._coverage.paragraphs()

    def sentences(self):
        return [
            {
                "number": number,
                "span": span,
                "text": text,
                "uses": [self._use(use) for use in uses],
                "alone": self._alone(span),
            }
            for number, span, text, uses in self._coverage.sentence_rows()
        ]

    def _alone(self, span):
        """What this sentence alone supports, in words."""
        found = supported_alone(self._coverage, span, self._supported_alone)
        return ", ".join(dict.fromkeys(f"{claim_label(claim).lower()} of {claim.subject}" for claim in found))

    def passages(self):
        return [
            {"passage": passage, "uses": [self._use(use) for use in self._coverage.uses(passage)]}
            for passage in self._coverage.passages
        ]

    def _use(self, use):
        record = use.record
        return {
            "record": Truncator(str(record)).chars(100),
            "kind": record._meta.verbose_name,
            "fields": ", ".join(use.fields).lower(),
            "url": reverse(f"admin:aid_{record._meta.model_name}_change", args=[record.pk]),
        }

    def _links(self, text):
        """Where a claim on this sentence can be begun: [(what, address)]."""
        query = urlencode({"source": self._source.pk, "quote": text})
        found = [("a claim on a record that is there", f"{reverse('admin:aid_claim_add')}?{query}")]
        query = urlencode({"claim_source": self._source.pk, "claim_quote": text})
        for name in SUBJECTS:
            if name not in ("party", "office"):
                found.append((f"a new {name}", f"{reverse(f'admin:aid_{name}_add')}?{query}"))
        return found


@admin.register(Passage)
class PassageAdmin(PartAdmin):
    is_part = False
    list_display = ["quoted", "source", "start", "end"]
    list_select_related = ["source"]
    list_filter = ["source__kind"]
    search_fields = ["quote", "source__title"]
    search_help_text = "Search in the words and the source's title."
    ordering = ["source", "start"]

    @admin.display(description="passage", ordering="quote")
    def quoted(self, passage):
        return Truncator(passage.quote).chars(120)
