"""What becomes of a claim whose source was withdrawn or has a newer version: it is kept, moved or withdrawn."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from aid.actions.claims import find_quote, withdraw_claim
from aid.actions.deciding import keep_claim, move_claim
from aid.admin.published import Unanswered
from aid.choices import Settled
from aid.queries.claims import claim_label
from aid.queries.readings import Sheet
from aid.queries.seen import is_before_readers
from aid.rules.breaches import mending_page

LONGEST = 2000


class DecisionForm(forms.Form):
    """What becomes of the claim, where it rests then, and why."""

    outcome = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": "Choose what becomes of it."})
    quote = forms.CharField(
        label="Sentence of the newer version",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Only to move it: paste the sentence that says so, exactly as it stands in the newer version.",
    )
    why = forms.CharField(
        label="Reason",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="Readers see it where the claim is kept or withdrawn.",
        error_messages={"required": "Say why."},
    )

    def __init__(self, successor, *args, **kwargs):
        super().__init__(*args, **kwargs)
        moved = [(Settled.MOVED, f"Move it to the newer version, “{successor}”")] if successor else []
        self.fields["outcome"].choices = [
            (Settled.KEPT, "Keep it as it is"),
            *moved,
            (Settled.WITHDRAWN, "Withdraw it"),
        ]
        if successor is None:
            del self.fields["quote"]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("outcome") == Settled.MOVED and not cleaned.get("quote"):
            self.add_error(
                "quote", ValidationError("Paste the sentence that it rests on then.", code="quote_missing")
            )
        return cleaned


class Deciding:
    """Mixin for the admin of claims: the page of one that was opened again."""

    def get_urls(self):
        page = path("<path:object_id>/decide/", self.admin_site.admin_view(self.decide_view), name="aid_claim_decide")
        return [page, *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and obj.reopened_at and self.has_change_permission(request, obj):
            tool = ("Decide what becomes of it", reverse("admin:aid_claim_decide", args=[obj.pk]))
            context["record_tools"] = [tool, *context.get("record_tools", ())]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def decide_view(self, request, object_id):
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        claim = self.get_object(request, unquote(object_id))
        if claim is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        successor = claim.source and claim.source.superseded_by.order_by("-pk").first()
        sent = request.POST if request.method == "POST" else None
        form = DecisionForm(successor, sent, initial={"quote": same_sentence(claim, successor)})
        question = None
        if sent is not None and form.is_valid():
            try:
                self._decide(request, claim, successor, form.cleaned_data)
            except ValidationError as error:
                form.add_error(_field_of(error, form), error)
            except Unanswered as unanswered:
                question = unanswered.question
            else:
                messages.success(request, f"{claim_label(claim)}: decided.")
                return HttpResponseRedirect(mending_page(claim.subject))
        return self._decision_page(request, claim, successor, form, question)

    @transaction.atomic
    def _decide(self, request, claim, successor, typed):
        request.before = self.seen_before(claim.subject) if is_before_readers(claim.subject) else None
        if typed["outcome"] == Settled.KEPT:
            keep_claim(claim, request.user, typed["why"])
        elif typed["outcome"] == Settled.MOVED:
            move_claim(claim, successor, typed["quote"], request.user, typed["why"])
        else:
            withdraw_claim(claim, request.user, typed["why"])
        self._settle(request)

    def _decision_page(self, request, claim, successor, form, question):
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{claim_label(claim)} of “{claim.subject}”: what becomes of it",
            "claim": claim,
            "reading": _reading(claim),
            "reopenings": claim.reopenings.select_related("source", "opened_by").order_by("opened_at"),
            "successor": successor,
            "back": mending_page(claim.subject),
            "form": form,
            "question": question,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/aid/decide.html", context)


def same_sentence(claim, successor):
    """The words of the claim's only passage, where the newer version has them once; else ""."""
    passages = list(claim.passages.all())
    if successor is None or len(passages) != 1:
        return ""
    try:
        start, end = find_quote(successor.text, passages[0].quote)
    except ValidationError:
        return ""
    return successor.text[start:end]


def _reading(claim):
    if claim.field not in claim.target.claimed_fields:
        return claim.value
    said = Sheet.for_record(claim.subject).row(claim.target, claim.field).said
    found = next((one.reading for one in said if one.claim.pk == claim.pk), None)
    return (found.exact or found.text) if found else claim.value


def _field_of(error, form):
    field = {"reason": "why", "quote_missing": "quote", "quote_ambiguous": "quote", "wording": "quote"}
    name = field.get(getattr(error, "code", ""))
    return name if name in form.fields else None


__all__ = ["Deciding"]
