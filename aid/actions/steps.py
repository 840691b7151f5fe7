"""What each step on the way to publication begins and ends with."""

from django.core.exceptions import PermissionDenied, ValidationError

from aid.models.articles import Article
from aid.queries.standing import standing
from aid.rules.workflow import STEPS, hindrances, refusal


def begin(step, article, by):
    """Locks the article until the transaction ends; returns its row, and where it stands.

    Raises PermissionDenied, or ValidationError with the code of the refusal.
    """
    if not by.has_perm(STEPS[step].permission):
        raise PermissionDenied
    # Two at once: the second sees what the first did.
    stored = Article.objects.select_for_update().get(pk=article.pk)
    found = standing(stored)
    refused = refusal(step, found)
    if refused:
        raise refused
    # By its newest headline it goes into the log.
    stored.headline = found.newest.headline if found.newest else ""
    return stored, found


def allow(step, found, by, at=None):
    """Raises ValidationError with the code of each reason that stands in the way of the step."""
    reasons = hindrances(step, found, by, at)
    if reasons:
        raise ValidationError([ValidationError(reason.message, code=reason.code) for reason in reasons])
