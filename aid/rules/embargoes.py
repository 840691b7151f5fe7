"""Who may set, move and lift the embargo of a record."""

from django.core.exceptions import ValidationError

from aid import moments

PUBLISH = "aid.publish_article"


def check_embargo(record, by, until, at):
    """Raises ValidationError where an account may not give a record this embargo (None lifts it) at a moment.

    Whoever may change the record may set or lengthen one; only a publisher ends one sooner, for that shows it to
    readers. The codes are `past` and `publisher`.
    """
    was = record.embargo_until
    if until is not None and until <= at:
        raise ValidationError("This moment has passed. Choose one that is to come.", code="past")
    is_running = was is not None and was > at
    if is_running and (until is None or until < was) and not by.has_perm(PUBLISH):
        raise ValidationError(
            f"The embargo runs until {moments.told(was)}. Only a publisher may end it sooner.", code="publisher"
        )
