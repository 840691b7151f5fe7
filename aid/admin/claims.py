from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Manager, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from aid.actions.claims import cut_passage, find_quote, reason_not_to_verify, record_claims, verify_claim
from aid.admin.base import DeskAdmin, RowForm, RowFormSet, RowInline, warn
from aid.choices import Basis, Rank
from aid.models.claims import PARTS, SUBJECTS, Claim
from aid.models.records import canonical_text
from aid.queries.claims import (
    WITH_NAMES,
    claim_label,
    part_label,
    target_model,
    unverified_by_others,
    verified,
)

# How many rows that are not typed yet a claim can point to where the browser runs no scripts.
ROWS_AHEAD = 2

ROW = "row"


# One claim


def place(part, ref, field):
    """The value of a claim's field choice: `amount`, `stage_step.12.stage`, or `stage_step.row0.stage`."""
    return f"{part}.{ref}.{field}" if part else field


def place_of(claim):
    part = claim.part_name
    return place(part, getattr(claim, f"{part}_id"), claim.field) if part else claim.field


class ClaimBaseForm(RowForm):
    """A claim with its sentence: the editor pastes it, and the form finds its place in the source's text."""

    quote = forms.CharField(
        label="Sentence",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 80}),
        help_text="Paste the sentence, or the part of it, that says so, exactly as it stands in the source. Its "
        "place is found by itself.",
    )
    span = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "value" in self.fields:
            self.fields["value"].required = False
            self.fields["value"].widget.attrs["rows"] = 1
            self.fields[
                "value"
            ].help_text = "Empty: what the record says now. Fill it where this source gives another value."
        if "passages" in self.fields:
            self.fields["passages"].label = "Passages"
            self.fields[
                "passages"
            ].help_text = "Sentences of this source that were marked before, if they say it too."
        if "reasoning" in self.fields:
            self.fields["reasoning"].widget.attrs["rows"] = 2

    def clean(self):
        cleaned = super().clean()
        source, quote = cleaned.get("source"), cleaned.get("quote")
        if quote and source is None and "source" not in self.errors:
            self.add_error("source", ValidationError("Name the source that this sentence is from.", code="source"))
        elif quote and source:
            try:
                self.span = find_quote(source.text, quote)
            except ValidationError as error:
                self.add_error("quote", error)
        self._check_passages(cleaned, source)
        return cleaned

    def _check_passages(self, cleaned, source):
        """The ledger's rules about passages: of this source, at least one, and with the wording in it."""
        passages = list(cleaned.get("passages") or [])
        foreign = [p for p in passages if source and p.source_id != source.pk]
        if foreign:
            self.add_error(
                "passages",
                ValidationError(
                    f"“{Truncator(foreign[0].quote).chars(60)}” is a passage of another source. A claim rests on one "
                    f"source; make a second claim for the other.",
                    code="passage_source",
                ),
            )
        if source is None or not source.text or {"quote", "passages"} & set(self.errors):
            return
        quotes = [passage.quote for passage in passages]
        if self.span:
            quotes.append(source.text[slice(*self.span)])
        if not quotes and cleaned.get("basis") in (Basis.STATED, Basis.INFERRED):
            self.add_error(
                "quote", ValidationError("Paste the sentence of the source that this rests on.", code="no_passage")
            )
        wording = cleaned.get("wording")
        if wording and quotes and not any(wording in quote for quote in quotes):
            self.add_error(
                "wording",
                ValidationError(
                    "These words do not stand in the sentence. Copy them from it exactly.", code="wording"
                ),
            )

    def cut(self):
        """Adds the passage of the pasted sentence to the saved claim."""
        if self.span:
            self.instance.passages.add(cut_passage(self.instance.source, self.span))


