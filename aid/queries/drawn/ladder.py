"""The ladder of one pledge: its steps as it has them, and what nobody says of the next."""

from django.utils.translation import gettext as _

from aid.drawing.steps import Step, ladder
from aid.models.claims import Claim, field_anchor
from aid.queries.drawn.graphic import Cell, Graphic, behind, on_day
from aid.queries.provenance import LADDER
from aid.queries.readings import money_reading

NAMES = ("position", "stage", "is_reached", "date", "date_text", "amount", "currency", "wording", "is_step_back")


def height(stage):
    """How high a stage stands; what was cancelled is back on the ground."""
    return LADDER.index(stage) if stage in LADDER else 0


def steps_of(pledge, found, public):
    """The Graphic of a pledge with its Ladder. One query. None where it has no step."""
    if not found.rungs:
        return None
    steps, rows, data = [], [], []
    for number, rung in enumerate(found.rungs, 1):
        when = rung.date.text if rung.date else _("date %(why)s") % {"why": rung.why_undated}
        amount = rung.amount.text if rung.amount else ""
        told = f"{when}; {amount}" if amount else when
        if rung.is_back:
            told = _("a step back; %(told)s") % {"told": told}
        steps.append(Step(rung.stage.label, height(rung.stage), told, rung.date is not None, rung.is_back))
        row, name = (pledge, "announced_on") if rung.is_of_pledge else (rung.step, "on")
        rows.append(
            [
                Cell(rung.stage.label, f"#{field_anchor(rung.step, 'stage')}" if rung.step else "", "evidence"),
                Cell(when, f"#{field_anchor(row, name)}", "evidence", is_unknown=rung.date is None),
                Cell(amount, f"#{field_anchor(rung.step, 'amount')}", "evidence", rung.amount.aloud)
                if amount
                else Cell(_("the whole amount")),
            ]
        )
        step = rung.step
        data.append(
            [
                number, rung.stage.value, "true", row.announced_on if rung.is_of_pledge else step.on, when,
                step.amount if step and step.amount is not None else "", step.currency if step else "",
                rung.wording, "true" if rung.is_back else "false",
            ]
        )  # fmt: skip
    for number, stage in enumerate(found.ahead, len(steps) + 1):
        steps.append(Step(stage.label, height(stage), _("not stated"), False, is_ahead=True))
        rows.append([Cell(stage.label), Cell(_("not stated"), is_unknown=True), Cell("")])
        data.append([number, stage.value, "false", "", _("not stated"), "", "", "", "false"])
    return Graphic(
        key="ladder",
        title=_("How far it has come: %(pledge)s") % {"pledge": pledge.title},
        desc=_("%(line)s. A stage that no source tells of is drawn hatched.") % {"line": found.line},
        told=[
            on_day(public),
            (_("Stage"), found.rungs[-1].stage.label),
            (_("Currency"), _whole(pledge)),
            behind(Claim.objects.all(), public, pledge=pledge),
        ],
        draw=lambda width: ladder(steps, width),
        columns=[_("Stage"), _("Date"), _("Amount")],
        rows=rows,
        names=NAMES,
        data=data,
        left_out=[Cell(_("What other sources say otherwise: it stands with the evidence of each step."))],
        view="pledge-ladder",
        args=(pledge.slug,),
    )


def _whole(pledge):
    if pledge.amount is None:
        return _("amount %(why)s") % {"why": pledge.unknown("amount").label}
    return money_reading(pledge.amount, pledge.currency, pledge.is_approximate).text
