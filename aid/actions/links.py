"""Writing down what an address of a source answered."""

from django.db import transaction
from django.utils import timezone

from aid.models.links import LinkCheck
from aid.queries.aging import DEAD, check_of, former_checks


@transaction.atomic
def record_check(source, url, answer, at=None):
    """Keeps what an address answered, in the place of what it answered before. Returns the LinkCheck."""
    at = at or timezone.now()
    check = check_of(source, url) or LinkCheck(source=source, url=url)
    check.state, check.status, check.told, check.leads_to = answer.state, answer.status, answer.told, answer.leads_to
    check.checked_at = at
    check.failing_since = (check.failing_since or at) if answer.state in DEAD else None
    check.save()
    former_checks(source).delete()
    return check
