"""Words as search compares them: without accents, case and the differences between apostrophes.

A leaf: it imports nothing of ours. What is stored for search and what a reader types go through the same functions,
so that "Lodz" finds "Łódź", "oresund" finds "Øresund" and "strasse" finds "Straße" on any database. Cyrillic letters
are told apart as their alphabets do ("й" is not "и"); only their case and their stress marks go.
"""

import re
import unicodedata
from typing import NamedTuple

# Letters that no decomposition takes apart.
LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "n", "ŧ": "t",
}  # fmt: skip
CYRILLIC = range(0x0400, 0x0530)
MARKS = range(0x0300, 0x0370)
HANGUL = range(0xAC00, 0xD7A4)
APOSTROPHES = "'’‘ʼʹ´`′＇"
# What stands within words and is not seen: soft hyphens, joiners.
UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
LONGEST_WORD = 60

_CYR = "\u0400-\u052f"
# A run of letters and digits. Between Cyrillic letters an apostrophe belongs to the word ("п'ять"); elsewhere it
# parts two ("Ukraine's", "O'Brien"), which are then looked for side by side.
_WORD = re.compile(
    rf"(?:[^\W_{APOSTROPHES}]|[\u0300-\u036f{UNSEEN}]|(?<=[{_CYR}])[{APOSTROPHES}](?=[{_CYR}]))+", re.UNICODE
)


class _Table(dict):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code):
        letter = chr(code)
        if code in MARKS or letter in UNSEEN or letter in APOSTROPHES:
            folded = ""
        elif code in CYRILLIC:
            folded = letter.casefold()
        else:
            # Korean syllables are words to be compared, and would be taken apart too.
            taken_apart = letter if code in HANGUL else unicodedata.normalize("NFKD", letter.casefold())
            kept = (LETTERS.get(one, one) for one in taken_apart)
            folded = "".join(one for one in kept if all(c.isalnum() for c in one)).casefold()
        self[code] = folded
        return folded


_TABLE = _Table()


class Word(NamedTuple):
    """A word of a text as search compares it, and where it stands in the text."""

    folded: str
    start: int
    end: int


def composed(text):
    """The text with each letter and its accents as one character: the form in which places in it are counted."""
    return unicodedata.normalize("NFC", text)


def words_in(text):
    """The Words of a composed text, in order."""
    for match in _WORD.finditer(text):
        if folded := _folded(match[0]):
            yield Word(folded, match.start(), match.end())


def words(text):
    """The words of any text as search compares them, in order."""
    return [word.folded for word in words_in(composed(text))]


def _folded(word):
    return (word.lower() if word.isascii() else word.translate(_TABLE))[:LONGEST_WORD]


# Extracts

CHUNK = re.compile(r".{1,600}(?:\s|\Z)|.{1,600}", re.DOTALL)
# So much of a text is looked through for an extract.
LOOKED_THROUGH = 100_000


def marked(text, terms):
    """A text in pieces: [(text, whether it is what was sought)]. `terms` are (words that stand side by side, whether
    the last may go on)."""
    text = composed(text)
    found = list(words_in(text))
    spans = set()
    for sought, is_begun in terms:
        for at in range(len(found) - len(sought) + 1):
            if _stands_at(found, at, sought, is_begun):
                spans.update(range(at, at + len(sought)))
    pieces, last = [], 0
    for place in sorted(spans):
        word = found[place]
        if pieces and place - 1 in spans and pieces[-1][1]:
            # Words of one phrase are marked as one.
            pieces[-1] = (pieces[-1][0] + text[last : word.end], True)
        else:
            pieces += [(text[last : word.start], False), (text[word.start : word.end], True)]
        last = word.end
    return [piece for piece in [*pieces, (text[last:], False)] if piece[0]]


def _stands_at(found, at, sought, is_begun):
    for offset, word in enumerate(sought):
        folded = found[at + offset].folded
        is_last = offset == len(sought) - 1
        if folded != word and not (is_last and is_begun and folded.startswith(word)):
            return False
    return True


def extract(text, terms, width=240):
    """The stretch of a text that holds most of what was sought, about so wide, as `marked` gives it; the beginning
    where it holds nothing."""
    text = composed(text)[:LOOKED_THROUGH]
    best, most = "", -1
    for chunk in CHUNK.finditer(text):
        plain = chunk[0].lower() if chunk[0].isascii() else chunk[0].translate(_TABLE)
        # Folded as a whole it has lost its apostrophes, so that it is a first look only.
        here = sum(1 for sought, _begun in terms if sought[0][:3] in plain)
        if here > most:
            pieces = marked(chunk[0], terms)
            held = len({text.casefold() for text, is_mark in pieces if is_mark})
            if held > most:
                best, most, start = pieces, held, chunk.start()
            if held >= len(terms):
                break
    return _cut(best, width, start > 0, start + sum(len(piece) for piece, _mark in best) < len(text)) if best else []


def _cut(pieces, width, is_cut_before, is_cut_after):
    text = "".join(piece for piece, _mark in pieces)
    first = len(pieces[0][0]) if pieces and not pieces[0][1] and len(pieces) > 1 else 0
    begin = max(0, min(first - width // 3, len(text) - width))
    if begin:
        begin = text.find(" ", begin) + 1 or begin
    end = min(len(text), begin + width)
    if end < len(text):
        end = max(text.rfind(" ", begin, end), begin + width // 2)
    kept, at = [], 0
    for piece, is_mark in pieces:
        part = piece[max(begin - at, 0) : max(end - at, 0)]
        at += len(piece)
        if part:
            kept.append((part, is_mark))
    if kept and (begin or is_cut_before):
        kept.insert(0, ("… ", False))
    if kept and (end < len(text.rstrip()) or is_cut_after):
        kept.append((" …", False))
    return kept
