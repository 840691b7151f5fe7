"""What became of a source's text: which stretch of it supports which record, and what is left over."""

from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext, pgettext_lazy

from aid.choices import Basis, Rank
from aid.dates import EDTFField, agree
from aid.intake.sentences import Span, paragraphs, sentences
from aid.models.claims import PARTS, SUBJECTS, Claim
from aid.models.sources import Passage, SetAside
from aid.models.statements import Assertion
from aid.queries.public import EVERYTHING, Listed
from aid.queries.readings import label_of

# What a record's own kind and name say already.
OBVIOUS = {
    "statement": ("text", "party", "speaker", "office"),
    "assertion": ("text", "attributed_to"),
    "membership": ("party",),
    "signatory": ("party",),
}
# What the parts of a record are called in front of the names of their fields.
PART_WORDS = {
    "stage_step": pgettext_lazy("a part of a record", "stage"),
    "valuation": pgettext_lazy("a part of a record", "equivalent"),
    "membership": pgettext_lazy("a part of a record", "member"),
    "signatory": pgettext_lazy("a part of a record", "signatory"),
}


def field_words(claim):
    """What a claim's field is called in a list of what became of a sentence: “Amount”, “Member: role”; "" for what
    the list says already."""
    target, part = claim.target, str(PART_WORDS.get(claim.part_name, ""))
    if claim.field in OBVIOUS.get(target._meta.model_name, ()):
        return part.capitalize()
    label = gettext("day of its rate") if claim.field == "rate_on" else label_of(target, claim.field)
    return label if not part or part in label.lower() else f"{part.capitalize()}: {label.lower()}"


@dataclass
class Segment:
    """A stretch of the text between two boundaries of passages, and the passages that cover it."""

    start: int
    end: int
    text: str
    passages: list[Passage]

    @property
    def is_marked(self):
        return bool(self.passages)

    @property
    def begins(self):
        """The passages that begin here: a page puts their anchors in front of this stretch."""
        return [passage for passage in self.passages if passage.start == self.start]


@dataclass
class Use:
    """One record that rests on a passage, with the claims that say so."""

    record: object
    claims: list[Claim]

    @property
    def fields(self):
        """The names of the fields, each once, as people read them; without those that go without saying."""
        return [words for words in dict.fromkeys(map(field_words, self.claims)) if words]

    @property
    def is_stated(self):
        """The passage says at least one of the values shown in so many words."""
        return any(claim.rank == Rank.PREFERRED and claim.basis == Basis.STATED for claim in self.claims)


