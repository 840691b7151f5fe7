"""The public pages, for whoever looks for all of them: in parts, each page with the moment of its last change."""

from datetime import timedelta
from typing import NamedTuple

from aid.models import Agreement, Article, Coalition, Event, Party, Person, Pledge, Source
from aid.queries.feeds import articles_told
from aid.queries.last_changes import last_changes

# So many pages stand in a part: what a request can read the history of.
MOST, MOST_ARTICLES = 500, 100
# What Google reads as news, and how many of them.
NEWS_LASTS, MOST_NEWS = timedelta(hours=48), 1000
# Claims are left out: there are many times as many as records, and each stands on the page of one.
KINDS = {
    "articles": Article,
    "pledges": Pledge,
    "coalitions": Coalition,
    "agreements": Agreement,
    "events": Event,
    "parties": Party,
    "people": Person,
    "sources": Source,
}


class Page(NamedTuple):
    """A page's address on this site, and when what stands on it last changed."""

    address: str
    changed: object


def size(kind):
    return MOST_ARTICLES if kind == "articles" else MOST


def parts(public):
    """[(kind, number)] of the parts that there are. A query a kind."""
    found = []
    for kind, model in KINDS.items():
        count = public.of(model.objects.order_by()).count()
        found += [(kind, number) for number in range(1, -(-count // size(kind)) + 1)]
    return found


def pages(kind, number, public):
    """The Pages of a part, in the order in which they were entered, so that a new one moves none to another part;
    [] for a part that there is not."""
    most = size(kind)
    rows = public.of(KINDS[kind].objects.all()).order_by("pk")
    rows = rows.defer("text") if kind == "sources" else rows
    rows = list(rows[(number - 1) * most : number * most])
    if kind == "articles":
        return [Page(told.article.get_absolute_url(), told.updated) for told in articles_told(rows, public)]
    moved = last_changes(rows, public)
    return [Page(row.get_absolute_url(), moved[row.pk]) for row in rows]


def news(public):
    """The articles that were first published within the last two days, the newest first, without those that were
    retracted."""
    rows = public.of(Article.objects.newest_first()).filter(
        published_at__gt=public.at - NEWS_LASTS, published_at__lte=public.at
    )
    return [article for article in rows[:MOST_NEWS] if not article.is_retracted]
