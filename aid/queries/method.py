"""How the totals of this ledger are made, in its own numbers of the moment, with one of them worked out."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from aid.choices import Rank, Stage
from aid.models.claims import Claim
from aid.models.pledges import Pledge, Valuation
from aid.queries.counting import Counting, Verdict, told
from aid.queries.divisions import NOT_KNOWN, only_year
from aid.queries.totals import StageTotal, sums

# So many lines an example can have and still be read.
LONGEST_EXAMPLE = 12


@dataclass
class Example:
    """One total, line by line: (pledge, what counts, the sum so far), and [(pledge, why it is left out)]."""

    total: StageTotal
    currency: str
    lines: list[tuple[Pledge, Decimal, Decimal]] = field(default_factory=list)
    unknown: list[Pledge] = field(default_factory=list)
    left_out: list[tuple[Pledge, str]] = field(default_factory=list)

    @property
    def amount(self):
        return self.total.amounts[self.currency]


@dataclass
class Method:
    """What the page of method counts: pledges, and by Verdict; what is never added; what has no year for certain."""

    pledges: int
    verdicts: Counter
    reasons: list[tuple[int, str]]
    withdrawn: int
    equivalents: int
    other_amounts: int
    without_year: int
    own_amounts: int
    example: Example | None

    @property
    def counted(self):
        return self.verdicts[Verdict.COUNTED]

    @property
    def unknown(self):
        return self.verdicts[Verdict.UNKNOWN]

    @property
    def left_out(self):
        return self.pledges - self.counted - self.unknown


def method_now(public):
    """The Method of what is public. Six queries, and one more for the example."""
    counting = Counting(public)
    found = counting.entries(Pledge.objects.all(), "announced_on_earliest", "announced_on_latest")
    judged = counting.judge([entry for entry, _ in found])
    verdicts = Counter(one.verdict for one in judged)
    amounts = Claim.objects.filter(field="amount", rank=Rank.ALTERNATIVE, pledge__isnull=False)
    return Method(
        pledges=len(judged),
        verdicts=verdicts,
        reasons=told({verdict: number for verdict, number in verdicts.items() if verdict.is_left_out}),
        withdrawn=public.named(Pledge.objects.taken_back(public.at)).count(),
        equivalents=public.of(Valuation.objects.all()).count(),
        other_amounts=public.of(amounts.filter(stage_step__isnull=True, valuation__isnull=True)).count(),
        without_year=sum(1 for _, dates in found if only_year(*dates) == NOT_KNOWN),
        own_amounts=sum(
            one.verdict == Verdict.COUNTED and counting.step_dates(one.entry.pk) is not None for one in judged
        ),
        example=_example(judged, public),
    )


def _example(judged, public):
    """The total in one currency that shows most and can still be read: first what leaves something out, then what
    does not know something, then what has most lines. None where no total is short enough."""
    best = None
    for total in sums(judged):
        if total.stage == Stage.CANCELLED or total.left_out_number + total.unknown > LONGEST_EXAMPLE:
            continue
        for currency in total.amounts:
            lines = [
                one
                for one in judged
                if one.verdict == Verdict.COUNTED and (one.entry.stage, one.entry.currency) == (total.stage, currency)
            ]
            if len(lines) <= LONGEST_EXAMPLE:
                rank = (total.left_out_number > 0, total.unknown > 0, len(lines))
                if best is None or rank > best[0]:
                    best = rank, total, currency, lines
    if best is None:
        return None
    _, total, currency, lines = best
    others = [one for one in judged if one.entry.stage == total.stage and one.verdict != Verdict.COUNTED]
    numbers = {one.entry.pk for one in (*lines, *others)} | {pk for one in others for pk in one.because_of}
    pledges = public.named(Pledge.objects.for_list()).in_bulk(numbers)
    example, so_far = Example(total, currency), Decimal(0)
    for one in sorted(lines, key=lambda one: (-one.entry.amount, one.entry.pk)):
        so_far += one.entry.amount
        example.lines.append((pledges[one.entry.pk], one.entry.amount, so_far))
    for one in others:
        pledge = pledges[one.entry.pk]
        if one.verdict == Verdict.UNKNOWN:
            example.unknown.append(pledge)
        else:
            example.left_out.append((pledge, told({one.verdict: 1})[0][1]))
    return example
