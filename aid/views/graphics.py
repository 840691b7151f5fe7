"""Pictures of the data: the page of all of them, the page of each, and each as a file to take along."""

import base64
import hashlib
from copy import copy
from functools import lru_cache, partial
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from aid.choices import Stage
from aid.drawing.standalone import standalone, style_of
from aid.drawing.svg import WIDE
from aid.exchange.tables import csv_lines
from aid.filters import Asked, TotalsFilterSet, shortened
from aid.models import Coalition, Pledge
from aid.queries.divisions import DIVISIONS, divided
from aid.queries.drawn import ladder as drawn_ladder
from aid.queries.drawn.announcements import announcements
from aid.queries.drawn.flows import FLOW, support_flows
from aid.queries.drawn.members import membership
from aid.queries.drawn.places import places
from aid.queries.drawn.support import support
from aid.queries.ladder import ladder_of
from aid.queries.memberships import MembersBySource
from aid.queries.readings import Sheet
from aid.views import as_of
from aid.views.currency import chosen_currency
from aid.views.lists import address
from aid.views.pages import found, page, public_page, readers_have

SHEET = "css/pictures.css"
ENDINGS = ("svg", "csv", "json")


def shown(request, graphic):
    """A Graphic whose files are of the moment and the currency that its page is of; None stays None."""
    if graphic is not None and getattr(request, "as_of", None):
        graphic.kept = {as_of.PARAMETER: request.as_of.written}
    return graphic


# Pictures of the whole ledger, or of what filters leave of it


class Wanted:
    """What the address of a picture asks for: the filters of the totals, and a stage, which is drawn alone.

    `ignored` says what could not be used.
    """

    def __init__(self, request, query=None, public=None):
        self.public = public or readers_have(request)
        self.chosen = chosen_currency(request, self.public)
        query = (request.GET if query is None else query).copy()
        stage = (query.pop("stage", None) or [""])[-1].strip()
        asked = Asked(TotalsFilterSet, query, Pledge.objects.all(), self.public)
        self.ignored, self.pledges = list(asked.ignored), asked.filterset.qs
        self.stage = stage if stage in Stage.values else ""
        if stage and not self.stage:
            self.ignored.append(_("Ignored: stage “%(stage)s” is no stage here.") % {"stage": shortened(stage)})
        self.values = {name: value for name, value in asked.values.items() if name != "by"}
        self.by = asked.values.get("by", "donor")
        if self.by not in ("donor", "recipient"):
            text = _("Ignored: a picture is divided by donor or by recipient, not by %(division)s.")
            self.ignored.append(text % {"division": DIVISIONS[self.by].noun})
            self.by = "donor"
        self.chips = asked.chips
        self._adding_up, self._held = asked.filterset.adding_up(self.chosen), asked.filterset.selected()
        self._divided = {}

    @classmethod
    def of_parties(cls, request, public):
        """All that is public, to be narrowed down to parties with `of`."""
        return cls(request, QueryDict(), public)

    def of(self, role, party, pledges):
        """The same of the pledges of one party in one role, "donor" or "recipient", by the other. No query."""
        found = copy(self)
        found.pledges, found.values, found._divided = pledges, {role: party.slug}, {}
        found.by = "recipient" if role == "donor" else "donor"
        found._held = self._held & self._adding_up.index.sets[role].get(party.slug, 0)
        return found

    @property
    def totals(self):
        """The StageTotals of the pledges of which something is counted."""
        return self._adding_up.counted_totals(self._held)

    def divided(self, division):
        """The Divided of the pledges, from the index of all of them. Worked out once for each division."""
        if division.name not in self._divided:
            self._divided[division.name] = divided(self._adding_up, self._held, division, self.public)
        return self._divided[division.name]


def draw_support(wanted):
    whole = wanted.divided(DIVISIONS[wanted.by])
    return support(wanted.pledges, whole, wanted.public, wanted.stage, wanted.by, wanted.values, wanted.chosen)


def draw_announcements(wanted):
    return announcements(wanted.pledges, wanted.public, wanted.values, wanted.stage)


def draw_flows(wanted):
    whole = wanted.divided(FLOW)
    return support_flows(wanted.pledges, whole, wanted.public, wanted.stage, wanted.values, wanted.chosen)


def draw_map(wanted):
    donors, recipients = (wanted.divided(DIVISIONS[by]) for by in ("donor", "recipient"))
    return places(wanted.pledges, donors, recipients, wanted.public, wanted.stage, wanted.values)


def of_party(request, wanted):
    """What is drawn of the pledges that a party gave, or received: to or by whom, and when."""
    (role,) = wanted.values
    drawn = [graphic for graphic in (draw_support(wanted), draw_announcements(wanted)) if graphic]
    for graphic in drawn:
        graphic.key = f"{role}-{graphic.key}"
    return [shown(request, graphic) for graphic in drawn]


# name in addresses -> (what gives the Graphic of a Wanted, the heading of its page)
PICTURES = {
    "support": (draw_support, lambda: _("Support")),
    "announcements": (draw_announcements, lambda: _("Announcements")),
    "flows": (draw_flows, lambda: _("Flows")),
    "map": (draw_map, lambda: _("Map")),
}


