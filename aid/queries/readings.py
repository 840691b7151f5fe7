"""Values as readers read them: a field's text, its exact form, where it leads, and the evidence rows of a page."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.text import Truncator
from django.utils.translation import gettext, pgettext, pgettext_lazy

from aid import formats
from aid.choices import Basis, Rank, StatementForm
from aid.dates import EDTFField, spoken
from aid.meanings import meaning
from aid.models.claims import SUBJECTS, Claim
from aid.models.records import HasAmount, Keyed
from aid.money import currencies, figure, short
from aid.money import spoken as spoken_money
from aid.queries.places import place_of
from aid.queries.provenance import Dossier, Evidence, dossier
from aid.queries.public import EVERYTHING


@dataclass(frozen=True)
class Reading:
    """One value for a reader. `text` is always there; the rest where it adds something."""

    text: str
    exact: str = ""  # the full figures of an amount that `text` shortens
    aloud: str = ""  # what a screen reader should say, where signs do not read well
    url: str = ""  # the page of the record that the value is
    moment: str = ""  # a whole, certain day for a machine, as YYYY-MM-DD
    items: tuple["Reading", ...] = ()  # one each, where the value is several
    currency: str = ""  # of an amount the two parts of `text`: the currency, with “about” where it is no exact one,
    number: str = ""  # and the number
    is_written: bool = False  # the desk's own words, which are English whatever language the page is in

    def __str__(self):
        return self.text


def plural(count, one, many=""):
    """A count with its noun for the desk, in English: "1 pledge", "3 pledges", "no parties". What readers see is
    counted by `nouns.counted`."""
    return f"{f'{count:,}' if count else 'no'} {one if count == 1 else many or f'{one}s'}"


# How much of a value the name of a control says: enough for a figure or a name, and the beginning of a text.
LONGEST_SPOKEN = 60
WORDS = (
    pgettext_lazy("a count in running text", "no"),
    pgettext_lazy("a count in running text", "one"),
    pgettext_lazy("a count in running text", "two"),
    pgettext_lazy("a count in running text", "three"),
    pgettext_lazy("a count in running text", "four"),
    pgettext_lazy("a count in running text", "five"),
    pgettext_lazy("a count in running text", "six"),
    pgettext_lazy("a count in running text", "seven"),
    pgettext_lazy("a count in running text", "eight"),
    pgettext_lazy("a count in running text", "nine"),
)


def in_words(count):
    """A count as running text has it: words up to nine, figures above."""
    return str(WORDS[count]) if 0 <= count < len(WORDS) else formats.number(count)


def date_text(value, basis=""):
    """An EDTF date in words; what is inferred about it is said: "24 January 2024 (year inferred)"."""
    if not value:
        return ""
    plain = re.sub(r"[?~%]", "", value)
    if basis == Basis.INFERRED:
        year_only = re.match(r"\d{4}[?~%]", value) and plain != plain[:4]
        told = {"date": spoken(plain)}
        if year_only:
            return pgettext("a date", "%(date)s (year inferred)") % told
        return pgettext("a date", "%(date)s (inferred)") % told
    return spoken(value)


def date_reading(value, basis=""):
    whole = re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)
    return Reading(date_text(value, basis), moment=value if whole and basis != Basis.INFERRED else "")


def money_reading(amount, currency, is_approximate=False):
    def about(text):
        return pgettext("an amount", "about %(amount)s") % {"amount": text} if is_approximate else text

    if not currency:
        return Reading(about(short(amount)), exact=figure(amount))
    first = about(currency)
    return Reading(
        f"{first} {short(amount)}",
        exact=f"{first} {figure(amount)}",
        aloud=about(spoken_money(amount, currency)),
        currency=first,
        number=short(amount),
    )


def naming(record):
    """A record's name for a list; of a statement or an assertion, which have none, the first words."""
    kind = record._meta.model_name
    if kind == "statement":
        words = Truncator(record.text).words(14)
        who = record.speaker or record.party
        if record.form == StatementForm.DIRECT_QUOTE:
            return f"{who}: “{words}”"
        told = {"speaker": who, "words": words}
        return gettext("%(speaker)s, reported in this site’s words: %(words)s") % told
    return Truncator(record.text).words(18) if kind == "assertion" else str(record)


