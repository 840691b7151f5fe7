"""Changes of many rows: what one would do to each is shown first, then it is done, and it can be taken back."""

import hashlib
import json

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from aid import moments
from aid.actions.bulk import ACTS, Outlook, carry_out, counted, outlook, outlook_of_undoing, undo_bulk_change
from aid.admin.base import PartAdmin, moment_text
from aid.admin.forms import KeyField, is_key
from aid.admin.moments import MomentField
from aid.models.bulk import BulkChange
from aid.queries.bulk import MOST_ROWS, kind_of
from aid.queries.desk import VERIFIED, accounts_for_articles
from aid.rules.breaches import mending_page

NOTHING = Outlook([], [], 0)
NEW = "aid_bulkchange_new"
UNDO = "aid_bulkchange_undo"
FILTERS = "_changelist_filters"


# What each act asks for


class ActForm(forms.Form):
    """An act that asks for nothing."""


class ReviewForm(ActForm):
    review_by = forms.DateField(
        label="Review by",
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="The day by which somebody looks whether it still holds. Empty: no day.",
        error_messages={"invalid": "Write the day as 2024-01-24."},
    )

    def clean_review_by(self):
        day = self.cleaned_data["review_by"]
        if day and day < timezone.localdate():
            raise ValidationError("This day has passed. Choose one that is to come.", code="past")
        return day


class EmbargoForm(ActForm):
    until = MomentField(
        label="Embargo until",
        required=False,
        help_text="Until then no reader sees it, nor anything that names it or rests on it. Empty: no embargo.",
    )

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until and until <= timezone.now():
            raise ValidationError("This moment has passed. Choose one that is to come.", code="past")
        return until


class WhyForm(ActForm):
    why = forms.CharField(
        label="Reason",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="It is added to the reasoning of each claim.",
        error_messages={"required": "Say why."},
    )


class ReaderWhyForm(WhyForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["why"].label = "Reason for readers"
        self.fields["why"].help_text = "It stands at the address of each article in its place. A full sentence."


class AssignForm(ActForm):
    to = KeyField(queryset=None, required=False, label="To", empty_label="Nobody", help_text="Due dates stay.")
    note = forms.CharField(required=False, max_length=500, label="Note", help_text="What there is to do.")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = accounts_for_articles()
        self.fields["note"].widget.attrs["class"] = "vTextField"


class DueForm(ActForm):
    due_at = MomentField(label="Due", required=False, help_text="Who has to do it stays. Empty: no due date.")

    def clean_due_at(self):
        due = self.cleaned_data["due_at"]
        if due and due <= timezone.now():
            raise ValidationError("This moment has passed. Choose one that is to come.", code="past")
        return due


FORMS = {
    "review-by": ReviewForm,
    "embargo": EmbargoForm,
    "verify": ActForm,
    "withdraw": WhyForm,
    "assign": AssignForm,
    "due": DueForm,
    "withdraw-articles": ReaderWhyForm,
}


# The list's actions


class BulkActions:
    """Mixin of a list: the acts for its kind of row, as actions that lead to the page that shows them first."""

    def get_actions(self, request):
        found = super().get_actions(request)
        if self.is_page(request, "changelist") and IS_POPUP_VAR not in request.GET:
            for act in acts_for(self.model):
                if request.user.has_perm(act.needs(self.model)):
                    found[act.name] = (_choose(act), act.name, act.label)
        return found


def acts_for(model):
    return [act for act in ACTS.values() if model._meta.model_name in act.kinds]


def _choose(act):
    def chosen(model_admin, request, queryset):
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_ROWS + 1])
        if len(keys) > MOST_ROWS:
            messages.error(
                request, f"Nothing was done: choose {MOST_ROWS} rows at most. Each of them is shown first."
            )
            return None
        query = QueryDict(mutable=True)
        query["rows"] = ".".join(map(str, keys))
        if request.GET:
            query[FILTERS] = request.GET.urlencode()
        address = reverse(f"admin:{NEW}", args=[model_admin.opts.model_name, act.name])
        return HttpResponseRedirect(f"{address}?{query.urlencode()}")

    return chosen


