"""What differs between two states of a record's rows, in words: field by field, and texts word by word."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import models
from django.utils import dateformat, timezone

from aid.choices import Unknown
from aid.dates import EDTFField, spoken
from aid.differences import compare, folded
from aid.models.claims import PARTS, SUBJECTS, Claim
from aid.models.sources import Passage, Source
from aid.money import figure
from aid.queries.history import Key, columns, references
from aid.queries.uses import NAMED_WITH

# Columns that say nothing to an editor beside the others: what is worked out, and the moments of saving.
UNTOLD = {
    "created_at",
    "updated_at",
    "recorded_at",
    "verified_at",
    "preferred_at",
    "kept_at",
    "reopened_at",
    "sha256",
    "key",
}
# What the names of rows are made of, beyond what uses.py needs; and the long texts that no name needs.
WITH = NAMED_WITH | {Passage: ("source",)}
WITHOUT = {Source: ("text",), Passage: ("source__text",)}
DELETED = " (deleted since)"
# A column of words that is at least this long is compared word by word.
SENTENCE = 100


@dataclass(frozen=True)
class FieldChange:
    """One field that differs. A text has its `difference`; a field of several rows what went, came and stayed."""

    label: str
    old: str = ""
    new: str = ""
    difference: list | None = None
    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def is_several(self):
        return bool(self.removed or self.added)


@dataclass(frozen=True)
class RowChange:
    """One row that differs: "added", "changed" or "deleted". `name` is "" for the record itself."""

    kind: str
    name: str
    fields: list[FieldChange]
    is_unclear: bool = False


class Changes:
    """Tells the differences of any number of pairs of states. At most two queries for each kind of row they name.

    `pairs` are {Key: (Row before, Row after)}, None for a row that was not there.
    """

    def __init__(self, history, pairs):
        self._record = history.record
        # A claim is called after its part, which need not differ itself.
        self._parts = history.parts
        rows = [row for found in pairs for pair in found.values() for row in pair if row is not None]
        self._names = names_of([found for row in (*self._parts.values(), *rows) for found in references(row)])

    def told(self, pairs, unclear=()):
        """The RowChanges of one pair of states, the record first, then its parts, then its claims."""
        order = {model: place for place, model in enumerate((type(self._record), *_parts_of(self._record), Claim))}
        return [
            self._change(key, *pair, key in unclear)
            for key, pair in sorted(pairs.items(), key=lambda item: (order[item[0].model], item[0].pk))
        ]

    def name(self, row):
        """What a row is called: “Stage Allocated (step 1)”, “Claim: amount, from The release”; "" for the record."""
        model = row.key.model
        if model is type(self._record):
            return ""
        if model is not Claim:
            return f"{str(model._meta.verbose_name).capitalize()} {self._instance(row)}"
        part = next((found for found in PARTS if row.values[f"{found}_id"]), None)
        target, whose = type(self._record), ""
        if part:
            key = Key(Claim._meta.get_field(part).related_model, row.values[f"{part}_id"])
            target = key.model
            whose = f"{self.name(self._parts[key])}, " if key in self._parts else ""
        label = target.field_label(row.values["field"]).lower()
        source = self._names.get((Source, row.values["source_id"]))
        return f"Claim: {whose}{label}{f', from {source}' if source else ''}"

    def _instance(self, row):
        """A row of its model as it stood, that can say what it is called without a query."""
        found = row.key.model(pk=row.key.pk, **row.values)
        for column in columns(row.key.model):
            if column.is_relation:
                found._state.fields_cache[column.name] = self._names.get(
                    (column.related_model, row.values[column.attname]), ""
                )
        return found

    def _change(self, key, before, after, is_unclear):
        kind = "added" if before is None else "deleted" if after is None else "changed"
        return RowChange(kind, self.name(after or before), self._fields(key.model, before, after), is_unclear)

    def _fields(self, model, before, after):
        found = []
        for column in told_columns(model):
            old, new = (self._reading(column, row) if row else "" for row in (before, after))
            if old == new:
                continue
            if before and after and is_text(column):
                segments = compare(old, new)
                found.append(FieldChange(_label(column), old, new, folded(segments)))
            else:
                found.append(FieldChange(_label(column), old, new))
        for many in model.history.model._history_m2m_fields:
            found += self._several(many, before, after)
        return found

    def _several(self, many, before, after):
        old, new = (row.many[many.name] if row else frozenset() for row in (before, after))
        if old == new:
            return
        removed, added, kept = (
            sorted(self._names.get((many.related_model, pk), "") for pk in pks)
            for pks in (old - new, new - old, old & new)
        )
        why = [_reason(row, many.name) for row in (before, after)]
        yield FieldChange(_label(many), *why, removed=removed, added=added, kept=kept)

    def _reading(self, column, row):
        """A column's value as people read it; for one that is empty, why."""
        value = row.values[column.attname]
        if value is None or value == "":
            return _reason(row, column.name)
        if column.is_relation:
            return self._names.get((column.related_model, value), "")
        return reading(column, value)


