"""The fact-check of an article: every item with what supports it, and who signed it off."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from aid.intake.sentences import Span
from aid.models.checks import SignOff
from aid.queries.checkable import Thing, digest, text_of
from aid.queries.grounds import Manuscript, manuscript
from aid.queries.supports import Support, shown, shown_pieces, support_of


@dataclass
class Item:
    """One thing that an article says, what supports it, and whether somebody signed it off as it stands."""

    number: int
    thing: Thing
    text: str
    support: Support
    sign_off: SignOff | None = None
    # An earlier sign-off that no longer holds, and what has changed since, as sentences: lapsed.py sets them.
    former: SignOff | None = None
    changes: list[str] = field(default_factory=list)

    @property
    def kind(self):
        return self.thing.kind

    @property
    def is_open(self):
        return self.sign_off is None

    @property
    def is_dead(self):
        """It names what no record answers to: the text has to be mended, and nothing can be signed off."""
        return self.thing.reference is not None and self.support.figure is None

    @property
    def is_unsupported(self):
        """Nothing recorded bears it out, so whoever signs it off says how it was checked."""
        return not self.is_dead and not self.support.is_found

    @cached_property
    def claims(self):
        """The preferred claims of its evidence."""
        found = (row.evidence.preferred for row in self.support.rows)
        return [claim for claim in found if claim is not None]

    @property
    def claims_to_verify(self):
        """The claims that its sign-off says yes to: those it rests on, or the one that alone bears it out."""
        is_sure = self.support.is_whole or (len(self.claims) == 1 and not self.support.is_far)
        return self.claims if is_sure else []

    @cached_property
    def state(self):
        """A hash of all that is checked, in four parts: the words, the value shown, the claims, their passages."""
        support = self.support
        if support.is_far:
            # Words that stand far from the records which bear them out say no more than that one does.
            return self.thing.mark + digest() + digest("borne out") + digest()
        figure = support.figure
        value = digest(figure.text, figure.title, support.facts) if figure else digest()
        return self.thing.mark + value + digest(*map(_claimed, support.rows)) + digest(*map(_passages, support.rows))

    def reason_not_to_sign(self, user, writer):
        """Why an account cannot sign it off, as a sentence; "" where nothing speaks against it."""
        if self.is_dead:
            return "No record answers to it. Mend the text first."
        if writer is not None and writer.pk == user.pk:
            return "You wrote this. Somebody else has to sign it off."
        own = [claim.recorded_by_id == user.pk for claim in self.claims]
        if own and (any(own) if self.support.is_whole else all(own)):
            return "You recorded the claim that it rests on. Somebody else has to sign it off."
        return ""


def _claimed(row):
    evidence, claim = row.evidence, row.evidence.preferred
    said = claim and (claim.pk, claim.value, claim.basis, claim.wording, claim.reasoning, claim.source_id)
    if claim and (claim.reopened_at or claim.kept_why):
        # Its source was withdrawn or replaced since; as long as nothing of that happened, nothing is added here.
        said = (*said, claim.reopened_at is not None, claim.kept_why)
    against = sorted((other.pk, other.value) for other in evidence.disagreements)
    return (
        evidence.target._meta.label,
        evidence.target.pk,
        row.name,
        evidence.value,
        evidence.unknown,
        said,
        against,
    )


def _passages(row):
    claim = row.evidence.preferred
    passages = claim.passages.all() if claim else ()
    return sorted((passage.source_id, passage.start, passage.end, passage.quote) for passage in passages)


@dataclass
class Segment:
    """A stretch of a paragraph as readers see it, the item that it is part of, and the items that begin in it."""

    text: str
    item: Item | None
    begins: list[Item]


@dataclass
class CheckedParagraph:
    """A paragraph of the text with the items that first stand in it."""

    place: str
    segments: list[Segment]
    items: list[Item]


class Check:
    """The items of one revision, in reading order, each signed off or open."""

    def __init__(self, found: Manuscript):
        self.manuscript = found
        things = found.text.things
        self.items = [
            Item(number, thing, shown(found, thing.paragraph, thing.span), support_of(found, thing))
            for number, thing in enumerate(things, 1)
        ]
        self._sign()

    @property
    def open(self):
        return [item for item in self.items if item.is_open]

    @property
    def signed(self):
        return [item for item in self.items if not item.is_open]

    @cached_property
    def by_state(self):
        return {item.state: item for item in self.items}

    @property
    def sign_offs(self):
        """Every sign-off of the article, of earlier revisions too, the newest first."""
        return self.manuscript.grounds.sign_offs[self.manuscript.article.pk]

    def _sign(self):
        signed = defaultdict(list)
        for row in self.sign_offs if self.items else ():
            signed[row.state].append(row)
        for item in self.items:
            # What somebody signed off and then wrote or recorded anew would be checked by its own author.
            valid = (row for row in signed[item.state] if not self.reason_not_to_sign(item, row.signed_by))
            item.sign_off = next(valid, None)

    # Who wrote what

    def writer(self, item):
        """Who wrote an item: the author of the earliest revision in the unbroken run of those that have it so."""
        return self._writers[item.thing.mark]

    def reason_not_to_sign(self, item, user):
        return item.reason_not_to_sign(user, self.writer(item))

    @property
    def earlier(self):
        """The revisions before this one, the newest first."""
        revision = self.manuscript.revision
        found = self.manuscript.grounds.history[self.manuscript.article.pk] if revision else []
        return [row for row in found if row.number < revision.number]

    @cached_property
    def _writers(self):
        waiting = {item.thing.mark for item in self.items}
        revision = self.manuscript.revision
        writers = dict.fromkeys(waiting, revision.created_by if revision else None)
        for earlier in self.earlier:
            waiting &= text_of(earlier).by_mark.keys()
            if not waiting:
                break
            writers |= dict.fromkeys(waiting, earlier.created_by)
        return writers

    # For the page

    @property
    def paragraphs(self):
        standing = defaultdict(list)
        first = defaultdict(list)
        for item in self.items:
            first[item.thing.paragraph].append(item)
            for number, span in item.thing.spans:
                standing[number].append((span, item))
        return [
            CheckedParagraph(paragraph.place, self._segments(paragraph, standing[number]), first[number])
            for number, paragraph in enumerate(self.manuscript.text.paragraphs)
        ]

    def _segments(self, paragraph, standing):
        found, near = [], defaultdict(list)
        for span, item in standing:
            for number in range(paragraph.piece_at(span.start), paragraph.piece_at(max(span.end - 1, 0)) + 1):
                near[number].append((span, item))
        for text, piece in shown_pieces(self.manuscript, paragraph, Span(0, len(paragraph.plain))):
            here = near[paragraph.piece_at(piece.start)]
            # A record's value is longer or shorter than its stand-in, and nothing begins or ends within it.
            is_whole = text != paragraph.plain[slice(*piece)]
            edges = {edge for span, _ in here for edge in span if piece.start < edge < piece.end}
            for start, end in pairwise(sorted({piece.start, piece.end, *(() if is_whole else edges)})):
                around = [(span, item) for span, item in here if span.start <= start and end <= span.end]
                inner = min(around, key=lambda row: row[0].end - row[0].start, default=(None, None))[1]
                begins = [item for span, item in here if span.start == start]
                words = text if is_whole else text[start - piece.start : end - piece.start]
                found.append(Segment(words, inner, begins))
        return found


def newest_text(article):
    """The revision saved last, with its author and its picture; None for an article without any."""
    return article.revisions.select_related("created_by", "image").order_by("-number").first()


def check_of(article, revision, at=None):
    """The Check of one revision of an article."""
    return Check(manuscript(article, revision, at))


def open_items(article, revision, at=None):
    """What a revision says and nobody has signed off as it stands, in reading order."""
    return check_of(article, revision, at).open
