"""Secret links: the one that a secret opens, and what came of those of an article."""

import hashlib
import secrets

from django.db.models import Count, Max, Prefetch
from django.utils import timezone

from aid.models.previews import PreviewAnswer, PreviewLink

# Bytes of chance in a secret: nobody finds one by trying.
CHANCE = 32


def new_secret():
    return secrets.token_urlsafe(CHANCE)


def hash_of(secret):
    """What is kept of a secret. It is long and random, so that one round without salt tells nothing of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_link(secret, at=None):
    """The link that a secret opens at a moment (now, if none is given); None for any other."""
    rows = PreviewLink.objects.open(at).select_related("revision__article", "revision__image")
    return rows.filter(secret_hash=hash_of(secret)).first()


def is_made(key):
    """Whether there is a link of this key."""
    return PreviewLink.objects.filter(key=key).exists()


def links_of(article):
    """The links to an article's revisions, the newest first, with `visited` times, `last_visit` and their answers."""
    rows = PreviewLink.objects.filter(revision__article=article).select_related("revision", "made_by", "revoked_by")
    counted = rows.annotate(visited=Count("visits"), last_visit=Max("visits__at"))
    return counted.prefetch_related(Prefetch("answers", PreviewAnswer.objects.order_by("-at")))


def answers_to(article):
    """What was answered by secret links to any revision of an article, the newest first."""
    return PreviewAnswer.objects.filter(link__revision__article=article).select_related("link__revision")


def answers_since(link, span, at=None):
    """How often a link was answered within a span of time before a moment, and ever."""
    since = (at or timezone.now()) - span
    return link.answers.filter(at__gt=since).count(), link.answers.count()
