"""How a list is shown: as lines, closely set lines, or a table with the columns that the reader wants. It is part of
the address, like the filters, and narrows nothing down."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

VIEW, COLUMNS = "view", "columns"
COMPACT, TABLE = "compact", "table"
VIEWS = (("", _("lines")), (COMPACT, _("close lines")), (TABLE, _("table")))
BETWEEN = "-"
# (name, label, what sorts by it and the other way round) of the columns of pledges, in their order.
OFFERED = (
    ("title", _("Pledge"), ()),
    ("announced", _("Announced"), ("newest", "oldest")),
    ("donor", _("Donor"), ("donor",)),
    ("recipient", _("Recipient"), ()),
    ("amount", _("Amount"), ("largest", "smallest")),
    ("stage", _("Stage"), ()),
    ("aid_type", _("Aid type"), ()),
    ("coalition", _("Coalition"), ()),
)
AT_FIRST = ("title", "announced", "donor", "recipient", "amount", "stage")
ORDER = {"newest": "descending", "oldest": "ascending", "donor": "ascending"}


@dataclass(frozen=True)
class Column:
    """A column of a table: where the address leads that sorts by it, and how it is sorted now, or ""."""

    name: str
    label: str
    is_on: bool
    sort: str = ""
    sorted: str = ""


class Shown:
    """How an address asks for a list to be shown. `values` is what its links keep; `ignored` has a sentence for each
    thing that cannot be done."""

    def __init__(self, query, has_table):
        self.has_table, self.ignored = has_table, []
        self.view = query.get(VIEW, "").strip()
        if self.view not in self._views():
            told = {"view": self.view[:40]}
            self.ignored.append(gettext("Ignored: there is no view “%(view)s” of this list.") % told)
            self.view = ""
        self.columns = self._asked(query.getlist(COLUMNS)) if self.view == TABLE else ()

    def _views(self):
        return [name for name, _ in VIEWS if self.has_table or name != TABLE]

    def _asked(self, given):
        asked = [name for text in given for name in text.split(BETWEEN) if name.strip()]
        known = [name for name, *_ in OFFERED]
        for name in dict.fromkeys(asked):
            if name not in known:
                self.ignored.append(gettext("Ignored: there is no column “%(column)s”.") % {"column": name[:40]})
        # A row is told by its name.
        return tuple(name for name in known if name in asked or name == "title") if set(asked) & set(known) else ()

    @property
    def values(self):
        values = {VIEW: self.view} if self.view else {}
        return values | ({COLUMNS: BETWEEN.join(self.columns)} if self.columns else {})

    def ways(self, addressed):
        """The ways to show the list: [(name, address, whether it is the one)]. `addressed` gives the list's address
        with changes."""
        kept = {COLUMNS: None}
        return [
            (label, addressed(**{VIEW: name or None}, **({} if name == TABLE else kept)), name == self.view)
            for name, label in VIEWS
            if name in self._views()
        ]

    def table(self, addressed, sort, keeps):
        """What a table needs beside its rows; None where the list is shown as lines."""
        if self.view != TABLE:
            return None
        on = self.columns or AT_FIRST
        columns = []
        for name, label, ways in OFFERED:
            now = next((way for way in ways if way == sort), "")
            other = next((way for way in ways if way != sort), "")
            order = ORDER.get(now, "other") if now else ""
            columns.append(Column(name, label, name in on, addressed(sort=other) if other else "", order))
        return {"offered": columns[1:], "columns": [one for one in columns if one.is_on], "keeps": keeps}
