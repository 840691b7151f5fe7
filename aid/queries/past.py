"""The tables as they were at a moment, for the same queries that ask them about now.

While the past is on, each statement that names a table is answered from the rows that stood in it then: a common
table expression of the table's own name stands before the statement, and hides the table from it. So no page is
written a second time for the past, and no list, count or total of it can forget a condition.
"""

import re
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property

from django.apps import apps
from django.db import connection
from django.db.models import Min
from django.utils import timezone

from aid.models import Article, ExchangeRate, FormerAddress, Publication
from aid.queries.beginnings import history_of, known_since, owner_of, with_past
from aid.queries.history import members
from aid.queries.public import Public, closure

# Rows that are added and hardly changed: since when each is known here. A publication is changed in its end only,
# which is the moment at which the next begins.
ADDED = {ExchangeRate: "loaded_at", Publication: "made_at", FormerAddress: "since"}
READING = re.compile(r"\s*\(?\s*SELECT\b", re.IGNORECASE)
# A page tells of so many days on which a record was changed.
MOST_DAYS = 12
_AT, _NOW = "%(at)s", "%(now)s"


class WritingThePast(Exception):
    """A statement that writes to a table, sent while the past is on."""


class Past:
    """Answers this thread's queries as they would have been answered at a moment: `with Past(at, now): …`.

    `now` is the moment of the request: an article that is under embargo then stays hidden in its past too. Raises
    WritingThePast, and writes nothing, for a statement that changes a table.
    """

    def __init__(self, at, now):
        adapt = connection.ops.adapt_datetimefield_value
        self._moments = {_AT: adapt(at), _NOW: adapt(now)}

    def __enter__(self):
        self._entered = ExitStack()
        self._entered.enter_context(_grouping_by_all_columns())
        self._entered.enter_context(connection.execute_wrapper(self))
        return self

    def __exit__(self, *failure):
        return self._entered.__exit__(*failure)

    def __call__(self, execute, sql, params, many, context):
        tables = [table for table in re.findall(r'"(aid_\w+)"', sql) if table in _pasts(connection.vendor)]
        if not tables:
            return execute(sql, params, many, context)
        if not READING.match(sql):
            raise WritingThePast("The past is read, and never written.")
        named, given = [], []
        for table in dict.fromkeys(tables):
            statement, moments = _pasts(connection.vendor)[table]
            named.append(f'"{table}" AS NOT MATERIALIZED ({statement})')
            given += [self._moments[moment] for moment in moments]
        if params is None:
            sql = sql.replace("%", "%%")
        return execute(f"WITH {', '.join(named)} {sql}", [*given, *(params or ())], many, context)


@contextmanager
def _grouping_by_all_columns():
    """PostgreSQL knows that a table's key decides its other columns, and no such thing of what hides the table."""
    features = connection.features
    kept = features.allows_group_by_selected_pks
    features.allows_group_by_selected_pks = False
    try:
        yield
    finally:
        features.allows_group_by_selected_pks = kept


@cache
def _pasts(vendor):
    """For each table whose rows come and go: (the statement that gives its rows at a moment, the moments it needs).

    Written once, since the columns of a table do not change while a program runs.
    """
    found = {}
    for model in with_past():
        found[model._meta.db_table] = _prepared(_rows_then(vendor, model))
        lines = _lines(model)
        told = f"SELECT {_columns(lines, 'h')} FROM {_present(vendor, lines)} h WHERE h.history_date <= {_AT}"
        found[lines._meta.db_table] = _prepared(told)
        for field in _lines(model)._history_m2m_fields:
            through = field.remote_field.through
            found[through._meta.db_table] = _prepared(_links_then(vendor, model, field, through))
    for model, column in ADDED.items():
        rows = f"SELECT {_columns(model, 'r')} FROM {_present(vendor, model)} r WHERE r.{_quoted(column)} <= {_AT}"
        found[model._meta.db_table] = _prepared(rows)
    return found


def _prepared(statement):
    """The statement with placeholders, and the names of what belongs into them, in their order."""
    moments = re.findall(r"%\((?:at|now)\)s", statement)
    return re.sub(r"%\((?:at|now)\)s", "%s", statement), moments


def _rows_then(vendor, model):
    """The rows of a table by their history; those that have none, as they are, if they are known since before."""
    lines, key = _lines(model), _quoted(model._meta.pk.column)
    kept = {field.attname for field in lines._meta.concrete_fields}
    present, table = _present(vendor, model), _present(vendor, lines)
    columns = []
    for field in model._meta.concrete_fields:
        column = _quoted(field.column)
        if field.attname not in kept:
            # What never changes, such as a source's text, or what readers do not see.
            columns.append(f"(SELECT p.{column} FROM {present} p WHERE p.{key} = h.{key}) AS {column}")
        elif model is Article and field.name == "embargo_until":
            hidden = f"(SELECT p.{column} FROM {present} p WHERE p.{key} = h.{key} AND p.{column} > {_NOW})"
            columns.append(f"COALESCE({hidden}, h.{column}) AS {column}")
        else:
            columns.append(f"h.{column}")
    newest = _newest(table, key)
    then = f"SELECT {', '.join(columns)} FROM {table} h WHERE {newest} AND h.history_type <> '-'"
    since = _known_since(vendor, model)
    without = f"NOT EXISTS (SELECT 1 FROM {table} l WHERE l.{key} = r.{key})"
    return f"{then} UNION ALL SELECT {_columns(model, 'r')} FROM {present} r WHERE {without}{since}"


