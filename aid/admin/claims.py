"""All claims: their list, their own page, and verifying."""

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from aid.actions.claims import record_claims
from aid.admin.base import DeskAdmin, DeskChangeList, warn
from aid.admin.bulk import BulkActions
from aid.admin.claim_rows import ClaimBaseForm, figure_error, provenance_text
from aid.admin.deciding import Deciding
from aid.admin.embargoes import VanishingForm
from aid.admin.history import Reasoned
from aid.admin.preferring import Preferring
from aid.admin.published import AsksFirst
from aid.admin.states import StateForm
from aid.admin.withdrawn_claims import ClaimWithdrawals
from aid.choices import Rank
from aid.models.claims import PARTS, SUBJECTS, Claim
from aid.queries.claims import (
    WITH_NAMES,
    claim_label,
    target_model,
    unverified_by_others,
    verified,
)
from aid.queries.values import value_texts
from aid.rules.stated import wording_gives_the_amount


class ClaimPageForm(VanishingForm, Reasoned, StateForm, ClaimBaseForm):
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
        if not self.errors and not wording_gives_the_amount(self.instance):
            self.add_error("wording", figure_error(self.instance))


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
        return [
            ("no", "Not yet"),
            ("mine", "Not yet, and I can"),
            ("yes", "Verified"),
            ("reopened", "Reopened, to be decided"),
        ]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return verified(queryset)
        if self.value() == "reopened":
            return queryset.reopened()
        if self.value() == "no":
            return queryset.unverified()
        if self.value() == "mine":
            return unverified_by_others(queryset, request.user)
        return queryset


class ClaimChangeList(DeskChangeList):
    """The list of claims, each with its value as people read it."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        values = value_texts(self.result_list)
        for claim in self.result_list:
            claim.in_words = values[claim.pk]


@admin.register(Claim)
class ClaimAdmin(Deciding, Preferring, ClaimWithdrawals, BulkActions, AsksFirst, DeskAdmin):
    form = ClaimPageForm
    # `with_evidence` below brings the passages with their sources.
    loads_many = False
    list_display = ["what", "record", "source_title", "basis", "rank", "verified"]
    list_display_links = ["what"]
    list_filter = [VerifiedFilter, "rank", "basis"]
    search_fields = ["value", "wording", "field", "source__title", "pledge__title", "key"]
    search_help_text = "Search in value, wording, field, source, pledge and key."
    ordering = ["-id"]
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
                    ("rank", "withdrawn_why"),
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

    def get_changelist(self, request, **kwargs):
        return ClaimChangeList

    def published_subject(self, row, change):
        """A claim stands on the page of its record, and says there how far a value is sure."""
        return row.subject

    @admin.display(description="claim", ordering="field")
    def what(self, claim):
        return format_html("{}: <b>{}</b>", claim_label(claim), Truncator(claim.in_words).chars(80))

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
