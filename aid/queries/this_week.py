"""What is new in the seven days before a moment: articles, records that were entered, stages, corrections."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aid.models import Claim, Pledge

WEEK = timedelta(days=7)
# So many of each kind are read, and so many in all are told; the lists have the rest.
MOST_OF_A_KIND, MOST = 4, 7


@dataclass(frozen=True)
class News:
    """One thing that is new: its kind (article, pledge, stage, correction), since when, and its row. The row of a
    stage is the claim that says so, for that is what was entered."""

    kind: str
    at: datetime
    row: object


def this_week(public, articles, corrections):
    """[News], the newest first, of the seven days before the moment of `public`. Two queries: the newest public
    articles and corrections are given, since the page has read them already.

    The first stage of a pledge is no news of its own: it came with the pledge.
    """
    since = public.at - WEEK
    pledges = public.of(Pledge.objects.for_list()).filter(created_at__gt=since).order_by("-created_at", "-pk")
    stages = (
        public.of(Claim.objects.standing())
        .filter(field="stage", stage_step__position__gt=1, recorded_at__gt=since, recorded_at__lte=public.at)
        .exclude(pledge__created_at__gt=since)
        .select_related("pledge", "stage_step")
        .order_by("-recorded_at", "-pk")
    )
    found = [
        *(News("article", row.published_at, row) for row in articles if row.published_at > since),
        *(News("correction", row.decided_at, row) for row in corrections if row.decided_at > since),
        *(News("pledge", row.created_at, row) for row in pledges[:MOST_OF_A_KIND]),
        *(News("stage", row.recorded_at, row) for row in stages[:MOST_OF_A_KIND]),
    ]
    return sorted(found, key=lambda news: news.at, reverse=True)[:MOST]
