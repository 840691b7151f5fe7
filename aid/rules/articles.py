"""Ledger rules: what readers see of an article is its own, and every figure in it is alive."""

from django.db.models import F

from aid.models import Article, Publication
from aid.prose import references
from aid.queries.figures import Figures
from aid.rules.breaches import Breach, batches


def publications_follow_one_another():
    for row in Publication.objects.filter(revision__isnull=False).exclude(revision__article=F("article")):
        yield Breach("publication-article", row, "its revision belongs to another article.")
    before = None
    for row in Publication.objects.select_related("article").order_by("article", "starts_at"):
        follows = before is not None and before.article_id == row.article_id
        if follows and before.ends_at != row.starts_at:
            yield Breach("publication-gap", row, "it does not begin where the one before it ends.")
        if before is not None and not follows and before.ends_at is not None:
            yield Breach("publication-gap", before, "it ends, and nothing follows it.")
        if not follows and row.article.published_at != row.starts_at and row.revision_id:
            yield Breach("publication-first", row, "its article gives another moment for its first publication.")
        before = row
    if before is not None and before.ends_at is not None:
        yield Breach("publication-gap", before, "it ends, and nothing follows it.")


def figures_in_live_articles_are_alive():
    for batch in batches(Article.objects.published()):
        named = {article: references(article.live.body) for article in batch}
        dead = set(Figures(reference for found in named.values() for reference in found).dead)
        for article, found in named.items():
            for reference in dict.fromkeys(found):
                if reference in dead:
                    yield Breach(
                        "figure-dead",
                        article,
                        f"its text names [[{reference.text}]], which no record answers to. Mend or remove it.",
                    )
