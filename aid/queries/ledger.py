"""The whole ledger in numbers: how much is known, on what it rests, and how much is not known."""

from dataclasses import dataclass

from django.db.models import Count, Q

from aid.choices import Basis
from aid.models import Article, Claim, Correction, Pledge, Source
from aid.queries.public import Public


@dataclass(frozen=True)
class Glance:
    """Counts of the ledger as readers see it. A claim counts unless it was withdrawn or is about
    context, as in the list of sources."""

    pledges: int
    amounts_unknown: int
    dates_unknown: int
    instruments_unknown: int
    claims: int
    claims_by_basis: list[tuple[Basis, int]]
    claims_unverified: int
    sources: int
    sources_official: int
    # None where the glance is a brief one.
    articles: int | None
    corrections: int | None

    @property
    def claims_verified(self):
        return self.claims - self.claims_unverified

    @property
    def claims_stated(self):
        return dict(self.claims_by_basis).get(Basis.STATED, 0)


def at_a_glance(public=None, in_brief=False):
    """The Glance of what is public (now, if nothing is given). Five queries, and what `public` itself costs; three
    where it is told `in_brief`, without the numbers of articles and corrections."""
    public = public or Public()
    pledges = public.of(Pledge.objects.all()).aggregate(
        pledges=Count("pk"),
        amounts_unknown=Count("pk", filter=Q(amount__isnull=True)),
        dates_unknown=Count("pk", filter=Q(announced_on_latest__isnull=True)),
        instruments_unknown=Count("pk", filter=Q(instrument="")),
    )
    by_basis = {
        row["basis"]: row
        for row in public.of(Claim.objects.standing().of_facts())
        .order_by()
        .values("basis")
        .annotate(rows=Count("pk"), unverified=Count("pk", filter=Q(verified_at__isnull=True)))
    }
    return Glance(
        **pledges,
        claims=sum(row["rows"] for row in by_basis.values()),
        claims_by_basis=[(basis, by_basis[basis]["rows"]) for basis in Basis if basis in by_basis],
        claims_unverified=sum(row["unverified"] for row in by_basis.values()),
        **public.of(Source.objects.all()).aggregate(
            sources=Count("pk"), sources_official=Count("pk", filter=Q(is_official=True))
        ),
        articles=None if in_brief else public.of(Article.objects.all()).count(),
        corrections=None if in_brief else public.of(Correction.objects.all()).count(),
    )
