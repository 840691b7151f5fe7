"""What the page of one claim shows: what the claim says, where it says it from, what other claims say of the same
field, and what became of it."""

import difflib
import re
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from aid.choices import Rank
from aid.models.claims import Claim
from aid.models.records import Evidenced
from aid.queries.claim_history import Step, claim_history
from aid.queries.claims import WITH_PLACES, field_label_of, values_of
from aid.queries.provenance import Dossier
from aid.queries.public import EVERYTHING, ends
from aid.queries.readings import Reading, Row, Said, Sheet

# So many keys are looked through for those that are like one that nobody has, and so many are offered.
LOOKED_THROUGH, OFFERED = 300, 5
# Somebody who replaced a claim ten times over is not followed further.
LONGEST_CHAIN = 10


@dataclass
class ClaimPage:
    """One claim for a reader. `row` is its field with what the record says now; None for a field that the record does
    not have. `said` is None where the claim is withdrawn; `replaced_by` is the claim that holds instead, if it is
    public."""

    claim: Claim
    row: Row | None
    said: Said | None
    others: list[Said]
    reading: Reading
    history: list[Step]
    replaced_by: Claim | None = None

    @property
    def record(self) -> Evidenced:
        return self.claim.subject

    @property
    def label(self):
        return field_label_of(self.claim)

    @property
    def text(self):
        """What it says, an amount in full figures."""
        return self.reading.exact or self.reading.text

    @property
    def is_shown(self):
        """The record shows this very value because of this claim."""
        return self.claim.rank == Rank.PREFERRED and self.row is not None and not self.row.evidence.is_contradicted

    @property
    def is_withdrawn(self):
        return self.claim.rank == Rank.WITHDRAWN

    @property
    def changed_at(self):
        return self.history[-1].at


def claims_for_pages():
    """Claims with all that their pages name."""
    rows = Claim.objects.with_evidence().select_related("source__publisher", *WITH_PLACES)
    return rows.prefetch_related("assertion__claims__source")


def claim_page(claim, public=EVERYTHING):
    """The ClaimPage of a claim, from rows of `claims_for_pages`: of the others, those that are public.

    The same queries whatever the number of other claims; one more for each kind of record that claims name.
    """
    record, target = claim.subject, claim.target
    many = [name for name in target.claimed_fields if target._meta.get_field(name).many_to_many]
    prefetch_related_objects([target], *public.fetching(type(target), *many))
    beside = public.of(Claim.objects.about_same(claim, "currency")).with_evidence().order_by("pk")
    sheet = Sheet(Dossier(record, [] if target is record else [target], claims=beside))
    row = sheet.row(target, claim.field) if claim.field in target.claimed_fields else None
    everything = row.said if row else []
    said = next((one for one in everything if one.claim.pk == claim.pk), None)
    reading = said.reading if said else values_of([claim]).get(claim.pk)
    return ClaimPage(
        claim,
        row,
        said,
        [one for one in everything if one is not said],
        reading or Reading(claim.value),
        claim_history(claim, public),
        _replacement(claim, public),
    )


def _replacement(claim, public):
    """The claim that holds instead of a withdrawn one: where that was withdrawn in its turn, the one after it."""
    found, seen = None, {claim.pk}
    while claim.replaced_by_id and claim.replaced_by_id not in seen and len(seen) <= LONGEST_CHAIN:
        seen.add(claim.replaced_by_id)
        claim = public.of(Claim.objects.all()).in_bulk([claim.replaced_by_id]).get(claim.replaced_by_id)
        if claim is None:
            break
        found = claim
    return found


def withdrawn_with(claim, public):
    """The record that was withdrawn and took a claim with it: what it is about, or what the part of it joins."""
    part = claim.target
    joined = [getattr(part, column) for column, _ in ends(type(part))] if claim.part_name else []
    return next(row for row in (claim.subject, *joined) if public.has_withdrawn(row))


def keys_like(key, public):
    """The keys of public claims that are most like one that nobody has, the most likely first."""
    wanted = re.sub("[^a-z0-9.-]", "", key.lower()).strip(".-")
    begins = wanted[:3]
    if not begins:
        return []
    keys = public.of(Claim.objects.all()).order_by("key").beginning_with(begins, LOOKED_THROUGH)
    return difflib.get_close_matches(wanted, keys, OFFERED, 0.6)


def deleted_claim(key, public):
    """The last line of the history of a claim that is gone for good, if readers may know of it; else None."""
    line = Claim.history.filter(key=key).order_by("-history_date", "-history_id").first()
    if line is None or line.history_type != "-" or not public.may_tell(line, {line.source_id}):
        return None
    return line
