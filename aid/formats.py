"""How the language of the page that is being written puts numbers and days.

A leaf below all others: it imports nothing of ours. Words come from the catalogues in locale/, the ways of numbers
and months from the Unicode CLDR (through babel). Nothing here reads what a visitor typed: that means the same in
every language.
"""

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import format_compact_decimal, format_decimal
from django.utils.translation import get_language, pgettext

ENGLISH = Locale("en")


def locale():
    """babel's Locale of the active language; English where none is active."""
    return _locale(get_language() or "en")


@lru_cache(maxsize=16)
def _locale(tag):
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return ENGLISH


# Numbers


def number(amount, pattern="#,##0.##", **options):
    """A number by a CLDR pattern: 91,000,000 in English, 91.000.000 in Danish, 91 000 000 in Ukrainian."""
    return format_decimal(amount, format=pattern, locale=locale(), **options)


def compact(amount, *, aloud=False):
    """A number of millions or more in short, all its figures kept: 13,26 mio. in Danish; aloud, 13,26 millioner."""
    return format_compact_decimal(
        amount, format_type="long" if aloud else "short", locale=locale(), fraction_digits=2
    )


# Days


def months(alone=False):
    """{1: "January", …}. `alone` as a month stands by itself: січень, where a day of it is 24 січня."""
    return locale().months["stand-alone" if alone else "format"]["wide"]


def weekday(day):
    """ "Saturday" """
    return locale().days["stand-alone"]["wide"][day.weekday()]


def said(day):
    """A day in words: 24 January 2024, 24. januar 2024, 24 січня 2024 року."""
    return day_in_words(day.day, day.month, day.year)


def day_in_words(day, month, year=None):
    """A day, of no year where none is given."""
    named = {"day": int(day), "month": months()[int(month)], "year": year}
    if year is None:
        return pgettext("a date", "%(day)s %(month)s") % named
    return pgettext("a date", "%(day)s %(month)s %(year)s") % named


def capitalised(text):
    """A text as a sentence or a label begins with it."""
    return text[:1].upper() + text[1:]


def listed(parts):
    """Names in running text: Belgium, Denmark and Estonia."""
    *first, last = [str(part) for part in parts]
    if not first:
        return last
    return pgettext("the end of a list", "%(names)s and %(last)s") % {"names": ", ".join(first), "last": last}


# Names


def territory(code):
    """(English name, name in the page's language) of a state by its ISO 3166 code, or None for a code of none."""
    if code not in ENGLISH.territories:
        return None
    return ENGLISH.territories[code], locale().territories.get(code, ENGLISH.territories[code])


def currency_name(code):
    """What a currency is called: Danish Krone. The code itself for one without a name."""
    return locale().currencies.get(code) or ENGLISH.currencies.get(code, code)


def currency_aloud(code, amount):
    """What a currency is called after an amount: Danish kroner. Before a number of millions the amount is that unit:
    in Ukrainian what follows мільйон stands in the genitive plural, whatever its number."""
    here = locale()
    forms = here._data["currency_names_plural"].get(code, {})
    return forms.get(here.plural_form(amount)) or forms.get("other") or currency_name(code)


def language_name(tag):
    """A language by its tag, in the page's language: Danish."""
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        return tag
    try:
        return Locale.parse(tag, sep="-").get_display_name(locale()) or tag
    except (ValueError, UnknownLocaleError):
        return tag
