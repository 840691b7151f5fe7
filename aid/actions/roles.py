from django.contrib.auth.models import Group, Permission
from django.db import transaction

from aid.actions.log import log
from aid.choices import AuditAction
from aid.rules.roles import ROLES


@transaction.atomic
def grant_roles():
    """Makes the groups of the four roles hold what the table of roles says, no more and no less.

    Returns the names of the groups that it made or changed. Other groups, and who is in which group, stay as they
    are. Raises LookupError for a permission in the table that the database does not know.
    """
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    missing = sorted(frozenset().union(*ROLES.values()) - known.keys())
    if missing:
        raise LookupError(f"The database has no permission {', '.join(missing)}. Run manage.py migrate first.")
    changed = []
    for role, names in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        granted = {known[name].pk for name in names}
        if set(group.permissions.values_list("pk", flat=True)) != granted:
            group.permissions.set(granted)
            changed.append(role)
            log(AuditAction.CHANGED, None, group, "Given the rights that the table of roles names.", changes=())
    return changed
