"""Putting an article before readers, at once or at a moment, and taking it back. Each is one verb, one transaction
and one entry in the audit log; the clock does the rest, without a worker."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from aid.actions.articles import latest_revision
from aid.actions.log import log
from aid.choices import ArticleStatus, AuditAction
from aid.models.articles import Article
from aid.models.publications import Publication
from aid.rules.publishing import reasons_not_to_publish

PUBLISH = "aid.publish_article"


@transaction.atomic
def publish_article(article, by, at=None):
    """Makes the revision saved last what readers get, from now on or from a moment to come. Returns it.

    Raises PermissionDenied, or ValidationError with the code of each reason, `live_already` or `past`.
    """
    article, now = _locked(article, by), timezone.now()
    if at is not None and at <= now:
        raise ValidationError("This moment has passed. Choose one that is to come, or publish at once.", code="past")
    revision = latest_revision(article)
    reasons = [reason for reason in reasons_not_to_publish(article, revision, at or now) if reason.is_blocking]
    if reasons:
        raise ValidationError([ValidationError(reason.message, code=reason.code) for reason in reasons])
    if at is None and article.live == revision:
        raise ValidationError("The last revision is live already.", code="live_already")
    _put(article, revision, at or now, by)
    if article.published_at is None or article.published_at > (at or now):
        article.published_at = at or now
    article.status = ArticleStatus.READY
    article.save()
    if at is None:
        log(AuditAction.PUBLISHED, by, article, f"Published revision {revision.number}: “{revision.headline}”.")
    else:
        log(AuditAction.SCHEDULED, by, article, f"Revision {revision.number} goes live at {_moment(at)}.")
    return revision


@transaction.atomic
def withdraw_article(article, by, why, at=None):
    """Takes the article off the public site, now or at a moment to come; its revisions stay, its address says why.

    Raises PermissionDenied, or ValidationError with the code `not_live`, `past` or `reason`.
    """
    article, now = _locked(article, by), timezone.now()
    if at is not None and at <= now:
        raise ValidationError("This moment has passed. Choose one that is to come, or withdraw at once.", code="past")
    if not why.strip():
        raise ValidationError("Say why: readers are told it where the article stood.", code="reason")
    held = article.publications.at(at or now).first()
    if held is None or held.revision_id is None:
        raise ValidationError("The article is not live then." if at else "The article is not live.", code="not_live")
    _put(article, None, at or now, by, why.strip())
    article.save()
    if at is None:
        log(AuditAction.WITHDRAWN, by, article, f"Withdrew revision {held.revision.number}.", why)
    else:
        log(AuditAction.SCHEDULED, by, article, f"It is to be withdrawn at {_moment(at)}.", why)


@transaction.atomic
def take_back_schedule(article, by):
    """Takes back everything that is scheduled for an article. Raises ValidationError with the code `nothing`."""
    article, now = _locked(article, by), timezone.now()
    coming = list(article.publications.coming(now).in_order())
    if not coming:
        raise ValidationError("Nothing is scheduled for this article.", code="nothing")
    told = "; ".join(f"{_what(row)} at {_moment(row.starts_at)}" for row in coming)
    for row in coming:
        row.delete()
    article.publications.at(now).update(ends_at=None)
    if not article.publications.exists():
        article.published_at = None
    article.save()
    log(AuditAction.UNSCHEDULED, by, article, f"Taken back: {told}.")


def _locked(article, by):
    if not by.has_perm(PUBLISH):
        raise PermissionDenied
    # Two publishers at once: the second sees what the first did.
    return Article.objects.select_for_update().get(pk=article.pk)


def _put(article, revision, at, by, why=""):
    """Cuts the publication that holds at a moment, and puts a new one in from then until the next."""
    following = article.publications.coming(at).in_order().first()
    article.publications.at(at).update(ends_at=at)
    # One that begins at this very moment has not been seen by anybody.
    article.publications.beginning(at).delete()
    Publication.objects.create(
        article=article,
        revision=revision,
        starts_at=at,
        ends_at=following.starts_at if following else None,
        made_by=by,
        why=why,
    )
    article.__dict__.pop("edition", None)


def _what(publication):
    return f"revision {publication.revision.number}" if publication.revision_id else "the withdrawal"


def _moment(at):
    return f"{at.astimezone(timezone.get_default_timezone()):%d %B %Y, %H:%M %Z} ({at:%H:%M} UTC)"