class ClaimForm(ClaimBaseForm):
    """A claim beside the record that it supports."""

    about = forms.ChoiceField(label="Field", help_text="What this claim says where it comes from.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "about" in self.fields:
            self.initial["about"] = place_of(self.instance)

    def clean(self):
        cleaned = super().clean()
        part, ref, field = split_place(cleaned.get("about", ""))
        self.part, self.ref = part, ref
        if field:
            self.instance.field = field
            for name in PARTS:
                setattr(self.instance, name, None)
            if part and not ref.startswith(ROW):
                setattr(self.instance, f"{part}_id", int(ref))
        return cleaned

    def _update_errors(self, errors):
        # The choices let no wrong field through; the model would judge it before the part that has it is known.
        if hasattr(errors, "error_dict") and NON_FIELD_ERRORS in errors.error_dict:
            general = [error for error in errors.error_dict.pop(NON_FIELD_ERRORS) if error.code != "field"]
            if general:
                errors.error_dict[NON_FIELD_ERRORS] = general
            if not errors.error_dict:
                return
        super()._update_errors(errors)


def split_place(value):
    """(part, reference, field) of a field choice."""
    part, ref, field = value.split(".") if value.count(".") == 2 else ("", "", value)
    return part, ref, field


def typed_value(instance, field, typed=None):
    """The canonical text of a field as the form has it, before anything is saved."""
    typed = getattr(instance, "typed", {}) if typed is None else typed
    if field not in typed:
        value = getattr(instance, field, None) if instance.pk else None
        if not isinstance(value, Manager):
            return canonical_text(getattr(instance, field, None))
        return instance.canonical(field)
    value = typed[field]
    if isinstance(value, QuerySet | list):
        return "; ".join(sorted(canonical_text(row) for row in value))
    return canonical_text(value)


class ClaimFormSet(RowFormSet):
    """The claims about one record and its parts, the parts typed in the same form included."""

    def __init__(self, *args, **kwargs):
        # The formsets of the record's parts, by the claim's column for them. The record's page fills it in.
        self.beside = {}
        super().__init__(*args, **kwargs)

    def get_queryset(self):
        if not hasattr(self, "_queryset"):
            for claim in super().get_queryset():
                setattr(claim, self.fk.name, self.instance)
        return self._queryset

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "about" in form.fields:
            form.fields["about"].choices = self.places

    def places(self):
        """The fields that a claim can support, as grouped choices; worked out once for all claims."""
        if not hasattr(self, "_places"):
            record = self.instance
            own = [(field, record.field_label(field)) for field in record.claimed_fields]
            self._places = [("", "Choose a field"), (record._meta.verbose_name.capitalize(), own)]
            for part, rows in self.beside.items():
                self._places += self._places_of_rows(part, rows)
        return self._places

    def _places_of_rows(self, part, rows):
        model = target_model(part)
        saved = list(rows.get_queryset()) if self.instance.pk else []
        for row in saved:
            setattr(row, rows.fk.name, self.instance)
        ahead = max(rows.total_form_count(), len(saved) + ROWS_AHEAD)
        named = [(str(row.pk), part_label(row)) for row in saved]
        named += [
            (f"{ROW}{index}", f"{model._meta.verbose_name.capitalize()} in row {index + 1}")
            for index in range(len(saved), ahead)
        ]
        return [
            (
                label,
                [
                    (place(part, ref, field), f"{label}: {model.field_label(field).lower()}")
                    for field in model.claimed_fields
                ],
            )
            for ref, label in named
        ]

    def clean(self):
        super().clean()
        preferred = {}
        for form in self.forms:
            if not getattr(form, "cleaned_data", None) or form.errors or "about" not in form.cleaned_data:
                continue
            target = self._target(form)
            if target is None:
                continue
            self._fill_value(form, target)
            if form.cleaned_data.get("rank") == Rank.PREFERRED:
                place = form.cleaned_data["about"]
                if place in preferred:
                    form.add_error(
                        "rank",
                        ValidationError(
                            "Another claim about this field is preferred already. Make one of them an alternative.",
                            code="preferred",
                        ),
                    )
                preferred[place] = form

    def _target(self, form):
        """The record or the part that a claim is about, saved or not; None, with an error, for an empty row."""
        if not form.part:
            return self.instance
        rows = self.beside[form.part]
        if not form.ref.startswith(ROW):
            pk = int(form.ref)
            found = next((row.instance for row in rows.forms if row.instance.pk == pk), None)
        else:
            index = int(form.ref.removeprefix(ROW))
            row = rows.forms[index] if index < len(rows.forms) else None
            found = row.instance if row is not None and row.has_changed() and row not in rows.deleted_forms else None
        if found is None:
            form.add_error(
                "about",
                ValidationError(
                    "This row is empty, so there is nothing to claim. Fill it above, or choose another field.",
                    code="empty_row",
                ),
            )
        else:
            setattr(form.instance, form.part, found)
        return found

    def _fill_value(self, form, target):
        if form.cleaned_data.get("value"):
            return
        value = typed_value(target, form.instance.field)
        if value:
            form.instance.value = value
        elif not self._is_faulty(target, form.instance.field):
            form.add_error(
                "value",
                ValidationError(
                    "The record's field is empty, so write here what this source says, or fill the field.",
                    code="no_value",
                ),
            )

    def _is_faulty(self, target, field):
        """The record's own field has an error already; one sentence about it is enough."""
        return field not in getattr(target, "typed", {})


class ClaimInline(RowInline):
    """The claims beside a record: the reason for each of its values."""

    model = Claim
    form = ClaimForm
    formset = ClaimFormSet
    template = "admin/aid/claims_inline.html"
    can_delete = False
    readonly_fields = ["provenance"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("about", "rank"),
                    ("source", "basis"),
                    "quote",
                    "passages",
                    ("wording", "value"),
                    "reasoning",
                    "provenance",
                ]
            },
        )
    ]

    def get_queryset(self, request):
        parts = ["stage_step", "valuation", "membership__party", "signatory__party"]
        return super().get_queryset(request).with_evidence().select_related(*parts)

    class Media:
        js = ["js/claim-rows.js"]

    def get_extra(self, request, obj=None, **kwargs):
        return 1 if obj is None or "claim_quote" in request.GET else 0

    def about(self, claim):
        return claim_label(claim)

    @admin.display(description="recorded")
    def provenance(self, claim):
        return provenance_text(claim)

    def quote(self, claim):
        return "–"


