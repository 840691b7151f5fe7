"""The audit log: one entry for each thing done on the desk."""

from django.utils.translation import override

from aid.languages import DEFAULT
from aid.models.audit import AuditEntry

NAME = AuditEntry._meta.get_field("name").max_length
USERNAME = AuditEntry._meta.get_field("username").max_length


@override(DEFAULT)
def log(action, by, row=None, message="", why="", changes=None):
    """Adds an entry to the audit log and returns it. `changes` are (field, what it was, what it is), as texts.

    `by` is None for what no account did, such as a command. Where the row comes from a form, `changes` are by default
    what was changed in that form; the form then adds no second entry. The log is written in one language.
    """
    about = {}
    if row is not None:
        about = {"kind": row._meta.model_name, "number": row.pk, "name": plain(str(row), NAME)}
        row.is_logged = True
    if changes is None:
        changes = getattr(row, "typed_changes", ())
    return AuditEntry.objects.create(
        action=action,
        user=by,
        username=by.get_username() if by else "",
        message=message,
        why=why,
        changes=[[str(part) for part in change] for change in changes],
        **about,
    )


def log_stranger(action, username, message=""):
    """Adds an entry about somebody who is not signed in, under the name that they gave themselves."""
    return AuditEntry.objects.create(action=action, username=plain(username, USERNAME), message=message)


def plain(text, length):
    """The text on one line, without the control characters that a log would be misread by, cut to a length."""
    letters = (" " if letter.isspace() else letter for letter in text[: 10 * length])
    return "".join(letter for letter in letters if letter.isprintable())[:length]
