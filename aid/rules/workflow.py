"""The way to publication: which step may be taken from where, and by whom. One table; forms and actions read it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from aid import moments
from aid.choices import ArticleStatus
from aid.queries.standing import EMPTY, LIVE, SCHEDULED, authors_since_live
from aid.rules.publishing import Reason, reasons_not_to_publish

DRAFT, FACT_CHECK, READY = ArticleStatus.DRAFT, ArticleStatus.FACT_CHECK, ArticleStatus.READY
WRITE, CHECK, ASSIGN, PUBLISH = (
    f"aid.{name}_article" for name in ("change", "check", "assign", "publish")
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step: the permission it needs, how far the newest text may have come, and how far it then has come.

    Without `stages` the text does not matter; `needs` says why the step cannot be taken for another reason: None, or
    a sentence and its code.
    """

    label: str
    permission: str
    stages: tuple = ()
    to: str = ""
    needs: Callable | None = None


def _live(found):
    return None if found.live else ("The article is not live.", "not_live")


def _live_or_scheduled(found):
    if found.live or found.is_scheduled:
        return None
    return "The article is neither live nor scheduled: there is nothing to withdraw.", "not_live"


def _scheduled(found):
    return None if found.coming else ("Nothing is scheduled for this article.", "nothing")


def _not_live(found):
    if not found.live:
        return None
    return "Readers have this article already, so an embargo hides nothing. Withdraw it instead.", "live_already"


STEPS = {
    "submit": Step("Submit to the fact-check", WRITE, (DRAFT,), to=FACT_CHECK),
    "send-back": Step("Send back", CHECK, (FACT_CHECK, READY), to=DRAFT),
    "make-ready": Step("Make ready", CHECK, (FACT_CHECK,), to=READY),
    "publish": Step("Publish now", PUBLISH, (READY, SCHEDULED)),
    "schedule": Step("Schedule", PUBLISH, (READY, SCHEDULED)),
    "take-back": Step("Take back the schedule", PUBLISH, needs=_scheduled),
    "withdraw": Step("Withdraw now", PUBLISH, needs=_live),
    "schedule-withdrawal": Step("Schedule a withdrawal", PUBLISH, needs=_live_or_scheduled),
    "assign": Step("Assign", ASSIGN),
    "embargo": Step("Set the embargo", WRITE, needs=_not_live),
}

# The step that takes a text on from each stage, and that the checklist can keep back.
CHECKED = {DRAFT: "submit", FACT_CHECK: "make-ready", READY: "publish", SCHEDULED: "publish"}

# What speaks against a step that needs another stage.
STAGES = {
    EMPTY: ("Nothing has been written yet. Save a text first.", "nothing_written"),
    DRAFT: ("The text is a draft. Submit it to the fact-check first.", "draft"),
    FACT_CHECK: ("The text is in the fact-check now.", "fact_check"),
    READY: ("The text is ready already.", "ready"),
    SCHEDULED: ("The text is scheduled. Take back the schedule first.", "scheduled"),
    LIVE: ("Readers have this text already. Save a new one first.", "live_already"),
}


def refusal(step, found):
    """Why a step cannot be taken from where an article stands, as a ValidationError; None where it can."""
    row = STEPS[step]
    if row.stages and found.stage not in row.stages:
        message, code = STAGES[found.stage]
        return ValidationError(message, code=code)
    refused = row.needs(found) if row.needs else None
    return ValidationError(refused[0], code=refused[1]) if refused else None


def steps_for(user, found):
    """The names of the steps that an account may take now, in the table's order."""
    return [name for name, row in STEPS.items() if user.has_perm(row.permission) and refusal(name, found) is None]


# What stands in the way of a step that could be taken


def hindrances(step, found, by, at=None):
    """What keeps a step from being taken until it is mended, as Reasons. `at` is when the text is to go live.

    A publisher does not pass by the checklist, nor does an update of a live article.
    """
    if step == "submit":
        # What an editor may exempt from the rules is decided in the fact-check, which is still to come.
        reasons = _by_the_rules(found, _earliest(found))
        return [reason for reason in reasons if not (reason.can_be_exempted or reason.is_for_the_check)]
    if step == "make-ready":
        return [*_own_text(found, by), *_by_the_rules(found, _earliest(found))]
    if step in ("publish", "schedule"):
        at = at or found.at
        return [*_under_embargo(found, at), *_by_the_rules(found, at)]
    return []


def _by_the_rules(found, at):
    reasons = reasons_not_to_publish(found.article, found.newest, at)
    return [reason for reason in reasons if reason.is_blocking]


def _earliest(found):
    """The first moment at which the text could go live."""
    return found.article.embargo_until if found.is_embargoed else found.at


def _own_text(found, by):
    """Two people have read what goes live: nobody makes ready what nobody else has had a hand in."""
    if by is not None and authors_since_live(found) == {by.pk}:
        yield Reason("own_text", "You alone wrote this text. Somebody else has to check it and make it ready.")


def _under_embargo(found, at):
    until = found.article.embargo_until
    if until is not None and at < until:
        yield Reason(
            "embargo", f"The article is under embargo until {moments.told(until)}. Schedule it for then or later."
        )
