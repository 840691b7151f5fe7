"""May a secret link be made, and may it be answered once more?"""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone

from aid.queries.previews import answers_since

LONGEST = timedelta(days=30)
SPAN = timedelta(hours=1)
MOST_IN_SPAN = 5
MOST_EVER = 50


def check_expiry(expires_at, at=None):
    """Raises ValidationError with the code `past` or `too_far`."""
    now = at or timezone.now()
    if expires_at <= now:
        raise ValidationError("This moment has passed. Choose one that is to come.", code="past")
    if expires_at > now + LONGEST:
        raise ValidationError(
            f"A link works for {LONGEST.days} days at most. Choose an earlier moment, and make a new link then.",
            code="too_far",
        )


def check_answers(link, at=None):
    """Raises ValidationError with the code `too_many`, so that whoever has the link cannot fill the desk with it."""
    lately, ever = answers_since(link, SPAN, at)
    if ever >= MOST_EVER:
        raise ValidationError(
            "This link has been answered as often as it can be. Write to the person who sent it to you.",
            code="too_many",
        )
    if lately >= MOST_IN_SPAN:
        raise ValidationError(
            f"This link has been answered {lately} times within an hour. What you wrote stands below: wait a while, "
            f"then send it.",
            code="too_many",
        )
