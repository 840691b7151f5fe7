"""Withdrawing a claim: a page with the reason that readers are told, and with what holds instead."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import Truncator

from aid import moments
from aid.actions.claims import tell_withdrawal, withdraw_claim
from aid.admin.base import warn
from aid.admin.withdrawals import LONGEST_REASON
from aid.choices import Rank
from aid.models.claims import Claim
from aid.queries.claims import claim_label, standing_instead_of
from aid.queries.values import value_texts


class ReplacementField(forms.ModelChoiceField):
    """One of the claims about the same field, by what it says and where it is from."""

    def __init__(self, claims, *args, **kwargs):
        super().__init__(claims, *args, **kwargs)
        self._values = value_texts(claims)

    def label_from_instance(self, claim):
        source = claim.source.title if claim.source else "computed"
        said = Truncator(self._values[claim.pk]).chars(80)
        return f"{said} – {Truncator(source).chars(60)} ({claim.get_rank_display()})"


class WithdrawalForm(forms.Form):
    """Why a claim is withdrawn, and which other one holds."""

    why = forms.CharField(
        label="Reason for readers",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text="It stands at the claim’s address. A full sentence.",
        error_messages={"required": "Say why: readers are told it at the claim’s address."},
    )

    def __init__(self, claim, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["replaced_by"] = ReplacementField(
            standing_instead_of(claim),
            label="What holds instead",
            required=False,
            empty_label="No other claim",
            help_text="Readers are led to it. One that is not here yet is added in the record’s form first, as an "
            "alternative.",
            error_messages={"invalid_choice": "Choose a claim about the same field that stands."},
        )


class ClaimWithdrawals:
    """Mixin for the admin of claims."""

    def get_urls(self):
        address = path(
            "<str:object_id>/withdraw/",
            self.admin_site.admin_view(self.withdraw_view),
            name="aid_claim_withdraw",
        )
        return [address, *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change:
            context["record_standing"] = standing_of(obj)
            if self.has_change_permission(request, obj):
                withdraw = (step_label(obj), reverse("admin:aid_claim_withdraw", args=[obj.pk]))
                context["record_tools"] = [*context.get("record_tools", ()), withdraw]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def withdraw_view(self, request, object_id):
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        with transaction.atomic():
            claim = self.get_object(request, unquote(object_id))
            if claim is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            if request.method == "POST":
                # Two editors at once: the second sees what the first did.
                Claim.objects.select_for_update().get(pk=claim.pk)
                claim.refresh_from_db(fields=["rank", "withdrawn_at", "withdrawn_why", "replaced_by"])
            return self._withdraw(request, claim)

    def _withdraw(self, request, claim):
        told = {"why": claim.withdrawn_why, "replaced_by": claim.replaced_by_id}
        form = WithdrawalForm(claim, request.POST if request.method == "POST" else None, initial=told)
        if request.method == "POST" and form.is_valid():
            act = tell_withdrawal if claim.rank == Rank.WITHDRAWN else withdraw_claim
            try:
                act(claim, request.user, form.cleaned_data["why"], form.cleaned_data["replaced_by"])
            except ValidationError as error:
                form.add_error({"reason": "why", "replacement": "replaced_by"}.get(error.code), error)
            else:
                messages.success(request, "The claim is withdrawn. Readers are told why at its address.")
                warn(request, claim.subject)
                return HttpResponseRedirect(reverse("admin:aid_claim_change", args=[claim.pk]))
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{step_label(claim)}: {claim_label(claim)}",
            "claim": claim,
            "said": value_texts([claim])[claim.pk],
            "label": step_label(claim),
            "form": form,
            "standing": standing_of(claim),
        }
        return TemplateResponse(request, "admin/aid/claim_withdrawal.html", context)


def step_label(claim):
    return "Change the reason" if claim.rank == Rank.WITHDRAWN else "Withdraw"


def standing_of(claim):
    """What readers get at the address of a claim, as a sentence; "" where they get it as it is."""
    if claim.rank != Rank.WITHDRAWN:
        return ""
    since = moments.told(claim.withdrawn_at.replace(second=0, microsecond=0))
    return f"Withdrawn on {since}. Readers are told: {claim.withdrawn_why}"
