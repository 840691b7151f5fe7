"""The roles of the newsroom: which role may do what. A role is a group of the same name.

The table is data. `aid/actions/roles.py` writes it into the groups. A permission is written `app.action_model`, as
`user.has_perm` takes it.
"""

RECORDS = ("party", "person", "office", "pledge", "coalition", "agreement", "event", "statement", "assertion")
PARTS = ("pledgestage", "valuation", "membership", "signatory")
EVIDENCE = ("source", "passage", "claim")
WRITING = ("article", "articlerevision")
REFERENCE = ("sector", "exchangerate")
# What the desk writes down about its own work. Whoever may do the work may; nobody types such a row or changes it.
DESK = (
    *("publication", "signoff", "exemption", "previewlink", "previewvisit", "previewanswer", "formeraddress"),
    *("bulkchange", "linkcheck", "auditentry", "setaside", "reopening", "report"),
)
# What is an account's own: no permission opens it to another.
OWN = ("presence", "autosave", "deskpreference", "reporttally")
# What the site makes of the records for itself. Nobody sees or types such a row.
MADE = ("searchentry", "searchtext", "searchmention", "searchwords", "searchstale", "contentchange")
EVERYTHING = (*RECORDS, *PARTS, *EVIDENCE, *WRITING, *REFERENCE, "correction", "image")


def _may(actions, *models, app="aid"):
    return frozenset(f"{app}.{action}_{model}" for action in actions.split() for model in models)


# A revision is never changed, a new one is added; so no role but the administrator's has change_articlerevision.
_WRITER = (
    _may("view", *EVERYTHING, *(name for name in DESK if name != "auditentry"))
    | _may("add change", "article", "image")
    | _may("add", "articlerevision")
)
_EDITOR = (
    _WRITER
    | _may("add change", *RECORDS, *PARTS, *EVIDENCE, "sector", "correction")
    | _may("delete", *PARTS, "claim")
    | _may("check assign", "article")
    | _may("add", "previewlink")
    | _may("change", "report")
)
_PUBLISHER = _EDITOR | {"aid.publish_article", "aid.merge_party"} | _may("view export", "auditentry")
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
