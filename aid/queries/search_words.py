"""The words of search in the two databases' own ways: FTS5 on SQLite, tsvector with GIN on PostgreSQL.

What is a word, and what is folded away, is decided in aid/folding.py alone; each database gets single words and
compares them letter by letter, so that both find the same.
"""

import json

from django.db import connection

TABLE = "aid_searchwords"
COLUMNS = ("title", "names", "text", "tokens")
# The same in PostgreSQL's weights.
WEIGHTS = dict(zip(COLUMNS, "ABDC", strict=True))
READ = ("title", "names", "text")
NAMES = ("title", "names")
MAKE = {
    "sqlite": [
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {TABLE} USING fts5({', '.join(COLUMNS)}, "
        "tokenize = \"unicode61 remove_diacritics 0\", prefix = '1 2 3', columnsize = 0)"
    ],
    "postgresql": [
        f"CREATE TABLE IF NOT EXISTS {TABLE} (rowid bigint PRIMARY KEY, {TABLE} tsvector NOT NULL)",
        # Without a list of what is still to be indexed, which each search would have to read through.
        f"CREATE INDEX IF NOT EXISTS {TABLE}_gin ON {TABLE} USING gin ({TABLE}) WITH (fastupdate = off)",
    ],
}


# Writing


def stored(columns):
    """What a database keeps of the words of the four columns, as the values of a row."""
    if connection.vendor == "sqlite":
        return tuple(" ".join(words) for words in columns)
    return (_vector(columns),)


def _vector(columns):
    places, at = {}, 0
    for name, words in zip(COLUMNS, columns, strict=True):
        for word in words:
            at = min(at + 1, 16383)
            places.setdefault(word, []).append(f"{at}{WEIGHTS[name]}")
        # So that no phrase reaches from one column into the next.
        at = min(at + 2, 16383)
    # PostgreSQL keeps 255 places of a word.
    return " ".join(f"'{word}':{','.join(found[:255])}" for word, found in places.items())


def put(rows):
    """Stores the words of entries, given as (number of the entry, the four columns), in place of what was there."""
    rows = [(number, *stored(columns)) for number, columns in rows]
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(
                f"INSERT OR REPLACE INTO {TABLE} (rowid, {', '.join(COLUMNS)}) VALUES (%s, %s, %s, %s, %s)", rows
            )
            return
        numbers, vectors = [row[0] for row in rows], [row[1] for row in rows]
        cursor.execute(
            f"INSERT INTO {TABLE} (rowid, {TABLE}) SELECT number, vector::tsvector "
            "FROM unnest(%s::bigint[], %s::text[]) AS given (number, vector) "
            f"ON CONFLICT (rowid) DO UPDATE SET {TABLE} = excluded.{TABLE}",
            [numbers, vectors],
        )


def take_away(numbers):
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE rowid IN ({_listed()})", [json.dumps(list(numbers))])


def _listed():
    if connection.vendor == "sqlite":
        return "SELECT value FROM json_each(%s)"
    return "SELECT value::bigint FROM json_array_elements_text(%s::json)"


def differing(rows):
    """The numbers of those entries, given as for `put`, whose words are not stored so."""
    expected = {number: stored(columns) for number, columns in rows}
    numbers = json.dumps(list(expected))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"SELECT rowid, {', '.join(COLUMNS)} FROM {TABLE} WHERE rowid IN ({_listed()})", [numbers])
            found = {number: tuple(values) for number, *values in cursor.fetchall()}
            return {number for number, values in expected.items() if found.get(number) != values}
        cursor.execute(
            f"SELECT w.rowid FROM {TABLE} w JOIN unnest(%s::bigint[], %s::text[]) AS given (number, vector) "
            f"ON w.rowid = given.number AND w.{TABLE} = given.vector::tsvector",
            [list(expected), [vector for (vector,) in expected.values()]],
        )
        return expected.keys() - {number for (number,) in cursor.fetchall()}


def orphans():
    """The numbers of stored words that belong to no entry."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rowid FROM {TABLE} WHERE rowid NOT IN (SELECT id FROM aid_searchentry)")
        return {number for (number,) in cursor.fetchall()}


# Asking


def sought(words, is_begun, columns=READ):
    """The expression for words side by side, in any of some columns; the last may go on if it `is_begun`."""
    if connection.vendor == "sqlite":
        return f'{{{" ".join(columns)}}} : "{" ".join(words)}"{" *" if is_begun else ""}'
    weights = "".join(WEIGHTS[name] for name in columns)
    last = f"'{words[-1]}':{'*' if is_begun else ''}{weights}"
    return "(" + " <-> ".join([*(f"'{word}':{weights}" for word in words[:-1]), last]) + ")"


def one_of_tokens(tokens):
    if connection.vendor == "sqlite":
        return "tokens : (" + " OR ".join(f'"{token}"' for token in tokens) + ")"
    return "(" + " | ".join(f"'{token}'" for token in tokens) + ")"


def either(expressions):
    return _joined(expressions, " OR ", " | ")


def every(expressions):
    return _joined(expressions, " AND ", " & ")


def but_not(expression, others):
    if not others:
        return expression
    return _joined([expression, either(others)], " NOT ", " & !")


def _joined(expressions, in_sqlite, in_postgresql):
    expressions = [f"({one})" for one in expressions]
    if len(expressions) == 1:
        return expressions[0]
    return "(" + (in_sqlite if connection.vendor == "sqlite" else in_postgresql).join(expressions) + ")"
