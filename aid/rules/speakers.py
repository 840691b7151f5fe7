"""Whether who speaks held the office; and the ledger's rules about it, and about quotation marks."""

from dataclasses import dataclass

from aid.choices import StatementForm
from aid.dates import spoken
from aid.models import Article, Statement
from aid.rules.breaches import Breach, batches
from aid.rules.quoting import is_marked_paraphrase, quoted_paraphrases

# Whether an office was held on the day of a statement.
HELD, UNKNOWN, NOT_HELD = "held", "unknown", "not-held"
UNCERTAIN = "?~%"


@dataclass(frozen=True)
class OfficeThen:
    """Whether the speaker of a statement held the office on its day: HELD for certain, NOT_HELD, or UNKNOWN where the
    dates do not tell; and why, as a sentence for readers."""

    state: str
    told: str


def office_then(statement):
    """The OfficeThen of a statement; None for one in which nobody speaks in an office.

    A date that is marked as uncertain tells nothing for certain. One that lies outside the time in office is told all
    the same: then the date is wrong, or the office.
    """
    office, day = statement.office, statement.said_on
    if office is None:
        return None
    if office.person_id != statement.speaker_id:
        return OfficeThen(NOT_HELD, f"This was the office of {office.person}, not of {statement.speaker}.")
    if not day:
        return OfficeThen(
            UNKNOWN, "The day of the statement is not known, so it cannot be known whether the office was held then."
        )
    held = office.held_on(day)
    is_sure = not any(sign in text for text in (day, office.held_from, office.held_until) for sign in UNCERTAIN)
    if held is None:
        return OfficeThen(
            UNKNOWN,
            f"The dates do not tell whether the office was held on {spoken(day)}: it was held {_time(office)}.",
        )
    doubt = "" if is_sure else ", if the dates, which are marked as uncertain, are right"
    if held:
        return OfficeThen(HELD if is_sure else UNKNOWN, f"The office was held on that day{doubt}.")
    return OfficeThen(
        NOT_HELD, f"{statement.speaker} did not hold this office then: it was held {_time(office)}{doubt}."
    )


def _time(office):
    begins = f"from {spoken(office.held_from)}" if office.held_from else "from a day that is not known"
    return f"{begins} to {spoken(office.held_until)}" if office.held_until else f"{begins} on"


def statements_outside(office):
    """The statements in an office that were made when it was not held, each with its OfficeThen."""
    rows = office.statements.select_related("speaker", "party", "office__person")
    return [(row, then) for row in rows if (then := office_then(row)).state == NOT_HELD]


def speakers_held_their_office():
    rows = Statement.objects.select_related("speaker", "office__person", "office__party", "party")
    for batch in batches(rows.filter(office__isnull=False)):
        for statement in batch:
            office = statement.office
            if office.person_id != statement.speaker_id:
                yield Breach("office-of-another", statement, f"{office} is not the office of its speaker.")
            elif office.held_on(statement.said_on) is False:
                yield Breach(
                    "office-not-held",
                    statement,
                    f"{office.person} was not {office.title} on {statement.said_on}. Check the day and the office.",
                )


def no_paraphrase_in_quotation_marks():
    told = list(Statement.objects.select_related("party", "speaker").prefetch_related("claims__passages"))
    for statement in told:
        if is_marked_paraphrase(statement):
            yield Breach("paraphrase-quoted", statement, "it is no direct quote, but quotation marks stand in it.")
        if statement.form == StatementForm.DIRECT_QUOTE:
            yield from _quote_breaches(statement)
    for batch in batches(Article.objects.published()):
        for article in batch:
            live = article.live
            text = "\n".join((live.headline, live.standfirst, live.body))
            for quotation, statement in quoted_paraphrases(text, told):
                yield Breach(
                    "paraphrase-quoted",
                    article,
                    f"it puts “{quotation}” in quotation marks, but {statement.slug} is no direct quote.",
                )


def _quote_breaches(statement):
    passages = [passage.quote for claim in statement.claims.all() for passage in claim.passages.all()]
    if passages and not any(statement.text in quote for quote in passages):
        yield Breach(
            "quote-not-in-source", statement, "it is a direct quote, but its words stand in none of its passages."
        )
