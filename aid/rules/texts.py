"""Rules of the checklist: the text is there, claims no more than is known, quotes what was said, and was checked.

Each takes the Check of a revision and yields Reasons.
"""

from django.utils.text import Truncator

from aid.choices import CheckedKind, Stage
from aid.intake.quotations import words_only
from aid.queries.checkable import digest
from aid.rules.quoting import is_long, paraphrases_among
from aid.rules.reasons import Reason, fact_check_of, mend_at
from aid.rules.wording import CLAIMS, stage_claims, stronger

LADDER = (Stage.ANNOUNCED, *CLAIMS)


def nothing_written(check):
    revision = check.manuscript.revision
    if revision is None:
        yield Reason("nothing_written", "Nothing has been written yet.")


def no_headline(check):
    revision = check.manuscript.revision
    if revision is not None and not revision.headline.strip():
        yield Reason("no_headline", "The article has no headline yet.")


def no_text(check):
    revision = check.manuscript.revision
    if revision is not None and not revision.body.strip():
        yield Reason("no_text", "The article has no text yet.")


def wording_no_stronger_than_the_stage(check):
    """What headline and standfirst say has been reached is held against the pledges that the text names.

    Those of a donor whom the words name, where there are some; else all of them: the one that has come farthest.
    """
    revision = check.manuscript.revision
    pledges = [record for kind, record in check.manuscript.records if kind == "pledge"]
    if revision is None or not pledges:
        return
    for place, text in (("headline", revision.headline), ("standfirst", revision.standfirst)):
        if not stage_claims(text):
            continue
        about = [pledge for pledge in pledges if _names(pledge.donor, text)] or pledges
        farthest = max(about, key=lambda pledge: LADDER.index(_reached(pledge)))
        reached = _reached(farthest)
        for words, stage in stronger(text, reached):
            yield Reason(
                "wording_too_strong",
                f"The {place} says “{words}”, as if it were {stage.label.lower()}; what the text cites is "
                f"{reached.label.lower()}. Write what has happened, or record the stage with its source.",
                subject=f"{place}:{words}",
                url=mend_at(farthest),
                can_be_exempted=True,
                state=digest(text, reached),
            )


def _reached(pledge):
    """The farthest stage that a pledge has passed; one that was cancelled had come as far as its steps say."""
    passed = [step.stage for step in pledge.stages.all() if step.stage in LADDER]
    if pledge.stage in LADDER:
        passed.append(pledge.stage)
    return Stage(max(passed, key=LADDER.index, default=Stage.ANNOUNCED))


def _names(party, text):
    told = f" {words_only(text)} "
    return any(f" {words_only(name)} " in told for name in (party.name, *party.alias_list()))


def paraphrases_quoted(check):
    for quotation, statement in paraphrases_among(_quotations(check), _standing(check)):
        who = statement.speaker or statement.party
        yield Reason(
            "paraphrase_quoted",
            f"“{Truncator(quotation).chars(80)}” stands in quotation marks, but what {who} said is known as a "
            f"{statement.get_form_display().lower()} only. Take the marks away.",
            subject=words_only(quotation),
            url=mend_at(statement),
        )


def quotations_in_no_source(check):
    """What stands in quotation marks stands in a direct quote or in the text of a source that the article cites."""
    told = {quotation for quotation, _ in paraphrases_among(_quotations(check), _standing(check))}
    for item in check.items:
        is_quoted = item.kind == CheckedKind.QUOTATION and is_long(item.text)
        if is_quoted and item.text not in told and not item.support.is_found:
            yield Reason(
                "quotation_unknown",
                f"“{Truncator(item.text).chars(80)}” stands in no source that the article cites, and in no direct "
                "quote. Copy the words exactly, name the source in the text, or take the marks away.",
                subject=item.thing.key,
            )


def _quotations(check):
    texts = [item.text for item in check.items if item.kind == CheckedKind.QUOTATION]
    return list(dict.fromkeys(text for text in texts if is_long(text)))


def _standing(check):
    at = check.manuscript.at
    return [row for row in check.manuscript.statements if not row.withdrawn_at or row.withdrawn_at > at]


def numbers_unbound(check):
    """A number that somebody typed and that no record bears out may be right; somebody has to know why."""
    for item in check.items:
        if item.kind == CheckedKind.NUMBER and not item.support.rows:
            place = check.manuscript.text.paragraphs[item.thing.paragraph].place
            yield Reason(
                "number_unbound",
                f"{place}: “{item.text}” is no value of a record that the text names. Take the figure from its "
                f"record, or be sure of it.",
                subject=item.thing.key,
                is_blocking=False,
            )


def image_without_alt(check):
    image = check.manuscript.revision and check.manuscript.revision.image
    if image and not image.alt.strip():
        yield Reason(
            "image_alt",
            "The picture has no words for those who do not see it. Say what it shows.",
            url=mend_at(image),
        )


def image_without_credit(check):
    image = check.manuscript.revision and check.manuscript.revision.image
    if image and not image.credit.strip():
        yield Reason("image_credit", "The picture has no credit. Say who made it.", url=mend_at(image))


def items_open(check):
    """Everything that the text says has been signed off as it stands.

    A text that came before readers without the desk, from a document that was loaded, was never through the check:
    that is said, and does not count as broken.
    """
    # What no record answers to is told by itself: it is mended, not signed off.
    found = [item for item in check.open if not item.is_dead]
    if not found:
        return
    named = ", ".join(f"“{Truncator(item.text).chars(40)}”" for item in found[:3])
    rest = f" and {len(found) - 3} more" if len(found) > 3 else ""
    is_loaded = check.manuscript.is_live and not check.sign_offs
    yield Reason(
        "items_open",
        f"Nobody has signed off {named}{rest}. Hold each against its evidence in the fact-check.",
        url=fact_check_of(check.manuscript.article),
        is_blocking=not is_loaded,
        is_for_the_check=True,
    )
