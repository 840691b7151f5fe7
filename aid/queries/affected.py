"""Which articles show a record, what each of them shows of it, and which read differently once it has changed."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from aid.intake.sentences import sentences
from aid.models.articles import Article, ArticleRevision
from aid.models.parties import Party
from aid.models.publications import Publication
from aid.prose import Reference, pieces
from aid.queries.addresses import addresses_of, slugs_had
from aid.queries.figures import CLAIMED, KINDS, MAIN, PLAIN, Figures
from aid.queries.public import EVERYTHING
from aid.queries.seen import Change, shown_text

NAMED = re.compile(r"\[\[\s*([a-z]+):([a-zA-Z0-9_-]{1,80})(?::([a-zA-Z_]{1,40}(?:-[A-Z]{3})?))?")
# A word in a figure's place, so that a point within the figure ends no sentence.
STAND_IN = "Figure"


class Piece(NamedTuple):
    """A part of a sentence: words, or a figure of the record; `was` is what it read before the record changed."""

    text: str
    is_figure: bool = False
    was: str = ""


@dataclass(frozen=True)
class ShowingText:
    """A text that shows a record: the one that readers have, one that is scheduled, or the newest."""

    revision: ArticleRevision
    is_live: bool
    starts_at: datetime | None  # for one that is scheduled, or that waits for the end of an embargo
    shown: tuple[Reference, ...]  # what names or shows the record in its words
    blocks: list  # all its words, see prose.pieces

    @property
    def is_draft(self):
        return not self.is_live and self.starts_at is None


@dataclass(frozen=True)
class ShowingArticle:
    """An article, and those of its texts that show a record, the live one first."""

    article: Article
    texts: list[ShowingText]

    @property
    def headline(self):
        return self.texts[0].revision.headline or self.article.slug

    @property
    def is_live(self):
        return self.texts[0].is_live


class Showing:
    """The articles of which a text shows a record: the live, a scheduled or the newest one.

    A text shows a record that it names, and one whose name stands in a field that it names of another record, such
    as a pledge's donor. No kind of record that texts cannot name costs a query.
    """

    def __init__(self, record, at=None):
        self._record, self._at = record, at or timezone.now()
        self._kind = record._meta.model_name
        self._slugs = {record.slug, *slugs_had(record)} if self._kind in KINDS else set()
        self._ways = _ways_to_show(type(record))
        # By the number of the revision: what of the record it shows, as References without label.
        self._found = self._find() if self._slugs else {}
        self._articles = {article for article, _ in self._found.values()}

    @property
    def count(self):
        """How many articles there are."""
        return len(self._articles)

    def figures(self):
        """What these texts, and the boxes beside them, show of the record now."""
        shown = {reference for _, found in self._found.values() for reference in found}
        shown |= {other for reference in shown for other in beside(reference)}
        return Figures(sorted(shown), self._at, EVERYTHING)

    @cached_property
    def articles(self):
        """The ShowingArticles, those that readers have first. Three queries."""
        publications = Publication.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=self._at)).in_order()
        rows = ArticleRevision.objects.filter(pk__in=self._found)
        rows = rows.prefetch_related(Prefetch("publications", publications, to_attr="standing"))
        # Not prefetched: Django asks for each row by an `or`, of which SQLite takes a thousand.
        articles = Article.objects.with_edition(self._at).in_bulk(self._articles)
        for row in rows:
            row.article = articles[row.article_id]
        texts = [text for row in rows if (text := self._text(row)).shown]
        by_article = groupby(sorted(texts, key=_place), key=lambda text: text.revision.article)
        found = [ShowingArticle(article, list(own)) for article, own in by_article]
        return sorted(found, key=lambda showing: not showing.is_live)

    def _find(self):
        """The texts that stand, and what each shows of the record. Two queries, and one for each way to show it."""
        written = Q()
        for part in (*(f"{self._kind}:{slug}" for slug in self._slugs), *(f":{field}" for _, field in self._ways)):
            written |= Q(body__contains=part)
        newer = ArticleRevision.objects.filter(article=OuterRef("article"), number__gt=OuterRef("number"))
        own = Publication.objects.filter(revision=OuterRef("pk"))
        is_standing = Exists(own.at(self._at)) | Exists(own.coming(self._at)) | ~Exists(newer)
        rows = ArticleRevision.objects.filter(written).filter(is_standing).order_by()
        found = {
            pk: (article, {Reference("", *named) for named in NAMED.findall(body)})
            for pk, article, body in rows.values_list("pk", "article", "body")
        }
        self._shown_by = self._named_through({named for _, all_named in found.values() for named in all_named})
        kept = {pk: (article, {n for n in named if self._shows(n)}) for pk, (article, named) in found.items()}
        return {pk: (article, named) for pk, (article, named) in kept.items() if named}

    def _named_through(self, named):
        """Of these References, those to fields in which the record's name stands."""
        slugs = defaultdict(set)
        for reference in named:
            if (reference.kind, reference.field) in self._ways:
                slugs[reference.kind, reference.field].add(reference.slug)
        found = set()
        for (kind, field), wanted in slugs.items():
            had = addresses_of(kind, wanted)
            path = "signatories__party" if field == "signatories" else field
            rows = KINDS[kind][0].objects.filter(
                Q(slug__in=wanted) | Q(pk__in=had.values("record")), **{path: self._record}
            )
            numbers = dict(rows.order_by().values_list("pk", "slug"))
            own = {slug for slug, number in had.values_list("slug", "record") if number in numbers}
            found |= {Reference("", kind, slug, field) for slug in own | set(numbers.values())}
        return found

    def _shows(self, reference):
        is_named = reference.kind == self._kind and reference.slug in self._slugs
        return is_named or bare(reference) in self._shown_by

    def _text(self, revision):
        """Its first publication that holds or is to come says when readers have it."""
        begins = revision.standing[0].starts_at if revision.standing else None
        if begins is not None and revision.article.embargo_until:
            begins = max(begins, revision.article.embargo_until)
        is_live = begins is not None and begins <= self._at
        # What stands in code is no reference.
        blocks = pieces(revision.body)
        shown = tuple(reference for reference in _references(blocks) if self._shows(reference))
        return ShowingText(revision, is_live, None if is_live else begins, shown, blocks)