def about(correction, is_plain=False):
    """What a correction is about, as a list names it. No headline that readers cannot open.

    A plain name does not say that the article is retracted: for what stays as it was once told.
    """
    article = correction.article
    if article is None:
        return naming(correction.subject)
    if not article.live:
        return gettext("An article that was withdrawn")
    return article.live.headline if is_plain else article.public_headline


def record_reading(row):
    """A related row as its name and page."""
    url = row.get_absolute_url() if hasattr(row, "get_absolute_url") else ""
    return Reading(str(row), url=url, is_written=str(row) == getattr(row, "name", str(row)))


def several(readings):
    readings = tuple(readings)
    text, is_written = "; ".join(item.text for item in readings), any(item.is_written for item in readings)
    return Reading(text, items=readings, is_written=is_written)


def field_reading(target, name, basis=""):
    """A field's value as a Reading, or None where it holds none. Reads related rows: load those before."""
    value = getattr(target, name)
    column = target._meta.get_field(name)
    if isinstance(value, models.Manager):
        rows = list(value.all())
        return several(map(record_reading, rows)) if rows else None
    if value in (None, ""):
        return None
    if name == "amount" and isinstance(target, HasAmount):
        return money_reading(value, target.currency, getattr(target, "is_approximate", False))
    if isinstance(value, Keyed):
        return record_reading(value)
    return plain_reading(column, value, basis)


def plain_reading(column, value, basis=""):
    """A value that is no other row, by the kind of its column."""
    if isinstance(column, EDTFField):
        return date_reading(value, basis)
    if column.name == "currency":
        if value not in currencies():
            return Reading(gettext("%(code)s, a currency without a name here") % {"code": value})
        return Reading(f"{value}, {formats.currency_name(value)}")
    if column.choices:
        return Reading(str(dict(column.flatchoices).get(value, value)))
    if isinstance(column, models.DateField):
        return date_reading(str(value), basis)
    if isinstance(column, models.TextField):
        lines = [line for line in str(value).splitlines() if line.strip()]
        written = [Reading(line, is_written=True) for line in lines]
        return several(written) if len(lines) > 1 else Reading(str(value), is_written=True)
    return Reading(str(value), is_written=True)


# Evidence as a page shows it


@dataclass
class Said:
    """One standing claim about a field, with its value as a Reading and how it stands to the value shown."""

    claim: Claim
    reading: Reading
    lead: str
    disagrees: bool = False
    # Its sentence, with all that is known of it, stands with an earlier field of the same row already.
    repeats: bool = False

    @property
    def places(self):
        """Its passages, each with its wording marked and the sentences around it."""
        return [(passage, place_of(passage, self.claim.wording)) for passage in self.claim.passages.all()]


# Where a column's own name says too little beside its value.
LABELS = {
    ("pledgestage", "on"): pgettext_lazy("the name of a field", "Date"),
    ("valuation", "amount"): pgettext_lazy("the name of a field", "Stated equivalent"),
    ("valuation", "rate_on"): pgettext_lazy("the name of a field", "Held against the rate of"),
    ("membership", "party"): pgettext_lazy("the name of a field", "Member"),
    ("signatory", "party"): pgettext_lazy("the name of a field", "Signatory"),
    ("statement", "text"): pgettext_lazy("the name of a field", "What is said"),
    ("assertion", "text"): pgettext_lazy("the name of a field", "What is said"),
    ("statement", "party"): pgettext_lazy("the name of a field", "Speaks for"),
}


def label_of(target, name):
    """What a field is called beside its value."""
    return str(LABELS.get((target._meta.model_name, name)) or target.field_label(name))


