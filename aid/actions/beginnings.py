"""The first entry in the history of rows that came by a way which writes none, such as loaddata."""

from django.apps import apps
from django.db import transaction

from aid.queries.beginnings import kept_models, links_of, without_history

LOADED = "As it was loaded"
BATCH = 500


@transaction.atomic
def begin_histories():
    """Writes down, for each row that has no history, how it stands now. Returns how many there were.

    Without it the first change of a loaded record would be the beginning of its history, and what stood before that
    would be lost. A few queries for each 500 rows.
    """
    count = 0
    for model in kept_models():
        while rows := list(without_history(model)[:BATCH]):
            entries = model.history.bulk_history_create(rows, default_change_reason=LOADED)
            for field in entries[0]._history_m2m_fields:
                _copy_links(field, rows, entries)
            count += len(rows)
    return count


def _copy_links(field, rows, entries):
    """The many-to-many links of each row, beside its entry."""
    kept = apps.get_model(field.model._meta.app_label, f"Historical{field.model.__name__}_{field.name}")
    links = links_of(rows, field)
    kept.objects.bulk_create(
        kept(history=entry, **{column.attname: getattr(link, column.attname) for column in link._meta.fields})
        for entry, row in zip(entries, rows, strict=True)
        for link in links[row.pk]
    )
