from django.contrib import admin, messages
from django.utils.html import format_html
from django.utils.text import Truncator

from aid.admin.base import UNKNOWN_HELP, RecordAdmin, date_text, value_text
from aid.admin.claim_rows import claims_inline
from aid.models.statements import Assertion, Statement
from aid.rules.speakers import HELD, NOT_HELD, UNKNOWN, office_then

# What the list says of the office, and how it looks.
OFFICE_WORDS = {HELD: ("yes", ""), UNKNOWN: ("not certain", "unknown"), NOT_HELD: ("no", "evidence unsupported")}

ABOUT = (
    "What it is about",
    {
        "description": "At most one of these; leave all empty for context.",
        "fields": ["pledge", "coalition", "agreement"],
    },
)


@admin.register(Statement)
class StatementAdmin(RecordAdmin):
    list_display = ["said", "form", "who", "day", "in_office", "evidence"]
    list_filter = ["form"]
    list_select_related = ["speaker", "party", "office__person", "office__party"]
    names_need = ["office__person", "office__party"]
    search_fields = ["text", "slug", "speaker__name", "party__name"]
    search_help_text = "Search in text, address, speaker and party."
    date_hierarchy = "said_on_earliest"
    inlines = [claims_inline("statement")]
    fieldsets = [
        (
            None,
            {
                "description": f"What a person or a party said. Only a direct quote holds the speaker's own words, "
                f"and it is written here without the marks. For anything else write your own summary, and never put "
                f"quotation marks in it. {UNKNOWN_HELP}",
                "fields": ["form", "text", "slug"],
            },
        ),
        (
            "Who said it, and when",
            {"fields": ["party", ("speaker", "speaker_unknown"), "office", ("said_on", "said_on_unknown")]},
        ),
        ABOUT,
    ]

    @admin.display(description="statement", ordering="text")
    def said(self, statement):
        return Truncator(statement.text).chars(90)

    @admin.display(description="speaker", ordering="speaker__name")
    def who(self, statement):
        """The speaker with the party spoken for; of an institution's statement the party alone."""
        speaker = value_text(statement, "speaker")
        return format_html("{}, for {}", speaker, statement.party) if statement.speaker else statement.party

    @admin.display(description="said", ordering="said_on_latest")
    def day(self, statement):
        return date_text(statement, "said_on")

    @admin.display(description="in office then")
    def in_office(self, statement):
        then = office_then(statement)
        if then is None:
            return "–"
        words, style = OFFICE_WORDS[then.state]
        return format_html('<span class="{}" title="{}">{}</span>', style, then.told, words)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        then = office_then(form.instance)
        if then is not None and then.state != HELD:
            messages.warning(request, f"{then.told} Readers are told so beside the statement.")


@admin.register(Assertion)
class AssertionAdmin(RecordAdmin):
    list_display = ["said", "kind", "whose", "day", "evidence"]
    list_filter = ["kind"]
    list_select_related = ["attributed_to", "pledge", "coalition", "agreement"]
    search_fields = ["text", "slug", "attributed_to__name"]
    search_help_text = "Search in text, address and attribution."
    date_hierarchy = "said_on_earliest"
    inlines = [claims_inline("assertion")]
    fieldsets = [
        (
            None,
            {
                "description": f"Context that a source gives and that is no fact of aid: an aim, background, "
                f"analysis. Your own summary, without quotation marks. It is shown with its badge and counted "
                f"nowhere. {UNKNOWN_HELP}",
                "fields": ["kind", "text", "slug"],
            },
        ),
        (
            "Whose it is, and when",
            {"fields": [("attributed_to", "attributed_to_unknown"), ("said_on", "said_on_unknown")]},
        ),
        ABOUT,
    ]

    @admin.display(description="assertion", ordering="text")
    def said(self, assertion):
        return Truncator(assertion.text).chars(90)

    @admin.display(description="attributed to", ordering="attributed_to__name")
    def whose(self, assertion):
        return value_text(assertion, "attributed_to")

    @admin.display(description="said", ordering="said_on_latest")
    def day(self, assertion):
        return date_text(assertion, "said_on")
