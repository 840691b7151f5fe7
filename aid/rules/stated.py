"""What a claim may call stated: the figure, the currency and the day that the source's own words give."""

import re

from django.core.exceptions import ValidationError

from aid.choices import Basis, Rank
from aid.dates import EDTFField
from aid.intake.amounts import figures
from aid.intake.days import unnamed_parts
from aid.models.records import canonical_text
from aid.money import names_currency

# Words that make a figure a rough one. Only English is read for them.
_ROUGH = re.compile(
    r"\b(?:about|around|approximately|approx|nearly|almost|roughly|some|circa|over|more than|at least|up to|"
    r"just under|close to|an estimated)\b|~|≈",
    re.IGNORECASE,
)


# A figure in words: no parser reads it, so it is left to the editors who verify the claim.
_IN_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundred|half|quarter|dozen)\b",
    re.IGNORECASE,
)


def wording_gives_the_amount(claim):
    """Whether a stated amount is a figure of its wording; True where it is written in words, or none are kept."""
    if claim.field != "amount" or claim.basis != Basis.STATED or not claim.wording:
        return True
    if _IN_WORDS.search(claim.wording) and not re.search(r"\d", claim.wording):
        return True
    return claim.value in {canonical_text(figure) for figure in figures(claim.wording)}


def says_about(claim):
    """Whether a claim's English wording makes its figure a rough one; None where that cannot be told."""
    return bool(_ROUGH.search(claim.wording)) if claim.wording and _in_english(claim) else None


def _in_english(claim):
    return bool(claim.source and claim.source.language.partition("-")[0] == "en")


def reasons_not_stated(claim):
    """Why a claim cannot call its value stated: [(code, sentence)]; [] for a claim on another basis."""
    if claim.basis != Basis.STATED:
        return []
    reasons = []
    if not wording_gives_the_amount(claim):
        reasons.append(("claim-figure", f"its wording “{claim.wording}” does not come to {claim.value}."))
    if claim.field == "amount" and not claim.wording and claim.source and claim.source.text:
        reasons.append(("claim-unworded", "it states an amount without the source’s words. Copy them as wording."))
    in_english = _in_english(claim)
    words = " ".join([claim.wording, *(passage.quote for passage in claim.passages.all())]).strip()
    if not words:
        return reasons
    field = claim.target._meta.get_field(claim.field)
    if isinstance(field, EDTFField) and (missing := unnamed_parts(claim.value, words, in_english)):
        reasons.append(
            (
                "claim-date",
                f"its source names no {' and no '.join(missing)} for {claim.value}. Say that it is inferred.",
            )
        )
    if field.name == "currency" and in_english and not names_currency(words, claim.value):
        reasons.append(
            ("claim-currency", f"its source does not name {claim.value}, so that is inferred and not stated.")
        )
    return reasons


def reasons_misjudged_as_exact(claim):
    """Why "approximate" is wrong beside an amount: English wording says “about” or does not. [(code, sentence)]"""
    stated = claim.basis == Basis.STATED and claim.rank == Rank.PREFERRED
    rough = says_about(claim)
    if claim.field != "amount" or not stated or rough is None:
        return []
    if not hasattr(claim.target, "is_approximate") or rough == claim.target.is_approximate:
        return []
    said = "so tick “approximate”" if rough else "and no “about”, so it is not approximate"
    return [("approximate", f"the source says “{claim.wording}”, {said}.")]


def reasons_no_value(claim):
    """Why a claim's value is none that its field can hold: [(code, sentence)].

    A preferred claim's value is held against the column; this is for the others, which no column watches.
    """
    if claim.rank == Rank.PREFERRED:
        return []
    field = claim.target._meta.get_field(claim.field)
    if field.is_relation:
        keys = claim.value.split("; ") if field.many_to_many else [claim.value]
        held = all(_names_a_row(field.related_model, key) for key in keys)
    else:
        held = _can_hold(field, claim.value)
    return [] if held else [("claim-value", f"“{claim.value}” is no value that {claim.field} can have.")]


def _names_a_row(model, key):
    parts = key.split("/", len(model.natural_key_fields) - 1)
    try:
        model.objects.get_by_natural_key(*parts)
    except (model.DoesNotExist, ValueError):
        return False
    return True


def _can_hold(field, value):
    try:
        return canonical_text(field.clean(value, None)) == value
    except (ValidationError, ValueError, TypeError, ArithmeticError):
        return False
