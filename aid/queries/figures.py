"""What the references in articles stand for today, which of them are dead, and which articles name a record."""

from copy import copy
from dataclasses import dataclass
from functools import cached_property, reduce

from django.db.models import Q
from django.utils.translation import gettext, override, pgettext

from aid.choices import Basis, Rank, Unknown
from aid.languages import DEFAULT
from aid.models.agreements import Agreement
from aid.models.articles import Article
from aid.models.claims import Claim
from aid.models.coalitions import Coalition
from aid.models.events import Event
from aid.models.parties import Party
from aid.models.people import Person
from aid.models.pledges import Pledge
from aid.models.sources import Source
from aid.prose import Reference, references
from aid.queries.addresses import naming_formerly, slugs_had, standing_now
from aid.queries.public import Public
from aid.queries.readings import Reading, field_reading, in_words, money_reading

# kind -> (model, what to join, what to fetch beside it, the extra fields that are no column)
KINDS = {
    "pledge": (
        Pledge,
        ("donor", "recipient", "coalition", "fund", "agreement", "part_of", "supersedes"),
        ("valuations", "beneficiaries", "sectors"),
    ),
    "coalition": (Coalition, ("framework", "formalized_at"), ("memberships",)),
    "agreement": (Agreement, (), ("signatories__party",)),
    "event": (Event, ("series", "host"), ()),
    "party": (Party, ("parent",), ()),
    "person": (Person, (), ()),
    "source": (Source, ("publisher",), ()),
    "article": (Article, (), ()),
}
CLAIMED = ("pledge", "coalition", "agreement", "event", "party")
# Fields beside the claimed ones that a reference may name.
PLAIN = {
    "pledge": ("title", "stage"),
    "coalition": (),
    "agreement": ("title",),
    "event": ("kind",),
    "party": ("name", "official_name", "kind"),
    "person": ("name",),
    "source": ("title", "kind", "published_on", "accessed_on", "publisher", "author"),
    "article": (),
}
# Where a page shows a field that no claim supports, if at a place of its own.
PLACES = {("pledge", "stage"): "stage"} | {("source", name): "origin" for name in PLAIN["source"][1:]}
# The kinds of record that stand beside an article, and the field that tells most of each.
# The places that hold rows of which a figure tells the number or the names.
COUNTED = ("members", "signatories")
MAIN = {"pledge": "amount", "coalition": "members", "agreement": "signed_on", "event": "starts_on"}
# What of a record's parts its main figure is made of.
MAIN_FETCHED = {"coalition": ("memberships",)}
ARTICLES_SHOWN = 50


@dataclass(frozen=True)
class Figure:
    """What one reference shows: its text, the place that explains it, and its exact form as a title."""

    text: str
    url: str
    title: str = ""
    is_unknown: bool = False
    # What the place holds: the "evidence" for the value, the "rows" that were counted or listed, or the record, "".
    leads_to: str = "evidence"
    # What a screen reader says in the text's place, where its signs do not read well.
    aloud: str = ""


