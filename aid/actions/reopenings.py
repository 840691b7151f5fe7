"""Opening claims again whose source was withdrawn or has a newer version, and closing them when that is undone.

A claim that is open is not verified, and stands in a work list until somebody decides what becomes of it.
"""

from django.utils import timezone

from aid.choices import Rank, Reopened, Settled
from aid.models.claims import Claim
from aid.models.reopenings import Reopening
from aid.queries.claims import claim_label
from aid.queries.reopenings import open_about, opened_by_cause, resting_on

WHY = {
    Reopened.WITHDRAWN: "Its source was withdrawn.",
    Reopened.SUPERSEDED: "Its source has a newer version.",
}


def reopen_claims(source, because, by):
    """Opens every standing claim that rests on a source. Returns the lines of the log about them, in a transaction
    that the caller has begun. Three queries for each claim."""
    told, now = [], timezone.now()
    opened = {row.claim_id for row in opened_by_cause(source, because)}
    for claim in resting_on(source):
        if claim.pk in opened:
            continue
        Reopening.objects.create(
            claim=claim,
            source=source,
            because=because,
            opened_at=now,
            opened_by=by,
            was_verified_by=claim.verified_by,
            was_verified_at=claim.verified_at,
        )
        was = "verified" if claim.verified_at else "not verified"
        claim.verified_by = claim.verified_at = None
        claim.reopened_at = claim.reopened_at or now
        _save(claim, by, WHY[because])
        told.append((f"{claim.subject} – {claim_label(claim)}", was, "reopened"))
    return told


def close_again(source, because, by):
    """Closes what this cause alone had opened, as it was before: verified, if it has not been recorded anew since.

    A claim that something else keeps open stays so. Returns the lines of the log, in the caller's transaction.
    """
    told = []
    for row in opened_by_cause(source, because):
        claim = Claim.objects.select_for_update(of=("self",)).get(pk=row.claim_id)
        _close(row, by, Settled.UNDONE)
        if other := open_about(claim).first():
            if other.was_verified_at is None and row.was_verified_at:
                other.was_verified_by, other.was_verified_at = row.was_verified_by, row.was_verified_at
                other.save(update_fields=["was_verified_by", "was_verified_at"])
            continue
        claim.reopened_at = None
        if claim.verified_at is None and row.was_verified_at and claim.recorded_at <= row.opened_at:
            claim.verified_by, claim.verified_at = row.was_verified_by, row.was_verified_at
        _save(claim, by, "What had happened to its source was taken back.")
        told.append((f"{claim.subject} – {claim_label(claim)}", "reopened", "as before"))
    return told


def settle(claim, by, outcome, why=""):
    """Closes all that is open about a claim; it is saved by the caller. No query where nothing is."""
    if claim.reopened_at is None:
        return
    for row in open_about(claim):
        _close(row, by, outcome, why)
    claim.reopened_at = None


def settle_what_is_decided(claim, by, source_before):
    """Closes a claim that was withdrawn, or that rests on another source than before; saved by the caller."""
    if claim.rank == Rank.WITHDRAWN:
        settle(claim, by, Settled.WITHDRAWN, claim.withdrawn_why)
    elif claim.source_id != source_before:
        settle(claim, by, Settled.MOVED)


def _close(row, by, outcome, why=""):
    row.closed_at, row.closed_by, row.outcome, row.why = timezone.now(), by, outcome, why
    row.save(update_fields=["closed_at", "closed_by", "outcome", "why"])


def _save(claim, by, why):
    claim._history_user, claim._change_reason = by, why[:100]
    claim.save()
