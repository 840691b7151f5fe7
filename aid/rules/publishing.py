"""Whether an article may go live: a checklist of rules, each a function that returns coded reasons."""

from dataclasses import dataclass

from aid.queries.figures import dead_references


@dataclass(frozen=True)
class Reason:
    """One thing that speaks against publishing, as a sentence that says what to do.

    `subject` is what it is about, as a text that stays the same while the thing does; `url` is where it is mended.
    A reason that is not blocking is a warning. One that `can_be_exempted` is silenced by an editor's reason.
    """

    code: str
    message: str
    subject: str = ""
    url: str = ""
    is_blocking: bool = True
    can_be_exempted: bool = False


def nothing_written(article, revision, at):
    if revision is None:
        yield Reason("nothing_written", "Nothing has been written yet.")
        return
    if not revision.headline.strip():
        yield Reason("no_headline", "The article has no headline yet.")
    if not revision.body.strip():
        yield Reason("no_text", "The article has no text yet.")


def dead_figures(article, revision, at):
    if revision is None:
        return
    for text in dict.fromkeys(reference.text for reference in dead_references(revision.body, at)):
        yield Reason(
            "dead_figure", f"The text names [[{text}]], which no record answers to. Mend or remove it.", subject=text
        )


RULES = (nothing_written, dead_figures)


def reasons_not_to_publish(article, revision, at=None, rules=RULES):
    """Every reason against putting a revision before readers at a moment (now, if none is given), warnings too."""
    return [reason for rule in rules for reason in rule(article, revision, at)]
