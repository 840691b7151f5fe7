"""What the four roles may do of the work that came with the desk.

A copy, frozen as in 0002; the table that counts is aid/rules/roles.py. A right that an administrator has taken from
a group before stays taken: only rights that did not exist are given.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEEN = (
    "image", "publication", "signoff", "exemption", "previewlink", "previewvisit", "previewanswer", "formeraddress",
    "bulkchange", "linkcheck",
)
WRITER = {f"view_{name}" for name in SEEN} | {"add_image", "change_image"}
EDITOR = WRITER | {"check_article", "assign_article", "add_previewlink"}
PUBLISHER = EDITOR | {"merge_party", "view_auditentry", "export_auditentry"}
ADMINISTRATOR = PUBLISHER | {"delete_image"}
ROLES = {"writer": WRITER, "editor": EDITOR, "publisher": PUBLISHER, "administrator": ADMINISTRATOR}


def give_rights(apps, schema_editor):
    alias = schema_editor.connection.alias
    config = apps.get_app_config("aid")
    # Django makes permissions only after the last migration, so those of this app are made here.
    config.models_module = True
    create_permissions(config, verbosity=0, using=alias, apps=apps)
    config.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    numbers = dict(
        Permission.objects.using(alias).filter(content_type__app_label="aid").values_list("codename", "pk")
    )
    for group in Group.objects.using(alias).filter(name__in=ROLES):
        group.permissions.add(*(numbers[name] for name in ROLES[group.name]))


class Migration(migrations.Migration):
    dependencies = [("aid", "0005_article_columns"), ("aid", "0002_roles")]

    # Backwards the rights go with the tables that they are about.
    operations = [migrations.RunPython(give_rights, migrations.RunPython.noop)]
