"""What supports each thing that an article says: the evidence of the value it shows, else the best candidates."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial

from aid.choices import CheckedKind, StatementForm
from aid.intake.quotations import words_only
from aid.intake.sentences import Span
from aid.queries.candidates import bears_out, candidates, is_near, matches
from aid.queries.conversion import conversion_of
from aid.queries.figures import Figure
from aid.queries.places import place_in, quoted_in, read_in
from aid.queries.readings import Row

PLACES_SHOWN = 3
CANDIDATES_SHOWN = 6

# The evidence behind a name: what says that it is the right one. Its figures are things of their own.
IDENTITY = {
    "pledge": ("donor", "recipient"),
    "coalition": ("name",),
    "agreement": ("kind", "official_title"),
    "event": ("title",),
}
# Fields that say nothing without another one.
TOGETHER = {"amount": ("amount", "currency")}


@dataclass
class Support:
    """What stands beside one thing. `rows` are evidence with claims; `facts` are (label, text) without any.

    Where `is_whole`, the thing rests on every row; else each row supports it by itself. `near` are rows that say
    something else, but not much. `places` are in sources, where no record answers.
    """

    figure: Figure | None = None
    rows: list[Row] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    is_whole: bool = False
    # The rows were found anywhere in the article's records and not beside the thing.
    is_far: bool = False
    # What looks for `near` and for `places`: reading the sources takes time, and most rules need neither.
    find_near: Callable = list
    find_places: Callable = list

    @cached_property
    def near(self):
        return self.find_near()

    @cached_property
    def places(self):
        return self.find_places()

    @property
    def is_found(self):
        """Whether anything recorded bears it out."""
        return bool(self.rows or self.facts or self.places)


def support_of(manuscript, thing):
    if thing.reference:
        return _of_reference(manuscript.grounds, thing.reference)
    if thing.kind == CheckedKind.QUOTATION:
        return _of_quotation(manuscript, thing)
    return _of_typed(manuscript, thing)


# What is bound to a record


def _of_reference(grounds, reference):
    record, figure = grounds.record(reference), grounds.figures.get(reference)
    if record is None or figure is None:
        return Support()
    kind, name = reference.kind, reference.field
    rows = list(_rows(grounds, kind, record, name))
    return Support(figure, rows, [] if name and rows else _facts(grounds, kind, record, name), is_whole=True)


def _rows(grounds, kind, record, name):
    if kind == "person":
        for office in grounds.offices[record.pk] if not name else ():
            sheet = grounds.sheet("office", office)
            yield from (row for row in sheet.rows if row.reading)
        return
    sheet = grounds.sheet(kind, record)
    if sheet is None:
        return
    if not name:
        yield from _identity(sheet, kind, record)
    elif name in ("members", "signatories"):
        yield from (sheet.row(part, "party") for part in sheet.parts if getattr(part, "is_counted", True))
    elif name == "stage":
        yield from (sheet.row(step, "stage") for step in _last_step(record))
    elif name.startswith("valuation-"):
        for part in record.valuations.all():
            if part.currency == name.removeprefix("valuation-"):
                yield from (sheet.row(part, column) for column in TOGETHER["amount"])
    elif name in record.claimed_fields:
        yield from (sheet.row(record, column) for column in TOGETHER.get(name, (name,)))


def _identity(sheet, kind, record):
    yield from (row for name in IDENTITY[kind] if (row := sheet.row(record, name)).reading)
    if kind == "pledge":
        yield from (sheet.row(step, "stage") for step in _last_step(record))


def _last_step(pledge):
    return sorted(pledge.stages.all(), key=lambda step: step.position)[-1:]


def _facts(grounds, kind, record, name):
    """What a record is called and is, where no claim is needed to say so."""
    if kind == "article":
        return [("Article", record.live.headline)]
    found = [(kind.capitalize(), str(record))]
    if kind == "party":
        found += [("Kind", record.get_kind_display()), ("Official name", record.official_name)]
        found += [("Other names", ", ".join(record.alias_list()))]
    elif kind == "source":
        found += [("Kind", record.get_kind_display()), ("Publisher", str(record.publisher or ""))]
    elif kind == "person" and not grounds.offices[record.pk]:
        found += [("Office", "none is recorded")]
    return [(label, text) for label, text in found if text]


# Quotations


def _of_quotation(manuscript, thing):
    words = words_only(shown(manuscript, thing.paragraph, thing.span))
    sheets = manuscript.grounds
    said = [
        sheets.statement_sheets[row.pk].row(row, "text")
        for row in manuscript.statements
        if row.form == StatementForm.DIRECT_QUOTE and not row.withdrawn_at and words and words in words_only(row.text)
    ]
    return Support(rows=said, find_places=partial(_quotation_places, manuscript, words) if not said else list)


def _quotation_places(manuscript, words):
    places = (quoted_in(manuscript.grounds, source, words) for source in manuscript.sources)
    return [place for place in places if place][:PLACES_SHOWN]


def shown(manuscript, number, span):
    """A stretch of a paragraph as readers see it, with the records' values in it."""
    paragraph = manuscript.text.paragraphs[number]
    return "".join(text for text, _ in shown_pieces(manuscript, paragraph, span))


def shown_pieces(manuscript, paragraph, span):
    """[(what readers see, its span in the plain text)] of the pieces of a stretch."""
    for piece, words in paragraph.between(*span):
        start = max(piece.start, span[0])
        figure = None
        if piece.reference and not piece.reference.label:
            figure = manuscript.grounds.figures.get(piece.reference) if piece.reference.kind else None
            words = figure.text if figure else f"[[{piece.reference.text}]]"
        yield words, Span(start, min(piece.end, span[1]))


# What somebody typed


def _of_typed(manuscript, thing):
    """Candidates from the sentence come before those from its paragraph, and these before all others."""
    paragraph, around = manuscript.text.places(thing)
    spans = (around, Span(0, len(paragraph.plain)), None)
    following = paragraph.plain[thing.span.end : around.end]
    support = Support()
    for span in spans:
        found = [row for row in candidates(manuscript, thing.paragraph, span) if matches(thing.typed, row, following)]
        if found:
            support.rows = _each_once(row for candidate in found for row in candidate.rows)
            support.is_far = span is None
            return support
    support.find_near = partial(_near, manuscript, thing.typed)
    support.find_places = partial(_typed_in, manuscript, thing.typed)
    return support


def _near(manuscript, typed):
    found = (row for candidate in candidates(manuscript) if is_near(typed, candidate) for row in candidate.rows)
    return _each_once(found)[:CANDIDATES_SHOWN]


def _typed_in(manuscript, typed):
    """The first sentences of the sources in which a typed date or number stands."""
    found = []
    for source in manuscript.sources:
        for span, numbers, dates in read_in(manuscript.grounds, source):
            if len(found) == PLACES_SHOWN:
                return found
            stands = numbers & set(typed.numbers) if typed.numbers else any(bears_out(d, typed.date) for d in dates)
            if stands:
                found.append(place_in(manuscript.grounds, source, span))
    return found


def _each_once(rows):
    return list({(row.evidence.target._meta.label, row.evidence.target.pk, row.name): row for row in rows}.values())


def conversion_behind(grounds, reference):
    """The Conversion of a stated equivalent that a reference shows, or None."""
    record = grounds.record(reference) if reference else None
    if record is None or reference.kind != "pledge" or not reference.field.startswith("valuation-"):
        return None
    for valuation in record.valuations.all():
        if valuation.currency == reference.field.removeprefix("valuation-"):
            valuation.pledge = record
            return conversion_of(valuation, grounds.rates)
    return None
