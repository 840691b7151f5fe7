"""Claims beside the record that they support: the rows in its form."""

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Manager, QuerySet
from django.utils import timezone
from django.utils.text import Truncator

from aid.actions.claims import cut_passage, find_quote
from aid.admin.base import RowInline, day_text
from aid.admin.forms import RowForm, RowFormSet
from aid.choices import Basis, Rank
from aid.models.claims import PARTS, Claim
from aid.models.records import canonical_text
from aid.queries.claims import (
    claim_label,
    part_label,
    target_model,
)
from aid.queries.values import value_texts
from aid.rules.stated import wording_gives_the_amount

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
        if "withdrawn_why" in self.fields:
            self.fields["withdrawn_why"].widget.attrs["rows"] = 1

    def clean_value(self):
        # As the ledger compares it with the column: without white space around its lines.
        return canonical_text(self.cleaned_data["value"])

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
        self._check_withdrawal(cleaned)
        return cleaned

    def _check_withdrawal(self, cleaned):
        """A claim is withdrawn with its reason; one that stands again is as if it had never been withdrawn."""
        if "withdrawn_why" not in self.fields or "rank" not in cleaned:
            return
        why = cleaned.get("withdrawn_why", "")
        if cleaned["rank"] == Rank.WITHDRAWN:
            if not why:
                self.add_error(
                    "withdrawn_why",
                    ValidationError("Say why it is withdrawn: readers are told it at its address.", code="reason"),
                )
            self.instance.withdrawn_at = self.instance.withdrawn_at or timezone.now()
            return
        if why and "withdrawn_why" in self.changed_data:
            self.add_error(
                "withdrawn_why",
                ValidationError(
                    "This claim stands. Choose the rank “withdrawn”, or take the reason out.", code="not_withdrawn"
                ),
            )
        cleaned["withdrawn_why"] = ""
        self.instance.withdrawn_at = self.instance.replaced_by = None

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


def figure_error(claim):
    return ValidationError(
        f"“{claim.wording}” does not come to {claim.value}. Copy the source's figure, or correct the amount.",
        code="figure",
    )


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
            claims = list(super().get_queryset())
            for claim in claims:
                setattr(claim, self.fk.name, self.instance)
            values = value_texts(claims, [self.instance, *(claim.target for claim in claims if claim.part_name)])
            for claim in claims:
                claim.in_words = values[claim.pk]
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
            self._check_figure(form)
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

    def _check_figure(self, form):
        if form.has_changed() and not form.errors and not wording_gives_the_amount(form.instance):
            form.add_error("wording", figure_error(form.instance))

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
                    "withdrawn_why",
                    "provenance",
                ]
            },
        )
    ]

    def get_queryset(self, request):
        parts = ["stage_step", "valuation", "membership__party", "signatory__party", "signatory__signed_by"]
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
    withdrawn = f"; withdrawn on {day_text(claim.withdrawn_at)}" if claim.withdrawn_at else ""
    recorded = f"Recorded{by} on {day_text(claim.recorded_at)}"
    if claim.verified_at:
        return f"{recorded}; verified by {claim.verified_by} on {day_text(claim.verified_at)}{withdrawn}"
    return f"{recorded}; not verified yet{withdrawn}"


def claims_inline(subject):
    """The claims' inline for a kind of record."""
    return type("ClaimInline", (ClaimInline,), {"fk_name": subject})
