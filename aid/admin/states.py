"""What a form was opened on, so that a stale form takes nothing back that somebody else has saved since."""

import hashlib
import json

from django import forms
from django.core.exceptions import ValidationError
from django.utils import dateformat, timezone
from django.utils.text import Truncator

from aid.queries.desk import last_saved

LONGEST = 300


def state_of(record, formsets):
    """A fingerprint of what an editor can change in a record's form: its own columns and those of its rows."""
    rows = [record, *sorted((row for rows in formsets for row in rows.get_queryset()), key=_place)]
    content = json.dumps([[*_place(row), _content(row)] for row in rows], default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def _place(row):
    return row._meta.label, row.pk


def _content(row):
    columns = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.editable}
    many = {
        field.name: sorted(other.pk for other in getattr(row, field.name).all()) for field in row._meta.many_to_many
    }
    return columns | many


class Opened:
    """A saved record as the database has it now, with the formsets of its rows, before anything typed is put in."""

    def __init__(self, record, formsets):
        self._record, self._formsets = record, formsets
        self.state = state_of(record, formsets)

    def who_and_when(self):
        """ "editor saved it on 24 January 2024, 15:30" """
        entry = last_saved([self._record, *(row for rows in self._formsets for row in rows.get_queryset())])
        if entry is None:
            return "somebody saved it outside the desk"
        moment = dateformat.format(timezone.localtime(entry.action_time), "j F Y, H:i")
        return f"{entry.user} saved it on {moment}"

    def differences(self, form):
        """Each field in which what is saved differs from what stands in the form, as a sentence."""
        yield from _differing_fields("", form)
        for rows in self._formsets:
            kind = str(rows.model._meta.verbose_name)
            shown = set()
            for row in rows.forms:
                shown.add(row.instance.pk)
                if row.instance.pk:
                    yield from _differing_fields(f"{kind} “{row.instance}”, ", row)
                elif row.data.get(row.add_prefix(rows.model._meta.pk.name)):
                    yield f"A {kind} that stands in your form has been deleted. Open the page again to go on."
            for row in rows.get_queryset():
                if row.pk not in shown:
                    yield f"The {kind} “{row}” has been added. It does not stand in your form, and it stays."


def _differing_fields(prefix, form):
    for name in form.changed_data:
        field = form.fields[name]
        if name == "DELETE" or field.disabled:
            continue
        bound = form[name]
        label = f"{prefix}{str(bound.label).lower()}" if prefix else str(bound.label)
        label = label[:1].upper() + label[1:]
        yield f"{label}: {_shown(field, bound.initial)} is saved; {_shown(field, bound.data)} stands in your form."


def _shown(field, value):
    """A field's value as people read it. What the field cannot read is shown as it was typed."""
    if isinstance(field, forms.BooleanField):
        return "“yes”" if value else "“no”"
    if value in (None, "", []):
        return "nothing"
    text = str(value)
    if isinstance(field, forms.ModelChoiceField):
        try:
            found = field.clean(field.prepare_value(value))
            text = "; ".join(str(row) for row in found) if field.widget.allow_multiple_selected else str(found)
        except ValidationError:
            pass
    elif isinstance(field, forms.ChoiceField):
        text = next((str(label) for code, label in _choices(field.choices) if str(code) == text), text)
    return f"“{Truncator(text).chars(LONGEST)}”"


def _choices(choices):
    for code, label in choices:
        yield from label if isinstance(label, list | tuple) else [(code, label)]


class StateField(forms.CharField):
    """Carries the state of the record that the page shows. A refused form carries the new one, whatever was sent:
    who has read what differs saves by pressing Save once more."""

    widget = forms.HiddenInput

    def bound_data(self, data, initial):
        return initial

    def has_changed(self, initial, data):
        return False


class StateForm(forms.ModelForm):
    """Mixin: the form of a page of its own. It is refused where somebody has saved the record since it was opened."""

    opened_state = StateField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["opened_state"] = self._state

    def _state(self):
        opened = getattr(self.instance, "opened", None)
        return opened.state if opened else ""

    def clean(self):
        # First, for the base class may change the instance; and beside any other error, for the page that comes
        # back carries the new state in every case.
        opened = getattr(self.instance, "opened", None)
        if opened and self.cleaned_data.get("opened_state") != opened.state:
            self.add_error(
                None,
                [
                    ValidationError(
                        f"Nothing is saved yet: since you opened this page, {opened.who_and_when()}. What you typed "
                        f"stands below. Read what differs, take over what is right, and press Save once more.",
                        code="stale",
                    ),
                    *(ValidationError(text, code="differs") for text in opened.differences(self)),
                ],
            )
        return super().clean()
