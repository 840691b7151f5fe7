"""Ledger rules: equivalents hold against the rates, and no total counts anything twice."""

from collections import defaultdict
from decimal import Decimal

from aid.choices import Stage
from aid.intake.reference_rates import last_day, published_rate
from aid.models import ExchangeRate, Pledge, Valuation
from aid.models.pledges import DEEPEST_ENVELOPE
from aid.money import figure
from aid.queries.conversion import Rates, conversion_of
from aid.queries.totals import totals_by_stage
from aid.rules.breaches import Breach, batches


def rates_are_as_published():
    """Holds the rates kept here against the ECB's history, as far as the history goes."""
    for batch in batches(ExchangeRate.objects.all()):
        for rate in batch:
            published = published_rate(rate.currency, rate.day)
            if published is None and rate.day <= last_day():
                yield Breach("rate-unpublished", rate, "the ECB published no such rate that day. Remove it.")
            elif published is not None and published != rate.per_euro:
                yield Breach("rate-off", rate, f"the ECB published {published}, and {rate.per_euro} is kept here.")


def equivalents_within_tolerance():
    for batch in batches(Valuation.objects.select_related("pledge")):
        rates = Rates([valuation.rate_on for valuation in batch if valuation.rate_on])
        for valuation in batch:
            conversion = conversion_of(valuation, rates)
            if conversion is None:
                continue
            if conversion.expected is None:
                offer = (
                    f"{conversion.why_none[:1].upper()}{conversion.why_none[1:]}."
                    if conversion.why_none
                    else f"Load them with load_rates {valuation.rate_on}."
                )
                if conversion.nearest:
                    offer += f" The nearest earlier day with both rates is {conversion.nearest}."
                yield Breach(
                    "conversion-without-rate",
                    valuation,
                    f"there is no ECB rate of {valuation.rate_on} for {valuation.pledge.currency} and "
                    f"{valuation.currency}. {offer}",
                )
            elif not conversion.is_within_tolerance:
                yield Breach(
                    "conversion-off",
                    valuation,
                    f"{valuation.pledge.money} were {valuation.currency} {figure(conversion.expected)} at the ECB "
                    f"rates of {valuation.rate_on}; {valuation.money} is {conversion.deviation:+.1%} off.",
                )


def totals_count_nothing_twice():
    """Holds the totals that pages show against a slow, plain count of the same pledges."""
    fields = ("pk", "slug", "stage", "currency", "amount", "part_of_id", "supersedes_id")
    rows = {row.pk: row for row in Pledge.objects.only(*fields).prefetch_related("stages")}
    followers = defaultdict(list)
    for row in rows.values():
        if row.supersedes_id:
            followers[row.supersedes_id].append(row.pk)
    standing = {pk for pk, row in rows.items() if pk not in followers and row.stage != Stage.CANCELLED}
    money = {pk: _money_reached(row) for pk, row in rows.items()}
    sums = defaultdict(Decimal)
    for pk, row in rows.items():
        envelopes = _envelopes(row, rows)
        if pk in envelopes:
            yield Breach("envelope-circle", row, "it is part of an envelope that is in the end a part of itself.")
        elif len(envelopes) > DEEPEST_ENVELOPE:
            yield Breach("envelope-depth", row, f"more than {DEEPEST_ENVELOPE} envelopes lie around it.")
        held = any(
            other != pk and other in standing and rows[other].stage == row.stage and money[other]
            for other in _lies_in(pk, rows, followers)
        )
        if pk in standing and money[pk] and not held:
            sums[(row.stage, money[pk].currency)] += money[pk].amount
    shown = {
        (total.stage.value, currency): amount
        for total in totals_by_stage(Pledge.objects.all())
        for currency, amount in total.amounts.items()
    }
    for key in sorted(set(sums) | set(shown)):
        if sums.get(key, Decimal(0)) != shown.get(key, Decimal(0)):
            stage, currency = key
            example = next(row for row in rows.values() if row.stage == stage)
            yield Breach(
                "total-off",
                example,
                f"the total of {currency} {stage} is shown as {figure(shown.get(key, Decimal(0)))}, but its pledges "
                f"come to {figure(sums.get(key, Decimal(0)))}, each counted once.",
            )


def _money_reached(pledge):
    """What a pledge comes to at the stage that it has reached: its last step can be about another amount."""
    last = max(pledge.stages.all(), key=lambda step: step.position, default=None)
    return last.money if last and last.money else pledge.money


def _envelopes(row, rows):
    """The envelopes around a pledge, the nearest first; with itself as the last where they lead back to it."""
    found, at = [], row.part_of_id
    while at is not None and at not in found:
        found.append(at)
        at = rows[at].part_of_id
    return found


def _lies_in(pk, rows, followers):
    """The envelopes around a pledge and all that took the place of one of them."""
    found, waiting = set(), {rows[pk].part_of_id} - {None}
    while waiting:
        found |= waiting
        waiting = ({rows[at].part_of_id for at in found} | {new for at in found for new in followers[at]}) - found
        waiting -= {None}
    return found
