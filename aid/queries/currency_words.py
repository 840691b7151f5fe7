"""Which currencies a word of an English text can mean: “kroner”, “crowns”, “dollars”.

The words are the last ones of the English currency names of the Unicode CLDR (through Babel), singular and plural.
To them comes what CLDR does not have: words of the currencies' own languages, and English ones that mean several.
"""

import re
import unicodedata
from functools import lru_cache

from babel import Locale

from aid.money import currencies, names_currency

# Words for one thing, a crown: translations take one of them for another.
CROWNS = "crown crowns krone kroner kronen krona kronor króna krónur koruna korunas koruny korun kr kr."
# Further words, by a word of CLDR with the same meaning.
ALIKE = {
    "real": "reais",
    "ruble": "rouble roubles rubles",
    "pound": "sterling quid",
    "yuan": "renminbi rmb",
    "shekel": "sheqel sheqels",
    "złoty": "zł zloty zlotys",
}
SIGNS = {"$": "dollar", "£": "pound", "¥": "yen yuan", "kr": "krone", "kr.": "krone"}


def _plain(word):
    """A word without accents, in small letters: króna is krona."""
    folded = unicodedata.normalize("NFKD", word.casefold().replace("ł", "l"))
    return "".join(sign for sign in folded if not unicodedata.combining(sign))


@lru_cache(maxsize=1)
def currency_words():
    """{word without accents: the codes whose names end in it}."""
    plurals, found = Locale("en")._data["currency_names_plural"], {}
    for code, name in currencies().items():
        for form in {name, *plurals.get(code, {}).values()}:
            found.setdefault(_plain(form.split()[-1]), set()).add(code)
    crowns = set().union(*(found.get(_plain(word), set()) for word in CROWNS.split()))
    found |= {_plain(word): crowns for word in CROWNS.split()}
    for word, others in ALIKE.items():
        found |= {_plain(other): found.get(_plain(word), set()) for other in others.split()}
    for sign, words in SIGNS.items():
        found[sign] = set().union(*(found[_plain(word)] for word in words.split()))
    return {word: frozenset(codes) for word, codes in found.items()}


def codes_of(word):
    """The codes that a word or sign can mean; none for a word that is no currency's."""
    return currency_words().get(_plain(word), frozenset())


def _is_of(expression, code):
    """Whether an expression says whose currency it is: “Czech crowns” are those of the Czech koruna."""
    whose = currencies()[code].rpartition(" ")[0]
    return len(whose) > 2 and bool(re.search(rf"\b{re.escape(whose)}\b", expression, re.IGNORECASE))


def codes_named(expression):
    """(codes, word) of an expression such as “91 million kroner”: the codes that it can mean, and the word that
    leaves them open; "" as the word where a code, a full name or a sign of its own leaves no doubt."""
    sure = [code for code in currencies() if names_currency(expression, code)]
    if sure:
        # “Danish kroner” names one; where two names stand in it, none is sure.
        return frozenset(sure), "" if len(sure) == 1 else expression
    for word in re.findall(r"[^\W\d_]+\.?|[$£¥]", expression):
        if codes := codes_of(word):
            whose = [code for code in codes if _is_of(expression, code)]
            return (frozenset(whose), "") if len(whose) == 1 else (codes, word)
    return frozenset(), ""
