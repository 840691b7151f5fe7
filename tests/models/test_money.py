from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from aid.money import (
    Money,
    converted,
    currencies,
    deviation,
    figure,
    names_currency,
    short,
    spoken,
    tolerance,
    validate_currency,
)


@pytest.mark.parametrize(
    ("amount", "written", "said"),
    [
        ("91000000.00", "91,000,000", "91 million"),
        ("13260000", "13,260,000", "13.26 million"),
        ("13266714.94", "13,266,714.94", "13,266,714.94"),
        ("1000000000", "1,000,000,000", "1 billion"),
        ("50000000000", "50,000,000,000", "50 billion"),
        ("750000", "750,000", "750,000"),
        ("1234.5", "1,234.50", "1,234.50"),
    ],
)
def test_amounts_are_written_exactly(amount, written, said):
    assert (figure(Decimal(amount)), short(Decimal(amount))) == (written, said)


def test_amounts_are_spoken_with_their_currency():
    assert spoken(Decimal("91000000"), "DKK") == "91 million Danish kroner"
    assert str(Money(Decimal("91000000"), "DKK")) == "DKK 91,000,000"


def test_currencies_are_those_in_use():
    assert {"DKK", "EUR", "UAH", "USD"} <= set(currencies())
    assert "XXX" not in currencies()
    validate_currency("DKK")
    with pytest.raises(ValidationError) as refused:
        validate_currency("KR")
    assert refused.value.code == "currency"


@pytest.mark.parametrize(
    ("dkk", "usd", "off"),
    [("7.4574", "1.0872", "-0.0005"), ("7.4568", "1.0905", "-0.0036"), ("7.4606", "1.0404", "0.0449")],
    ids=["2024-01-23", "2024-01-24", "2025-01-23"],
)
def test_dollars_of_the_document_fit_january_2024_alone(dkk, usd, off):
    expected = converted(Decimal("91000000"), Decimal(dkk), Decimal(usd))
    found = deviation(Decimal("13260000"), expected)
    assert round(found, 4) == Decimal(off)
    assert (abs(found) <= tolerance(is_approximate=True)) is (abs(Decimal(off)) < Decimal("0.02"))


@pytest.mark.parametrize(
    ("text", "currency", "named"),
    [
        ("91 million kroner", "DKK", False),
        ("91 million Danish kroner", "DKK", True),
        ("DKK 91 million", "DKK", True),
        ("13.26 million dollars", "USD", False),
        ("US$13.26 million", "USD", True),
        ("13.26 million US dollars", "USD", True),
        ("13.26 million U.S. dollars", "USD", True),
        ("€10 million", "EUR", True),
        ("10 million euros", "EUR", True),
        ("10 million euros", "DKK", False),
    ],
)
def test_currency_is_named_beyond_doubt_or_not(text, currency, named):
    assert names_currency(text, currency) is named
