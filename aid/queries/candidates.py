"""The values of records that typed words can mean: amounts, counts and dates."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DateField

from aid.dates import EDTFField, bounds
from aid.intake.typed import Typed
from aid.queries.readings import Row

# A typed amount this near to a recorded one is shown beside it, as what may have been meant.
NEAR = Decimal("0.05")


@dataclass(frozen=True)
class Candidate:
    """A value of a record that typed words can mean: a number, in a currency or as a count, or a date."""

    number: Decimal | None = None
    currency: str = ""
    date: str = ""
    rows: tuple[Row, ...] = ()
    noun: str = ""


def candidates(manuscript, number=None, span=None):
    """The values of the records that a stretch of a paragraph names; without one, of all that the text names."""
    key = (number, span) if span else None
    known = manuscript.candidates
    if key not in known:
        references = manuscript.references
        if span:
            pieces = manuscript.text.paragraphs[number].between(*span)
            references = [piece.reference for piece, _ in pieces if piece.reference]
        records = manuscript.records_of(references)
        known[key] = [found for kind, record in records for found in _values_of(manuscript.grounds, kind, record)]
    return known[key]


def _values_of(grounds, kind, record):
    sheets = [grounds.sheet(kind, record)]
    if kind == "person":
        sheets = [grounds.sheet("office", office) for office in grounds.offices[record.pk]]
    for sheet in filter(None, sheets):
        yield from _values(sheet)
        yield from _counts(kind, record, sheet)


def _values(sheet):
    """The amounts and the dates of a record and its parts."""
    for row in sheet.rows:
        value = getattr(row.evidence.target, row.name)
        if not row.reading:
            continue
        if row.name == "amount":
            currency = sheet.row(row.evidence.target, "currency")
            yield Candidate(value, row.evidence.target.currency, rows=(row, currency))
        elif isinstance(row.evidence.target._meta.get_field(row.name), EDTFField | DateField):
            yield Candidate(date=str(value), rows=(row,))


# What the sentence has to call the things that are counted: “two” alone fits any list of two.
COUNTED = {
    "coalition": r"members?|partners?|countries|country|nations?|states?|allies",
    "agreement": r"signator(?:y|ies)|signers?|part(?:y|ies)|sides?|countries|states?|governments?",
    "purposes": r"purposes?|uses?|goals?|things?|tasks?",
    "aims": r"aims?|goals?|purposes?",
    "objectives": r"objectives?|aims?|goals?|purposes?",
    "beneficiaries": r"beneficiar(?:y|ies)|recipients?|bodies|body|institutions?",
}
# How many words may stand between a number and what it counts.
WORDS_BETWEEN = 3


def _counts(kind, record, sheet):
    """How many parts and lines a record has, each with what the sentence then speaks of."""
    parties = tuple(sheet.row(part, "party") for part in sheet.parts) if kind in ("coalition", "agreement") else ()
    if parties:
        yield Candidate(Decimal(len(parties)), rows=parties, noun=COUNTED[kind])
    for name in ("purposes", "aims", "objectives", "beneficiaries"):
        if hasattr(record, name) and (row := sheet.row(record, name)).reading:
            yield Candidate(Decimal(len(row.reading.items) or 1), rows=(row,), noun=COUNTED[name])


def matches(typed: Typed, candidate, following):
    """Whether a candidate is what typed words mean; `following` is what stands behind them in their sentence."""
    if candidate.date:
        return bears_out(candidate.date, typed.date)
    if typed.is_share or candidate.number not in typed.numbers:
        return False
    if candidate.noun:
        counts = rf"[\s\u00a0-](?:\S+\s+){{0,{WORDS_BETWEEN}}}?(?:{candidate.noun})\b"
        return not typed.currencies and bool(re.match(counts, following, re.IGNORECASE))
    return not typed.currencies or candidate.currency in typed.currencies


def bears_out(date, typed):
    """Whether a date says all that a typed one says: a day its month and year, none a year that it lacks."""
    plain = re.sub(r"[?~%]", "", date)
    if typed.startswith("XXXX"):
        return "/" not in plain and plain[4:].startswith(typed[4:])
    if not typed or plain.startswith("XXXX"):
        return False
    own, wanted = bounds(date), bounds(typed)
    if None in (*own, *wanted):
        return False
    return wanted.earliest <= own.earliest and own.latest <= wanted.latest


def is_near(typed, candidate):
    if not typed.numbers or not candidate.currency or typed.is_share:
        return False
    return any(abs(number - candidate.number) <= NEAR * candidate.number for number in typed.numbers)
