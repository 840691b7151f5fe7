"""A form of the admin as a browser would send it back, with what a test changes in it."""

from django.forms.models import ModelChoiceIteratorValue, ModelMultipleChoiceField

# What a test that is about something else answers when it changes what readers have before them.
UNTOLD = {"correction-kind": "none", "correction-why": "The test is about something else."}


def sent(response, **changes):
    """The fields of the page's form and of its rows as POST data. `changes` are by field name, with its prefix.

    With changes goes the answer that readers are told nothing of them; `unanswered` sends none.
    """
    return unanswered(response, **((UNTOLD if changes else {}) | changes))


def unanswered(response, **changes):
    data = {}
    _take(response.context["adminform"].form, data)
    for inline in response.context["inline_admin_formsets"]:
        for bound in inline.formset.management_form:
            data[bound.html_name] = bound.value()
        for form in inline.formset.forms:
            _take(form, data)
    data.update(changes)
    return {name: value for name, value in data.items() if value is not None}


def _take(form, data):
    for bound in form:
        value = bound.value()
        if hasattr(bound.field.widget, "sent"):
            data.update(bound.field.widget.sent(bound.html_name, value))
            continue
        if isinstance(value, bool):
            value = "on" if value else None
        elif isinstance(value, list | tuple):
            value = [_plain(item) for item in value]
        elif value is None and not isinstance(bound.field, ModelMultipleChoiceField):
            value = ""
        data[bound.html_name] = _plain(value)


def _plain(item):
    if isinstance(item, ModelChoiceIteratorValue):
        return item.value
    # A browser ends each line of a text with CR and LF, however the page had it.
    return item.replace("\n", "\r\n") if isinstance(item, str) else getattr(item, "pk", item)


def errors(response):
    """Every error on the page: {field name with prefix: [codes]}."""
    found = {}
    forms = [response.context["adminform"].form]
    for inline in response.context["inline_admin_formsets"]:
        forms += inline.formset.forms
        rows = [error.code for error in inline.formset.non_form_errors().as_data()]
        if rows:
            found[inline.formset.prefix] = rows
    # The rows of an inline that nobody may change have no errors to look up.
    for form in (form for form in forms if form.errors):
        for name, problems in form.errors.as_data().items():
            found[form.add_prefix(name) if name != "__all__" else form.prefix or "__all__"] = [
                problem.code for problem in problems
            ]
    return found


def said(response):
    """The messages that the next page shows: [(level tag, text)]."""
    return [(message.level_tag, message.message) for message in response.context["messages"]]
