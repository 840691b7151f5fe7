from datetime import date
from decimal import Decimal

import pytest

from aid.queries.currency_words import codes_named, codes_of
from aid.queries.equivalents import Unreadable, amount_and_equivalent
from aid.queries.fitting import fitting, reasoning

SENTENCE = "Denmark has allocated 91 million kroner (about 13.26 million dollars) for cybersecurity."
# The sentence with the amount names no day; another one says “January 24”.
DAY = "XXXX-01-24"


# Words


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("kroner", "CZK DKK ISK NOK SEK"),
        ("Crowns", "CZK DKK ISK NOK SEK"),
        ("krónur", "CZK DKK ISK NOK SEK"),
        ("koruna", "CZK DKK ISK NOK SEK"),
        ("kr", "CZK DKK ISK NOK SEK"),
        ("euros", "EUR"),
        ("roubles", "BYN RUB"),
        ("złoty", "PLN"),
        ("zloty", "PLN"),
        ("yen", "JPY"),
        ("tanks", ""),
        ("", ""),
    ],
)
def test_word_means_each_currency_that_uses_it(word, codes):
    assert sorted(codes_of(word)) == codes.split()


def test_dollars_are_of_many_states():
    assert {"USD", "CAD", "AUD", "NZD", "HKD", "SGD"} < codes_of("dollars") == codes_of("$")
    assert {"GBP", "EGP"} < codes_of("pounds")


@pytest.mark.parametrize(
    ("expression", "codes", "word"),
    [
        ("91 million kroner", {"CZK", "DKK", "ISK", "NOK", "SEK"}, "kroner"),
        ("91 million Danish kroner", {"DKK"}, ""),
        ("500 million Czech crowns", {"CZK"}, ""),
        ("DKK 91 million", {"DKK"}, ""),
        ("US$60 million", {"USD"}, ""),
        ("13 million U.S. dollars", {"USD"}, ""),
        ("ninety tanks", set(), ""),
    ],
)
def test_expression_names_a_currency_or_leaves_it_open(expression, codes, word):
    assert codes_named(expression) == (codes, word)


# Amounts


@pytest.mark.parametrize(
    ("text", "amount", "stated"),
    [
        (SENTENCE, ("91 million kroner", 91_000_000, False), ("13.26 million dollars", 13_260_000, True)),
        ("SEK 6 billion (US$60 million)", ("SEK 6 billion", 6 * 10**9, False), ("US$60 million", 6 * 10**7, False)),
        ("some €1.5bn, or $1.6bn", ("€1.5bn", 15 * 10**8, True), ("$1.6bn", 16 * 10**8, False)),
        ("12 tanks for 5 million kr., worth £4,000", ("5 million kr.", 5 * 10**6, False), ("£4,000", 4000, False)),
        ("2 million Brazilian reais (EUR 4)", ("2 million Brazilian reais", 2 * 10**6, False), ("EUR 4", 4, False)),
    ],
)  # fmt: skip
def test_amount_and_its_equivalent_are_read(text, amount, stated):
    found = amount_and_equivalent(text)
    assert [(one.text, one.amount, one.is_approximate) for one in found] == [amount, stated]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "No amount with a currency"),
        ("No numbers here.", "No amount with a currency"),
        ("91 million", "No amount with a currency"),
        ("0 kroner", "No amount with a currency"),
        ("-91 million kroner", "No amount with a currency"),
        ("9" * 4000 + " kroner", "No amount with a currency"),
        ("91 million kroner", "“91 million kroner” has no equivalent"),
        ("91 million kroner and 5 million kroner", "“91 million kroner” has no equivalent"),
        ("<script>\x00 5 kroner", "“5 kroner” has no equivalent"),
        ("x" * 5_001, "longer than 5,000 characters"),
        ("10 million hryvnias (250,000 Belarusian rubles)", "publishes no rates for"),
    ],
)
def test_text_that_cannot_be_tested_is_answered_with_a_sentence(text, said):
    with pytest.raises(Unreadable, match=said):
        fitting(text)


# Currencies and years


def test_kroner_can_be_danish_ones_alone():
    found = fitting(SENTENCE, DAY)
    assert {row.currency: row.fits for row in found.by_currency} == {
        "CZK": False, "DKK": True, "ISK": False, "NOK": False, "SEK": False,
    }  # fmt: skip
    assert (found.others[0], found.tolerance, found.date_text) == (
        "USD",
        Decimal("0.02"),
        "24 January (year not stated)",
    )
    assert "JMD" in found.untested


