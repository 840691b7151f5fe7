"""Which parts of a date a text names: the year, the month, the day. Pure functions: no database."""

import re
from calendar import month_abbr, month_name

_MONTHS = {
    number: re.compile(
        rf"\b(?:{month_name[number]}|{month_abbr[number]}\.?)\b|\b0?{number}[./-]|[./-]0?{number}\b", re.I
    )
    for number in range(1, 13)
}


def unnamed_parts(date, text, in_english=True):
    """The parts of an EDTF date that the text does not name: a list out of "year", "month", "day".

    An interval's two ends are looked at one by one. A month is looked for by its English name or its number, and in
    a text of another language not at all: no other names are known here.
    """
    missing = []
    for end in date.split("/"):
        match = re.match(r"(\d{4}|\d{3}X|XXXX)[?~%]?(?:-(\d\d))?[?~%]?(?:-(\d\d))?", end)
        if not match:
            continue
        year, month, day = match.groups()
        if year.isdecimal() and not re.search(rf"(?<!\d){year}(?!\d)", text):
            missing.append("year")
        if month and in_english and 1 <= int(month) <= 12 and not _MONTHS[int(month)].search(text):
            missing.append("month")
        if day and not re.search(rf"(?<!\d)0?{int(day)}(?!\d)", text):
            missing.append("day")
    return missing
