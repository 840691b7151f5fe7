"""What readers see of a record or of a text, so that two readings of it can be held against each other."""

from difflib import SequenceMatcher
from typing import NamedTuple

from django.db import models
from django.utils import timezone
from django.utils.translation import override

from aid.choices import Unknown
from aid.intake.sentences import sentences
from aid.languages import DEFAULT
from aid.models.articles import Article, ArticleRevision
from aid.models.claims import PARTS
from aid.models.people import Person
from aid.models.records import HasAmount
from aid.models.sources import Source
from aid.prose import MISSING, pieces, references, render
from aid.queries.claims import part_label
from aid.queries.figures import Figures
from aid.queries.provenance import Dossier, parts_of
from aid.queries.public import EVERYTHING, Public
from aid.queries.readings import field_reading, label_of
from aid.queries.values import value_texts

# Columns of the desk's own, and those by which a source is looked after: a change of them is no news to readers.
INTERNAL = {
    *("id", "slug", "created_at", "updated_at", "embargo_until", "review_by", "withdrawn_at", "withdrawn_why"),
    "position",
}
OF_A_SOURCE = {"text", "sha256", "archive_url", "accessed_on", "licence_note"}
# A part's column for the record that it stands on.
OWNERS = {owned.split(".")[1].lower(): owner for owned, owner in PARTS.values()} | {"office": "person"}
# What stands within the amount that it belongs to.
OF_AN_AMOUNT = {"currency", "is_approximate"}
TEXTS = ("headline", "standfirst", "byline")
# A text's changed sentences are told up to here; its revisions have all of it.
LONGEST = 1000


class Change(NamedTuple):
    """One thing that reads differently: what it is called, what stood there, and what stands there now."""

    label: str
    was: str
    now: str


def is_before_readers(record, at=None):
    """Whether readers have a record's page at a moment (now, if none is given). One query where nothing is hidden."""
    return Public(at).has(record)


def was_before_readers(subject):
    """Whether readers have a record or an article, or had it before it was withdrawn."""
    if not isinstance(subject, Article):
        return is_before_readers(subject) or bool(getattr(subject, "withdrawn_at", None))
    now, begins = timezone.now(), [subject.published_at, subject.embargo_until]
    return subject.published_at is not None and all(moment <= now for moment in begins if moment)


# A record


class RecordAsSeen:
    """What readers see of a record and its parts at this moment: read from the database, whatever a form holds. In
    the desk's own language, for it is kept in corrections."""

    @override(DEFAULT)
    def __init__(self, record):
        model = type(record)
        related = [field.name for field in model._meta.fields if field.is_relation]
        stored = model.objects.select_related(*related).get(pk=record.pk)
        self._record, self._parts = stored, _parts(stored)
        has_claims = bool(getattr(stored, "claimed_fields", ())) and hasattr(stored, "claims")
        self._dossier = Dossier(stored, self._parts) if has_claims else None
        self._rows = {_place(row): row for row in (stored, *self._parts)}
        self._values = {(place, name): self._value(row, name) for place, row in self._rows.items()
                        for name in self._fields(row)}  # fmt: skip
        told = [found for found in self._dossier or () if found.preferred]
        self._evidence = {(_place(found.target), found.name): found.preferred for found in told}
        self._contradicted = {(_place(found.target), found.name) for found in told if found.is_contradicted}

    @override(DEFAULT)
    def changes_to(self, later):
        """The Changes from this reading to a later one of the same record, in the order of its fields.

        What had no value yet, or a reason such as “not looked for yet”, is completed and not changed.
        """
        found = [
            Change(self._label(*key), was, later._values[key] or later._absence(*key))
            for key, was in self._values.items()
            if key in later._values and was and was != later._values[key]
        ]
        found += [
            Change(f"{self._label(*key)}, as its evidence has it", self._told(key), later._told(key))
            for key, claim in self._evidence.items()
            if key in later._contradicted and claim.value != later._evidence[key].value
        ]
        found += [Change(_kind(row), self._summary(row), "") for place, row in self._rows.items()
                  if place not in later._rows]  # fmt: skip
        found += [Change(_kind(row), "", later._summary(row)) for place, row in later._rows.items()
                  if place not in self._rows]  # fmt: skip
        return found

    def _fields(self, row):
        return _shown_fields(row, OWNERS.get(row._meta.model_name, "") if row is not self._record else "")

    def _value(self, row, name):
        """A field as readers have it; "" where there is no value and nobody has found out why."""
        column = next((field for field in row._meta.get_fields() if field.name == name), None)
        if isinstance(column, models.BooleanField):
            return "yes" if getattr(row, name) else "no"
        reading = field_reading(row, name, self._basis(row, name)) if column is not None else None
        if reading is not None:
            return reading.exact or reading.text
        why = _why(row, name)
        return why.label if why and why != Unknown.NOT_LOOKED_FOR else ""

    def _absence(self, place, name):
        why = _why(self._rows[place], name)
        return why.label if why else "nothing"

    def _basis(self, row, name):
        is_claimed = self._dossier is not None and name in row.claimed_fields
        return (self._dossier.of(row, name).basis if is_claimed else None) or ""

    def _told(self, key):
        """What the preferred claim about a field says. Readers are told that where it is not what the field says."""
        claim = self._evidence[key]
        if key in self._values and key not in self._contradicted:
            return self._values[key]
        return value_texts([claim])[claim.pk]

    def _label(self, place, name):
        row = self._rows[place]
        label = label_of(row, name).partition(":")[0]
        return f"{part_label(row)}: {label[:1].lower()}{label[1:]}" if row is not self._record else label

    def _summary(self, row):
        """A part in one line, by all that readers see of it."""
        values = ((label_of(row, name), self._values[_place(row), name]) for name in self._fields(row))
        return "; ".join(f"{label}: {text}" for label, text in values if text)


