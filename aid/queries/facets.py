"""How many rows of a list fit each value of its filters, whatever else is chosen.

Each value of a filter is a set of rows, kept as the bits of one whole number: bit n stands for the nth row. What fits
several filters is their intersection, and how many that are is the number of its bits; so that a list of 50,000 rows
counts all its filters in a few milliseconds. The sets of a large table are worked out once for each version of the
content (queries/content.py), of all rows; what readers must not see is taken away at each request. Those of a small
table, and all of the past, are made of the public rows at each request.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import compress, islice
from typing import NamedTuple

from django.utils.timezone import get_current_timezone

from aid.queries.content import content_version, kept_for_version
from aid.queries.public import Listed

# What a row is found by


@dataclass(frozen=True)
class Own:
    """Values that stand in columns of the row itself. `tags` gives those of a row from its columns."""

    columns: tuple[str, ...]
    tags: Callable
    model: type | None = None
    # How values that are no fixed terms are offered: the newest first, and what is called unknown last.
    is_newest_first: bool = False
    unknown: str = ""


@dataclass(frozen=True)
class Beside:
    """Values that other rows give a row. `pairs` gives (row, value) for the rows of a queryset, as `public` has them;
    with None for `public`, of all. Where it gives more than one value, `take` says which is meant, and "" where none
    is. `none` is the value of a row that has no other."""

    pairs: Callable
    take: Callable = str
    none: str = ""
    model: type | None = None
    columns = ()
    is_newest_first = False


def column(name, blank=""):
    """A column's value; `blank` stands for an empty one, and "" for none at all."""
    return Own((name,), lambda value: (value,) if value else (blank,) if blank else ())


def reference(name, model, blank=""):
    """A record that a column names. The values are the records' numbers, until `Index` writes their addresses."""
    return Own((f"{name}_id",), lambda number: (number,) if number else (blank,) if blank else (), model)


def linked(pairs, model, none=""):
    """Records that other rows give, by their numbers."""
    return Beside(pairs, int, none, model)


def taken(pairs, take):
    """What `take` says of the values that other rows give."""
    return Beside(pairs, take)


def moment_year(name):
    """The year in which a moment lies."""

    def tags(moment):
        return (str(moment.astimezone(get_current_timezone()).year),) if moment else ()

    return Own((name,), tags, is_newest_first=True)


def years(name, unknown, label):
    """The years into which a date reaches; `unknown`, which is called so, where its end is not known."""

    def tags(earliest, latest):
        if latest is None:
            return (unknown,)
        return [str(year) for year in range(earliest.year, latest.year + 1)] if earliest else ()

    return Own((f"{name}_earliest", f"{name}_latest"), tags, is_newest_first=True, unknown=label)


def flags(**columns):
    """Columns that are true or false, each a value: {value: column}."""

    def tags(*found):
        return [value for value, is_so in zip(columns, found, strict=True) if is_so]

    return Own(tuple(columns.values()), tags)


def either(name, told):
    """What `told` says of a column's value, one word of it."""
    return Own((name,), lambda value: (told(value),))


# The sets


def bits_of(mask, length):
    """Each row's bit of a set, as "0" or "1" in the order of the rows."""
    return f"{mask:0{length}b}"[::-1] if length else ""


def members(mask, length):
    """For `compress`: whether each row is in a set, in the order of the rows."""
    return bits_of(mask, length).encode().translate(_TRUTH)


# From the signs "0" and "1" to bytes that are false and true.
_TRUTH = bytes(sign == ord("1") for sign in range(256))


