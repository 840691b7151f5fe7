"""Putting an article before readers, at once or at a moment, and taking it back. Each is one verb, one transaction
and one entry in the audit log; the clock does the rest, without a worker.

Of what is scheduled there is at most one text to go live and one withdrawal: a new one takes the place of the old.
"""

from datetime import timedelta
from itertools import zip_longest

from django.core.exceptions import ValidationError
from django.db import transaction

from aid import moments
from aid.actions.corrections import correct_text, take_back_notes
from aid.actions.log import log
from aid.actions.steps import allow, begin
from aid.choices import ArticleStatus, AuditAction
from aid.models.publications import Publication
from aid.queries.standing import SCHEDULED

# Further ahead is a slip of the hand: 2062 for 2026.
FURTHEST = timedelta(days=5 * 366)


@transaction.atomic
def publish_article(article, by, at=None, correction=None):
    """Makes the revision saved last what readers get, from now on or from a moment to come. Returns it.

    It takes the place of a text that is scheduled; a withdrawal that is scheduled for later stays.
    `correction` is what readers are told where it takes the place of other words that they have:
    {kind, note, was, now, why}, see actions/corrections.py.
    Raises PermissionDenied, or ValidationError with the code of each reason, `past`, `too_far` or `same_moment`; and
    `correction` where one is due, or `kind`, `note` or `reason` for what it lacks.
    """
    step = "publish" if at is None else "schedule"
    stored, found = begin(step, article, by)
    _check_moment(at, found, "publish at once")
    allow(step, found, by, at)
    revision = found.newest
    kept = [row for row in found.coming if row.revision_id is None]
    new = Publication(article=stored, revision=revision, starts_at=at or found.at, made_by=by)
    replaced = _arrange(found, new, kept)
    if found.live and not found.is_embargoed:
        correct_text(stored, by, found.live, revision, correction, at or found.at)
    # Used up: a text that was withdrawn is checked again before it comes back.
    stored.status = ArticleStatus.DRAFT
    stored.assigned_to = stored.due_at = None
    _save(stored)
    if at is None:
        told = f"Published revision {revision.number}: “{revision.headline}”."
        log(AuditAction.PUBLISHED, by, stored, told + replaced)
    else:
        told = f"Revision {revision.number}, “{revision.headline}”, goes live on {moments.told(at)}."
        log(AuditAction.SCHEDULED, by, stored, told + replaced)
    return revision


@transaction.atomic
def withdraw_article(article, by, why, at=None):
    """Takes the article off the public site, now or at a moment to come; its revisions stay, its address says why.

    Withdrawn now, nothing stays scheduled that would bring it back.
    Raises PermissionDenied, or ValidationError with the code `not_live`, `reason`, `past`, `too_far` or
    `same_moment`.
    """
    stored, found = begin("withdraw" if at is None else "schedule-withdrawal", article, by)
    _check_moment(at, found, "withdraw at once")
    why = why.strip()
    if not why:
        raise ValidationError("Say why: readers are told it where the article stood.", code="reason")
    texts = [row for row in found.coming if row.revision_id] if at else []
    if at and not found.live and not any(row.starts_at < at for row in texts):
        raise ValidationError("The article is not live then: it is to go live later.", code="not_live")
    replaced = _arrange(found, Publication(article=stored, starts_at=at or found.at, made_by=by, why=why), texts)
    if at is None and found.stage == SCHEDULED:
        stored.status = ArticleStatus.READY
    _save(stored)
    if at is None:
        log(AuditAction.WITHDRAWN, by, stored, f"Withdrew revision {found.live.number}.{replaced}", why)
    else:
        log(AuditAction.SCHEDULED, by, stored, f"To be withdrawn on {moments.told(at)}.{replaced}", why)


@transaction.atomic
def take_back_schedule(article, by):
    """Takes back everything that is scheduled for an article.

    Raises PermissionDenied, or ValidationError with the code `nothing`.
    """
    stored, found = begin("take-back", article, by)
    replaced = _arrange(found)
    if found.stage == SCHEDULED:
        stored.status = ArticleStatus.READY
    _save(stored)
    log(AuditAction.UNSCHEDULED, by, stored, replaced.strip())


def _check_moment(at, found, at_once):
    if at is None:
        return
    if at <= found.at:
        raise ValidationError(f"This moment has passed. Choose one that is to come, or {at_once}.", code="past")
    if at - found.at > FURTHEST:
        raise ValidationError(f"{moments.told(at)} is more than five years away. Check the year.", code="too_far")


def _arrange(found, new=None, kept=()):
    """Puts a new publication among the one that holds and those of the coming ones that are kept.

    Afterwards each ends where the next begins, and the last has no end. Returns what is scheduled no more, in words.
    """
    if new and any(row.starts_at == new.starts_at for row in kept):
        raise ValidationError("Something else is scheduled for this very minute. Choose another.", code="same_moment")
    chain = [found.edition] if found.edition else []
    if chain and new and chain[0].starts_at == new.starts_at:
        # It began at this very moment, so nobody has seen it, and the one before it ends here already.
        chain.pop().delete()
    for row in sorted([*kept, *([new] if new else [])], key=lambda row: row.starts_at):
        # Nothing that was to be withdrawn is, if it is not live then.
        if row is new or row.revision_id or (chain and chain[-1].revision_id):
            chain.append(row)
    gone = [row for row in found.coming if row not in chain]
    take_back_notes(found.article, [row.starts_at for row in gone])
    for row in gone:
        row.delete()
    for row, following in zip_longest(chain, chain[1:]):
        row.ends_at = following.starts_at if following else None
        if row.pk:
            row.save(update_fields=["ends_at"])
    # Last: of an article's publications one alone may have no end.
    for row in chain:
        if not row.pk:
            row.save(force_insert=True)
    return f" Taken back: {'; '.join(map(_scheduled, gone))}." if gone else ""


def _scheduled(row):
    what = f"revision {row.revision.number}" if row.revision_id else "the withdrawal"
    return f"{what} on {moments.told(row.starts_at)}"


def _save(article):
    first = article.publications.in_order().first()
    if first is None:
        article.published_at = None
    elif first.revision_id:
        article.published_at = first.starts_at
    article.save(update_fields=["status", "assigned_to", "due_at", "published_at", "updated_at"])
