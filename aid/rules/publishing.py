"""Whether an article may go live: the checklist, and what keeps its rules from applying.

Each rule is a function that takes the Check of a revision (queries/checks.py) and yields Reasons. Forms, actions,
commands and tests ask the same ones, for a first publication and for each update of a live article.
"""

from dataclasses import replace

from aid.models.articles import Article
from aid.models.publications import Publication
from aid.queries.checks import Check, check_of
from aid.queries.grounds import Grounds, Manuscript
from aid.rules.cited import (
    claims_withdrawn,
    conversions_hold,
    dead_figures,
    disagreements_unexplained,
    no_source_cited,
    records_under_embargo,
    records_withdrawn,
    records_without_source,
    sources_not_kept,
    sources_withdrawn,
    values_without_claims,
)
from aid.rules.reasons import Reason
from aid.rules.texts import (
    image_without_alt,
    image_without_credit,
    items_open,
    no_headline,
    no_text,
    nothing_written,
    numbers_unbound,
    paraphrases_quoted,
    quotations_in_no_source,
    wording_no_stronger_than_the_stage,
)

RULES = (
    nothing_written,
    no_headline,
    no_text,
    dead_figures,
    records_withdrawn,
    records_under_embargo,
    records_without_source,
    values_without_claims,
    claims_withdrawn,
    sources_withdrawn,
    sources_not_kept,
    disagreements_unexplained,
    conversions_hold,
    wording_no_stronger_than_the_stage,
    paraphrases_quoted,
    quotations_in_no_source,
    image_without_alt,
    image_without_credit,
    items_open,
    numbers_unbound,
    no_source_cited,
)
# How many live articles are looked at together.
BATCH = 50


def reasons_not_to_publish(article, revision, at=None, rules=RULES):
    """Every reason against putting a revision before readers at a moment (now, if none is given), warnings too."""
    return reasons_of(check_of(article, revision, at), rules)


def reasons_of(check, rules=RULES):
    """Every reason that the rules find in a Check; those that an editor exempted from them do not block."""
    return [_exempted(check, reason) for rule in rules for reason in rule(check)]


def _exempted(check, reason):
    """The reason, or, where an exemption holds for what was found, one that does not block and names it."""
    if not reason.can_be_exempted:
        return reason
    given = check.manuscript.grounds.exemptions[check.manuscript.article.pk]
    about = (reason.code, reason.subject, reason.state)
    held = next((row for row in given if (row.code, row.subject, row.state) == about), None)
    return replace(reason, is_blocking=False, exemption=held) if held else reason


# Articles that are out


def failing_live_articles(limit=BATCH):
    """Of the articles that went live last, those that meanwhile break a rule: [(article, [blocking Reasons])].

    As many queries for fifty as for one.
    """
    newest = _live().order_by("-edition__starts_at", "-pk")[:limit]
    return list(_failing([(article, article.live) for article in newest]))


def failing_texts():
    """Every live text that breaks a rule now, and every scheduled one that will at its moment.

    Yields (article, its Publication, [blocking Reasons]), the live ones first.
    """
    last = 0
    while articles := list(_live().order_by("pk").filter(pk__gt=last)[:BATCH]):
        for article, reasons in _failing([(article, article.live) for article in articles]):
            yield article, article.current, reasons
        last = articles[-1].pk
    coming = Publication.objects.coming().filter(revision__isnull=False).select_related("article", "revision__image")
    for row in coming.in_order():
        for article, reasons in _failing([(row.article, row.revision)], row.starts_at):
            yield article, row, reasons


def _live():
    return Article.objects.published().select_related("edition__revision__image")


def _failing(texts, at=None):
    grounds = Grounds([revision for _, revision in texts], at)
    for article, revision in texts:
        check = Check(Manuscript(article, revision, grounds))
        reasons = [reason for reason in reasons_of(check) if reason.is_blocking]
        if reasons:
            yield article, reasons


__all__ = ["RULES", "Reason", "failing_live_articles", "failing_texts", "reasons_not_to_publish", "reasons_of"]