def provenance_text(claim):
    """Who recorded a claim and who verified it, and when."""
    if claim.pk is None:
        return "You, when you save. Somebody else verifies it."
    by = f" by {claim.recorded_by}" if claim.recorded_by else ""
    recorded = f"Recorded{by} on {claim.recorded_at:%-d %B %Y}"
    if claim.verified_at:
        return f"{recorded}; verified by {claim.verified_by} on {claim.verified_at:%-d %B %Y}"
    return f"{recorded}; not verified yet"


def claims_inline(subject):
    """The claims' inline for a kind of record."""
    return type("ClaimInline", (ClaimInline,), {"fk_name": subject})


# All claims


class ClaimPageForm(ClaimBaseForm):
    """A claim on a page of its own: which record it is about is chosen here."""

    field = forms.ChoiceField(
        choices=lambda: [("", "Choose a field"), *field_choices()],
        help_text="Of the record, or of its part if you name one.",
    )

    def clean(self):
        cleaned = super().clean()
        named = [name for name in SUBJECTS if cleaned.get(name)]
        if len(named) != 1:
            if not any(name in self.errors for name in SUBJECTS):
                self.add_error(None, ValidationError("Name exactly one record that it is about.", code="subject"))
        elif not cleaned.get("value") and not self.errors:
            self._fill_value(cleaned, named[0])
        return cleaned

    def _fill_value(self, cleaned, subject):
        part = next((name for name in PARTS if cleaned.get(name)), subject)
        target, field = cleaned[part], cleaned["field"]
        if field not in target.claimed_fields:
            return
        cleaned["value"] = target.canonical(field)
        if not cleaned["value"]:
            self.add_error(
                "value",
                ValidationError("The record's field is empty, so write here what this source says.", code="no_value"),
            )

    def _post_clean(self):
        # Without its one record a claim breaks most other rules too; the one sentence is enough.
        if not self.has_error(NON_FIELD_ERRORS, "subject"):
            super()._post_clean()


def field_choices():
    """Every field that a claim can support, by the kind of record that has it."""
    groups = []
    for name in [*SUBJECTS, *PARTS]:
        model = target_model(name)
        if model.claimed_fields:
            groups.append(
                (
                    model._meta.verbose_name.capitalize(),
                    [(field, model.field_label(field)) for field in model.claimed_fields],
                )
            )
    return groups