@public_page
def picture_list(request):
    wanted = Wanted(request)
    pictures = [(name, heading(), shown(request, draw(wanted))) for name, (draw, heading) in PICTURES.items()]
    return page(
        request,
        "aid/pictures/list.html",
        {
            "pictures": [
                (heading, address(reverse(f"picture-{name}"), graphic.query), graphic)
                for name, heading, graphic in pictures
                if graphic
            ],
            "ignored": wanted.ignored,
            "kept": wanted.values,
        },
    )


def _page(request, name):
    wanted = Wanted(request)
    draw, heading = PICTURES[name]
    graphic = shown(request, draw(wanted))
    stages = []
    if graphic and "stage" in graphic.query:
        totals, here = wanted.divided(DIVISIONS["donor"]).totals, graphic.query["stage"]
        stages = [
            (total.stage.label, address(request.path, graphic.query, stage=total.stage.value), total.stage == here)
            for total in totals
            if total.pledges
        ]
    kept = wanted.values | ({"stage": wanted.stage} if wanted.stage else {})
    return page(
        request,
        "aid/pictures/detail.html",
        {
            "heading": heading(),
            "graphic": graphic,
            "ignored": wanted.ignored,
            "chips": [
                (label, value, address(request.path, kept, **{parameter: None}))
                for parameter, label, value in wanted.chips
            ],
            "stages": stages,
            "kept": kept,
        },
    )


def _file(request, name, ending):
    wanted = Wanted(request)
    if wanted.ignored and ending != "json":
        # A file has no place to say what was not understood, and must not be of more than was asked for.
        return refusal(wanted.ignored)
    graphic = shown(request, PICTURES[name][0](wanted))
    if graphic is None:
        raise Http404("Nothing that is recorded fits this picture.")
    return file_of(request, graphic, ending, wanted.ignored)


picture_pages = {name: public_page(partial(_page, name=name)) for name in PICTURES}
picture_files = {
    (name, ending): public_page(partial(_file, name=name, ending=ending)) for name in PICTURES for ending in ENDINGS
}


# Pictures of one record


def ladder_graphic(pledge, sheet, public):
    """The Ladder of a pledge, from its Sheet, and the picture of it."""
    bases = {step.pk: sheet.row(step, "on").basis for step in pledge.stages.all()}
    ladder = ladder_of(pledge, list(pledge.stages.all()), bases, sheet.row(pledge, "announced_on").basis)
    return ladder, drawn_ladder.steps_of(pledge, ladder, public)


@public_page
def pledge_ladder(request, slug, ending):
    public = readers_have(request)
    pledge = found(Pledge.objects.for_page(public), slug, public)
    graphic = shown(request, ladder_graphic(pledge, Sheet.for_record(pledge, public), public)[1])
    if graphic is None:
        raise Http404("No step of this pledge is recorded yet.")
    return file_of(request, graphic, ending)


@public_page
def coalition_members(request, slug, ending):
    public = readers_have(request)
    coalition = found(Coalition.objects.for_page(), slug, public)
    sheet = Sheet.for_record(coalition, public)
    graphic = shown(request, membership(coalition, sheet, MembersBySource(sheet.dossier), public))
    if graphic is None:
        raise Http404("No member of this coalition is recorded yet.")
    return file_of(request, graphic, ending)


# Files


def refusal(sentences):
    return HttpResponse("\n".join(sentences), status=400, content_type="text/plain; charset=utf-8")


@lru_cache(maxsize=1)
def _style():
    sheet, tokens = (Path(finders.find(name)).read_text(encoding="utf-8") for name in (SHEET, "css/tokens.css"))
    return style_of(sheet, tokens)


def file_of(request, graphic, ending, ignored=()):
    """A picture, or the rows that it draws, as a file: "svg", "csv" or "json"."""
    if ending == "svg":
        return svg_file(request, graphic)
    if ending == "csv":
        lines = csv_lines(graphic.names, graphic.data)
        response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    else:
        told = {
            "title": graphic.title,
            "page": request.build_absolute_uri(request.path.rpartition(".")[0].rstrip("/") + "/"),
            "told": dict(graphic.told),
            "left_out": [cell.text for cell in graphic.left_out],
            "ignored": list(ignored),
            "rows": [dict(zip(graphic.names, row, strict=True)) for row in graphic.data],
        }
        response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1, "default": str})
    response["Content-Disposition"] = f'attachment; filename="{graphic.key}.{ending}"'
    return response


def svg_file(request, graphic):
    """The picture as it can be put elsewhere: with its words, and its style sheet in it, which alone may style it."""
    told = [f"{term}: {words}" for term, words in graphic.told]
    left_out = " ".join(cell.text for cell in graphic.left_out)
    notes = [
        *([_("Left out: %(what)s") % {"what": left_out}] if left_out else []),
        _("Newsroom, %(address)s") % {"address": request.build_absolute_uri(reverse("front-page"))},
    ]
    style = _style()
    text = standalone(graphic.draw(WIDE), graphic.key, graphic.title, graphic.desc, told, notes, style)
    response = HttpResponse(f"{text}\n", content_type="image/svg+xml; charset=utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    response["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'"
    )
    response["Content-Disposition"] = f'inline; filename="{graphic.key}.svg"'
    return response
