"""Ledger rules: what readers see of an article is its own, and every figure in it is alive."""

from django.db.models import F

from aid.models import Article
from aid.prose import references
from aid.queries.figures import Figures
from aid.rules.breaches import Breach, batches


def live_revisions_are_their_articles():
    for article in Article.objects.filter(live__isnull=False).exclude(live__article=F("pk")):
        yield Breach("article-live", article, "its live revision belongs to another article.")


def figures_in_live_articles_are_alive():
    for batch in batches(Article.objects.filter(live__isnull=False).select_related("live")):
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
