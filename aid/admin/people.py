from django.contrib import admin

from aid.admin.base import UNKNOWN_HELP, DeskAdmin, RecordAdmin, RowInline, date_text, warn
from aid.admin.claim_rows import claims_inline
from aid.admin.published import AsksFirst
from aid.models.people import Office, Person

OFFICE_FIELDS = ["title", "party", ("held_from", "held_from_unknown"), ("held_until", "held_until_unknown")]


class OfficeInline(RowInline):
    model = Office
    show_change_link = True
    fieldsets = [(None, {"fields": OFFICE_FIELDS})]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person", "party")


@admin.register(Person)
class PersonAdmin(AsksFirst, DeskAdmin):
    list_display = ["name", "held"]
    search_fields = ["name", "slug", "offices__title"]
    search_help_text = "Search in name, address and offices."
    prepopulated_fields = {"slug": ["name"]}
    inlines = [OfficeInline]
    fieldsets = [
        (
            None,
            {
                "description": "Somebody whom a source names. What the person said goes into statements. The claims "
                "for an office stand on the office's own page: follow “Change” beside it.",
                "fields": [("name", "slug")],
            },
        )
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("offices__party")

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for office in form.instance.offices.all():
            warn(request, office)

    @admin.display(description="offices")
    def held(self, person):
        return "; ".join(f"{office.title}, {office.party}" for office in person.offices.all()) or "–"


@admin.register(Office)
class OfficeAdmin(RecordAdmin):
    list_display = ["title", "person", "party", "from_day", "until_day", "evidence"]
    list_select_related = ["person", "party"]
    list_filter = ["party__kind"]
    search_fields = ["title", "person__name", "party__name"]
    search_help_text = "Search in title, person and party."
    inlines = [claims_inline("office")]
    fieldsets = [
        (
            None,
            {
                "description": f"One person's time in one office. {UNKNOWN_HELP} For an office that is still held, "
                f"the last day “does not apply”.",
                "fields": ["person", *OFFICE_FIELDS],
            },
        )
    ]

    @admin.display(description="from", ordering="held_from_earliest")
    def from_day(self, office):
        return date_text(office, "held_from")

    @admin.display(description="until", ordering="held_until_latest")
    def until_day(self, office):
        return date_text(office, "held_until")
