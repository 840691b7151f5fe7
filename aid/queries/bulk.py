"""What a change of many rows needs to know: the rows with their names, and their columns as texts and as JSON."""

import datetime
import hashlib
import json

from django.apps import apps

from aid import moments
from aid.models.articles import Article
from aid.models.bulk import BulkChange
from aid.models.claims import Claim
from aid.queries.claims import WITH_NAMES, claim_label
from aid.queries.standing import standing, with_standing
from aid.queries.values import value_texts

# More are not chosen at once: every one of them is listed before anything is done.
MOST_ROWS = 200
SHOWN = 5


def chosen_rows(model, keys, is_locked=False):
    """The rows with these numbers, in their order, each with `bulk_name`, what people call it. A few queries."""
    rows = model.objects.filter(pk__in=keys).order_by("pk")
    if model is Claim:
        rows = rows.with_evidence().select_related(*WITH_NAMES)
    if model is Article:
        rows = with_standing(rows)
    if is_locked:
        rows = rows.select_for_update(of=("self",))
    found = list(rows)
    for row, name in zip(found, _names(model, found), strict=True):
        row.bulk_name = name
    return found


def _names(model, rows):
    if model is Claim:
        values = value_texts(rows)
        return [f"{row.subject} – {claim_label(row)}: {values[row.pk]}" for row in rows]
    if model is Article:
        newest = {row.slug: standing(row).newest for row in rows}
        return [found.headline if found and found.headline else slug for slug, found in newest.items()]
    return [str(row) for row in rows]


def kind_of(name):
    """The model of ours with this name. Raises LookupError."""
    return apps.get_model("aid", name)


def state_of_row(row):
    """A fingerprint of a row's own columns; what a page shows is done only while it stays the same."""
    content = [[column.attname, getattr(row, column.attname)] for column in row._meta.concrete_fields]
    return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()


# Columns as JSON, and back


def stored_columns(row, names):
    """{column: its value as JSON} of a row as the database has it. One query."""
    columns = [row._meta.get_field(name).attname for name in names]
    values = type(row)._base_manager.filter(pk=row.pk).values_list(*columns).get()
    return {name: as_json(value) for name, value in zip(names, values, strict=True)}


def as_json(value):
    return value.isoformat() if isinstance(value, datetime.date) else value


def from_json(model, name, value):
    """The value of a column, as its attribute takes it."""
    column = model._meta.get_field(name)
    return value if value is None or column.is_relation else column.to_python(value)


def column_label(model, name):
    label = str(model._meta.get_field(name).verbose_name)
    return f"{label[:1].upper()}{label[1:]}"


def column_text(model, name, value):
    """The JSON of a column's value as people read it; “none” for none. A query for the name of another row."""
    column = model._meta.get_field(name)
    if value in (None, ""):
        return "none"
    if column.is_relation:
        found = column.related_model._base_manager.filter(pk=value).first()
        return str(found) if found else f"number {value}"
    value = column.to_python(value)
    if isinstance(value, datetime.datetime):
        return moments.told(value)
    if isinstance(value, datetime.date):
        return f"{value.day} {value:%B %Y}"
    return str(dict(column.flatchoices).get(value, value))


def latest_bulk_changes(limit=SHOWN):
    """The last changes of many rows that stand. One query."""
    return list(BulkChange.objects.filter(undone_at__isnull=True).select_related("made_by")[:limit])
