"""The fact-check: signing off what an article says, and letting one rule pass with a reason.

Each is one transaction and one entry in the audit log. What was signed and granted is never changed.
"""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from aid.actions.articles import latest_revision
from aid.actions.claims import reason_not_to_verify, verify_claim
from aid.actions.log import log
from aid.choices import AuditAction
from aid.models.articles import Article
from aid.models.checks import Exemption, SignOff
from aid.models.claims import Claim
from aid.queries.checkable import PART, text_of
from aid.queries.checks import check_of
from aid.queries.claims import stored
from aid.queries.standing import authors_since_live, standing
from aid.rules.publishing import reasons_not_to_publish

CHECK = "aid.check_article"
VERIFY = "aid.change_claim"
LONGEST_NAME = 60


@dataclass
class SignedOff:
    """What became of the chosen items: the signed ones, the claims that were verified with them, and the refused
    ones as (state, its words, why not)."""

    signed: list = field(default_factory=list)
    verified: list[Claim] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)


@transaction.atomic
def sign_off(article, by, chosen, seen=None):
    """Signs off items of the article's newest revision. `chosen` is {state of an item: note}; `seen` is the revision
    that somebody read, where it may not be the newest.

    An item that has changed meanwhile is refused and the others are signed. Where the signer may verify the claims
    that an item rests on, they are verified with it. Raises PermissionDenied.
    """
    if not by.has_perm(CHECK):
        raise PermissionDenied
    article = Article.objects.select_for_update().get(pk=article.pk)
    newest = latest_revision(article)
    check = check_of(article, newest)
    # Held still from here on, and read once more: a claim has a page of its own.
    resting = [claim for item in check.items if item.state in chosen for claim in item.claims]
    list(stored(resting).select_for_update().values_list("pk"))
    check = check_of(article, newest)
    done = SignedOff()
    for state, note in chosen.items():
        item = check.by_state.get(state)
        why_not = _refusal(check, item, by, note, newest, seen)
        if why_not:
            done.refused.append((state, item.text if item else _words(seen, state), why_not))
            continue
        SignOff.objects.create(
            article=article,
            revision=newest,
            kind=item.kind,
            item=item.thing.key,
            state=state,
            note=note.strip(),
            signed_by=by,
        )
        done.signed.append(item)
        done.verified += _verify(item, by)
    if done.signed:
        _log(article, newest, by, check, done.signed)
    return done


def _refusal(check, item, by, note, newest, seen):
    """Why an item cannot be signed off now, as a sentence; "" where it can."""
    if item is None:
        if seen is not None and newest is not None and newest.number > seen.number:
            return (
                f"Revision {newest.number} was saved since you opened this page, and says it otherwise or not at all."
            )
        return "It or what it rests on has changed since you opened this page. Read it once more."
    if not item.is_open:
        return f"{item.sign_off.signed_by} has signed it off meanwhile."
    if reason := check.reason_not_to_sign(item, by):
        return reason
    if item.is_unsupported and not note.strip():
        return "Nothing recorded bears it out. Write in the note how you checked it."
    return ""


def _words(seen, state):
    """What an item said that is no longer there, from the revision that somebody read."""
    text = text_of(seen)
    thing = text.by_mark.get(state[:PART])
    if thing is None:
        return "One item"
    paragraph, _ = text.places(thing)
    return paragraph.plain[slice(*thing.span)] if thing.typed else paragraph.written(*thing.span)


def _verify(item, by):
    """Verifies the claims that an item rests on, as far as this account may. Returns them."""
    if not by.has_perm(VERIFY):
        return []
    found = [claim for claim in item.claims_to_verify if not reason_not_to_verify(claim, by)]
    for claim in found:
        verify_claim(claim, by)
    return found


def _log(article, revision, by, check, signed):
    article.headline = revision.headline
    left = len(check.open) - len(signed)
    rest = "nothing is open now" if not left else f"{left} still open"
    what = "1 item" if len(signed) == 1 else f"{len(signed)} items"
    log(
        AuditAction.SIGNED_OFF,
        by,
        article,
        f"Signed off {what} of revision {revision.number}; {rest}.",
        changes=[(f"{item.kind.label}: {item.thing.key}", "open", f"signed off: {item.text}") for item in signed],
    )


@transaction.atomic
def exempt_article(article, by, code, subject, state, why):
    """Lets one reason of the checklist pass for an article, while what was found stays the same.

    Raises PermissionDenied, or ValidationError with the code `reason`, `author` or `changed`.
    """
    if not by.has_perm(CHECK):
        raise PermissionDenied
    if not why.strip():
        raise ValidationError("Say why it may go live all the same.", code="reason")
    article = Article.objects.select_for_update().get(pk=article.pk)
    newest = latest_revision(article)
    if by.pk in authors_of(article, newest):
        raise ValidationError("You wrote this text. Somebody else has to let it pass.", code="author")
    about = (code, subject, state)
    found = (
        reason
        for reason in reasons_not_to_publish(article, newest)
        if reason.can_be_exempted and (reason.code, reason.subject, reason.state) == about
    )
    reason = next(found, None)
    if reason is None:
        raise ValidationError(
            "This has changed since you opened the page. Read below what stands in the way now.", code="changed"
        )
    if reason.exemption:
        raise ValidationError(f"{reason.exemption.granted_by} has let it pass meanwhile.", code="changed")
    given = Exemption.objects.create(
        article=article, code=code, subject=subject, state=state, reason=why.strip(), granted_by=by
    )
    article.headline = newest.headline if newest else ""
    log(AuditAction.EXEMPTED, by, article, f"{code}: {reason.message}", why.strip())
    return given


def authors_of(article, newest):
    """The keys of the accounts that wrote what readers do not have yet, and of who wrote the newest revision."""
    return authors_since_live(standing(article)) | ({newest.created_by_id} if newest else set())
