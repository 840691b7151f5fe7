"""An amount and its stated equivalent as a text writes them, each with the currencies that it can be in.

No database is asked. English is read.
"""

import re
from decimal import Decimal
from itertools import pairwise, zip_longest
from typing import NamedTuple

from aid.intake.typed import typed_numbers
from aid.queries.currency_words import codes_named

# What “dollars” or “pounds” mean where nothing else is said: they come first, and the others after them.
USUAL = ("USD", "GBP", "EUR")
LONGEST_TEXT = 5_000
# More numbers than these stand in no sentence.
MOST_NUMBERS = 60
MOST_DIGITS = 15
_ABOUT = re.compile(
    r"\b(?:about|around|approximately|approx|roughly|nearly|almost|some|circa|ca|over|under|more than|less than|"
    r"up to|at least|an estimated|close to)\.?\W{0,3}$|[~≈]\s?$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[\s\u00a0-]{1,3}((?:[^\W\d_]+\.?)(?:[\s\u00a0][^\W\d_]+)?)")
# Between an amount and what it is said to come to.
_STOPS = {"or", "and", "about", "some", "worth", "to", "for", "of", "in", "on", "at", "from", "equivalent", "which"}


class Unreadable(ValueError):
    """What is typed cannot be tested; the text is a sentence that says why, and what to do."""


class Written(NamedTuple):
    """An amount as a text writes it: its value, the currencies that it can be in, and the word that leaves them open
    ("" where one is named beyond doubt)."""

    text: str
    amount: Decimal
    codes: tuple[str, ...]
    word: str
    is_approximate: bool

    @property
    def is_open(self):
        return len(self.codes) > 1


def amount_and_equivalent(text):
    """The first amount in a text that is followed by one in another currency, and that one, each a Written. Raises
    Unreadable."""
    if len(text) > LONGEST_TEXT:
        raise Unreadable(
            f"That is longer than {LONGEST_TEXT:,} characters. Paste the sentence with the amount and its equivalent."
        )
    found = _amounts(text)
    for amount, stated in pairwise(found):
        if set(amount.codes) != set(stated.codes):
            return amount, stated
    if found:
        raise Unreadable(
            f"“{found[0].text}” has no equivalent in another currency beside it. Paste a sentence that gives both, "
            "such as “91 million kroner (about 13.26 million dollars)”."
        )
    raise Unreadable(
        "No amount with a currency can be read there. Paste the sentence of the source that gives an amount and its "
        "equivalent, such as “91 million kroner (about 13.26 million dollars)”."
    )


def _amounts(text):
    numbers = [number for number in typed_numbers(text) if number.numbers and not number.is_share][:MOST_NUMBERS]
    found = []
    for number, following in zip_longest(numbers, numbers[1:]):
        start, end = number.start, _end_of_currency(text, number.end, following.start if following else len(text))
        expression = text[start:end]
        codes, word = codes_named(expression)
        value = number.numbers[0]
        if not codes or value <= 0 or value.adjusted() >= MOST_DIGITS or re.search(r"[-−]\s?$", text[:start]):
            continue
        usual = sorted(codes, key=lambda code: (USUAL.index(code) if code in USUAL else len(USUAL), code))
        found.append(
            Written(expression, value, tuple(usual), word, bool(_ABOUT.search(text[max(0, start - 24) : start])))
        )
    return found


def _end_of_currency(text, end, limit):
    """Where the words that name an amount's currency end: up to two words that follow it."""
    match = _AFTER.match(text, end, min(limit, end + 40))
    if not match:
        return end
    words = match[1].split()
    for number in range(len(words), 0, -1):
        expression = " ".join(words[:number])
        if not _STOPS & {word.casefold() for word in words[:number]} and codes_named(expression)[0]:
            return match.start(1) + len(expression)
    return end
