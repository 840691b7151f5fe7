"""What the page of one claim shows: what the claim says, where it says it from, and what other claims say of the same
field."""

from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from aid.choices import Rank
from aid.models.claims import Claim
from aid.models.records import Evidenced
from aid.queries.claims import WITH_NAMES
from aid.queries.provenance import Dossier
from aid.queries.public import EVERYTHING
from aid.queries.readings import Reading, Row, Said, Sheet, label_of


@dataclass
class ClaimPage:
    """One claim for a reader. `row` is its field with what the record says now; None for a field that the record does
    not have."""

    claim: Claim
    row: Row | None
    said: Said | None
    others: list[Said]

    @property
    def record(self) -> Evidenced:
        return self.claim.subject

    @property
    def target(self) -> Evidenced:
        return self.claim.target

    @property
    def label(self):
        return label_of(self.target, self.claim.field)

    @property
    def reading(self):
        return self.said.reading if self.said else Reading(self.claim.value)

    @property
    def is_shown(self):
        """The record shows this very value because of this claim."""
        return self.claim.rank == Rank.PREFERRED and self.row is not None and not self.row.evidence.is_contradicted


def claims_for_pages():
    """Claims with all that their pages name."""
    return Claim.objects.with_evidence().select_related(*WITH_NAMES)


def claim_page(claim, public=EVERYTHING):
    """The ClaimPage of a claim, from rows of `claims_for_pages`: of the others, those that are public.

    The same queries whatever the number of other claims; one more for each kind of record that claims name.
    """
    record, target = claim.subject, claim.target
    many = [name for name in target.claimed_fields if target._meta.get_field(name).many_to_many]
    prefetch_related_objects([target], *public.fetching(type(target), *many))
    beside = public.of(Claim.objects.about_same(claim, "currency")).with_evidence().order_by("pk")
    sheet = Sheet(Dossier(record, [] if target is record else [target], claims=beside))
    if claim.field not in target.claimed_fields:
        return ClaimPage(claim, None, None, [])
    row = sheet.row(target, claim.field)
    said = next((one for one in row.said if one.claim.pk == claim.pk), None)
    return ClaimPage(claim, row, said, [one for one in row.said if one is not said])
