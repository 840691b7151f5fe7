"""The figures in a text: "91 million kroner" is 91,000,000. Pure functions: no database, no currencies."""

import re
from decimal import Decimal

_UNITS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_SHORT = {"k": 3, "m": 6, "mn": 6, "mln": 6, "mio": 6, "bn": 9, "bln": 9, "tn": 12}
_POWERS = _UNITS | _SHORT
_FIGURE = re.compile(
    r"(?<![\w.,])(\d+(?:[.,\u00a0\u202f ]\d+)*)(?:[\s\u00a0-]*(" + "|".join(_POWERS) + r")\b)?", re.IGNORECASE
)


def figures(text):
    """The numbers in a text with their unit worked in, in order, as Decimals.

    "1.500" and "1,500" can be one and a half or fifteen hundred, by the language: both readings are given.
    """
    found = []
    for digits, unit in _FIGURE.findall(text):
        power = _POWERS.get(unit.lower(), 0)
        found += [number.scaleb(power) for number in _readings(digits)]
    return found


def _readings(digits):
    """The numbers that a run of digits and separators can mean; [] where it is none (a date, a version)."""
    digits = re.sub(r"[\u00a0\u202f ]", " ", digits)
    *groups, last = re.split(r"[., ]", digits)
    signs = re.findall(r"[., ]", digits)
    if not signs:
        return [Decimal(digits)]
    grouped = [Decimal("".join([*groups, last]))]
    fraction = [Decimal("".join(groups) + "." + last)]
    in_threes = all(len(group) == 3 for group in [*groups[1:], last]) and len(groups[0]) <= 3
    if len(set(signs)) == 1:
        if len(signs) == 1 and signs[0] != " ":
            return [*grouped, *fraction] if in_threes else fraction
        return grouped if in_threes else []
    ends_in_fraction = signs[-1] != " " and signs[-1] not in signs[:-1]
    return fraction if ends_in_fraction and all(len(group) == 3 for group in groups[1:]) else []
