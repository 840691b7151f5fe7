"""The groups of the four roles.

The table below is a copy, frozen with the models of 0001: a migration has to do tomorrow what it did today. The
table that counts is aid/rules/roles.py; `manage.py grant_roles` brings the groups up to it after an upgrade.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

RECORDS = ("party", "person", "office", "pledge", "coalition", "agreement", "event", "statement", "assertion")
PARTS = ("pledgestage", "valuation", "membership", "signatory")
EVIDENCE = ("source", "passage", "claim")
EVERYTHING = (
    *RECORDS, *PARTS, *EVIDENCE, "article", "articlerevision", "sector", "exchangerate", "correction",
)


def may(actions, *models, app="aid"):
    return {(app, f"{action}_{model}") for action in actions.split() for model in models}


WRITER = may("view", *EVERYTHING) | may("add change", "article") | may("add", "articlerevision")
EDITOR = (
    WRITER
    | may("add change", *RECORDS, *PARTS, *EVIDENCE, "sector", "correction")
    | may("delete", *PARTS, "claim")
)
PUBLISHER = EDITOR | {("aid", "publish_article")}
ADMINISTRATOR = (
    PUBLISHER
    | may("add change delete", *EVERYTHING)
    | may("add change delete view", "user", "group", app="auth")
    | may("view", "permission", app="auth")
    | may("view", "logentry", app="admin")
)
ROLES = {"writer": WRITER, "editor": EDITOR, "publisher": PUBLISHER, "administrator": ADMINISTRATOR}


def make_groups(apps, schema_editor):
    alias = schema_editor.connection.alias
    # Django makes permissions only after the last migration, so those of these apps are made here.
    for label in ("aid", "auth", "admin"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, verbosity=0, using=alias, apps=apps)
        config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    numbers = {
        (label, codename): pk
        for label, codename, pk in Permission.objects.using(alias).values_list(
            "content_type__app_label", "codename", "pk"
        )
    }
    for role, names in ROLES.items():
        group, made = Group.objects.using(alias).get_or_create(name=role)
        if made:
            group.permissions.set([numbers[name] for name in names])


class Migration(migrations.Migration):
    dependencies = [
        ("aid", "0001_records"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Backwards the groups stay: people may be in them.
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
