"""That the four roles may see what was set aside and reopened.

A copy, frozen as in 0002 and 0006; the table that counts is aid/rules/roles.py.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

ROLES = ("writer", "editor", "publisher", "administrator")
SEEN = ("view_setaside", "view_reopening")


def give_rights(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("aid")
    # Django makes permissions only after the last migration, so those of this app are made here.
    config.models_module = True
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    found = Permission.objects.using(alias).filter(content_type__app_label="aid", codename__in=SEEN)
    for group in Group.objects.using(alias).filter(name__in=ROLES):
        group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [("aid", "0014_sources_reconsidered"), ("aid", "0002_roles")]

    # Backwards the rights go with the tables that they are about.
    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
