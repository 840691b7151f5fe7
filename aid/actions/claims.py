"""Recording a claim with its passage, verifying it, and withdrawing it."""

import re

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from aid.actions.coalitions import follow_claims
from aid.actions.log import log
from aid.actions.reopenings import settle_what_is_decided
from aid.choices import AuditAction, Rank
from aid.models.sources import Passage
from aid.queries.claims import claim_label, preferred_instead_of, stored

# What a claim says, and how it comes to say it.
SAYING = ("value", "wording", "basis", "reasoning", "source_id")
# The column of the history tables.
LONGEST_REASON = 100


def find_quote(text, quote):
    """The (start, end) of the one place in the text that reads like the quote, in code points.

    Runs of white space are equal to one another, because a copied line break or tab is no other word; every other
    character counts. The span is that of the text itself. Raises ValidationError with the code `quote_missing` or
    `quote_ambiguous`.
    """
    words = quote.split()
    if not words:
        raise ValidationError("Copy at least one word of the source.", code="quote_missing")
    if not text:
        raise ValidationError(
            "This source is kept without its text, so no sentence of it can be pointed to. Leave the quote empty.",
            code="quote_missing",
        )
    # The lookahead finds places that overlap, too.
    pattern = re.compile("(?=(" + r"\s+".join(re.escape(word) for word in words) + "))")
    found = []
    for match in pattern.finditer(text):
        found.append(match.span(1))
        if len(found) == 2:
            raise ValidationError(
                "These words stand in the source more than once. Copy more of the sentence, so that they fit one "
                "place only.",
                code="quote_ambiguous",
            )
    if not found:
        raise ValidationError(
            "These words do not stand in the source's text. Copy them from it exactly, with the same marks and "
            "apostrophes, and without leaving anything out.",
            code="quote_missing",
        )
    return found[0]


def cut_passage(source, span):
    """The passage of a source at a span; made if it is new."""
    start, end = span
    passage, _ = Passage.objects.get_or_create(
        source=source, start=start, end=end, defaults={"quote": source.text[start:end]}
    )
    return passage


@transaction.atomic
def record_claims(claims, by):
    """Saves new and changed claims under the name of who entered them.

    A changed claim is a new say-so: it carries the name of who changed it and is to be verified again. One that is
    withdrawn and says what it said keeps both names; where it was preferred, the claim that is preferred now replaces
    it. The saved ones give up their preference first, so that two claims about one field can change places.
    """
    before = {row.pk: row for row in stored(claims)}
    stored(claims).preferred().update(rank=Rank.ALTERNATIVE)
    for claim in sorted(claims, key=lambda claim: claim.rank == Rank.WITHDRAWN):
        was = before.get(claim.pk)
        if was is not None:
            settle_what_is_decided(claim, by, was.source_id)
        if claim.rank == Rank.WITHDRAWN and was is not None:
            if was.rank == Rank.PREFERRED and claim.replaced_by is None:
                claim.replaced_by = preferred_instead_of(claim)
            if all(getattr(was, name) == getattr(claim, name) for name in SAYING):
                undecide(claim)
                claim.save()
                continue
        claim.recorded_by, claim.recorded_at = by, timezone.now()
        claim.verified_by = claim.verified_at = None
        if claim.rank != Rank.PREFERRED:
            undecide(claim)
        claim.save()
    _recount(claims)


def _recount(claims):
    """Counts the members of the coalitions that claims about who is a member are about."""
    for coalition in {claim.coalition for claim in claims if claim.membership_id and claim.field == "party"}:
        follow_claims(coalition)


def undecide(claim):
    """Forgets why a claim was preferred. It is not saved yet."""
    claim.preferred_why, claim.preferred_by, claim.preferred_at = "", None, None


def reason_not_to_verify(claim, by):
    """Why this user cannot verify this claim, as a sentence; "" where nothing speaks against it."""
    if claim.verified_at:
        return "It is verified already."
    if claim.rank == Rank.WITHDRAWN:
        return "It is withdrawn."
    if claim.reopened_at:
        return "Its source was withdrawn or has a newer version. Decide first what becomes of it."
    if claim.recorded_by_id == by.pk:
        return "You recorded it yourself. Somebody else has to verify it."
    return ""


@transaction.atomic
def verify_claim(claim, by):
    """Marks a claim as checked against its source by somebody other than who recorded it.

    Raises ValidationError with the code `verifier`.
    """
    reason = reason_not_to_verify(claim, by)
    if reason:
        raise ValidationError(reason, code="verifier")
    claim.verified_by, claim.verified_at = by, timezone.now()
    claim.save(update_fields=["verified_by", "verified_at"])
    log(AuditAction.VERIFIED, by, claim, f"{claim.subject} – {claim_label(claim)}.", changes=())


@transaction.atomic
def withdraw_claim(claim, by, why, replaced_by=None):
    """Takes a claim back: it is kept, never used, and its address says since when and why, and what replaced it.

    A claim that replaces a preferred one takes its place where it says what the record says. Raises ValidationError
    with the code `withdrawn`, `reason` or `replacement`.
    """
    if claim.rank == Rank.WITHDRAWN:
        raise ValidationError("It is withdrawn already.", code="withdrawn")
    why = _reason(why, "Say why it is withdrawn.")
    _check_replacement(claim, replaced_by)
    was_preferred = claim.rank == Rank.PREFERRED
    claim.rank, claim.withdrawn_at, claim.withdrawn_why = Rank.WITHDRAWN, timezone.now(), why
    claim.replaced_by = replaced_by
    undecide(claim)
    settle_what_is_decided(claim, by, claim.source_id)
    _save(claim, by, why)
    log(AuditAction.WITHDRAWN, by, claim, f"{claim.subject} – {claim_label(claim)}.", why, changes=())
    if was_preferred and replaced_by and replaced_by.value == claim.target.canonical(claim.field):
        replaced_by.rank = Rank.PREFERRED
        _save(replaced_by, by, f"It replaces the claim {claim.key}.")
    _recount([claim])


@transaction.atomic
def tell_withdrawal(claim, by, why, replaced_by=None):
    """Changes what readers are told of a claim that is withdrawn: the reason, and what replaced it.

    Raises ValidationError with the code `withdrawn`, `reason` or `replacement`.
    """
    if claim.rank != Rank.WITHDRAWN:
        raise ValidationError("It is not withdrawn.", code="withdrawn")
    claim.withdrawn_why = _reason(why, "Say why it is withdrawn.")
    _check_replacement(claim, replaced_by)
    claim.replaced_by = replaced_by
    _save(claim, by, why)


def _reason(why, sentence):
    if not why.strip():
        raise ValidationError(sentence, code="reason")
    return why.strip()


def _check_replacement(claim, other):
    if other is None:
        return
    if other.rank == Rank.WITHDRAWN or other.pk == claim.pk or other.about_columns != claim.about_columns:
        raise ValidationError("Choose a claim about the same field that stands.", code="replacement")


def _save(claim, by, why):
    claim._history_user, claim._change_reason = by, why[:LONGEST_REASON]
    claim.save()
