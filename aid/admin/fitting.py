"""Which currency and which year a text can mean: a page of the desk that shows what the rates allow.

It changes nothing. What an editor takes up becomes a row of claims in the pledge's form, filled in and not yet saved.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import path, reverse

from aid.admin.forms import is_key
from aid.choices import Basis, Rank
from aid.dates import LONGEST
from aid.intake.reference_rates import last_day
from aid.models.pledges import Valuation
from aid.queries.conversion import Conversion, Rates, conversion_of
from aid.queries.desk import pledge_numbered
from aid.queries.equivalents import LONGEST_TEXT, Unreadable
from aid.queries.fitting import FIRST_YEAR, fitting, reasoning
from aid.queries.provenance import dossier

# A sentence longer than this is pasted by hand: an address has to stay one that every server takes.
LONGEST_QUOTE = 500


class FittingForm(forms.Form):
    text = forms.CharField(
        label="Sentence of the source",
        strip=True,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        help_text="With an amount and its equivalent: “91 million kroner (about 13.26 million dollars)”.",
        error_messages={
            "required": "Paste a sentence with an amount and its equivalent in another currency.",
            "max_length": f"That is longer than {LONGEST_TEXT:,} characters. Paste the sentence alone.",
        },
    )
    day = forms.CharField(
        label="Day",
        required=False,
        max_length=LONGEST,
        help_text="As XXXX-01-24 where the year is not stated. Empty: the first day in the sentence, and where it "
        "has none, every day of each year.",
    )
    first = forms.IntegerField(label="First year", required=False, min_value=1, max_value=9999)
    last = forms.IntegerField(
        label="Last year",
        required=False,
        min_value=1,
        max_value=9999,
        help_text=f"Empty: {FIRST_YEAR} and the year in which the history of rates ends.",
    )


def fitting_view(request, admin_site):
    """The page. It only reads; a sentence is posted because an address is too short for many."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(("GET", "HEAD", "POST"))
    sent = request.POST if request.method == "POST" else request.GET
    if not request.user.has_perm("aid.view_pledge"):
        raise PermissionDenied
    pledge = _pledge(sent.get("pledge", ""))
    known = dossier(pledge) if pledge else None
    given = sent if "text" in sent else _from_record(known)
    form = FittingForm(given or None, label_suffix="")
    found, why = None, ""
    if given and form.is_valid():
        typed = form.cleaned_data
        try:
            found = fitting(typed["text"], typed["day"], typed["first"] or FIRST_YEAR, typed["last"])
        except Unreadable as refused:
            why = str(refused)
    context = {
        **admin_site.each_context(request),
        "title": "Which currency and year can it mean?",
        "form": form,
        "pledge": pledge,
        "why": why,
        "found": found,
        "tables": _years(found, known, form) if found else [],
        "currencies": _currencies(found, known, form) if found else [],
        "may_take_up": request.user.has_perm("aid.change_pledge"),
    }
    return TemplateResponse(request, "admin/aid/fitting.html", context)


def _pledge(key):
    return pledge_numbered(key) if is_key(key) else None


def _from_record(known):
    """What the form begins with: the sentences on which the amounts of a pledge rest, and its day; {} without any."""
    if known is None:
        return {}
    pledge = known.record
    rows = [known.of(pledge, "amount"), *(known.of(row, "amount") for row in pledge.valuations.all())]
    claims = [claim for evidence in rows for claim in evidence.claims]
    quotes = dict.fromkeys(passage.quote for claim in claims for passage in claim.passages.all())
    if not quotes:
        return {}
    return {"text": "\n".join(quotes), "day": _day(known)}


def _day(known):
    """The day that the record has, without a year that was inferred: that is what the test is for."""
    pledge = known.record
    date, evidence = pledge.announced_on, known.of(pledge, "announced_on")
    if date.count("-") < 2:
        row = next((row for row in pledge.valuations.all() if row.rate_on), None)
        date, evidence = (str(row.rate_on), known.of(row, "rate_on")) if row else ("", evidence)
    is_inferred = evidence.basis == Basis.INFERRED or "?" in date
    return f"XXXX{date[4:].lstrip('?~%')}" if date and is_inferred else date


# What can be taken up


def _currencies(found, known, form):
    """Each currency that the amount's word can mean, with the address that takes it up where it fits."""
    return [
        (row, _take_up(found, known, form, "currency", row.currency, row.currency) if row.fits else "")
        for row in found.by_currency
    ]


def _years(found, known, form):
    """For each currency that fits: (its code, [(a year, the address that takes it up where it fits)])."""
    day = found.date[4:].lstrip("?~%")
    return [
        (
            code,
            [
                (row, _take_up(found, known, form, "announced_on", f"{row.year}?{day}", code) if row.fits else "")
                for row in rows
            ],
        )
        for code, rows in found.by_year
    ]


def _take_up(found, known, form, field, value, currency):
    """The address of the pledge's form with a row of claims filled in; "" where no pledge is named."""
    if known is None:
        return ""
    pledge = known.record
    quote = form.cleaned_data["text"]
    row = {
        "about": field,
        "value": value,
        "basis": Basis.INFERRED,
        "rank": Rank.ALTERNATIVE if known.of(pledge, field).preferred else Rank.PREFERRED,
        "wording": found.amount.word if field == "currency" else "",
        "reasoning": reasoning(found, currency),
        "quote": quote if len(quote) <= LONGEST_QUOTE else "",
        "source": next((claim.source_id for claim in known.of(pledge, "amount").claims), "") or "",
    }
    filled = urlencode({f"claim_{name}": value for name, value in row.items()})
    return f"{reverse('admin:aid_pledge_change', args=[pledge.pk])}?{filled}#claims-group"


# Stated equivalents beside the form


@dataclass(frozen=True)
class Offer:
    """A stated equivalent held against its day's rates; `load` is the address where rates that are not kept here are
    loaded from the package, and `ends` the last day of its history where the day lies after it."""

    valuation: Valuation
    conversion: Conversion | None
    load: str = ""
    ends: date | None = None


def offers(pledge):
    """An Offer for each stated equivalent of a pledge. Two queries, and one more where a day has no rate."""
    valuations = list(pledge.valuations.all())
    rates = Rates([row.rate_on for row in valuations if row.rate_on])
    return [_offer(pledge, row, conversion_of(row, rates)) for row in valuations]


def _offer(pledge, valuation, conversion):
    if conversion is None or conversion.expected is not None or conversion.why_none:
        return Offer(valuation, conversion)
    if conversion.day > last_day():
        return Offer(valuation, conversion, ends=last_day())
    asked = urlencode({"day": conversion.day.isoformat(), "pledge": pledge.pk})
    return Offer(valuation, conversion, load=f"{reverse('admin:aid_exchangerate_load')}?{asked}")


class Fits:
    """Mixin for the admin of pledges: how the stated equivalents hold stands above the form, beside the test."""

    def get_urls(self):
        view = self.admin_site.admin_view(lambda request: fitting_view(request, self.admin_site))
        return [path("fitting/", view, name="aid_pledge_fitting"), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["fitting_address"] = reverse("admin:aid_pledge_fitting") + (f"?pledge={obj.pk}" if change else "")
        if change:
            context["offers"] = offers(obj)
            context["may_load"] = request.user.has_perm("aid.change_pledge")
        return super().render_change_form(request, context, add, change, form_url, obj)
