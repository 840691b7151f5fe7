"""The dates and the numbers that somebody typed into a text, each with its place. Pure functions: no database.

English is read. What is no amount is left out: the number of a list, an ordinal, a name such as F-16 or Article 5.
"""

import re
from calendar import month_abbr, month_name
from decimal import Decimal
from typing import NamedTuple

from aid.intake.amounts import figures


class Typed(NamedTuple):
    """A date or a number as it stands in a text, from `start` up to, not including, `end`.

    `date` is its EDTF, "" where it has none (“last Tuesday”). `numbers` are the values that it can mean, by the
    language, and `currencies` the codes that its words can mean, none for a plain number.
    """

    start: int
    end: int
    date: str = ""
    numbers: tuple[Decimal, ...] = ()
    currencies: frozenset[str] = frozenset()
    is_share: bool = False


# Addresses of pages and mailboxes hold figures that tell nothing.
_ADDRESS = re.compile(r"(?<!\w)(?:[a-z]{2,10}://|www\.)\S+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}")

# Dates

_FULL = [name for name in month_name if name]
_SHORT = [name for name in [*month_abbr, "Sept"] if name and name not in _FULL]
_MONTHS = {name.casefold(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name}
_MONTHS |= {"sept": 9}
_MONTH = rf"(?P<month>(?:{'|'.join(_FULL)})(?!\w)|(?:{'|'.join(reversed(_SHORT))})(?!\w)\.?)"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?![\w%]|[.,-]\d)"
_DAY = r"(?P<day>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?!\w)"
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23, "winter": 24}
_UNIT = r"(?:hundred|thousand|million|billion|trillion|per ?cent|%|k[mg]|tons?|tonnes?|met(?:re|er)s?|hours?)\b"

# In this order: what an earlier one has read, a later one leaves.
_DATES = [
    r"(?<![\w-])(?P<year>(?:19|20)\d\d)-(?P<month_number>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?(?![\w-])",
    rf"(?<![\w.,-]){_DAY}(?: of)?\s+{_MONTH}(?:,?\s+{_YEAR})?",
    rf"\b{_MONTH}\s+{_DAY}(?:,?\s+{_YEAR})?(?!\s*{_UNIT})",
    rf"\b{_MONTH}(?: of)?,?\s+{_YEAR}",
    rf"\b(?P<season>{'|'.join(_SEASONS)})(?: of)?,?\s+{_YEAR}",
    rf"\bQ(?P<quarter>[1-4])\s+{_YEAR}",
    r"(?<![\w.,])(?P<first>\d{1,2})(?P<sign>[./])(?P<second>\d{1,2})(?P=sign)(?P<year>(?:19|20)\d\d)(?![\w./])",
    r"(?<![\w.,])(?P<decade>(?:19|20)\d)0s\b",
    r"(?<![\w.,$€£₴¥-])(?P<year>(?:19|20)\d\d)\s?[–/-]\s?(?P<last>(?:19|20)?\d\d)(?![\w%]|[.,]\d)",
    rf"(?<![\w.,$€£₴¥-]){_YEAR}(?![\s\u00a0-]*{_UNIT})(?!-[a-z])",
    r"\b(?:[Ii]n|[Ss]ince|[Uu]ntil|[Bb]y|[Bb]efore|[Aa]fter|[Ff]rom|[Dd]uring|[Ee]nd of|[Ll]ate|[Ee]arly|[Mm]id-?|"
    rf"[Ll]ast|[Nn]ext|[Tt]his)\s*(?=[A-Z]){_MONTH}(?!\s+[A-Z])",
    r"\b(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)s?\b",
    r"\b(?:[Yy]esterday|[Tt]omorrow|(?:[Ll]ast|[Nn]ext) (?:week|month|year|spring|summer|autumn|fall|winter))\b",
    r"(?<![\w:.,])(?:[01]?\d|2[0-3]):[0-5]\d(?![\w:])",
]
_DATES = [re.compile(pattern) for pattern in _DATES]


def typed_dates(text):
    """The dates in a text, in order: days, months, years, seasons, days of the week, times of the day."""
    text = blanked(text, [match.span() for match in _ADDRESS.finditer(text)])
    found, taken = [], bytearray(len(text))
    for pattern in _DATES:
        for match in pattern.finditer(text):
            start, end = match.span()
            groups = match.groupdict()
            if "month" in groups and not (groups.get("day") or groups.get("year")):
                start = match.start("month")
            if not any(taken[start:end]):
                found.append(Typed(start, end, _edtf(groups)))
                taken[start:end] = b"1" * (end - start)
    return sorted(found)


