"""The first entry in the history of rows that came by a way which writes none, such as loaddata."""

from datetime import UTC, datetime

from django.apps import apps
from django.db import transaction

from aid.queries.beginnings import history_of, known_since, links_of, owner_of, with_past, without_history

LOADED = "As it was loaded"
# Before anything can have been published here: for the words of a vocabulary, which have no moment at all.
EVER = datetime(1970, 1, 1, tzinfo=UTC)
BATCH = 500


@transaction.atomic
def begin_histories():
    """Writes down, for each row that has no history, how it stands now. Returns how many there were.

    Without it the first change of a loaded record would be the beginning of its history, and what stood before that
    would be lost. The entry has the moment that the row itself gives, or what the row is a part of, so that a page
    as of a day shows what was known on it where the row comes from. A few queries for each 500 rows.
    """
    count = 0
    for model in with_past():
        while rows := list(without_history(model)[:BATCH]):
            for row in rows:
                row._history_date = _known_since(row)
            entries = history_of(model).bulk_history_create(rows, default_change_reason=LOADED)
            for field in entries[0]._history_m2m_fields:
                _copy_links(field, rows, entries)
            count += len(rows)
    return count


def _known_since(row):
    """Since when a row is known as it stands. What has no moment of its own has that of what it belongs to."""
    owner = owner_of(type(row))
    if owner:
        return _known_since(getattr(row, owner))
    moments = (getattr(row, name) for name in known_since(type(row)))
    return next(filter(None, moments), EVER)


def _copy_links(field, rows, entries):
    """The many-to-many links of each row, beside its entry."""
    kept = apps.get_model(field.model._meta.app_label, f"Historical{field.model.__name__}_{field.name}")
    links = links_of(rows, field)
    kept.objects.bulk_create(
        kept(history=entry, **{column.attname: getattr(link, column.attname) for column in link._meta.fields})
        for entry, row in zip(entries, rows, strict=True)
        for link in links[row.pk]
    )
