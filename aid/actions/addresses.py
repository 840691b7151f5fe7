"""Giving a record another address: the old one keeps leading to it, and claims that write it follow."""

from copy import copy

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from aid.models.addresses import FormerAddress
from aid.queries.addresses import addresses_of
from aid.queries.naming import Renaming
from aid.rules.addresses import reasons_not_to_stand_at


@transaction.atomic
def keep_address(record, old_slug, by=None):
    """Keeps the address that a record or an article had before its slug was changed; the new one is saved already.

    Texts keep the old address and are read by it. Claims state a record by its address, so they are rewritten; that
    is no new say-so, and who verified them stays. Returns how many were. Raises ValidationError with the code
    `former_address` where the new address leads to another record.
    """
    if record.slug == old_slug:
        return 0
    reasons = list(reasons_not_to_stand_at(record.slug, type(record), record.pk))
    if reasons:
        raise ValidationError(reasons[0], code="former_address")
    kind = record._meta.model_name
    # An address that it had before and takes back is no former one any more.
    addresses_of(kind, [record.slug]).delete()
    FormerAddress.objects.update_or_create(
        kind=kind, slug=old_slug, defaults={"record": record.pk, "since": timezone.now()}
    )
    before = copy(record)
    before.slug = old_slug
    changed = Renaming(before, record).claims
    for claim, value in changed:
        claim.value = value
        claim._change_reason = f"The {record._meta.verbose_name} “{record}” has another address."[:100]
        if by is not None:
            claim._history_user = by
        claim.save()
    return len(changed)
