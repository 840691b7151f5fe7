"""The audit log: a list to ask, an entry to read, a file to keep. Nothing in it is ever changed."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed, HttpResponseRedirect, StreamingHttpResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from aid.actions.log import log
from aid.admin.base import DeskChangeList, PartAdmin, moment_text
from aid.choices import AuditAction
from aid.exchange import audit_log
from aid.exchange.tables import csv_lines, json_lines
from aid.models.audit import AuditEntry
from aid.queries.audit import kind_label, kinds, matching, still_there, up_to

FORMATS = {
    "csv": ("CSV", "text/csv; charset=utf-8", csv_lines),
    "jsonl": ("JSON lines", "application/jsonl; charset=utf-8", json_lines),
}
ACCOUNTS_OFFERED = 500


def kind_choices():
    labels = {kind: kind_label(kind) for kind in kinds()}
    return [("", "any"), *sorted(labels.items(), key=lambda pair: pair[1])]


def account_choices():
    accounts = User.objects.order_by("username").values_list("pk", "username")
    return [("", "anybody"), *accounts[:ACCOUNTS_OFFERED]]


class AuditQuestion(forms.Form):
    """What the log is asked for. Each field can stay empty."""

    who = forms.TypedChoiceField(choices=account_choices, coerce=int, required=False)
    did = forms.ChoiceField(label="What was done", choices=[("", "anything"), *AuditAction.choices], required=False)
    kind = forms.ChoiceField(label="Kind of row", choices=kind_choices, required=False)
    since = forms.DateField(label="From", required=False)
    until = forms.DateField(label="To, and on that day", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("who", "did", "kind"):
            self.fields[name].error_messages["invalid_choice"] = "This is not in the list. Choose from it."
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            self.fields[name].error_messages["invalid"] = "Write the day as 2024-01-24."

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "This day is before the first one.")
        # The day after the last one is none.
        if until and until.year == 9999:
            self.add_error("until", "Choose a day before the year 9999.")
        return cleaned

    def told(self):
        """ "What was done: Login; From: 2024-01-24" """
        given = [name for name in self.fields if self.cleaned_data.get(name)]
        return "; ".join(f"{self[name].label}: {self._shown(name)}" for name in given)

    def _shown(self, name):
        choices = dict(getattr(self.fields[name], "choices", ()))
        value = self.cleaned_data[name]
        return choices.get(value, value)


class QuestionFilter(admin.ListFilter):
    """The five fields in one form, instead of five long lists of links."""

    title = "these"
    template = "admin/aid/audit_filter.html"

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        given = {name: params.pop(name)[-1] for name in self.expected_parameters() if name in params}
        self.form = AuditQuestion(given)

    def expected_parameters(self):
        return list(AuditQuestion.base_fields)

    def has_output(self):
        return True

    def choices(self, changelist):
        others = [(name, value) for name, value in changelist.params.items() if name not in self.form.fields]
        others = [pair for pair in others if pair[0] != PAGE_VAR]
        return [{"form": self.form, "others": others, "zone": timezone.get_current_timezone_name()}]

    def queryset(self, request, queryset):
        # A question that was not understood is not answered with everything.
        return matching(queryset, **self.form.cleaned_data) if self.form.is_valid() else queryset.none()


class AuditChangeList(DeskChangeList):
    """A page of the log, each entry with the address of its row where that still exists."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        there = still_there(self.result_list)
        for entry in self.result_list:
            entry.row_url = row_url(request, entry) if (entry.kind, entry.number) in there else ""


def row_url(request, entry):
    """The address of the row's own page on the desk; "" where it has none, or none for this account."""
    model = kinds().get(entry.kind)
    shown = admin.site._registry.get(model)
    if shown is None or not shown.has_view_permission(request):
        return ""
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[entry.number])
    except NoReverseMatch:
        return ""


