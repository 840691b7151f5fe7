"""The history of a record with its parts and its claims: each save, and how all of them stood after it."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models
from django.db.models import CASCADE

from aid.choices import AuditAction, Rank
from aid.models.audit import AuditEntry
from aid.models.claims import PARTS, SUBJECTS, Claim

# The rows of one save are written one right after the other; nobody saves a record twice as fast.
PAUSE = timedelta(seconds=1)

# What no restoring touches: the address, which articles and other sites know, and what readers may see, which has
# actions of its own.
STAYS = ("slug", "embargo_until", "withdrawn_at", "withdrawn_why", "review_by", "created_at", "updated_at")
# The moments of the saving itself: where nothing else differs, nothing has changed.
NO_CHANGE = ("updated_at",)
# The audit log's words about a plain save say nothing that the save does not.
PLAIN = (AuditAction.ADDED, AuditAction.CHANGED)


class Key(NamedTuple):
    """Which row: its model and its number."""

    model: type[models.Model]
    pk: int


class Row(NamedTuple):
    """How one row stood at a moment: its columns, and the numbers behind its many-to-many fields."""

    key: Key
    values: dict[str, Any]
    many: dict[str, frozenset]

    def differs(self, other):
        return other is None or self.many != other.many or _compared(self) != _compared(other)


def _compared(row):
    return {name: value for name, value in row.values.items() if name not in NO_CHANGE}


class Entry(NamedTuple):
    """One line of a history table: what became of one row, when and by whom. `row` is None for a deletion.

    `is_known` says whether what stood before is on record, too.
    """

    at: datetime
    by: models.Model | None
    reason: str
    key: Key
    row: Row | None
    is_known: bool


@dataclass
class Save:
    """What was saved at once: for each row that differs, how it stood before and after. None is no row at all."""

    number: int
    begun: datetime
    at: datetime
    by: models.Model | None
    reasons: list[str]
    rows: dict[Key, tuple[Row | None, Row | None]]
    # Rows whose history begins here although they had been there before.
    unclear: set[Key] = field(default_factory=set)
    entries: list[AuditEntry] = field(default_factory=list)


@dataclass
class Plan:
    """What has to be done so that a record stands again as it stood after a save."""

    write: list[Row] = field(default_factory=list)
    withdraw: list[Key] = field(default_factory=list)
    delete: list[Key] = field(default_factory=list)
    # The rows whose state then nobody knows, and what rows name that has been deleted since: (row, column, number).
    unclear: list[Key] = field(default_factory=list)
    gone: list[tuple[Row, models.Field, int]] = field(default_factory=list)

    @property
    def is_empty(self):
        return not (self.write or self.withdraw or self.delete)


def members(model):
    """The models whose rows make up a record, itself first, each with the column that names the record."""
    parts = [
        (relation.related_model, relation.field.name)
        for relation in model._meta.related_objects
        if relation.on_delete is CASCADE and hasattr(relation.related_model, "history")
    ]
    claims = [(Claim, name) for name, label in SUBJECTS.items() if label == model._meta.label]
    return [(model, model._meta.pk.name), *parts, *claims]


def columns(model):
    """The columns of which a history is kept, but for the number."""
    return [column for column in model.history.model.tracked_fields if not column.primary_key]


def record_of_part(row):
    """The record whose history has this row; the row itself where it is one."""
    if isinstance(row, Claim):
        return row.subject
    owner = next((owner for label, owner in PARTS.values() if label == row._meta.label), None)
    return getattr(row, owner) if owner else row


class History:
    """Every save of a record, the oldest first, and how the record stands now.

    A query or two for each kind of row and each many-to-many field, whatever the number of saves.
    """

    def __init__(self, record):
        self.record = record
        self.model = type(record)
        self.saves = list(self._saves())

    @cached_property
    def present(self):
        """The rows as the database has them now: {Key: Row}."""
        found = {}
        for model, column in members(self.model):
            rows = list(model._base_manager.filter(**{column: self.record.pk}))
            many = self._links(model, [field.remote_field.through for field in _many(model)], column)
            for row in rows:
                found[Key(model, row.pk)] = _row(model, row.pk, row, many.get(row.pk, {}))
        return found

    @cached_property
    def fingerprint(self):
        """A text that differs where anything of the record does, but for the moment of the last save."""
        content = [
            [key.model._meta.label, key.pk, _compared(row), {name: sorted(pks) for name, pks in row.many.items()}]
            for key, row in sorted(self.present.items(), key=lambda item: (item[0].model._meta.label, item[0].pk))
        ]
        return hashlib.sha256(json.dumps(content, default=str, sort_keys=True).encode()).hexdigest()

    @property
    def is_complete(self):
        """Whether the last save left all as it is now: what a script changes by itself stands in no history."""
        after = self.after(len(self.saves))
        return after.keys() == self.present.keys() and not any(
            row.differs(self.present[key]) for key, row in after.items()
        )

    @property
    def parts(self):
        """Each part that the record has or had, as it stood last: {Key: Row}."""
        found = {}
        for state in (*(save.rows for save in self.saves), {key: (None, row) for key, row in self.present.items()}):
            for key, (before, after) in state.items():
                if key.model not in (self.model, Claim):
                    found[key] = after or before
        return found

    def save_of(self, number):
        """The save of a number, or None."""
        return self.saves[number - 1] if 1 <= number <= len(self.saves) else None

    def after(self, number):
        """How everything stood after a save: {Key: Row}."""
        state = {}
        for save in self.saves[:number]:
            for key, (_, row) in save.rows.items():
                if row is None:
                    state.pop(key, None)
                else:
                    state[key] = row
        return state

    # Loading

    def _links(self, model, tables, column):
        """The numbers behind the many-to-many fields of each row now: {pk: {field: numbers}}. A query a field."""
        found = {}
        for many, table in zip(_many(model), tables, strict=True):
            own, other = many.m2m_field_name(), many.m2m_reverse_field_name()
            path = own if column == model._meta.pk.name else f"{own}__{column}"
            for pk, linked in table._base_manager.filter(**{path: self.record.pk}).values_list(
                f"{own}_id", f"{other}_id"
            ):
                found.setdefault(pk, {}).setdefault(many.name, set()).add(linked)
        return found

    def _entries(self):
        for model, column in members(self.model):
            lines = list(
                model.history.filter(**{column: self.record.pk})
                .select_related("history_user")
                .order_by("history_date", "history_id")
            )
            many = self._former_links(model, column)
            seen = set()
            for line in lines:
                pk = getattr(line, model._meta.pk.attname)
                row = None if line.history_type == "-" else _row(model, pk, line, many.get(line.history_id, {}))
                yield Entry(
                    line.history_date,
                    line.history_user,
                    line.history_change_reason or "",
                    Key(model, pk),
                    row,
                    line.history_type == "+" or pk in seen,
                )
                seen.add(pk)

    def _former_links(self, model, column):
        """The same for each line of the history: {history_id: {field: numbers}}."""
        found = {}
        for many in _many(model):
            other = many.m2m_reverse_field_name()
            lines = former_table(many)._base_manager.filter(**{f"history__{column}": self.record.pk})
            for line, linked in lines.values_list("history_id", f"{other}_id"):
                found.setdefault(line, {}).setdefault(many.name, set()).add(linked)
        return found

    def _saves(self):
        entries = sorted(self._entries(), key=lambda entry: entry.at)
        logged = list(AuditEntry.objects.about(self.record).exclude(action__in=PLAIN).order_by("at", "pk"))
        state, number = {}, 0
        for group in _grouped(entries):
            touched = dict.fromkeys(entry.key for entry in group)
            before = {key: state.get(key) for key in touched}
            for entry in group:
                state[entry.key] = entry.row
            rows = {key: (before[key], state[key]) for key in touched}
            rows = {key: pair for key, pair in rows.items() if _has_changed(*pair)}
            if not rows:
                continue
            number += 1
            first, last = group[0], group[-1]
            near = [
                entry
                for entry in logged
                if first.at - PAUSE <= entry.at <= last.at + PAUSE and entry.user_id == (first.by and first.by.pk)
            ]
            yield Save(
                number=number,
                begun=first.at,
                at=last.at,
                by=first.by,
                reasons=list(dict.fromkeys(entry.reason for entry in group if entry.reason)),
                rows=rows,
                unclear={entry.key for entry in group if not entry.is_known},
                entries=near,
            )

    # Restoring

    def plan(self, number):
        """The Plan that brings back how everything stood after a save."""
        wanted, plan = self.after(number), Plan()
        for key in self.present:
            if key not in wanted:
                self._leave(key, number, wanted, plan)
        for key, row in wanted.items():
            now = self.present.get(key)
            if key.model is self.model and now is not None:
                row = row._replace(
                    values=row.values | {name: now.values[name] for name in STAYS if name in now.values}
                )
            if key.model is Claim and now is not None:
                row = _as_open_as(now, row)
            if row.differs(now):
                plan.write.append(row)
        if Key(self.model, self.record.pk) not in wanted:
            plan.unclear.append(Key(self.model, self.record.pk))
        plan.gone = list(self._gone(plan))
        return plan

    def _leave(self, key, number, wanted, plan):
        """What becomes of a row that the save did not leave there."""
        later = [save for save in self.saves[number:] if key in save.rows]
        if not later:
            # No history knows of it, so nothing says that it came later.
            return
        if key in later[0].unclear:
            plan.unclear.append(key)
        elif key.model is not Claim:
            plan.delete.append(key)
        elif any(part is not None and part not in wanted for part in parts_named(self.present[key])):
            # Its part goes, and a claim about nothing cannot stay.
            plan.delete.append(key)
        elif self.present[key].values["rank"] != Rank.WITHDRAWN:
            plan.withdraw.append(key)

    def _gone(self, plan):
        """The references of the rows to write to what is no longer there. A query for each kind of row named."""
        named = [(row, *found) for row in plan.write for found in references(row)]
        here = set(self.present) - set(plan.delete) | {row.key for row in plan.write}
        wanted = {}
        for _, column, pk in named:
            wanted.setdefault(column.related_model, set()).add(pk)
        there = {
            Key(model, pk)
            for model, pks in wanted.items()
            for pk in model._base_manager.filter(pk__in=pks).values_list("pk", flat=True)
        }
        for row, column, pk in named:
            key = Key(column.related_model, pk)
            is_own = any(key.model is model for model, _ in members(self.model)[1:])
            if key not in here if is_own else key not in there:
                yield row, column, pk


def _many(model):
    return list(model.history.model._history_m2m_fields)


def former_table(many):
    """The history's table of a many-to-many field."""
    return apps.get_model(many.model._meta.app_label, f"Historical{many.model.__name__}_{many.name}")


