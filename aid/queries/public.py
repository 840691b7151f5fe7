"""What readers may see at a moment: which records are under embargo or withdrawn, and all that follows from that.

An embargo covers whatever names the record or rests on it, and what names that; a withdrawal covers the record alone.
No page asks for rows that readers get without asking here.
"""

import json
from collections import defaultdict
from functools import cached_property, lru_cache, reduce
from operator import or_

from django.db import connection
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Prefetch, Q, TextField, Value
from django.utils import timezone

import aid.models
from aid.choices import Rank
from aid.models.articles import Article
from aid.models.claims import PARTS, SUBJECTS, Claim
from aid.models.corrections import Correction
from aid.models.images import Image
from aid.models.records import Evidenced, Record, canonical_text
from aid.models.sources import Passage, Source

# What the graph is made of: records and their parts. An article names records in its prose only: it stays, and the
# name in it is dead. Its own embargo is a matter of `Article.objects.published`.
NODES = [
    model
    for model in (getattr(aid.models, name) for name in aid.models.__all__)
    if issubclass(model, Evidenced) and model is not Article
]
RECORDS = [model for model in NODES if issubclass(model, Record)]
# Rows that join two records. Where one rests on a hidden source, the two stay and only the row is hidden.
JOINING = ("membership", "signatory")
# Reference data: a party is no secret because a hidden document gives its ISO code. Only that claim is hidden.
SPARED = ("party",)
# Between the keys of a value that is several.
BETWEEN = "; "


def relations(model):
    """The columns of a model that name a row of the graph: [(column, what it names)]."""
    return [(field.name, field.related_model) for field in model._meta.fields if field.related_model in NODES]


def ends(model):
    """The columns of a part that make it what it is, as (column, what it names): the coalition and the party of a
    membership, but not who signed for a signatory."""
    key = {path.partition("__")[0] for path in model.natural_key_fields if "__" in path}
    return [(column, target) for column, target in relations(model) if column in key]


@lru_cache(maxsize=1)
def naming_fields():
    """The claimed fields whose values name rows of the graph, by what they name: ({model: fields that hold one},
    {model: fields that hold several})."""
    one, several = defaultdict(set), defaultdict(set)
    for model in NODES:
        for name in model.claimed_fields:
            field = model._meta.get_field(name)
            if field.related_model in NODES:
                (several if field.many_to_many else one)[field.related_model].add(name)
    return one, several


class Listed(Func):
    """Numbers or texts as the right side of `in`: one parameter, however many they are."""

    def __init__(self, values):
        values = list(values)
        self.are_numbers = all(isinstance(value, int) for value in values)
        kind = BigIntegerField() if self.are_numbers else TextField()
        super().__init__(Value(json.dumps(values), output_field=TextField()), output_field=kind)

    def as_sqlite(self, compiler, connection):
        return self.as_sql(compiler, connection, template="(SELECT value FROM json_each(%(expressions)s))")

    def as_postgresql(self, compiler, connection):
        value = "CAST(value AS bigint)" if self.are_numbers else "value"
        template = f"(SELECT {value} FROM json_array_elements_text(CAST(%(expressions)s AS json)) AS listed (value))"
        return self.as_sql(compiler, connection, template=template)


@lru_cache(maxsize=4)
def _statement(vendor):
    """The one statement that each page begins with. Written once, since it takes longer to write than to run."""
    name = connection.ops.quote_name
    selects = []
    for number, model in enumerate(RECORDS):
        table, own = name(model._meta.db_table), name(model._meta.pk.column)
        selects.append(f"SELECT {number}, 0, {own} FROM {table} WHERE {name('embargo_until')} > %s")
        selects.append(f"SELECT {number}, 1, {own} FROM {table} WHERE {name('withdrawn_at')} <= %s")
    return " UNION ALL ".join(selects)


