"""What a text of an article has to be checked for: its figures, dates, names, quotations and typed numbers.

It follows from the text alone, without a query; what stands behind each is looked up in checks.py.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import islice

from django.db import models

from aid.choices import CheckedKind
from aid.dates import EDTFField
from aid.intake.quotations import quoted_spans, words_only
from aid.intake.sentences import Span, sentences
from aid.intake.typed import Typed, blanked, typed_dates, typed_numbers
from aid.prose import Reference, blocks
from aid.queries.figures import KINDS

# How long a part of the hash of a state is, in hexadecimal digits: four of them make a SignOff's 64.
PART = 16
LONGEST_ITEM = 300
# What a figure is while the text is looked through: capitals, so that a sentence can begin with it, and no digits.
STAND_IN = "FIGURE"


def digest(*parts):
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()[:PART]


@dataclass(frozen=True)
class Piece:
    """Words of a paragraph, or one reference in it, at its place in the paragraph's plain text."""

    start: int
    end: int
    text: str
    reference: Reference | None = None


@dataclass(frozen=True)
class Paragraph:
    """A stretch of the text that stands by itself. `place` says which: “Headline”, “Paragraph 3”."""

    place: str
    pieces: tuple[Piece, ...]
    is_quoted: bool = False

    @cached_property
    def plain(self):
        """Its words; a label for a reference that has one, a stand-in for one that shows its record's value."""
        return "".join(piece.text for piece in self.pieces)

    @cached_property
    def sentences(self):
        return sentences(self.plain)

    @cached_property
    def _sentence_starts(self):
        return [span.start for span in self.sentences]

    @cached_property
    def _piece_starts(self):
        return [piece.start for piece in self.pieces]

    def sentence_at(self, place):
        """The span of the sentence that a place lies in; of the whole where it lies in none."""
        index = bisect_right(self._sentence_starts, place) - 1
        return self.sentences[index] if index >= 0 else Span(0, len(self.plain))

    def piece_at(self, place):
        """The number of the piece that a place lies in."""
        return max(bisect_right(self._piece_starts, place) - 1, 0)

    def between(self, start, end):
        """The pieces between two places; words are cut to them, references stay whole."""
        for piece in islice(self.pieces, self.piece_at(start), None):
            if piece.start >= end:
                break
            first, last = max(start, piece.start), min(end, piece.end)
            if first < last:
                yield piece, piece.text[first - piece.start : last - piece.start]

    def written(self, start, end):
        """The text between two places as its writer wrote it, with references in their brackets."""
        return "".join(f"[[{p.reference.text}]]" if p.reference else words for p, words in self.between(start, end))


@dataclass
class Thing:
    """One thing in a text that somebody has to hold against what supports it.

    The same thing said twice in one sentence is one. `key` stays the same while the thing does, whatever the text
    around it; `mark` is a hash of the thing and of its sentence as written, and of nothing that a record says.
    """

    kind: CheckedKind
    key: str
    paragraph: int
    span: Span
    sentence_span: Span
    sentence: str
    reference: Reference | None = None
    typed: Typed | None = None
    spans: list[tuple[int, Span]] = field(default_factory=list)

    @cached_property
    def mark(self):
        return digest(self.kind, self.key, self.sentence)


class Text:
    """The paragraphs of a headline, a standfirst and a body, and the Things in them in reading order."""

    def __init__(self, headline, standfirst, body):
        self.paragraphs = [
            *(_plain(place, text) for place, text in (("Headline", headline), ("Standfirst", standfirst)) if text),
            *_paragraphs(body),
        ]
        found = {}
        for number, paragraph in enumerate(self.paragraphs):
            for thing in _things(number, paragraph):
                found.setdefault((thing.kind, thing.key, thing.sentence), thing).spans.append((number, thing.span))
        self.things = list(found.values())

    @cached_property
    def by_mark(self):
        return {thing.mark: thing for thing in self.things}

    @cached_property
    def references(self):
        """Every reference, in reading order, repeated ones too."""
        return [piece.reference for paragraph in self.paragraphs for piece in paragraph.pieces if piece.reference]

    @cached_property
    def quotations(self):
        return [thing for thing in self.things if thing.kind == CheckedKind.QUOTATION]

    def places(self, thing):
        """Where a thing stands: its sentence, its paragraph."""
        return self.paragraphs[thing.paragraph], thing.sentence_span

    def without(self, thing):
        """The sentence of a thing with a gap in its place: what stays the same while only the thing changes."""
        paragraph, around = self.places(thing)
        before = paragraph.written(around.start, thing.span.start)
        return f"{before}\0{paragraph.written(thing.span.end, around.end)}"


