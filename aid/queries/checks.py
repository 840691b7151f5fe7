"""The fact-check of an article: every item with what supports it, who signed it off, and what has changed since."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from itertools import pairwise

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

from aid.choices import Rank
from aid.intake.sentences import Span
from aid.models.checks import SignOff
from aid.models.claims import PARTS, Claim
from aid.money import figure
from aid.queries.checkable import PART, Thing, digest, text_of
from aid.queries.grounds import Manuscript, manuscript
from aid.queries.readings import plain_reading
from aid.queries.supports import Support, shown, shown_pieces, support_of


@dataclass
class Item:
    """One thing that an article says, what supports it, and whether somebody signed it off as it stands."""

    number: int
    thing: Thing
    text: str
    support: Support
    sign_off: SignOff | None = None
    # An earlier sign-off that no longer holds, and what has changed since, as sentences.
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

    # What has changed since

    def explain(self):
        """Sets on each open item the sign-off that no longer holds, and what has changed since. At most one query."""
        current = {item.state for item in self.items}
        lapsed = [row for row in self.sign_offs if row.state not in current]
        invalid = {row.state: row for row in reversed(self.sign_offs) if row.state in current}
        for item in self.open:
            item.former = invalid.get(item.state) or self._former(item, lapsed)
        recorded = _claims_before([item for item in self.open if item.former])
        for item in self.open:
            if item.former:
                item.changes = list(self._changes(item, recorded))
        return self

    def _former(self, item, lapsed):
        """The last sign-off of the same thing, in the same sentence if any; else of what stood in its place."""
        same = [row for row in lapsed if (row.kind, row.item) == (item.kind, item.thing.key)]
        as_written = [row for row in same if row.state[:PART] == item.thing.mark]
        if as_written or same:
            return (as_written or same)[0]
        frame = self.manuscript.text.without(item.thing)
        for row in lapsed:
            text, thing = self._signed_thing(row)
            if thing and row.kind == item.kind and text.without(thing) == frame:
                return row
        return None

    def _signed_thing(self, row):
        """The Text that somebody signed off, and the thing in it; (None, None) where it is gone."""
        revision = self.manuscript.revision
        for found in (revision, *self.earlier):
            if found.pk == row.revision_id:
                text = text_of(found)
                return text, text.by_mark.get(row.state[:PART])
        return None, None

    def _changes(self, item, recorded):
        former, state = item.former, item.state
        if former.state == state:
            yield "Whoever signed it off wrote it or recorded its claim since, and nobody checks their own work."
            return
        changed = [former.state[at : at + PART] != state[at : at + PART] for at in range(0, 4 * PART, PART)]
        words, value, claims, passages = changed
        if words:
            text, thing = self._signed_thing(former)
            if thing is None:
                yield "Its sentence has changed."
            elif thing.key == item.thing.key:
                yield f"Its sentence was: “{self._as_read(text, thing)}”"
            else:
                yield f"It was: “{' '.join(_written(text, thing).split())}”"
        if value or claims:
            told = list(_recorded_then(item, recorded))
            yield from told
            if not told and not item.support.is_whole:
                yield "What bears it out has changed." if item.support.rows else "No record bears it out any more."
            elif not told:
                yield "The value shown has changed." if value else "The claim behind it has changed."
        if passages and not claims:
            yield "It rests on other passages of its source."

    def _as_read(self, text, thing):
        paragraph, around = text.places(thing)
        known = self.manuscript.grounds.figures
        return "".join(
            words if not piece.reference or piece.reference.label or not (figure := known.get(piece.reference))
            else figure.text
            for piece, words in paragraph.between(*around)
        )  # fmt: skip


def _written(text, thing):
    paragraph, _ = text.places(thing)
    return paragraph.written(*thing.span)


# The claims as they were


def _claims_before(items):
    """What the history keeps of the claims about the evidence of items, in the order of time."""
    about, latest = Q(), None
    for item in items:
        latest = max(filter(None, (latest, item.former.signed_at)))
        for row in item.support.rows:
            claim = row.evidence.preferred or next(iter(row.evidence.claims), None)
            if claim is not None:
                subject = claim.subject_name
                about |= Q(**{f"{subject}_id": getattr(claim, f"{subject}_id")}, field=row.name)
    if not about:
        return []
    # The history of what was loaded by hand begins later; then there is nothing to tell.
    return list(Claim.history.filter(about, history_date__lte=latest).order_by("history_date", "history_id"))


def _recorded_then(item, recorded):
    """What the evidence of an item said when it was signed off, where that was something else, as sentences."""
    for row in item.support.rows:
        claim = row.evidence.preferred
        if claim is None:
            continue
        then = {}
        for kept in recorded:
            if kept.history_date <= item.former.signed_at and _is_about(kept, claim):
                then[kept.id] = kept
        old = next((k for k in then.values() if k.rank == Rank.PREFERRED and k.history_type != "-"), None)
        if old is None:
            continue
        was, now = (_in_words(row, one) for one in (old, claim))
        if was != now:
            yield f"{row.label} was {was}; it is {now} now."
        elif old.id != claim.pk:
            yield f"{row.label} rests on another claim now."
        elif (old.wording, old.reasoning, old.source_id) != (claim.wording, claim.reasoning, claim.source_id):
            yield f"The claim about {row.label.lower()} has other words, another reasoning or another source now."


def _is_about(kept, claim):
    columns = ("field", f"{claim.subject_name}_id", *(f"{part}_id" for part in PARTS))
    return all(getattr(kept, name) == getattr(claim, name) for name in columns)


def _in_words(row, claim):
    try:
        column = row.evidence.target._meta.get_field(row.name)
        if isinstance(column, models.DecimalField):
            text = figure(Decimal(claim.value))
        else:
            text = claim.value if column.is_relation else plain_reading(column, claim.value, claim.basis).text
    except (FieldDoesNotExist, InvalidOperation):
        text = claim.value
    return f"“{text}” ({claim.get_basis_display()})"


def newest_text(article):
    """The revision saved last, with its author and its picture; None for an article without any."""
    return article.revisions.select_related("created_by", "image").order_by("-number").first()


def check_of(article, revision, at=None):
    """The Check of one revision of an article."""
    return Check(manuscript(article, revision, at))


def open_items(article, revision, at=None):
    """What a revision says and nobody has signed off as it stands, in reading order."""
    return check_of(article, revision, at).open
