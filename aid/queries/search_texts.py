"""What search reads of each record: its names, its text as readers see it, and where that stands.

Names of other records are not written into a text: a token stands for each, and the names of today are looked up when
somebody searches. So a party that is renamed is found at once, and one that is hidden is never named.
"""

import hashlib
from dataclasses import astuple, dataclass, field
from datetime import date

from django.apps import apps
from django.utils import timezone, translation
from django.utils.text import Truncator

from aid.choices import Rank
from aid.folding import words
from aid.languages import NAMES
from aid.models import ArticleRevision, Person, Pledge, Publication
from aid.models.search import YEARS, SearchKind
from aid.money import Money
from aid.prose import Reference, blocks
from aid.queries.figures import COUNTED, Figures
from aid.queries.public import EVERYTHING, WithoutEmbargoes
from aid.queries.readings import date_text, money_reading

# So much of a text is searched: a hundred pages. PostgreSQL takes no more than a megabyte of words.
LONGEST = 300_000
MOST_WORDS = 50_000
# Not a letter that folding leaves: no reader can type a token.
SIGN = "ø"
UNDATED = date(1, 1, 1)
# The kinds whose names stand as tokens in the texts of others.
NAMED = ("party", "person", "coalition", "agreement", "event")
MISSING = "—"
# Texts that show what can be hidden by itself. Before the kind of what the whole text shows, on its twin.
TWINNED = ("article", "person")
WHOLE = "whole-"
# Before the kind of what a text would show if it had not been withdrawn.
GONE = "gone-"


def token(kind, number):
    return f"{SIGN}{kind}{number}"


@dataclass
class Document:
    """What search keeps of one record, or of one revision of an article."""

    kind: str
    record: int
    title: str
    names: str = ""
    text: str = ""
    tokens: tuple = ()
    detail: str = ""
    page: tuple = ("", "", "")  # the kind and address of the page, and the place on it
    day: date = UNDATED
    revision: int = 0
    is_bare: bool = False
    # (model name, number) of what the text shows and can be hidden by itself.
    mentions: frozenset = field(default_factory=frozenset)

    @property
    def key(self):
        return self.kind, self.record, self.revision, self.is_bare

    @property
    def bucket(self):
        year = self.day.year if self.day != UNDATED else 0
        return SearchKind(self.kind).place * YEARS + year

    @property
    def digest(self):
        parts = (*astuple(self)[:-1], sorted(self.mentions))
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def columns(self):
        """The words of the title, the names and the text, and the tokens: what the database searches."""
        return (
            words(self.title),
            words(self.names),
            words(self.text[:LONGEST])[:MOST_WORDS],
            list(self.tokens),
        )


def model_of(kind):
    return apps.get_model("aid", kind)


def documents(kind, numbers, public):
    """The Documents of those records of a kind that exist, whether readers have them or not. A few queries.

    `public` decides only what the twin of a text shows that names what is hidden: what readers see of it now.
    """
    numbers = list(numbers)
    # What is kept is of the site's own language, whoever happens to save.
    with translation.override("en"):
        found = [_tidy(document) for document in _MAKERS[kind](numbers, WithoutEmbargoes())]
        if kind in TWINNED:
            names_hidden = {one.record for one in found if _names_hidden(one, public)}
            for twin in _MAKERS[kind](names_hidden, public) if names_hidden else ():
                whole = next(one for one in found if one.key == twin.key)
                if _names_hidden(whole, public):
                    twin.is_bare = True
                    twin.mentions |= {(f"{WHOLE}{name}", number) for name, number in whole.mentions}
                    found.append(_tidy(twin))
    return found


def _names_hidden(document, public):
    return any(
        number in public.hidden.get(model_of(name), ())
        for name, number in document.mentions
        if not name.startswith(GONE)
    )


def _tidy(document):
    # PostgreSQL stores no NUL.
    document.title, document.names, document.text = (
        value.replace("\0", "").strip() for value in (document.title, document.names, document.text)
    )
    document.text = document.text[:LONGEST]
    document.tokens = tuple(sorted(set(document.tokens)))
    return document


def _rows(kind, numbers, *joined, fetched=()):
    rows = model_of(kind).objects.filter(pk__in=numbers).order_by("pk")
    return rows.select_related(*joined).prefetch_related(*fetched) if joined else rows.prefetch_related(*fetched)


def _own_page(row, anchor=""):
    return row._meta.model_name, row.slug, anchor


def _tokens(row, *columns):
    """The tokens of the records that columns of a row name, without reading them."""
    for name in columns:
        if number := getattr(row, f"{name}_id"):
            yield token(row._meta.get_field(name).related_model._meta.model_name, number)


def _sentences(*parts):
    """Facts as one line: each that there is, with a full stop."""
    return " ".join(f"{str(part).strip().rstrip('.')}." for part in parts if str(part).strip())


def _lines(text):
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())


def _shown(row, name):
    return getattr(row, f"get_{name}_display")() if getattr(row, name) else ""


