"""What revisions of articles rest on: the records that they name, with every claim, source and passage behind them.

Looked up once for any number of revisions, so that the checklist of fifty live articles costs what one costs.
"""

from collections import defaultdict
from functools import cached_property

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils import timezone

from aid.intake.sentences import sentences
from aid.models.articles import ArticleRevision
from aid.models.checks import Exemption, SignOff
from aid.models.claims import Claim
from aid.models.people import Office
from aid.models.sources import Passage, Source
from aid.models.statements import Statement
from aid.queries.checkable import text_of
from aid.queries.conversion import Rates
from aid.queries.figures import Figures
from aid.queries.provenance import Dossier, parts_of
from aid.queries.public import Everything, Public
from aid.queries.readings import Sheet, names_of_alternatives

# The kinds of record whose values rest on claims that an article then rests on. A party's ISO code is none of these.
RESTING = ("pledge", "coalition", "agreement", "event")
PARTS = {
    "pledge": ("stages", "valuations"),
    "coalition": ("memberships__party",),
    "agreement": ("signatories__party", "signatories__signed_by"),
}


class Grounds:
    """What stands behind some revisions at a moment (now, if none is given).

    Some twenty queries, whatever the number of revisions, records and claims, and fewer where a kind is not named.
    """

    def __init__(self, revisions, at=None):
        self.at = at or timezone.now()
        self.revisions = [revision for revision in revisions if revision is not None]
        self.texts = [text_of(revision) for revision in self.revisions]
        self.references = [reference for text in self.texts for reference in text.references]
        # What is under embargo is checked before it ends, so that the desk sees all of it.
        self.figures = Figures(self.references, public=Everything(self.at))
        self.sheets = self._sheets(self._records())

    # The records

    def _records(self):
        """The records with claims that the revisions name, with the offices of the people: {kind: [record]}."""
        found = defaultdict(list)
        for kind, record in self.figures.records:
            found[kind].append(record)
        for kind, relations in PARTS.items():
            prefetch_related_objects(found[kind], *relations)
        people = found.get("person")
        offices = Office.objects.filter(person__in=people).select_related("person", "party") if people else []
        self.offices = defaultdict(list)
        for office in offices:
            self.offices[office.person_id].append(office)
        return {kind: found[kind] for kind in RESTING} | {"office": list(offices)}

    def _sheets(self, records):
        """{(kind, primary key): Sheet}; the claims' sources come with their texts."""
        about = Q()
        for kind, rows in records.items():
            if rows:
                about |= Q(**{f"{kind}__in": rows})
        claims = defaultdict(list)
        for claim in self._claims(about) if about else ():
            claims[claim.subject_name, getattr(claim, f"{claim.subject_name}_id")].append(claim)
        dossiers = {
            (kind, row.pk): Dossier(row, parts_of(row), claims[kind, row.pk])
            for kind, rows in records.items()
            for row in rows
        }
        named = names_of_alternatives(dossiers.values())
        return {key: Sheet(dossier, named) for key, dossier in dossiers.items()}

    def _claims(self, about):
        # Prefetched, not joined: one copy of a source's text for all of its claims.
        claims = Claim.objects.filter(about).select_related("recorded_by", "verified_by").order_by("pk")
        claims = list(claims.prefetch_related("source", "passages"))
        sources = {claim.source_id: claim.source for claim in claims}
        for claim in claims:
            for passage in claim.passages.all():
                if passage.source_id in sources:
                    passage.source = sources[passage.source_id]
        return claims

    def record(self, reference):
        return self.figures.record_of(reference)

    @cached_property
    def public(self):
        """What readers may see at the moment."""
        return Public(self.at)

    @cached_property
    def hidden_references(self):
        """The references that show readers something else at the moment than they show here, or nothing."""
        if not self.public.hidden and not self.public.withdrawn:
            return set()
        seen = Figures(self.references, public=self.public)
        return {reference for reference in seen.references if seen.get(reference) != self.figures.get(reference)}

    def sheet(self, kind, record):
        """The evidence of a record, or None for a kind whose values rest on no claims here."""
        return self.sheets.get((kind, record.pk))

    # The sources

    @cached_property
    def sources(self):
        """Every source behind the revisions, with its text: {primary key: Source}."""
        found = {
            claim.source_id: claim.source
            for sheet in self.sheets.values()
            for claim in sheet.dossier.claims
            if claim.source
        }
        named = {row.pk for kind, row in self.figures.records if kind == "source"}
        return found | (Source.objects.in_bulk(named - found.keys()) if named - found.keys() else {})

    @cached_property
    def _sentences(self):
        return {}

    @cached_property
    def read(self):
        """What supports.py has read in the sources: {primary key: what stands in each sentence}."""
        return {}

    def sentences(self, source):
        """The spans of a source's sentences."""
        if source.pk not in self._sentences:
            self._sentences[source.pk] = sentences(source.text)
        return self._sentences[source.pk]

    @cached_property
    def statements(self):
        """What was said according to the sources behind the revisions, by whom they name, or about what they name.

        [] where no revision quotes anything. With claims and passages.
        """
        if not any(text.quotations for text in self.texts):
            return []
        named = defaultdict(list)
        for kind, record in self.figures.records:
            named[kind].append(record.pk)
        said = Q(claims__source__in=list(self.sources))
        columns = {"speaker": "person", "party": "party", "pledge": "pledge", "coalition": "coalition"}
        for column, kind in (columns | {"agreement": "agreement"}).items():
            if named[kind]:
                said |= Q(**{f"{column}__in": named[kind]})
        rows = Statement.objects.filter(pk__in=Statement.objects.filter(said).order_by().values("pk"))
        passages = Prefetch("claims__passages", Passage.objects.order_by("pk"))
        return list(rows.select_related("party", "speaker", "office").prefetch_related("claims", passages))

    @cached_property
    def statement_sheets(self):
        """{primary key: Sheet} of the statements. Asked for only where a quotation is one of them."""
        found = self._sheets({"statement": self.statements})
        return {pk: sheet for (_, pk), sheet in found.items()}

    @cached_property
    def rates(self):
        """The exchange rates of the days against which equivalents are held."""
        valuations = [
            row for kind, pledge in self.figures.records if kind == "pledge" for row in pledge.valuations.all()
        ]
        return Rates([row.rate_on for row in valuations if row.rate_on])

    # What was written and signed before

    @cached_property
    def _articles(self):
        return {revision.article_id for revision in self.revisions}

    @cached_property
    def history(self):
        """Every revision of the articles, the newest first: {article's key: [ArticleRevision]}."""
        rows = ArticleRevision.objects.filter(article__in=self._articles).select_related("created_by")
        return _by_article(rows.order_by("-number"))

    @cached_property
    def sign_offs(self):
        """Every sign-off, the newest first: {article's key: [SignOff]}."""
        rows = SignOff.objects.filter(article__in=self._articles).select_related("signed_by")
        return _by_article(rows.order_by("-signed_at", "-pk"))

    @cached_property
    def exemptions(self):
        """Every exemption, the newest first: {article's key: [Exemption]}."""
        rows = Exemption.objects.filter(article__in=self._articles).select_related("granted_by")
        return _by_article(rows.order_by("-granted_at", "-pk"))