@admin.register(AuditEntry)
class AuditAdmin(PartAdmin):
    is_part = False
    change_list_template = "admin/aid/audit_list.html"
    list_display = ["moment", "who", "done", "row", "told"]
    list_display_links = ["moment"]
    list_filter = [QuestionFilter]
    search_fields = ["name", "message", "why", "username"]
    search_help_text = "Search in the row's name, what was done, the reason and the account."
    sortable_by = ["moment"]
    show_facets = admin.ShowFacets.NEVER
    ordering = ["-at", "-pk"]
    view_on_site = False
    fields = readonly_fields = ["moment", "who", "done", "row", "message", "why", "changed", "key"]

    def get_changelist(self, request, **kwargs):
        return AuditChangeList

    def get_object(self, request, object_id, from_field=None):
        entry = super().get_object(request, object_id, from_field)
        if entry is not None:
            entry.row_url = row_url(request, entry) if still_there([entry]) else ""
        return entry

    @admin.display(description="when", ordering="at")
    def moment(self, entry):
        return moment_text(entry.at)

    @admin.display(description="who")
    def who(self, entry):
        if entry.user_id:
            return entry.username
        if entry.username:
            return format_html('“{}” <span class="note">not signed in</span>', entry.username)
        return format_html('<span class="note">{}</span>', "no account: a command")

    @admin.display(description="what")
    def done(self, entry):
        return entry.get_action_display()

    @admin.display(description="row")
    def row(self, entry):
        if not entry.kind:
            return "–"
        name = entry.name or str(entry.number)
        shown = format_html('<a href="{}">{}</a>', entry.row_url, name) if entry.row_url else name
        return format_html('<span class="note">{}</span> {}', kind_label(entry.kind), shown)

    @admin.display(description="details")
    def told(self, entry):
        reason = format_html(' <span class="note">Reason: {}</span>', entry.why) if entry.why else ""
        return format_html("{}{}", entry.message, reason)

    @admin.display(description="changes")
    def changed(self, entry):
        if not entry.changes:
            return "–"
        rows = format_html_join(
            "",
            '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>',
            ((field, was or "–", now or "–") for field, was, now in entry.changes),
        )
        return format_html(
            '<div class="scroll"><table class="changes"><thead><tr><th scope="col">{}</th><th scope="col">{}</th>'
            '<th scope="col">{}</th></tr></thead><tbody>{}</tbody></table></div>',
            *("Field", "was", "is"),
            rows,
        )

    # The file

    def get_urls(self):
        return [
            path("export/", self.admin_site.admin_view(self.export), name="aid_auditentry_export"),
            *super().get_urls(),
        ]

    def has_export_permission(self, request):
        return request.user.has_perm("aid.export_auditentry") and self.has_view_permission(request)

    def changelist_view(self, request, extra_context=None):
        context = {"may_export": self.has_export_permission(request), "formats": FORMATS}
        response = super().changelist_view(request, {**context, **(extra_context or {})})
        listed = getattr(response, "context_data", {}).get("cl")
        if listed and listed.filter_specs[0].form.errors:
            messages.error(request, "Nothing is listed: see below “Filter” what was not understood.")
        return response

    def export(self, request):
        """The entries that the list shows, all pages of them, as a file. Each export is an entry itself."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        back = HttpResponseRedirect(
            f"{reverse('admin:aid_auditentry_changelist')}?{request.META.get('QUERY_STRING', '')}"
        )
        try:
            listed = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            listed = None
        form = listed.filter_specs[0].form if listed else None
        if form is None or not form.is_valid() or request.POST.get("format") not in FORMATS:
            messages.error(request, "Nothing was exported: the list was asked for what it does not understand.")
            return back
        name, content_type, lines = FORMATS[request.POST["format"]]
        if not listed.result_count:
            messages.error(request, "Nothing was exported: no entry fits what was asked for.")
            return back
        entries = up_to(listed.queryset, AuditEntry.objects.latest("pk")).order_by(*self.ordering)
        asked = "; ".join(
            part for part in (form.told(), f"Text: {listed.query}" if listed.query else "") if part
        )  # fmt: skip
        told = f"{listed.result_count:,} entries of the audit log as {name}. {asked or 'All of it.'}"
        log(AuditAction.EXPORTED, request.user, message=told)
        rows = audit_log.rows(entries, as_text=name == "CSV")
        response = StreamingHttpResponse(lines(audit_log.COLUMNS, rows), content_type=content_type)
        ending, day = request.POST["format"], timezone.localdate()
        response["Content-Disposition"] = f'attachment; filename="audit-log-{day:%Y-%m-%d}.{ending}"'
        response["Cache-Control"] = "no-store"
        return response