class Figures:
    """The figures of any number of references: at most two queries and the fetched rows for each kind named.

    A mapping from Reference to Figure for the references that are alive; `get` gives None for a dead one. They
    read as the texts do in which they stand, which the desk writes in its own language; `behind` reads as the page
    does.
    """

    def __init__(self, wanted, at=None, public=None, fetched=None):
        """Of what readers have at a moment (now, if none is given), unless `public` says otherwise. `fetched` says
        for each kind what of its parts to read, where not all that any figure can need is needed."""
        self._fetched = {kind: parts for kind, (_, _, parts) in KINDS.items()} if fetched is None else fetched
        self.references, self._public = list(dict.fromkeys(wanted)), public or Public(at)
        named = {(reference.kind, reference.slug) for reference in self.references if reference.kind}
        self._records = {
            (kind, row.slug): row
            for kind in KINDS
            for row in self._rows(kind, "slug", [slug for other, slug in named if other == kind])
        }
        # A text is never changed behind its writer's back, so it may still name an address that a record had.
        moved = standing_now(named - self._records.keys())
        for kind in {kind for kind, _ in moved}:
            numbers = {slug: number for (other, slug), number in moved.items() if other == kind}
            rows = {row.pk: row for row in self._rows(kind, "pk", numbers.values())}
            self._records |= {(kind, slug): rows[number] for slug, number in numbers.items() if number in rows}
            self._records |= {(kind, row.slug): row for row in rows.values()}
        with override(DEFAULT):
            told = {reference: self._told(reference) for reference in self.references}
        self._found = {reference: self._figure(reference, found) for reference, found in told.items()}

    def _rows(self, kind, column, values):
        """The public records of a kind with one of these values in a column, and all that figures are made of."""
        if not values:
            return []
        model, joined, _ = KINDS[kind]
        rows = self._public.of(model.objects.all()).filter(**{f"{column}__in": values})
        # Without a name, select_related would take back what the rows come with.
        rows = rows.select_related(*joined) if joined else rows
        rows = rows.prefetch_related(*self._public.fetching(model, *self._fetched.get(kind, ())))
        return rows.defer("text") if kind == "source" else rows

    def only(self, wanted):
        """Those of some of the references, as they are here. No further query."""
        found = copy(self)
        found.references = list(dict.fromkeys(wanted))
        about = {(kind, record.pk) for kind, record in found.records}
        found._claims = [
            claim
            for claim in self._claims
            if (claim.subject_name, getattr(claim, f"{claim.subject_name}_id")) in about
        ]
        return found

    def get(self, reference):
        return self._found.get(reference)

    def __getitem__(self, reference):
        return self._found[reference]

    def record_of(self, reference):
        """The record that a reference names, or None."""
        return self._records.get((reference.kind, reference.slug))

    @property
    def dead(self):
        """The references that show nothing: malformed, of no record, or of a field that does not exist."""
        return [reference for reference in self.references if self._found[reference] is None]

    @property
    def records(self):
        """The records named, each once, in the order in which they are first named: [(kind, record)]."""
        found = {}
        for reference in self.references:
            record = self._records.get((reference.kind, reference.slug))
            if record is not None:
                found.setdefault((reference.kind, record.pk), (reference.kind, record))
        return list(found.values())

    @property
    def behind(self):
        """What a reader sees beside an article: each pledge, coalition, agreement and event with its main figure."""
        found = []
        for kind, record in self.records:
            if kind in MAIN:
                main = Reference("", kind, record.slug, MAIN[kind])
                found.append((kind, record, self._figure(main, self._told(main))))
        return found

    @cached_property
    def _claims(self):
        """The preferred claims about the records named, with their sources. One query."""
        about = Q()
        for kind in CLAIMED:
            rows = [row for named, row in self.records if named == kind]
            if rows:
                about |= Q(**{f"{kind}__in": rows})
        if not about:
            return []
        claims = self._public.of(Claim.objects.filter(about, rank=Rank.PREFERRED))
        return list(claims.select_related("source").defer("source__text").order_by("pk"))

    @cached_property
    def _bases(self):
        return {
            (claim.subject_name, getattr(claim, f"{claim.subject_name}_id"), claim.field): claim.basis
            for claim in self._claims
            if not claim.part_name
        }

    def claim_behind(self, reference):
        """The preferred claim that the value of a reference rests on, with its source, or None: a count of parts, a
        name and what nobody has to support have none."""
        record, name, part = self.record_of(reference), reference.field, None
        if record is None or reference.kind not in CLAIMED:
            return None
        if reference.kind == "pledge" and name.startswith("valuation-"):
            currency, name = name.removeprefix("valuation-"), "amount"
            part = next((row.pk for row in record.valuations.all() if row.currency == currency), None)
        for claim in self._claims:
            about = getattr(claim, f"{reference.kind}_id"), claim.field, claim.valuation_id
            if about == (record.pk, name, part) and (part or not claim.part_name):
                return claim
        return None

    @property
    def sources(self):
        """The sources that the records named rest on, and those named themselves, each once.

        A party's ISO code has a source too, but no article rests on that.
        """
        found = {row.pk: row for kind, row in self.records if kind == "source"}
        claims = [claim for claim in self._claims if claim.source and not claim.party_id]
        found.update({claim.source_id: claim.source for claim in claims if self._public.has(claim.source)})
        return list(found.values())

    def _told(self, reference):
        """What a reference shows, in the active language: a name, or (anchor, Reading, unknown); else None."""
        record = self._records.get((reference.kind, reference.slug))
        if record is None:
            return None
        if not reference.field:
            return record.public_headline if reference.kind == "article" else str(record)
        return self._part(reference, record) or self._column(reference, record)

    def _figure(self, reference, told):
        """The Figure of what is told. Its address is one of the page's language, whatever that of the words is."""
        if told is None:
            return None
        url = self.record_of(reference).get_absolute_url()
        if not reference.field:
            return Figure(told, url, leads_to="")
        anchor, reading, unknown = told
        address = f"{url}#{anchor}" if anchor else url
        leads_to = "rows" if anchor in COUNTED else "evidence" if anchor else ""
        if reading is None:
            return Figure(unknown, address, is_unknown=True, leads_to=leads_to)
        title = ", ".join(part for part in (reading.exact, reading.aloud) if part and part != reading.text)
        return Figure(reading.text, address, title, leads_to=leads_to, aloud=reading.aloud)

    def _part(self, reference, record):
        """(anchor, Reading, unknown) of a field that counts or names the record's parts, or None."""
        name = reference.field
        if reference.kind == "coalition" and name == "members":
            return "members", Reading(in_words(sum(row.is_counted for row in record.memberships.all()))), ""
        if reference.kind == "agreement" and name == "signatories":
            names = [row.party for row in sorted(record.signatories.all(), key=lambda row: row.party.name)]
            return "signatories", Reading(_all(names)) if names else None, gettext("signatories not recorded")
        if reference.kind == "pledge" and name.startswith("valuation-"):
            currency = name.removeprefix("valuation-")
            for row in record.valuations.all():
                if row.currency == currency:
                    reading = money_reading(row.amount, row.currency, row.is_approximate)
                    return f"valuation-{row.pk}-amount", reading, ""
        return None

    def _column(self, reference, record):
        kind, name = reference.kind, reference.field
        allowed = (*PLAIN[kind], *(record.claimed_fields if kind in CLAIMED else ()))
        if name not in allowed:
            return None
        basis = self._bases.get((kind, record.pk, name), "") if kind in CLAIMED else ""
        reading = field_reading(record, name, Basis(basis) if basis else "")
        why = record.unknown(name) or Unknown.NOT_STATED
        anchor = name if kind in CLAIMED and name in record.claimed_fields else PLACES.get((kind, name), "")
        told = {"field": record.field_label(name).lower(), "why": why.label}
        return anchor, reading, pgettext("a field without a value", "%(field)s %(why)s") % told


