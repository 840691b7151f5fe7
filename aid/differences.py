"""Two texts held against each other, word by word.

A leaf: it imports nothing of ours. Nothing of either text is lost: what is kept and removed is the old one, what is
kept and added the new one, to the last space.
"""

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

KEPT, REMOVED, ADDED = "kept", "removed", "added"

# How many pairs of words or paragraphs may be looked at, so that no two texts take longer than about a second. Two of
# 20,000 characters take some thousands, a hundred thousands where every tenth word differs; only where the same few
# words stand over and over is there more to look at, and what is left over then shows as removed and added.
MOST_PAIRS = 6_000_000

# How many pairs of paragraphs are held against each other to find which took the place of which.
MOST_PARAGRAPHS = 100_000

# Words that stand between two changes are shown as changed too, where they are no more than this many and shorter
# than either change: one "the" within a new sentence makes nothing clearer.
FEW = 3

# The share of words from which on a paragraph counts as another one rewritten.
LIKE = 0.35

REFERENCE = r"\[\[[^\[\]\n]*\]\]"
# Each with the white space that follows it. A figure such as 13.26 and an address on the web are one word.
PARAGRAPH = re.compile(r"(.*?)(\n[^\S\n]*\n\s*|\Z)", re.DOTALL)
WORD = re.compile(rf"({REFERENCE}|\w+://\S+|\w+(?:['’.,:/-]\w+)*|[^\w\s]|)(\s*)")
# In a table a cell is a word, so that no change stands across the bars.
CELL = re.compile(rf"(\||\n|(?:{REFERENCE}|\\.|[^|\\\s]|[^\S\n]+(?=[^|\s])|\\)*)([^\S\n]*)")
TABLE = re.compile(r"^(?=.*\|)[ \t]*+\|?+[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-++:?[ \t]*+)*+\|?[ \t]*+$", re.MULTILINE)


class Segment(NamedTuple):
    """A stretch of text that both have, or only one of them."""

    change: str
    text: str

    @property
    def shown(self):
        """The text; of white space that was removed or added, signs that can be seen."""
        if self.change == KEPT or not self.text.isspace():
            return self.text
        return self.text.replace(" ", "·").replace("\t", "→").replace("\r", "").replace("\n", "¶\n")


class _Piece(NamedTuple):
    """A word or a paragraph, and the white space that follows it."""

    text: str
    gap: str


def compare(old, new):
    """The Segments of two texts in reading order; no two neighbours of one kind. [] for two empty texts."""
    budget = [MOST_PAIRS]
    before, after = _pieces(PARAGRAPH, old), _pieces(PARAGRAPH, new)
    found = []
    for is_kept, one, other in _blocks(before, after, budget):
        if is_kept:
            found += _kept(one, other)
        else:
            for is_alike, former, later in _paired(one, other, budget):
                found += _words(former, later, budget) if is_alike else _replaced(former, later)
    return _merged(found)


def is_same(segments):
    return all(segment.change == KEPT for segment in segments)


def _paired(one, other, budget):
    """Paragraphs that were replaced by others, each beside the one that took its place, and between these the ones
    that are too unlike each other: [(whether they are alike, old, new)].

    Where there are too many paragraphs to be held against each other, they stay together.
    """
    former, later = [_bag(piece) for piece in one], [_bag(piece) for piece in other]
    cost = sum(bag.total() + 1 for bag in former) * len(later)
    if not cost or cost > budget[0] or len(former) * len(later) > MOST_PARAGRAPHS:
        return [(True, one, other)]
    budget[0] -= cost
    pairs = [(-1, -1), *_likest(former, later), (len(one), len(other))]
    found = []
    for (a, b), (next_a, next_b) in pairwise(pairs):
        if a >= 0:
            found.append((True, one[a : a + 1], other[b : b + 1]))
        found.append((False, one[a + 1 : next_a], other[b + 1 : next_b]))
    return found


def _bag(piece):
    """How often each word stands in a paragraph."""
    return Counter(re.findall(r"\w+", piece.text))


def _likest(former, later):
    """The pairs of places, in order in both, whose bags of words have most in common together."""
    best = [[0.0] * (len(later) + 1) for _ in range(len(former) + 1)]
    alike = [[_likeness(bag, other) for other in later] for bag in former]
    for a in reversed(range(len(former))):
        for b in reversed(range(len(later))):
            paired = best[a + 1][b + 1] + alike[a][b] if alike[a][b] else 0.0
            best[a][b] = max(best[a + 1][b], best[a][b + 1], paired)
    a = b = 0
    while a < len(former) and b < len(later):
        if best[a][b] == best[a + 1][b]:
            a += 1
        elif best[a][b] == best[a][b + 1]:
            b += 1
        else:
            yield a, b
            a, b = a + 1, b + 1


def _likeness(bag, other):
    """The share of words that two paragraphs have in common; 0 where that is too little to call one the other."""
    both = bag.total() + other.total()
    share = 2 * (bag & other).total() / both if both else 0.0
    return share if share >= LIKE else 0.0


def _words(former, later, budget):
    """Segments of two stretches of text, word by word."""
    blocks = _blocks(_split(_joined(former)), _split(_joined(later)), budget)
    for is_kept, one, other in _without_islands(list(blocks)):
        yield from _kept(one, other) if is_kept else _replaced(one, other)


