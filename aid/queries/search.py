"""Search: what is asked for, what readers have of it, in which order.

Which rows readers have is decided here for each search, by the `public` of its moment; no entry says it of itself. No
rank depends on how often a word stands elsewhere, for that would tell of texts that are hidden.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from django.db.models import Count, Q, Value
from django.utils.translation import gettext as _

from aid.folding import composed, words
from aid.models import Article, Correction, Membership, SearchEntry, SearchMention, SearchText, Signatory
from aid.models.search import YEARS, SearchKind
from aid.queries import search_words
from aid.queries.public import NODES, Listed
from aid.queries.search_texts import NAMED, UNDATED, model_of, token

LONGEST = 200
MOST_TERMS = 16
# So many hits are put in order; of more, the newest and those with the words in their title.
MOST_RANKED = 500
# A word that begins more names than this says nothing of whose they are.
MOST_NAMES = 200
QUOTES = '"“”„«»'
_CHUNK = re.compile(
    rf"(?<!\S)(?P<minus>[-−–])(?=[\w{QUOTES}])|[{QUOTES}](?P<phrase>[^{QUOTES}]*)(?P<end>[{QUOTES}]?)"
    rf"|(?P<word>[^\s{QUOTES}]+)"
)


class Unsearchable(Exception):
    """What was typed cannot be looked for; the text says why, and what to write."""


@dataclass(frozen=True)
class Term:
    """Words that stand side by side. `is_begun`: the last may go on; `is_excluded`: they must not stand there."""

    words: tuple
    is_begun: bool = False
    is_excluded: bool = False

    def stands_in(self, padded):
        """Whether it stands in words that are joined by spaces, with one more at each end."""
        return f" {' '.join(self.words)}{'' if self.is_begun else ' '}" in padded


def read(text):
    """The Terms of what was typed. Raises Unsearchable. Nothing typed gives none."""
    if len(text) > LONGEST:
        told = _("That is too long to be looked for. Write at most %(most)d characters.")
        raise Unsearchable(told % {"most": LONGEST})
    found, is_excluded = [], False
    for chunk in _CHUNK.finditer(composed(text)):
        if chunk["minus"]:
            is_excluded = True
            continue
        is_phrase = chunk["phrase"] is not None
        given = words(chunk["phrase"] if is_phrase else chunk["word"])
        # A quotation mark that is not closed is one that is still being typed.
        is_open = not chunk["end"] if is_phrase else chunk["word"].endswith("*")
        if given:
            found.append(Term(tuple(given), is_open, is_excluded))
        is_closed, is_excluded = is_phrase and chunk["end"], False
    if text.strip() and not found:
        raise Unsearchable(_("There is no word in that. Write a word, a name or a number."))
    if len(found) > MOST_TERMS:
        raise Unsearchable(_("That is too much at once. Write at most %(most)d words.") % {"most": MOST_TERMS})
    if found and all(term.is_excluded for term in found):
        raise Unsearchable(_("That only says what to leave out. Write a word to look for, too."))
    if found and not is_closed and not found[-1].is_excluded:
        found[-1] = Term(found[-1].words, True)
    return found


# What readers have


def visible(public):
    """The entries that give what readers have at the moment of `public`."""
    rows = SearchEntry.objects.standing_at(public.at)
    for kind in SearchKind.values:
        if gone := _gone(public, model_of(kind)):
            rows = rows.exclude(kind=kind, record__in=Listed(gone))
    live = public.of(Article.objects.all()).order_by().values("edition__revision")
    told = public.of(Correction.objects.all()).order_by().values("pk")
    rows = rows.filter(~Q(kind=SearchKind.ARTICLE) | Q(revision__in=live))
    rows = rows.filter(~Q(kind=SearchKind.CORRECTION) | Q(record__in=told))
    hidden = Q()
    for model in NODES:
        if gone := _gone(public, model):
            hidden |= Q(kind=model._meta.model_name, record__in=Listed(gone))
    if not hidden:
        return rows.filter(is_bare=False)
    showing = SearchMention.objects.filter(hidden).order_by().values("entry")
    return rows.filter((Q(is_bare=False) & ~Q(pk__in=showing)) | (Q(is_bare=True) & Q(pk__in=showing)))


def _gone(public, model):
    return public.hidden.get(model, set()) | public.withdrawn.get(model, set())


# What is found


class Search:
    """What readers have at a moment of what was typed.

    Three queries for the expression, one to count, at most two to put in order, and two for the hits of a page.
    """

    def __init__(self, text, public):
        self.public, self.terms = public, read(text)

    @cached_property
    def sought(self):
        """The Terms that must stand there."""
        return [term for term in self.terms if not term.is_excluded]

    @cached_property
    def _names(self):
        """Of each term, the records whose names it stands in: {(kind, number)}. One query."""
        found = defaultdict(set)
        if not self.terms:
            return found
        named = SearchEntry.objects.standing_at(self.public.at).filter(kind__in=NAMED, is_bare=False)
        asked = [
            named.finding(search_words.sought(term.words, term.is_begun, search_words.NAMES))
            .order_by()
            .values_list(Value(place), "kind", "record")
            for place, term in enumerate(self.terms)
        ]
        for place, kind, number in asked[0].union(*asked[1:], all=True):
            if number not in self.public.hidden.get(model_of(kind), ()):
                found[place].add((kind, number))
        return found

    @cached_property
    def _parts(self):
        """The tokens of the parts that join the parties found with others: {party: tokens}. One query."""
        parties = {number for named in self._names.values() for kind, number in named if kind == "party"}
        found = defaultdict(set)
        if not parties:
            return found
        asked = [
            self.public.of(rows).filter(party__in=Listed(parties)).order_by().values_list(Value(name), "party", "pk")
            for name, rows in (("membership", Membership.objects.counted()), ("signatory", Signatory.objects.all()))
        ]
        for name, party, number in asked[0].union(asked[1], all=True):
            found[party].add(token(name, number))
        return found

    def _expression(self, place, term):
        named = self._names[place]
        asked = [search_words.sought(term.words, term.is_begun)]
        if named and len(named) <= MOST_NAMES:
            tokens = {token(kind, number) for kind, number in named}
            tokens |= {part for kind, number in named if kind == "party" for part in self._parts[number]}
            asked.append(search_words.one_of_tokens(sorted(tokens)))
        return search_words.either(asked)

    @cached_property
    def expression(self):
        """What the database is asked for."""
        wanted, unwanted = [], []
        for place, term in enumerate(self.terms):
            (unwanted if term.is_excluded else wanted).append(self._expression(place, term))
        return search_words.but_not(search_words.every(wanted), unwanted)

    def entries(self):
        """The entries that are found, as a queryset in no order."""
        if not self.terms:
            return SearchEntry.objects.none()
        return visible(self.public).finding(self.expression).order_by()

    @cached_property
    def counts(self):
        """How many are found of each kind in each year: {(kind, year or 0): number}. One query."""
        kinds = dict(enumerate(SearchKind.values, start=1))
        found = self.entries().values_list("bucket").annotate(Count("pk"))
        return {(kinds[bucket // YEARS], bucket % YEARS): number for bucket, number in found}

    def count(self, kind="", year=None):
        return sum(number for (of, on), number in self.counts.items() if kind in ("", of) and year in (None, on))

    def kinds(self, year=None):
        """[(kind, how many)] of those found, in the order of SearchKind."""
        found = Counter()
        for (kind, on), number in self.counts.items():
            if year in (None, on):
                found[kind] += number
        return [(SearchKind(kind), found[kind]) for kind in SearchKind.values if found[kind]]

    def years(self, kind=""):
        """[(year, how many)], the newest first; 0 for those without a year comes last."""
        found = Counter()
        for (of, year), number in self.counts.items():
            if kind in ("", of):
                found[year] += number
        return sorted(found.items(), reverse=True)

    def ranked(self, kind="", year=None, most=MOST_RANKED):
        """The numbers of the entries found, best first, at most so many: those with the words in their titles, the
        newer of two that are as good. Two queries where more are found, else one."""
        rows = self.entries()
        if kind:
            rows = rows.filter(kind=kind)
        if year is not None:
            first = rows.filter(bucket__in=[place.place * YEARS + year for place in SearchKind])
            rows = first
        columns = ("pk", "kind", "day", "text__title_words", "record")
        newest = rows.order_by("-day", "-pk").values_list(*columns)
        if most < MOST_RANKED or self.count(kind, year) > most:
            titled = search_words.every(
                search_words.sought(term.words, term.is_begun, ("title",)) for term in self.sought
            )
            best = list(newest.finding(titled)[: most // 2])
            found = {row[0]: row for row in [*best, *self._called(newest), *newest[: most // 2]]}
        else:
            found = {row[0]: row for row in newest[:most]}
        return [row[0] for row in sorted(found.values(), key=self._order)[:most]]

    def _called(self, rows):
        """Of the rows, those whose names hold all that is sought, however old they are. One query, or none."""
        wanted = [self._names[place] for place, term in enumerate(self.terms) if not term.is_excluded]
        called = set.intersection(*wanted) if wanted else set()
        if not called or len(called) > MOST_NAMES:
            return []
        by_kind = defaultdict(list)
        for kind, number in called:
            by_kind[kind].append(number)
        asked = Q()
        for kind, numbers in by_kind.items():
            asked |= Q(kind=kind, record__in=numbers)
        return list(rows.filter(asked))

    def _order(self, row):
        number, kind, day, title, _record = row
        padded, whole = f" {title} ", " ".join(word for term in self.sought for word in term.words)
        standing = sum(term.stands_in(padded) for term in self.sought)
        if title == whole:
            tier = 0
        elif title.startswith(whole) and standing == len(self.sought):
            tier = 1
        elif standing == len(self.sought):
            tier = 2
        else:
            tier = 3 if standing else 4
        return tier, -day.toordinal(), SearchKind(kind).place, -number

    def hits(self, numbers):
        """The entries of a page with their texts, in the order given. Two queries."""
        texts = SearchText.objects.select_related("entry").in_bulk(numbers)
        rows = [texts[number] for number in numbers if number in texts]
        articles = [row.entry.record for row in rows if row.entry.kind == SearchKind.ARTICLE]
        if articles:
            found = self.public.of(Article.objects.all()).in_bulk(articles)
            for row in rows:
                if row.entry.kind == SearchKind.ARTICLE and row.entry.record in found:
                    row.title = found[row.entry.record].public_headline
        return rows

    def nearest(self, most=3):
        """For what is found nowhere: what it could have been, from the names that readers have: [text]. One query."""
        rows = visible(self.public).filter(kind__in=("party", "person", "coalition"))
        known = {word for title in rows.values_list("text__title_words", flat=True)[:5000] for word in title.split()}
        known = sorted(word for word in known if len(word) > 2)
        found = []
        for term in self.sought:
            if len(term.words) == 1 and term.words[0] not in known:
                found += get_close_matches(term.words[0], known, n=most, cutoff=0.75)
        return found[:most]


def matching(model, text, public):
    """The numbers of the rows of a model that readers find by a text, as a subquery: `pk__in=matching(…)`.

    Raises Unsearchable for a text that cannot be looked for, and KeyError for a model that search does not read. Two
    queries for the names in the text. A text without a word finds nothing.
    """
    kinds = {model_of(kind): kind for kind in SearchKind.values}
    return Search(text, public).entries().filter(kind=kinds[model]).values("record")


__all__ = ["LONGEST", "MOST_RANKED", "UNDATED", "Search", "Term", "Unsearchable", "matching", "read"]
