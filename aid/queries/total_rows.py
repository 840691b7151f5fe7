"""What one total is made of, pledge by pledge: what counts of each, why it is left out, and what is never added."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import F, OuterRef, Subquery

from aid.choices import Rank
from aid.models.claims import Claim
from aid.models.pledges import Pledge, Valuation
from aid.models.records import canonical_text
from aid.queries.counting import Judged, Verdict, left_out
from aid.queries.public import EVERYTHING, Listed
from aid.queries.readings import Reading, Row, Said, money_reading, sheets, with_basis
from aid.queries.totals import Days


@dataclass
class Line:
    """A pledge in a total. `counted` is the amount that counts where it is not the pledge's whole one, that of its
    last step; `others` are the amounts that other claims give, which are never added, nor are its valuations."""

    pledge: Pledge
    judged: Judged
    amount: Row
    counted: Reading | None = None
    because_of: list[Pledge] = field(default_factory=list)

    @property
    def others(self) -> list[Said]:
        return [said for said in self.amount.said if said.claim.rank == Rank.ALTERNATIVE]

    @property
    def is_left_out(self):
        return self.judged.verdict.is_left_out

    @property
    def is_unknown(self):
        return self.judged.verdict == Verdict.UNKNOWN

    @property
    def why(self):
        """Why it is left out: "superseded by another pledge"; "" where it is not."""
        return why(self.judged)


def why(judged):
    if not judged.verdict.is_left_out:
        return ""
    return left_out(judged.verdict, max(1, len(judged.because_of)))


def lines_of(pledges, judged, public=EVERYTHING):
    """The Line of each of the pledges of a page, in their order. Three queries, and what `sheets` costs.

    The pledges come with what a pledge's own page shows of them.
    """
    evidence = sheets(pledges, public, ("amount", "currency"))
    numbers = {number for pledge in pledges for number in judged[pledge.pk].because_of}
    named = public.named(Pledge.objects.all()).in_bulk(numbers)
    lines = []
    for pledge in pledges:
        one = judged[pledge.pk]
        whole = (pledge.amount, pledge.currency)
        differs = one.entry.amount is not None and (one.entry.amount, one.entry.currency) != whole
        lines.append(
            Line(
                pledge,
                one,
                evidence[pledge.pk].row(pledge, "amount"),
                money_reading(one.entry.amount, one.entry.currency) if differs else None,
                [named[number] for number in one.because_of if number in named],
            )
        )
    return lines


# As a table


COLUMNS = (
    "in_the_total", "why_left_out", "because_of", "pledge", "title", "donor", "recipient", "stage",
    "amount_counted", "currency_counted", "amount_stated", "currency_stated", "is_approximate", "amount_unknown",
    "amount_basis", "announced_on", "announced_on_basis", "aid_type", "sectors", "coalition", "part_of",
    "supersedes", "never_added_equivalents", "never_added_other_sources",
)  # fmt: skip
CONVERTED = ("amount_converted", "currency_converted", "rate_of", "why_not_converted")


def table(pledges, judged, counting, chosen=None):
    """The rows of a file of a total's pledges, as {column: value}, in the order of the pledges; amounts as exact
    figures. Seven queries for any number of pledges, and what the rates of a chosen currency cost."""
    public = counting.public
    rows = with_basis(with_basis(pledges, "announced_on", public=public), "amount", public=public)
    found = list(
        rows.prefetch_related(None).values_list(
            "pk", "slug", "title", "donor__slug", "recipient__slug", "stage", "amount", "currency", "is_approximate",
            "amount_unknown", "amount_basis", "announced_on", "announced_on_basis", "aid_type", "coalition__slug",
            "part_of__slug", "supersedes__slug",
        )
    )  # fmt: skip
    numbers = Listed(row[0] for row in found)
    because = {number for row in found for number in judged[row[0]].because_of}
    names = dict(public.named(Pledge.objects.filter(pk__in=Listed(because))).values_list("pk", "slug"))
    sectors, equivalents, others = _beside(public, numbers)
    _, days = Days.read(counting, pledges, chosen)
    days.expect(judged[row[0]].entry for row in found)
    for pk, slug, title, donor, recipient, stage, amount, currency, approximate, unknown, *more in found:
        one = judged[pk]
        amount_basis, announced_on, announced_basis, aid_type, coalition, part_of, supersedes = more
        counts = one.verdict == Verdict.COUNTED
        row = (
            one.verdict.status, why(one), _joined(names.get(number, "") for number in one.because_of), slug, title,
            donor, recipient, stage, canonical_text(one.entry.amount) if counts else "",
            one.entry.currency if counts else "", canonical_text(amount), currency, canonical_text(approximate),
            unknown, amount_basis or "", announced_on, announced_basis or "", aid_type, _joined(sectors[pk]),
            coalition or "", part_of or "", supersedes or "", _joined(equivalents[pk]), _joined(others[pk]),
        )  # fmt: skip
        row = dict(zip(COLUMNS, row, strict=True))
        if chosen:
            row |= zip(CONVERTED, days.told(one.entry) if counts else ("",) * 4, strict=True)
        yield row


def _beside(public, numbers):
    """What stands beside pledges: sectors, stated equivalents, and what other claims say the amount is."""
    sectors, equivalents, others = defaultdict(list), defaultdict(list), defaultdict(list)
    through = public.of(Pledge.sectors.through.objects.filter(pledge__in=numbers)).order_by("sector__code")
    for pledge, code in through.values_list("pledge", "sector__code"):
        sectors[pledge].append(code)
    for valuation in public.of(Valuation.objects.filter(pledge__in=numbers)).order_by("currency"):
        equivalents[valuation.pledge_id].append(f"{valuation.currency} {canonical_text(valuation.amount)}")
    claims = Claim.objects.filter(pledge__in=numbers, field="amount", rank=Rank.ALTERNATIVE)
    own = Claim.objects.filter(
        pledge=OuterRef("pledge"), field="currency", source=OuterRef("source"), stage_step=None, valuation=None
    )
    claims = claims.filter(stage_step__isnull=True, valuation__isnull=True).order_by("pk")
    told = Subquery(public.of(own.exclude(rank=Rank.WITHDRAWN)).values("value")[:1])
    for pledge, value, currency, source in public.of(claims).values_list("pledge", "value", told, F("source__slug")):
        others[pledge].append(f"{currency or ''} {value} ({source or 'computed'})".strip())
    return sectors, equivalents, others


def _joined(values):
    return "; ".join(values)
