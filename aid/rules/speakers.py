"""Whether who speaks held the office; and the ledger's rules about it, and about quotation marks."""

from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

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
        told = {"person": office.person, "speaker": statement.speaker}
        return OfficeThen(NOT_HELD, gettext("This was the office of %(person)s, not of %(speaker)s.") % told)
    if not day:
        return OfficeThen(
            UNKNOWN,
            gettext("The day of the statement is not known, so it cannot be known whether the office was held then."),
        )
    held = office.held_on(day)
    is_sure = not any(sign in text for text in (day, office.held_from, office.held_until) for sign in UNCERTAIN)
    if held is None:
        told = {"day": spoken(day), "time": _time(office)}
        sentence = gettext("The dates do not tell whether the office was held on %(day)s: it was held %(time)s.")
        return OfficeThen(UNKNOWN, sentence % told)
    if held and is_sure:
        return OfficeThen(HELD, gettext("The office was held on that day."))
    if held:
        return OfficeThen(
            UNKNOWN,
            gettext("The office was held on that day, if the dates, which are marked as uncertain, are right."),
        )
    told = {"speaker": statement.speaker, "time": _time(office)}
    if is_sure:
        sentence = gettext("%(speaker)s did not hold this office then: it was held %(time)s.")
    else:
        sentence = gettext(
            "%(speaker)s did not hold this office then: it was held %(time)s, if the dates, which are marked as "
            "uncertain, are right."
        )
    return OfficeThen(NOT_HELD, sentence % told)


def _time(office):
    ends = {"start": spoken(office.held_from, after=True), "end": spoken(office.held_until, after=True)}
    if office.held_from and office.held_until:
        return pgettext("a time in office", "from %(start)s to %(end)s") % ends
    if office.held_from:
        return pgettext("a time in office", "from %(start)s on") % ends
    if office.held_until:
        return pgettext("a time in office", "from a day that is not known to %(end)s") % ends
    return pgettext("a time in office", "from a day that is not known on")


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
