"""Claims' values as people read them: a party's name for its address, a date in words, an amount with its commas."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import models

from aid.models.records import Keyed, canonical_text
from aid.money import figure
from aid.queries.readings import plain_reading


def value_texts(claims, targets=()):
    """The value of each claim in words, by the claim's primary key.

    One query for each kind of record that the values name; fewer where `targets` are given, rows that the claims are
    about and that came with what they refer to.
    """
    claims = [claim for claim in claims if claim.target is not None]
    columns = {claim.pk: _column(claim) for claim in claims}
    wanted = defaultdict(set)
    for claim in claims:
        column = columns[claim.pk]
        if column is not None and column.is_relation:
            wanted[column.related_model].update(claim.value.split("; "))
    named = _loaded(targets)
    for model, keys in wanted.items():
        missing = {key for key in keys if (model, key) not in named}
        named |= {(model, canonical_text(row)): str(row) for row in _rows(model, missing)}
    return {claim.pk: _text(claim, columns[claim.pk], named) for claim in claims}


def _column(claim):
    """The column that a claim is about; None for a field that its record does not have."""
    return next((column for column in claim.target._meta.get_fields() if column.name == claim.field), None)


def _loaded(targets):
    """The rows that are at hand already: {(model, key): name}."""
    named = {}
    for target in targets:
        rows = [*target._state.fields_cache.values()]
        for many in getattr(target, "_prefetched_objects_cache", {}).values():
            rows += many
        named |= {(type(row), canonical_text(row)): str(row) for row in rows if _is_whole(row)}
    return named


def _is_whole(row):
    """Whether a row's key and name can be told without a query."""
    if not isinstance(row, Keyed):
        return False
    joined = (path.partition("__")[0] for path in row.natural_key_fields if "__" in path)
    return all(name in row._state.fields_cache for name in joined)


def _rows(model, keys):
    """The rows with these natural keys, and a few more where a key has several parts."""
    if not keys or not issubclass(model, Keyed):
        return []
    first, *_ = paths = model.natural_key_fields
    joined = sorted({path.rpartition("__")[0] for path in paths if "__" in path})
    rows = model.objects.filter(**{f"{first}__in": {key.partition("/")[0] for key in keys}})
    return rows.select_related(*joined)


def _text(claim, column, named):
    if column is None:
        return claim.value
    if column.is_relation:
        return "; ".join(named.get((column.related_model, key), key) for key in claim.value.split("; "))
    if isinstance(column, models.DecimalField):
        try:
            return figure(column.to_python(claim.value))
        except ValidationError:
            return claim.value
    return plain_reading(column, claim.value, claim.basis).text
