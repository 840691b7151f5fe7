"""The audit log: one entry for each thing done on the desk."""

from aid.models.audit import AuditEntry


def log(action, by, row=None, message="", why="", changes=()):
    """Adds an entry to the audit log and returns it. `changes` are (field, what it was, what it is), as texts.

    `by` is None for what no account did, such as a command.
    """
    about = {} if row is None else {"kind": row._meta.model_name, "number": row.pk, "name": str(row)[:200]}
    return AuditEntry.objects.create(
        action=action,
        user=by,
        username=by.get_username() if by else "",
        message=message,
        why=why,
        changes=[[str(part) for part in change] for change in changes],
        **about,
    )
