from decimal import Decimal

import pytest

from aid.intake.typed import typed_dates, typed_numbers


def dates(text):
    return [(text[found.start : found.end], found.date) for found in typed_dates(text)]


def numbers(text):
    return [(text[f.start : f.end], [str(+number) for number in f.numbers]) for f in typed_numbers(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 24 January 2024", [("24 January 2024", "2024-01-24")]),
        ("on January 24, 2024, it", [("January 24, 2024", "2024-01-24")]),
        ("on January 24", [("January 24", "XXXX-01-24")]),
        ("the 24th of January", [("24th of January", "XXXX-01-24")]),
        ("in January 2024", [("January 2024", "2024-01")]),
        ("since January", [("January", "XXXX-01")]),
        ("in 2023", [("2023", "2023")]),
        ("2024-01-24", [("2024-01-24", "2024-01-24")]),
        ("24.01.2024", [("24.01.2024", "2024-01-24")]),
        ("1/24/2024", [("1/24/2024", "2024-01-24")]),
        ("03/04/2024", [("03/04/2024", "2024")]),
        ("from 2024–2026", [("2024–2026", "2024/2026")]),
        ("in summer 2024", [("summer 2024", "2024-22")]),
        ("in Q3 2024", [("Q3 2024", "2024-07/2024-09")]),
        ("in the 2020s", [("2020s", "202X")]),
        ("on Monday at 15:30", [("Monday", ""), ("15:30", "")]),
        ("last week", [("last week", "")]),
        ("They met on 24 January. Then", [("24 January", "XXXX-01-24")]),
        ("Sept. 5", [("Sept. 5", "XXXX-09-05")]),
        ("they may 5 times", []),
        ("2000 tonnes, 2024 million", []),
        ("https://example.org/2024/01/24", []),
    ],
)
def test_dates_are_read(text, expected):
    assert dates(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("91 million kroner", [("91 million kroner", ["9.1E+7"])]),
        ("DKK 91 million", [("DKK 91 million", ["9.1E+7"])]),
        ("$13.26m", [("$13.26m", ["1.326E+7"])]),
        ("US$ 1.5bn", [("US$ 1.5bn", ["1.5E+9"])]),
        ("€10,000", [("€10,000", ["10000", "10.000"])]),
        ("1 000 000 hryvnias", [("1 000 000 hryvnias", ["1000000"])]),
        ("20%, 5 per cent", [("20%", ["20"]), ("5 per cent", ["5"])]),
        ("10–12 tanks", [("10", ["10"]), ("12", ["12"])]),
        ("a 12-nation group", [("12", ["12"])]),
        ("nine members", [("nine", ["9"])]),
        ("a nine-member group", [("nine", ["9"])]),
        ("twenty-five tanks", [("twenty-five", ["25"])]),
        ("Two of the partners", [("Two", ["2"])]),
        ("Two have announced help", [("Two", ["2"])]),
        ("half a billion euros", [("half a billion euros", ["500000000"])]),
        ("a million shells", [("a million", ["1E+6"])]),
        ("two hundred", [("two hundred", ["2E+2"])]),
        ("a dozen tanks", [("a dozen", ["12"])]),
        ("thousands of drones", [("thousands", [])]),
        # What is no amount.
        ("1. First", []),
        ("(2) Second", []),
        ("the 2nd, the 95th Brigade", []),
        ("F-16, T-72, 155mm, 5G", []),
        ("Leopard 2, Article 5, No. 7, Resolution 1325", []),
        ("24 January 2024 and January 24", []),
        ("one of them, between the two, the two are", []),
        ("open 24/7", []),
        ("https://example.org/12 and a@b12.example", []),
        ("", []),
    ],
)
def test_numbers_are_read(text, expected):
    assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "currencies"),
    [
        ("91 million kroner", {"DKK", "NOK"}),
        ("91 million Danish kroner", {"DKK"}),
        ("13 million dollars", {"USD", "CAD", "AUD", "NZD"}),
        ("13 million U.S. dollars", {"USD"}),
        ("US$13m", {"USD"}),
        ("13 million euros", {"EUR"}),
        ("EUR 13 million", {"EUR"}),
        ("kr. 13", {"DKK", "NOK", "SEK", "ISK"}),
        ("13 million", set()),
        ("nine members", set()),
    ],
)
def test_the_currency_is_as_sure_as_its_words(text, currencies):
    [found] = typed_numbers(text)
    assert found.currencies == currencies


def test_a_share_is_no_amount():
    [found] = typed_numbers("20 per cent")
    assert (found.is_share, found.numbers) == (True, (Decimal(20),))


@pytest.mark.parametrize(
    "text", ["1 " * 5000, "9" * 9000, "January " * 2000, "a@" * 5000, "two " * 3000, "2024-" * 3000]
)
def test_nonsense_takes_no_time(text):
    typed_numbers(text)
    typed_dates(text)