def set_of(positions, length):
    """The set of the rows at these positions."""
    found = bytearray(length // 8 + 1)
    for position in positions:
        found[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(found, "little")


class Name(NamedTuple):
    """How a value that is a record is called: its address, its name, its number, and what its name in another
    language follows from."""

    value: str
    label: str
    number: int
    more: list


@dataclass
class Index:
    """Rows of one model, in the first order of their list, and for each facet {value: set of rows}."""

    numbers: list[int]
    sets: dict[str, dict[str, int]] = field(default_factory=dict)
    # Of the facets that lead to records, in the order of their names.
    names: dict[str, list[Name]] = field(default_factory=dict)
    # {order: the rows' positions in it}
    orders: dict[str, list[int]] = field(default_factory=dict)
    # The values of more columns, in the order of the rows.
    columns: dict[str, list] = field(default_factory=dict)

    def __post_init__(self):
        self.length = len(self.numbers)
        self.position = {number: position for position, number in enumerate(self.numbers)}
        self.whole = (1 << self.length) - 1

    def of_numbers(self, numbers):
        """The set of the rows that have one of these numbers."""
        at = self.position
        return set_of((at[number] for number in numbers if number in at), self.length)

    def members(self, mask):
        """The numbers of the rows of a set."""
        return list(compress(self.numbers, members(mask, self.length)))

    @classmethod
    def read(cls, rows, facets, public=None, names=None, columns=()):
        """The index of a queryset by {name: facet}. One query, one for each facet that other rows give, and one for
        the records that facets lead to, which `names` gives by their models as (address, name, number, more)."""
        wanted = list(dict.fromkeys([*(each for one in facets.values() for each in one.columns), *columns]))
        # A row can be found twice where it is filtered over the rows beside it.
        table = list({row[0]: row for row in rows.prefetch_related(None).values_list("pk", *wanted)}.values())
        values = dict(zip(wanted, zip(*(row[1:] for row in table), strict=True), strict=True)) if table else {}
        values = values or dict.fromkeys(wanted, ())
        index = cls([row[0] for row in table])
        pairs, models = {}, list(dict.fromkeys(facet.model for facet in facets.values() if facet.model))
        named = {model: [Name(*row) for row in rows] for model, rows in (names(models) if models else {}).items()}
        for name, facet in facets.items():
            if isinstance(facet, Own):
                tagged = index._own(facet, [values[each] for each in facet.columns])
            else:
                if facet.pairs not in pairs:
                    pairs[facet.pairs] = list(facet.pairs(rows.order_by(), public))
                tagged = index._beside(facet, pairs[facet.pairs])
            if facet.model:
                tagged, index.names[name] = _called(tagged, named[facet.model])
            index.sets[name] = tagged
        index.columns = {name: list(values[name]) for name in columns}
        return index

    def _own(self, facet, values):
        # Many rows share their values, so that each combination is looked at once.
        positions = defaultdict(list)
        for position, row in enumerate(zip(*values, strict=True)):
            positions[row].append(position)
        at = defaultdict(list)
        for row, found in positions.items():
            for tag in facet.tags(*row):
                at[tag] += found
        return {tag: set_of(found, self.length) for tag, found in at.items()}

    def _beside(self, facet, pairs):
        at = defaultdict(list)
        for number, *tag in pairs:
            value = facet.take(*tag)
            if value and number in self.position:
                at[value].append(self.position[number])
        found = {tag: set_of(positions, self.length) for tag, positions in at.items()}
        if facet.none:
            rest = self.whole
            for held in found.values():
                rest &= ~held
            if rest:
                found[facet.none] = rest
        return found


def _called(tagged, names):
    """The sets by the records' addresses instead of their numbers, and the names of those that are there."""
    here = [name for name in names if name.number in tagged]
    found = defaultdict(int)
    for name in here:
        found[name.value] |= tagged[name.number]
    # What is no number says that there is no record.
    return dict(found) | {tag: held for tag, held in tagged.items() if isinstance(tag, str)}, here


class Offer(NamedTuple):
    """A value of a filter that a reader can choose: how many rows there then are. `is_on` where it is chosen."""

    value: str
    label: str
    count: int
    is_on: bool


class Facets:
    """The rows of one list as readers have them, counted by its filters."""

    def __init__(self, index, visible, is_kept):
        self.index, self.visible, self.is_kept = index, visible, is_kept

    def held(self, name, value):
        """The set of the rows that have a value."""
        return self.index.sets[name].get(value, 0)

    def selected(self, chosen, besides=None, without=""):
        """The set of the visible rows that fit {facet: value}, but for that of the facet `without`, and lie in the
        set `besides`."""
        found = self.visible if besides is None else self.visible & besides
        for name, value in chosen.items():
            if name != without:
                found &= self.held(name, value)
        return found

    def count(self, name, value, among):
        return (self.held(name, value) & among).bit_count()

    def values(self, name):
        """The values that any visible row has."""
        return [value for value, held in self.index.sets[name].items() if held & self.visible]


def facets_of(name, rows, kinds, public, names, kept=None, columns=(), order="", by=()):
    """The Facets of a list by its {name: facet}. `kept` is None, or the queryset of all its rows: then the index is
    kept by the list's name, with more columns, in the list's first `order`, which is `by` these columns.

    `names(models)` gives what facets lead to. Where the index is kept: one query, one more for what
    readers must not see of claims, and some where the content has changed.
    """
    if kept is None or public.is_past:
        index = Index.read(rows, kinds, public, names, columns)
        return Facets(index, index.whole, False)

    def read():
        index = Index.read(kept.order_by(*by), kinds, None, names, columns)
        index.orders[order] = range(index.length)
        return index

    index = kept_for_version(name, content_version(), read)
    hidden = index.of_numbers(public.kept_back(kept))
    return Facets(index, index.whole & ~hidden, True)


class Found:
    """The rows of a set in an order, as a paginator reads them: all counted, one page asked for.

    `rows` is what they are read with, and `order` their columns' order, whose `name` an index keeps it by. Each page
    costs the query of its rows; where the index is kept, the order costs one after each change of the content.
    """

    def __init__(self, facets, mask, rows, name, order):
        self.facets, self.mask, self.rows, self.name, self.order = facets, mask, rows, name, order

    def __len__(self):
        return self.mask.bit_count()

    def __getitem__(self, span):
        if not self.facets.is_kept:
            rows = self.rows.order_by(*self.order)
            if self.mask != self.facets.visible:
                rows = rows.filter(pk__in=Listed(self.facets.index.members(self.mask)))
            return list(rows[span])
        numbers = self.numbers(span.start or 0, span.stop)
        by_number = {row.pk: row for row in self.rows.order_by().filter(pk__in=numbers)}
        return [by_number[number] for number in numbers if number in by_number]

    def numbers(self, start=0, stop=None):
        """The numbers of the rows of a kept index from one place in the order to another."""
        index = self.facets.index
        if self.name not in index.orders:
            found = self.rows.model._default_manager.order_by(*self.order).values_list("pk", flat=True)
            index.orders[self.name] = [index.position[number] for number in found if number in index.position]
        bits = bits_of(self.mask, index.length)
        standing = (position for position in index.orders[self.name] if bits[position] == "1")
        return [index.numbers[position] for position in islice(standing, start, stop)]