class Public:
    """What readers may see at a moment (now, if none is given): one for a page, so that all of it is of one moment.

    It costs one query, asked at the first need. While no record is under embargo or withdrawn it filters nothing.
    """

    # Whether what is read is not what stands in the tables now.
    is_past = False

    def __init__(self, at=None):
        self.at = at or timezone.now()

    # What is kept from readers

    @cached_property
    def _marked(self):
        """(records under an embargo of their own, records that have been withdrawn), each as {model: numbers}."""
        embargoed, withdrawn = defaultdict(set), defaultdict(set)
        moment = connection.ops.adapt_datetimefield_value(self.at)
        with connection.cursor() as cursor:
            cursor.execute(_statement(connection.vendor), [moment] * 2 * len(RECORDS))
            for number, is_withdrawn, key in cursor.fetchall():
                (withdrawn if is_withdrawn else embargoed)[RECORDS[number]].add(key)
        return dict(embargoed), dict(withdrawn)

    @cached_property
    def hidden(self):
        """The numbers of all rows of the graph that an embargo covers, by their model."""
        return closure(self._marked[0])

    @property
    def withdrawn(self):
        """The numbers of the records that have been withdrawn, by their model. Readers may still see their names."""
        return self._marked[1]

    @property
    def kept_from_readers(self):
        """What is under embargo and what is withdrawn, to be compared with that of another moment."""
        return tuple(
            frozenset((model._meta.label, frozenset(numbers)) for model, numbers in rows.items() if numbers)
            for rows in (self.hidden, self.withdrawn)
        )

    def kept(self):
        """Itself, with what is kept from readers read already, and not only once it is asked for."""
        _ = self.hidden
        return self

    def hides(self, row):
        """Whether an embargo covers a row of the graph: then readers must not learn that there is one."""
        return row.pk in self.hidden.get(type(row), ())

    def has_withdrawn(self, row):
        return row.pk in self.withdrawn.get(type(row), ())

    def has(self, row):
        """Whether readers have a record's page."""
        return not self.hides(row) and not self.has_withdrawn(row)

    # What readers have

    def of(self, rows):
        """Those of the rows, of any model, that stand in lists, counts, totals and choices at the moment."""
        model = rows.model
        if model is Article:
            return rows.published(self.at)
        if model is Correction:
            rows = rows.public(self.at)
        if model is Image:
            live = Article.objects.published(self.at).filter(edition__revision__image=OuterRef("pk"))
            return rows.filter(Exists(live))
        for condition in self._kept_back(model):
            rows = rows.exclude(condition)
        return rows

    def kept_back(self, rows):
        """The numbers of those of the rows, of records or of claims, that `of` leaves out. No query for records."""
        if rows.model in RECORDS:
            return self.hidden.get(rows.model, set()) | self.withdrawn.get(rows.model, set())
        conditions = list(self._kept_back(rows.model))
        if not conditions:
            return []
        return rows.filter(reduce(or_, conditions)).order_by().values_list("pk", flat=True)

    def keeps(self, model, number):
        """Whether readers have a record's page, by its number."""
        return number not in self.hidden.get(model, ()) and number not in self.withdrawn.get(model, ())

    def named(self, rows):
        """Those of the records that what readers see may name: withdrawn ones too, whose page says why."""
        model = rows.model
        if model is Article:
            return rows.filter(Q(pk__in=self._articles("published")) | Q(pk__in=self._articles("withdrawn")))
        if model is Claim:
            for condition in self._claims_hidden():
                rows = rows.exclude(condition)
            return rows
        numbers = self.hidden.get(model)
        return rows.exclude(pk__in=Listed(numbers)) if numbers else rows

    def fetching(self, model, *paths):
        """The prefetches of what readers have of some relations: of rows that name one of the model, all that `of`
        leaves; of those that it names itself, all that may be named."""
        for path in paths:
            name = path.partition("__")[0]
            rows = model._meta.get_field(name).related_model.objects.all()
            yield Prefetch(name, self.named(rows) if model._meta.get_field(name).concrete else self.of(rows))
            if name != path:
                yield path

    def _articles(self, state):
        return getattr(Article.objects, state)(self.at).order_by().values("pk")

    def _kept_back(self, model):
        """The conditions of which each alone keeps a row of a model from readers."""
        if not self.hidden and not self.withdrawn:
            return
        if model in NODES:
            numbers = self.hidden.get(model, set()) | self.withdrawn.get(model, set())
            if numbers:
                yield Q(pk__in=Listed(numbers))
            if model not in RECORDS:
                yield from _among(ends(model), self.withdrawn)
            return
        if model is Claim:
            yield from self._claims_hidden()
            yield from self._claims_withdrawn()
            return
        yield from _among(relations(model), self.hidden)
        if model is Passage:
            # A passage that was marked for nothing else than a hidden record tells that there is one.
            own = Claim.objects.filter(passages=OuterRef("pk"))
            yield Q(Exists(own)) & ~Q(Exists(self.of(own)))

    def _claims_withdrawn(self):
        """The conditions of a claim that goes with a record that was withdrawn."""
        yield from _among([(name, Claim._meta.get_field(name).related_model) for name in SUBJECTS], self.withdrawn)
        for part in PARTS:
            joined = Claim._meta.get_field(part).related_model
            yield from _among([(f"{part}__{end}", target) for end, target in ends(joined)], self.withdrawn)

    def _claims_hidden(self):
        """The conditions of a claim that is about what is under embargo, rests on it or names it."""
        yield from _among(relations(Claim), self.hidden)
        if sources := self.hidden.get(Source):
            yield Q(passages__source__in=Listed(sources))
        for model, fields in naming_fields()[0].items():
            if keys := self._hidden_keys.get(model):
                yield Q(field__in=sorted(fields), value__in=Listed(keys))
        if self._naming_among_several:
            yield Q(pk__in=Listed(self._naming_among_several))

    def may_tell(self, line, sources=()):
        """Whether a line of the history of claims, with the numbers of the sources that it rests on, names nothing
        that is under embargo."""
        if not self.hidden:
            return True
        if set(sources) & self.hidden.get(Source, set()):
            return False
        if any(getattr(line, f"{name}_id") in self.hidden.get(model, ()) for name, model in relations(Claim)):
            return False
        said = {line.value, *line.value.split(BETWEEN)}
        return not any(
            line.field in fields and said & set(self._hidden_keys.get(model, ()))
            for named in naming_fields()
            for model, fields in named.items()
        )

    @cached_property
    def _hidden_keys(self):
        """How claims write the hidden rows that they can name: {model: texts}. One query for each kind hidden."""
        found = {}
        for model in set().union(*naming_fields()):
            if numbers := self.hidden.get(model):
                joined = {path.rpartition("__")[0] for path in model.natural_key_fields if "__" in path}
                rows = model.objects.filter(pk__in=Listed(numbers)).select_related(*joined).order_by()
                found[model] = sorted(canonical_text(row) for row in rows)
        return found

    @cached_property
    def _naming_among_several(self):
        """The numbers of the claims whose value is several and names a hidden row. A query for each kind named."""
        found = []
        for model, fields in naming_fields()[1].items():
            if keys := set(self._hidden_keys.get(model, ())):
                named = Q(value__in=Listed(keys)) | Q(value__contains=BETWEEN)
                rows = Claim.objects.filter(named, field__in=sorted(fields)).order_by().values_list("pk", "value")
                found += [pk for pk, value in rows if keys & set(value.split(BETWEEN))]
        return found


