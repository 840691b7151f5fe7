from django.contrib import admin

from aid.actions.coalitions import follow_claims, follow_leads
from aid.admin.base import UNKNOWN_HELP, PartAdmin, RecordAdmin, RowInline, amount_text, value_text
from aid.admin.bulk import BulkActions
from aid.admin.claim_rows import claims_inline
from aid.models.coalitions import Coalition, Membership


class MembershipInline(RowInline):
    model = Membership
    fieldsets = [
        (
            None,
            {"fields": [("party", "role"), ("joined_on", "joined_on_unknown"), ("left_on", "left_on_unknown")]},
        )
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("party")

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else 2


@admin.register(Coalition)
class CoalitionAdmin(BulkActions, RecordAdmin):
    list_display = ["name", "members", "formalized", "framework_name", "budget", "evidence"]
    list_select_related = ["framework", "formalized_at"]
    list_filter = ["memberships__role"]
    search_fields = ["name", "official_name", "slug", "memberships__party__name"]
    search_help_text = "Search in names, address and members."
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MembershipInline, claims_inline("coalition")]
    evidence_parts = ["memberships__party"]
    part_rows = {"membership": "memberships"}
    fieldsets = [
        (
            None,
            {
                "description": f"Parties that support a recipient with one capability. Money that a member gives is "
                f"a pledge; it names this coalition only where a source says so. {UNKNOWN_HELP}",
                "fields": [
                    ("name", "slug"),
                    ("official_name", "official_name_unknown"),
                    ("framework", "framework_unknown"),
                    ("formalized_at", "formalized_at_unknown"),
                    ("aims", "aims_unknown"),
                ],
            },
        ),
        (
            "Leads and budget",
            {
                "description": "Leads are members with the role “lead”, below. The reason why there is none goes "
                "away by itself when you enter one.",
                "fields": ["leads_unknown", ("amount", "currency", "amount_unknown")],
            },
        ),
    ]

    @admin.display(description="members")
    def members(self, coalition):
        return sum(row.is_counted for row in coalition.memberships.all())

    @admin.display(description="formalized at")
    def formalized(self, coalition):
        return value_text(coalition, "formalized_at")

    @admin.display(description="framework", ordering="framework__name")
    def framework_name(self, coalition):
        return value_text(coalition, "framework")

    @admin.display(description="budget", ordering="amount")
    def budget(self, coalition):
        return amount_text(coalition)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        follow_claims(form.instance)
        follow_leads(form.instance)


@admin.register(Membership)
class MembershipAdmin(PartAdmin):
    list_display = ["party", "role", "coalition"]
    list_select_related = ["party", "coalition"]
    search_fields = ["party__name", "coalition__name"]
