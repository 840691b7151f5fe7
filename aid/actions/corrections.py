"""Telling readers what has changed in something that they had before them, in the transaction that changes it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from aid.actions.log import log
from aid.choices import AuditAction, CorrectionKind
from aid.models.articles import Article
from aid.models.corrections import CORRECTED, Correction
from aid.queries.seen import text_changes
from aid.rules.corrections import NO_NOTE, Answer, reasons_against

WRITE = "aid.add_correction"
# To retract an article, and to take that back, is as much as to withdraw it.
RETRACT = "aid.publish_article"
STANDING = (CorrectionKind.RETRACTION, CorrectionKind.REINSTATEMENT)


@transaction.atomic
def correct(subject, by, answer, changes=(), affected=(), at=None):
    """Writes the note on a change of an article or a record, and its entry in the log. Returns the Correction.

    Returns None for an answer with NO_NOTE: its reason stands in the log. `changes` are (what, what it was, what it
    is); `affected` the articles that show what changed in a record; `at` is from when on readers see it, now if none
    is given. What stood there and what stands there now is worked out from the changes where the answer leaves both
    out. Raises PermissionDenied, or ValidationError with the codes of the reasons.
    """
    is_article = isinstance(subject, Article)
    reasons = list(reasons_against(answer, is_retracted(subject, at)))
    if reasons:
        raise ValidationError([ValidationError(reason.message, code=reason.code) for reason in reasons])
    if answer.kind == NO_NOTE:
        told = "No note for readers: nothing that they saw is different."
        log(AuditAction.CHANGED, by, subject, told, answer.why.strip(), _for_the_log(subject, changes))
        return None
    if not by.has_perm(WRITE) or (is_article and answer.kind in STANDING and not by.has_perm(RETRACT)):
        raise PermissionDenied
    was, now = answer.was.strip(), answer.now.strip()
    if not was and not now:
        was, now = was_and_now(changes)
    correction = Correction(
        kind=answer.kind,
        note=answer.note.strip(),
        was=was,
        now=now,
        decided_by=by,
        decided_at=at or timezone.now(),
        **{"article" if is_article else column_for(subject): subject},
    )
    correction.full_clean()
    correction.save(force_insert=True)
    correction.affected.set(affected)
    told = f"{correction.get_kind_display()}, as readers have it: {correction.note}"
    log(AuditAction.CORRECTED, by, subject, told, changes=_for_the_log(subject, changes))
    return correction


def _for_the_log(subject, changes):
    """What was typed in the form that the subject comes from, which is more than what readers see of it."""
    return getattr(subject, "typed_changes", None) or changes


def correct_text(article, by, before, after, correction, at=None):
    """Writes the note on a text that takes the place of one that readers had. Returns the Correction, or None.

    `correction` is {kind, note, was, now, why}, or None, which is enough where no word of it is different. Raises
    ValidationError with the code `correction` where an answer is due and none was given.
    """
    changes = text_changes(before, after)
    if not changes and correction is None:
        return None
    if correction is None:
        raise ValidationError(
            "Readers have an earlier text of this article. Say what kind of change this is, and write the note that "
            "tells them.",
            code="correction",
        )
    return correct(article, by, Answer(**correction), changes, at=at)


def take_back_notes(article, moments):
    """Takes back the notes on texts that were to go live at these moments and do not."""
    article.corrections.coming().beginning(moments).delete()


def was_and_now(changes):
    """What stood there and what stands there now, a line for each of the changes that has both or one of them."""
    was = "\n".join(f"{label}: {before}" for label, before, _ in changes if before)
    now = "\n".join(f"{label}: {after}" for label, _, after in changes if after)
    return was, now


def is_retracted(subject, at=None):
    """Whether the last that readers are told of it is that it was retracted."""
    last = subject.corrections.public(at).about_standing().first()
    return last is not None and last.kind == CorrectionKind.RETRACTION


def column_for(record):
    """The name of a correction's column for this kind of record."""
    return next(name for name, model in CORRECTED.items() if model == record._meta.label)
