"""What belongs on the page of a party, a coalition, an agreement or a person beside its own records: what is not
known of them, and what else the records lead to. All of it is found by asking; nothing is typed by hand.
"""

from dataclasses import dataclass

from django.db.models import Count, Exists, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid.choices import Stage
from aid.formats import number as in_figures
from aid.models.agreements import Agreement, Signatory
from aid.models.claims import Claim
from aid.models.coalitions import Coalition, Membership
from aid.models.parties import NAME, name_here
from aid.models.people import Office
from aid.models.pledges import Pledge
from aid.models.sources import Source
from aid.models.statements import Statement
from aid.queries.public import EVERYTHING

# Of each kind of related thing so many are shown.
MOST = 8


@dataclass(frozen=True)
class Lead:
    """One related thing: what it is called, its page, and why it stands here, with the way to what was counted."""

    name: str
    url: str
    why: str = ""
    address: str = ""
    # Whether its name, and why it stands here, are the desk's own words, which are English on every page.
    is_written: bool = True
    is_why_written: bool = False


@dataclass(frozen=True)
class Related:
    """Related things of one kind, under a heading."""

    key: str
    heading: str
    leads: list[Lead]


@dataclass(frozen=True)
class NotKnown:
    """So many of its pledges of which something is not known, and the list of them, or what they stand `among`."""

    number: int
    what: str
    address: str
    opens: str = "rows"

    @property
    def told(self):
        return in_figures(self.number)


# Which rows there are


def relations_with_rows(record, relations, public=EVERYTHING):
    """Those of a record's relations that have a public row, so that a page asks for no others. One query."""
    found = {}
    for name in relations:
        relation = record._meta.get_field(name)
        rows = relation.related_model.objects.order_by().filter(**{relation.remote_field.name: record.pk})
        found[name] = Exists(public.of(rows))
    rows = type(record).objects.filter(pk=record.pk).order_by()
    has = rows.annotate(**{f"has_{name}": one for name, one in found.items()})
    flags = has.values_list(*(f"has_{name}" for name in found)).get()
    return {name for name, is_there in zip(found, flags, strict=True) if is_there}


# What is not known


NOT_PAID = (Stage.ANNOUNCED, Stage.COMMITTED, Stage.ALLOCATED)


def not_known(pledges, values, public=EVERYTHING):
    """What is not known of pledges, as NotKnown, without what is known of all. `values` are the filters of the list
    that give the pledges. One query."""
    found = public.of(pledges).aggregate(
        amounts=Count("pk", filter=Q(amount__isnull=True), distinct=True),
        years=Count("pk", filter=Q(announced_on_latest__isnull=True), distinct=True),
        instruments=Count("pk", filter=Q(instrument=""), distinct=True),
        types=Count("pk", filter=Q(aid_type=""), distinct=True),
        ends=Count("pk", filter=Q(stage__in=NOT_PAID), distinct=True),
    )
    rows = [
        NotKnown(found[key], what, reverse("pledge-list", query={**values, **more}))
        for key, more, what in (
            ("amounts", {"amount": "unknown"}, _("without an amount")),
            ("years", {"year": "unknown"}, _("of which not even the year is known")),
            ("types", {"aid_type": "unknown"}, _("of which no source says whether it is military aid")),
            ("instruments", {"instrument": "unknown"}, _("of which no source says whether it is a grant or a loan")),
        )
        if found[key]
    ]
    if found["ends"]:
        what = _("of which no source says that they were disbursed or delivered")
        rows.append(NotKnown(found["ends"], what, reverse("pledge-list", query=values), "among"))
    return rows


# What is related


def _kinds(*found):
    return [related for related in found if related.leads]


def _parties(rows, address, words, most=MOST):
    """Leads to the parties of grouped rows: [(slug, name, code, aliases, how many)]."""
    return [
        Lead(
            name_here(*names),
            reverse("party-detail", args=[slug]),
            words(number) % {"number": in_figures(number)},
            address(slug),
            is_written=name_here(*names) == names[0],
        )
        for slug, *names, number in rows[:most]
    ]