def text_of(revision):
    """The Text of a revision; an empty one for none."""
    if revision is None:
        return _read("", "", "")
    return _read(revision.headline, revision.standfirst, revision.body)


@lru_cache(maxsize=64)
def _read(headline, standfirst, body):
    # The history of an article is read whenever it is checked, and most revisions are read more than once.
    return Text(headline, standfirst, body)


def _plain(place, text):
    return Paragraph(place, (Piece(0, len(text), text),))


def _paragraphs(body):
    number = 0
    for block in blocks(body):
        pieces, at = [], 0
        for part in block.pieces:
            is_reference = isinstance(part, Reference)
            text = (part.label or STAND_IN) if is_reference else part
            pieces.append(Piece(at, at + len(text), text, part if is_reference else None))
            at += len(text)
        names = {"heading": "Heading", "item": "Item of a list", "cell": "Cell of a table", "code": "Code"}
        if block.kind == "paragraph":
            number += 1
        yield Paragraph(names.get(block.kind, f"Paragraph {number}"), tuple(pieces), block.is_quoted)


# The things in a paragraph


def _things(number, paragraph):
    for start, end, kind, about in _spans(paragraph.pieces, paragraph.is_quoted):
        around = paragraph.sentence_at(start)
        around = Span(around.start, max(around.end, end))
        is_typed = isinstance(about, Typed)
        yield Thing(
            kind,
            _key(about, paragraph.plain[start:end] if is_typed else paragraph.written(start, end)),
            number,
            Span(start, end),
            around,
            paragraph.written(*around),
            about if isinstance(about, Reference) else None,
            about if is_typed else None,
        )


@lru_cache(maxsize=2048)
def _spans(pieces, is_quoted):
    """The things in a paragraph: (start, end, kind, Reference or Typed or None). Revisions share most paragraphs."""
    plain = "".join(piece.text for piece in pieces)
    quoted = [(0, len(plain))] if is_quoted else _quoted(plain)
    silent = [(p.start, p.end) for p in pieces if p.reference and not p.reference.label]
    # What a quotation says is checked with the quotation: its figures are the speaker's.
    own = blanked(plain, [*silent, *quoted])
    found = [
        *((piece.start, piece.end, *_bound(piece.reference)) for piece in pieces if piece.reference),
        *((start, end, CheckedKind.QUOTATION, None) for start, end in quoted),
        *((typed.start, typed.end, CheckedKind.DATE, typed) for typed in typed_dates(own)),
        *((typed.start, typed.end, CheckedKind.NUMBER, typed) for typed in typed_numbers(own)),
    ]
    return tuple(sorted(found, key=lambda row: (row[0], -row[1])))


def _quoted(plain):
    """The spans of the quotations in a paragraph, those within another left out."""
    spans = [span for span in quoted_spans(plain) if words_only(plain[slice(*span)])]
    return [one for one in spans if not any(o[0] <= one[0] and one[1] <= o[1] and o != one for o in spans)]


def _bound(reference):
    """The kind of thing that a reference is, and the reference."""
    if reference.kind and not reference.field:
        return CheckedKind.NAME, reference
    return CheckedKind.DATE if _is_date(reference) else CheckedKind.FIGURE, reference


def _is_date(reference):
    if not reference.kind:
        return False
    columns = {column.name: column for column in KINDS[reference.kind][0]._meta.get_fields()}
    return isinstance(columns.get(reference.field), EDTFField | models.DateField)


def _key(about, written):
    """What a thing is called in sign-offs."""
    if isinstance(about, Reference) and about.kind:
        text = ":".join(part for part in (about.kind, about.slug, about.field) if part)
    else:
        text = " ".join(written.split())
        text = text.casefold() if about else text
    return text if len(text) <= LONGEST_ITEM else f"{text[: LONGEST_ITEM - PART - 2]}… {digest(text)}"
