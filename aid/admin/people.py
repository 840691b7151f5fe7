from django.contrib import admin, messages
from django.utils.text import Truncator

from aid.admin.base import UNKNOWN_HELP, DeskAdmin, RecordAdmin, RowInline, date_text, warn
from aid.admin.claim_rows import claims_inline
from aid.admin.published import AsksFirst
from aid.models.people import Office, Person
from aid.queries.readings import plural
from aid.rules.speakers import statements_outside

OFFICE_FIELDS = ["title", "party", ("held_from", "held_from_unknown"), ("held_until", "held_until_unknown")]


class OfficeInline(RowInline):
    model = Office
    show_change_link = True
    fieldsets = [(None, {"fields": OFFICE_FIELDS})]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person", "party")


def warn_of_statements(request, office):
    """Says which statements were made, by their dates, when the office was not held."""
    found = statements_outside(office)
    if found:
        (statement, then), more = found[0], len(found) - 1
        others = f" So it is with {plural(more, 'more statement')}." if more else ""
        messages.warning(
            request,
            f"“{Truncator(statement.text).chars(60)}”: {then.told} Readers are told so. Correct the day, or the "
            f"office.{others}",
        )


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
            warn_of_statements(request, office)

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

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        warn_of_statements(request, form.instance)

    @admin.display(description="from", ordering="held_from_earliest")
    def from_day(self, office):
        return date_text(office, "held_from")

    @admin.display(description="until", ordering="held_until_latest")
    def until_day(self, office):
        return date_text(office, "held_until")