def _all(names):
    """Signatories in running text: “Denmark and Czech Republic”."""
    words = pgettext("the end of a list", "%(names)s and %(last)s")
    return reduce(lambda names, last: words % {"names": names, "last": last}, map(str, names))


def figures_in(*bodies, at=None, public=None):
    """The Figures of some bodies."""
    return Figures([reference for body in bodies for reference in references(body)], at, public)


def main_figures(body, most, at=None, public=None):
    """The first records that a body names with the main figure of each, without looking up the others."""
    named = [reference for reference in references(body) if reference.kind in MAIN]
    first = list(dict.fromkeys((reference.kind, reference.slug) for reference in named))[:most]
    return Figures([Reference("", kind, slug) for kind, slug in first], at, public, MAIN_FETCHED).behind


def pledges_behind(behind):
    """The pledges among the records behind a text, given as (kind, record, figure)."""
    return [record for kind, record, _ in behind if kind == "pledge"]


def dead_references(body, at=None):
    """The references of a body that show nothing at a moment (now, if none is given). What is under embargo or
    withdrawn then is as if it were not there."""
    return figures_in(body, at=at).dead


def articles_naming(kind, record, at=None):
    """The published articles that name a record, by its address or one that it had, newest first, at most fifty.

    One query, and one more where an article names a former address.
    """
    body = "edition__revision__body"
    names_it = Q(**{f"{body}__contains": f"[[{kind}:{record.slug}"}) | Q(naming_formerly(kind, record, body))
    candidates = Article.objects.published(at).filter(names_it).newest_first()[:ARTICLES_SHOWN]
    slugs = {record.slug}
    found = []
    for article in candidates:
        named = {reference.slug for reference in references(article.live.body) if reference.kind == kind}
        if not named & slugs and len(slugs) == 1:
            slugs |= slugs_had(record)
        if named & slugs:
            found.append(article)
    return found


__all__ = [
    "Figure",
    "Figures",
    "Reference",
    "articles_naming",
    "dead_references",
    "figures_in",
    "main_figures",
    "pledges_behind",
]
