"""Whether a record that was brought back as it stood earlier fits the others as they are now."""

from aid.choices import PartyKind
from aid.models import Party, Pledge
from aid.models.pledges import DEEPEST_ENVELOPE
from aid.rules.chains import ACTS, CHAINS, leads_back

ROLES = ("pledges_given", "pledges_received", "memberships", "signatures")


def reasons_not_to_stand(record, parts):
    """(code, sentence) for each rule across records that a record, or one of its parts, breaks now."""
    is_in_circle = False
    for model, name, says in (*CHAINS, (Pledge, "part_of", "is part of")):
        other = getattr(record, name) if isinstance(record, model) else None
        if other is not None and leads_back(record, name, other):
            is_in_circle = True
            yield "circle", f"It {says} “{other}” then, and “{other}” by now {says} it, directly or through others."
    if isinstance(record, Pledge) and not is_in_circle and _envelopes(record) > DEEPEST_ENVELOPE:
        yield "envelope_depth", f"More than {DEEPEST_ENVELOPE} envelopes would lie around it by now."
    for row in (record, *parts):
        for model, name, does in ACTS:
            party = getattr(row, name) if isinstance(row, model) else None
            if party is not None and party.kind == PartyKind.COLLECTIVE:
                yield "collective", f"“{party}” {does} then, and is an unnamed collective by now."
    is_collective = isinstance(record, Party) and record.kind == PartyKind.COLLECTIVE
    if is_collective and any(getattr(record, name).exists() for name in ROLES):
        yield "collective", "It was an unnamed collective then, and by now it gives, receives, is a member or signs."


def _envelopes(pledge):
    """How many envelopes lie around a pledge, counted up to one too many."""
    count = 0
    while pledge.part_of is not None and count <= DEEPEST_ENVELOPE:
        pledge, count = pledge.part_of, count + 1
    return count