class VerifiedFilter(admin.SimpleListFilter):
    title = "verified"
    parameter_name = "verified"

    def lookups(self, request, model_admin):
        return [("no", "Not yet"), ("mine", "Not yet, and I can"), ("yes", "Verified")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return verified(queryset)
        if self.value() == "no":
            return queryset.unverified()
        if self.value() == "mine":
            return unverified_by_others(queryset, request.user)
        return queryset


@admin.register(Claim)
class ClaimAdmin(DeskAdmin):
    form = ClaimPageForm
    # `with_evidence` below brings the passages with their sources.
    loads_many = False
    list_display = ["what", "record", "source_title", "basis", "rank", "verified"]
    list_display_links = ["what"]
    list_filter = [VerifiedFilter, "rank", "basis"]
    search_fields = ["value", "wording", "field", "source__title", "pledge__title", "key"]
    search_help_text = "Search in value, wording, field, source, pledge and key."
    ordering = ["-id"]
    actions = ["verify"]
    readonly_fields = ["key", "provenance"]
    fieldsets = [
        (
            "What the source says",
            {
                "description": "One source, one field of one record. A changed claim is recorded under your name and "
                "has to be verified again.",
                "fields": [
                    "field",
                    ("source", "basis"),
                    "quote",
                    "passages",
                    ("wording", "value"),
                    "reasoning",
                    "rank",
                ],
            },
        ),
        (
            "Which record it is about",
            {
                "description": "Exactly one. Usually it is easier to add a claim in the record's own form.",
                "fields": list(SUBJECTS),
            },
        ),
        (
            "Which part of that record",
            {
                "classes": ["collapse"],
                "description": "Only for a value of a stage, a valuation, a membership or a signatory.",
                "fields": list(PARTS),
            },
        ),
        ("Record", {"fields": ["provenance", "key"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_evidence().select_related(*WITH_NAMES)

    @admin.display(description="claim", ordering="field")
    def what(self, claim):
        return format_html("{} <b>{}</b>", claim_label(claim), Truncator(claim.value).chars(80))

    @admin.display(description="record")
    def record(self, claim):
        name = claim.subject_name
        url = reverse(f"admin:aid_{name}_change", args=[getattr(claim, f"{name}_id")])
        return format_html('<a href="{}">{}</a>', url, Truncator(str(claim.subject)).chars(70))

    @admin.display(description="source", ordering="source__title")
    def source_title(self, claim):
        if claim.source is None:
            return "computed"
        url = reverse("admin:aid_source_change", args=[claim.source_id])
        return format_html('<a href="{}">{}</a>', url, Truncator(claim.source.title).chars(50))

    @admin.display(description="verified", ordering="verified_at")
    def verified(self, claim):
        if claim.verified_at:
            return f"by {claim.verified_by}"
        return format_html('<span class="unknown">{}</span>', "not yet")

    @admin.display(description="recorded")
    def provenance(self, claim):
        return provenance_text(claim)

    @admin.action(description="Verify: I read the source, and it says so", permissions=["change"])
    def verify(self, request, queryset):
        done = 0
        for claim in queryset:
            reason = reason_not_to_verify(claim, request.user)
            if reason:
                self.message_user(
                    request, f"Not verified: {claim_label(claim)} – {claim}. {reason}", messages.WARNING
                )
            else:
                verify_claim(claim, request.user)
                self.log_change(request, claim, "Verified.")
                done += 1
        if done:
            self.message_user(request, f"Verified: {done} {'claim' if done == 1 else 'claims'}.", messages.SUCCESS)

    def has_delete_permission(self, request, obj=None):
        """Only a withdrawn claim can go: nothing rests on it. Withdraw a wrong one first."""
        if obj is None:
            return False
        return obj.rank == Rank.WITHDRAWN and super().has_delete_permission(request, obj)

    def save_model(self, request, obj, form, change):
        if form.has_changed() or not change:
            record_claims([obj], request.user)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.cut()
        warn(request, form.instance.subject)
