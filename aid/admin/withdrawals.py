"""Withdrawing a record and bringing it back: a page each, with what it means for readers and a reason."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from aid import moments
from aid.actions.withdrawals import PUBLISH, reinstate_record, withdraw_record
from aid.admin.lines import use_lines
from aid.models.claims import SUBJECTS, Claim
from aid.models.records import Withdrawable
from aid.queries.public import Public, shown_from
from aid.queries.uses import uses

LONGEST_REASON = 2000


class ReasonForm(forms.Form):
    """Why a record is withdrawn, or brought back."""

    why = forms.CharField(
        max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})
    )

    def __init__(self, label, help_text, required, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["why"]
        field.label, field.help_text, field.error_messages["required"] = label, help_text, required


class KeptFilter(admin.SimpleListFilter):
    """What readers do not see of a list, for one of two reasons of its own."""

    title = "readers"
    parameter_name = "readers"

    def lookups(self, request, model_admin):
        return [("embargo", "Under embargo"), ("withdrawn", "Withdrawn")]

    def queryset(self, request, queryset):
        if self.value() == "embargo":
            return queryset.embargoed()
        return queryset.taken_back() if self.value() == "withdrawn" else queryset


class Withdrawals:
    """Mixin for the admin of each kind of record that can be withdrawn."""

    @property
    def can_be_withdrawn(self):
        return issubclass(self.model, Withdrawable)

    def get_list_filter(self, request):
        found = super().get_list_filter(request)
        return [*found, KeptFilter] if self.can_be_withdrawn else found

    def get_urls(self):
        if not self.can_be_withdrawn:
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        return [
            path("<str:object_id>/withdraw/", wrap(self.withdraw_view), name=f"{name}_withdraw"),
            path("<str:object_id>/reinstate/", wrap(self.reinstate_view), name=f"{name}_reinstate"),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and self.can_be_withdrawn:
            context["record_standing"] = standing_of(obj)
            context["record_tools"] = self._withdrawal_tools(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _withdrawal_tools(self, request, record):
        if not request.user.has_perm(PUBLISH):
            return []
        step, label = ("reinstate", "Reinstate") if record.withdrawn_at else ("withdraw", "Withdraw")
        return [(label, self._withdrawal_address(record, step))]

    def _withdrawal_address(self, record, step="change"):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{step}", args=[record.pk])

    # The pages

    def withdraw_view(self, request, object_id):
        return self._withdrawal_step(request, object_id, Withdrawing)

    def reinstate_view(self, request, object_id):
        return self._withdrawal_step(request, object_id, Reinstating)

    def _withdrawal_step(self, request, object_id, step):
        if not request.user.has_perm(PUBLISH) or not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        form = ReasonForm(*step.asked, data=request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                step.act(record, request.user, form.cleaned_data["why"])
            except ValidationError as error:
                form.add_error("why" if error.code == "reason" else None, error)
            else:
                messages.success(request, step.done.format(record=record))
                return HttpResponseRedirect(self._withdrawal_address(record))
        return self._withdrawal_page(request, record, step, form)

    def _withdrawal_page(self, request, record, step, form):
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{step.label} “{record}”",
            "record": record,
            "back": self._withdrawal_address(record),
            "step": step,
            "form": form,
            "is_refused": (record.withdrawn_at is None) == (step is Reinstating),
            "uses": use_lines(_naming(record)) if step is Withdrawing else [],
            "standing": standing_of(record),
        }
        return TemplateResponse(request, "admin/aid/withdrawal.html", context)


def _naming(record):
    """The Uses of a record by others. What is claimed of the record itself goes with it."""
    own = record._meta.model_name in SUBJECTS
    return [use for use in uses(record) if not (own and isinstance(use.rows[0], Claim))]


class Withdrawing:
    label, act = "Withdraw", staticmethod(withdraw_record)
    asked = (
        "Reason for readers",
        "It stands at the record's address in its place. A full sentence.",
        "Say why: readers are told it where the record stood.",
    )
    told = (
        "Readers find at its address that it was withdrawn, since when and why, and nothing else of it. It stands in "
        "no list, count, total or choice, and its figures in articles read “figure not available”. Records that name "
        "it stay, and may link to that page. It can be brought back."
    )
    refused = "It is withdrawn already."
    done = "“{record}” is withdrawn. Readers are told why at its address."


class Reinstating:
    label, act = "Reinstate", staticmethod(reinstate_record)
    asked = (
        "Reason",
        "It stands in the audit log. Readers do not see it.",
        "Say why: the reason stands in the audit log.",
    )
    told = "Readers get it back everywhere, as if it had never been away."
    refused = "It is not withdrawn."
    done = "“{record}” is back. Readers see it again."


def standing_of(record):
    """What readers get of a record, as a sentence; "" where they get it."""
    public = Public()
    if public.hides(record):
        until, own = shown_from(record), record.embargo_until
        because = "" if own and own > timezone.now() else ", because of what it names or rests on"
        return f"Readers do not see it before {moments.told(until)}{because}."
    if public.has_withdrawn(record):
        since = moments.told(record.withdrawn_at.replace(second=0, microsecond=0))
        return f"Withdrawn on {since}. Readers are told: {record.withdrawn_why}"
    return ""