def _references(blocks):
    return [piece for block in blocks for piece in block if isinstance(piece, Reference)]


def bare(reference):
    """A reference by what it names, whatever words stand for it."""
    return Reference("", reference.kind, reference.slug, reference.field)


def beside(reference):
    """What the box beside a text shows of a record that the text names: its name and its main figure."""
    kind, slug = reference.kind, reference.slug
    return (Reference("", kind, slug), Reference("", kind, slug, MAIN[kind])) if kind in MAIN else ()


def _ways_to_show(model):
    """The fields of records in which the name of a record of this kind stands: {(kind, field)}."""
    found = set()
    for kind, (other, *_) in KINDS.items():
        fields = (*PLAIN[kind], *(other.claimed_fields if kind in CLAIMED else ()))
        found |= {(kind, name) for name in fields if other._meta.get_field(name).related_model is model}
    return found | ({("agreement", "signatories")} if model is Party else set())


def _place(text):
    order = 0 if text.is_live else 2 if text.is_draft else 1
    return text.revision.article.slug, order, text.revision.number


# What changes in them


class Reread:
    """The texts that show a record, with what its figures were and what they are once it has changed."""

    def __init__(self, showing, was, now):
        self.showing, self._was, self._now = showing, was, now

    @property
    def is_different(self):
        """Whether any figure reads differently."""
        return any(self._is_different(reference) for reference in self._was.references)

    def differences(self):
        """Each figure that reads differently, as a Change."""
        return [
            Change(f"{self._label(reference)}, as articles have it", piece.was, piece.text)
            for reference in self._was.references
            if self._is_different(reference)
            for piece in [self._piece(reference)]
        ]

    @property
    def live(self):
        """The articles whose page reads differently to readers now."""
        changed = self.showing.articles if self.is_different else ()
        return [showing.article for showing in changed if any(t.is_live and self.changes(t) for t in showing.texts)]

    def changes(self, text):
        """Whether a text, or the box beside it, reads differently."""
        own = (bare(reference) for reference in text.shown if not reference.label)
        boxed = (other for reference in text.shown for other in beside(reference))
        return any(self._is_different(reference) for reference in (*own, *boxed))

    def box(self, text):
        """What the box beside a text shows of the record, as Pieces."""
        boxed = dict.fromkeys(other for reference in text.shown for other in beside(reference))
        return [self._piece(reference) for reference in boxed]

    def sentences(self, text):
        """The sentences of a text in which the record stands, each as Pieces."""
        wanted, found = set(text.shown), []
        for block in text.blocks:
            if wanted.intersection(_references([block])):
                found += self._sentences_of(block, wanted)
        return found

    def _is_different(self, reference):
        was, now = self._was.get(reference), self._now.get(reference)
        return (was and (was.text, was.title)) != (now and (now.text, now.title))

    def _label(self, reference):
        record = self._was.record_of(reference) or self._now.record_of(reference)
        return record.field_label(reference.field) if reference.field else "Name"

    def _sentences_of(self, block, wanted):
        words, places = "", []
        for piece in block:
            if isinstance(piece, Reference):
                places.append((len(words), piece))
                words += STAND_IN
            else:
                words += piece
        for start, end in sentences(words):
            inside = [(at, reference) for at, reference in places if start <= at < end]
            if any(reference in wanted for _, reference in inside):
                yield self._cut(words, start, end, inside, wanted)

    def _cut(self, words, start, end, inside, wanted):
        found, at = [], start
        for place, reference in inside:
            own = reference in wanted
            shown = self._piece(reference) if own else Piece(shown_text(reference, self._around))
            found += [Piece(words[at:place]), shown]
            at = place + len(STAND_IN)
        return [piece for piece in (*found, Piece(words[at:end])) if piece.text]

    def _piece(self, reference):
        if reference.label:
            return Piece(reference.label, True)
        reference = bare(reference)
        was, now = shown_text(reference, self._was), shown_text(reference, self._now)
        if was == now and self._is_different(reference):
            # The same short words for other full figures.
            was, now = (found.get(reference).title for found in (self._was, self._now))
        return Piece(now, True, was if was != now else "")

    @cached_property
    def _around(self):
        """The figures of other records that stand in the same texts."""
        texts = (text for showing in self.showing.articles for text in showing.texts)
        return Figures((reference for text in texts for reference in _references(text.blocks)), public=EVERYTHING)


__all__ = ["Piece", "Reread", "Showing", "ShowingArticle", "ShowingText"]
