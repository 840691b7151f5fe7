"""Which pledges a total adds up, each once, and why each of the others is left out.

A total is of a set of pledges at one stage. What the set is decides: a part stands for itself where its envelope is
not in the set. docs/architecture.md has the reasons.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import npgettext_lazy

from aid.choices import Stage
from aid.models.pledges import Pledge, PledgeStage
from aid.money import Money
from aid.queries.public import EVERYTHING, Listed


class Verdict(Enum):
    """What a total does with a pledge of its set."""

    COUNTED = "counted"
    UNKNOWN = "unknown"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    IN_ENVELOPE = "in-envelope"
    CIRCLE = "circle"

    @property
    def status(self):
        """What the list of a total's rows can be narrowed down to: counted, unknown or left-out."""
        return "left-out" if self.is_left_out else self.value

    @property
    def is_left_out(self):
        return self not in (Verdict.COUNTED, Verdict.UNKNOWN)


# What is told of each, for one pledge and for several, after a number.
LEFT_OUT = {
    Verdict.IN_ENVELOPE: npgettext_lazy(
        "after a number of pledges",
        "part of an envelope that is counted",
        "parts of envelopes that are counted",
        "number",
    ),
    Verdict.SUPERSEDED: npgettext_lazy(
        "after a number of pledges", "superseded by another pledge", "superseded by other pledges", "number"
    ),
    Verdict.CANCELLED: npgettext_lazy("after a number of pledges", "cancelled", "cancelled", "number"),
    Verdict.CIRCLE: npgettext_lazy(
        "after a number of pledges",
        "part of itself in the end, by a fault of the records",
        "part of itself in the end, by a fault of the records",
        "number",
    ),
}


def left_out(verdict, number):
    """Why so many pledges are left out, in words that follow the number."""
    return str(LEFT_OUT[verdict] % {"number": number})


class Entry(NamedTuple):
    """A pledge as a total sees it. The amount is that of the last step where that has one, else the whole one."""

    pk: int
    stage: str
    amount: Decimal | None
    currency: str
    unknown: str


class Judged(NamedTuple):
    """A pledge of a set with its Verdict, and the numbers of the pledges because of which it is left out."""

    entry: Entry
    verdict: Verdict
    because_of: tuple[int, ...] = ()


@dataclass(frozen=True)
class Ties:
    """How pledges lie within and follow one another: `envelopes` {part: envelope}, `successors` {pledge: what takes
    its place}. A pledge that was withdrawn takes nobody's place, but its parts still lie in what it lies in."""

    envelopes: dict[int, int]
    successors: dict[int, tuple[int, ...]]

    def around(self, pk):
        """The envelopes around a pledge, the nearest first, and what took the place of one of them."""
        found, waiting = {}, [self.envelopes[pk]] if pk in self.envelopes else []
        while waiting:
            at = waiting.pop(0)
            if at not in found:
                found[at] = True
                waiting += self.successors.get(at, ())
                if at in self.envelopes:
                    waiting.append(self.envelopes[at])
        return list(found)