class Coverage:
    """A source's text with its passages, what rests on each, and the sentences on which nothing rests.

    Four queries, whatever the number of passages and claims: passages, sentences that were set aside, claims with
    their records, and the links between them. `most` is how many claims are read; `has_more` says whether others were
    left out. What is not public is not there; by default everything is.
    """

    def __init__(self, source, most=None, public=EVERYTHING):
        self.source, self._public = source, public
        self.passages = list(public.of(source.passages.order_by("start", "end")))
        for passage in self.passages:
            passage.source = source
        self._aside = {row.start: row for row in public.of(SetAside.objects.filter(source=source))}
        records = [*SUBJECTS, *PARTS, "office__person", "office__party", "statement__speaker", "statement__party"]
        records += ["membership__party", "signatory__party"]
        records += [f"assertion__{name}" for name in ("pledge", "coalition", "agreement", "attributed_to")]
        claims = public.of(Claim.objects.filter(source=source)).exclude(rank=Rank.WITHDRAWN).order_by("pk")
        found = list(claims.select_related(*records).prefetch_related("passages")[: most and most + 1])
        self.claims = found[:most]
        self.has_more = len(found) > len(self.claims)
        self._by_passage = {}
        for claim in self.claims:
            claim.source = source
            for passage in claim.passages.all():
                self._by_passage.setdefault(passage.pk, []).append(claim)

    def uses(self, passage):
        """The records that rest on a passage, in the order in which their claims were recorded."""
        found = {}
        for claim in self._by_passage.get(passage.pk, []):
            key = (claim.subject_name, claim.subject.pk)
            found.setdefault(key, Use(claim.subject, [])).claims.append(claim)
        return list(found.values())

    @property
    def resting(self):
        """The passages on which at least one record rests."""
        return [passage for passage in self.passages if passage.pk in self._by_passage]

    def records(self):
        """Every record that rests on the source, each once, in the order in which their claims were recorded."""
        return list({(claim.subject_name, claim.subject.pk): claim.subject for claim in self.claims}.values())

    def context(self):
        """The assertions that rest on the source and are about no other record: their place is its page."""
        found = [
            record
            for record in self.records()
            if record._meta.model_name == "assertion"
            and not (record.pledge_id or record.coalition_id or record.agreement_id)
        ]
        prefetch_related_objects(found, *self._public.fetching(Assertion, "corrections"))
        return found

    @property
    def sentences(self):
        return sentences(self.source.text)

    def left_over(self):
        """The sentences on which nothing rests and that nobody set aside: [(Span, text)]."""
        return [(span, text) for span, text in self._bare() if span.start not in self._aside]

    def aside(self):
        """The sentences on which nothing rests and that an editor set aside: [(Span, text, SetAside)]."""
        return [(span, text, self._aside[span.start]) for span, text in self._bare() if span.start in self._aside]

    def _bare(self):
        """The sentences no part of which lies in a passage that supports a record."""
        spans = [(passage.start, passage.end) for passage in self.resting]
        return [
            (span, self.source.text[span.start : span.end])
            for span in self.sentences
            if not any(start < span.end and span.start < end for start, end in spans)
        ]

    def alone(self):
        """The claims that a passage alone supports, by the passage's number: no other passage and no other source
        says the same of what is published. One query; {number: [Claim]}."""
        published = [
            claim
            for claim in self.claims
            if claim.rank == Rank.PREFERRED and not getattr(claim.subject, "withdrawn_at", None)
        ]
        about = {_about(claim): claim for claim in published}
        backed = {_about(claim) for claim in self.claims if _backs(claim, about.get(_about(claim)))}
        backed |= {_about(claim) for claim in self._others(published) if _agrees(claim, about.get(_about(claim)))}
        found = {}
        for claim in published:
            passages = list(claim.passages.all())
            if len(passages) == 1 and _about(claim) not in backed:
                found.setdefault(passages[0].pk, []).append(claim)
        return found

    def _others(self, claims):
        """The standing claims from elsewhere about the records of these."""
        subjects = {}
        for claim in claims:
            subjects.setdefault(claim.subject_name, set()).add(claim.subject.pk)
        if not subjects:
            return []
        about = reduce(or_, (Q(**{f"{name}__in": Listed(sorted(numbers))}) for name, numbers in subjects.items()))
        rows = self._public.of(Claim.objects.standing().filter(about))
        return rows.filter(~Q(source=self.source) | Q(source=None)).order_by()

    def sentence_rows(self):
        """Each sentence with the records that rest on it: [(number, Span, text, [Use])].

        What the sentence states comes before what was inferred from it.
        """
        rows = []
        for number, span in enumerate(self.sentences, 1):
            found = {}
            for passage in self.resting:
                if passage.start < span.end and span.start < passage.end:
                    for use in self.uses(passage):
                        key = (use.record._meta.label, use.record.pk)
                        claims = found.setdefault(key, Use(use.record, [])).claims
                        claims.extend(claim for claim in use.claims if claim not in claims)
            uses = sorted(found.values(), key=lambda use: not use.is_stated)
            rows.append((number, span, self.source.text[span.start : span.end], uses))
        return rows

    def paragraphs(self):
        """The text as paragraphs of segments, cut wherever a resting passage begins or ends: [[Segment]]."""
        passages = self.resting
        edges = {edge for passage in passages for edge in (passage.start, passage.end)}
        return [self._segments(span, passages, edges) for span in paragraphs(self.source.text)]

    def _segments(self, span: Span, passages, edges):
        cuts = sorted({span.start, span.end, *(edge for edge in edges if span.start < edge < span.end)})
        return [
            Segment(
                start,
                end,
                self.source.text[start:end],
                [passage for passage in passages if passage.start <= start and end <= passage.end],
            )
            for start, end in pairwise(cuts)
        ]


def _about(claim):
    """The field of the row that a claim is about, as a key."""
    part = claim.part_name
    return (part or claim.subject_name, getattr(claim, f"{part or claim.subject_name}_id"), claim.field)


def _agrees(claim, published):
    """Whether another claim says the same as a published one."""
    if published is None or published.pk == claim.pk:
        return False
    if claim.value == published.value:
        return True
    column = published.target._meta.get_field(published.field)
    return isinstance(column, EDTFField) and agree(claim.value, published.value)


def _backs(claim, published):
    """Whether another claim of the same source says the same by another passage."""
    if not _agrees(claim, published):
        return False
    return {passage.pk for passage in claim.passages.all()} - {passage.pk for passage in published.passages.all()}


def supported_alone(covered, span, alone):
    """The claims that passages within a sentence alone support; `alone` is what the Coverage says of that."""
    return [
        claim
        for passage in covered.resting
        if passage.start < span.end and span.start < passage.end
        for claim in alone.get(passage.pk, ())
    ]


def coverage(source, most=None, public=EVERYTHING):
    return Coverage(source, most, public)
