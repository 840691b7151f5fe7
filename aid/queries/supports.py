"""What supports each thing that an article says: the evidence of the value it shows, else the best candidates."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, partial

from django.db.models import DateField

from aid.choices import CheckedKind, StatementForm
from aid.dates import EDTFField, bounds
from aid.intake.amounts import figures as figures_in_text
from aid.intake.quotations import words_only
from aid.intake.sentences import Span
from aid.intake.typed import Typed, typed_dates
from aid.models.sources import Source
from aid.queries.conversion import conversion_of
from aid.queries.figures import Figure
from aid.queries.readings import Row

# How much of a source is looked through for what somebody typed, and how many places in it are shown.
LONGEST_SEARCHED = 100_000
PLACES_SHOWN = 3
CANDIDATES_SHOWN = 6
# How much of a source is shown on each side of the words that a claim cites.
AROUND = 240
# A typed amount this near to a recorded one is shown beside it, as what may have been meant.
NEAR = Decimal("0.05")

# The evidence behind a name: what says that it is the right one. Its figures are things of their own.
IDENTITY = {
    "pledge": ("donor", "recipient"),
    "coalition": ("name",),
    "agreement": ("kind", "official_title"),
    "event": ("title",),
}
# Fields that say nothing without another one.
TOGETHER = {"amount": ("amount", "currency")}


@dataclass(frozen=True)
class Place:
    """Words of a source with what stands around them. Of the words, `mark` are those that matter."""

    source: Source
    before: str
    words: str
    after: str
    mark: str = ""

    @property
    def parts(self):
        """The words before the mark, the mark, and the words behind it."""
        if not self.mark or self.mark not in self.words:
            return "", self.words, ""
        return self.words.partition(self.mark)


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
        yield from (sheet.row(part, "party") for part in sheet.parts)
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
    places = (_quoted_in(manuscript.grounds, source, words) for source in manuscript.sources)
    return [place for place in places if place][:PLACES_SHOWN]


def _quoted_in(grounds, source, words):
    """The sentences of a source in which words stand, as few as hold them, as a Place; or None."""
    spans = grounds.sentences(source) if words and words in words_only(source.text) else []
    told = [words_only(source.text[slice(*span)]) for span in spans]
    for last in range(len(told)):
        first = last
        # A quotation can run over several sentences; those between its first and its last stand in it whole.
        while first and words not in _run(told, first, last) and len(_run(told, first, last - 1)) < len(words):
            first -= 1
        if words in _run(told, first, last):
            return place_in(grounds, source, Span(spans[first].start, spans[last].end))
    return None


def _run(told, first, last):
    return " ".join(told[first : last + 1])


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
        found = [
            row for row in _candidates(manuscript, thing.paragraph, span) if _matches(thing.typed, row, following)
        ]
        if found:
            support.rows = _each_once(row for candidate in found for row in candidate.rows)
            support.is_far = span is None
            return support
    support.find_near = partial(_near, manuscript, thing.typed)
    support.find_places = partial(_typed_in, manuscript, thing.typed)
    return support


def _near(manuscript, typed):
    candidates = _candidates(manuscript)
    found = (row for candidate in candidates if _is_near(typed, candidate) for row in candidate.rows)
    return _each_once(found)[:CANDIDATES_SHOWN]


def _each_once(rows):
    return list({(row.evidence.target._meta.label, row.evidence.target.pk, row.name): row for row in rows}.values())


@dataclass(frozen=True)
class Candidate:
    """A value of a record that typed words can mean: a number, in a currency or as a count, or a date."""

    number: Decimal | None = None
    currency: str = ""
    date: str = ""
    rows: tuple[Row, ...] = ()
    noun: str = ""


def _candidates(manuscript, number=None, span=None):
    """The values of the records that a stretch of a paragraph names; without one, of all that the text names."""
    key = (number, span) if span else None
    known = manuscript.candidates
    if key not in known:
        references = manuscript.references
        if span:
            pieces = manuscript.text.paragraphs[number].between(*span)
            references = [piece.reference for piece, _ in pieces if piece.reference]
        records = manuscript.records_of(references)
        known[key] = [found for kind, record in records for found in _values_of(manuscript.grounds, kind, record)]
    return known[key]


def _values_of(grounds, kind, record):
    sheets = [grounds.sheet(kind, record)]
    if kind == "person":
        sheets = [grounds.sheet("office", office) for office in grounds.offices[record.pk]]
    for sheet in filter(None, sheets):
        yield from _values(sheet)
        yield from _counts(kind, record, sheet)


def _values(sheet):
    """The amounts and the dates of a record and its parts."""
    for row in sheet.rows:
        value = getattr(row.evidence.target, row.name)
        if not row.reading:
            continue
        if row.name == "amount":
            currency = sheet.row(row.evidence.target, "currency")
            yield Candidate(value, row.evidence.target.currency, rows=(row, currency))
        elif isinstance(row.evidence.target._meta.get_field(row.name), EDTFField | DateField):
            yield Candidate(date=str(value), rows=(row,))


# What the sentence has to call the things that are counted: “two” alone fits any list of two.
COUNTED = {
    "coalition": r"members?|partners?|countries|country|nations?|states?|allies",
    "agreement": r"signator(?:y|ies)|signers?|part(?:y|ies)|sides?|countries|states?|governments?",
    "purposes": r"purposes?|uses?|goals?|things?|tasks?",
    "aims": r"aims?|goals?|purposes?",
    "objectives": r"objectives?|aims?|goals?|purposes?",
    "beneficiaries": r"beneficiar(?:y|ies)|recipients?|bodies|body|institutions?",
}
# How many words may stand between a number and what it counts.
WORDS_BETWEEN = 3


def _counts(kind, record, sheet):
    """How many parts and lines a record has, each with what the sentence then speaks of."""
    parties = tuple(sheet.row(part, "party") for part in sheet.parts) if kind in ("coalition", "agreement") else ()
    if parties:
        yield Candidate(Decimal(len(parties)), rows=parties, noun=COUNTED[kind])
    for name in ("purposes", "aims", "objectives", "beneficiaries"):
        if hasattr(record, name) and (row := sheet.row(record, name)).reading:
            yield Candidate(Decimal(len(row.reading.items) or 1), rows=(row,), noun=COUNTED[name])


def _matches(typed: Typed, candidate, following):
    """Whether a candidate is what typed words mean; `following` is what stands behind them in their sentence."""
    if candidate.date:
        return _bears_out(candidate.date, typed.date)
    if typed.is_share or candidate.number not in typed.numbers:
        return False
    if candidate.noun:
        counts = rf"[\s\u00a0-](?:\S+\s+){{0,{WORDS_BETWEEN}}}?(?:{candidate.noun})\b"
        return not typed.currencies and bool(re.match(counts, following, re.IGNORECASE))
    return not typed.currencies or candidate.currency in typed.currencies


def _bears_out(date, typed):
    """Whether a date says all that a typed one says: a day its month and year, none a year that it lacks."""
    plain = re.sub(r"[?~%]", "", date)
    if typed.startswith("XXXX"):
        return "/" not in plain and plain[4:].startswith(typed[4:])
    if not typed or plain.startswith("XXXX"):
        return False
    own, wanted = bounds(date), bounds(typed)
    if None in (*own, *wanted):
        return False
    return wanted.earliest <= own.earliest and own.latest <= wanted.latest


def _is_near(typed, candidate):
    if not typed.numbers or not candidate.currency or typed.is_share:
        return False
    return any(abs(number - candidate.number) <= NEAR * candidate.number for number in typed.numbers)


def _typed_in(manuscript, typed):
    """The first sentences of the sources in which a typed date or number stands."""
    found = []
    for source in manuscript.sources:
        for span, numbers, dates in _read(manuscript.grounds, source):
            if len(found) == PLACES_SHOWN:
                return found
            stands = numbers & set(typed.numbers) if typed.numbers else any(_bears_out(d, typed.date) for d in dates)
            if stands:
                found.append(place_in(manuscript.grounds, source, span))
    return found


def _read(grounds, source):
    """What each sentence of a source gives: [(span, its numbers, its dates)]. Read once."""
    if source.pk not in grounds.read:
        text = source.text[:LONGEST_SEARCHED]
        grounds.read[source.pk] = [
            (span, set(figures_in_text(words)), [day.date for day in typed_dates(words)])
            for span in grounds.sentences(source)
            if span.end <= len(text) and (words := text[slice(*span)])
        ]
    return grounds.read[source.pk]


# Words in their source


def place_in(grounds, source, span, mark=""):
    """A stretch of a source with its sentence and the sentences before and after, as far as they are near."""
    spans, (start, end) = grounds.sentences(source), span
    touched = [index for index, other in enumerate(spans) if other.start < end and start < other.end]
    first = spans[max(touched[0] - 1, 0)].start if touched else start
    last = spans[min(touched[-1] + 1, len(spans) - 1)].end if touched else end
    before, after = source.text[first:start], source.text[end:last]
    if len(before) > AROUND:
        before = "…" + before[-AROUND:]
    if len(after) > AROUND:
        after = after[:AROUND] + "…"
    return Place(source, before, source.text[start:end], after, mark)


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
