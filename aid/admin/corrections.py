from django.contrib import admin
from django.db.models import Prefetch
from django.utils.text import Truncator

from aid.admin.base import DeskAdmin, moment_text
from aid.models.articles import Article
from aid.models.claims import SUBJECTS
from aid.models.corrections import Correction


@admin.register(Correction)
class CorrectionAdmin(DeskAdmin):
    list_display = ["told", "kind", "about", "decided_at", "decided_by"]
    list_filter = ["kind"]
    names_need = ["office__person", "office__party", "statement__speaker", "statement__party"]
    list_select_related = ["decided_by", *SUBJECTS, *names_need]
    search_fields = ["note", "was", "now", "key"]
    search_help_text = "Search in note, was, now and key."
    date_hierarchy = "decided_at"
    readonly_fields = ["decided"]
    fieldsets = [
        (
            None,
            {
                "description": "Something that readers have seen was wrong or has changed. A correction mends an "
                "error, a clarification says it better, an update brings it up to date, a retraction takes it back. "
                "It stays on the public page for good as it is; what is wrong in it is answered by another one.",
                "fields": ["kind", "note", ("was", "now"), "decided"],
            },
        ),
        (
            "What it is about",
            {"description": "Exactly one article or one record.", "fields": ["article", *SUBJECTS]},
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related(Prefetch("article", Article.objects.with_edition()))

    @admin.display(description="public note", ordering="note")
    def told(self, correction):
        return Truncator(correction.note).chars(90)

    @admin.display(description="about")
    def about(self, correction):
        return Truncator(str(correction.article or correction.subject)).chars(60)

    @admin.display(description="decided")
    def decided(self, correction):
        if correction.pk is None:
            return "By you, when you save."
        by = f"By {correction.decided_by}, on" if correction.decided_by else "On"
        return f"{by} {moment_text(correction.decided_at)}"

    def save_model(self, request, obj, form, change):
        obj.decided_by = request.user
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request, obj=None):
        """What readers were told stays told; a wrong correction is answered by another one."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False
