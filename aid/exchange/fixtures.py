"""Loads the documents of `fixtures/` into a database that editors may have worked in: adds rows, changes none.

`loaddata` overwrites each row that a file names. This adds what is missing and leaves every row that exists as it
stands, in whatever order the files name them.
"""

import json
from graphlib import TopologicalSorter
from pathlib import Path
from typing import NamedTuple

from django.apps import apps
from django.conf import settings
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, transaction

from aid.actions.beginnings import begin_histories
from aid.actions.log import log
from aid.choices import AuditAction
from aid.models import Source

FAULTS = (DeserializationError, FieldDoesNotExist, ObjectDoesNotExist, ValidationError, DatabaseError, ValueError)


class FixtureError(Exception):
    """A fixture file that cannot be loaded; says which file, which row, and why."""


class Loaded(NamedTuple):
    documents: list  # the titles of the sources that were added
    added: int  # rows
    kept: int  # rows that stood in the database already and were left alone


def fixture_files():
    """The files to load, in the order of their names; folders beside them are not looked into."""
    return [path for folder in settings.FIXTURE_DIRS for path in sorted(Path(folder).glob("*.json"))]


def example_files():
    """The files of invented texts, which are loaded only where somebody asks for them: those in `examples/`."""
    return [path for folder in settings.FIXTURE_DIRS for path in sorted(Path(folder).glob("examples/*.json"))]


def load_missing(paths):
    """Adds the documents that the database does not hold, with all that comes with them, in one transaction.

    A file is left alone once all its sources are known; a file without sources (parties, rates) is looked at
    whenever a document is added. Raises FixtureError, and adds nothing then.
    """
    files = {Path(path): _read(Path(path)) for path in paths}
    missing = {path: _unknown_sources(rows) for path, rows in files.items()}
    titles = [title for found in missing.values() for title in found]
    if not titles:
        return Loaded([], 0, sum(map(len, files.values())))
    wanted = [
        (path, place, row)
        for path, rows in files.items()
        if missing[path] or not any(map(_is_source, rows))
        for place, row in enumerate(rows, start=1)
    ]
    with transaction.atomic():
        added = _add(_parents_first(wanted))
        begin_histories()
        log(AuditAction.ADDED, None, message=f"Loaded from files: {'; '.join(titles)}. {added:,} rows.")
    return Loaded(titles, added, len(wanted) - added)


def _read(path):
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FixtureError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "model" in row for row in rows):
        raise FixtureError(f"{path.name} is no list of rows that each name their model.")
    if any(row.get("pk") is not None for row in rows):
        raise FixtureError(f"{path.name} numbers its rows (“pk”). Leave the numbers out: rows have natural keys.")
    return rows


def _is_source(row):
    return row["model"].lower() == "aid.source"


def _unknown_sources(rows):
    """The titles of a file's sources that the database knows neither by their address nor by their text."""
    titles = []
    for fields in (row.get("fields", {}) for row in rows if _is_source(row)):
        if not Source.objects.holding(fields.get("slug", ""), fields.get("text", "")).exists():
            titles.append(fields.get("title") or fields.get("slug", ""))
    return titles


def _model(row):
    try:
        return apps.get_model(row["model"])
    except (LookupError, ValueError) as error:
        raise FixtureError(f"There is no model {row['model']}.") from error


def _parents_first(wanted):
    """Sorts rows so that what a row refers to comes before it, as far as its model decides that."""
    models = {_model(row) for _, _, row in wanted}
    needs = {
        model: {field.related_model for field in model._meta.fields if field.related_model in models - {model}}
        for model in models
    }
    order = TopologicalSorter(needs).static_order()
    places = {model: place for place, model in enumerate(order)}
    return sorted(wanted, key=lambda item: places[_model(item[2])])


def _add(wanted):
    """Adds the rows that do not exist; returns how many."""
    added, unfinished = 0, []
    for path, place, row in wanted:
        where = f"{path.name}, row {place} ({row['model']})"
        try:
            (item,) = serializers.deserialize("python", [row], handle_forward_references=True)
            if item.object.pk is not None:
                continue
            # Its history begins with the moment that the row gives, once all of it is there.
            item.object.skip_history_when_saving = True
            item.save()
            added += 1
            if item.deferred_fields:
                unfinished.append((where, item))
        except FAULTS as error:
            raise FixtureError(f"{where}: {error}") from error
    for where, item in unfinished:
        try:
            item.save_deferred_fields()
        except (DeserializationError, DatabaseError) as error:
            raise FixtureError(f"{where} refers to a row that is nowhere: {error}") from error
    return added
