from django.contrib import admin

from aid.admin.base import UNKNOWN_HELP, PartAdmin, RecordAdmin, RowInline, date_text
from aid.admin.bulk import BulkActions
from aid.admin.claim_rows import claims_inline
from aid.models.agreements import Agreement, Signatory


class SignatoryInline(RowInline):
    model = Signatory
    fieldsets = [(None, {"fields": ["party", ("signed_by", "signed_by_unknown")]})]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("party", "signed_by")

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else 2


@admin.register(Agreement)
class AgreementAdmin(BulkActions, RecordAdmin):
    list_display = ["title", "kind", "signed", "signed_for", "evidence"]
    list_filter = ["kind"]
    search_fields = ["title", "official_title", "slug", "signatories__party__name"]
    search_help_text = "Search in titles, address and signatories."
    date_hierarchy = "signed_on_earliest"
    prepopulated_fields = {"slug": ["title"]}
    inlines = [SignatoryInline, claims_inline("agreement")]
    evidence_parts = ["signatories__party", "signatories__signed_by"]
    part_rows = {"signatory": "signatories"}
    fieldsets = [
        (
            None,
            {
                "description": f"A text that parties sign. Money is never part of it: that is a pledge of its own, "
                f"which then names the agreement. {UNKNOWN_HELP}",
                "fields": [("title", "slug"), "kind", ("official_title", "official_title_unknown")],
            },
        ),
        (
            "When and what for",
            {"fields": [
                ("signed_on", "signed_on_unknown"),
                ("in_force_on", "in_force_on_unknown"),
                ("objectives", "objectives_unknown"),
            ]},
        ),
    ]  # fmt: skip

    @admin.display(description="signed", ordering="signed_on_latest")
    def signed(self, agreement):
        return date_text(agreement, "signed_on")

    @admin.display(description="signatories")
    def signed_for(self, agreement):
        return ", ".join(str(row.party) for row in agreement.signatories.all()) or "–"


@admin.register(Signatory)
class SignatoryAdmin(PartAdmin):
    list_display = ["party", "agreement"]
    list_select_related = ["party", "agreement"]
    search_fields = ["party__name", "agreement__title"]