def told_columns(model):
    """The columns of which people are told: not those that follow another one, or say whose part a row is."""
    names = {found.name for found in model._meta.get_fields()}
    for column in columns(model):
        is_bound = column.name.endswith(("_earliest", "_latest"))
        is_reason = column.name.endswith("_unknown") and column.name.removesuffix("_unknown") in names
        is_owner = column.is_relation and _names_owner(model, column.name)
        if not (is_bound or is_reason or is_owner or column.name in UNTOLD):
            yield column


def _names_owner(model, name):
    if model is Claim:
        return name in SUBJECTS or name in PARTS
    return any(label == model._meta.label and owner == name for label, owner in PARTS.values())


def _parts_of(record):
    subject = next((name for name, label in SUBJECTS.items() if label == record._meta.label), None)
    return [Claim._meta.get_field(part).related_model for part, (_, owner) in PARTS.items() if owner == subject]


def is_text(column):
    """Whether a column holds sentences, and not a code, a date or an address."""
    if isinstance(column, models.TextField):
        return True
    is_coded = column.choices or isinstance(column, models.SlugField | models.URLField | EDTFField)
    return isinstance(column, models.CharField) and not is_coded and column.max_length >= SENTENCE


def reading(column, value):
    """One value that is no reference, as people read it."""
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(column, EDTFField):
        return spoken(value) if spoken(value) == value else f"{spoken(value)} ({value})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return figure(value)
    if isinstance(value, datetime.datetime):
        return dateformat.format(timezone.localtime(value), "j F Y, H:i")
    if isinstance(value, datetime.date):
        return dateformat.format(value, "j F Y")
    return str(value)


def _reason(row, name):
    """Why a field holds nothing: "(not stated)"; "" where it holds something, or has no such reason."""
    code = row.values.get(f"{name}_unknown", "") if row else ""
    return f"({Unknown(code).label})" if code in Unknown.values else ""


def _label(column):
    label = str(column.verbose_name)
    return label[:1].upper() + label[1:]


def names_of(named):
    """What rows are called, of what is named as (field, number): {(model, number): name}."""
    wanted = {}
    for column, pk in named:
        wanted.setdefault(column.related_model, set()).add(pk)
    names = {}
    for model, pks in wanted.items():
        rows = model._base_manager.select_related(*WITH.get(model, ())).defer(*WITHOUT.get(model, ()))
        names |= {(model, pk): str(row) for pk, row in rows.in_bulk(list(pks)).items()}
        names |= {(model, pk): name for pk, name in _former_names(model, pks - {pk for m, pk in names if m is model})}
    return names


def _former_names(model, pks):
    """The last names of rows that are no more."""
    found = {pk: f"{model._meta.verbose_name} number {pk}{DELETED}" for pk in pks}
    if pks and hasattr(model, "history"):
        column = model._meta.pk.name
        for line in model.history.filter(**{f"{column}__in": list(pks)}).order_by("history_date", "history_id"):
            name = next((text for text in (getattr(line, n, "") for n in ("title", "name", "slug")) if text), "")
            if name:
                found[getattr(line, column)] = f"{name}{DELETED}"
    return found.items()
