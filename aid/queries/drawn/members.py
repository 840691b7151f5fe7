"""Membership of a coalition over time, by the site's count, and beside it each source that gives other days."""

from datetime import date

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid.choices import Basis, MembershipRole
from aid.dates import bounds
from aid.drawing.times import Line, Span, rows
from aid.formats import number as in_figures
from aid.models.claims import Claim, field_anchor
from aid.queries.drawn.graphic import Cell, Graphic, behind, on_day
from aid.queries.memberships import sure_bounds
from aid.queries.readings import date_text

# So many parties are drawn, each in a line of its own.
MOST_LINES = 40
NAMES = ("party", "name", "role", "joined_on", "joined_on_why_unknown", "left_on", "left_on_why_unknown", "by",
         "is_counted")  # fmt: skip


def membership(coalition, sheet, by_source, public):
    """The Graphic of a coalition's members, from its Sheet and its MembersBySource. One query. None without a
    member."""
    drawn = sorted(
        [*by_source.counted, *by_source.beside],
        key=lambda row: (not row.is_counted, row.joined_on_earliest or date.max, row.party.name),
    )
    if not drawn:
        return None
    lines, cells, data = [], [], []
    for row in drawn[:MOST_LINES]:
        _add(row, sheet, by_source, lines, cells, data)
    rest = drawn[MOST_LINES:]
    if rest:
        words = ngettext("The other %(number)s party", "The other %(number)s parties", len(rest))
        name = words % {"number": in_figures(len(rest))}
        days = [row.joined_on_earliest for row in rest if row.joined_on_earliest]
        told = _("their days are in the table of members")
        lines.append(Line(name, told, Span(min(days), None, False) if days else None))
        cells.append([Cell(name), Cell(""), Cell(told, "#members"), Cell(""), Cell("")])
        data.append(["", name, "", min(days) if days else "", "", "", "", "", ""])
    today = localdate(public.at)
    beside = len(by_source.beside)
    left_out = []
    if beside:
        text = ngettext(
            "From the count, %(number)s party that only a source which is not preferred names; it is drawn.",
            "From the count, %(number)s parties that only sources which are not preferred name; they are drawn.",
            beside,
        )
        left_out.append(Cell(text % {"number": in_figures(beside)}, "#by-source"))
    if rest:
        left_out.append(Cell(_("Single lines for the other parties."), "#members"))
    return Graphic(
        key="members",
        title=_("Members of %(coalition)s over time") % {"coalition": coalition.name},
        desc=_desc(by_source.counted),
        told=[
            on_day(public),
            (_("Stage"), _("none; membership is no support")),
            (_("Currency"), _("none; no amounts are drawn")),
            behind(Claim.objects.all(), public, coalition=coalition, membership__isnull=False),
        ],
        draw=lambda width: rows(lines, _("No day of joining is known"), today, width),
        columns=[_("Party"), _("Role"), _("Joined"), _("Left"), _("By")],
        rows=cells,
        names=NAMES,
        data=data,
        left_out=left_out or [Cell(_("Nothing."))],
        view="coalition-members",
        args=(coalition.slug,),
    )


def _add(row, sheet, by_source, lines, cells, data):
    joined, left = (sheet.row(row, name) for name in ("joined_on", "left_on"))
    told = [_joined(row, joined)]
    if row.left_on:
        told.append(_("left %(day)s") % {"day": date_text(row.left_on, left.basis or "")})
    if row.role != MembershipRole.MEMBER:
        told.insert(0, row.get_role_display().lower())
    if not row.is_counted:
        told.append(_("not counted"))
    lines.append(
        Line(str(row.party), ", ".join(told), span_of(row.joined_on, row.left_on, _is_inferred(joined, left)))
    )
    cells.append(
        [
            Cell(str(row.party), row.party.get_absolute_url()),
            Cell(row.get_role_display(), f"#{field_anchor(row, 'role')}" if row.is_counted else ""),
            _day_cell(row, "joined_on", joined),
            _day_cell(row, "left_on", left),
            Cell(_("this site’s count") if row.is_counted else _("not counted")),
        ]
    )
    data.append(
        [
            row.party.slug, str(row.party), row.role, row.joined_on, row.joined_on_unknown, row.left_on,
            row.left_on_unknown, "", "true" if row.is_counted else "false",
        ]
    )  # fmt: skip
    for source in by_source.sources:
        naming = next((one for one in by_source.named_by(source) if one.membership.pk == row.pk), None)
        if naming is None or not _differs(naming, row):
            continue
        days = naming.value("joined_on"), naming.value("left_on")
        text = _("%(source)s: %(days)s") % {"source": source.title, "days": naming.days}
        lines.append(Line(_("by another source"), text, span_of(*days), is_beside=True))
        claims = [naming.claims[name] for name in ("joined_on", "left_on") if name in naming.claims]
        cells.append(
            [
                Cell(str(row.party), row.party.get_absolute_url()),
                Cell(naming.role),
                *(_claim_cell(naming, name) for name in ("joined_on", "left_on")),
                Cell(source.title, claims[0].get_absolute_url(), is_written=True),
            ]
        )
        data.append(
            [
                row.party.slug,
                str(row.party),
                naming.value("role"),
                days[0],
                "",
                days[1],
                "",
                source.slug,
                "false",
            ]
        )


def _joined(row, found):
    if row.joined_on:
        return _("joined %(day)s") % {"day": date_text(row.joined_on, found.basis or "")}
    return _("joined: %(why)s") % {"why": found.unknown}


def _is_inferred(*rows):
    return any(row.basis == Basis.INFERRED for row in rows)


def _day_cell(row, name, found):
    """A day of a counted membership leads to its evidence on the page; the evidence of others stands by source."""
    value = getattr(row, name)
    text = date_text(value, found.basis or "") if value else found.unknown
    if row.is_counted:
        return Cell(text, f"#{field_anchor(row, name)}", "evidence", is_unknown=not value)
    return Cell(text, "#by-source", is_unknown=not value)


def _claim_cell(naming, name):
    if name not in naming.claims:
        return Cell(_("not stated"), is_unknown=True)
    claim = naming.claims[name]
    return Cell(date_text(claim.value, claim.basis), claim.get_absolute_url(), "evidence")


def _differs(naming, row):
    """Whether a source gives another day than the site's count has."""
    return any(naming.value(name) and naming.value(name) != getattr(row, name) for name in ("joined_on", "left_on"))


def span_of(joined, left, is_inferred=False):
    """A membership as a Span; None where no day of it is known. What no source calls ended goes on."""
    first, last = sure_bounds(joined), sure_bounds(left)
    loose = [text for text in (joined, left) if text and sure_bounds(text).earliest is None]
    if loose:
        # An uncertain date has days all the same; they are drawn, hatched.
        first, last = bounds(joined), bounds(left)
    if first.earliest is None and last.latest is None:
        return None
    return Span(first.earliest, last.latest, not loose and not is_inferred, is_open=not left)


def _desc(counted):
    known = [row for row in counted if row.joined_on]
    number = len(counted)
    sentences = [ngettext("%(number)s member.", "%(number)s members.", number) % {"number": in_figures(number)}]
    without = number - len(known)
    if without:
        text = ngettext(
            "Of %(number)s no source says when it joined.", "Of %(number)s no source says when they joined.", without
        )
        sentences.append(text % {"number": in_figures(without)})
    sentences.append(
        _("A bar goes from joining to leaving; without a day of leaving it goes on. What is not known is hatched.")
    )
    return " ".join(sentences)