def _row(model, pk, source, links):
    """A Row of a record's own row, or of a line of its history: both have the same columns."""
    many = {field.name: frozenset(links.get(field.name, ())) for field in _many(model)}
    return Row(Key(model, pk), {column.attname: getattr(source, column.attname) for column in columns(model)}, many)


def _has_changed(before, after):
    if before is None or after is None:
        return before is not after
    return after.differs(before)


def _grouped(entries):
    """The entries in lists of what was saved at once."""
    group = []
    for entry in entries:
        if group and not _belongs(entry, group[-1]):
            yield group
            group = []
        group.append(entry)
    if group:
        yield group


def _belongs(entry, last):
    if entry.by != last.by:
        return False
    # Loading takes its time; it writes one kind of row after the other, and the links of rows before the rows.
    is_one_loading = entry.by is None and (entry.reason == last.reason != "" or not last.is_known)
    return entry.at - last.at <= PAUSE or is_one_loading


def references(row):
    """What a row's columns and many-to-many fields name: (field, number)."""
    for column in columns(row.key.model):
        if column.is_relation and row.values[column.attname] is not None:
            yield column, row.values[column.attname]
    for many in _many(row.key.model):
        for pk in sorted(row.many[many.name]):
            yield many, pk


def parts_named(row):
    """The Keys of the parts that a claim is about; at most one."""
    for column, pk in references(row):
        if column.name in PARTS:
            yield Key(column.related_model, pk)


def locked(record):
    """Holds a record, its parts and its claims until the transaction ends. Returns the record as it is now.

    Raises DoesNotExist where somebody has deleted it meanwhile.
    """
    found = type(record)._base_manager.select_for_update().get(pk=record.pk)
    for model, column in members(type(record))[1:]:
        list(model._base_manager.select_for_update().filter(**{column: record.pk}).order_by("pk"))
    return found


def standing(model, pks):
    """The rows of these numbers that the database has: {number: row}."""
    return model._base_manager.in_bulk(list(pks))


def rows_of(model, pks):
    """The same as a queryset."""
    return model._base_manager.filter(pk__in=list(pks))


def _as_open_as(now, row):
    """A claim as it stood once, that waits for a decision and is unverified if it does now."""
    kept = ("reopened_at", "verified_by_id", "verified_at") if now.values.get("reopened_at") else ("reopened_at",)
    return row._replace(values=row.values | {name: now.values[name] for name in kept if name in now.values})


def preferred_among(pks):
    """The claims of these numbers that are preferred."""
    return rows_of(Claim, pks).filter(rank=Rank.PREFERRED)
