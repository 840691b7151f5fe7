from decimal import Decimal

import pytest

from aid.intake.amounts import figures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("91 million kroner", ["91000000"]),
        ("about 13.26 million dollars", ["13260000"]),
        ("13,26 mio. dollars", ["13260000"]),
        ("SEK 6 billion (US$60 million)", ["6000000000", "60000000"]),
        ("1,234,567.50", ["1234567.50"]),
        ("1.234.567,50", ["1234567.50"]),
        ("91 000 000", ["91000000"]),
        ("EUR 50bn and €750k", ["50000000000", "750000"]),
        ("1,500 shells", ["1500", "1.500"]),
        ("version 1.2.3 of nothing", []),
        ("no figure", []),
        ("", []),
    ],
)
def test_figures_are_read_with_their_units(text, expected):
    assert figures(text) == [Decimal(number) for number in expected]
