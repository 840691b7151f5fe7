"""Choosing between claims that disagree: side by side, with a reason that readers are told."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from aid.actions.preferring import prefer_claim
from aid.admin.base import day_text
from aid.admin.published import Unanswered
from aid.choices import Rank
from aid.queries.claims import claim_label, claims_about
from aid.queries.readings import Sheet
from aid.queries.seen import is_before_readers
from aid.rules.breaches import mending_page
from aid.rules.reasons import choosing_page

LONGEST_REASON = 2000


class PreferenceForm(forms.Form):
    """Which of the claims about one field is preferred, and why."""

    claim = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": "Choose one of the claims."})
    why = forms.CharField(
        label="Reason for readers",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        help_text="It stands beside the values on the record’s page. A full sentence: “The ministry’s own figure is "
        "nearer to the decision than the report.”",
        error_messages={"required": "Say why this one is preferred: readers see the reason."},
    )

    def __init__(self, claims, data=None):
        super().__init__(data)
        self.fields["claim"].choices = [(str(claim.pk), claim.in_words) for claim in claims]
        first = next((claim for claim in claims if claim.rank == Rank.PREFERRED), None)
        if first:
            self.initial = {"claim": str(first.pk), "why": first.preferred_why}


class Preferring:
    """Mixin for the admin of claims: a page on which those about one field stand side by side."""

    def get_urls(self):
        page = path("<path:object_id>/prefer/", self.admin_site.admin_view(self.prefer_view), name="aid_claim_prefer")
        return [page, *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and obj.rank != Rank.WITHDRAWN and self.has_change_permission(request, obj):
            context["record_tools"] = [*context.get("record_tools", ()), ("Compare and choose", choosing_page(obj))]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def prefer_view(self, request, object_id):
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        claim = self.get_object(request, unquote(object_id))
        if claim is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if claim.field not in claim.target.claimed_fields:
            messages.error(request, f"{claim.field} is no field that claims support here. Mend the claim first.")
            return HttpResponseRedirect(reverse("admin:aid_claim_change", args=[claim.pk]))
        claims = claims_about(claim)
        said = {
            one.claim.pk: one.reading for one in Sheet.for_record(claim.subject).row(claim.target, claim.field).said
        }
        for row in claims:
            row.in_words = said[row.pk].exact or said[row.pk].text
        form = PreferenceForm(claims, request.POST if request.method == "POST" else None)
        question = None
        if request.method == "POST" and form.is_valid():
            chosen = next(row for row in claims if str(row.pk) == form.cleaned_data["claim"])
            try:
                self._prefer(request, chosen, form.cleaned_data["why"])
            except ValidationError as error:
                form.add_error("why" if error.code == "reason" else None, error)
            except Unanswered as unanswered:
                question = unanswered.question
            else:
                messages.success(request, f"“{chosen.in_words}” is preferred. Readers see the reason.")
                return HttpResponseRedirect(mending_page(claim.subject))
        return self._prefer_page(request, claim, claims, form, question)

    @transaction.atomic
    def _prefer(self, request, claim, why):
        """A choice that changes what readers have is a change like any other: it is saved with its note."""
        subject = claim.subject
        request.before = self.seen_before(subject) if is_before_readers(subject) else None
        prefer_claim(claim, request.user, why)
        self._settle(request)

    def _prefer_page(self, request, claim, claims, form, question):
        request.current_app = self.admin_site.name
        record = claim.subject
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{claim_label(claim)} of “{record}”: which claim is preferred",
            "record": record,
            "back": mending_page(record),
            "form": form,
            "claims": [self._shown(row, form["claim"].value()) for row in claims],
            "question": question,
            "asked_with": "_save",
            "media": self.media,
        }
        return TemplateResponse(request, "admin/aid/prefer.html", context)

    def _shown(self, claim, chosen):
        decided = (
            f"{day_text(claim.preferred_at)} by {claim.preferred_by or 'somebody'}" if claim.preferred_at else ""
        )
        return {
            "claim": claim,
            "is_chosen": str(claim.pk) == str(chosen),
            "url": reverse("admin:aid_claim_change", args=[claim.pk]),
            "decided": decided,
        }


__all__ = ["Preferring"]
