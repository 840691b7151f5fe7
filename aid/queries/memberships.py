"""Who is a member of a coalition by which source, and as of which day; and how two sources differ in it."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext, pgettext

from aid.choices import MembershipRole, Rank
from aid.dates import bounds
from aid.formats import listed
from aid.models.claims import Claim
from aid.models.coalitions import Membership
from aid.models.sources import Source
from aid.queries.readings import date_text, in_words

FIELDS = ("party", "role", "joined_on", "left_on")
# How sure it is that a party is a member on a day.
CERTAIN, POSSIBLE, NOT_YET, LEFT = "certain", "possible", "not_yet", "left"


@dataclass
class Naming:
    """What one source says of one party's membership: its claims, by their field."""

    membership: Membership
    claims: dict[str, Claim] = field(default_factory=dict)

    @property
    def party(self):
        return self.membership.party

    def value(self, name):
        """What the source says of a field, as canonical text; "" where it says nothing."""
        return self.claims[name].value if name in self.claims else ""

    @property
    def role(self):
        """The role in words; "" where the source gives none."""
        value = self.value("role")
        return str(MembershipRole(value).label) if value in MembershipRole.values else value

    @property
    def days(self):
        """When it joined and left by this source, in words."""
        return ", ".join(filter(None, (self._joined, self._left)))

    @property
    def _joined(self):
        day = self._day("joined_on")
        return pgettext("of a member", "joined %(date)s") % {"date": day} if day else ""

    @property
    def _left(self):
        day = self._day("left_on")
        return pgettext("of a member", "left %(date)s") % {"date": day} if day else ""

    def _day(self, name):
        return date_text(self.value(name), self.claims[name].basis) if name in self.claims else ""

    def standing_on(self, day):
        """(CERTAIN, POSSIBLE, NOT_YET or LEFT, why) on a day, by the bounds of the dates that the source gives.

        A source that gives no day of leaving is taken to know of none.
        """
        joined, left = self.value("joined_on"), self.value("left_on")
        begins, ends = sure_bounds(joined), sure_bounds(left)
        if left and ends.latest and day > ends.latest:
            return LEFT, self._left
        if joined and begins.earliest and day < begins.earliest:
            return NOT_YET, self._joined
        if not joined:
            return POSSIBLE, gettext("the source does not say when it joined")
        if begins.latest is None or day < begins.latest:
            return POSSIBLE, self._joined
        if left and (ends.earliest is None or day >= ends.earliest):
            return POSSIBLE, self._left
        return CERTAIN, self._joined


def sure_bounds(text):
    """The days between which an EDTF date surely lies: none for one that is uncertain or approximate."""
    return bounds("" if re.search("[?~%]", text) else text)


@dataclass
class Line:
    """One party in the table of members by source, with what each source says of it; None for one that does not
    name it."""

    membership: Membership
    cells: list[Naming | None]


@dataclass
class Difference:
    """How another source differs from one in whom it names, as sentences."""

    one: Source
    other: Source
    both: int
    only_one: list[Naming]
    only_other: list[Naming]
    otherwise: list[tuple[Naming, Naming]]

    @property
    def is_none(self):
        return not (self.only_one or self.only_other or self.otherwise)

    @property
    def count(self):
        """How many parties the other source names."""
        return self.both + len(self.only_other)


