"""Choosing which of the claims about one field a record rests on."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from aid.actions.claims import undecide
from aid.actions.coalitions import follow_claims, follow_leads
from aid.actions.log import log
from aid.actions.pledges import follow_stages
from aid.choices import AuditAction, Rank
from aid.queries.claims import claim_label, claims_beside
from aid.rules.stated import says_about


@transaction.atomic
def prefer_claim(claim, by, why):
    """Makes a claim the one on which its record's field rests, with the reason; the field then has its value.

    An amount comes with the currency that the same source gives it in. The claim that was preferred becomes an
    alternative; neither is recorded anew, so a verification stands. Choosing the one that is preferred already gives
    the reason why it stays. Returns the claims that are preferred by it.

    Raises PermissionDenied, or ValidationError with the code `reason`, `withdrawn`, `value` or that of a constraint.
    """
    if not by.has_perms(["aid.change_claim", f"aid.change_{claim.subject_name}"]):
        raise PermissionDenied
    if not why.strip():
        raise ValidationError("Say why this one is preferred: readers see the reason.", code="reason")
    beside = list(claims_beside(claim).select_for_update(of=("self",)))
    claim = next((row for row in beside if row.pk == claim.pk), None)
    if claim is None or claim.rank == Rank.WITHDRAWN:
        raise ValidationError("This claim has been withdrawn. Choose one that stands.", code="withdrawn")
    chosen = [claim, *_goes_with(claim, beside)]
    row = claim.target
    for one in chosen:
        _take_over(row, one)
    try:
        row.full_clean()
    except ValidationError as error:
        sentences = " ".join(error.messages)
        raise ValidationError(f"The record cannot have this value as it stands: {sentences}", code="value") from error
    row._history_user, row._change_reason = by, why.strip()[:100]
    row.save()
    told = []
    for one in chosen:
        told += _give_preference(one, [other for other in beside if other.field == one.field], by, why.strip())
    if row._meta.label == "aid.PledgeStage":
        follow_stages(row.pledge)
    if claim.part_name == "membership":
        follow_claims(claim.coalition)
        follow_leads(claim.coalition)
    log(AuditAction.PREFERRED, by, claim, f"{claim.subject} – {claim_label(claim)}.", why.strip(), told)
    return chosen


def _goes_with(claim, beside):
    """What the same source says of the currency of an amount, where that is not preferred already: [Claim]."""
    if claim.field != "amount":
        return []
    own = [row for row in beside if row.field == "currency" and row.source_id == claim.source_id]
    return [] if any(row.rank == Rank.PREFERRED for row in own) else own[:1]


def _take_over(row, claim):
    """Gives a row the value of a claim about it. Raises ValidationError with the code `value`."""
    column = row._meta.get_field(claim.field)
    if row.canonical(claim.field) == claim.value:
        return
    try:
        if column.is_relation:
            value = [_named(column.related_model, key) for key in claim.value.split("; ")]
            if column.many_to_many:
                getattr(row, claim.field).set(value)
            else:
                setattr(row, claim.field, value[0])
        else:
            setattr(row, claim.field, column.clean(claim.value, row))
    except (ValidationError, ValueError, ArithmeticError) as error:
        raise ValidationError(
            f"“{claim.value}” is no value that this field can have. Mend the claim first.", code="value"
        ) from error
    if hasattr(row, f"{claim.field}_unknown"):
        setattr(row, f"{claim.field}_unknown", "")
    if claim.field == "amount" and hasattr(row, "is_approximate") and says_about(claim) is not None:
        row.is_approximate = says_about(claim)
    if row._meta.label == "aid.PledgeStage" and claim.field == "stage":
        row.wording = claim.wording[: row._meta.get_field("wording").max_length]


def _named(model, key):
    try:
        return model.objects.get_by_natural_key(*key.split("/", len(model.natural_key_fields) - 1))
    except model.DoesNotExist as error:
        raise ValueError(key) from error


def _give_preference(claim, beside, by, why):
    """Makes one of the claims about a field the preferred one; the log's lines about those whose rank changes."""
    told = []
    for other in beside:
        if other.pk != claim.pk and other.rank == Rank.PREFERRED:
            other.rank = Rank.ALTERNATIVE
            undecide(other)
            _signed(other, by, why).save()
            told.append((claim_label(other), f"{other.value} (preferred)", f"{other.value} (alternative)"))
    was, claim.rank = claim.get_rank_display(), Rank.PREFERRED
    claim.preferred_why, claim.preferred_by, claim.preferred_at = why, by, timezone.now()
    _signed(claim, by, why).save()
    return [*told, (claim_label(claim), f"{claim.value} ({was})", f"{claim.value} (preferred)")]


def _signed(row, by, why):
    row._history_user, row._change_reason = by, why[:100]
    return row
