"""Which rows a claim can be about, what claims state, and which wait for whom."""

from collections import defaultdict

from django.apps import apps
from django.db import models
from django.db.models import Case, Q, When
from django.utils.translation import gettext

from aid import formats, nouns
from aid.choices import Rank
from aid.models.claims import PARTS, SUBJECTS, Claim
from aid.models.records import HasAmount, canonical_text
from aid.queries.readings import decimal_reading, label_of, plain_reading, record_reading, several

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


# Everything that the addresses of a claim's record and part are made of, beside their names.
WITH_PLACES = (*WITH_NAMES, "assertion__pledge", "assertion__coalition", "assertion__agreement")
BETWEEN = "; "


def for_list(claims):
    """Claims with their source, the names of what they are about, and all that its address is worked out from."""
    rows = claims.select_related("source", "verified_by", *WITH_PLACES).defer("source__text")
    return rows.prefetch_related("assertion__claims__source")


def field_label_of(claim):
    """What a claim's field is called beside its value on a page, with the party or the stage that it is about."""
    label, part = label_of(claim.target, claim.field), claim.target if claim.part_name else None
    if claim.stage_step_id:
        return f"{part.get_stage_display()}: {label.lower()}"
    if claim.valuation_id:
        if claim.field == "amount":
            return label
        return gettext("Stated equivalent: %(field)s") % {"field": label.lower()}
    return f"{part.party}: {label.lower()}" if part else label


def values_of(claims):
    """What claims state, as Readings: {claim's number: Reading}. For claims `for_list`.

    One query for each kind of record that any of them names, and one where any gives an amount.
    """
    claims = [claim for claim in claims if claim.field in claim.target.claimed_fields]
    columns = {claim.pk: claim.target._meta.get_field(claim.field) for claim in claims}
    named, currencies = _named(claims, columns), _currencies(claims)
    found = {}
    for claim in claims:
        column = columns[claim.pk]
        if column.is_relation:
            rows = [named.get((column.related_model, key)) for key in claim.value.split(BETWEEN)]
            readings = [record_reading(row) for row in rows if row is not None]
            found[claim.pk] = several(readings) if len(readings) > 1 else next(iter(readings), None)
        elif isinstance(column, models.DecimalField):
            found[claim.pk] = decimal_reading(column, claim.value, currencies[claim.pk])
        found[claim.pk] = found.get(claim.pk) or plain_reading(column, claim.value, claim.basis)
    return found


def _named(claims, columns):
    """The rows that claims name: {(model, how claims write it): row}."""
    wanted = defaultdict(set)
    for claim in claims:
        if columns[claim.pk].is_relation:
            wanted[columns[claim.pk].related_model].update(claim.value.split(BETWEEN))
    return {
        (model, canonical_text(row)): row
        for model, keys in wanted.items()
        for row in model.objects.filter(_among_keys(model, keys)).select_related(*_joined(model))
    }


def _joined(model):
    return sorted({path.rpartition("__")[0] for path in model.natural_key_fields if "__" in path})


def _among_keys(model, keys):
    """The condition that a row's last key is one of these, which finds all of them and at worst some more."""
    return Q(**{f"{model.natural_key_fields[-1]}__in": {key.rpartition("/")[2] for key in keys}})


def _currencies(claims):
    """The currency in which each claim about an amount gives it: that of its own source, else that of the row."""
    amounts = [claim for claim in claims if claim.field == "amount" and isinstance(claim.target, HasAmount)]
    if not amounts:
        return {}
    about = Q()
    for claim in amounts:
        name = claim.part_name or claim.subject_name
        about |= Q(**{name: getattr(claim, f"{name}_id"), "source": claim.source_id})
    told = {_about(row): row.value for row in Claim.objects.standing().filter(about, field="currency")}
    return {claim.pk: told.get(_about(claim)) or claim.target.currency for claim in amounts}


def _about(claim):
    name = claim.part_name or claim.subject_name
    return name, getattr(claim, f"{name}_id"), claim.source_id


def part_label(row):
    return f"{formats.capitalised(nouns.kind(row._meta.verbose_name))} {row}"


def verified(claims):
    return claims.filter(verified_at__isnull=False)


def unverified_by_others(claims, user):
    """The standing claims that this user may verify: nobody has, and somebody else recorded them."""
    return claims.unverified().exclude(recorded_by=user)


def claims_beside(claim):
    """The standing claims about the same row as this one that are about its field or what goes with it."""
    rows = Claim.objects.about_same(claim, "currency")
    return rows.standing().with_evidence().select_related(*WITH_NAMES).order_by("pk")


def claims_about(claim):
    """The standing claims about the same field of the same row as this one, the preferred one first."""
    rows = (row for row in claims_beside(claim) if row.field == claim.field)
    return sorted(rows, key=lambda row: row.rank != Rank.PREFERRED)


def with_names(claims):
    """Claims with all that the names of their record and part are made of."""
    return claims.select_related(*WITH_NAMES)


def stored(claims):
    """The rows that the database has for these claims."""
    return Claim.objects.filter(pk__in=[claim.pk for claim in claims if claim.pk])


def preferred_instead_of(claim):
    """The claim that is preferred for the field that a claim is about, unless it is this one; None where there is
    none."""
    return Claim.objects.about_same(claim).preferred().exclude(pk=claim.pk).first()


def standing_instead_of(claim):
    """The claims about the same field that could replace a claim: those that stand, the preferred one first."""
    rows = Claim.objects.about_same(claim).standing().exclude(pk=claim.pk).select_related("source")
    return rows.order_by(Case(When(rank=Rank.PREFERRED, then=0), default=1), "pk")
