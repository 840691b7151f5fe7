"""What a coalition's page is asked about its members: by which source, and as of which day."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid.filters import shortened
from aid.queries.memberships import CERTAIN, LEFT, NOT_YET, POSSIBLE, MembersBySource

HEADINGS = {
    CERTAIN: (gettext_lazy("Certainly a member"), gettext_lazy("The source gives a day by which it had joined.")),
    POSSIBLE: (
        gettext_lazy("Possibly a member"),
        gettext_lazy("The source leaves open whether it had joined, or had left."),
    ),
    NOT_YET: (gettext_lazy("Not yet"), gettext_lazy("By the source it joined later.")),
    LEFT: (gettext_lazy("No longer"), gettext_lazy("By the source it had left.")),
}


@dataclass
class MembersAsked:
    """The members by one source, as of a day where one was asked for; `ignored` says what could not be used."""

    members: MembersBySource
    source: object = None
    day: date | None = None
    ignored: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, query, members):
        asked = cls(members)
        slug, written = query.get("source", "").strip(), query.get("on", "").strip()
        if slug:
            asked.source = members.source(slug)
            if asked.source is None:
                asked.ignored.append(
                    _("No source at the address “%(address)s” names members here. Choose one of the list.")
                    % {"address": shortened(slug)}
                )
        if written:
            asked.day = _day(written)
            if asked.day is None:
                asked.ignored.append(
                    _("“%(text)s” is no day. Write it like 2024-01-24.") % {"text": shortened(written)}
                )
        if asked.day and asked.source is None and not asked.ignored:
            # A day alone is asked of the source that the count rests on.
            asked.source = members.main
        return asked

    @property
    def kept(self):
        """What of the address can be used, as its parameters."""
        found = {"source": self.source.slug if self.source else "", "on": self.day.isoformat() if self.day else ""}
        return {name: value for name, value in found.items() if value}

    @property
    def groups(self):
        """What the source says as of the day: [(heading, what it means, [(Naming, why)])]."""
        if self.source is None or self.day is None:
            return []
        found = self.members.on(self.source, self.day)
        return [(*HEADINGS[state], rows) for state, rows in found.items() if rows]

    @property
    def named(self):
        return self.members.named_by(self.source) if self.source else []

    @property
    def differences(self):
        """How the others differ from the source asked for."""
        if self.source is None:
            return self.members.differences
        others = (other for other in self.members.sources if other != self.source)
        return [self.members.difference(self.source, other) for other in others]


def _day(written):
    """A day as YYYY-MM-DD, or None."""
    if len(written) != 10 or not written.isascii():
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