def _parts(record):
    if isinstance(record, Person):
        return list(record.offices.select_related("party"))
    return parts_of(record)


def _place(row):
    return row._meta.label, row.pk


def _kind(row):
    name = str(row._meta.verbose_name)
    return f"{name[:1].upper()}{name[1:]}"


def _why(row, name):
    """Why a field holds no value, as an Unknown, or None."""
    return row.unknown(name.removesuffix("_unknown")) if hasattr(row, "unknown") else None


def _shown_fields(row, owner=""):
    """The columns of a row that say something to readers; `owner` is a part's column for its record, which is not."""
    names = [field.name for field in row._meta.get_fields() if field.concrete]
    hidden = INTERNAL | {owner}
    if isinstance(row, Source):
        hidden |= OF_A_SOURCE
    if isinstance(row, HasAmount):
        hidden |= OF_AN_AMOUNT
    return [
        name
        for name in names
        if name not in hidden
        and not name.endswith(("_earliest", "_latest"))
        and not (name.endswith("_unknown") and name.removesuffix("_unknown") in names)
    ]


# A text


@override(DEFAULT)
def text_changes(before, after):
    """The Changes from one revision to another in what they say: the lines at its head, then the sentences of the
    text with the figures as they are now. The section, the topics and the picture say nothing."""
    found = [
        Change(_kind_of_line(name), getattr(before, name), getattr(after, name))
        for name in TEXTS
        if getattr(before, name) != getattr(after, name)
    ]
    if before.body == after.body:
        return found
    figures = Figures([*references(before.body), *references(after.body)], public=EVERYTHING)
    # Line breaks within a paragraph, and the like, are nothing that readers see.
    if render(before.body, figures).split() == render(after.body, figures).split():
        return found
    one, other = (plain_sentences(revision.body, figures) for revision in (before, after))
    was, now = [], []
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag != "equal":
            was += one[a:b]
            now += other[c:d]
    if was or now:
        found.append(Change("Text", _shortened(was), _shortened(now)))
    else:
        # Such as an address behind a word, or a heading that became a paragraph.
        found.append(Change("Marks and links in the text", "", ""))
    return found


def plain_sentences(body, figures):
    """The sentences of a body without marks, each figure as it reads now."""
    found = []
    for block in pieces(body):
        text = "".join(piece if isinstance(piece, str) else shown_text(piece, figures) for piece in block)
        found += [text[start:end] for start, end in sentences(text)]
    return found


def shown_text(reference, figures):
    """What stands in a text for a reference."""
    figure = figures.get(reference) if reference.kind else None
    return str(MISSING) if figure is None else reference.label or figure.text


def _kind_of_line(name):
    return ArticleRevision._meta.get_field(name).verbose_name.capitalize()


def _shortened(found):
    text = " ".join(found)
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(' ')[0]} …"
