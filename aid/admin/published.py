"""Changing what readers have before them: a form asks what kind of change it is, and shows the articles it changes,
before anything is saved."""

import hashlib
import json

from django import forms
from django.contrib import admin, messages
from django.contrib.messages.storage import default_storage
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path, reverse

from aid.actions.corrections import WRITE, column_for, correct, is_retracted, was_and_now
from aid.admin.reported import offer_reports
from aid.admin.states import StateField
from aid.choices import CorrectionKind
from aid.queries.affected import Reread, Showing
from aid.queries.figures import KINDS
from aid.queries.readings import plural
from aid.queries.seen import RecordAsSeen, is_before_readers
from aid.rules.corrections import NO_NOTE, Answer, reasons_against

PREFIX = "correction"
KIND_HELP = {
    CorrectionKind.CORRECTION: "what stood there was wrong",
    CorrectionKind.CLARIFICATION: "what stood there was right, and could be misunderstood",
    CorrectionKind.UPDATE: "what stood there was right, and something new has happened since",
    CorrectionKind.RETRACTION: "it should not have been published at all",
    CorrectionKind.REINSTATEMENT: "the retraction is taken back",
    NO_NOTE: "nothing that readers saw is different",
}
LONGEST_NOTE = 2000


def kind_choices(is_retracted):
    left_out = CorrectionKind.RETRACTION if is_retracted else CorrectionKind.REINSTATEMENT
    kinds = [(kind.value, f"{kind.label}: {KIND_HELP[kind]}") for kind in CorrectionKind if kind != left_out]
    return [*kinds, (NO_NOTE, f"No note: {KIND_HELP[NO_NOTE]}")]


class TellingForm(forms.Form):
    """Mixin: what kind of change of something published it is, and what readers are told.

    `cleaned_data["correction"]` is the answer as actions/publications.py takes it, or None where nothing was asked.
    """

    kind = forms.ChoiceField(label="What kind of change is it?", widget=forms.RadioSelect, required=False)
    note = forms.CharField(
        label="Note for readers",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two full sentences: “An earlier version gave the amount as 91 million dollars. It is 91 "
        "million kroner.”",
    )
    was = forms.CharField(
        label="It said",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What stood there, as readers saw it. Shorten it to what matters.",
    )
    now = forms.CharField(
        label="It says now", required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )
    why = forms.CharField(
        label="Why no note is due",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="For the log. Readers do not see it.",
    )
    telling = ("kind", "note", "was", "now", "why")

    def ask_nothing(self):
        for name in self.telling:
            del self.fields[name]

    def ask_about(self, changes, is_retracted=False):
        self._is_retracted = is_retracted
        self.fields["kind"].choices = kind_choices(is_retracted)
        was, now = was_and_now(changes)
        self.initial |= {"was": was[:LONGEST_NOTE], "now": now[:LONGEST_NOTE]}

    def clean(self):
        cleaned = super().clean()
        if "kind" in self.fields:
            self._check_answer()
        cleaned["correction"] = self.answer._asdict() if "kind" in self.fields else None
        return cleaned

    def _check_answer(self):
        if "kind" not in self.errors:
            for reason in reasons_against(self.answer, self._is_retracted):
                self.add_error(reason.field, forms.ValidationError(reason.message, code=reason.code))

    @property
    def answer(self):
        kind, note, was, now, why = (self.cleaned_data.get(name, "") for name in self.telling)
        return Answer(kind, note, was, now, why)


class AnswerForm(TellingForm):
    """The answer to the question that a record's form asks."""

    # What was asked about. A change that is made after the question is asked about again.
    asked = StateField(required=False)

    def __init__(self, changes, is_retracted=False, data=None):
        # A browser sends no choice where none is made, but every text.
        self.is_asked = data is not None and any(name.startswith(f"{PREFIX}-") for name in data)
        super().__init__(data if self.is_asked else None, prefix=PREFIX)
        self.ask_about(changes, is_retracted)
        self.initial["asked"] = fingerprint(changes)

    def clean(self):
        cleaned = super().clean()
        asked = cleaned.get("asked")
        if asked and asked != self.initial["asked"]:
            self.add_error(
                None,
                forms.ValidationError(
                    "You have changed more since you were asked. Look at the list once more, and at what stands in "
                    "“It said” and “It says now”; then save again.",
                    code="asked_about_less",
                ),
            )
        return cleaned


def fingerprint(changes):
    return hashlib.sha256(json.dumps([list(change) for change in changes]).encode()).hexdigest()[:32]


class Question:
    """What is asked about a change before it is saved: what readers would see differently, and in which articles."""

    def __init__(self, form, changes, reread, kind):
        self.form, self.changes, self._kind = form, changes, kind
        self.articles = told(reread)

    @property
    def sentence(self):
        if self.form.is_asked:
            return "Nothing is saved yet. Read what is missing above, and press Save once more."
        return (
            f"Nothing is saved yet: readers have this {self._kind} before them. Say above what kind of change it is, "
            f"and press Save once more."
        )


def told(reread):
    """The articles for a template, each text with its sentences and what the box beside it shows."""
    return [
        {
            "showing": showing,
            "texts": [
                {
                    "text": text,
                    "sentences": reread.sentences(text),
                    "box": reread.box(text),
                    "changes": reread.changes(text),
                }
                for text in showing.texts
            ],
        }
        for showing in reread.showing.articles
    ]


