from datetime import date
from typing import NamedTuple

from django.db import transaction

from aid.actions.log import log
from aid.choices import AuditAction
from aid.models import ExchangeRate, Source
from aid.queries.conversion import EURO


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
    added, missing = [], []
    for currency in sorted(set(currencies) - kept - {EURO}):
        per_euro = history(currency, day)
        if per_euro is None:
            missing.append(currency)
            continue
        ExchangeRate.objects.create(day=day, currency=currency, per_euro=per_euro, source=origin)
        added.append(currency)
    if added:
        log(AuditAction.ADDED, None, message=f"Reference rates of {day:%Y-%m-%d}: {', '.join(added)}.")
    return RatesLoaded(day, added, sorted(kept), missing)
