"""A copy of the documents is what loading them gives, row for row."""

import pytest
from django.core.management import call_command
from django.db import transaction

from aid.exchange.fixtures import fixture_files, load_missing
from aid.models import Pledge
from tests import builders, loaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty")]


def everything():
    tables = loaded.tables_of_content()
    return {table: sorted(loaded._rows(table, columns), key=repr) for table, columns in tables.items()}


def test_a_copy_is_what_loading_gives_and_the_next_row_has_a_number_of_its_own(monkeypatch, time_machine):
    time_machine.move_to("2026-03-03T09:00Z", tick=False)
    monkeypatch.setattr(loaded, "_copies", {})
    with transaction.atomic():
        loaded.load(fixture_files())
        first = everything()
        transaction.set_rollback(True)
    assert not Pledge.objects.exists()

    monkeypatch.setattr(loaded, "load_missing", None)
    loaded.load(fixture_files())

    assert everything() == first
    assert Pledge.objects.count() > 1
    assert builders.make_party().pk > max(row[0] for row in first["aid_party"])
    assert load_missing(fixture_files()).added == 0
    call_command("check_ledger")