def _edtf(groups):
    year, day = groups.get("year") or "", groups.get("day")
    if decade := groups.get("decade"):
        return f"{decade}X"
    if season := groups.get("season"):
        return f"{year}-{_SEASONS[season]}"
    if quarter := groups.get("quarter"):
        last = 3 * int(quarter)
        return f"{year}-{last - 2:02}/{year}-{last:02}"
    if last := groups.get("last"):
        return f"{year}/{year[: 4 - len(last)]}{last}"
    if first := groups.get("first"):
        return _numeric(int(first), int(groups["second"]), year, groups["sign"])
    month = groups.get("month_number") or _MONTHS.get((groups.get("month") or "").rstrip(".").casefold())
    if not month:
        return year
    return "-".join([year or "XXXX", f"{int(month):02}", *([f"{int(day):02}"] if day else [])])


def _numeric(first, second, year, sign):
    """24.01.2024 and 1/24/2024 are sure; 03/04/2024 is a day in March or one in April, and only its year is sure."""
    day, month = (first, second) if sign == "." or first > 12 else (second, first)
    is_sure = sign == "." or max(first, second) > 12 or first == second
    return f"{year}-{month:02}-{day:02}" if is_sure and 1 <= month <= 12 and 1 <= day <= 31 else year


# Numbers

_SMALL = "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
_SMALL = {word: number for number, word in enumerate([*_SMALL.split(), "eighteen", "nineteen"], start=2)}
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS = {word: 10 * number for number, word in enumerate(_TENS.split(), 2)}
_ONES = [word for word, number in _SMALL.items() if number < 10]
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_SCALE = "|".join(_SCALES)

_CURRENCIES = {
    "euros?": "EUR", "dollars?": "USD CAD AUD NZD", "cents?": "USD EUR", "pounds?(?: sterling)?": "GBP",
    "kroner?": "DKK NOK", "crowns?": "DKK NOK SEK CZK", "kron(?:or|a)": "SEK ISK", "hryvnias?": "UAH",
    "zlotys?|złoty": "PLN", "koruna": "CZK", "yen": "JPY", "won": "KRW", "yuan": "CNY", "lira": "TRY",
    "(?:Swiss )?francs?": "CHF", "(?:forints?)": "HUF", "lei": "RON", "leva?": "BGN", "rou?bles?": "RUB",
}  # fmt: skip
_CODES = sorted({code for codes in _CURRENCIES.values() for code in codes.split()})
_SIGNS = {"US$": "USD", "C$": "CAD", "A$": "AUD", "NZ$": "NZD", "$": "USD CAD AUD NZD", "€": "EUR", "£": "GBP",
          "₴": "UAH", "¥": "JPY CNY", "kr": "DKK NOK SEK ISK", "kr.": "DKK NOK SEK ISK"}  # fmt: skip
_PEOPLES = {"Danish": "DKK", "Norwegian": "NOK", "Swedish": "SEK", "Icelandic": "ISK", "Czech": "CZK", "US": "USD",
            "U.S.": "USD", "American": "USD", "Canadian": "CAD", "Australian": "AUD", "New Zealand": "NZD",
            "British": "GBP", "Ukrainian": "UAH"}  # fmt: skip

