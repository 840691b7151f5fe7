"""The totals: by what a reader wants them divided, each with the page of its rows, and how they are made."""

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext

from aid.exchange.tables import csv_lines
from aid.filters import Asked, TotalRowsFilterSet, TotalsFilterSet
from aid.models import Pledge
from aid.models.records import canonical_text
from aid.nouns import counted
from aid.queries.chosen import PARAMETER
from aid.queries.divisions import DIVISIONS, NOT_KNOWN, divided
from aid.queries.ladder import steps_shown
from aid.queries.readings import with_basis
from aid.queries.total_rows import COLUMNS, CONVERTED, lines_of, table
from aid.views.currency import chosen_currency
from aid.views.lists import address, list_page
from aid.views.pages import excerpt, public_page, readers_have

DIVIDED_BY = "donor"


def leading(totals, values=None):
    """The totals, each with the address of the page of its rows: those that `values` filter, at its stage."""
    for total in totals:
        total.address = address(reverse("total-rows"), values or {}, stage=total.stage.value)
    return totals


@public_page
def total_list(request):
    public = readers_have(request)
    chosen = chosen_currency(request, public)
    found = {}

    def groups(asked):
        division = DIVISIONS[asked.values.get("by", DIVIDED_BY)]
        values = {name: value for name, value in asked.values.items() if name != "by"}
        only = values.get(division.parameter, "")
        adding_up = asked.filterset.adding_up(chosen)
        whole = divided(adding_up, asked.filterset.selected(), division, public, only)
        leading(whole.totals, values)
        for group in whole.groups:
            leading(group.totals, values | {division.parameter: group.key})
        ways = [
            (each.noun, address(request.path, values, by=each.name), each is division) for each in DIVISIONS.values()
        ]
        found.update(whole=whole, division=division, ways=ways)
        if division.name in ("donor", "recipient"):
            by = "" if division.name == "donor" else division.name
            found["picture_address"] = address(reverse("picture-support"), values, by=by)
        known = [group for group in whole.groups if group.key != NOT_KNOWN]
        found["count"] = counted(len(known), division.counted)
        if len(known) < len(whole.groups):
            told = {"groups": found["count"], "name": division.not_known}
            found["count"] = gettext("%(groups)s, and “%(name)s”") % told
        return whole.groups

    return list_page(
        request,
        TotalsFilterSet,
        Pledge.objects.all(),
        "aid/total_list.html",
        "group",
        beside=lambda rows: found,
        public=public,
        listed=groups,
    )


@public_page
def total_rows(request):
    """What one total is made of. All that the filters find is judged together, so that `status` changes no total."""
    public = readers_have(request)
    chosen = chosen_currency(request, public)
    records = with_basis(Pledge.objects.for_list(), "announced_on", public=public)
    records = records.prefetch_related(steps_shown(public), *public.fetching(Pledge, "valuations"))
    found = {}

    def rows_of(asked):
        set_ = asked.filterset
        values = {name: value for name, value in asked.values.items() if name not in ("stage", "status", "sort")}
        whole = set_.adding_up(chosen).totals(set_.selected())
        found.update(
            totals=leading(whole, values),
            judged=set_.judged,
            withdrawn=excerpt(set_.withdrawn) if public.withdrawn.get(Pledge) else None,
            files=[
                (name, address(reverse(f"total-{kind}"), asked.values, **{PARAMETER: chosen.currency}))
                for kind, name in FILES
            ],
            totals_address=address(reverse("total-list"), values),
        )
        return set_.listed()

    def beside(rows):
        chosen.expect(rows)
        return found | {"rows": lines_of(rows, found["judged"], public)}

    return list_page(
        request,
        TotalRowsFilterSet,
        records,
        "aid/total_rows.html",
        "pledge",
        beside=beside,
        public=public,
        listed=rows_of,
    )


# As files


FILES = (("csv", "CSV"), ("json", "JSON"))


def _table(request):
    """(what was Asked, the rows of the file) of a total's file. Read at once, for the past ends with the request."""
    public = readers_have(request)
    chosen = chosen_currency(request, public)
    asked = Asked(TotalRowsFilterSet, request.GET, Pledge.objects.all(), public)
    rows, set_ = asked.filterset.qs, asked.filterset
    return asked, chosen, list(table(rows, set_.judged, set_.judged.counting, chosen))


def _named(request, response, kind):
    response["Content-Disposition"] = f'attachment; filename="total.{kind}"'
    return response


@public_page
def total_csv(request):
    asked, chosen, rows = _table(request)
    if asked.ignored:
        # A table has no place to say what was not understood, and must not be of more than was asked for.
        return HttpResponse("\n".join(asked.ignored), status=400, content_type="text/plain; charset=utf-8")
    header = [*COLUMNS, *(CONVERTED if chosen else ())]
    lines = csv_lines(header, ([row[name] for name in header] for row in rows))
    return _named(request, HttpResponse("".join(lines), content_type="text/csv; charset=utf-8"), "csv")


@public_page
def total_json(request):
    """The rows with the totals they make, and all that the address asks for which was not understood."""
    asked, chosen, rows = _table(request)
    set_ = asked.filterset
    totals = set_.adding_up(chosen).totals(set_.selected())
    told = {
        "page": request.build_absolute_uri(address(reverse("total-rows"), asked.values)),
        "filters": asked.values,
        "ignored": asked.ignored,
        "totals": [
            {
                "stage": total.stage.value,
                "amounts": {currency: canonical_text(amount) for currency, amount in total.amounts.items()},
                "is_lower_bound": total.is_least,
                "counted": total.pledges,
                "amounts_unknown": total.unknown,
                "left_out": [{"number": number, "why": why} for number, why in total.reasons],
                **({"converted": _converted(total.in_chosen)} if total.in_chosen else {}),
            }
            for total in totals
        ],
        "rows": [row | {"page": _page_of(request, row)} for row in rows],
    }
    return _named(request, JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1}), "json")


def _converted(found):
    return {
        "currency": found.currency,
        "amount": canonical_text(found.amount) if found.converted else None,
        "of": found.converted,
        "not_converted": [{"number": number, "why": why} for why, number in found.reasons],
    }


def _page_of(request, row):
    return request.build_absolute_uri(reverse("pledge-detail", args=[row["pledge"]]))
