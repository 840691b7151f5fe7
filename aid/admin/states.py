"""What a form was opened on, so that a stale form takes nothing back that somebody else has saved since."""

import hashlib
import json

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import dateformat, timezone
from django.utils.text import Truncator

from aid.differences import compare, folded
from aid.models.audit import AuditEntry
from aid.queries.desk import last_saved
from aid.queries.revisions import revision_numbered

LONGEST = 300
# A longer text, or one of several lines, is compared word by word.
A_LINE = 100
# Of what is the same, so many characters before and after a change are shown at once.
SHOWN_AROUND = 160
# More of what others have done to an article is not told where a step is refused.
MOST_ENTRIES = 5


def state_of(record, formsets, besides=()):
    """A fingerprint of what an editor can change in a record's form: its own columns and those of its rows.

    The columns in `besides` are left out.
    """
    rows = [record, *sorted((row for rows in formsets for row in rows.get_queryset()), key=_place)]
    content = json.dumps([[*_place(row), _content(row, besides)] for row in rows], default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def _place(row):
    return row._meta.label, row.pk


def _content(row, besides=()):
    columns = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.editable and field.name not in besides
    }
    many = {
        field.name: sorted(other.pk for other in getattr(row, field.name).all()) for field in row._meta.many_to_many
    }
    return columns | many


class Opened:
    """A saved record as the database has it now, with the formsets of its rows, before anything typed is put in."""

    def __init__(self, record, formsets, besides=()):
        self._record, self._formsets = record, formsets
        self.state = state_of(record, formsets, besides)

    def refusal(self, form, sent):
        """Why a form that was opened on another state, `sent`, is not saved: who saved what since, as errors."""
        return [
            ValidationError(
                f"Nothing is saved yet: since you opened this page, {self.who_and_when(sent)}. What you typed stands "
                f"below. Read what differs, take over what is right, and press Save once more.",
                code="stale",
            ),
            *(ValidationError(text, code="differs") for text in self.differences(form, sent)),
        ]

    def who_and_when(self, sent):
        """ "editor saved it on 24 January 2024, 15:30" """
        entry = last_saved([self._record, *(row for rows in self._formsets for row in rows.get_queryset())])
        if entry is None:
            return "somebody saved it outside the desk"
        return f"{entry.user} saved it on {said_on(entry.action_time)}"

    def differences(self, form, sent):
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


class OpenedArticle(Opened):
    """An article as the database has it now, with its newest revision. Its state names that revision's number."""

    def __init__(self, article, last):
        self._record, self._formsets, self._last = article, [], last
        content = json.dumps(_content(article), default=str)
        self.state = f"{last.number if last else 0}.{hashlib.sha256(content.encode()).hexdigest()[:32]}"

    def who_and_when(self, sent):
        if self._last and str(self._last.number) != _number(sent):
            by = self._last.created_by or "somebody"
            return f"{by} saved revision {self._last.number} on {said_on(self._last.created_at)}"
        entry = AuditEntry.objects.about(self._record).first()
        return f"{entry.username or 'somebody'} changed it on {said_on(entry.at)}" if entry else "somebody changed it"

    def differences(self, form, sent):
        """As for a record; and of a text what the others changed of it beside what stands in the form."""
        opened = self._opened_on(sent)
        for name, field, bound, label in _differing("", form):
            saved, typed = bound.initial, bound.data
            if opened and _is_text(field) and _is_long(saved, typed):
                former, newest = getattr(opened, name), self._last.number
                theirs = f"Changed from revision {opened.number} to {newest}, by others", former, saved
                mine = f"Changed from revision {opened.number} to what you typed", former, typed
                if former == saved:
                    theirs = "Others left it as it was", None, None
                elif former == typed:
                    mine = (
                        f"You left revision {opened.number} as it was. Saved like that, theirs is undone",
                        None,
                        None,
                    )
                yield _beside(label, [theirs, mine])
            else:
                yield _sentence(label, field, saved, typed)

    def _opened_on(self, sent):
        """The revision that the form was opened on, where that is another than the newest; else None."""
        number = _number(sent)
        if not self._last or not number or str(self._last.number) == number:
            return None
        return revision_numbered(self._record, int(number))


def _number(state):
    """The number at the beginning of a state; "" where there is none."""
    number = (state or "").partition(".")[0]
    return number if number.isascii() and number.isdecimal() and len(number) < 19 else ""


def said_on(moment):
    """ "24 January 2024, 15:30" """
    return dateformat.format(timezone.localtime(moment), "j F Y, H:i")


def _differing(prefix, form):
    """Each field in which what is saved differs from what was typed: (name, field, bound field, label)."""
    for name in form.changed_data:
        field = form.fields[name]
        if name == "DELETE" or field.disabled:
            continue
        bound = form[name]
        label = f"{prefix}{str(bound.label).lower()}" if prefix else str(bound.label)
        yield name, field, bound, label[:1].upper() + label[1:]


def _differing_fields(prefix, form):
    for _, field, bound, label in _differing(prefix, form):
        yield _sentence(label, field, bound.initial, bound.data)


