"""Writing an article: each save appends a revision, and readers keep what they have until one is published."""

from django.db import transaction
from django.db.models import Max

from aid.actions.log import log
from aid.choices import ArticleStatus, AuditAction
from aid.models.articles import Article, ArticleRevision

TEXT_FIELDS = ("headline", "standfirst", "byline", "body", "section", "image")


def latest_revision(article):
    """The revision saved last, live or not; None for an article without any."""
    return article.revisions.order_by("-number").first()


@transaction.atomic
def save_revision(article, text, by, why="", restores=None):
    """Appends a revision with this text ({field: value}; `topics` is a list of Sectors), and returns it; None where
    nothing differs from the last.

    The page that readers see stays as it is: publishing alone moves it. A text that was ready goes back to the
    fact-check, where only what has changed is open again. `restores` is the number of the revision that it repeats.
    """
    # The row lock makes two editors' numbers differ; SQLite has one writer at a time anyway.
    stored = Article.objects.select_for_update().get(pk=article.pk)
    last = latest_revision(article)
    topics = list(text.get("topics", last.topics.all() if last else ()))
    values = {name: text[name] for name in TEXT_FIELDS if name in text}
    if last:
        values = {name: getattr(last, name) for name in TEXT_FIELDS} | values
        is_same = all(getattr(last, name) == value for name, value in values.items())
        if is_same and set(topics) == set(last.topics.all()):
            return None
    number = (article.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    revision = ArticleRevision(article=article, number=number, why=why, created_by=by, **values)
    revision.full_clean()
    revision.save(force_insert=True)
    revision.topics.set(topics)
    if stored.status == ArticleStatus.READY:
        has_been_published = last is not None and last.publications.exists()
        stored.status = ArticleStatus.DRAFT if has_been_published else ArticleStatus.FACT_CHECK
    stored.save(update_fields=["status", "updated_at"])
    article.status = stored.status
    if restores:
        log(AuditAction.RESTORED, by, article, f"Restored revision {restores} as revision {number}.", why)
    else:
        log(AuditAction.CHANGED if last else AuditAction.ADDED, by, article, f"Saved revision {number}.", why)
    return revision