def _by_party(rows, column, counted):
    """Rows grouped by the party in a column, those of most first. One query."""
    named = [f"{column}__{name}" for name in ("slug", *NAME)]
    grouped = rows.order_by().values_list(*named).annotate(number=Count(counted, distinct=True))
    return grouped.order_by("-number", named[0])


def _in_common(number):
    return ngettext("%(number)s coalition in common", "%(number)s coalitions in common", number)


def _signed_together(number):
    return ngettext("%(number)s agreement in common", "%(number)s agreements in common", number)


def _to_the_same(number):
    return ngettext("%(number)s pledge to the same recipients", "%(number)s pledges to the same recipients", number)


def _in_the_same_sectors(number):
    return ngettext("%(number)s pledge in the same sectors", "%(number)s pledges in the same sectors", number)


def related_to_party(party, public=EVERYTHING):
    """Five queries."""
    own = public.of(Membership.objects.counted().filter(party=party)).values("coalition")
    members = public.of(Membership.objects.counted().filter(coalition__in=own)).exclude(party=party)
    signed = public.of(Signatory.objects.filter(party=party)).values("agreement")
    partners = public.of(Signatory.objects.filter(agreement__in=signed)).exclude(party=party)
    given = public.of(Pledge.objects.filter(donor=party)).order_by()
    others = public.of(Pledge.objects.filter(recipient__in=given.values("recipient"))).exclude(donor=party)
    sectors = Pledge.sectors.through.objects.filter(pledge__in=given.values("pk")).values("sector")
    alike = public.of(Pledge.objects.filter(sectors__in=sectors)).exclude(donor=party)

    def pledges_of(slug):
        return reverse("pledge-list", query={"donor": slug})

    return _kinds(
        Related("co-members", _("In the same coalitions"), _parties(
            _by_party(members, "party", "coalition"),
            lambda slug: reverse("coalition-list", query={"member": slug}), _in_common)),
        Related("partners", _("Signed the same agreements"), _parties(
            _by_party(partners, "party", "agreement"),
            lambda slug: reverse("agreement-list", query={"party": slug}), _signed_together)),
        Related("same-recipients", _("Give to the same recipients"),
                _parties(_by_party(others, "donor", "pk"), pledges_of, _to_the_same)),
        Related("same-sectors", _("Give in the same sectors"),
                _parties(_by_party(alike, "donor", "pk"), pledges_of, _in_the_same_sectors)),
        _sources(
            Q(party=party) | Q(pledge__donor=party, field="donor") | Q(pledge__recipient=party, field="recipient")
            | Q(membership__party=party) | Q(signatory__party=party) | Q(statement__party=party), public),
    )  # fmt: skip


def related_to_coalition(coalition, public=EVERYTHING):
    """Three queries."""
    own = public.of(Membership.objects.counted().filter(coalition=coalition)).values("party")
    others = public.of(Membership.objects.counted().filter(party__in=own)).exclude(coalition=coalition)
    shared = others.order_by().values_list("coalition__slug", "coalition__name")
    shared = shared.annotate(number=Count("party", distinct=True)).order_by("-number", "coalition__slug")[:MOST]
    return _kinds(
        Related("shared", _("Coalitions with the same members"), [
            Lead(
                name,
                reverse("coalition-detail", args=[slug]),
                ngettext("%(number)s member in common", "%(number)s members in common", number)
                % {"number": in_figures(number)},
                f"{reverse('coalition-detail', args=[slug])}#members",
            )
            for slug, name, number in shared
        ]),
        Related("signed", _("Agreements between its members"), _agreements_between(own, public)),
        _sources(Q(coalition=coalition), public),
    )  # fmt: skip