class WithoutEmbargoes(Public):
    """What readers may see once no record is under embargo any more: for previews."""

    hidden = {}


class Everything(Public):
    """What there is, with what is under embargo or withdrawn: for the desk.

    Articles and corrections are still those of the moment, for they have no page before it.
    """

    def __init__(self, at=None):
        # One can be kept for long; then each of its questions is of the moment at which it is asked.
        self.at = at

    hidden = withdrawn = {}

    def named(self, rows):
        return rows


EVERYTHING = Everything()


def _among(columns, numbers):
    """For each of (column, what it names): the condition that it names one of the numbers."""
    for column, model in columns:
        if found := numbers.get(model):
            yield Q(**{f"{column}__in": Listed(found)})


# What embargoes come to on the desk


def newly_hidden(before, after, most, besides=None):
    """What readers had in `before` and lose in `after` by an embargo: (at most so many rows, how many there are).

    A part that goes with its record, or with another that is lost, is not told beside it; nor is `besides`.
    """
    lost = {model: numbers - before.hidden.get(model, set()) for model, numbers in after.hidden.items()}
    rows, count = [], 0
    for model in NODES:
        found = lost.get(model, set()) - before.withdrawn.get(model, set())
        if not found:
            continue
        kept = model.objects.filter(pk__in=Listed(found)).order_by("pk")
        if model not in RECORDS:
            for condition in _among(ends(model), after.hidden):
                kept = kept.exclude(condition)
        if isinstance(besides, model):
            kept = kept.exclude(pk=besides.pk)
        count += kept.count()
        rows += kept[: max(most - len(rows), 0)]
    return rows, count


