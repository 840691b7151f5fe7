"""Sums of pledges that can be defended: one stage, one currency, nothing counted twice, unknowns said."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, Sum

from aid.choices import Stage, Unknown
from aid.models.pledges import Pledge
from aid.queries.public import EVERYTHING


@dataclass
class StageTotal:
    """What the pledges at one stage come to: an amount per currency, and how many amounts are unknown."""

    stage: Stage
    amounts: dict[str, Decimal] = field(default_factory=dict)
    known: int = 0
    unknown: int = 0
    not_stated: int = 0

    @property
    def unknown_word(self):
        """How the unknown amounts are to be called: "not stated" only if that is the reason for each of them."""
        return "not stated" if self.not_stated == self.unknown else "not known"

    @property
    def pledges(self):
        return self.known + self.unknown

    @property
    def is_least(self):
        """The amounts are a lower bound, because some are unknown."""
        return self.unknown > 0


def totals_by_stage(pledges, public=EVERYTHING):
    """The totals of those of the pledges that are public, a StageTotal a stage, in order of stages. One query.

    What `countable` leaves out is left out; valuations are never added; currencies stand beside each other and are
    not converted.
    """
    rows = (
        public.of(pledges)
        .countable(public.of(Pledge.objects.all()))
        .order_by()
        .values("stage", "currency")
        .annotate(amount_sum=Sum("amount"), known=Count("amount"), rows=Count("pk"))
        .annotate(not_stated=Count("pk", filter=Q(amount_unknown=Unknown.NOT_STATED)))
    )
    found = {}
    for row in rows:
        total = found.setdefault(row["stage"], StageTotal(Stage(row["stage"])))
        if row["known"]:
            total.amounts[row["currency"]] = row["amount_sum"]
            total.known += row["known"]
        total.unknown += row["rows"] - row["known"]
        total.not_stated += row["not_stated"]
    return [found[stage] for stage in Stage.values if stage in found]