def test_rates_leave_two_years_open_and_no_other():
    ((currency, years),) = fitting(SENTENCE, DAY, 2022, 2026).by_year
    assert currency == "DKK"
    assert {row.year: (row.fits, row.expected) for row in years} == {
        2022: (False, Decimal("13820370.54")),
        2023: (True, Decimal("13280796.78")),
        2024: (True, Decimal("13308054.39")),
        2025: (False, Decimal("12771758.65")),
        2026: (False, Decimal("14306858.05")),
    }


def test_day_in_the_text_is_taken_where_no_other_is_given():
    text = f"{SENTENCE} It was formalized on January 24."
    assert fitting(text).date == DAY
    assert fitting(text, "XXXX-01-23").date == "XXXX-01-23"


def test_day_without_a_rate_is_held_at_the_nearest_earlier_one():
    (saturday,) = [row for row in fitting(SENTENCE, "2024-01-27").held if (row.currency, row.other) == ("DKK", "USD")]
    assert (saturday.day, saturday.year) == (date(2024, 1, 26), 2024)
    assert saturday.why.startswith("it was a Saturday")


def test_other_dollars_and_other_times_that_fit_are_told():
    found = fitting(SENTENCE, DAY)
    assert ("NOK", "AUD", 2024) in {(row.currency, row.other, row.year) for row in found.elsewise}
    assert ("NOK", "USD", 2004) in {(row.currency, row.other, row.year) for row in found.beyond}


def test_stated_year_is_the_only_one_looked_at():
    found = fitting(SENTENCE, "2025-01-23")
    assert (found.years, found.years_that_fit, found.beyond) == ((2025,), [], ())


@pytest.mark.parametrize("text", ["SEK 6 billion (US$60 million)", "EUR 50 billion (US$55 million)"])
def test_equivalent_that_is_off_by_a_factor_fits_no_year(text):
    found = fitting(text)
    assert (found.fitting, found.by_year) == ([], [])


def test_without_a_day_each_year_is_looked_through():
    found = fitting(SENTENCE)
    assert found.fitting_currencies == ["DKK"]
    assert all(row.day.year == row.year for row in found.held if row.day)


@pytest.mark.parametrize(
    ("day", "first", "last", "said"),
    [
        ("XXXX-02-31", 2022, 2024, "“31 February” is in no year’s calendar"),
        ("XXXX-02-29", 2022, 2023, "None of these years has a 29 February"),
        ("next week", 2022, 2024, "“next week” is in no year’s calendar"),
        ("2022/2024", 2022, 2024, "is no day, month or year"),
        ("XXXX-01-24", 2024, 2022, "The first year, 2024, lies after the last, 2022."),
        ("XXXX-01-24", 1900, 1998, "The ECB’s rates go from 1999 to"),
        ("XXXX-01-24", 2900, 2998, "The ECB’s rates go from 1999 to"),
        ("1998-01-06", 1990, 2024, ""),
    ],
)
def test_days_and_years_that_are_none_are_answered_with_a_sentence(day, first, last, said):
    if said:
        with pytest.raises(Unreadable, match=said):
            fitting(SENTENCE, day, first, last)
    else:
        assert {row.why for row in fitting(SENTENCE, day, first, last).held} == {
            "the ECB’s rates begin on 4 January 1999"
        }


def test_years_are_cut_to_the_history():
    assert fitting(SENTENCE, DAY, 1, 9999).years[0] == 1999


def test_currency_whose_rates_have_ended_says_so():
    found = fitting("2 million roubles (30,000 dollars)", "XXXX-05-05")
    assert {row.why for row in found.held} == {"the ECB’s rates for RUB end on 1 March 2022"}


def test_reasoning_gives_the_figures_and_what_they_leave_open():
    text = reasoning(fitting(SENTENCE, DAY, 2022, 2025), "DKK")
    for part in (
        "The text gives 91 million “kroner” and an equivalent of about 13.26 million “dollars”. ",
        "rates 91,000,000 DKK were 13,280,797 USD on 24 January 2023 (0.16 % above the figure stated) and ",
        "91,000,000 DKK were 13,308,054 USD on 24 January 2024 (0.36 % above the figure stated). It does not ",
        "fit the other years: 91,000,000 DKK were 13,820,371 USD on 24 January 2022 (4.23 % above the figure ",
        "91,000,000 NOK were 10,120,860 USD on 24 January 2022 (23.67 % below the figure stated)",
        " The rates alone leave 2023 and 2024 open. Say here what decides between them.",
    ):
        assert part in text
    assert "does not fit" not in reasoning(fitting(SENTENCE, "2024-01-24"), "DKK")