def _dated(label, value):
    return f"{label} {date_text(value)}" if value else ""


def _called_elsewhere(party):
    """What a state is called on the pages in other languages: whoever reads its name there looks for that."""
    names = []
    for code in NAMES:
        with translation.override(code):
            names.append(str(party))
    return [name for name in dict.fromkeys(names) if name != party.name]


def _parties(numbers, public):
    for row in _rows("party", numbers):
        names = (row.official_name, *row.alias_list(), *_called_elsewhere(row), row.iso_alpha2)
        names = "\n".join(name for name in names if name)
        yield Document(
            "party", row.pk, row.name, names, row.official_name, _tokens(row, "parent"), row.kind, _own_page(row)
        )


def _people(numbers, public):
    for row in _rows("person", numbers, fetched=public.fetching(Person, "offices")):
        offices = list(row.offices.all())
        yield Document(
            "person",
            row.pk,
            row.name,
            text="; ".join(office.title for office in offices),
            tokens=[token("party", office.party_id) for office in offices],
            page=_own_page(row),
            mentions=frozenset(("office", office.pk) for office in offices),
        )


def _coalitions(numbers, public):
    for row in _rows("coalition", numbers, fetched=["memberships"]):
        budget = money_reading(row.amount, row.currency) if row.amount is not None else ""
        members = [token("membership", one.pk) for one in row.memberships.all() if one.is_counted]
        yield Document(
            "coalition",
            row.pk,
            row.name,
            row.official_name,
            _sentences(row.official_name, _lines(row.aims), f"Budget: {budget}" if budget else ""),
            [*_tokens(row, "framework", "formalized_at"), *members],
            page=_own_page(row),
        )


def _agreements(numbers, public):
    for row in _rows("agreement", numbers, fetched=["signatories"]):
        signed = [token("signatory", one.pk) for one in row.signatories.all()]
        dates = _dated("Signed", row.signed_on), _dated("In force from", row.in_force_on)
        yield Document(
            "agreement",
            row.pk,
            row.title,
            row.official_title,
            _sentences(row.official_title, _shown(row, "kind"), *dates, _lines(row.objectives)),
            signed,
            row.kind,
            _own_page(row),
            row.signed_on_latest or UNDATED,
        )


def _events(numbers, public):
    for row in _rows("event", numbers):
        text = _sentences(_shown(row, "kind"), date_text(row.starts_on), row.place)
        yield Document(
            "event", row.pk, row.title, "", text, _tokens(row, "series", "host"), row.kind, _own_page(row),
            row.starts_on_latest or UNDATED,
        )  # fmt: skip


def _pledges(numbers, public):
    through = Pledge.beneficiaries.through.objects.filter(pledge__in=numbers)
    benefiting = {}
    for pledge, party in through.order_by("pk").values_list("pledge", "party"):
        benefiting.setdefault(pledge, []).append(token("party", party))
    for row in _rows("pledge", numbers, fetched=["sectors"]):
        amount = ""
        if row.amount is not None:
            money = money_reading(row.amount, row.currency, row.is_approximate)
            amount = f"{money} ({Money(row.amount, row.currency)})"
        text = _sentences(
            amount,
            _shown(row, "stage"),
            _shown(row, "aid_type"),
            _shown(row, "instrument"),
            _dated("Announced", row.announced_on),
            _dated("For", row.period),
            ", ".join(sector.name for sector in row.sectors.all()),
            _lines(row.purposes),
        )
        named = _tokens(row, "donor", "recipient", "coalition", "fund", "agreement")
        yield Document(
            "pledge", row.pk, row.title, "", text, [*named, *benefiting.get(row.pk, ())], row.stage, _own_page(row),
            row.announced_on_latest or UNDATED,
        )  # fmt: skip


def _statements(numbers, public):
    for row in _rows("statement", numbers, "party", "speaker"):
        who = row.speaker or row.party
        yield Document(
            "statement", row.pk, str(who), "", row.text, _tokens(row, "party", "speaker", *_ABOUT), row.form,
            _own_page(who, f"statement-{row.slug}"), row.said_on_latest or UNDATED,
        )  # fmt: skip


_ABOUT = ("pledge", "coalition", "agreement")


def _page_of(row):
    """The record on whose page readers meet a row that may have none of its own; None where it is in no list."""
    kind = row._meta.model_name
    if kind == "statement":
        return row.speaker or row.party
    if kind == "office":
        return row.person
    if kind == "assertion":
        about = next((getattr(row, name) for name in _ABOUT if getattr(row, name)), None)
        claims = [claim for claim in row.claims.all() if claim.rank == Rank.PREFERRED]
        return about or next((claim.source for claim in sorted(claims, key=lambda one: one.pk)), None)
    return row


def _assertions(numbers, public):
    for row in _rows("assertion", numbers, "attributed_to", *_ABOUT, fetched=["claims__source"]):
        page = _page_of(row)
        title = str(row.attributed_to) if row.attributed_to else _shown(row, "kind")
        yield Document(
            "assertion", row.pk, title, "", row.text, _tokens(row, "attributed_to", *_ABOUT), row.kind,
            _own_page(page, f"assertion-{row.slug}") if page else ("source", "", ""), row.said_on_latest or UNDATED,
        )  # fmt: skip


