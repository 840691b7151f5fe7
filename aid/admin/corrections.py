from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from aid.actions.corrections import RETRACT, STANDING, correct, is_retracted
from aid.admin.base import DeskAdmin, moment_text
from aid.admin.forms import DeskForm
from aid.admin.published import KIND_HELP, TellingForm
from aid.admin.reported import end_with, offer_reports, report_to_end
from aid.choices import CorrectionKind
from aid.models.articles import Article
from aid.models.corrections import CORRECTED, Correction
from aid.queries.affected import Showing
from aid.queries.seen import was_before_readers
from aid.rules.corrections import Answer, reasons_against

ABOUT = ("article", *CORRECTED)
# As in the question that a form asks.
TELLING = {name: TellingForm.base_fields[name].label for name in ("note", "was", "now")}
KINDS = [(kind.value, f"{kind.label}: {KIND_HELP[kind]}") for kind in CorrectionKind]


class CorrectionForm(DeskForm):
    """A note for readers that no form asked for: about one thing that they have before them."""

    kind = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[(kind.value, f"{kind.label}: {KIND_HELP[kind]}") for kind in CorrectionKind],
    )
    on_articles = forms.BooleanField(
        required=False,
        label="Also on each live article that shows the record",
        help_text="Only for a record, and only where these articles showed what was wrong.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in TELLING.keys() & self.fields.keys():
            self.fields[name].label = TELLING[name]
            self.fields[name].widget.attrs["rows"] = 4

    def clean(self):
        cleaned = super().clean()
        named = [name for name in ABOUT if cleaned.get(name)]
        if set(ABOUT) & set(self.errors):
            return cleaned
        if len(named) != 1:
            self.add_error(
                None,
                ValidationError(
                    "Name exactly one article or one record that it is about. Its own page has the link that fills "
                    "this in: “Add a note for readers”.",
                    code="subject",
                ),
            )
            return cleaned
        self.subject = cleaned[named[0]]
        self._check_subject(named[0])
        self._check_answer(cleaned)
        return cleaned

    def _check_subject(self, name):
        if not was_before_readers(self.subject):
            self.add_error(
                name,
                ValidationError(
                    "No reader has had this before them, so there is nothing to tell. Change it, and publish it when "
                    "it is right.",
                    code="unseen",
                ),
            )

    def _check_answer(self, cleaned):
        for reason in reasons_against(self.answer, is_retracted(self.subject)):
            if reason.field not in self.errors:
                self.add_error(reason.field, ValidationError(reason.message, code=reason.code))
        is_article = isinstance(self.subject, Article)
        if is_article and cleaned.get("kind") in STANDING and not self.user.has_perm(RETRACT):
            self.add_error(
                "kind", ValidationError("Only a publisher retracts an article. Ask one.", code="publisher")
            )

    @property
    def answer(self):
        return Answer(*(self.cleaned_data.get(name, "") for name in ("kind", "note", "was", "now")))

    def _post_clean(self):
        # The one sentence about what it is about is enough.
        if not self.has_error(NON_FIELD_ERRORS, "subject"):
            super()._post_clean()


@admin.register(Correction)
class CorrectionAdmin(DeskAdmin):
    form = CorrectionForm
    list_display = ["told", "kind", "about", "decided_at", "decided_by"]
    list_filter = ["kind"]
    names_need = ["office__person", "office__party", "statement__speaker", "statement__party"]
    list_select_related = ["decided_by", *CORRECTED, *names_need]
    search_fields = ["note", "was", "now", "key"]
    search_help_text = "Search in note, was, now and key."
    date_hierarchy = "decided_at"
    readonly_fields = ["stands_on", "decided"]

    def get_fieldsets(self, request, obj=None):
        told = ["kind", "note", ("was", "now"), *(["stands_on", "decided"] if obj else [])]
        # The link on a page says what it is about; then nothing else is asked for.
        about = next(([name] for name in ABOUT if request.GET.get(name)), ABOUT)
        about = ABOUT if obj else [*about, *(["on_articles"] if about != ["article"] else [])]
        return [
            (
                None,
                {
                    "description": "What readers are told of something that they had before them. A change made in a "
                    "form is told from there: this page is for what no form asked about, and for retracting an "
                    "article. It stays on the public pages for good as it is; what is wrong in it is answered by "
                    f"another one.{ended_with(request)}",
                    "fields": told,
                },
            ),
            ("What it is about", {"description": "Exactly one article or one record.", "fields": about}),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.user = request.user
        return form

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related(Prefetch("article", Article.objects.with_edition()))

    @admin.display(description="public note", ordering="note")
    def told(self, correction):
        return Truncator(correction.note).chars(90)

    @admin.display(description="about")
    def about(self, correction):
        return Truncator(str(correction.article or correction.subject)).chars(60)

    @admin.display(description="stands on")
    def stands_on(self, correction):
        articles = [str(article) for article in correction.affected.with_edition()]
        return "; ".join(["its own page", *(f"“{article}”" for article in articles)])

    @admin.display(description="decided")
    def decided(self, correction):
        by = f"By {correction.decided_by}, on" if correction.decided_by else "On"
        begins = "; readers see it from then on" if correction.decided_at > timezone.now() else ""
        return f"{by} {moment_text(correction.decided_at)}{begins}"

    def save_model(self, request, obj, form, change):
        showing = Showing(form.subject).articles if form.cleaned_data["on_articles"] else []
        affected = [found.article for found in showing if found.is_live]
        obj.__dict__.update(correct(form.subject, request.user, form.answer, affected=affected).__dict__)
        if report := report_to_end(request):
            end_with(request, report, obj)
        offer_reports(request, form.subject)

    def response_add(self, request, obj, post_url_continue=None):
        # Who came from a report goes back to the reports.
        if "report" in request.GET and "_addanother" not in request.POST and "_continue" not in request.POST:
            return HttpResponseRedirect(f"{reverse('admin:aid_report_changelist')}?state=open")
        return super().response_add(request, obj, post_url_continue)

    def log_addition(self, request, obj, message):
        # The action has written what was done into the log of what it is about.
        obj.is_logged = True
        return super().log_addition(request, obj, message)

    def has_change_permission(self, request, obj=None):
        """What readers were told stays told; a wrong correction is answered by another one."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False


def ended_with(request):
    """What saving does besides, where the page was opened from a report."""
    report = report_to_end(request)
    return f" Saving it ends report {report.pk}, whose reader is led to the note." if report else ""


# The link on an article's page


def urls(model_admin):
    return []


def tools(request, article):
    if not request.user.has_perm("aid.add_correction") or not was_before_readers(article):
        return []
    return [("Add a note for readers", f"{reverse('admin:aid_correction_add')}?article={article.pk}")]
