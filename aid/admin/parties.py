from django.contrib import admin

from aid.admin.base import RecordAdmin
from aid.admin.claim_rows import claims_inline
from aid.admin.merging import Merging
from aid.models.parties import Party


@admin.register(Party)
class PartyAdmin(Merging, RecordAdmin):
    list_display = ["name", "kind", "iso_alpha2", "parent", "evidence"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["name", "official_name", "aliases", "iso_alpha2", "slug"]
    search_help_text = "Search in names, other names, ISO code and address."
    prepopulated_fields = {"slug": ["name"]}
    inlines = [claims_inline("party")]
    fieldsets = [
        (
            None,
            {
                "description": "One actor: a state, a ministry, an armed force, an organisation. Donor, recipient "
                "and member are roles that it has in other records. Look for it before you add it: a party that "
                "stands here twice splits its totals.",
                "fields": ["kind", ("name", "slug"), "official_name", "aliases"],
            },
        ),
        (
            "Where it belongs",
            {
                "description": "Each of these two needs a claim below.",
                "fields": [("iso_alpha2", "parent")],
            },
        ),
    ]
