"""The figures in a text: "91 million kroner" is 91,000,000. Pure functions: no database, no currencies."""

import re
from decimal import Decimal

_UNITS = {
    "thousand": 3,
    "k": 3,
    "million": 6,
    "mln": 6,
    "mn": 6,
    "m": 6,
    "billion": 9,
    "bln": 9,
    "bn": 9,
    "trillion": 12,
    "tn": 12,
}
# Figures as English writes them: groups of three with commas or spaces, then a decimal point.
_FIGURE = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[,\u00a0\u202f ]\d{3})+|\d+)(\.\d+)?(?:[\s\u00a0-]*("
    + "|".join(_UNITS)
    + r")\b)?(?![\d,]\d)",
    re.IGNORECASE,
)


def figures(text):
    """The numbers in a text with their unit worked in, in order, as Decimals."""
    found = []
    for whole, fraction, unit in _FIGURE.findall(text):
        number = Decimal(re.sub(r"\D", "", whole) + fraction)
        found.append(number.scaleb(_UNITS[unit.lower()]) if unit else number)
    return found