def _agreements_between(parties, public, besides=None):
    """Agreements that at least two of the parties signed, the newest first. One query."""
    signed = public.of(Signatory.objects.filter(party__in=parties)).order_by().values("agreement")
    several = signed.annotate(number=Count("party", distinct=True)).filter(number__gte=2)
    rows = public.of(Agreement.objects.filter(pk__in=several.values("agreement")))
    if besides:
        rows = rows.exclude(pk=besides.pk)
    return [Lead(row.title, row.get_absolute_url(), str(row.get_kind_display())) for row in rows[:MOST]]


def related_to_agreement(agreement, public=EVERYTHING):
    """Three queries."""
    own = public.of(Signatory.objects.filter(agreement=agreement)).values("party")
    members = public.of(Membership.objects.counted().filter(party__in=own)).order_by().values("coalition")
    several = members.annotate(number=Count("party", distinct=True)).filter(number__gte=2).values("coalition")
    coalitions = public.of(Coalition.objects.filter(pk__in=several))[:MOST]
    return _kinds(
        Related("others", _("Other agreements between its parties"), _agreements_between(own, public, agreement)),
        Related("together", _("Coalitions in which its parties are together"),
                [Lead(row.name, row.get_absolute_url()) for row in coalitions]),
        _sources(Q(agreement=agreement), public),
    )  # fmt: skip


def related_to_person(person, public=EVERYTHING):
    """Four queries."""
    own = public.of(Office.objects.filter(person=person)).values("party")
    offices = public.of(Office.objects.filter(party__in=own)).exclude(person=person)
    offices = offices.select_related("person", "party").order_by("person__name", "pk")[:MOST]
    spoken = public.of(Statement.objects.filter(speaker=person)).exclude(
        pledge__isnull=True, coalition__isnull=True, agreement__isnull=True
    )
    spoken = spoken.select_related("pledge", "coalition", "agreement").order_by("pk")
    about = {row.pk: row for one in spoken[: MOST * 4] for row in _subjects(one) if public.has(row)}
    signed = public.of(Signatory.objects.filter(signed_by=person)).values("agreement")
    cosigned = public.of(Signatory.objects.filter(agreement__in=signed, signed_by__isnull=False))
    cosigned = cosigned.exclude(signed_by=person).select_related("signed_by", "agreement").order_by("pk")[:MOST]
    return _kinds(
        Related("colleagues", _("Held an office at the same party"), [
            Lead(row.person.name, row.person.get_absolute_url(), f"{row.title}, {row.party}",
                 is_written=False, is_why_written=True) for row in offices
        ]),
        Related("about", _("Spoke about"), [
            Lead(str(row), row.get_absolute_url()) for row in list(about.values())[:MOST]
        ]),
        Related("cosigned", _("Signed the same agreements"), [
            Lead(row.signed_by.name, row.signed_by.get_absolute_url(), row.agreement.title,
                 is_written=False, is_why_written=True)
            for row in cosigned if public.has(row.signed_by)
        ]),
        _sources(Q(statement__speaker=person) | Q(office__person=person) | Q(signatory__signed_by=person), public),
    )  # fmt: skip


def _subjects(statement):
    return [row for row in (statement.pledge, statement.coalition, statement.agreement) if row is not None]


def _sources(about, public):
    """The sources that the claims about something rest on, those with most of them first. One query."""
    claims = public.of(Claim.objects.standing().filter(about, source__isnull=False)).order_by()
    rows = claims.values_list("source__slug", "source__title").annotate(number=Count("pk", distinct=True))
    leads = [
        Lead(
            title,
            Source(slug=slug).get_absolute_url(),
            ngettext("%(number)s claim", "%(number)s claims", number) % {"number": in_figures(number)},
            reverse("claim-list", query={"source": slug}),
        )
        for slug, title, number in rows.order_by("-number", "source__slug")[:MOST]
    ]
    return Related("sources", _("Sources it appears in"), leads)
