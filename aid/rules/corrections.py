"""Whether what an editor says about a change of something published is enough for readers, or for the log."""

from typing import NamedTuple

from aid.choices import CorrectionKind

# The answer that no note is due, because nothing that readers saw is different. It has to say why, for the log.
NO_NOTE = "none"


class Answer(NamedTuple):
    """What an editor says about a change: its kind, the note for readers, what stood there and what stands there now;
    with NO_NOTE only the reason why readers are told nothing."""

    kind: str = ""
    note: str = ""
    was: str = ""
    now: str = ""
    why: str = ""


class Reason(NamedTuple):
    """One thing that an answer lacks, at the field it is about, as a sentence that says what to do."""

    field: str
    code: str
    message: str


def reasons_against(answer, is_retracted=False):
    """Everything that speaks against an answer; `is_retracted` is whether readers are told already that what it is
    about was retracted."""
    if answer.kind not in (NO_NOTE, *CorrectionKind.values):
        yield Reason("kind", "kind", "Choose what kind of change it is.")
    elif answer.kind == NO_NOTE:
        if not answer.why.strip():
            yield Reason(
                "why", "reason", "Say why no note is due. The reason goes to the log; readers do not see it."
            )
        return
    elif answer.kind == CorrectionKind.RETRACTION and is_retracted:
        yield Reason("kind", "retracted", "It is retracted already. Choose another kind.")
    elif answer.kind == CorrectionKind.REINSTATEMENT and not is_retracted:
        yield Reason("kind", "not_retracted", "It is not retracted, so there is nothing to reinstate.")
    if not answer.note.strip():
        yield Reason("note", "note", "Write the note: one or two full sentences that tell readers what has changed.")
