"""Deciding what becomes of a claim that was opened again: it is kept, or moved to another version of its source.

To withdraw it decides it too, and so does entering another source in its form.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from aid.actions.claims import cut_passage, find_quote, record_claims
from aid.actions.log import log
from aid.actions.reopenings import settle
from aid.choices import AuditAction, Settled
from aid.models.claims import Claim
from aid.queries.claims import claim_label

CHANGE = "aid.change_claim"


@transaction.atomic
def keep_claim(claim, by, why):
    """Lets a claim stand although its source was withdrawn or replaced. Readers are told why; it is to be verified
    anew, by somebody else than who recorded it.

    Raises PermissionDenied, or ValidationError with the code `reopened` or `reason`.
    """
    claim = _reopened(claim, by)
    why = _reason(why)
    settle(claim, by, Settled.KEPT, why)
    claim.kept_at, claim.kept_why = timezone.now(), why
    claim._history_user, claim._change_reason = by, why[:100]
    claim.save()
    _log(claim, by, "Kept", why)


@transaction.atomic
def move_claim(claim, source, quote, by, why):
    """Lets a claim rest on a sentence of another source, which is that of the newer version as a rule. Its value and
    its wording stay, so the wording has to stand in that sentence too.

    Raises PermissionDenied, or ValidationError with the code `reopened`, `reason`, `source`, `wording`,
    `quote_missing` or `quote_ambiguous`.
    """
    claim = _reopened(claim, by)
    why = _reason(why)
    if source is None or source.pk == claim.source_id:
        raise ValidationError("Choose another source than the one that it rests on.", code="source")
    span = find_quote(source.text, quote)
    if claim.wording and claim.wording not in source.text[slice(*span)]:
        raise ValidationError(
            f"The words “{claim.wording}” do not stand in this sentence. Open the claim and enter what the newer "
            f"version says.",
            code="wording",
        )
    settle(claim, by, Settled.MOVED, why)
    claim.source, claim.kept_at, claim.kept_why = source, None, ""
    claim._history_user, claim._change_reason = by, why[:100]
    record_claims([claim], by)
    claim.passages.set([cut_passage(source, span)])
    _log(claim, by, f"Moved to “{source}”", why)


def _reopened(claim, by):
    if not by.has_perm(CHANGE):
        raise PermissionDenied
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if claim.reopened_at is None:
        raise ValidationError("It waits for no decision: somebody has decided meanwhile.", code="reopened")
    return claim


def _reason(why):
    if not why.strip():
        raise ValidationError("Say why.", code="reason")
    return why.strip()


def _log(claim, by, did, why):
    log(AuditAction.DECIDED, by, claim, f"{did}: {claim.subject} – {claim_label(claim)}.", why, changes=())
