"""Finding a record for a text, and the references that can be written to it with what each of them shows."""

from dataclasses import dataclass

from django.db.models import Q

from aid.choices import Basis
from aid.dates import spoken
from aid.models.articles import Article
from aid.prose import Reference, parse_reference
from aid.queries.desk import best_first
from aid.queries.figures import CLAIMED, KINDS, MAIN, PLAIN, Figures
from aid.queries.public import EVERYTHING, Public
from aid.queries.readings import money_reading

# kind -> where its records are looked for; the first names them.
SEARCHED = {
    "pledge": ("title", "slug", "donor__name", "recipient__name"),
    "coalition": ("name", "official_name", "slug"),
    "agreement": ("title", "official_title", "slug"),
    "event": ("title", "place", "slug"),
    "party": ("name", "official_name", "aliases", "iso_alpha2", "slug"),
    "person": ("name", "slug"),
    "source": ("title", "author", "slug"),
    "article": ("edition__revision__headline", "slug"),
}
NAMED_WITH = {"pledge": ("donor", "recipient")}
SHOWN, SHOWN_OF_ONE_KIND = 6, 20
# What a reference to parts of a record is called; its other fields have the names of their columns.
PARTS = {("coalition", "members"): "Number of members", ("agreement", "signatories"): "Signatories"}
EMBARGOED, WITHDRAWN = "embargoed", "withdrawn"


@dataclass(frozen=True)
class Found:
    """A record that a text can name. `hidden` says why readers do not have it, "" where they do; `until` is when
    its own embargo ends, None where it is hidden because of what it names or rests on."""

    kind: str
    record: object
    line: str
    hidden: str = ""
    until: object = None

    @property
    def address(self):
        """How a reference names it: pledge:danish-cyber-support."""
        return f"{self.kind}:{self.record.slug}"

    @property
    def name(self):
        return self.record.live.headline if self.kind == "article" else str(self.record)

    @property
    def kind_name(self):
        return str(self.record._meta.verbose_name)


@dataclass(frozen=True)
class Offer:
    """One figure of a record: its name, what it shows today, where that comes from, and how it is written."""

    label: str
    text: str
    exact: str
    basis: str
    source: str
    token: str
    is_unknown: bool


def find(question, kinds, public=None):
    """The records of these kinds in which each word of the question stands, and whether there are more of them.

    One query for each kind, and one for what is hidden. Of articles only those that readers have: no other has a page
    to lead to.
    """
    public = public or Public()
    most = SHOWN if len(kinds) > 1 else SHOWN_OF_ONE_KIND
    found, is_cut = [], False
    for kind in kinds:
        rows = list(_searched(kind, question, public)[: most + 1])
        is_cut |= len(rows) > most
        found += [_found(kind, row, public) for row in rows[:most]]
    return found, is_cut


def _searched(kind, question, public):
    model, columns = KINDS[kind][0], SEARCHED[kind]
    rows = public.of(Article.objects.all()) if model is Article else model.objects.all()
    for word in question.split():
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(anywhere)
    if kind in NAMED_WITH:
        rows = rows.select_related(*NAMED_WITH[kind])
    if kind == "source":
        rows = rows.defer("text")
    return best_first(rows, columns[0], question)


def named(kind, slug, public=None):
    """The record of this kind and address, or None."""
    public = public or Public()
    model = KINDS[kind][0]
    rows = public.of(Article.objects.all()) if model is Article else model.objects.all()
    if kind in NAMED_WITH:
        rows = rows.select_related(*NAMED_WITH[kind])
    row = rows.filter(slug=slug).first()
    return _found(kind, row, public) if row is not None else None


def _found(kind, row, public):
    line = _line(kind, row)
    if kind != "article" and public.has_withdrawn(row):
        return Found(kind, row, line, WITHDRAWN)
    if kind != "article" and public.hides(row):
        own = row.embargo_until
        return Found(kind, row, line, EMBARGOED, own if own and own > public.at else None)
    return Found(kind, row, line)


def _line(kind, row):
    """What tells a record from others of a like name."""
    if kind == "pledge":
        money = money_reading(row.amount, row.currency, row.is_approximate).text if row.money else ""
        told = (f"{row.donor} → {row.recipient}", money, row.get_stage_display().lower(), spoken(row.announced_on))
        return ", ".join(part for part in told if part)
    if kind == "event":
        return ", ".join(part for part in (row.get_kind_display(), spoken(row.starts_on)) if part)
    if kind in ("agreement", "party", "source"):
        return row.get_kind_display()
    return ""


def offers(found):
    """What of a record a text can show: its main figure first, what is unknown last.

    A withdrawn record has none: readers will not see a figure of it again. Nor has an address that no reference can
    write.
    """
    if found.hidden == WITHDRAWN or not mention(found):
        return []
    wanted = [Reference("", found.kind, found.record.slug, name) for name in _fields(found)]
    figures = Figures(wanted, public=EVERYTHING)
    rows = [_offer(found, reference, figures) for reference in wanted if figures.get(reference)]
    return sorted(rows, key=lambda row: row.is_unknown)


def mention(found):
    """The reference to the record itself, as it is written in a text; "" where there is none."""
    token = found.address
    return f"[[{token}]]" if found.hidden != WITHDRAWN and parse_reference(token).kind else ""


def _fields(found):
    kind, model = found.kind, KINDS[found.kind][0]
    names = [MAIN[kind]] if kind in MAIN else []
    if kind == "pledge":
        currencies = found.record.valuations.order_by("currency").values_list("currency", flat=True)
        names += [f"valuation-{currency}" for currency in currencies]
    names += [*PLAIN[kind], *(model.claimed_fields if kind in CLAIMED else ())]
    return [name for name in dict.fromkeys(names) if parse_reference(f"{found.address}:{name}").kind]


def _offer(found, reference, figures):
    figure, claim = figures[reference], figures.claim_behind(reference)
    return Offer(
        label=_label(found, reference.field),
        text=figure.text,
        exact=figure.title,
        basis=str(Basis(claim.basis).label) if claim else "",
        source=claim.source.title if claim and claim.source else "",
        token=f"[[{found.address}:{reference.field}]]",
        is_unknown=figure.is_unknown,
    )


def _label(found, name):
    if name.startswith("valuation-"):
        return f"Stated equivalent in {name.removeprefix('valuation-')}"
    return PARTS.get((found.kind, name)) or found.record.field_label(name)


__all__ = ["Found", "Offer", "find", "mention", "named", "offers"]
