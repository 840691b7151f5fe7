from datetime import date
from itertools import islice
from typing import NamedTuple

from django.db import transaction

from aid.actions.log import log
from aid.choices import AuditAction
from aid.models import ExchangeRate, Source
from aid.queries.conversion import EURO, days_before

# The ECB has had a rate of it on each day on which it had any.
DOLLAR = "USD"


class RatesLoaded(NamedTuple):
    """What loading the rates of a day came to. `missing` are the currencies that the ECB did not quote that day."""

    day: date
    added: list[str]
    kept: list[str]
    missing: list[str]


@transaction.atomic
def load_rates(day, currencies, origin: Source, history):
    """Keeps the ECB's reference rates of one day. `history(currency, day)` gives units per euro, or None.

    A rate that is there already is left as it is: a published reference rate never changes.
    """
    kept = ExchangeRate.objects.quoted(day, currencies)
    published = {currency: history(currency, day) for currency in sorted(set(currencies) - kept - {EURO})}
    added = [currency for currency, per_euro in published.items() if per_euro is not None]
    missing = [currency for currency, per_euro in published.items() if per_euro is None]
    if added:
        ExchangeRate.objects.bulk_create(
            ExchangeRate(day=day, currency=currency, per_euro=published[currency], source=origin)
            for currency in added
        )
        log(AuditAction.ADDED, None, message=f"Reference rates of {day:%Y-%m-%d}: {', '.join(added)}.")
    return RatesLoaded(day, added, sorted(kept), missing)


def load_needed(days, currencies, origin: Source, history):
    """Keeps the rates of some days, and of the nearest earlier day where one of them has none: [RatesLoaded]."""
    days = set(days)
    for day in sorted(days):
        if history(DOLLAR, day) is None:
            days |= set(islice((other for other in days_before(day) if history(DOLLAR, other)), 1))
    return [load_rates(day, currencies, origin, history) for day in sorted(days)]
