from django.contrib import admin

from aid.admin.base import UNKNOWN_HELP, RecordAdmin, date_text, value_text
from aid.admin.bulk import BulkActions
from aid.admin.claim_rows import claims_inline
from aid.models.events import Event


@admin.register(Event)
class EventAdmin(BulkActions, RecordAdmin):
    list_display = ["title", "kind", "day", "where", "evidence"]
    list_filter = ["kind"]
    list_select_related = ["series", "host"]
    search_fields = ["title", "place", "slug", "series__name"]
    search_help_text = "Search in title, place, address and series."
    date_hierarchy = "starts_on_earliest"
    prepopulated_fields = {"slug": ["title"]}
    inlines = [claims_inline("event")]
    fieldsets = [
        (
            None,
            {
                "description": f"A meeting, a signing or an announcement. {UNKNOWN_HELP}",
                "fields": [("title", "slug"), "kind", ("series", "series_unknown")],
            },
        ),
        (
            "When and where",
            {
                "description": "Write a date as the source has it: 2024-01-24, 2024-01, 2024?-01-24 (year uncertain) "
                "or XXXX-01-24 (year not stated).",
                "fields": [
                    ("starts_on", "starts_on_unknown"),
                    ("ends_on", "ends_on_unknown"),
                    ("place", "place_unknown"),
                    ("host", "host_unknown"),
                ],
            },
        ),
    ]

    @admin.display(description="date", ordering="starts_on_latest")
    def day(self, event):
        return date_text(event, "starts_on")

    @admin.display(description="place", ordering="place")
    def where(self, event):
        return value_text(event, "place")
