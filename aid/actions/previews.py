"""Secret links for people without an account: making one, taking it back, and what its reader does with it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from aid.actions.log import log
from aid.choices import AuditAction
from aid.models.articles import ArticleRevision
from aid.models.previews import PreviewLink, PreviewVisit
from aid.moments import told
from aid.queries.previews import hash_of, is_made, new_secret
from aid.rules.previews import check_answers, check_expiry

MAKE = "aid.add_previewlink"


@transaction.atomic
def make_link(revision, by, given_to, expires_at, key):
    """A link to a revision for somebody: (the link, its secret). The secret is kept nowhere.

    `key` is the link's own, chosen by the page that asks: sent twice, it makes one link. Raises PermissionDenied, or
    ValidationError with the code `past`, `too_far` or `again`.
    """
    _ask(by)
    now, secret = timezone.now(), new_secret()
    check_expiry(expires_at, now)
    # Sent twice at once, the second waits here for the first.
    ArticleRevision.objects.select_for_update().get(pk=revision.pk)
    if is_made(key):
        raise ValidationError(
            "This link has been made already. Its address was shown once and is kept nowhere: revoke it below and "
            "make another one, if you do not have it.",
            code="again",
        )
    link = PreviewLink(
        key=key,
        revision=revision,
        secret_hash=hash_of(secret),
        given_to=given_to,
        made_by=by,
        made_at=now,
        expires_at=expires_at,
    )
    link.save(force_insert=True)
    message = f"Link to revision {revision.number} for {given_to}, until {told(expires_at)}."
    log(AuditAction.LINK_MADE, by, _article(revision), message)
    return link, secret


@transaction.atomic
def revoke_link(link, by):
    """From now on the link opens nothing. Raises PermissionDenied, or ValidationError with the code `over`."""
    _ask(by)
    link = PreviewLink.objects.select_for_update(of=("self",)).select_related("revision__article").get(pk=link.pk)
    now = timezone.now()
    if link.revoked_at or link.expires_at <= now:
        raise ValidationError("This link does not work any more already.", code="over")
    link.revoked_at, link.revoked_by = now, by
    link.save()
    message = f"Link to revision {link.revision.number} for {link.given_to}."
    log(AuditAction.LINK_REVOKED, by, _article(link.revision), message)


def _ask(by):
    if not by.has_perm(MAKE):
        raise PermissionDenied


def _article(revision):
    """The revision's article under its headline, for the log."""
    revision.article.headline = revision.headline
    return revision.article


def note_visit(link):
    PreviewVisit.objects.create(link=link)


@transaction.atomic
def answer_link(link, answer):
    """Keeps what the reader of a link wrote, an unsaved PreviewAnswer. Raises ValidationError with `too_many`."""
    # One after the other, so that no more answers come than may.
    PreviewLink.objects.select_for_update().get(pk=link.pk)
    check_answers(link)
    answer.link = link
    answer.save()
    log(
        AuditAction.LINK_ANSWERED,
        None,
        _article(link.revision),
        f"{answer.get_verdict_display()} by {answer.name}, who read revision {link.revision.number} by the link for "
        f"{link.given_to}.",
        answer.text,
    )
    return answer
