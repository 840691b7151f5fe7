"""Pledges divided into groups by donor, sector, year and so on, each group with its totals, as the whole has them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from aid import nouns
from aid.choices import AidType, Basis, Stage
from aid.models.coalitions import Coalition
from aid.models.parties import Party
from aid.models.pledges import Sector
from aid.queries.counting import Verdict
from aid.queries.public import EVERYTHING
from aid.queries.summing import DATE_BASIS, DOUBTED
from aid.queries.totals import StageTotal

# How a group is called whose rows say nothing of what they are divided by.
NOT_KNOWN = "unknown"


@dataclass(frozen=True)
class Division:
    """A way to divide pledges into groups, each with its total. `names` gives {key: name} in the order of the groups,
    asked with the keys and `public`."""

    name: str  # as the address has it
    noun: str  # what a group is, for readers
    counted: str  # the same, as nouns.counted has it
    parameter: str  # the filter that gives one group
    names: Callable
    not_known: str  # how the group of those that say nothing is called
    kind: type | None = None  # whose pages the groups' names lead to
    together: tuple[str, ...] = ()  # the filters that give one group together, where no single one does


def _slugs(model):
    def names(keys, public):
        rows = public.named(model.objects.filter(slug__in=keys))
        return rows.names_here() if model is Party else dict(rows.order_by("name").values_list("slug", "name"))

    return names


def _sector_names(keys, public):
    found = defaultdict(list)
    for code, name in Sector.objects.filter(code__in=keys).order_by("name").values_list("code", "name"):
        found[code].append(name)
    return {code: " / ".join(map(nouns.sector, names)) for code, names in found.items()}


def only_year(earliest, latest):
    """The year within which a date lies for certain, as text; NOT_KNOWN where it has no year or spans several."""
    if earliest is None or latest is None or earliest.year != latest.year:
        return NOT_KNOWN
    return str(earliest.year)


def _labels(vocabulary):
    return lambda keys, public: {term.value: str(term.label) for term in vocabulary if term.value in keys}


DIVISIONS = {
    division.name: division
    for division in (
        Division(
            "donor",
            pgettext_lazy("what totals are divided by", "donor"),
            "donor",
            "donor",
            _slugs(Party),
            "",
            Party,
        ),
        Division(
            "recipient",
            pgettext_lazy("what totals are divided by", "recipient"),
            "recipient",
            "recipient",
            _slugs(Party),
            "",
            Party,
        ),
        Division(
            "stage",
            pgettext_lazy("what totals are divided by", "stage"),
            "stage",
            "stage",
            _labels(Stage),
            "",
        ),
        Division(
            "aid_type",
            pgettext_lazy("what totals are divided by", "aid type"),
            "aid type",
            "aid_type",
            _labels(AidType),
            _("Aid type not stated"),
        ),
        Division(
            "sector",
            pgettext_lazy("what totals are divided by", "sector"),
            "sector",
            "sector",
            _sector_names,
            _("No sector recorded"),
        ),
        Division(
            "coalition",
            pgettext_lazy("what totals are divided by", "coalition"),
            "coalition",
            "coalition",
            _slugs(Coalition),
            _("No coalition recorded"),
            Coalition,
        ),
        Division(
            "year",
            pgettext_lazy("what totals are divided by", "year"),
            "year",
            "only_year",
            lambda keys, public: {key: key for key in sorted(keys, reverse=True) if key != NOT_KNOWN},
            _("Year not stated"),
        ),
    )
}


@dataclass
class Group:
    """One group of a division with its totals."""

    key: str
    name: str
    totals: list[StageTotal]
    url: str = ""
    # Of a year: of how many pledges it is inferred or uncertain.
    uncertain: int = 0


@dataclass
class Divided:
    """A set of pledges with its totals, whole and in groups.

    The groups are each judged by themselves, as the list of pledges filtered to one would be: a part counts where its
    envelope is in another group. `several` pledges are in more than one group, and so many `more` count in a group
    and not in the whole.
    """

    totals: list[StageTotal]
    groups: list[Group]
    several: int = 0
    more: int = 0


def divided(summing, held, division, public=EVERYTHING, only=""):
    """The Divided of a set of the pledges of an index (queries/summing.py); of the groups the one alone that `only`
    names, if any.

    One query for the names of the groups, and what `summing` reads once.
    """
    index = summing.index
    sets = _sets_of(index, division, held)
    found_once = found_again = 0
    for at in sets.values():
        found_again |= found_once & at
        found_once |= at
    if only:
        sets = {key: at for key, at in sets.items() if key == only}
    whole = summing.tied_in(held)
    judged = {key: summing.tied_in(at) for key, at in sets.items()}
    left_out = {one.entry.pk for one in whole if one.verdict == Verdict.IN_ENVELOPE}
    more = {
        one.entry.pk
        for group in judged.values()
        for one in group
        if one.entry.pk in left_out and not one.verdict.is_left_out
    }
    totals = summing.totals_of({None: held, **sets}, {None: whole, **judged})
    doubted = index.sets[DOUBTED].get(True, 0) | index.sets[DATE_BASIS].get(Basis.INFERRED.value, 0)
    is_by_year = division.name == "year"
    names = division.names(set(sets), public)
    order = [*names, *(key for key in sorted(sets) if key not in names and key != NOT_KNOWN)]
    groups = [
        Group(
            key,
            names.get(key, key),
            totals[key],
            _url(division, key),
            (sets[key] & doubted).bit_count() if is_by_year else 0,
        )
        for key in order
        if key in sets
    ]
    if NOT_KNOWN in sets:
        groups.append(Group(NOT_KNOWN, division.not_known, totals[NOT_KNOWN]))
    return Divided(totals[None], groups, found_again.bit_count(), len(more))


def _sets_of(index, division, held):
    """The groups of a set as sets, by their keys; a key is several where it takes several filters to give a group."""
    if not division.together:
        return {key: at & held for key, at in index.sets[division.parameter].items() if at & held}
    found = {(): held}
    for parameter in division.together:
        found = {
            (*key, value): here
            for key, at in found.items()
            for value, those in index.sets[parameter].items()
            if (here := at & those)
        }
    return found


def is_doubted(text):
    """Whether a date, as EDTF, says of itself that it is uncertain or approximate."""
    return any(sign in text for sign in "?~%")


def _url(division, key):
    return division.kind(slug=key).get_absolute_url() if division.kind else ""