def _newest(table, key):
    """The condition that a line `h` of a history is the last of its row at the moment."""
    later = "l.history_date > h.history_date OR (l.history_date = h.history_date AND l.history_id > h.history_id)"
    return (
        f"h.history_date <= {_AT} AND NOT EXISTS (SELECT 1 FROM {table} l WHERE l.{key} = h.{key} "
        f"AND l.history_date <= {_AT} AND ({later}))"
    )


def _links_then(vendor, model, field, through):
    """The links of a many-to-many field, which go with the lines of the history of the row that has them."""
    lines, key = _lines(model), _quoted(model._meta.pk.column)
    kept = apps.get_model(model._meta.app_label, f"Historical{model.__name__}_{field.name}")
    table, own = _present(vendor, lines), _quoted(field.m2m_column_name())
    then = (
        f"SELECT {_columns(through, 'k')} FROM {_quoted(kept._meta.db_table)} k "
        f"JOIN {table} h ON h.history_id = k.history_id WHERE {_newest(table, key)} AND h.history_type <> '-'"
    )
    without = f"NOT EXISTS (SELECT 1 FROM {table} l WHERE l.{key} = r.{own})"
    return f"{then} UNION ALL SELECT {_columns(through, 'r')} FROM {_present(vendor, through)} r WHERE {without}"


def _known_since(vendor, model):
    """The condition that a row without a history is known since before the moment, as far as the row tells."""
    if owner := owner_of(model):
        owners, column = model._meta.get_field(owner).related_model, model._meta.get_field(owner).column
        since = known_since(owners)[0]
        return (
            f" AND EXISTS (SELECT 1 FROM {_present(vendor, owners)} o "
            f"WHERE o.{_quoted(owners._meta.pk.column)} = r.{_quoted(column)} AND o.{_quoted(since)} <= {_AT})"
        )
    columns = [f"r.{_quoted(name)}" for name in known_since(model)]
    if not columns:
        return ""
    since = f"COALESCE({', '.join(columns)})" if len(columns) > 1 else columns[0]
    return f" AND {since} <= {_AT}"


def _lines(model):
    """The model of the lines of a model's history."""
    return history_of(model).model


def _columns(model, alias):
    return ", ".join(f"{alias}.{_quoted(field.column)}" for field in model._meta.concrete_fields)


def _present(vendor, model):
    """The table itself, where a common table expression of its name is about to hide it."""
    # SQLite would take the bare name for the expression that is being written; PostgreSQL takes it for the table.
    return f"main.{_quoted(model._meta.db_table)}" if vendor == "sqlite" else _quoted(model._meta.db_table)


def _quoted(name):
    return connection.ops.quote_name(name)


class PublicThen(Public):
    """What readers had at a moment, without what an embargo keeps from them now."""

    def __init__(self, at, now):
        super().__init__(at)
        # Asked of the tables as they are, before the past is on.
        self._hidden_now = Public(now).kept().hidden

    @cached_property
    def hidden(self):
        found = defaultdict(set, {model: set(numbers) for model, numbers in closure(self._marked[0]).items()})
        for model, numbers in self._hidden_now.items():
            found[model] |= numbers
        return dict(found)


def first_known(record):
    """Since when a record, whose history has begun, is here: the moment of its first line, or None."""
    lines = history_of(type(record)).filter(**{record._meta.pk.name: record.pk})
    return lines.aggregate(first=Min("history_date"))["first"]


def standing_at(model, slug, public):
    """The record at an address, if it is public; else None."""
    return public.of(model.objects.filter(slug=slug)).first()


def as_it_was(record, public):
    """The record as it stood, while the past is on, if it was public; else None."""
    return public.of(type(record).objects.filter(pk=record.pk)).first()


class Days(list):
    """Days, the newest first, and whether they are all of them."""

    def __init__(self, days, is_whole):
        super().__init__(days)
        self.is_whole = is_whole


def days_of_change(record, public):
    """The Days on which something that readers see of a record was saved: in its own columns, its parts or the claims
    about it. One query."""
    lines = []
    for model, column in members(type(record)):
        kept = history_of(model).filter(**{column: record.pk})
        mine = model.objects.filter(**{column: record.pk})
        kept_back = mine.exclude(pk__in=public.of(mine).order_by().values("pk")).order_by().values("pk")
        lines.append(kept.exclude(**{f"{model._meta.pk.name}__in": kept_back}).order_by().values_list("history_date"))
    moments = {at for (at,) in lines[0].union(*lines[1:]) if at <= public.at}
    days = sorted({timezone.localtime(at).date() for at in moments}, reverse=True)
    return Days(days[:MOST_DAYS], len(days) <= MOST_DAYS)