def _sources(numbers, public):
    for row in _rows("source", numbers):
        yield Document(
            "source", row.pk, row.title, row.author, row.text, _tokens(row, "publisher"), row.kind, _own_page(row),
            row.published_on_latest or UNDATED,
        )  # fmt: skip


def _corrections(numbers, public):
    rows = model_of("correction").objects.filter(pk__in=numbers).with_subjects().order_by("pk")
    for row in rows:
        page = row.article or _page_of(row.subject)
        title = f"{row.get_kind_display()}: {Truncator(row.note).words(14)}"
        anchor = f"correction-{row.key}"
        yield Document(
            "correction", row.pk, title, "", _sentences(row.note, row.was, row.now), (), row.kind,
            _own_page(page, anchor) if page else ("correction", "", anchor), timezone.localdate(row.decided_at),
        )  # fmt: skip


def _articles(numbers, public):
    """A Document for each revision that readers have, had or will have; what it names is as `public` has it."""
    published = Publication.objects.filter(article__in=numbers, revision__isnull=False)
    revisions = (
        ArticleRevision.objects.filter(pk__in=published.values("revision"))
        .select_related("article")
        .prefetch_related("topics")
        .order_by("pk")
    )
    revisions = list(revisions)
    bodies = {row.pk: blocks(row.body) for row in revisions}
    named = [piece for found in bodies.values() for block in found for piece in block.pieces]
    named = [piece for piece in named if isinstance(piece, Reference)]
    figures = Figures(named, public=public)
    # What was withdrawn is not shown, and is again once it is reinstated.
    gone = Figures(figures.dead, public=EVERYTHING)
    for row in revisions:
        written, shown = _written(bodies[row.pk], figures, gone)
        own = {
            "kind": "article",
            "record": row.article_id,
            "revision": row.pk,
            "title": row.headline,
            "names": row.byline,
            "detail": row.section,
            "page": _own_page(row.article),
            "day": timezone.localdate(row.article.published_at) if row.article.published_at else UNDATED,
            "mentions": frozenset(shown),
        }
        beside = ", ".join(topic.name for topic in row.topics.all())
        yield Document(**own, text=_joined(row.standfirst, written, beside))


def _joined(*lines):
    return "\n".join(line for line in lines if line)


def _written(found, figures, gone):
    """A body as readers see it, a paragraph a line, and what it shows of records: {(model name, number)}."""
    lines, shown = [], set()
    for block in found:
        line = ""
        for piece in block.pieces:
            if not isinstance(piece, Reference):
                line += piece
                continue
            # An article that is named may get another headline by the clock: it is found by its own.
            figure = figures.get(piece) if piece.kind and piece.kind != "article" else None
            if figure is not None:
                line += piece.label or figure.text
                shown |= set(_behind(piece, figures.record_of(piece)))
                continue
            line += MISSING
            if piece.kind and (record := gone.record_of(piece)):
                shown.add((f"{GONE}{piece.kind}", record.pk))
        lines.append(" ".join(line.split()))
    return "\n".join(line for line in lines if line), shown


def _behind(reference, record):
    yield reference.kind, record.pk
    if reference.field in COUNTED and reference.kind in ("coalition", "agreement"):
        parts = record.memberships if reference.kind == "coalition" else record.signatories
        for part in parts.all():
            yield part._meta.model_name, part.pk
            yield "party", part.party_id


_MAKERS = {
    "party": _parties,
    "person": _people,
    "coalition": _coalitions,
    "agreement": _agreements,
    "event": _events,
    "article": _articles,
    "pledge": _pledges,
    "statement": _statements,
    "assertion": _assertions,
    "source": _sources,
    "correction": _corrections,
}


def depending(stale):
    """What is to be made anew beside the stale records, because its text shows them: {kind: numbers}."""
    found = {}
    named = {kind: numbers for kind, numbers in stale.items() if numbers}
    if people := named.get("person"):
        found.setdefault("statement", set()).update(_numbers("statement", speaker__in=people))
    if parties := named.get("party"):
        found.setdefault("statement", set()).update(_numbers("statement", speaker__isnull=True, party__in=parties))
        found.setdefault("assertion", set()).update(_numbers("assertion", attributed_to__in=parties))
    if sectors := named.get("sector"):
        found.setdefault("pledge", set()).update(_numbers("pledge", sectors__in=sectors))
        topical = Publication.objects.filter(revision__topics__in=sectors)
        found.setdefault("article", set()).update(topical.values_list("article", flat=True))
    return found


def _numbers(kind, **columns):
    return model_of(kind).objects.filter(**columns).order_by().values_list("pk", flat=True)


__all__ = ["GONE", "NAMED", "UNDATED", "WHOLE", "Document", "depending", "documents", "model_of", "token"]