def shown_from(row, at=None):
    """The moment from which readers see a row of the graph, as embargoes stand; None where they do already."""
    public = Public(at)
    moments = [model.objects.embargoed(public.at).order_by().values_list("embargo_until") for model in RECORDS]
    for (moment,) in sorted(moments[0].union(*moments[1:])) if public.hides(row) else ():
        if not Public(moment).hides(row):
            return moment
    return None


# What hangs on what


def closure(begun):
    """All rows of the graph that hang on these, the rows themselves included: {model: numbers}.

    A row hangs on what it names, and on the sources of its preferred claims. One query for each step of the longest
    way; a circle ends where it began.
    """
    found = {model: set(numbers) for model, numbers in begun.items() if numbers}
    newest = found
    while newest:
        step = defaultdict(set)
        for model, key in _hanging_on(newest):
            if key not in found.get(model, ()):
                step[model].add(key)
        for model, numbers in step.items():
            found.setdefault(model, set()).update(numbers)
        newest = step
    return found


def _hanging_on(rows):
    """The rows that name one of these or rest on one: [(model, number)]. One query."""
    selects, values = [], []
    for model, numbers in rows.items():
        text = json.dumps(list(numbers))
        for select, given in _questions(connection.vendor, model):
            selects.append(select)
            values += [text if value == _ANY else value for value in given]
    if not selects:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(selects), values)
        return [(NODES[index], key) for index, key in cursor.fetchall()]


# Stands for the numbers in a question that is written once.
_ANY = "[0]"


@lru_cache(maxsize=64)
def _questions(vendor, model):
    """For rows of a model: each question for the rows that hang on them, as a statement with its values. Written
    once, since each takes longer to write than to answer."""
    asked = [
        _numbered(other, other.objects.filter(**{f"{column}__in": Listed([0])}), "pk")
        for other in NODES
        for column, target in relations(other)
        if target is model
    ]
    if model is Source:
        asked += _resting_on(Listed([0]))
    return [rows.query.sql_with_params() for rows in asked]


def _resting_on(sources):
    """The rows whose preferred claims are from one of the sources, or cite a passage of one."""
    for column in (*JOINING, *SUBJECTS):
        if column in SPARED:
            continue
        whole = {} if column in JOINING else {f"{name}__isnull": True for name in JOINING}
        for path in ("source", "passages__source"):
            claims = Claim.objects.filter(
                rank=Rank.PREFERRED, **{f"{column}__isnull": False, f"{path}__in": sources}, **whole
            )
            yield _numbered(Claim._meta.get_field(column).related_model, claims, column)
    # A membership that is not counted is there for the sources that name it, and none of them is preferred.
    for path in ("source", "passages__source"):
        claims = Claim.objects.filter(rank=Rank.ALTERNATIVE, field="party", membership__is_counted=False)
        yield _numbered(
            Claim._meta.get_field("membership").related_model, claims.filter(**{f"{path}__in": sources}), "membership"
        )


def _numbered(model, rows, column):
    return rows.order_by().values_list(Value(NODES.index(model)), F(column))


__all__ = [
    "EVERYTHING",
    "Everything",
    "Public",
    "WithoutEmbargoes",
    "closure",
    "newly_hidden",
    "shown_from",
]
