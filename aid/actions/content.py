"""Lets the database mark each change of what readers' pages are made of.

A trigger sees what no signal does: an update of many rows at once, a load in bulk, a change by hand.
"""

from django.db import connections

from aid.models.content import ContentChange
from aid.queries.beginnings import with_past
from aid.queries.past import ADDED

DEEDS = ("insert", "update", "delete")
# So many marks are left when older ones are taken away; no transaction that matters is as old as that.
MARKS_LEFT = 2000


def watched_tables():
    """The tables of the rows and links whose past is kept, and of those that are added and stay."""
    models = [*with_past(), *ADDED]
    links = [field.remote_field.through for model in with_past() for field in model._meta.local_many_to_many]
    return sorted({model._meta.db_table for model in (*models, *links)})


def mark_changes(using="default", **signal):
    """Makes the triggers, where they are not there yet. To be called after each migration: SQLite drops those of a
    table that is altered."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if ContentChange._meta.db_table not in present:
        return
    tables = [table for table in watched_tables() if table in present]
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, tables):
            cursor.execute(statement)


def _statements(vendor, tables):
    marks = ContentChange._meta.db_table
    if vendor == "postgresql":
        # Each statement adds a row: one row that all wrote to would make writers wait for one another. Those old rows
        # are taken away that nobody else is taking away.
        yield f"""
            CREATE OR REPLACE FUNCTION aid_mark_change() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE made bigint;
            BEGIN
                INSERT INTO {marks} (number) VALUES (0) RETURNING id INTO made;
                IF made % {MARKS_LEFT} = 0 THEN
                    DELETE FROM {marks} WHERE id IN (
                        SELECT id FROM {marks} WHERE id < made - {MARKS_LEFT} FOR UPDATE SKIP LOCKED
                    );
                END IF;
                RETURN NULL;
            END $$"""
        for table in tables:
            yield (
                f'CREATE OR REPLACE TRIGGER aid_mark_change AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION aid_mark_change()"
            )
        return
    for table in tables:
        for deed in DEEDS:
            # A number that was never there before, even after what was written is taken back. Not one statement with
            # OR REPLACE: an INSERT OR IGNORE that sets off the trigger would turn it into OR IGNORE.
            yield (
                f'CREATE TRIGGER IF NOT EXISTS "{table}_mark_{deed}" AFTER {deed.upper()} ON "{table}" BEGIN '
                f"INSERT INTO {marks} (id, number) SELECT 1, 0 WHERE NOT EXISTS (SELECT 1 FROM {marks}); "
                f"UPDATE {marks} SET number = random() / 2; END"
            )