def _replaced(one, other):
    """Pieces that took the place of others. White space that follows both is no part of what changed."""
    gap = one[-1].gap if one and other and one[-1].gap == other[-1].gap else ""
    yield Segment(REMOVED, _joined(one).removesuffix(gap))
    yield Segment(ADDED, _joined(other).removesuffix(gap))
    yield Segment(KEPT, gap)


def _kept(one, other):
    """Pieces that are the same but for the white space between them."""
    for before, after in zip(one, other, strict=True):
        yield Segment(KEPT, before.text)
        if before.gap == after.gap:
            yield Segment(KEPT, before.gap)
        else:
            yield Segment(REMOVED, before.gap)
            yield Segment(ADDED, after.gap)


def _split(text):
    """A text as words; a paragraph that is a table as its cells and bars."""
    found = []
    for paragraph in _pieces(PARAGRAPH, text):
        whole = "".join(paragraph)
        found += _pieces(CELL if TABLE.search(paragraph.text) else WORD, whole)
    return found


def _pieces(pattern, text):
    return [_Piece(*match.groups()) for match in pattern.finditer(text) if match[0]]


def _joined(pieces):
    return "".join(text + gap for text, gap in pieces)


def _blocks(old, new, budget):
    """[(whether both have it, pieces of the old, pieces of the new)], in order. Gaps are not compared."""
    one, other = [piece.text for piece in old], [piece.text for piece in new]
    start = _common(one, other)
    end = _common(one[start:][::-1], other[start:][::-1])
    tops = len(one) - end, len(other) - end
    matches = [(0, 0, start), *_matches(one[start : tops[0]], other[start : tops[1]], start, budget), (*tops, end)]
    i = j = 0
    for a, b, size in matches:
        if (i, j) != (a, b):
            yield False, old[i:a], new[j:b]
        if size:
            yield True, old[a : a + size], new[b : b + size]
        i, j = a + size, b + size


def _common(one, other):
    """How many pieces are the same from the start."""
    size = 0
    for before, after in zip(one, other, strict=False):
        if before != after:
            break
        size += 1
    return size


def _matches(one, other, shift, budget):
    """Where stretches of one stand in the other: [(place, place, length)], longest first tried, given in order.

    As difflib finds them, but it stops where the budget of pairs is spent.
    """
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    # Up to each piece, with how many pieces of the other one it has to be held.
    pairs = [0, *accumulate(len(matcher.b2j.get(piece, ())) + 1 for piece in one)]
    found, waiting = [], [(0, len(one), 0, len(other))]
    while waiting:
        low, high, floor, top = waiting.pop()
        cost = pairs[high] - pairs[low]
        if low == high or floor == top or cost > budget[0]:
            continue
        budget[0] -= cost
        a, b, size = matcher.find_longest_match(low, high, floor, top)
        if size:
            found.append((a + shift, b + shift, size))
            waiting += [(low, a, floor, b), (a + size, high, b + size, top)]
    return sorted(found)


def _without_islands(blocks):
    """The blocks, with the few words that two greater changes share counted as changed."""
    found = []
    for index, (is_kept, one, other) in enumerate(blocks):
        text = _joined(one)
        # A bar or the end of a line says more than the words around it.
        if is_kept and 0 < index < len(blocks) - 1 and len(one) <= FEW and not {"|", "\n"} & set(text):
            size = len(text)
            is_kept = not all(_size(blocks[near]) > size for near in (index - 1, index + 1))
        if found and not found[-1][0] and not is_kept:
            _, before, after = found.pop()
            one, other = before + one, after + other
        found.append((is_kept, one, other))
    return found


def _size(block):
    _, one, other = block
    return min(len(_joined(one)), len(_joined(other)))


def _merged(segments):
    """The segments without empty ones; neighbours of one kind joined, what was removed before what was added."""
    merged = []
    for is_kept, run in groupby((s for s in segments if s.text), key=lambda segment: segment.change == KEPT):
        run = list(run)
        for change in (KEPT,) if is_kept else (REMOVED, ADDED):
            text = "".join(segment.text for segment in run if segment.change == change)
            if text:
                merged.append(Segment(change, text))
    return merged


class Fold(NamedTuple):
    """A long stretch that both texts have, of which only the ends are shown at once."""

    start: str
    middle: str
    end: str

    @property
    def words(self):
        return len(self.middle.split())


def folded(segments, around=300):
    """[(Segment, its Fold or None)]: what is far from every change can be folded away."""
    last = len(segments) - 1
    return [
        (segment, _fold(segment.text, place > 0, place < last, around) if segment.change == KEPT else None)
        for place, segment in enumerate(segments)
    ]


def _fold(text, has_before, has_after, around):
    """What is folded, cut where a line or a word ends; None for a text that is short, or all that there is."""
    if len(text) <= 4 * around or not (has_before or has_after):
        return None
    start = _break(text, around) if has_before else 0
    end = len(text) - _break(text[::-1], around) if has_after else len(text)
    return Fold(text[:start], text[start:end], text[end:])


def _break(text, place):
    """The first place from this one on where a line ends, or else a word."""
    found = (text.find(end, place, 2 * place) for end in ("\n", " "))
    return next((at for at in found if at >= 0), place)
