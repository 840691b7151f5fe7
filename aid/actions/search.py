"""Keeps what search reads up to date.

The database's triggers note which records were changed, in the transaction that changes them and whatever does it: a
form, many rows at once, a load, a change by hand. What was noted is made anew once that is committed; what is left
over, such as after a load in bulk, when somebody searches.
"""

import logging
from collections import defaultdict
from datetime import timedelta

from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils import timezone

from aid.models import (
    Claim,
    Membership,
    Office,
    Pledge,
    Publication,
    SearchEntry,
    SearchMention,
    SearchStale,
    SearchText,
    Sector,
    Signatory,
    Valuation,
)
from aid.models.search import LONGEST_TITLE, SearchKind
from aid.queries import search_words
from aid.queries.public import Public
from aid.queries.search_index import (
    all_numbers,
    articles_showing,
    batches,
    beginnings,
    compared,
    had_before,
    in_question,
    is_anything_there,
)
from aid.queries.search_texts import depending, model_of

# What was written within a second is one save, and makes one entry.
ONE_SAVE = timedelta(seconds=1)
# So many of the notes are worked off by somebody who only searches.
MOST_AT_ONCE = 500
logger = logging.getLogger(__name__)


# Making anew


def renew(kind, numbers):
    """Makes the entries of some records anew where they read differently; returns how many were changed.

    The first text of a record is taken to have read so from the beginning, for no earlier one is known here.
    """
    public = Public()
    return sum(_renew(kind, batch, public) for batch in batches(set(numbers)))


def _renew(kind, numbers, public):
    missing, over = compared(kind, numbers, public)
    if not missing and not over:
        return 0
    now = timezone.now()
    fresh = {document.record for document in missing} - had_before(kind, numbers)
    first = beginnings(kind, fresh)
    # What read so for less than a moment was never read.
    replaced = {key: entry for key, entry in over.items() if entry.since > now - ONE_SAVE}
    ended = [entry.pk for key, entry in over.items() if key not in replaced]
    _forget([entry.pk for entry in replaced.values()])
    SearchEntry.objects.numbered(ended).update(until=now)
    entries = []
    for document in missing:
        earlier = replaced.get(document.key)
        begun = earlier.since if earlier else first.get((document.record, document.revision), now)
        entries.append(
            SearchEntry(
                kind=document.kind,
                record=document.record,
                revision=document.revision,
                is_bare=document.is_bare,
                bucket=document.bucket,
                day=document.day,
                title_words=" ".join(document.columns()[0])[:LONGEST_TITLE],
                since=begun,
            )
        )
    SearchEntry.objects.bulk_create(entries)
    pairs = list(zip(entries, missing, strict=True))
    SearchText.objects.bulk_create(
        SearchText(
            entry=entry,
            title=document.title,
            names=document.names,
            text=document.text,
            detail=document.detail,
            page_kind=document.page[0],
            page_slug=document.page[1],
            anchor=document.page[2],
            digest=document.digest,
        )
        for entry, document in pairs
    )
    SearchMention.objects.bulk_create(
        SearchMention(entry=entry, kind=mentioned, record=number)
        for entry, document in pairs
        for mentioned, number in sorted(document.mentions)
    )
    search_words.put([(entry.pk, document.columns()) for entry, document in pairs])
    return len({entry.pk for entry in over.values()} | {document.key for document in missing})


def _forget(entries):
    if entries:
        SearchEntry.objects.numbered(entries).delete()
        search_words.take_away(entries)


# Catching up


def catch_up(most=None):
    """Makes anew what was noted as changed, in one transaction: all of it, or so many notes."""
    if not SearchStale.objects.exists():
        return 0
    with transaction.atomic():
        _one_at_a_time()
        notes = list(SearchStale.objects.order_by("pk")[:most])
        stale = defaultdict(set)
        for note in notes:
            stale[note.kind].add(note.record)
        _told(notes)
        for kind, numbers in depending(stale).items():
            stale[kind] |= set(numbers)
        stale["article"] |= articles_showing(stale)
        for kind, numbers in in_question(Public()).items():
            stale[kind] |= numbers
        return sum(renew(kind, numbers) for kind, numbers in stale.items() if kind in SearchKind.values)


# What was hidden when this process last made the twins: {database: {model's name: numbers}}.
_hidden = {}


def settle(public):
    """Makes the twins of texts anew where something else is hidden now than when this process last did, which may be
    because of the clock alone."""
    place = connection.settings_dict["NAME"]
    hidden = {model._meta.model_name: frozenset(numbers) for model, numbers in public.hidden.items() if numbers}
    if _hidden.get(place, {}) == hidden:
        return
    with transaction.atomic():
        _one_at_a_time()
        for kind, numbers in in_question(public).items():
            renew(kind, numbers)
    _hidden[place] = hidden