class Counting:
    """Judges sets of pledges, as readers have them. What it needs besides the rows of a set it reads once, in two
    queries, for any number of sets."""

    def __init__(self, public=EVERYTHING, tied=None):
        """`tied` has (pledge, envelope, earlier one) of those that have either, where they are known already."""
        self.public, self._known_ties = public, tied

    @cached_property
    def ties(self):
        if self._known_ties is None:
            tied = self.public.named(Pledge.objects.all())
            tied = tied.filter(Q(part_of__isnull=False) | Q(supersedes__isnull=False)).order_by("pk")
            tied = tied.values_list("pk", "part_of", "supersedes")
        else:
            hidden = self.public.hidden.get(Pledge, ())
            tied = [row for row in self._known_ties if row[0] not in hidden]
        withdrawn, envelopes, successors = self.public.withdrawn.get(Pledge, ()), {}, defaultdict(list)
        for pk, envelope, earlier in tied:
            if envelope:
                envelopes[pk] = envelope
            if earlier and pk not in withdrawn:
                successors[earlier].append(pk)
        return Ties(envelopes, {pk: tuple(found) for pk, found in successors.items()})

    @cached_property
    def _last_steps(self):
        """{pledge: (amount, currency, the step's first and last day, its date as text)} of the last steps that are
        about another amount than the whole one."""
        later = PledgeStage.objects.filter(pledge=OuterRef("pledge"), position__gt=OuterRef("position")).order_by()
        last = PledgeStage.objects.filter(amount__isnull=False).exclude(Exists(self.public.of(later)))
        rows = self.public.of(last).order_by()
        columns = ("amount", "currency", "on_earliest", "on_latest", "on")
        return {pledge: step for pledge, *step in rows.values_list("pledge", *columns)}

    def amount_reached(self, pledge):
        """The amount of a pledge at the stage that it has reached, as Money, or None."""
        step = self._last_steps.get(pledge.pk)
        return Money(*step[:2]) if step else pledge.money

    def step_amount(self, pk):
        """(amount, currency) of a pledge's last step where it is about another amount than the whole one, or None."""
        step = self._last_steps.get(pk)
        return tuple(step[:2]) if step else None

    def step_dates(self, pk):
        """(first day, last day, text) of the step that a pledge's amount is of; None where it is the whole one."""
        step = self._last_steps.get(pk)
        return tuple(step[2:]) if step else None

    @cached_property
    def tied(self):
        """The numbers of the pledges that do not count by themselves with their whole amount, or because of which
        others do not."""
        ties = self.ties
        following = {pk for found in ties.successors.values() for pk in found}
        around = {*ties.envelopes, *ties.envelopes.values()}
        return sorted({*around, *ties.successors, *following, *self._last_steps})

    def entries(self, pledges, *columns):
        """The public ones of the pledges as Entries, with the values of more columns: [(Entry, values)]. One query,
        besides what is read once."""
        rows = self.public.of(pledges).order_by().prefetch_related(None)
        steps, found = self._last_steps, {}
        # A filter over the rows beside a pledge can find it several times.
        for pk, stage, amount, currency, unknown, *more in rows.values_list(
            "pk", "stage", "amount", "currency", "amount_unknown", *columns
        ):
            amount, currency = steps[pk][:2] if pk in steps else (amount, currency)
            found[pk] = Entry(pk, stage, amount, currency, unknown), more
        return list(found.values())

    def entries_of(self, pledges, numbers):
        """The Entries of those of the pledges that have one of the numbers. One query."""
        return [entry for entry, _ in self.entries(pledges.filter(pk__in=Listed(numbers)))]

    def judge(self, entries):
        """The Judged of each of the Entries of one set, in their order. No query, besides what is read once."""
        ties, by_number = self.ties, {entry.pk: entry for entry in entries}
        inside = {}

        def holders(pk):
            """The pledges of the set whose known amount at this stage holds that of a pledge already."""
            if pk not in inside:
                own = by_number[pk]
                inside[pk] = [
                    number
                    for number in ties.around(pk)
                    if number != pk
                    and (around := by_number.get(number))
                    and around.amount is not None
                    and around.stage == own.stage
                    and around.stage != Stage.CANCELLED
                    and number not in ties.successors
                ]
            return inside[pk]

        def judged(entry):
            if entry.pk in ties.successors:
                return Judged(entry, Verdict.SUPERSEDED, ties.successors[entry.pk])
            if entry.stage == Stage.CANCELLED:
                return Judged(entry, Verdict.CANCELLED)
            if entry.pk in ties.envelopes and (found := holders(entry.pk)):
                counted = tuple(number for number in found if not holders(number))
                return Judged(entry, Verdict.IN_ENVELOPE if counted else Verdict.CIRCLE, counted[:1] or tuple(found))
            return Judged(entry, Verdict.UNKNOWN if entry.amount is None else Verdict.COUNTED)

        return [judged(entry) for entry in entries]


def told(numbers):
    """{Verdict: number left out} as [(number, sentence's part)], the most frequent first."""
    order = list(Verdict)
    ranked = sorted(numbers.items(), key=lambda pair: (-pair[1], order.index(pair[0])))
    return [(number, left_out(verdict, number)) for verdict, number in ranked if number]
