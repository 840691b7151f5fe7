"""Search: what is asked for, what readers have of it, in which order.

Which rows readers have is decided here for each search, by the `public` of its moment; no entry says it of itself. No
rank depends on how often a word stands elsewhere, for that would tell of texts that are hidden.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Q, Value
from django.utils.translation import gettext as _

from aid.folding import composed, words
from aid.models import Article, Correction, Membership, SearchEntry, SearchText, Signatory
from aid.models.search import YEARS, SearchKind
from aid.queries import search_words
from aid.queries.past import PublicThen
from aid.queries.public import Everything, Listed
from aid.queries.search_index import gone as gone_rows
from aid.queries.search_index import showing_gone
from aid.queries.search_texts import NAMED, UNDATED, WHOLE, model_of, token

LONGEST = 200
MOST_TERMS = 16
# So many hits are put in order; of more, the newest and those with the words in their title.
MOST_RANKED = 500
# So many names are looked at for what a word can mean, and so many of them it is taken to mean.
MOST_NAMED, MOST_MEANT = 2000, 12
QUOTES = '"“”„«»'
_CHUNK = re.compile(
    rf"(?<!\S)(?P<minus>[-−–])(?=[\w{QUOTES}])|[{QUOTES}](?P<phrase>[^{QUOTES}]*)(?P<end>[{QUOTES}]?)"
    rf"|(?P<word>[^\s{QUOTES}]+)"
)


COLUMNS = ("pk", "kind", "record", "day", "title_words")
PLACES = {kind.value: kind.place for kind in SearchKind}


class Row(NamedTuple):
    """What is needed of an entry to put it in order; `title` as search compares it."""

    pk: int
    kind: str
    record: int
    day: date
    title: str

    @property
    def year(self):
        return self.day.year if self.day != UNDATED else 0


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
    """The entries that give what readers have at the moment of `public`. One query, for the texts of articles."""
    is_past = isinstance(public, PublicThen)
    rows = SearchEntry.objects.standing_at(public.at) if is_past else SearchEntry.objects.standing()
    for kind in SearchKind.values:
        if numbers := gone_rows(public, model_of(kind)):
            rows = rows.exclude(kind=kind, record__in=Listed(numbers))
    # What the clock decides is asked once, and not for each count and list again.
    live, told = _standing(public)
    rows = rows.filter(~Q(kind=SearchKind.ARTICLE) | Q(revision__in=Listed(live or [0])))
    rows = rows.filter(~Q(kind=SearchKind.CORRECTION) | Q(record__in=Listed(told or [0])))
    showing = showing_gone(public)
    if showing is None:
        return rows.filter(is_bare=False)
    # A text that shows what is hidden is read as its twin; so long as that shows it too, neither is.
    rows = rows.exclude(pk__in=showing)
    return rows.filter(Q(is_bare=False) | Q(pk__in=showing_gone(public, WHOLE)))


def _standing(public):
    """(the numbers of the revisions that readers have, those of the corrections that they are told of). One query."""
    if public.hidden or public.withdrawn:
        found = _live_and_told(public)
    else:
        sql, values = _written_once(connection.vendor)
        moment = connection.ops.adapt_datetimefield_value(public.at)
        with connection.cursor() as cursor:
            cursor.execute(sql, [moment if value == _ANY_MOMENT else value for value in values])
            found = cursor.fetchall()
    return [number for is_live, number in found if is_live], [number for is_live, number in found if not is_live]


def _live_and_told(public):
    live = public.of(Article.objects.all()).order_by().values_list(Value(1), "edition__revision")
    return live.union(public.of(Correction.objects.all()).order_by().values_list(Value(0), "pk"), all=True)


_MOMENT = datetime(1, 2, 3, 4, 5, 6, 7, tzinfo=UTC)
# Stands for the moment in a question that is written once.
_ANY_MOMENT = "any"


@lru_cache(maxsize=4)
def _written_once(vendor):
    """The question of `_live_and_told` while nothing is hidden. It takes longer to write than to answer."""
    sql, values = _live_and_told(Everything(_MOMENT)).query.sql_with_params()
    moments = (_MOMENT, connection.ops.adapt_datetimefield_value(_MOMENT))
    return sql, [_ANY_MOMENT if value in moments else value for value in values]


# What is found


class Search:
    """What readers have at a moment of what was typed.

    Two queries for what the words can mean, one for what the clock decides, one to count, one or two to put in order,
    and two for the hits of a page; none more for what is hidden.
    """

    def __init__(self, text, public):
        self.public, self.terms = public, read(text)

    @cached_property
    def sought(self):
        """The Terms that must stand there."""
        return [term for term in self.terms if not term.is_excluded]

    @cached_property
    def _names(self):
        """Of each term, the entries in whose names it stands, as a list of Rows. One query."""
        found = defaultdict(list)
        if not self.terms:
            return found
        named = SearchEntry.objects.standing()
        if isinstance(self.public, PublicThen):
            named = SearchEntry.objects.standing_at(self.public.at)
        named = named.filter(kind__in=NAMED, is_bare=False)
        asked = [
            named.finding(search_words.sought(term.words, term.is_begun, search_words.NAMES))
            .order_by()
            .values_list(Value(place), *COLUMNS)
            for place, term in enumerate(self.terms)
        ]
        for place, *values in asked[0].union(*asked[1:], all=True)[:MOST_NAMED]:
            row = Row(*values)
            if row.record not in self.public.hidden.get(model_of(row.kind), ()):
                found[place].append(row)
        return found

    @cached_property
    def _parts(self):
        """The tokens of the parts that join the parties found with others: {party: tokens}. One query."""
        parties = {row.record for place in self._names for row in self._meant(place) if row.kind == "party"}
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

    def _meant(self, place):
        """The Rows that a term can mean where it stands for a name. A word that many names hold, such as
        "ministry", means only those of which each word was typed."""
        named = self._names[place]
        if len(named) <= MOST_MEANT:
            return named
        typed = {word for term in self.sought for word in term.words}
        begun = tuple(term.words[-1] for term in self.sought if term.is_begun and len(term.words[-1]) > 1)
        whole = [row for row in named if all(one in typed or one.startswith(begun) for one in row.title.split())]
        return sorted(whole, key=lambda row: (len(row.title), row.title, row.pk))[:MOST_MEANT]

    def _expression(self, place, term):
        asked = [search_words.sought(term.words, term.is_begun)]
        if meant := self._meant(place):
            tokens = {token(row.kind, row.record) for row in meant}
            tokens |= {part for row in meant if row.kind == "party" for part in self._parts[row.record]}
            asked.append(search_words.one_of_tokens(sorted(tokens)))
        return search_words.either(asked)

    @cached_property
    def expression(self):
        """What the database is asked for."""
        wanted, unwanted = [], []
        for place, term in enumerate(self.terms):
            (unwanted if term.is_excluded else wanted).append(self._expression(place, term))
        return search_words.but_not(search_words.every(wanted), unwanted)

    @cached_property
    def entries(self):
        """The entries that are found, as a queryset in no order."""
        if not self.terms:
            return SearchEntry.objects.none()
        return visible(self.public).finding(self.expression).order_by()

    @cached_property
    def counts(self):
        """How many are found of each kind in each year: {(kind, year or 0): number}. One query."""
        kinds = dict(enumerate(SearchKind.values, start=1))
        found = self.entries.values_list("bucket").annotate(Count("pk"))
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
        rows = self.entries
        if kind:
            rows = rows.filter(kind=kind)
        if year is not None:
            rows = rows.filter(bucket__in=[one.place * YEARS + year for one in SearchKind])
        rows = rows.order_by("-day", "-record", "kind").values_list(*COLUMNS)
        found = {row.pk: row for row in self._called(kind, year)}
        newest = [Row(*values) for values in rows[:most]]
        found |= {row.pk: row for row in newest}
        if len(newest) == most and sum(self._is_titled(row) for row in newest) < most // 5:
            titled = [search_words.sought(term.words, term.is_begun, ("title",)) for term in self.sought]
            best = rows.finding(search_words.every(titled))[: most // 2]
            found |= {row.pk: row for row in (Row(*values) for values in best)}
        return [row.pk for row in sorted(found.values(), key=self._order)[:most]]

    def _is_titled(self, row):
        padded = f" {row.title} "
        return all(term.stands_in(padded) for term in self.sought)

    def _called(self, kind, year):
        """Those whose own names hold all that is sought, however old they are."""
        if len(self.sought) < len(self.terms):
            return []
        called = set.intersection(*(set(self._names[place]) for place in range(len(self.terms))))
        return [
            row
            for row in called
            if kind in ("", row.kind)
            and year in (None, row.year)
            # A person's twin may have to be read instead.
            and row.kind != SearchKind.PERSON
            and row.record not in self.public.withdrawn.get(model_of(row.kind), ())
        ]

    def _order(self, row):
        padded, whole = f" {row.title} ", " ".join(word for term in self.sought for word in term.words)
        standing = sum(term.stands_in(padded) for term in self.sought)
        is_unfinished = row.title.startswith(whole) and row.title.count(" ") == whole.count(" ")
        if row.title == whole or (is_unfinished and standing == len(self.sought)):
            tier = 0
        elif standing == len(self.sought):
            tier = 1 if row.title.startswith(whole) else 2
        else:
            tier = 3 if standing else 4
        # Not by the entry, which may be newer because of something hidden that the record names.
        return tier, -row.day.toordinal(), PLACES[row.kind], -row.record

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
        known = {word for title in rows.values_list("title_words", flat=True)[:5000] for word in title.split()}
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
    return Search(text, public).entries.filter(kind=kinds[model]).values("record")


__all__ = ["LONGEST", "MOST_RANKED", "UNDATED", "Search", "Term", "Unsearchable", "matching", "read"]