_SUFFIX = (
    rf"(?:[\s\u00a0-]{{0,3}}(?:(?P<people>{'|'.join(map(re.escape, _PEOPLES))})[\s\u00a0]{{1,3}})?"
    rf"(?P<currency>{'|'.join(_CODES)}|{'|'.join(_CURRENCIES)}|[€£₴¥])(?!\w)|(?P<share>[\s\u00a0]?%|"
    r"[\s\u00a0]per[\s\u00a0]?cent\b|[\s\u00a0]percentage points?\b))?"
)
_SIGN = "|".join(map(re.escape, sorted(_SIGNS, key=len, reverse=True)))
_IN_FIGURES = re.compile(
    rf"(?:(?<!\w)(?P<sign>{_SIGN}|{'|'.join(_CODES)})[\s\u00a0]?)?"
    rf"(?<![\w.,])(?<![A-Za-z]-)(?P<digits>\d{{1,20}}(?:[\u00a0\u202f ]\d{{3}}(?!\d)|[.,]\d{{1,20}}){{0,8}}"
    rf"(?:[\s\u00a0-]{{0,3}}(?:{_SCALE}|bn|bln|mn|mln|mio|tn|[kmKM])(?!\w))?)(?!\w|[./]\d){_SUFFIX}"
)
_IN_WORDS = re.compile(
    rf"(?<![\w-])(?:(?P<half>half a) (?P<of>{_SCALE})|(?P<vague>(?:dozens|hundreds|thousands|millions|billions)\b)|"
    rf"(?P<dozen>(?:half )?a dozen|dozen)|"
    rf"(?P<word>(?:{'|'.join(_TENS)})(?:-(?:one|{'|'.join(_ONES)}))?|{'|'.join(_SMALL)}|an?|one)"
    rf"(?:[ -](?P<scale>{_SCALE}))?)(?!\w){_SUFFIX}",
    re.IGNORECASE,
)
# “Two of them” and “nine members” count something; “the two are” points back to what was counted before.
_COUNTS_NOTHING = (
    "and or but nor to in at on by for from with as than that which who whom whose is was be been being do does did "
    "will would can could may might shall should must not if when while it they we he she this these those there "
    "here then so also"
)
_COUNTS_NOTHING = frozenset(_COUNTS_NOTHING.split())
_AUXILIARIES = {"have", "had", "are", "were", "has"}
_NAMED = re.compile(
    r"\b(?:[Nn]os?|[Nn]rs?|[Aa]rt|[Aa]rticles?|[Rr]esolutions?|[Cc]hapters?|[Ss]ections?|[Pp]ages?|[Aa]nnex|"
    r"[Pp]aragraphs?|[Pp]oints?|Phase|Block|Type|Mark|Mk|Figure|Table|Leopard|Abrams|Challenger|Marder|Patriot|Level|"
    r"Tier|Title|Protocol|Decree|Ramstein|Group|Day|Javelin)\.?[\s\u00a0]$"
)
_LISTED = re.compile(r"\s*\(?\d{1,2}[.)]\s")
_NAMED_BY = 16
_TO_THE_CLOCK = re.compile(r"(?<!\w)24/7(?!\w)")


def typed_numbers(text):
    """The numbers in a text that are no dates, in order; those in words up to ninety-nine, where they count."""
    text = blanked(text, [match.span() for match in _ADDRESS.finditer(text)])
    no_amounts = [match.span() for match in [_LISTED.match(text), *_TO_THE_CLOCK.finditer(text)] if match]
    text = blanked(text, [*no_amounts, *((found.start, found.end) for found in typed_dates(text))])
    found, taken = [], bytearray(len(text))
    for match in _IN_FIGURES.finditer(text):
        at = match.start("digits")
        if not _NAMED.search(text[max(0, at - _NAMED_BY) : at]):
            found.append(_typed(match, tuple(figures(match["digits"]))))
            taken[match.start() : match.end()] = b"1" * len(match[0])
    for match in _IN_WORDS.finditer(text):
        if _counts(match, text) and not any(taken[match.start() : match.end()]):
            found.append(_typed(match, _in_words(match)))
    return sorted(found)


def blanked(text, spans):
    """The text with signs that are neither words nor spaces in the place of these spans."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = "¤" * (end - start)
    return "".join(letters)


def _typed(match, numbers):
    groups = match.groupdict()
    return Typed(*match.span(), "", numbers, _currencies(groups), bool(groups["share"]))


def _currencies(groups):
    word, sign = groups["currency"] or "", groups.get("sign") or ""
    codes = _SIGNS.get(sign or word) or next((code for code in _CODES if code in (sign, word)), "")
    if not codes and word:
        codes = next(code for name, code in _CURRENCIES.items() if re.fullmatch(name, word, re.IGNORECASE))
    own = _PEOPLES.get(groups["people"] or "")
    return frozenset({own} if own else codes.split())


def _counts(match, text):
    """Whether a number in words tells how many; a scale or a currency makes sure of it."""
    if match["half"] or match["vague"] or match["dozen"] or match["scale"] or match["currency"] or match["share"]:
        return True
    if match["word"].casefold() in ("a", "an", "one"):
        return False
    following = re.match(r"[\s\u00a0-]([^\W\d_]+)", text[match.end() : match.end() + 40])
    if not following:
        return False
    word = following[1].casefold()
    if word in _AUXILIARIES:
        return not re.search(r"\b(?:the|these|those|both)\s$", text[max(0, match.start() - 8) : match.start()], re.I)
    return word not in _COUNTS_NOTHING


def _in_words(match):
    """The value of a number in words; () for a vague one."""
    if match["vague"]:
        return ()
    if match["dozen"]:
        return (Decimal(6 if "half" in match["dozen"].casefold() else 12),)
    if match["half"]:
        return (Decimal(10) ** _SCALES[match["of"].casefold()] / 2,)
    tens, _, ones = match["word"].casefold().partition("-")
    number = _TENS.get(tens) or _SMALL.get(tens) or 1
    number += {"one": 1, **_SMALL}.get(ones, 0)
    return (Decimal(number).scaleb(_SCALES[match["scale"].casefold()] if match["scale"] else 0),)