def _told(notes):
    for batch in batches(note.pk for note in notes):
        SearchStale.objects.numbered(batch).delete()


def _one_at_a_time():
    """Waits for another process that makes entries: two would make each twice. SQLite has one writer anyhow."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('aid_searchentry'))")


def catch_up_quietly():
    """The same after a save, which stands even where this fails: what was noted stays noted."""
    try:
        catch_up()
    except DatabaseError:
        logger.exception("What search reads was not brought up to date; the next search tries again.")


def _expect(sender, **signal):
    if sender._meta.app_label != "aid" or sender in (SearchEntry, SearchText, SearchMention, SearchStale):
        return
    if not any(waiting[1] is catch_up_quietly for waiting in connection.run_on_commit):
        transaction.on_commit(catch_up_quietly, robust=True)


def keep_up():
    """Brings search up to date after each transaction that saves a row."""
    for signal in (post_save, post_delete, m2m_changed):
        signal.connect(_expect, dispatch_uid="search")


# From the beginning


def rebuild():
    """Makes anew what differs from the records; returns how many entries did."""
    with transaction.atomic():
        _one_at_a_time()
        _told(list(SearchStale.objects.only("pk")))
        changed = sum(renew(kind, all_numbers(kind)) for kind in SearchKind.values)
        orphans = search_words.orphans()
        search_words.take_away(orphans)
        return changed + len(orphans)


# The database's notes

# (table's model, the column that names the record, its kind)
PARTS = (
    (Membership, "coalition_id", "coalition"),
    (Signatory, "agreement_id", "agreement"),
    (Office, "person_id", "person"),
    (Valuation, "pledge_id", "pledge"),
    (Pledge.beneficiaries.through, "pledge_id", "pledge"),
    (Pledge.sectors.through, "pledge_id", "pledge"),
    (Publication, "article_id", "article"),
    (Claim, "assertion_id", "assertion"),
    (Sector, "id", "sector"),
)
DEEDS = {"insert": ["NEW"], "update": ["OLD", "NEW"], "delete": ["OLD"]}


def watch_records(using="default", **signal):
    """Makes the table of words and the triggers, where they are not there yet. To be called after each migration,
    since SQLite drops the triggers of a table that is altered. Fills the index where there is none yet."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if SearchStale._meta.db_table not in present:
        return
    watched = [(model_of(kind), "id", kind) for kind in SearchKind.values] + list(PARTS)
    with connection.cursor() as cursor:
        for statement in search_words.MAKE[connection.vendor]:
            cursor.execute(statement)
        for statement in _statements(connection.vendor, watched, present):
            cursor.execute(statement)
    if not SearchEntry.objects.exists() and _is_whole(connection) and is_anything_there():
        rebuild()


def _is_whole(connection):
    """Whether the database is as the models are, and not on its way back to an earlier state."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _statements(vendor, watched, present):
    notes = SearchStale._meta.db_table
    if vendor == "postgresql":
        yield f"""
            CREATE OR REPLACE FUNCTION aid_note_stale() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE number bigint;
            BEGIN
                IF TG_OP <> 'INSERT' THEN
                    EXECUTE format('SELECT ($1).%I', TG_ARGV[1]) INTO number USING OLD;
                    IF number IS NOT NULL THEN
                        INSERT INTO {notes} (kind, record) VALUES (TG_ARGV[0], number);
                    END IF;
                END IF;
                IF TG_OP <> 'DELETE' THEN
                    EXECUTE format('SELECT ($1).%I', TG_ARGV[1]) INTO number USING NEW;
                    IF number IS NOT NULL THEN
                        INSERT INTO {notes} (kind, record) VALUES (TG_ARGV[0], number);
                    END IF;
                END IF;
                RETURN NULL;
            END $$"""
    for model, column, kind in watched:
        table = model._meta.db_table
        if table not in present:
            continue
        if vendor == "postgresql":
            yield (
                f'CREATE OR REPLACE TRIGGER aid_note_stale AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
                f"FOR EACH ROW EXECUTE FUNCTION aid_note_stale('{kind}', '{column}')"
            )
            continue
        for deed, rows in DEEDS.items():
            noted = " ".join(
                f"INSERT INTO {notes} (kind, record) "
                f"SELECT '{kind}', {row}.{column} WHERE {row}.{column} IS NOT NULL;"
                for row in rows
            )
            yield (
                f'CREATE TRIGGER IF NOT EXISTS "{table}_stale_{deed}" AFTER {deed.upper()} ON "{table}" '
                f"BEGIN {noted} END"
            )
