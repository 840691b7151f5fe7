import importlib
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import connection

import aid.migrations
from aid.actions import roles
from aid.actions.roles import grant_roles
from aid.rules.roles import ROLES

pytestmark = pytest.mark.django_db


REPORTS = next(path.stem for path in Path(aid.migrations.__path__[0]).glob("*_reports.py"))


def held(name):
    pairs = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in pairs}


@pytest.fixture(autouse=True)
def made_by_the_migrations(db):
    """A test with a live server leaves no rows behind: then what the migrations make is made again."""
    if Group.objects.exists():
        return
    modules = {config: config.models_module for config in apps.get_app_configs()}
    steps = (
        ("0002_roles", "make_groups"),
        ("0006_desk_roles", "give_rights"),
        ("0015_reconsidering_roles", "give_rights"),
        (REPORTS, "give_rights"),
    )
    for name, make in steps:
        getattr(importlib.import_module(f"aid.migrations.{name}"), make)(apps, SimpleNamespace(connection=connection))
    for config, module in modules.items():
        config.models_module = module


@pytest.mark.parametrize("role", ROLES)
def test_migration_made_the_group_with_its_permissions(role):
    first = importlib.import_module("aid.migrations.0002_roles").ROLES[role]
    later = importlib.import_module("aid.migrations.0006_desk_roles").ROLES[role]

    # A role that has grown since holds what the migrations gave it until grant_roles runs.
    seen = importlib.import_module("aid.migrations.0015_reconsidering_roles").SEEN
    granted = {f"{app}.{codename}" for app, codename in first} | {f"aid.{codename}" for codename in (*later, *seen)}
    granted |= {"aid.view_report"} | ({"aid.change_report"} if role != "writer" else set())
    assert held(role) == granted


def test_grant_roles_makes_the_groups_follow_the_table():
    grant_roles()
    Group.objects.get(name="writer").delete()
    Group.objects.get(name="editor").permissions.add(Permission.objects.get(codename="delete_user"))
    Group.objects.create(name="interns")

    assert grant_roles() == ["writer", "editor"]
    assert {role: held(role) for role in ROLES} == ROLES
    assert held("interns") == set()


def test_grant_roles_again_changes_nothing():
    grant_roles()

    assert grant_roles() == []


def test_grant_roles_keeps_who_is_in_a_group(editor):
    grant_roles()

    assert [group.name for group in editor.user.groups.all()] == ["editor"]


def test_grant_roles_names_a_permission_that_does_not_exist_and_grants_nothing(monkeypatch):
    grant_roles()
    monkeypatch.setattr(roles, "ROLES", {"writer": {"aid.view_party"}, "editor": {"aid.fly_kite"}})

    with pytest.raises(LookupError, match=r"aid\.fly_kite"):
        grant_roles()

    assert held("writer") == ROLES["writer"]


def test_command_says_what_it_changed(capsys):
    Group.objects.get(name="publisher").permissions.clear()

    call_command("grant_roles")
    call_command("grant_roles")

    first, second = capsys.readouterr().out.splitlines()
    assert "publisher" in first
    assert second == "The groups hold what the table of roles says already. Nothing was changed."


def test_command_stops_with_a_sentence(monkeypatch):
    monkeypatch.setattr(roles, "ROLES", {"writer": {"aid.fly_kite"}})

    with pytest.raises(CommandError, match=r"aid\.fly_kite"):
        call_command("grant_roles")