def _sentence(label, field, saved, typed):
    """How a field differs. A long text is compared word by word, so that nothing of it is left out."""
    if _is_text(field) and _is_long(saved, typed):
        words = "Struck out: only in what is saved. Underlined: only in your form"
        return _beside(label, [(words, saved or "", typed or "")])
    if isinstance(field, forms.ModelMultipleChoiceField):
        one, other = _chosen(field, saved), _chosen(field, typed)
        if one and other and len("; ".join([*one, *other])) > LONGEST:
            only = [text for text in one if text not in other], [text for text in other if text not in one]
            saved, typed = (f"“{'; '.join(found)}”" if found else "nothing" for found in only)
            return f"{label}: {saved} stands only in what is saved; {typed} stands only in your form."
    return f"{label}: {_shown(field, saved)} is saved; {_shown(field, typed)} stands in your form."


def _chosen(field, value):
    """The names of the rows that are chosen; [] where the field cannot read them."""
    try:
        return [str(row) for row in field.clean(field.prepare_value(value))]
    except ValidationError:
        return []


def _is_text(field):
    return isinstance(field, forms.CharField) and not isinstance(field, forms.URLField)


def _is_long(*texts):
    return any(len(text or "") > A_LINE or "\n" in (text or "") for text in texts)


def _beside(label, columns):
    """A text's differences, each under a heading: [(heading, one text, the other)]; None for a heading alone."""
    shown = [
        (heading, folded(compare(one, other), SHOWN_AROUND) if one is not None else None)
        for heading, one, other in columns
    ]
    return render_to_string("admin/aid/stale_text.html", {"label": label, "columns": shown})


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
            is_many = isinstance(field, forms.ModelMultipleChoiceField)
            text = "; ".join(str(row) for row in found) if is_many else str(found)
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
    # What has to be answered before the form is saved (admin/published.py), or None.
    question = None

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
            self.add_error(None, opened.refusal(self, self.cleaned_data.get("opened_state")))
        elif self.question:
            self.add_error(None, ValidationError(self.question.sentence, code="correction"))
        return super().clean()


class StateAdmin:
    """Mixin: a form of the desk that is refused where somebody has saved its row since it was opened."""

    # Columns that change without anybody's saving the form.
    state_besides = ()

    def is_page(self, request, page):
        """Whether the request is for this model's `changelist` or `change` page, and not for an autocomplete."""
        match = request.resolver_match
        return match is not None and match.url_name == f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def get_queryset(self, request):
        queryset = super().get_queryset(request)
        if request.method == "POST" and self.is_page(request, "change"):
            # From here to the saving nobody else saves it. SQLite has one writer at a time anyway.
            queryset = queryset.select_for_update(of=("self",))
        return queryset

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not issubclass(self.form, StateForm) or not self.has_change_permission(request, obj):
            return fieldsets
        return [*fieldsets, (None, {"fields": ["opened_state"]})]

    def _create_formsets(self, request, obj, change):
        formsets, inlines = super()._create_formsets(request, obj, change)
        if change and issubclass(self.form, StateForm):
            obj.opened = self.opened(obj, formsets)
        return formsets, inlines

    def opened(self, obj, formsets):
        """What the form is opened on, or held against."""
        return Opened(obj, formsets, self.state_besides)


# A step of an article: a page or a button that does one thing to it


def step_state(article):
    """What the page of a step was opened on: the last entry of the log about the article, and how it stands."""
    last = AuditEntry.objects.about(article).first()
    columns = {field.attname: getattr(article, field.attname) for field in article._meta.concrete_fields}
    newest = article.revisions.order_by("-number").values_list("number", flat=True).first()
    held = list(article.publications.order_by("starts_at").values_list("pk", "starts_at", "ends_at", "revision"))
    content = json.dumps([columns, newest, held], default=str)
    return f"{last.pk if last else 0}.{hashlib.sha256(content.encode()).hexdigest()[:32]}"


def stale_step(article, sent):
    """The error for a step that was opened on another state than the article's; None where nothing has changed.

    Ask it in the transaction of the step, with the article's row locked: until then somebody else can save it.
    """
    if sent == step_state(article):
        return None
    seen = int(_number(sent) or 0)
    newer = [entry for entry in AuditEntry.objects.about(article)[:MOST_ENTRIES] if entry.pk > seen]
    told = [f"{entry.username or 'somebody'}, {said_on(entry.at)}: {_done(entry)}" for entry in reversed(newer)]
    return ValidationError(
        f"Nothing is done yet: somebody has changed this article since you opened the page. "
        f"{' '.join(told)}{' ' if told else ''}Read it again, then press the button once more.",
        code="stale",
    )


def _done(entry):
    text = entry.message or f"{entry.get_action_display()}."
    return f"{text} {entry.why}".strip()


class StepForm(forms.Form):
    """The form of one step of an article. It is refused where somebody has done something to it since it was opened.

    The hidden field `opened` has to stand in the page: `{{ form.opened }}`, or with the other hidden fields. A page
    with several steps works out their `state` once.
    """

    opened = StateField(required=False)

    def __init__(self, article, *args, state=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.article = article
        self.initial["opened"] = state or step_state(article)

    def clean(self):
        error = stale_step(self.article, self.cleaned_data.get("opened"))
        if error:
            self.add_error(None, error)
        return super().clean()
