"""The history of a record on the desk: who changed what, when and why; two saves compared; and restoring one."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import dateformat, timezone

from aid.actions.history import LONGEST_REASON, restore_record
from aid.admin.published import Unanswered
from aid.queries.changes import Changes
from aid.queries.history import History, record_of_part
from aid.queries.uses import articles_that_name

SAVES_SHOWN = 20


class RestoreForm(forms.Form):
    """Which save to go back to, and why. `fingerprint` is that of the record as the page shows it."""

    number = forms.IntegerField(min_value=1, max_value=10**9, widget=forms.HiddenInput)
    fingerprint = forms.CharField(max_length=64, widget=forms.HiddenInput)
    why = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text="For the history. Readers do not see it.",
        error_messages={"required": "Say why: the reason stands in the history."},
    )


class ReasonField(forms.CharField):
    """Why somebody saves. Typing nothing but this changes nothing."""

    def has_changed(self, initial, data):
        return False


class Reasoned(forms.ModelForm):
    """Mixin: a form that asks for the reason of a change."""

    why = ReasonField(
        label="Reason for the change",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text="For the history: what you changed, and why. Readers do not see it.",
    )


class RecordHistory(admin.ModelAdmin):
    """Mixin: the pages of a record's history, in the place of the admin's own. Models without one keep that."""

    @property
    def has_history(self):
        return hasattr(self.model, "history")

    # The reason of a change, for each row that is saved with it

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not issubclass(self.form, Reasoned) or not self.has_change_permission(request, obj):
            return fieldsets
        return [*fieldsets, (None, {"fields": ["why"]})]

    def save_form(self, request, form, change):
        row = super().save_form(request, form, change)
        self._give_reason(form, [row])
        return row

    def save_related(self, request, form, formsets, change):
        self._give_reason(form, [row.instance for formset in formsets for row in formset.forms])
        super().save_related(request, form, formsets, change)

    def _give_reason(self, form, rows):
        why = form.cleaned_data.get("why") if isinstance(form, Reasoned) else ""
        for row in rows:
            if why:
                row._change_reason = why

    def get_urls(self):
        if not self.has_history:
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        wrap = self.admin_site.admin_view
        return [
            path("<str:object_id>/history/compare/", wrap(self.history_compare_view), name=f"{name}_history_compare"),
            path("<str:object_id>/history/restore/", wrap(self.history_restore_view), name=f"{name}_history_restore"),
            *super().get_urls(),
        ]

    # The pages

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_history:
            return super().history_view(request, object_id, extra_context)
        row = self._row_of_history(request, object_id)
        record = record_of_part(row)
        if record is not row:
            return HttpResponseRedirect(history_address(record))
        history = History(record)
        page = Paginator(history.saves[::-1], SAVES_SHOWN).get_page(request.GET.get("page"))
        untraced = _untraced(history)
        changes = Changes(history, [untraced, *(save.rows for save in page)])
        context = self._history_context(request, record, history) | {
            "title": "History",
            "page": page,
            "saves": [_save(save, changes.told(save.rows, save.unclear if save.number > 1 else ())) for save in page],
            "untraced": changes.told(untraced),
            "choices": _choices(history, len(history.saves) - 1, len(history.saves)),
        }
        return TemplateResponse(request, "admin/aid/record_history.html", context)

    def history_compare_view(self, request, object_id):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        record = self._record(request, object_id)
        history = History(record)
        asked = [request.GET.get(name, "") for name in ("from", "to")]
        latest = len(history.saves)
        numbers = [_number(text, latest) for text in asked] if any(asked) else [max(latest - 1, 1), latest]
        return self._compare_page(request, record, history, numbers, asked)

    def history_restore_view(self, request, object_id):
        record = self._record(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        form, question = RestoreForm(request.POST), None
        number = _number(request.POST.get("number", ""), 10**9)
        if number is not None and form.is_valid():
            try:
                told = self.restore(
                    request, record, number, form.cleaned_data["fingerprint"], form.cleaned_data["why"]
                )
            except self.model.DoesNotExist:
                raise Http404("Somebody has deleted the record.") from None
            except ValidationError as error:
                form.add_error(None, error)
            except Unanswered as unanswered:
                question = unanswered.question
                form.add_error(None, ValidationError(_ask(question, self.opts.verbose_name), code="unanswered"))
            else:
                count = len(told)
                messages.success(
                    request,
                    f"The record stands again as it did after save {number}: {count} "
                    f"{'row was' if count == 1 else 'rows were'} changed.",
                )
                return HttpResponseRedirect(history_address(record))
        history = History(record)
        latest = len(history.saves)
        numbers = [number if number is not None and number <= latest else None, latest]
        asked, question = [request.POST.get("number", ""), ""], question or self.typed_answer(request, record)
        return self._compare_page(request, record, history, numbers, asked, form, question)

    def restore(self, request, record, number, fingerprint, why):
        """Brings the record back as it stood after a save, and returns what that changed."""
        return restore_record(record, number, fingerprint, request.user, why)

    def typed_answer(self, request, obj):
        """The answers about a change of something published that came with a refused form; the models that ask have
        some."""

    # What they share

    def _row_of_history(self, request, object_id):
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404("There is no such record.")
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        return row

    def _record(self, request, object_id):
        row = self._row_of_history(request, object_id)
        if record_of_part(row) is not row:
            raise Http404("The history is that of the record.")
        return row

    def _history_context(self, request, record, history):
        return {
            **self.admin_site.each_context(request),
            "subtitle": str(record),
            "opts": self.opts,
            "record": record,
            "latest": len(history.saves),
            "history_url": history_address(record),
            "compare_url": history_address(record, "compare"),
        }

    def _compare_page(self, request, record, history, numbers, asked, refused=None, question=None):
        latest = len(history.saves)
        context = self._history_context(request, record, history) | {
            "title": "Compare saves",
            "errors": list(refused.non_field_errors()) if refused else [],
            "choices": _choices(history, *numbers),
            "sides": [],
            "form": None,
            "question": None,
        }
        saves = [history.save_of(number) if number else None for number in numbers]
        if None in saves:
            context["errors"].append(_missing(asked, saves, latest))
            return TemplateResponse(request, "admin/aid/record_compare.html", context, status=404)
        before, after = (history.after(number) for number in numbers)
        pairs = _differing(before, after)
        context["sides"] = [_save(save, []) for save in saves]
        context["changes"] = Changes(history, [pairs]).told(pairs)
        earlier = min(numbers)
        plan = history.plan(earlier)
        if not plan.is_empty and self.has_change_permission(request, record):
            context["form"] = _restore_form(refused, earlier, history)
            context["restores"] = earlier
            context |= {"question": question, "asked_with": "_save"}
            kind = self.opts.model_name
            context["articles"] = articles_that_name(kind, record.slug) if hasattr(record, "slug") else []
        return TemplateResponse(request, "admin/aid/record_compare.html", context)


def _ask(question, kind):
    """Why a record that readers have before them is not restored yet."""
    if question.form.is_asked:
        return "Nothing is restored yet. Read below what is missing."
    return f"Nothing is restored yet: readers have this {kind} before them. Say below what kind of change it is."


def history_address(record, page=""):
    """The address of a record's history, or of a page below it."""
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}_history{f'_{page}' if page else ''}"
    return reverse(name, args=[record.pk])


