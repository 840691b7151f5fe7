"""What lies in an envelope, and what is left of it: its amount less that of the parts that can be set against it."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import npgettext_lazy

from aid.choices import Stage
from aid.models.pledges import Pledge
from aid.money import Money
from aid.queries.counting import Counting
from aid.queries.provenance import LADDER

# Why a part is not set against its envelope, as words that follow the number of parts, and whether what is left
# is then less than it seems.
UNKNOWN, CURRENCY, EARLIER, CANCELLED, SUPERSEDED = "unknown", "currency", "earlier", "cancelled", "superseded"
NOT_SET_AGAINST = {
    UNKNOWN: (
        npgettext_lazy(
            "after a number of parts of an envelope",
            "whose amount is not known",
            "whose amount is not known",
            "number",
        ),
        True,
    ),
    CURRENCY: (
        npgettext_lazy(
            "after a number of parts of an envelope", "in another currency", "in another currency", "number"
        ),
        True,
    ),
    EARLIER: (
        npgettext_lazy(
            "after a number of parts of an envelope",
            "that has not come as far as the envelope",
            "that has not come as far as the envelope",
            "number",
        ),
        False,
    ),
    CANCELLED: (
        npgettext_lazy(
            "after a number of parts of an envelope", "that was cancelled", "that was cancelled", "number"
        ),
        False,
    ),
    SUPERSEDED: (
        npgettext_lazy(
            "after a number of parts of an envelope", "that is superseded", "that is superseded", "number"
        ),
        False,
    ),
}


@dataclass
class Envelope:
    """An envelope with the public parts that lie in it directly, also those that were recorded under a pledge whose
    place it took. Parts at its own stage or further on, in its currency, are set against its amount."""

    money: Money | None
    stage: Stage
    numbers: list[int]
    against: Decimal = Decimal(0)
    set_against: int = 0
    left_aside: Counter = field(default_factory=Counter)
    # What the parts come to where there is nothing to set them against.
    sums: dict[str, Decimal] = field(default_factory=dict)

    @property
    def left(self):
        """The amount less its parts, never below zero; None where the envelope's amount is not known or it was
        cancelled."""
        if self.money is None or self.stage == Stage.CANCELLED:
            return None
        return Money(max(self.money.amount - self.against, Decimal(0)), self.money.currency)

    @property
    def excess(self):
        """By how much the parts exceed the envelope, as Money; None where they do not."""
        if self.left is None or self.against <= self.money.amount:
            return None
        return Money(self.against - self.money.amount, self.money.currency)

    @property
    def parts_money(self):
        return Money(self.against, self.money.currency)

    @property
    def is_most(self):
        """What is left is an upper bound, because some of the parts would take from it what nobody knows."""
        return any(NOT_SET_AGAINST[why][1] for why in self.left_aside)

    @property
    def reasons(self):
        """[(number of parts that are not set against it, why)]"""
        found = ((self.left_aside[why], told) for why, (told, _) in NOT_SET_AGAINST.items())
        return [(number, str(told % {"number": number})) for number, told in found if number]


def family(pledge, ties):
    """The numbers of a pledge and of all those whose place it has taken in the end."""
    earlier = {}
    for before, followers in ties.successors.items():
        for follower in followers:
            earlier.setdefault(follower, []).append(before)
    found, waiting = {pledge.pk}, [pledge.pk]
    while waiting:
        for before in earlier.get(waiting.pop(), ()):
            if before not in found:
                found.add(before)
                waiting.append(before)
    return found


def parts_in(pledge, ties):
    """The pledges that lie directly in an envelope, or in one whose place it took."""
    own = family(pledge, ties)
    return Pledge.objects.filter(part_of__in=own).exclude(pk__in=own)


def envelope_of(pledge, counting: Counting):
    """The Envelope that a pledge is, or None where nothing lies in it. Two queries, besides what is read once."""
    parts = [entry for entry, _ in counting.entries(parts_in(pledge, counting.ties))]
    if not parts:
        return None
    own = counting.amount_reached(pledge)
    found = Envelope(own, Stage(pledge.stage), sorted(entry.pk for entry in parts))
    for entry in parts:
        why = _why_not_against(entry, found, counting.ties)
        if why:
            found.left_aside[why] += 1
        elif own is None:
            found.sums[entry.currency] = found.sums.get(entry.currency, Decimal(0)) + entry.amount
        else:
            found.against += entry.amount
        found.set_against += not why
    return found


def _why_not_against(entry, envelope, ties):
    if entry.pk in ties.successors:
        return SUPERSEDED
    if entry.stage == Stage.CANCELLED:
        return CANCELLED
    if envelope.stage in LADDER and LADDER.index(entry.stage) < LADDER.index(envelope.stage):
        return EARLIER
    if entry.amount is None:
        return UNKNOWN
    if envelope.money is not None and entry.currency != envelope.money.currency:
        return CURRENCY
    return ""


def envelope_now(pledge, counting: Counting):
    """What has taken the place of the envelope that a pledge is part of, or None where it stands itself."""
    at, seen = pledge.part_of_id, set()
    while at in counting.ties.successors and at not in seen:
        seen.add(at)
        at = counting.ties.successors[at][0]
    if at in (None, pledge.part_of_id, pledge.pk):
        return None
    return counting.public.of(Pledge.objects.all()).in_bulk([at]).get(at)
