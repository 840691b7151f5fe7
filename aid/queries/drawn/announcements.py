"""When support was announced, each date as wide as it is known: a day, a month, a year, or none."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid.choices import Basis
from aid.drawing.times import Columns, Line, Span, columns, rows
from aid.formats import number as in_figures
from aid.models.claims import place_on_page
from aid.models.pledges import Pledge
from aid.queries.drawn.graphic import Cell, Graphic, behind_pledges, on_day
from aid.queries.public import EVERYTHING
from aid.queries.readings import date_text, money_reading, with_basis

# So many pledges are drawn one by one; more are counted.
MOST_LINES = 20
# Columns of one picture; dates too wide for a column that are drawn one by one.
MOST_COLUMNS, MOST_SPANS = 48, 6
ONE_NAMES = ("pledge", "title", "announced_on", "announced_on_basis", "earliest", "latest", "stage", "amount",
             "currency")  # fmt: skip
MANY_NAMES = ("from", "to", "pledges", "of_them_inferred_or_uncertain", "what")
MONTHS = (1, 3, 6, 12, 60, 120)


def is_uncertain(text, basis):
    return basis == Basis.INFERRED or any(sign in text for sign in "?~%")


def announcements(pledges, public=EVERYTHING, values=None, stage=""):
    """The Graphic of the days on which pledges were announced: one by one, or counted where they are many. None
    without a pledge. Three queries. A `stage` leaves those that have reached it."""
    values = dict(values or {})
    if stage:
        pledges, values["stage"] = pledges.filter(stage=stage), stage
    dated = with_basis(public.of(pledges).order_by(), "announced_on", public=public)
    # A filter over the rows beside a pledge can find it several times.
    numbers = set(dated.values_list("pk", flat=True).distinct()[: MOST_LINES + 1])
    if not numbers:
        return None
    is_few = len(numbers) <= MOST_LINES
    common = {
        "key": "announcements",
        "view": "picture-announcements",
        "query": dict(values),
        "told": [
            on_day(public),
            (_("Stage"), _("every stage: a pledge counts by its announcement")),
            (_("Currency"), _("none; no amounts are added")),
            behind_pledges(public.of(pledges), public),
        ],
    }
    if not is_few:
        return _counted(dated, values, common)
    few = with_basis(Pledge.objects.filter(pk__in=numbers), "announced_on", public=public)
    return _one_by_one(list(few.order_by("announced_on_earliest", "pk")), common)


# One by one


def _one_by_one(pledges, common):
    lines, cells, data, without = [], [], [], 0
    for pledge in pledges:
        text, basis = pledge.announced_on, pledge.announced_on_basis or ""
        when = date_text(text, basis) or _("date %(why)s") % {"why": _why(pledge)}
        first, last = pledge.announced_on_earliest, pledge.announced_on_latest
        span = Span(first, last, not is_uncertain(text, basis)) if first or last else None
        without += span is None
        lines.append(Line(pledge.title, when, span))
        amount = money_reading(pledge.amount, pledge.currency) if pledge.amount is not None else None
        cells.append(
            [
                Cell(pledge.title, pledge.get_absolute_url(), is_written=True),
                Cell(when, place_on_page(pledge, "announced_on"), "evidence", is_unknown=not text),
                Cell(pledge.get_stage_display(), place_on_page(pledge, "stage"), "evidence"),
                Cell(
                    amount.text if amount else _("amount %(why)s") % {"why": pledge.unknown("amount").label},
                    place_on_page(pledge, "amount"),
                    "evidence",
                    amount.aloud if amount else "",
                    amount is None,
                ),
            ]
        )
        data.append(
            [
                pledge.slug, pledge.title, text, basis, first or "", last or "", pledge.stage,
                "" if pledge.amount is None else pledge.amount, pledge.currency,
            ]
        )  # fmt: skip
    return Graphic(
        title=_("Announcements of support"),
        desc=ngettext(
            "%(number)s announcement, in the order of its date.",
            "%(number)s announcements, in the order of their dates.",
            len(lines),
        )
        % {"number": len(lines)}
        + " "
        + _dates_drawn(without),
        draw=lambda width: rows(lines, _("No year is known"), width=width),
        columns=[_("Pledge"), _("Announced"), _("Stage reached"), _("Amount")],
        rows=cells,
        names=ONE_NAMES,
        data=data,
        left_out=[Cell(_("Nothing."))],
        **common,
    )


def _why(pledge):
    reason = pledge.unknown("announced_on")
    return reason.label if reason else _("not stated")


def _dates_drawn(without):
    told = _("A day is a dot, a month or a year a bar as long; an inferred or uncertain date is hatched.")
    if not without:
        return told
    return f"{told} " + ngettext(
        "For %(number)s no year is known; it stands beneath the axis.",
        "For %(number)s no year is known; they stand beneath the axis.",
        without,
    ) % {"number": in_figures(without)}


# Counted


@dataclass(frozen=True)
class Dated:
    """So many pledges of one date."""

    text: str
    first: date | None
    last: date | None
    is_uncertain: bool
    number: int


def _counted(dated, values, common):
    found = _dates(dated)
    within, wide, without = divide(found)
    bins, spans = within, wide
    cells, data = [], []
    for first, last, number, uncertain in bins:
        year = first.year if first.year == last.year else None
        query = {**values, **({"year": year} if year else {})}
        cells.append(
            [
                Cell(_period(first, last)),
                Cell(in_figures(number), reverse("pledge-list", query=query), "among"),
                Cell(in_figures(uncertain), reverse("pledge-list", query=query), "among")
                if uncertain
                else Cell("0", is_name=True),
            ]
        )
        data.append([first, last, number, uncertain, "column"])
    for first, last, number, told in spans:
        cells.append([Cell(told), Cell(in_figures(number), reverse("pledge-list", query=values), "among"), Cell("")])
        data.append([first, last, number, "", "span"])
    if without:
        address = reverse("pledge-list", query={**values, "year": "unknown"})
        cells.append(
            [Cell(_("No year is known"), is_unknown=True), Cell(in_figures(without), address, "among"), Cell("")]
        )
        data.append(["", "", without, "", "no year"])
    number = sum(one.number for one in found)
    words = _("Pledges announced in each %(period)s; hatched where the date is inferred or uncertain") % {
        "period": _length(bins)
    }
    left_out = [Cell(_("Nothing."))]
    if without:
        text = ngettext(
            "%(number)s pledge of which no year is known: it is in the table.",
            "%(number)s pledges of which no year is known: they are in the table.",
            without,
        )
        left_out = [Cell(text % {"number": in_figures(without)}, address, "among")]
    peak = max(bins, key=lambda one: one[2], default=None)
    sentences = [
        ngettext("%(number)s announcement.", "%(number)s announcements.", number) % {"number": in_figures(number)},
        *(
            [_("Most of them, %(number)s, in %(period)s.") % {"number": f"{peak[2]:,}", "period": _period(*peak[:2])}]
            if peak
            else []
        ),
    ]
    return Graphic(
        title=_("Announcements of support over time"),
        desc=" ".join(sentences),
        draw=lambda width: columns(Columns(bins, spans), words, width),
        columns=[_("Announced"), _("Pledges"), _("Of them inferred or uncertain")],
        rows=cells,
        names=MANY_NAMES,
        data=data,
        left_out=left_out,
        **common,
    )


def _dates(dated):
    """How many pledges have each date. One query, a row a date."""
    columns = ("announced_on", "announced_on_earliest", "announced_on_latest", "announced_on_basis")
    return [
        Dated(text, first, last, is_uncertain(text, basis or ""), number)
        for text, first, last, basis, number in dated.values_list(*columns).annotate(
            number=Count("pk", distinct=True)
        )
    ]


def divide(found):
    """Dates as (bins, spans, how many have no year): the finest bins of which there are few enough, each date in the
    one in which it lies whole; a date that lies across several is a span."""
    known = [one for one in found if one.first and one.last]
    without = sum(one.number for one in found) - sum(one.number for one in known)
    if not known:
        return [], [], without
    start, end = min(one.first for one in known), max(one.last for one in known)
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    step = next((step for step in MONTHS if months / step <= MOST_COLUMNS), None)
    step = step or -(-months // MOST_COLUMNS // 120) * 120
    counted, uncertain, wide = Counter(), Counter(), Counter()
    for one in known:
        first, last = (_bin(day, step) for day in (one.first, one.last))
        if first == last:
            counted[first] += one.number
            uncertain[first] += one.number if one.is_uncertain else 0
        else:
            wide[one.first, one.last] += one.number
    bins = [
        (_begin(key, step), _end(key, step), counted[key], uncertain[key])
        for key in range(_bin(start, step), _bin(end, step) + 1)
    ]
    return bins, _spans(wide), without


def _spans(wide):
    order = sorted(wide, key=lambda key: (-wide[key], key))
    kept, rest = order, []
    if len(order) > MOST_SPANS:
        kept, rest = order[: MOST_SPANS - 1], order[MOST_SPANS - 1 :]
    spans = [(*key, wide[key], _span_told(wide[key], _period(*key))) for key in sorted(kept)]
    if rest:
        number = sum(wide[key] for key in rest)
        first, last = min(key[0] for key in rest), max(key[1] for key in rest)
        told = _("%(number)s with other, as wide dates, between %(period)s")
        spans.append((first, last, number, told % {"number": in_figures(number), "period": _period(first, last)}))
    return spans


def _span_told(number, period):
    text = ngettext(
        "%(number)s known to lie in %(period)s, no more exactly",
        "%(number)s known to lie in %(period)s, no more exactly",
        number,
    )
    return text % {"number": in_figures(number), "period": period}


def _bin(day, step):
    return (day.year * 12 + day.month - 1) // step


def _begin(key, step):
    year, month = divmod(key * step, 12)
    return date(max(year, 1), month + 1, 1)


def _end(key, step):
    """The last day of a bin; the calendar ends with the year 9999."""
    return date.max if (key + 1) * step >= 10_000 * 12 else _begin(key + 1, step) - timedelta(days=1)


def _period(first, last):
    """Two days as the months or years that they bound."""
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first:%Y-%m}"
    return f"{first:%Y-%m} – {last:%Y-%m}"


def _length(bins):
    if not bins:
        return _("period")
    months = (bins[0][1].year - bins[0][0].year) * 12 + bins[0][1].month - bins[0][0].month + 1
    return {1: _("month"), 3: _("quarter"), 6: _("half-year"), 12: _("year")}.get(months, _("period"))