def _number(text, most):
    """The number of a save as it was sent; None for what is none."""
    is_number = text.isascii() and text.isdecimal() and len(text) < 10
    return int(text) if is_number and str(int(text)) == text and 1 <= int(text) <= most else None


def _missing(asked, saves, latest):
    if not latest:
        return "Nothing is on record about this one yet. Its history begins with the next save."
    wrong = [text for text, save in zip(asked, saves, strict=True) if save is None]
    named = " or ".join(f"“{text}”" for text in wrong if text and text.isprintable() and len(text) <= 20)
    return f"The history has no save {named or 'of that number'}. Choose two of those that it has."


def _differing(before, after):
    """The rows that differ between two states: {Key: (Row, Row)}."""
    pairs = {key: (before.get(key), after.get(key)) for key in {**before, **after}}
    return {key: (old, new) for key, (old, new) in pairs.items() if old is None or new is None or new.differs(old)}


def _untraced(history):
    """What differs between the last save and the record as it is now."""
    return {} if history.is_complete else _differing(history.after(len(history.saves)), history.present)


def _save(save, changes):
    """A save as the pages name it."""
    return {
        "number": save.number,
        "at": save.at,
        "by": str(save.by or ""),
        "reasons": [] if any(entry.why for entry in save.entries) else save.reasons,
        "entries": save.entries,
        "changes": changes,
    }


def _choices(history, old, new):
    """The saves to choose from, the newest first: (number, text, whether it is the first, or the second, chosen)."""
    return [
        (
            save.number,
            f"Save {save.number}, {dateformat.format(timezone.localtime(save.at), 'j F Y, H:i')}"
            f"{f', {save.by}' if save.by else ''}",
            save.number == max(old or 1, 1),
            save.number == new,
        )
        for save in reversed(history.saves)
    ]


def _restore_form(refused, number, history):
    """A form that was refused comes back with what was typed, and knows the record as the page shows it now."""
    if refused is None:
        return RestoreForm(initial={"number": number, "fingerprint": history.fingerprint})
    refused.data = refused.data.copy()
    refused.data["fingerprint"] = history.fingerprint
    return refused
