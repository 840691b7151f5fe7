"""Support from donors through coalitions to recipients, at one stage, a panel for each currency."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid.drawing.flows import Flow, Panel, flows
from aid.formats import currency_name, listed
from aid.formats import number as in_figures
from aid.models.coalitions import Coalition
from aid.models.parties import Party
from aid.models.records import canonical_text
from aid.money import rounded, short
from aid.queries.divisions import NOT_KNOWN, Division
from aid.queries.drawn.graphic import Cell, Graphic, behind_pledges, money_cell, on_day
from aid.queries.drawn.support import stage_of
from aid.queries.public import EVERYTHING
from aid.queries.readings import money_reading

# Stops of each column: donors, coalitions, recipients; panels of one picture.
MOST = (9, 5, 5)
MOST_PANELS = 3
NAMES = ("stage", "panel", "donor", "coalition", "recipient", "amount", "currency", "is_lower_bound",
         "amounts_not_known", "amounts_not_converted")  # fmt: skip


def _names(keys, public):
    return {}


FLOW = Division(
    "flow", "flow", "flows", "", _names, "", None, ("donor", "coalition", "recipient"),
)  # fmt: skip


def support_flows(pledges, whole, public=EVERYTHING, stage="", values=None, chosen=None):
    """The Graphic of the flows at one stage: the one asked for, or that of most known amounts. None where nothing is
    counted. `whole` is the pledges divided by FLOW. Three queries."""
    values = values or {}
    stage = stage_of(whole.totals, stage)
    if stage is None:
        return None
    parts = _parts(whole.groups, stage, chosen)
    names = _named({key for code in parts for key, *_rest in parts[code]}, public)
    order = sorted((code for code in parts if code), key=lambda code: (-len(parts[code]), code))
    kept, without = order[:MOST_PANELS], order[MOST_PANELS:]
    panels, rows, data = [], [], []
    for code in [*kept, *([""] if "" in parts else [])]:
        heading = _heading(code, chosen)
        merged = _merged(parts[code], names)
        panels.append(Panel(heading, [Flow(stops, amount) for stops, (_k, amount, *_r) in merged.items()],
                            _told(merged, code, chosen)))  # fmt: skip
        for stops, (keys, amount, is_least, unknown, not_converted) in merged.items():
            rows.append(
                [
                    Cell(stops[0], is_name=True),
                    Cell(stops[1], is_name=True),
                    Cell(stops[2], is_name=True),
                    _amount(code, amount, is_least, unknown, not_converted, chosen, _rows(keys, stage, values)),
                ]
            )
            data.append(
                [
                    stage.value, code or "not known", *stops, canonical_text(amount),
                    code if amount is not None else "", canonical_text(is_least), unknown, not_converted,
                ]
            )  # fmt: skip
    total = next(one for one in whole.totals if one.stage == stage)
    return Graphic(
        key="flows",
        title=_("From donors through coalitions to recipients, %(stage)s") % {"stage": str(stage.label).lower()},
        desc=_desc(panels),
        told=[
            on_day(public),
            (_("Stage"), str(stage.label)),
            (
                _("Currency"),
                _("%(currency)s, worked out here at the rate of each amount’s own day")
                % {"currency": chosen.currency}
                if chosen
                else _("as the sources state it; currencies share no scale"),
            ),
            behind_pledges(public.of(pledges).filter(stage=stage), public),
        ],
        draw=lambda width: flows(panels, [_("Donor"), _("Coalition"), _("Recipient")], width),
        columns=[_("Donor"), _("Through the coalition"), _("Recipient"), _("Amount")],
        rows=rows,
        names=NAMES,
        data=data,
        left_out=_left_out(total, whole, without, stage, values),
        view="picture-flows",
        query={**values, "stage": stage.value} | ({"currency": chosen.currency} if chosen else {}),
    )


def _parts(groups, stage, chosen):
    """{currency, or "" for what is not known: [(key, amount, is at least, not known, not converted)]}"""
    found = {}
    for group in groups:
        total = next((one for one in group.totals if one.stage == stage), None)
        if total is None:
            continue
        sums, aside = total.amounts, 0
        if chosen:
            aside = total.in_chosen.left_aside
            sums = {chosen.currency: total.in_chosen.amount} if total.in_chosen.converted else {}
        for code, amount in sums.items():
            found.setdefault(code, []).append((group.key, amount, total.is_least or bool(aside), 0, 0))
        if total.unknown or aside:
            found.setdefault("", []).append((group.key, None, True, total.unknown, aside))
    return found


def _named(keys, public):
    """{(column, address): name} of what the keys name. Two queries at most."""
    parties = {slug for key in keys for slug in (key[0], key[2])}
    coalitions = {key[1] for key in keys if key[1] != NOT_KNOWN}
    found = public.named(Party.objects.filter(slug__in=parties)).names_here()
    named = {(column, slug): name for slug, name in found.items() for column in (0, 2)}
    if coalitions:
        rows = public.named(Coalition.objects.filter(slug__in=coalitions)).order_by()
        named |= {(1, slug): name for slug, name in rows.values_list("slug", "name")}
    return named | {(1, NOT_KNOWN): _("no coalition that a source names")}


def _merged(parts, names):
    """The flows of one panel, with the smallest stops of each column in one: {stops: (keys, amount, is at least, not
    known, not converted)}, the largest first."""
    weights = [{}, {}, {}]
    for key, amount, _least, unknown, aside in parts:
        for column, slug in enumerate(key):
            weights[column][slug] = weights[column].get(slug, Decimal(0)) + (
                amount if amount is not None else unknown + aside
            )
    stop_of = []
    for column, weight in enumerate(weights):
        order = sorted(weight, key=lambda slug: (-weight[slug], slug))
        most = MOST[column]
        rest = set(order[most - 1 :]) if len(order) > most else set()
        stop_of.append(
            {slug: _others(column, len(rest)) if slug in rest else names.get((column, slug), slug) for slug in order}
        )
    ranks = [{stop: rank for rank, stop in enumerate(dict.fromkeys(stops.values()))} for stops in stop_of]
    merged = {}
    for key, amount, least, unknown, aside in parts:
        stops = tuple(stop_of[column][slug] for column, slug in enumerate(key))
        keys, sum_, is_least, unknowns, asides = merged.get(stops, ([], None, False, 0, 0))
        sum_ = sum_ if amount is None else (sum_ or Decimal(0)) + amount
        merged[stops] = ([*keys, key], sum_, is_least or least, unknowns + unknown, asides + aside)
    order = sorted(merged, key=lambda stops: tuple(ranks[column][stop] for column, stop in enumerate(stops)))
    return {stops: merged[stops] for stops in order}


def _others(column, number):
    given = {"number": in_figures(number)}
    if column == 0:
        return _("the other %(number)s donors") % given
    if column == 1:
        return _("the other %(number)s coalitions") % given
    return _("the other %(number)s recipients") % given


def _heading(code, chosen):
    if code:
        return f"{code}, {currency_name(code)}"
    if chosen:
        return _("Amount not known, or not converted: dashed, the width says nothing")
    return _("Amount not known: dashed, the width says nothing")


def _told(merged, code, chosen):
    """What stands at each stop: what flows through it."""
    found = {}
    for stops, (_keys, amount, least, unknown, aside) in merged.items():
        for stop in enumerate(stops):
            sum_, is_least, number = found.get(stop, (Decimal(0), False, 0))
            found[stop] = (sum_ + (amount or 0), is_least or least, number + unknown + aside)
    return {stop: _stop_told(code, *given, chosen) for stop, given in found.items()}


def _stop_told(code, amount, is_least, number, chosen):
    """A sum at a stop, without its currency, which stands above all of them."""
    if not code:
        text = ngettext("%(number)s not known", "%(number)s not known", number)
        return text % {"number": in_figures(number)}
    told = short(rounded(amount) if chosen else amount)
    return f"≥ {told}" if is_least else told


def _sum_told(code, amount, is_least, number, chosen):
    if not code:
        text = ngettext("%(number)s amount not known", "%(number)s amounts not known", number)
        return text % {"number": in_figures(number)}
    told = money_reading(rounded(amount) if chosen else amount, code, bool(chosen)).text
    return _("at least %(amount)s") % {"amount": told} if is_least else told


def _rows(keys, stage, values):
    """The address of the rows of a flow, and whether it is of these rows alone."""
    query = {**values, "stage": stage.value}
    if len(keys) == 1:
        donor, coalition, recipient = keys[0]
        query |= {"donor": donor, "coalition": coalition, "recipient": recipient}
    return query, len(keys) == 1


def _amount(code, amount, is_least, unknown, aside, chosen, asked):
    query, is_one = asked
    opens = "rows" if is_one else "among"
    if amount is None:
        told = _sum_told("", None, True, unknown + aside, chosen)
        if not aside:
            query = query | {"status": "unknown"}
        return Cell(told, reverse("total-rows", query=query), "among" if aside else opens, is_unknown=True)
    if chosen:
        return Cell(_sum_told(code, amount, is_least, 0, chosen), reverse("total-rows", query=query), "among")
    return money_cell(code, amount, is_least, reverse("total-rows", query=query), opens)


def _desc(panels):
    sentences = []
    for panel in panels:
        text = ngettext("%(panel)s: %(number)s flow.", "%(panel)s: %(number)s flows.", len(panel.flows))
        sentences.append(text % {"panel": panel.heading, "number": len(panel.flows)})
    sentences.append(_("Each begins at a donor and ends at a recipient; in between stands the coalition, if any."))
    return " ".join(sentences)


def _left_out(total, whole, without, stage, values):
    told = [Cell(_("Pledges at other stages: stages are never added to one another."))]
    query = {**values, "stage": stage.value}
    for number, why in total.reasons:
        text = ngettext("%(number)s pledge: %(why)s.", "%(number)s pledges: %(why)s.", number)
        address = reverse("total-rows", query={**query, "status": "left-out"})
        told.append(Cell(text % {"number": in_figures(number), "why": why}, address, "among"))
    if whole.more:
        text = ngettext(
            "Nothing, of %(number)s part whose envelope is another flow: both are drawn.",
            "Nothing, of %(number)s parts whose envelopes are other flows: both are drawn.",
            whole.more,
        )
        told.append(Cell(text % {"number": in_figures(whole.more)}, reverse("total-rows", query=query), "among"))
    if without:
        text = _("Amounts in %(currencies)s: they are among the totals.")
        told.append(Cell(text % {"currencies": listed(without)}, reverse("total-list", query=values)))
    return told
