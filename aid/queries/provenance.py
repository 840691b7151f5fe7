"""Why a record says what it says: each claimed field with its value, its claims, and what speaks against it."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import prefetch_related_objects

from aid.choices import Basis, Rank, Stage, Unknown
from aid.dates import EDTFField, agree
from aid.models.claims import PARTS, Claim, field_anchor
from aid.models.records import Evidenced
from aid.queries.public import EVERYTHING

# The stages that a pledge passes one after the other: what has reached one has reached those before it.
LADDER = (Stage.ANNOUNCED, Stage.COMMITTED, Stage.ALLOCATED, Stage.DISBURSED, Stage.DELIVERED)


@dataclass
class Evidence:
    """One field of one row, and the claims about it."""

    target: Evidenced
    name: str
    preferred: Claim | None = None
    alternatives: list[Claim] = field(default_factory=list)
    withdrawn: list[Claim] = field(default_factory=list)

    @property
    def label(self):
        return self.target.field_label(self.name)

    @property
    def anchor(self):
        """Where the evidence stands on the record's page: `amount`, or `valuation-3-amount` for a part."""
        return field_anchor(self.target, self.name)

    @property
    def value(self):
        """The field's value as canonical text, "" where there is none."""
        return self.target.canonical(self.name)

    @property
    def unknown(self):
        """Why there is no value, as an Unknown, or None."""
        return self.target.unknown(self.name)

    @property
    def basis(self):
        """The preferred claim's Basis, or None where no claim supports the value: none at all, or one that says
        something else."""
        return Basis(self.preferred.basis) if self.preferred and not self.is_contradicted else None

    @property
    def is_missing(self):
        """There is a value, and no claim supports it."""
        return bool(self.value) and self.preferred is None and not self.stands_beside

    @property
    def stands_beside(self):
        """It is a membership that only sources which are not preferred name: it is shown, and not counted."""
        return self.name == "party" and not getattr(self.target, "is_counted", True) and bool(self.alternatives)

    @property
    def is_contradicted(self):
        """The preferred claim states another value than the record has."""
        return self.preferred is not None and self.preferred.value != self.value

    @cached_property
    def disagreements(self):
        """The alternatives that cannot be true together with the value, worked out once all claims are filed.

        24 January agrees with 24 January 2024, and announced agrees with allocated.
        """
        return [claim for claim in self.alternatives if not self._agrees(claim)]

    @property
    def is_disputed(self):
        return bool(self.disagreements)

    @property
    def is_decided(self):
        """Somebody preferred its claim with a reason, and knew then all that disagree with it."""
        first = self.preferred
        if first is None or first.preferred_at is None:
            return False
        return all(claim.recorded_at <= first.preferred_at for claim in (first, *self.disagreements))

    @property
    def sides(self):
        """The standing claims by what they say: those that say the preferred thing first, then each that cannot be
        true together with it. [[Claim]]"""
        found = {}
        for claim in self.disagreements:
            found.setdefault(claim.value, []).append(claim)
        against = set(found)
        return [[claim for claim in self.claims if claim.value not in against], *found.values()]

    @property
    def claims(self):
        """All claims that stand, the preferred one first."""
        return [*([self.preferred] if self.preferred else []), *self.alternatives]

    def _agrees(self, claim):
        if claim.value == self.value:
            return True
        if isinstance(self.target._meta.get_field(self.name), EDTFField):
            return agree(claim.value, self.value)
        if self.target._meta.label == "aid.PledgeStage" and self.name == "stage":
            # An allocated pledge was announced too. A later stage, or a cancellation, is news that the value lacks.
            return self.value in LADDER and claim.value in LADDER[: LADDER.index(self.value)]
        return False


class Dossier:
    """The evidence for a record and its parts, field by field.

    Takes two queries for any number of claims (the claims with their sources; their passages), plus what the
    parts and many-to-many fields cost where the caller has not prefetched them.
    """

    def __init__(self, record, parts=(), claims=None, public=EVERYTHING, fields=()):
        """`parts` are the record's rows that have claimed fields of their own; `claims` saves the queries. Else they
        are those that are `public`, which by default are all. `fields` are those of the record that are wanted, if
        not all."""
        self.record = record
        self.rows = [record, *parts]
        self._rows = {(row._meta.label, row.pk): row for row in self.rows}
        self._found = {
            (row._meta.label, row.pk, name): Evidence(row, name)
            for row in self.rows
            for name in fields or row.claimed_fields
        }
        found = public.of(record.claims.with_evidence()).order_by("pk") if claims is None else claims
        self.claims = list(found)
        for claim in self.claims:
            self._file(claim)

    def _file(self, claim):
        part = claim.part_name
        row = self._rows.get((PARTS[part][0], getattr(claim, f"{part}_id"))) if part else self.record
        if row is not None:
            # The claim then knows its row without asking the database for it.
            setattr(claim, part or claim.subject_name, row)
        key = (
            (PARTS[part][0], getattr(claim, f"{part}_id"), claim.field)
            if part
            else (self.record._meta.label, self.record.pk, claim.field)
        )
        evidence = self._found.get(key)
        if evidence is None:
            return
        if claim.rank == Rank.PREFERRED:
            evidence.preferred = claim
        elif claim.rank == Rank.ALTERNATIVE:
            evidence.alternatives.append(claim)
        else:
            evidence.withdrawn.append(claim)

    def of(self, target, name):
        """The evidence for one field of the record or of one of its parts. Raises KeyError for a field without."""
        return self._found[(target._meta.label, target.pk, name)]

    def __iter__(self):
        return iter(self._found.values())

    @property
    def supported(self):
        """How many fields with a value have a preferred claim that says the same."""
        return sum(1 for found in self if found.value and found.preferred and not found.is_contradicted)

    @property
    def valued(self):
        """How many fields have a value."""
        return sum(1 for found in self if found.value)

    @property
    def not_stated(self):
        """The fields without a value, with the reason why: [(Evidence, Unknown)]."""
        return [(found, found.unknown) for found in self if not found.value and found.unknown]

    @property
    def undocumented(self):
        """The fields whose value no claim supports, or whose claim says something else."""
        return [found for found in self if found.is_missing or found.is_contradicted]

    @property
    def sources(self):
        """The sources that any standing claim names, each once, in the order of the claims."""
        return list(
            {
                claim.source.pk: claim.source
                for claim in self.claims
                if claim.source and claim.rank != Rank.WITHDRAWN
            }.values()
        )


def dossier(record, public=EVERYTHING):
    """The Dossier of any record, with the parts that its kind has; by default all of it, else what is public."""
    return Dossier(record, parts_of(record, public), public=public)


# The relations that hold a record's parts, and what is loaded with them: with it a claim can name them.
PART_RELATIONS = {
    "aid.Pledge": {"stages": "stages", "valuations": "valuations"},
    "aid.Coalition": {"memberships": "memberships__party"},
    "aid.Agreement": {"signatories": "signatories__party"},
}


def parts_of(record, public=EVERYTHING):
    """The rows of a record that have claimed fields of their own: stages and valuations, members, signatories.

    Asks the database only for what has not been prefetched, and then for what is public.
    """
    relations = PART_RELATIONS.get(record._meta.label, {})
    prefetch_related_objects([record], *public.fetching(type(record), *relations.values()))
    return [part for relation in relations for part in getattr(record, relation).all()]


__all__ = ["Dossier", "Evidence", "Unknown", "dossier", "parts_of"]