class Unanswered(Exception):
    """A change of something published was about to be saved without a word to readers. Takes the transaction back."""

    def __init__(self, question):
        super().__init__("Nothing is said of a change of something published.")
        self.question = question


class _Before:
    """What readers had of a record before a form changed it, and the articles that showed it."""

    def __init__(self, record):
        self.record = record
        self._seen, self._showing = RecordAsSeen(record), Showing(record)
        self._figures = self._showing.figures()

    def changes(self):
        """(the Changes, the Reread of the articles), now that the record is saved."""
        reread = Reread(self._showing, self._figures, self._showing.figures())
        return self._seen.changes_to(RecordAsSeen(self.record)) or reread.differences(), reread


class AsksFirst(admin.ModelAdmin):
    """Mixin: a change of what readers have before them is saved together with its note, or not at all.

    The form is saved, what readers would see is held against what they saw, and where that differs and nothing is
    said of it, the whole transaction is taken back and the form comes back with the question. So everything that a
    save does to a record is in the comparison, and nobody has to keep a list of it.
    """

    class Media:
        css = {"all": ["css/questions.css"]}

    def published_subject(self, row, change):
        """The record whose readers a saved form concerns; None for one that is new."""
        return row if change else None

    # Asking

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Unanswered as unanswered:
            # What the form said of its saving is as void as the saving.
            request._messages = default_storage(request)
            request.question = unanswered.question
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.question = getattr(request, "question", None)
        return form

    def save_form(self, request, form, change):
        subject = self.published_subject(form.instance, change)
        request.before = _Before(subject) if subject is not None and is_before_readers(subject) else None
        return super().save_form(request, form, change)

    # Both come when all of a form is saved, and before its own entry in the log, which is not needed then.

    def log_addition(self, request, obj, message):
        self._settle(request)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        self._settle(request)
        return super().log_change(request, obj, message)

    def _settle(self, request):
        """Writes down what readers are told of the change, or raises Unanswered."""
        before = getattr(request, "before", None)
        if before is None or not is_before_readers(before.record):
            return
        changes, reread = before.changes()
        form = AnswerForm(changes, is_retracted(before.record), request.POST)
        if not changes:
            if form.is_asked:
                messages.info(request, "Readers see what they saw before, so no note was written.")
            return
        if not form.is_asked or not form.is_valid():
            raise Unanswered(Question(form, changes, reread, before.record._meta.verbose_name))
        correction = correct(before.record, request.user, form.answer, changes, reread.live)
        if correction:
            messages.success(request, _where(correction))
            offer_reports(request, before.record)

    def restore(self, request, record, *asked):
        """An earlier save that is brought back is a change like any other."""
        with transaction.atomic():
            request.before = _Before(record) if is_before_readers(record) else None
            told = super().restore(request, record, *asked)
            record.refresh_from_db()
            self._settle(request)
        return told

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        asked = getattr(request, "question", None)
        context["question"] = asked or self.typed_answer(request, obj if change else None)
        context["asked_with"] = next((name for name in ("_continue", "_addanother") if name in request.POST), "_save")
        subject = self.published_subject(obj, change) if obj is not None else None
        if subject is not None and subject._meta.model_name in KINDS:
            count = Showing(subject).count
            context["used_in"] = f"Used in {plural(count, 'article')}"
            context["used_in_url"] = reverse(f"admin:aid_{subject._meta.model_name}_articles", args=[subject.pk])
        if subject is not None and request.user.has_perm(WRITE):
            context["note_url"] = f"{reverse('admin:aid_correction_add')}?{column_for(subject)}={subject.pk}"
        return super().render_change_form(request, context, add, change, form_url, obj)

    def typed_answer(self, request, obj):
        """The answers that came with a form that is refused for another reason, or that were kept of one that was
        never saved: they stand as they were typed."""
        form = AnswerForm((), data=request.POST or self._put_back(request, obj))
        return {"form": form} if form.is_asked else None

    @staticmethod
    def seen_before(record):
        """What readers have of a record, to be held against what they have once it is changed."""
        return _Before(record)

    # The articles that show it

    def get_urls(self):
        if self.opts.model_name not in KINDS:
            return super().get_urls()
        page = path(
            "<path:object_id>/articles/",
            self.admin_site.admin_view(self.articles_view),
            name=f"aid_{self.opts.model_name}_articles",
        )
        return [page, *super().get_urls()]

    def articles_view(self, request, object_id):
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        record = self.get_object(request, object_id)
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        if record is None:
            raise Http404(f"There is no {self.opts.verbose_name} with the number “{object_id}”.")
        showing = Showing(record)
        figures = showing.figures()
        context = {
            **self.admin_site.each_context(request),
            "title": f"Used in {plural(showing.count, 'article')}",
            "opts": self.opts,
            "original": record,
            "articles": told(Reread(showing, figures, figures)),
        }
        return TemplateResponse(request, "admin/aid/record_articles.html", context)


def _where(correction):
    count = correction.affected.count()
    articles = f", on {plural(count, 'article')}" if count else ""
    return f"{correction.get_kind_display()} written: it stands on its own page{articles} and under Corrections."