# The page of an act


class Sent:
    """What the page sends back of the rows that it showed: {number: (state, whether it could be done)}."""

    def __init__(self, data, keys):
        self.seen = {key: (data.get(f"state-{key}", ""), data.get(f"possible-{key}") == "1") for key in keys}
        self.values = data.get("shown", "")


def typed_values(form):
    """A fingerprint of the values of a form, so that none is done that was not shown."""
    values = {name: getattr(value, "pk", value) for name, value in form.cleaned_data.items()}
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def act_view(request, kind, name, model_admin):
    """Asks for what an act needs, shows what it would do to each row, and does it."""
    act, model = ACTS.get(name), _model(kind)
    if act is None or model is None or kind not in act.kinds:
        raise Http404("There is no such change.")
    if not request.user.has_perm(act.needs(model)) or not request.user.has_perm(f"aid.view_{kind}"):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    keys = _keys(request.GET.get("rows", ""))
    back = _list_address(model, request.GET.get(FILTERS, ""))
    if not keys:
        messages.error(request, "Nothing was done: no row was chosen. Choose some, then the action.")
        return HttpResponseRedirect(back)
    form_class = FORMS[name]
    form = form_class(request.POST if request.method == "POST" else None)
    if not form_class.base_fields:
        form = form_class({})
    if request.method == "POST" and "_do" in request.POST and form.is_valid():
        sent = Sent(request.POST, keys)
        if sent.values == typed_values(form):
            try:
                with transaction.atomic():
                    done, change = carry_out(act, model, sent.seen, request.user, form.cleaned_data)
                    _tell_forms(request, done, VERIFIED if name == "verify" else act.told(form.cleaned_data))
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
            else:
                _say(request, act.told(form.cleaned_data), model, done, change)
                return HttpResponseRedirect(back)
        else:
            messages.error(request, "Nothing is done yet: what you typed is not what was shown. See it below.")
    is_shown = form.is_bound and form.is_valid()
    ahead = outlook(act, model, keys, request.user, form.cleaned_data) if is_shown else NOTHING
    outcomes = ahead.outcomes
    possible = [found for found in outcomes if found.is_possible]
    context = {
        **model_admin.admin_site.each_context(request),
        "title": f"{act.label.removesuffix(' …')}: {counted(model, len(keys))}",
        "opts": model._meta,
        "act": act,
        "form": form,
        "back": back,
        "is_shown": is_shown,
        "values": typed_values(form) if is_shown else "",
        "all": outcomes,
        "possible": [_line(found) for found in possible],
        "refused": [_line(found) for found in outcomes if not found.is_possible],
        "gone": len(keys) - len(outcomes) if is_shown else 0,
        "lost": lost_text(ahead),
        "told": counted(model, len(possible)),
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/aid/bulk_change.html", context)


def lost_text(ahead):
    """What readers would lose by a change, as a sentence; "" for nothing."""
    if not ahead.count:
        return ""
    named = "; ".join(f"the {row._meta.verbose_name} “{row}”" for row in ahead.lost)
    more = f" and {ahead.count - len(ahead.lost):,} more" if ahead.count > len(ahead.lost) else ""
    return f"Readers have these now and would lose them, with what hangs on them: {named}{more}."


def _line(found):
    """One row of the page: its name and address, what changes, and for a claim what its source says."""
    passages = getattr(found.row, "_prefetched_objects_cache", {}).get("passages", ())
    source = found.row._state.fields_cache.get("source")
    return {
        "key": found.row.pk,
        "name": found.name,
        "url": mending_page(found.row),
        "told": found.told,
        "note": found.note,
        "refusal": found.refusal,
        "quotes": [passage.quote for passage in passages],
        "source": str(source) if source else "",
    }


def _tell_forms(request, done, told):
    """Notes who saved the rows last, for the forms that somebody has open on them."""
    LogEntry.objects.log_actions(request.user.pk, [found.row for found in done], CHANGE, change_message=told)


def _say(request, told, model, done, change):
    text = f"{told}: {counted(model, len(done))}."
    if change is None:
        messages.success(request, text)
        return
    address = reverse(f"admin:{UNDO}", args=[change.pk])
    messages.success(request, format_html('{} <a href="{}">Undo</a>', text, address))


def _model(kind):
    try:
        return kind_of(kind)
    except LookupError:
        return None


def _keys(written):
    keys = written.split(".") if written else []
    if len(keys) > MOST_ROWS or not all(is_key(key) for key in keys):
        raise Http404("These are no rows.")
    return sorted({int(key) for key in keys})


def _list_address(model, filters):
    address = reverse(f"admin:aid_{model._meta.model_name}_changelist")
    return f"{address}?{filters}" if filters else address


# What was changed, and taking it back


@admin.register(BulkChange)
class BulkChangeAdmin(PartAdmin):
    is_part = False
    list_display = ["what", "undone", "maker", "moment"]
    list_select_related = ["made_by", "undone_by"]
    search_fields = ["told", "made_by__username"]
    search_help_text = "Search in what was done and in who did it."
    sortable_by = ["moment"]
    view_on_site = False
    fields = readonly_fields = ["what", "maker", "moment", "undone", "key"]

    @admin.display(description="what was done", ordering="told")
    def what(self, change):
        return change.told

    @admin.display(description="by", ordering="made_by__username")
    def maker(self, change):
        return change.made_by

    @admin.display(description="when", ordering="made_at")
    def moment(self, change):
        return moment_text(change.made_at)

    @admin.display(description="undone")
    def undone(self, change):
        if change.undone_at:
            return f"by {change.undone_by}, {moment_text(change.undone_at)}"
        return format_html('<a href="{}">Undo</a>', reverse(f"admin:{UNDO}", args=[change.pk]))

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("new/<str:kind>/<slug:name>/", view(self.act_view), name=NEW),
            path("<str:object_id>/undo/", view(self.undo_view), name=UNDO),
            *super().get_urls(),
        ]

    def act_view(self, request, kind, name):
        return act_view(request, kind, name, self)

    def undo_view(self, request, object_id):
        """Shows what taking a change back would do to each row, and does it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        change = self.get_object(request, object_id) if is_key(object_id) else None
        act, model = (ACTS.get(change.action), _model(change.kind)) if change else (None, None)
        if act is None or model is None:
            raise Http404("There is no such change.")
        if not request.user.has_perm(act.needs(model)):
            raise PermissionDenied
        if request.method == "POST":
            shown = [int(key) for key in request.POST.getlist("row") if is_key(key)]
            try:
                with transaction.atomic():
                    done = undo_bulk_change(change, request.user, shown)
                    _tell_forms(request, done, f"Undone: {change.told}")
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
                change.refresh_from_db()
            else:
                messages.success(request, f"Undone: {change.told} {counted(model, len(done))} stand as before.")
                return HttpResponseRedirect(reverse("admin:aid_bulkchange_changelist"))
        ahead = NOTHING if change.undone_at else outlook_of_undoing(change, request.user)
        outcomes = ahead.outcomes
        possible = [found for found in outcomes if found.is_possible]
        context = {
            **self.admin_site.each_context(request),
            "title": f"Undo: {change.told}",
            "opts": self.opts,
            "change": change,
            "made": moments.told(change.made_at),
            "undone": f"by {change.undone_by} on {moments.told(change.undone_at)}" if change.undone_at else "",
            "possible": [_line(found) for found in possible],
            "refused": [_line(found) for found in outcomes if not found.is_possible],
            "gone": 0 if change.undone_at else len(change.after) - len(outcomes),
            "lost": lost_text(ahead),
            "told": counted(model, len(possible)),
        }
        return TemplateResponse(request, "admin/aid/bulk_undo.html", context)
