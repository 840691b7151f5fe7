"""Where words, numbers and dates stand in the sources, with what stands around them."""

from dataclasses import dataclass

from aid.intake.amounts import figures as figures_in_text
from aid.intake.quotations import words_only
from aid.intake.sentences import Span, sentences
from aid.intake.typed import typed_dates
from aid.models.sources import Source

# How much of a source is looked through for what somebody typed.
LONGEST_SEARCHED = 100_000
# How much of a source is shown on each side of the words that matter.
AROUND = 240
# How much of it is read for the sentences around them: more than is shown, so that one that begins further away is
# seen to be cut.
NEAR = 2 * AROUND


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


def place_in(grounds, source, span, mark=""):
    """A stretch of a source with its sentence and the sentences before and after, as far as they are near."""
    return _around(source, span, grounds.sentences(source), mark)


def place_of(passage, mark=""):
    """A passage with the sentences before and after it; without them where its source has been withdrawn, for
    then readers have its text no more. Asks the database nothing that the passage has not brought."""
    source, start, end = passage.source, passage.start, passage.end
    if source.withdrawn_at:
        return Place(source, "", passage.quote, "", mark)
    first, last = max(start - NEAR, 0), end + NEAR
    spans = [Span(first + one.start, first + one.end) for one in sentences(source.text[first:last])]
    return _around(source, Span(start, end), spans, mark)


def _around(source, span, spans, mark):
    start, end = span
    touched = [index for index, other in enumerate(spans) if other.start < end and start < other.end]
    first = spans[max(touched[0] - 1, 0)].start if touched else start
    last = spans[min(touched[-1] + 1, len(spans) - 1)].end if touched else end
    before, after = source.text[first:start], source.text[end:last]
    if len(before) > AROUND:
        before = "…" + before[-AROUND:]
    if len(after) > AROUND:
        after = after[:AROUND] + "…"
    return Place(source, before, source.text[start:end], after, mark)


def quoted_in(grounds, source, words):
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


def read_in(grounds, source):
    """What each sentence of a source gives: [(span, its numbers, its dates)]. Read once."""
    if source.pk not in grounds.read:
        text = source.text[:LONGEST_SEARCHED]
        grounds.read[source.pk] = [
            (span, set(figures_in_text(words)), [day.date for day in typed_dates(words)])
            for span in grounds.sentences(source)
            if span.end <= len(text) and (words := text[slice(*span)])
        ]
    return grounds.read[source.pk]
