"""Which rows a claim can be about, and which claims wait for whom."""

from django.apps import apps

from aid.models.claims import PARTS, SUBJECTS, Claim

# Everything that the names of a claim's record and part are made of, for one select_related.
WITH_NAMES = (
    *SUBJECTS,
    "office__person",
    "office__party",
    "statement__speaker",
    "statement__party",
    "stage_step",
    "valuation",
    "membership__party",
    "signatory__party",
)


def target_model(name):
    """The model behind one of a claim's columns for its record or for the record's part."""
    return apps.get_model(SUBJECTS[name] if name in SUBJECTS else PARTS[name][0])


def claim_label(claim):
    """A claim's field as people read it: “Amount”, or “Denmark (member): role”."""
    target = claim.target
    if target is None or claim.field not in target.claimed_fields:
        return claim.field
    label = target.field_label(claim.field)
    return f"{part_label(target)}: {label.lower()}" if claim.part_name else label


def part_label(row):
    return f"{row._meta.verbose_name.capitalize()} {row}"


def verified(claims):
    return claims.filter(verified_at__isnull=False)


def unverified_by_others(claims, user):
    """The standing claims that this user may verify: nobody has, and somebody else recorded them."""
    return claims.unverified().exclude(recorded_by=user)


def stored(claims):
    """The rows that the database has for these claims."""
    return Claim.objects.filter(pk__in=[claim.pk for claim in claims if claim.pk])
