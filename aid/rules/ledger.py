"""The rules of the ledger: every row and every rule, read from the database as it is.

Each rule is a function that yields Breaches and writes nothing. loaddata, an import or another program can write what
no form would let through, so no rule trusts that there was a form.
"""

from aid.rules.amounts import (
    equivalents_within_tolerance,
    rates_are_as_published,
    totals_count_nothing_twice,
)
from aid.rules.articles import figures_in_live_articles_are_alive, publications_follow_one_another
from aid.rules.breaches import Breach
from aid.rules.chains import chains_come_to_an_end, unnamed_collectives_only_speak
from aid.rules.columns import columns_hold_what_they_may, leads_are_named_or_unknown
from aid.rules.evidence import every_value_has_its_claim, quotes_equal_their_passage, source_text_as_received
from aid.rules.speakers import no_paraphrase_in_quotation_marks, speakers_held_their_office
from aid.rules.stages import stages_lead_to_the_stage_reached, steps_back_say_why

RULES = (
    source_text_as_received,
    quotes_equal_their_passage,
    every_value_has_its_claim,
    rates_are_as_published,
    equivalents_within_tolerance,
    totals_count_nothing_twice,
    stages_lead_to_the_stage_reached,
    steps_back_say_why,
    chains_come_to_an_end,
    unnamed_collectives_only_speak,
    leads_are_named_or_unknown,
    speakers_held_their_office,
    no_paraphrase_in_quotation_marks,
    publications_follow_one_another,
    figures_in_live_articles_are_alive,
    columns_hold_what_they_may,
)


def breaches(rules=RULES):
    """Every breach of every rule, as they are found."""
    for rule in rules:
        yield from rule()


__all__ = ["RULES", "Breach", "breaches"]
