"""Keeping a pledge's stage at what its steps say."""

from django.core.exceptions import ValidationError
from django.db import transaction


def stage_reached(steps):
    """The stage of the last of [(position, stage)]. Raises ValidationError with the code `no_stage` for none."""
    if not steps:
        raise ValidationError(
            "A pledge needs at least one stage: what the source says has happened to it so far, such as “announced” "
            "or “allocated”.",
            code="no_stage",
        )
    return max(steps)[1]


@transaction.atomic
def follow_stages(pledge):
    """Sets the pledge's stage to that of its last step, True where that changed it."""
    reached = stage_reached(list(pledge.stages.values_list("position", "stage")))
    if pledge.stage == reached:
        return False
    pledge.stage = reached
    pledge.save(update_fields=["stage", "updated_at"])
    return True
