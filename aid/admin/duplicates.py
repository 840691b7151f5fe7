"""Pledges that may be the one being typed: shown beside the form, and in the way of the first save of a new one."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponseNotAllowed, JsonResponse
from django.urls import reverse

from aid.admin.forms import FiguresField, KeyField, RecordForm, is_key
from aid.dates import LONGEST, spoken, validate_edtf
from aid.models.parties import Party
from aid.money import Money, short, validate_currency
from aid.queries.duplicates import Typed, possible_duplicates

SHOWN = 8
# More equivalents, or pledges left out, than any form sends.
MOST = 20


def figures_field(**kwargs):
    """An amount as the pledge's own column takes it."""
    return FiguresField(
        max_digits=15,
        decimal_places=2,
        min_value=Decimal("0.01"),
        error_messages={"min_value": "An amount is more than zero."},
        **kwargs,
    )


class TypedForm(forms.Form):
    """What a script sends of a pledge's form while it is typed."""

    donor = KeyField(
        Party.objects.all(),
        error_messages={"required": "Choose the donor first.", "invalid_choice": "There is no such donor."},
    )
    recipient = KeyField(
        Party.objects.all(), required=False, error_messages={"invalid_choice": "There is no such recipient."}
    )
    amount = figures_field(required=False)
    currency = forms.CharField(required=False)
    announced_on = forms.CharField(required=False, max_length=LONGEST, validators=[validate_edtf])

    def clean_currency(self):
        currency = self.cleaned_data["currency"].upper()
        if currency:
            validate_currency(currency[:MOST])
        return currency

    def clean(self):
        cleaned = super().clean()
        cleaned["equivalents"] = [_money(text) for text in self._several("equivalent")]
        besides = self._several("besides")
        if not all(is_key(key) for key in besides):
            raise ValidationError("A pledge that is left out is named by its number.", code="invalid")
        cleaned["besides"] = [int(key) for key in besides]
        return cleaned

    def _several(self, name):
        values = self.data.getlist(name)
        if len(values) > MOST:
            raise ValidationError(f"At most {MOST} values of “{name}” are read.", code="too_many")
        return values


def _money(text):
    """An equivalent as it is sent: “13260000 USD”."""
    amount, _, currency = text.rpartition(" ")
    currency = currency.upper()
    validate_currency(currency[:MOST])
    return Money(figures_field().clean(amount), currency)


def typed_pledge(cleaned, equivalents, besides):
    """The Typed of cleaned fields; None where there is no donor yet."""
    if not cleaned.get("donor"):
        return None
    recipient = cleaned.get("recipient")
    amounts = [Money(cleaned.get("amount"), cleaned.get("currency")), *equivalents]
    return Typed(
        donor=cleaned["donor"].pk,
        recipient=recipient.pk if recipient else None,
        amounts=tuple(money for money in amounts if money.amount and money.currency),
        announced_on=cleaned.get("announced_on") or "",
        besides=frozenset(besides),
    )


def panel(found):
    """The duplicates as the panel beside the form shows them, and as the script gets them."""
    several = len(found) != 1
    return (
        {
            "told": f"{len(found):,} pledges may be this one" if several else "1 pledge may be this one",
            "rows": [
                {
                    "title": row.pledge.title,
                    "url": reverse("admin:aid_pledge_change", args=[row.pledge.pk]),
                    "line": _line(row.pledge),
                    "why": row.why[:1].upper() + row.why[1:] + ".",
                }
                for row in found[:SHOWN]
            ],
            "more": max(len(found) - SHOWN, 0),
            "keys": " ".join(str(key) for key in sorted(row.pledge.pk for row in found)),
        }
        if found
        else {"told": "", "rows": [], "more": 0, "keys": ""}
    )


def _line(pledge):
    money = f"{pledge.currency} {short(pledge.amount)}" if pledge.money else f"amount {_why(pledge, 'amount')}"
    day = spoken(pledge.announced_on) or f"date {_why(pledge, 'announced_on')}"
    return f"{pledge.donor} → {pledge.recipient}, {money}, {pledge.get_stage_display().lower()}, {day}"


def _why(pledge, field):
    return pledge.unknown(field).label


def duplicates_view(request):
    """The duplicates of what is typed, as JSON; 400 with a sentence for what no form sends."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    form = TypedForm(request.GET)
    if not form.is_valid():
        told = " ".join(sentence for sentences in form.errors.values() for sentence in sentences)
        return JsonResponse({"error": told}, status=400)
    typed = typed_pledge(form.cleaned_data, form.cleaned_data["equivalents"], form.cleaned_data["besides"])
    return JsonResponse(panel(possible_duplicates(typed)))


class NewPledgeForm(RecordForm):
    """A pledge's form. One that is new and may be in the ledger already is held back until the editor has seen the
    pledges it may be, and says that it is another one."""

    # The numbers of the pledges that the editor was shown and says it is not, with spaces between.
    another_than = forms.CharField(required=False, widget=forms.HiddenInput)
    duplicates = ()
    is_seen = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["another_than"]

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk is None:
            self._hold_back(cleaned)
        return cleaned

    def _hold_back(self, cleaned):
        related = [cleaned.get(name) for name in ("part_of", "supersedes")]
        typed = typed_pledge(cleaned, self._equivalents(), [row.pk for row in related if row])
        self.duplicates = possible_duplicates(typed) if typed else []
        seen = set((cleaned.get("another_than") or "").split())
        self.is_seen = all(str(row.pledge.pk) in seen for row in self.duplicates)
        if not self.is_seen:
            self.add_error(
                None,
                ValidationError(
                    "Nothing is saved yet, because this pledge may be recorded already. Look at the list above. "
                    "If yours is another pledge, tick “It is another pledge: save it”, and save again.",
                    code="duplicate",
                ),
            )

    def _equivalents(self):
        """The amounts typed as valuations in the same form, as far as they can be read."""
        rows = getattr(self.instance, "valuation_rows", ())
        cleaned = [row.cleaned_data for row in rows if row.is_valid() and row.has_changed()]
        return [Money(row["amount"], row["currency"]) for row in cleaned if not row.get("DELETE")]
