"""What readers report: the queue, and the page on which one is read beside its claim and ended."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.timesince import timesince

from aid.actions.reports import DECIDE, end_report, forget_address, take_up
from aid.admin.base import DeskAdmin, day_text, moment_text
from aid.admin.forms import is_key
from aid.admin.reported import page_of
from aid.choices import ReportState
from aid.models.articles import Article
from aid.models.corrections import CORRECTED, Correction
from aid.models.reports import LONGEST_REASON, Report
from aid.queries.public import Public
from aid.queries.reports import (
    accounts_for_reports,
    claims_of,
    corrections_for,
    desk_subject,
    for_desk,
    name_of,
    others_on,
    repeatable,
    report_counts,
    reports_in,
)
from aid.rules.breaches import mending_page
from aid.rules.reports import End, ends_of

LIST = "admin:aid_report_changelist"
STANDINGS = [("open", "Open"), ("late", "Open for more than 3 days"), *ReportState.choices]
ABOUT = [("claim", "A claim"), ("article", "An article"), ("site", "The site")]


# The queue


class StandingFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return STANDINGS

    def queryset(self, request, queryset):
        return reports_in(queryset, self.value()) if self.value() else queryset


class AboutFilter(admin.SimpleListFilter):
    title = "what it is about"
    parameter_name = "about"

    def lookups(self, request, model_admin):
        return ABOUT

    def queryset(self, request, queryset):
        return reports_in(queryset, self.value()) if self.value() else queryset


@admin.register(Report)
class ReportAdmin(DeskAdmin):
    """Reports are read and ended here; nobody types one, changes one or deletes one."""

    list_display = ["about", "of_claim", "age", "standing", "assigned_to"]
    list_display_links = ["about"]
    list_filter = [StandingFilter, AboutFilter, ("assigned_to", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["message", "claim_key", "article__slug", "reference"]
    search_help_text = "Search in what was written, in claims’ keys, articles’ addresses and references."
    sortable_by = ["age"]
    ordering = ["received_at", "pk"]
    view_on_site = False

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        return for_desk(queryset) if self.is_page(request, "changelist") else queryset

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        # What the claims are called: one query for the page.
        request.claims_of_reports = self.claims = claims_of(changelist.result_list)
        for report in changelist.result_list:
            report.told = name_of(report, self.claims)
        return changelist

    def changelist_view(self, request, extra_context=None):
        counts = report_counts(timezone.now())
        if counts.received:
            by_state = counts.by_state
            told = (
                f"Since {day_text(counts.since)}: {counts.received} received, {by_state['corrected']} ended as a "
                f"correction, {by_state['refused']} without a change, {by_state['answered']} answered, "
                f"{by_state['duplicate']} duplicates, {counts.open} open. Readers are told the same numbers."
            )
        else:
            told = "No report has come so far."
        return super().changelist_view(request, {"subtitle": told, **(extra_context or {})})

    @admin.display(description="about")
    def about(self, report):
        return Truncator(report.told).chars(90)

    @admin.display(description="claim or article")
    def of_claim(self, report):
        return report.claim_key or (report.article.slug if report.article else "–")

    @admin.display(description="age", ordering="received_at")
    def age(self, report):
        return age_of(report)

    @admin.display(description="state", ordering="state")
    def standing(self, report):
        return report.get_state_display()

    # One report

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if request.method == "POST" and not request.user.has_perm(DECIDE):
            raise PermissionDenied
        object_id = unquote(object_id)
        report = self.get_object(request, object_id) if is_key(object_id) else None
        if report is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        subject = desk_subject(report)
        offered = _Offered(report, subject)
        step, sent = request.POST.get("step"), request.POST if request.method == "POST" else None
        assign = AssignForm(sent if step == "assign" else None, initial={"to": report.assigned_to or request.user})
        end = EndForm(report, offered, sent if step == "end" else None, initial=offered.likely)
        if sent is not None and (done := self._done(request, report, step, assign, end)):
            return done
        return self._page(request, report, subject, offered, assign, end)

    def _done(self, request, report, step, assign, end):
        """Takes a step and leads on; None where what was sent does not suffice."""
        try:
            if step == "assign" and assign.is_valid():
                take_up(report, request.user, assign.cleaned_data["to"])
                to = assign.cleaned_data["to"]
                messages.success(request, f"Assigned to {to}. Its reader is told that somebody looks at it.")
                return HttpResponseRedirect(page_of(report))
            if step == "end" and end.is_valid():
                end_report(report, request.user, end.answer)
                messages.success(request, "The report is ended. Its reader finds the outcome at its address.")
                return HttpResponseRedirect(f"{reverse(LIST)}?state=open")
            if step == "forget":
                was = forget_address(report, request.user)
                messages.success(request, "The address is deleted." if was else "There was no address.")
                return HttpResponseRedirect(page_of(report))
        except ValidationError as error:
            end.take(error)
        return None

    def _page(self, request, report, subject, offered, assign, end):
        request.current_app = self.admin_site.name
        may_decide = request.user.has_perm(DECIDE)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Report on: {name_of(report, claims_of([report]))}",
            "report": report,
            "age": age_of(report),
            "subject": subject,
            "hidden": hidden_text(subject),
            "others": others_on(report),
            "offered": offered,
            "assign": assign,
            "end": end,
            "may_decide": may_decide,
            "email": report.email if may_decide else "",
            "mend_at": mend_at(subject),
            "correct_at": correct_at(report, subject) if may_decide else "",
            "media": self.media,
        }
        return TemplateResponse(request, "admin/aid/report.html", context)


def age_of(report):
    """ "3 days" for one that waits, or when it ended."""
    return f"{timesince(report.received_at, depth=1)}" if report.is_open else f"ended {day_text(report.ended_at)}"


def hidden_text(subject):
    """What readers cannot see of what a report is about, as a sentence; "" where they have it."""
    if subject is None or subject.record is None:
        return ""
    public = Public()
    if public.hides(subject.record):
        return "It is under embargo: the reader is told nothing of it."
    if public.has_withdrawn(subject.record):
        return "The record was withdrawn since; readers find the reason at its address."
    return ""


def mend_at(subject):
    """The form in which what a report is about is mended; "" for the site itself and what is gone."""
    row = subject and (subject.record or subject.article)
    return mending_page(row) if row else ""


def correct_at(report, subject):
    """Where a note for readers is written that ends the report; "" where there is nothing that it could be about."""
    if subject is None or not (subject.claim or subject.article):
        return ""
    row = subject.record or subject.article
    column = "article" if isinstance(row, Article) else _column(row)
    return f"{reverse('admin:aid_correction_add')}?{column}={row.pk}&report={report.pk}"


def _column(record):
    return next(name for name, model in CORRECTED.items() if model == record._meta.label)


class _Offered:
    """What a report can be ended with: corrections that readers have, and reports that it may repeat."""

    def __init__(self, report, subject):
        self.corrections = corrections_for(report, subject.record if subject else None)
        self.since = [row for row in self.corrections[:1] if row.decided_at >= report.received_at]
        self.repeatable = repeatable(report)

    @property
    def likely(self):
        """What the form begins with: the correction that was made since the report came."""
        return {"state": ReportState.CORRECTED, "correction": self.since[0].pk} if self.since else {}


# The forms


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(None, label="Who looks at it", empty_label=None)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="id_assign_%s", **kwargs)
        self.fields["to"].queryset = accounts_for_reports()


class CorrectionField(forms.ModelChoiceField):
    def label_from_instance(self, correction):
        about = Truncator(str(correction.article or correction.subject)).chars(50)
        note = Truncator(correction.note).chars(90)
        return f"{day_text(correction.decided_at)}, {about}: {note}"


class RepeatedField(forms.ModelChoiceField):
    def label_from_instance(self, report):
        return f"{report.pk}: {moment_text(report.received_at)}, {report.get_state_display().lower()}"


class EndForm(forms.Form):
    """How a report ends, and what its reader is told."""

    state = forms.ChoiceField(
        label="How it ends", widget=forms.RadioSelect, error_messages={"required": "Choose how it ends."}
    )
    correction = CorrectionField(
        Correction.objects.none(),
        label="The correction",
        required=False,
        empty_label="None yet",
        help_text="Only for a correction. What readers were told of this since the report came stands first.",
    )
    duplicate_of = RepeatedField(
        Report.objects.none(),
        label="The report that it repeats",
        required=False,
        empty_label="None",
        help_text="Only for a duplicate. Its reader is told what becomes of that one.",
    )
    reason = forms.CharField(
        label="Reason for the reader",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        help_text="Full sentences: what was looked at, and why nothing is changed. Whoever reported the same reads "
        "it too, so name nobody. Besides a correction it may be left empty.",
    )

    def __init__(self, report, offered, *args, **kwargs):
        super().__init__(*args, auto_id="id_end_%s", **kwargs)
        labels = {
            ReportState.CORRECTED: "As a correction",
            ReportState.REFUSED: "Without a change, with a reason",
            ReportState.DUPLICATE: "As a duplicate of another report",
            ReportState.ANSWERED: "With an answer",
        }
        self.fields["state"].choices = [(state.value, labels[state]) for state in ends_of(report)]
        self.fields["correction"].queryset = offered.corrections
        self.fields["duplicate_of"].queryset = offered.repeatable
        if ReportState.CORRECTED not in ends_of(report):
            del self.fields["correction"]

    @property
    def answer(self):
        typed = self.cleaned_data
        return End(typed["state"], typed["reason"], typed.get("correction"), typed["duplicate_of"])

    def take(self, error):
        """Shows what speaks against the end, each reason at its field."""
        told = error.error_dict if hasattr(error, "error_dict") else {None: error.error_list}
        for name, errors in told.items():
            for one in errors:
                self.add_error(name if name in self.fields else None, one)
