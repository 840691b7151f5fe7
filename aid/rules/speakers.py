"""Ledger rules: who speaks held the office, and only what was said stands in quotation marks."""

from aid.choices import StatementForm
from aid.models import Article, Statement
from aid.rules.breaches import Breach, batches
from aid.rules.quoting import is_marked_paraphrase, quoted_paraphrases


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
