"""Support by donor or by recipient, one stage at a time, a panel for each currency."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid.choices import Stage
from aid.drawing.bars import Bar, Panel, bars
from aid.formats import currency_name, listed
from aid.formats import number as in_figures
from aid.models.records import canonical_text
from aid.money import rounded
from aid.queries.drawn.graphic import Cell, Graphic, behind_pledges, money_cell, on_day
from aid.queries.public import EVERYTHING
from aid.queries.readings import money_reading

# Bars of one panel, the one of all others included; panels of one picture.
MOST_BARS, MOST_PANELS = 12, 6
NAMES = ("stage", "panel", "group", "name", "groups_in_row", "amount", "currency", "is_lower_bound",
         "amounts_not_known", "amounts_not_converted")  # fmt: skip


@dataclass
class Part:
    """One row of the picture: a group, or all the `others`, of one panel."""

    groups: list
    amount: Decimal | None
    currency: str
    is_least: bool = False
    unknown: int = 0
    not_converted: int = 0

    @property
    def is_rest(self):
        return len(self.groups) > 1


@dataclass
class Found:
    """The parts of each panel, by its currency ("" for amounts that are not known), and the currencies that have no
    panel."""

    panels: dict[str, list[Part]] = field(default_factory=dict)
    without_panel: list[str] = field(default_factory=list)


def stage_of(totals, asked=""):
    """The stage asked for, if any pledge is at it; else that of the most known amounts, or of the most pledges; None
    without any."""
    counted = {total.stage: (total.known, total.pledges) for total in totals if total.pledges}
    if asked in counted:
        return Stage(asked)
    return max(counted, key=lambda stage: counted[stage], default=None)


def parts_of(groups, stage, chosen=None, most=MOST_BARS):
    """The Found of a division's groups at one stage: each amount in the panel of its currency, or in that of the
    `chosen` one; the largest first, and what would be too many in one part."""
    panels = {}
    for group in groups:
        total = next((one for one in group.totals if one.stage == stage), None)
        if total is None:
            continue
        sums = total.amounts
        not_converted = 0
        if chosen:
            found, sums = total.in_chosen, {}
            not_converted = found.left_aside
            if found.converted:
                sums[chosen.currency] = found.amount
        for currency, amount in sums.items():
            is_least = total.is_least or bool(not_converted)
            panels.setdefault(currency, []).append(Part([group], amount, currency, is_least))
        if total.unknown or not_converted:
            panels.setdefault("", []).append(Part([group], None, "", True, total.unknown, not_converted))
    named = sorted((code for code in panels if code), key=lambda code: (-len(panels[code]), code))
    order = named[:MOST_PANELS] + ([""] if "" in panels else [])
    return Found({code: _cut(panels[code], most) for code in order}, named[MOST_PANELS:])


def _cut(parts, most):
    parts = sorted(
        parts, key=lambda one: (-(one.amount or 0), -(one.unknown + one.not_converted), one.groups[0].name)
    )
    if len(parts) <= most:
        return parts
    kept, rest = parts[: most - 1], parts[most - 1 :]
    is_known = rest[0].amount is not None
    return [
        *kept,
        Part(
            [group for one in rest for group in one.groups],
            sum((one.amount for one in rest), Decimal(0)) if is_known else None,
            rest[0].currency,
            any(one.is_least for one in rest),
            sum(one.unknown for one in rest),
            sum(one.not_converted for one in rest),
        ),
    ]


def support(pledges, whole, public=EVERYTHING, stage="", by="donor", values=None, chosen=None):
    """The Graphic of pledges by donor or recipient at one stage: the one asked for, or that of most pledges. None
    where nothing is counted. `values` are the filters that gave the pledges, for the links; `whole` is the pledges
    divided so. One query."""
    values = values or {}
    stage = stage_of(whole.totals, stage)
    if stage is None:
        return None
    found = parts_of(whole.groups, stage, chosen)
    total = next(one for one in whole.totals if one.stage == stage)
    told = _Words(by, stage, values, chosen)
    panels, rows, data = [], [], []
    for code, parts in found.panels.items():
        panel = Panel(told.heading(code))
        for part in parts:
            name, amount = told.name(part), told.amount(part)
            is_open = part.is_least and part.amount is not None
            panel.bars.append(Bar(name, part.amount, amount.text, int(is_open), part.is_rest))
            rows.append([told.name_cell(part), Cell(panel.heading), amount])
            data.append(
                [
                    stage.value, code or "not known", "" if part.is_rest else part.groups[0].key, name,
                    len(part.groups), canonical_text(part.amount), part.currency, canonical_text(part.is_least),
                    part.unknown, part.not_converted,
                ]
            )  # fmt: skip
        panels.append(panel)
    return Graphic(
        key="support",
        title=told.title,
        desc=told.desc(found),
        told=[
            on_day(public),
            (_("Stage"), str(stage.label)),
            (_("Currency"), told.currency),
            behind_pledges(public.of(pledges).filter(stage=stage), public),
        ],
        draw=lambda width: bars(panels, width),
        columns=[told.column, _("In"), _("Amount")],
        rows=rows,
        names=NAMES,
        data=data,
        left_out=told.left_out(total, whole, found),
        view="picture-support",
        query={**values, "stage": stage.value, "by": "" if by == "donor" else by}
        | ({"currency": chosen.currency} if chosen else {}),
    )


class _Words:
    """The sentences of one picture."""

    def __init__(self, by, stage, values, chosen):
        self.by, self.stage, self.values, self.chosen = by, stage, values, chosen

    @property
    def title(self):
        given = {"stage": str(self.stage.label).lower()}
        if self.by == "donor":
            return _("Support by donor, %(stage)s") % given
        return _("Support by recipient, %(stage)s") % given

    @property
    def column(self):
        return _("Donor") if self.by == "donor" else _("Recipient")

    @property
    def currency(self):
        if self.chosen:
            return _("%(currency)s, worked out here at the rate of each amount’s own day") % {
                "currency": self.chosen.currency
            }
        return _("as the sources state it; currencies share no scale")

    def heading(self, code):
        if not code:
            return _("Amount not known") if not self.chosen else _("Amount not known, or not converted")
        return f"{code}, {currency_name(code)}"

    def name(self, part):
        if not part.is_rest:
            return part.groups[0].name
        number = {"number": in_figures(len(part.groups))}
        if self.by == "donor":
            return _("The other %(number)s donors") % number
        return _("The other %(number)s recipients") % number

    def name_cell(self, part):
        return Cell(self.name(part), "" if part.is_rest else part.groups[0].url, "")

    def rows_of(self, part, **more):
        query = {**self.values, "stage": self.stage.value, **more}
        if not part.is_rest:
            query[self.by] = part.groups[0].key
        return reverse("total-rows", query=query)

    def amount(self, part):
        opens = "among" if part.is_rest else "rows"
        if part.amount is not None:
            amount = rounded(part.amount) if self.chosen else part.amount
            if self.chosen:
                found = money_reading(amount, part.currency, is_approximate=True)
                least = _("at least %(amount)s") if part.is_least else "%(amount)s"
                return Cell(
                    least % {"amount": found.text}, self.rows_of(part), opens, least % {"amount": found.aloud}
                )
            if part.is_rest:
                return money_cell(part.currency, amount, part.is_least, self.rows_of(part), "among")
            return money_cell(part.currency, amount, part.is_least, self.rows_of(part))
        text = []
        if part.unknown:
            number = {"number": in_figures(part.unknown)}
            text.append(
                ngettext("%(number)s amount not known", "%(number)s amounts not known", part.unknown) % number
            )
        if part.not_converted:
            number = {"number": in_figures(part.not_converted)}
            text.append(ngettext("%(number)s not converted", "%(number)s not converted", part.not_converted) % number)
        more = {} if part.not_converted else {"status": "unknown"}
        is_counted = not part.is_rest and not part.not_converted
        return Cell("; ".join(text), self.rows_of(part, **more), "rows" if is_counted else "among", is_unknown=True)

    def desc(self, found):
        sentences = []
        for code, parts in found.panels.items():
            told = listed(f"{self.name(part)} ({self.amount(part).text})" for part in parts[:3])
            if len(parts) > 3:
                sentences.append(
                    ngettext(
                        "%(panel)s: %(number)s bar, the first of them %(told)s.",
                        "%(panel)s: %(number)s bars, the first of them %(told)s.",
                        len(parts),
                    )
                    % {"panel": self.heading(code), "number": len(parts), "told": told}
                )
            else:
                sentences.append(_("%(panel)s: %(told)s.") % {"panel": self.heading(code), "told": told})
        sentences.append(_("An amount that is not known is hatched and has no end."))
        return " ".join(sentences)

    def left_out(self, total, whole, found):
        told = [Cell(_("Pledges at other stages: stages are never added to one another."))]
        rows = reverse("total-rows", query={**self.values, "stage": self.stage.value, "status": "left-out"})
        for number, why in total.reasons:
            text = ngettext("%(number)s pledge: %(why)s.", "%(number)s pledges: %(why)s.", number)
            told.append(Cell(text % {"number": in_figures(number), "why": why}, rows, "among"))
        if whole.more:
            text = ngettext(
                "Nothing, of %(number)s part whose envelope stands in another bar: both are drawn, so that the "
                "bars come to more than the total.",
                "Nothing, of %(number)s parts whose envelopes stand in another bar: both are drawn, so that the "
                "bars come to more than the total.",
                whole.more,
            ) % {"number": in_figures(whole.more)}
            told.append(Cell(text, reverse("total-rows", query={**self.values, "stage": self.stage.value}), "among"))
        if found.without_panel:
            text = _("Amounts in %(currencies)s: they are among the totals.")
            told.append(
                Cell(text % {"currencies": listed(found.without_panel)}, reverse("total-list", query=self.values), "")
            )
        return told
