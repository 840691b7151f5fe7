"""Writing, publishing and withdrawing an article. Each is one verb, one transaction and one row in the log."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from aid.models.articles import Article, ArticleRevision
from aid.rules.publishing import reason_not_to_publish

TEXT_FIELDS = ("headline", "standfirst", "byline", "body")
PUBLISH = "aid.publish_article"


def latest_revision(article):
    """The revision saved last, live or not; None for an article without any."""
    return article.revisions.order_by("-number").first()


@transaction.atomic
def save_revision(article, text, by, why=""):
    """Appends a revision with this text ({field: value}), and returns it; None where nothing differs from the last.

    The page that readers see stays as it is: publishing alone moves it.
    """
    # The row lock makes two editors' numbers differ; SQLite has one writer at a time anyway.
    Article.objects.select_for_update().get(pk=article.pk)
    last = latest_revision(article)
    if last and all(getattr(last, name) == text[name] for name in TEXT_FIELDS):
        return None
    number = (article.revisions.aggregate(last=Max("number"))["last"] or 0) + 1
    revision = ArticleRevision(article=article, number=number, why=why, created_by=by, **text)
    revision.full_clean()
    revision.save(force_insert=True)
    return revision


@transaction.atomic
def publish_article(article, by):
    """Makes the revision saved last the live one, from now on. Returns it.

    Raises PermissionDenied, or ValidationError with the code `unpublishable` or `live_already`.
    """
    if not by.has_perm(PUBLISH):
        raise PermissionDenied
    article = Article.objects.select_for_update().get(pk=article.pk)
    revision = latest_revision(article)
    reason = reason_not_to_publish(revision)
    if reason:
        raise ValidationError(reason, code="unpublishable")
    if article.live_id == revision.pk:
        raise ValidationError("The last revision is live already.", code="live_already")
    now = timezone.now()
    article.live, article.live_at = revision, now
    article.published_at = article.published_at or now
    article.save()
    _log(by, article, f"Published revision {revision.number}: “{revision.headline}”.")
    return revision


@transaction.atomic
def withdraw_article(article, by):
    """Takes the article off the public site; its revisions stay. Raises as publish_article does."""
    if not by.has_perm(PUBLISH):
        raise PermissionDenied
    article = Article.objects.select_for_update().get(pk=article.pk)
    if article.live is None:
        raise ValidationError("The article is not live.", code="not_live")
    number = article.live.number
    article.live = None
    article.save()
    _log(by, article, f"Withdrew revision {number} from the public site.")


def _log(by, article, message):
    LogEntry.objects.log_actions(by.pk, [article], CHANGE, message, single_object=True)
