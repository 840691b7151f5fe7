"""Amounts with their currency (ISO 4217), and what one amount is in another currency at the ECB's rates.

A leaf: of ours it imports only how a language writes numbers. Amounts are Decimal, always; a float never touches
money.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from babel.numbers import get_territory_currencies
from django.core.exceptions import ValidationError

from aid.formats import ENGLISH, compact, currency_aloud, locale, number

# How far a stated equivalent may lie from the ECB's rate before it is called off: 1 %, and 2 % where the source
# itself says "about". Daily rates move by well under 1 % on most days; a wrong year or currency moves by more.
TOLERANCE = Decimal("0.01")
TOLERANCE_APPROXIMATE = Decimal("0.02")

UNITS = ((Decimal(10) ** 12, "trillion"), (Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"))


class Money(NamedTuple):
    """An amount in a currency's main unit. It sorts by amount only within one currency."""

    amount: Decimal
    currency: str

    def __str__(self):
        return f"{self.currency} {figure(self.amount)}"


@lru_cache(maxsize=1)
def currencies():
    """{code: English name} of the currencies that are legal tender somewhere today."""
    english = Locale("en")
    codes = {code for territory in english.territories for code in get_territory_currencies(territory)}
    return {code: english.currencies[code] for code in sorted(codes) if code in english.currencies}


def validate_currency(value):
    if value not in currencies():
        raise ValidationError(
            f"“{value}” is no currency in use. Write its ISO 4217 code, such as DKK, USD, EUR or UAH.",
            code="currency",
        )


def figure(amount):
    """An amount as figures, grouped as the page's language does it: 91,000,000 or 13,260,000.50."""
    whole = amount == amount.to_integral_value()
    return number(amount, "#,##0" if whole else "#,##0.00")


def _unit(amount):
    """The unit in which people say an amount, with its English word; None for one that is said in full figures."""
    for unit, word in UNITS:
        if amount >= unit:
            return (unit, word) if -(amount / unit).normalize().as_tuple().exponent <= 2 else None
    return None


def short(amount, *, aloud=False):
    """An amount as people say it: "91 million", "13.26 million", "750,000". Exact, or the full figures.

    Other languages than English write the unit as their newspapers do, "91 mio."; `aloud` it is a whole word.
    """
    unit = _unit(amount)
    if unit is None:
        return figure(amount)
    if locale().language == ENGLISH.language:
        return f"{number((amount / unit[0]).normalize())} {unit[1]}"
    return compact(amount, aloud=aloud)


def rounded(amount):
    """An amount to two decimals of the unit in which people say it: 13,308,054.39 becomes 13,310,000.

    For what was computed, whose last figures mean nothing; never for what a source states.
    """
    unit = next((unit for unit, _ in UNITS if abs(amount) >= unit), Decimal(1))
    return (amount / unit).quantize(Decimal("0.01"), ROUND_HALF_UP) * unit


def spoken(amount, currency):
    """An amount for a screen reader, in the page's language: "91 million Danish kroner"."""
    unit = _unit(amount)
    return f"{short(amount, aloud=True)} {currency_aloud(currency, unit[0] if unit else amount)}"


# Signs that stand for one currency alone; a bare $ or kr stands for several.
SIGNS = {"EUR": "€", "GBP": "£", "UAH": "₴", "USD": "US$", "CAD": "C$", "AUD": "A$", "PLN": "zł", "JPY": "¥"}


def names_currency(text, currency):
    """Whether an English text names a currency beyond doubt: by its code, its full name, or a sign of its own."""
    locale = Locale("en")
    names = {locale.currencies.get(currency, ""), *locale._data["currency_names_plural"].get(currency, {}).values()}
    names |= {name.replace("US dollar", word) for name in set(names) for word in ("U.S. dollar", "American dollar")}
    told = text.casefold()
    return (
        bool(re.search(rf"\b{currency}\b", text))
        or any(name and name.casefold() in told for name in names)
        or (currency in SIGNS and SIGNS[currency] in text)
    )


def converted(amount, per_euro, other_per_euro):
    """`amount` at two ECB rates of one day (units of each currency for one euro), to the cent."""
    return (amount / per_euro * other_per_euro).quantize(Decimal("0.01"), ROUND_HALF_UP)


def deviation(stated, expected):
    """How far a stated equivalent lies from the computed one, as a fraction of the computed one, with its sign."""
    return (stated - expected) / expected


def tolerance(is_approximate):
    return TOLERANCE_APPROXIMATE if is_approximate else TOLERANCE