def _by_article(rows):
    found = defaultdict(list)
    for row in rows:
        found[row.article_id].append(row)
    return found


class Manuscript:
    """One revision as it would stand before readers at a moment, with all that it rests on."""

    def __init__(self, article, revision, grounds):
        self.article = article
        self.revision = revision
        self.grounds = grounds
        self.text = text_of(revision)
        # What supports.py has worked out for stretches of the text.
        self.candidates = {}

    @property
    def at(self):
        return self.grounds.at

    @cached_property
    def references(self):
        """The references, each once, in reading order."""
        return list(dict.fromkeys(self.text.references))

    @cached_property
    def records(self):
        """The records named, each once, in reading order: [(kind, record)]."""
        return self.records_of(self.references)

    def records_of(self, references):
        found = {}
        for reference in references:
            record = self.grounds.record(reference)
            if record is not None:
                found.setdefault((reference.kind, record.pk), (reference.kind, record))
        return list(found.values())

    @cached_property
    def sheets(self):
        """The evidence of the records named whose values rest on claims: [(record, Sheet)]."""
        found = ((record, self.grounds.sheet(kind, record)) for kind, record in self.records)
        return [(record, sheet) for record, sheet in found if sheet]

    @cached_property
    def sources(self):
        """The sources that the records named rest on, and those named themselves, each once."""
        found = {
            claim.source_id: claim.source
            for _, sheet in self.sheets
            for row in sheet.rows
            if (claim := row.evidence.preferred) and claim.source
        }
        named = {row.pk: self.grounds.sources[row.pk] for kind, row in self.records if kind == "source"}
        return list((found | named).values())

    @cached_property
    def statements(self):
        """What was said according to its sources, by whom it names, or about what it names."""
        sources = {source.pk for source in self.sources}
        named = {(kind, record.pk) for kind, record in self.records}
        return [row for row in self.grounds.statements if _concerns(row, sources, named)]

    @cached_property
    def is_live(self):
        """Whether readers have this very revision at the moment in question."""
        return self.revision is not None and self.article.live == self.revision


def _concerns(statement, sources, named):
    about = {("person", statement.speaker_id), ("party", statement.party_id), ("pledge", statement.pledge_id),
             ("coalition", statement.coalition_id), ("agreement", statement.agreement_id)}  # fmt: skip
    return bool(about & named) or any(claim.source_id in sources for claim in statement.claims.all())


def manuscript(article, revision, at=None):
    """The Manuscript of one revision; of nothing for None."""
    return Manuscript(article, revision, Grounds([revision], at))
