"""Where donors and recipients lie, at one stage: of how many pledges, since currencies share no scale."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid.drawing.world import Place, knows, note, world_map
from aid.formats import listed
from aid.formats import number as in_figures
from aid.models.parties import Party
from aid.queries.drawn.graphic import Cell, Graphic, Written, behind_pledges, on_day
from aid.queries.drawn.support import stage_of
from aid.queries.public import EVERYTHING

NAMES = ("stage", "role", "party", "name", "place", "pledges_counted", "is_on_the_map")


def places(pledges, donors, recipients, public=EVERYTHING, stage="", values=None):
    """The Graphic of the places of donors and recipients at one stage: the one asked for, or that of most known
    amounts. None where nothing is counted. `donors` and `recipients` are the pledges divided so. Two queries."""
    values = values or {}
    stage = stage_of(donors.totals, stage)
    if stage is None:
        return None
    roles = {"donor": _at(donors.groups, stage), "recipient": _at(recipients.groups, stage)}
    codes = _codes({group.key for found in roles.values() for group, _total in found}, public)
    drawn, rows, data, elsewhere = {}, [], [], []
    for role, found in roles.items():
        for group, total in found:
            code = codes.get(group.key, "")
            is_drawn = bool(code) and knows(code)
            if not is_drawn:
                elsewhere.append(group.name)
            else:
                drawn.setdefault(code, {}).setdefault(role, []).append((group, total))
            address = reverse("total-rows", query={**values, "stage": stage.value, role: group.key})
            rows.append(
                [
                    Cell(group.name, group.url),
                    Cell(_("donor") if role == "donor" else _("recipient")),
                    Cell(_counted(total.pledges), address, "among" if total.left_out_number else "rows"),
                    Cell(code if is_drawn else _("not on the map"), is_unknown=not is_drawn),
                ]
            )
            data.append(
                [stage.value, role, group.key, group.name, code, total.pledges, "true" if is_drawn else "false"]
            )
    found = [_place(code, roles) for code, roles in drawn.items()]
    left_out = [Cell(_("Amounts: a circle is as large as the number of pledges counted, known amounts or not."))]
    if elsewhere:
        text = _("Who is no state and belongs to none: %(names)s.")
        left_out.append(Cell(text % {"names": listed(dict.fromkeys(elsewhere))}))
    left_out.append(Cell(_("Names for which there is no room: all are in the table.")))
    return Graphic(
        key="map",
        title=_("Where support comes from and goes, %(stage)s") % {"stage": str(stage.label).lower()},
        desc=_desc(roles),
        told=[
            on_day(public),
            (_("Stage"), str(stage.label)),
            (_("Currency"), _("none; pledges are counted")),
            behind_pledges(public.of(pledges).filter(stage=stage), public),
            (_("Shapes"), Written(note())),
        ],
        draw=lambda width: world_map(found, (_("The world"), _("Europe")), width),
        columns=[_("Party"), _("Role"), _("Pledges"), _("Place")],
        rows=rows,
        names=NAMES,
        data=data,
        left_out=left_out,
        view="picture-map",
        query={**values, "stage": stage.value},
        is_one_size=True,
    )


def _at(groups, stage):
    """[(group, its StageTotal)] of what is counted at a stage."""
    found = ((group, total) for group in groups for total in group.totals if total.stage == stage)
    return [(group, total) for group, total in found if total.pledges]


def _codes(slugs, public):
    """{address of a party: the ISO code of the state that it is or belongs to}. One query."""
    rows = public.named(Party.objects.filter(slug__in=slugs)).order_by()
    found = rows.values_list("slug", "iso_alpha2", "parent__iso_alpha2")
    return {slug: own or around or "" for slug, own, around in found}


def _counted(number):
    return ngettext("%(number)s pledge", "%(number)s pledges", number) % {"number": in_figures(number)}


def _place(code, roles):
    given, received = (roles.get(role, []) for role in ("donor", "recipient"))
    number = sum(total.pledges for _group, total in given)
    told = []
    if given:
        told.append(_("gives, %(counted)s") % {"counted": _counted(number)})
    if received:
        told.append(
            _("receives, %(counted)s") % {"counted": _counted(sum(total.pledges for _group, total in received))}
        )
    # A ministry stands where its state does; the state's own name goes first.
    name = min((group.name for group, _total in (*given, *received)), key=len)
    return Place(code, name, number, bool(received), "; ".join(told))


def _desc(roles):
    donors, recipients = (
        listed(f"{group.name} ({in_figures(total.pledges)})" for group, total in found[:12])
        for found in (sorted(roles[role], key=lambda pair: -pair[1].pledges) for role in ("donor", "recipient"))
    )
    text = _("Donors are dotted, with a circle for their pledges: %(donors)s. Recipients are hatched: %(to)s.")
    return text % {"donors": donors, "to": recipients}