@dataclass
class Row:
    """One claimed field on a page: what it is called, what it says, and everything known about why."""

    evidence: Evidence
    reading: Reading | None
    said: list[Said] = field(default_factory=list)

    @property
    def label(self):
        return label_of(self.evidence.target, self.evidence.name)

    @property
    def spoken(self):
        """The label and what is shown, short enough to be the name of what opens the evidence."""
        told = (self.reading.aloud or self.reading.text) if self.reading else self.unknown
        return f"{self.label}: {Truncator(told).chars(LONGEST_SPOKEN)}"

    @property
    def name(self):
        return self.evidence.name

    @property
    def anchor(self):
        return self.evidence.anchor

    @property
    def basis(self):
        return self.evidence.basis

    @property
    def unknown(self):
        """Why there is no value, in words; "none recorded" for the few fields that need no reason."""
        if self.reading:
            return ""
        return str(self.evidence.unknown.label) if self.evidence.unknown else gettext("none recorded")

    @property
    def unknown_why(self):
        return meaning(self.evidence.unknown) or gettext("Nothing has been recorded here.")

    @property
    def status(self):
        """What is wrong with the evidence, as a sentence for readers, or ""."""
        if self.evidence.is_missing:
            return gettext("No source is recorded for this value yet.")
        if self.evidence.is_contradicted:
            told = self.said[0].reading
            evidence = {"value": told.exact or told.text}
            return gettext("The recorded evidence says %(value)s; this is being checked.") % evidence
        first = self.evidence.preferred
        if first is not None and first.reopened_at:
            # Of a newer version nothing is told here: readers may not have it yet.
            if first.source and first.source.withdrawn_at:
                return gettext("The source that it rests on was withdrawn; this is being checked again.")
            return gettext("This is being checked again.")
        return ""

    @property
    def sides(self):
        """What the sources say where they cannot all be right, side by side, the preferred first; [] where they can.
        [[Said]]"""
        if not self.evidence.is_disputed:
            return []
        said = {one.claim.pk: one for one in self.said}
        return [[said[claim.pk] for claim in side] for side in self.evidence.sides if side]

    @property
    def badge(self):
        """The words that stand where the basis would, for a value that has none."""
        if self.basis:
            return ""
        if self.evidence.stands_beside:
            return gettext("named by a source that is not preferred")
        if self.evidence.is_contradicted:
            return gettext("the evidence says otherwise")
        return gettext("no preferred claim")


def _reason_order(row):
    """Real reasons first, in the order of the words; what merely is not there comes last."""
    return (row.evidence.unknown is None, row.unknown)


class Sheet:
    """A record's evidence as rows for a page.

    Costs the queries of a Dossier; one more for each kind of record that an alternative names by its address, unless
    `named` brings those records: several sheets of one page look them up together.
    """

    def __init__(self, dossier, named=None):
        self.dossier = dossier
        self._named = names_of_alternatives([dossier]) if named is None else named
        self.rows = [self._row(evidence) for evidence in dossier]
        self._by_key = {(row.evidence.target._meta.label, row.evidence.target.pk, row.name): row for row in self.rows}
        self._mark_repeats()

    @classmethod
    def for_record(cls, record, public=EVERYTHING):
        return cls(dossier(record, public))

    def _mark_repeats(self):
        """Each part stands in a place of its own on the page, so that a sentence repeats only within one."""
        shown = set()
        for row in self.rows:
            target = row.evidence.target
            for said in row.said:
                if place := _place(said.claim):
                    key = (target._meta.label, target.pk, place)
                    said.repeats = key in shown
                    shown.add(key)

    def row(self, target, name):
        return self._by_key[(target._meta.label, target.pk, name)]

    def of(self, target):
        """The rows of one target that say something: a currency without an amount says nothing of its own, and a
        stage without an amount is about the pledge's whole one."""
        silent = ("amount", "currency") if target._meta.label == "aid.PledgeStage" else ("currency",)
        return [
            row
            for row in self.rows
            if row.evidence.target == target and (row.reading or row.said or row.name not in silent)
        ]

    def alternatives(self, name):
        """What alternative claims give for a field of this name, of the record or of any part."""
        return {claim.value for found in self.dossier if found.name == name for claim in found.alternatives}

    @property
    def parts(self):
        """The record's parts that have evidence of their own, in order."""
        return self.dossier.rows[1:]

    @property
    def known(self):
        return [row for row in self.of(self.dossier.record) if row.reading]

    @property
    def unknown(self):
        """The record's own fields without a value, those with the same reason together."""
        return sorted((row for row in self.of(self.dossier.record) if not row.reading), key=_reason_order)

    @property
    def reasons(self):
        """The reasons why fields are unknown, in words."""
        return {row.unknown for row in self.unknown}

    def _row(self, evidence):
        reading = field_reading(evidence.target, evidence.name, evidence.basis or "")
        row = Row(evidence, reading)
        first = evidence.preferred
        disagreeing = {claim.pk for claim in evidence.disagreements}
        for claim in evidence.claims:
            if claim is first:
                lead = gettext("Computed here") if claim.source_id is None else gettext("The source says")
            elif first and first.source_id == claim.source_id:
                lead = gettext("The same source also says")
            else:
                lead = gettext("Another source says")
            row.said.append(Said(claim, self._claimed(claim, evidence), lead, claim.pk in disagreeing))
        return row

    def _claimed(self, claim, evidence):
        """A claim's canonical text as a Reading of the field that it is about."""
        if claim.value == evidence.value:
            return field_reading(evidence.target, evidence.name, claim.basis) or Reading(claim.value)
        column = evidence.target._meta.get_field(evidence.name)
        if column.is_relation:
            names = (self._named.get((column.related_model, key), Reading(key)) for key in claim.value.split("; "))
            return several(names)
        if isinstance(column, models.DecimalField):
            return decimal_reading(column, claim.value, self._currency(claim, evidence.target))
        return plain_reading(column, claim.value, claim.basis)

    def _currency(self, claim, target):
        """The currency in which a claim gives an amount: that of its own source, else the one shown, else the one
        that other claims give."""
        if not isinstance(target, HasAmount):
            return ""
        claims = self.dossier.of(target, "currency").claims
        own = [other.value for other in claims if other.source_id == claim.source_id]
        told = next(filter(None, (*own, target.currency, *(other.value for other in claims))), "")
        return told if told in currencies() else ""


