"""What an editor changed in a form, field by field and in words, for the audit log."""

import datetime
from decimal import Decimal

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from aid.actions.log import log
from aid.choices import AuditAction
from aid.models.records import canonical_text

# A longer text is told by the place where it begins to differ; the record's history has all of it.
LONGEST = 300
BEFORE = 40
MOST_ROWS = 12
MOST_FIELDS_TOLD = 4
# What is typed into these is nobody else's to read, nor is what is kept of it.
SECRET = {"password", "password1", "password2", "old_password", "new_password1", "new_password2", "usable_password"}


class Audited(admin.ModelAdmin):
    """Mixin: what is added, changed and deleted on a model's pages stands in the audit log.

    Where an action has logged the row by itself, such as “Saved revision 3”, its entry is the one.
    """

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        form.instance.typed_changes = form_changes(form, formsets)

    def log_addition(self, request, obj, message):
        entry = super().log_addition(request, obj, message)
        if not is_logged(obj):
            log(AuditAction.ADDED, request.user, obj)
        return entry

    def log_change(self, request, obj, message):
        entry = super().log_change(request, obj, message)
        if is_logged(obj):
            return entry
        changes, why = getattr(obj, "typed_changes", None), getattr(obj, "_change_reason", "")
        if changes is None:
            log(AuditAction.CHANGED, request.user, obj, entry.get_change_message(), why, changes=())
        elif changes:
            log(AuditAction.CHANGED, request.user, obj, told(changes), why)
        return entry

    def delete_model(self, request, obj):
        with transaction.atomic():
            log(AuditAction.DELETED, request.user, obj)
            super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with transaction.atomic():
            for row in queryset:
                log(AuditAction.DELETED, request.user, row)
            super().delete_queryset(request, queryset)


def is_logged(row):
    """Whether an action has made an entry about this very row since it was read."""
    return getattr(row, "is_logged", False)


def told(changes):
    """ "Changed: amount, currency and 2 more." """
    names = list(dict.fromkeys(_in_a_sentence(label) for label, _, _ in changes))
    more = len(names) - MOST_FIELDS_TOLD
    return f"Changed: {', '.join(names[:MOST_FIELDS_TOLD])}{f' and {more} more' if more > 0 else ''}."


def _in_a_sentence(label):
    """The label with a small first letter, unless it begins with an abbreviation such as ISO."""
    return label if label[:2].isupper() else f"{label[:1].lower()}{label[1:]}"


def form_changes(form, formsets=()):
    """[(field, what it was, what it is)] of a saved form and the rows in it, as people read them."""
    return [change for changes in (_fields(form), *map(_rows, formsets or ())) for change in changes]


def _rows(formset):
    deleted = formset.deleted_forms if formset.can_delete else []
    for form in formset.forms:
        kind = str(formset.model._meta.verbose_name)
        kind = f"{kind[:1].upper()}{kind[1:]}"
        if form in deleted:
            if form.initial:
                yield f"{kind} deleted", str(form.instance), ""
        elif form.has_changed():
            is_new = form in formset.extra_forms
            yield from _fields(form, f"{kind} {'added, ' if is_new else ''}“{form.instance}”: ")


def _fields(form, prefix=""):
    for name in form.fields:
        field = form.fields[name]
        # A form may clear the reason for an empty field by itself, without anybody having typed there.
        if field.disabled or field.widget.is_hidden or name == "DELETE" or not _may_have_changed(form, name):
            continue
        label = str(form[name].label)
        label = f"{prefix}{_in_a_sentence(label)}" if prefix else f"{label[:1].upper()}{label[1:]}"
        if name in SECRET:
            if name in ("password", "password1", "new_password1"):
                yield label, "", "not shown"
            continue
        was, now = _told(field, form.get_initial_for_field(field, name), form.cleaned_data.get(name))
        if was != now:
            yield label, *_near(was, now)


def _may_have_changed(form, name):
    return name in form.changed_data or (name.endswith("_unknown") and name in form.cleaned_data)


def _told(field, initial, cleaned):
    if isinstance(field, forms.ModelMultipleChoiceField):
        return _several(field, initial, cleaned)
    return _text(field, initial), _text(field, cleaned)


def _several(field, initial, cleaned):
    """Two sets of rows; of long ones only in what they differ."""
    was, now = ({row.pk: row for row in _loaded(field, rows)} for rows in (initial, cleaned))
    if max(len(was), len(now)) <= MOST_ROWS:
        return _names(was.values()), _names(now.values())
    gone, come = ([row for pk, row in rows.items() if pk not in others] for rows, others in ((was, now), (now, was)))
    return (
        f"{len(was)} in all{f', among them {_names(gone)}' if gone else ''}",
        f"{len(now)} in all{f', among them {_names(come)}' if come else ''}",
    )


def _loaded(field, rows):
    rows = list(rows or ())
    return rows if all(isinstance(row, models.Model) for row in rows) else list(field.clean(rows))


def _names(rows):
    return "; ".join(sorted(str(row) for row in rows))


def _text(field, value):
    """One value as people read it; "" for none."""
    if isinstance(field, forms.BooleanField):
        return "yes" if value else "no"
    if value in (None, "", []):
        return ""
    if isinstance(value, datetime.datetime):
        return f"{value.astimezone(datetime.UTC) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, Decimal):
        return canonical_text(value)
    if isinstance(field, forms.FileField):
        # Whatever the form made of it: its content is no text.
        return "a file"
    if isinstance(field, forms.ModelChoiceField) and not isinstance(value, models.Model):
        try:
            value = field.to_python(value)
        except ValidationError:
            return str(value)
    elif isinstance(field, forms.ChoiceField):
        return next((str(label) for code, label in _choices(field.choices) if str(code) == str(value)), str(value))
    return str(value)


def _choices(choices):
    for code, label in choices:
        yield from label if isinstance(label, list | tuple) else [(code, label)]


def _near(was, now):
    """Both texts from shortly before the place where they part, where they are long."""
    if max(len(was), len(now)) <= LONGEST:
        return was, now
    same = next((n for n, (one, other) in enumerate(zip(was, now, strict=False)) if one != other), len(min(was, now)))
    start = max(0, min(same, len(was), len(now)) - BEFORE)
    return _cut(was, start), _cut(now, start)


def _cut(text, start):
    shown = text[start : start + LONGEST]
    return f"{'…' if start else ''}{shown}{'…' if start + LONGEST < len(text) else ''}"
