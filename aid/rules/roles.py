"""The roles of the newsroom: which role may do what. A role is a group of the same name.

The table is data. `aid/actions/roles.py` writes it into the groups. A permission is written `app.action_model`, as
`user.has_perm` takes it.
"""

RECORDS = ("party", "person", "office", "pledge", "coalition", "agreement", "event", "statement", "assertion")
PARTS = ("pledgestage", "valuation", "membership", "signatory")
EVIDENCE = ("source", "passage", "claim")
WRITING = ("article", "articlerevision")
REFERENCE = ("sector", "exchangerate")
EVERYTHING = (*RECORDS, *PARTS, *EVIDENCE, *WRITING, *REFERENCE, "correction")


def _may(actions, *models, app="aid"):
    return frozenset(f"{app}.{action}_{model}" for action in actions.split() for model in models)


# A revision is never changed, a new one is added; so no role but the administrator's has change_articlerevision.
_WRITER = _may("view", *EVERYTHING) | _may("add change", "article") | _may("add", "articlerevision")
_EDITOR = (
    _WRITER
    | _may("add change", *RECORDS, *PARTS, *EVIDENCE, "sector", "correction")
    | _may("delete", *PARTS, "claim")
)
_PUBLISHER = _EDITOR | {"aid.publish_article"}
_ADMINISTRATOR = (
    _PUBLISHER
    | _may("add change delete", *EVERYTHING)
    | _may("add change delete view", "user", "group", app="auth")
    | _may("view", "permission", app="auth")
    | _may("view", "logentry", app="admin")
)

ROLES = {
    "writer": _WRITER,
    "editor": _EDITOR,
    "publisher": _PUBLISHER,
    "administrator": _ADMINISTRATOR,
}
