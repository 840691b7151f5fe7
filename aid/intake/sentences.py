"""Where the sentences of a text begin and end. Pure functions: no database."""

import re
from typing import NamedTuple

# A stop followed by a space and a capital ends a sentence, but not after a single letter ("U.S. Army", "J. Doe")
# or one of these titles.
_END = re.compile(r"(?<!\b[A-Z]\.)(?<=[.!?…])[\"”’»)\]]*\s+(?=[\"“‘«(\[]*(\w))")
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Sgt|Adm|Sen|Rep|Gov|St|No|vs|Inc|Ltd|Co)\.$")


class Span(NamedTuple):
    """A stretch of a text, in code points, from `start` up to, not including, `end`."""

    start: int
    end: int


def paragraphs(text):
    """The spans of the text's lines that are not blank, without their outer spaces."""
    spans = []
    for match in re.finditer(r"[^\n]+", text):
        line = match.group()
        stripped = line.strip()
        if stripped:
            start = match.start() + line.index(stripped[0])
            spans.append(Span(start, start + len(stripped)))
    return spans


def sentences(text):
    """The spans of the text's sentences, in order, without the spaces between them."""
    spans = []
    for paragraph in paragraphs(text):
        start = paragraph.start
        for match in _END.finditer(text, paragraph.start, paragraph.end):
            follows = match[1]
            if not (follows.isupper() or follows.isdigit()) or _TITLE.search(text[start : match.start()]):
                continue
            end = match.start() + len(match.group().rstrip())
            spans.append(Span(start, end))
            start = match.end()
        spans.append(Span(start, paragraph.end))
    return spans