def names_of_alternatives(dossiers):
    """The records that claims name by their address and that are not the value itself: {(model, slug): Reading}.

    One query for each kind of record among them, however many dossiers there are.
    """
    wanted = defaultdict(set)
    for evidence in chain.from_iterable(dossiers):
        column = evidence.target._meta.get_field(evidence.name)
        if column.is_relation:
            for claim in evidence.claims:
                if claim.value != evidence.value:
                    wanted[column.related_model].update(claim.value.split("; "))
    return {
        (model, row.slug): record_reading(row)
        for model, slugs in wanted.items()
        if any(column.name == "slug" for column in model._meta.fields)
        for row in model.objects.filter(slug__in=slugs)
    }


def _place(claim):
    """What a page says of where a claim comes from; None where it says more than can be left out."""
    passages = tuple(passage.pk for passage in claim.passages.all())
    days = [at and at.date() for at in (claim.recorded_at, claim.verified_at)]
    return (claim.source_id, passages, *days) if passages and not claim.reasoning else None


def decimal_reading(column, text, currency):
    """An amount as a claim writes it; the text itself where somebody wrote something else."""
    try:
        return money_reading(column.to_python(text), currency)
    except (ValidationError, ArithmeticError):
        return Reading(text)


def sheets(records, public=EVERYTHING, fields=()):
    """The sheets of several records of one kind, by primary key, with the claims that are public (by default all); of
    some `fields` alone, if any are named. Two queries for all of them, and one more for each kind of record that any
    alternative names."""
    records = list(records)
    if not records:
        return {}
    model = type(records[0])
    name = next(name for name, label in SUBJECTS.items() if label == model._meta.label)
    found = public.of(Claim.objects.filter(**{f"{name}__in": records})).with_evidence().order_by("pk")
    if fields:
        found = found.filter(field__in=fields)
    by_record = defaultdict(list)
    for claim in found:
        by_record[getattr(claim, f"{name}_id")].append(claim)
    dossiers = [Dossier(record, claims=by_record[record.pk], fields=fields) for record in records]
    named = names_of_alternatives(dossiers)
    return {dossier.record.pk: Sheet(dossier, named) for dossier in dossiers}


def with_basis(records, name, through="", public=EVERYTHING):
    """The queryset with the basis of the preferred claim about a field, if public, as `<name>_basis`. No query more.

    `through` is the column of the record that has the field, for rows that only lead to one.
    """
    model = records.model._meta.get_field(through).related_model if through else records.model
    subject = next(subject for subject, label in SUBJECTS.items() if label == model._meta.label)
    claims = Claim.objects.filter(**{subject: OuterRef(through or "pk")}, field=name, rank=Rank.PREFERRED)
    return records.annotate(**{f"{name}_basis": Subquery(public.of(claims).values("basis")[:1])})