class MembersBySource:
    """The memberships of a coalition with the sources that name them, from a record's Dossier. No query."""

    def __init__(self, dossier):
        self._by_source, sources = {}, {}
        memberships = {row.pk: row for row in dossier.rows if isinstance(row, Membership)}
        for claim in dossier.claims:
            row = memberships.get(claim.membership_id)
            if row is None or claim.source_id is None or claim.rank == Rank.WITHDRAWN or claim.field not in FIELDS:
                continue
            named = self._by_source.setdefault(claim.source_id, {}).setdefault(row.pk, Naming(row))
            # Of two claims of one source about a field the preferred one stands.
            if claim.field not in named.claims or claim.rank == Rank.PREFERRED:
                named.claims[claim.field] = claim
            sources[claim.source_id] = claim.source
        for source in list(sources):
            named = {pk: one for pk, one in self._by_source[source].items() if "party" in one.claims}
            self._by_source[source] = named
            if not named:
                del sources[source]
        self.counted = [row for row in memberships.values() if row.is_counted]
        # Who is named beside those counted; a row that no source names is no member of anything.
        found = {pk for named in self._by_source.values() for pk in named}
        self.beside = [row for row in memberships.values() if not row.is_counted and row.pk in found]
        self.sources = sorted(sources.values(), key=lambda source: (-self._preferred(source), source.pk))

    def _preferred(self, source):
        named = self._by_source[source.pk].values()
        return sum(one.claims["party"].rank == Rank.PREFERRED for one in named)

    @property
    def main(self):
        """The source on which most of the count rests, or None."""
        return self.sources[0] if self.sources and self._preferred(self.sources[0]) else None

    @property
    def is_by_one_source(self):
        """Whether one source bears out the whole count."""
        return self.main is not None and self._preferred(self.main) == len(self.counted)

    def source(self, slug):
        """The source at an address that names members here, or None."""
        return next((source for source in self.sources if source.slug == slug), None)

    def named_by(self, source):
        """The Namings of a source, in the order of the parties' names."""
        return sorted(self._by_source[source.pk].values(), key=lambda one: one.party.name)

    @cached_property
    def lines(self):
        """Every party that is counted or named beside those that are, by name, each with a cell for each source."""
        rows = sorted([*self.counted, *self.beside], key=lambda row: row.party.name)
        return [Line(row, [self._by_source[source.pk].get(row.pk) for source in self.sources]) for row in rows]

    def on(self, source, day):
        """The Namings of a source by how they stand on a day: {state: [(Naming, why)]}."""
        found = {CERTAIN: [], POSSIBLE: [], NOT_YET: [], LEFT: []}
        for naming in self.named_by(source):
            state, why = naming.standing_on(day)
            found[state].append((naming, why))
        return found

    def difference(self, one, other):
        """How the other source differs from one."""
        first, second = self._by_source[one.pk], self._by_source[other.pk]
        both = [row for row in first if row in second]
        return Difference(
            one,
            other,
            len(both),
            [naming for naming in self.named_by(one) if naming.membership.pk not in second],
            [naming for naming in self.named_by(other) if naming.membership.pk not in first],
            [(first[row], second[row]) for row in both if _says_otherwise(first[row], second[row])],
        )

    @property
    def differences(self):
        """How each other source differs from the main one."""
        return [self.difference(self.main, other) for other in self.sources if self.main and other != self.main]


def _says_otherwise(one, other):
    """Whether two sources give a party another role or other days; what only one of them gives is no difference."""
    pairs = ((one.value(name), other.value(name)) for name in FIELDS)
    return any(first and second and first != second for first, second in pairs)


def named(namings):
    """Parties in running text: “Belgium, Denmark and Estonia”."""
    return listed(naming.party for naming in namings)


def difference_sentence(found):
    """A Difference in words: “It names nine: Belgium as well and not Italy.”"""
    sentences = []
    told = {"count": in_words(found.count)}
    if found.only_one:
        told["fewer"] = named(found.only_one)
    if found.only_other:
        told["more"] = named(found.only_other)
    if found.only_one and found.only_other:
        sentence = gettext("It names %(count)s: %(more)s as well and not %(fewer)s.")
    elif found.only_other:
        sentence = gettext("It names %(count)s: %(more)s as well.")
    elif found.only_one:
        sentence = gettext("It names %(count)s: not %(fewer)s.")
    else:
        sentence = gettext("It names the same %(count)s.")
    sentences.append(sentence % told)
    for one, other in found.otherwise:
        if one.value("role") and other.value("role") and one.value("role") != other.value("role"):
            roles = {"party": other.party, "role": other.role.lower(), "other_role": one.role.lower()}
            sentences.append(gettext("It gives %(party)s the role “%(role)s”, not “%(other_role)s”.") % roles)
        if any(one.value(n) and other.value(n) and one.value(n) != other.value(n) for n in ("joined_on", "left_on")):
            days = {"party": other.party, "days": other.days, "other_days": one.days}
            sentences.append(gettext("%(party)s: %(days)s, not %(other_days)s.") % days)
    return " ".join(sentences)
