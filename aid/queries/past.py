"""The tables as they were at a moment, for the same queries that ask them about now.

While the past is on, each statement that names a table is answered from the rows that stood in it then: a common
table expression of the table's own name stands before the statement, and hides the table from it. So no page is
written a second time for the past, and no list, count or total of it can forget a condition.
"""

import re
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property
from typing import NamedTuple

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

    `now` is the moment of the request: an article that is under embargo then stays hidden in its past too. Costs one
    query, which finds the tables that have changed since; those that have not are asked as they are. Raises
    WritingThePast, and writes nothing, for a statement that changes a table.
    """

    def __init__(self, at, now):
        adapt = connection.ops.adapt_datetimefield_value
        self._moments = {_AT: adapt(at), _NOW: adapt(now)}

    def __enter__(self):
        self._pasts = self._changed_since()
        self._entered = ExitStack()
        self._entered.enter_context(_grouping_by_all_columns())
        self._entered.enter_context(connection.execute_wrapper(self))
        return self

    def __exit__(self, *failure):
        return self._entered.__exit__(*failure)

    def _changed_since(self):
        """{table: what gives its rows at the moment, as SQL with its values} for each that has changed since."""
        kinds = _pasts(connection.vendor)
        asked = [self._filled(question) for kind in kinds for question in (kind.has_changed, kind.has_former)]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(sql for sql, _ in asked)}", [value for _, values in asked for value in values]
            )
            answers = iter(cursor.fetchone())
        found = {}
        for kind, has_changed, has_former in zip(kinds, answers, answers, strict=True):
            for table, standing, former in kind.tables if has_changed else ():
                # One SELECT of a table is asked with the table's own indexes. Several are put together once.
                together = "MATERIALIZED" if has_former and former else "NOT MATERIALIZED"
                rows = f"{standing} UNION ALL {former}" if has_former and former else standing
                sql, values = self._filled(rows)
                found[table] = f'"{table}" AS {together} ({sql})', values
        return found

    def _filled(self, statement):
        """A statement with placeholders, and their values."""
        names = re.findall(r"%\((?:at|now)\)s", statement)
        return re.sub(r"%\((?:at|now)\)s", "%s", statement), [self._moments[name] for name in names]

    def __call__(self, execute, sql, params, many, context):
        found = re.findall(r'"(aid_\w+)"', sql)
        if not found:
            return execute(sql, params, many, context)
        if not READING.match(sql):
            raise WritingThePast("The past is read, and never written.")
        named = [self._pasts[table] for table in dict.fromkeys(found) if table in self._pasts]
        if not named:
            return execute(sql, params, many, context)
        if params is None:
            sql = sql.replace("%", "%%")
        given = [value for _, values in named for value in values]
        return execute(f"WITH {', '.join(cte for cte, _ in named)} {sql}", [*given, *(params or ())], many, context)


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


class Kind(NamedTuple):
    """How the rows of a model are found at a moment, in SQL: whether any differs from what stands now; whether any
    former state of a row has to be brought back; and for each table (its name, those of its rows that stand as they
    stood, the former states)."""

    has_changed: str
    has_former: str
    tables: list


@cache
def _pasts(vendor):
    """A Kind for each model whose rows come and go. Written once: no column changes while a program runs."""
    return [
        *(_kept(vendor, model) for model in with_past()),
        *(_added(vendor, model, column) for model, column in ADDED.items()),
    ]


def _added(vendor, model, column):
    table, since = _present(vendor, model), f"r.{_quoted(column)}"
    standing = f"SELECT {_columns(model, 'r')} FROM {table} r WHERE {since} <= {_AT}"
    changed = f"EXISTS (SELECT 1 FROM {table} r WHERE {since} > {_AT})"
    return Kind(changed, "(0 = 1)", [(model._meta.db_table, standing, "")])


def _kept(vendor, model):
    lines, key = _lines(model), _quoted(model._meta.pk.column)
    history, present = _present(vendor, lines), _present(vendor, model)
    since = f"SELECT l.{key} FROM {history} l WHERE l.history_date > {_AT}"
    told = f"SELECT {_columns(lines, 'h')} FROM {history} h WHERE h.history_date <= {_AT}"
    unborn = f"EXISTS (SELECT 1 FROM {present} r WHERE NOT {_is_known(vendor, model)})"
    then = f"{_newest(history, key)} AND h.history_type <> '-' AND h.{key} IN ({since})"
    tables = [
        (
            model._meta.db_table,
            f"SELECT {_columns(model, 'r')} FROM {present} r "
            f"WHERE r.{key} NOT IN ({since}) AND {_is_known(vendor, model)}",
            f"SELECT {_former_columns(vendor, model)} FROM {history} h WHERE {then}",
        ),
        (lines._meta.db_table, told, ""),
    ]
    for field in lines._history_m2m_fields:
        through = field.remote_field.through
        kept = apps.get_model(model._meta.app_label, f"Historical{model.__name__}_{field.name}")
        own = _quoted(field.m2m_column_name())
        tables.append(
            (
                through._meta.db_table,
                f"SELECT {_columns(through, 'r')} FROM {_present(vendor, through)} r WHERE r.{own} NOT IN ({since})",
                f"SELECT {_columns(through, 'k')} FROM {_quoted(kept._meta.db_table)} k "
                f"JOIN {history} h ON h.history_id = k.history_id WHERE {then}",
            )
        )
    return Kind(
        f"(EXISTS ({since}) OR {unborn})",
        f"EXISTS (SELECT 1 FROM {history} h WHERE h.history_date <= {_AT} AND h.{key} IN ({since}))",
        tables,
    )


def _newest(history, key):
    """The condition that a line `h` of a history is the last of its row at the moment."""
    later = "l.history_date > h.history_date OR (l.history_date = h.history_date AND l.history_id > h.history_id)"
    return (
        f"h.history_date <= {_AT} AND NOT EXISTS (SELECT 1 FROM {history} l WHERE l.{key} = h.{key} "
        f"AND l.history_date <= {_AT} AND ({later}))"
    )


def _former_columns(vendor, model):
    """The columns of a row as a line of its history has them."""
    key, present = _quoted(model._meta.pk.column), _present(vendor, model)
    kept = {field.attname for field in _lines(model)._meta.concrete_fields}
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
    return ", ".join(columns)


def _is_known(vendor, model):
    """The condition that a row which was not saved since the moment was there at it: it has a history, or says since
    when it is known, by itself or by what it belongs to."""
    history, key = _present(vendor, _lines(model)), _quoted(model._meta.pk.column)
    columns = [f"r.{_quoted(name)}" for name in known_since(model)]
    if owner := owner_of(model):
        owners, column = model._meta.get_field(owner).related_model, model._meta.get_field(owner).column
        since = (
            f"EXISTS (SELECT 1 FROM {_present(vendor, owners)} o WHERE o.{_quoted(owners._meta.pk.column)} = "
            f"r.{_quoted(column)} AND o.{_quoted(known_since(owners)[0])} <= {_AT})"
        )
    elif columns:
        first = f"COALESCE({', '.join(columns)})" if len(columns) > 1 else columns[0]
        since = f"{first} <= {_AT}"
    else:
        return "(1 = 1)"
    return f"({since} OR EXISTS (SELECT 1 FROM {history} l WHERE l.{key} = r.{key}))"


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

    is_past = True

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


def record_at(model, slug, public):
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
