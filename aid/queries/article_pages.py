"""What an article's page shows, for readers and in a preview alike."""

from django.utils import timezone

from aid.models.publications import Publication
from aid.prose import render
from aid.queries.figures import figures_in
from aid.queries.public import Public


def article_page(article, topics=None, public=None):
    """The page of an article's live revision, with what is public (now, if nothing is given). `topics` are given for
    a text that is not saved and so has none yet."""
    public, live = public or Public(), article.live
    figures = figures_in(live.body, public=public)
    return {
        "article": article,
        "live": live,
        "body": render(live.body, figures),
        "behind": figures.behind,
        "sources": figures.sources,
        "figures_changed_at": figures.changed_after(article.live_at),
        "topics": live.topics.all() if topics is None else topics,
        "revisions": live.number,
        "corrections": public.of(article.corrections.newest_first()) if article.pk else [],
    }


def as_if_live(article, revision, at=None):
    """The article as its page has it once readers get this revision; nothing is saved.

    It is dated as the revision's own publication, past or scheduled; else as if it were published at a moment (now,
    if none is given).
    """
    planned = revision.publications.order_by("-starts_at").first() if revision.pk else None
    begins = planned.starts_at if planned else at or timezone.now()
    article.edition = Publication(article=article, revision=revision, starts_at=begins)
    article.published_at = article.published_at or begins
    return article
