from datetime import date, timedelta

import pytest

from aid.intake import reference_rates as rates


def days(first, last):
    return (first + timedelta(days) for days in range((last - first).days + 1))


def test_calendar_tells_each_day_without_rates_of_the_whole_history():
    dollars = [day for day in days(rates.BEGINNING, rates.last_day()) if not rates.closing_day(day)]
    assert [day for day in days(rates.BEGINNING, rates.last_day()) if rates.published_rate("USD", day)] == dollars


@pytest.mark.parametrize("code", sorted({*rates.QUOTED, *rates.QUOTED_UNTIL} - {"EUR", "USD"}))
def test_beginning_and_end_of_each_currency_are_those_of_the_history(code):
    first, last = rates.QUOTED_SINCE.get(code, rates.BEGINNING), rates.QUOTED_UNTIL.get(code, rates.last_day())
    published = {day for day in days(rates.BEGINNING, rates.last_day()) if rates.published_rate(code, day)}
    assert (min(published), max(published)) == (first, last)
    told = {day for day in published if rates.why_no_rate(day, [code])}
    assert told == set()
    missing = {day for day in days(first, last) if day not in published and not rates.why_no_rate(day, [code])}
    assert missing == set()


@pytest.mark.parametrize(
    ("day", "codes", "why"),
    [
        ("2024-01-24", ["DKK", "USD"], ""),
        ("2024-01-27", ["DKK"], "it was a Saturday, and the ECB publishes none on such a day"),
        ("2024-03-29", ["DKK"], "it was Good Friday, and the ECB publishes none on such a day"),
        ("2024-12-26", [], "it was the day after Christmas, and the ECB publishes none on such a day"),
        ("1998-01-06", ["DKK"], "the ECB’s rates begin on 4 January 1999"),
        ("0001-01-02", ["DKK"], "the ECB’s rates begin on 4 January 1999"),
        ("2010-06-02", ["ILS"], "the ECB’s rates for ILS begin on 3 January 2011"),
        ("2022-03-02", ["USD", "RUB"], "the ECB’s rates for RUB end on 1 March 2022"),
        ("2015-06-02", ["ISK"], "the ECB published no rate for ISK from 10 December 2008 to 31 January 2018"),
        ("2024-01-24", ["UAH"], "the ECB publishes no rate for UAH"),
    ],
)
def test_day_without_a_rate_says_why(day, codes, why):
    assert rates.why_no_rate(date.fromisoformat(day), codes) == why
