"""The notes of an article: for each figure in its text the evidence, numbered in the order of the text."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from aid.models.claims import Claim
from aid.queries.figures import CLAIMED, Figure
from aid.queries.provenance import Dossier
from aid.queries.readings import Row, Sheet, names_of_alternatives


@dataclass(frozen=True)
class Note:
    """One figure of a text with its evidence. `row` is None where several rows are the evidence, as of a count: then
    the place that the figure leads to has it."""

    number: int
    figure: Figure
    record: object
    row: Row | None


def notes_of(figures, public):
    """The Notes of Figures: {Reference: Note}. Two queries for any number of figures, and one more for each kind of
    record that an alternative claim names."""
    shown = [one for one in figures.references if (figure := figures.get(one)) and figure.leads_to]
    sheets = _sheets([one for one in shown if figures[one].leads_to == "evidence"], figures, public)
    found = {}
    for number, reference in enumerate(shown, 1):
        record = figures.record_of(reference)
        row = _row(reference, record, sheets.get((reference.kind, record.pk)))
        found[reference] = Note(number, figures[reference], record, row)
    return found


def _sheets(wanted, figures, public):
    """The Sheet of each record of which a field is shown, with the claims about the fields shown."""
    fields, records = {"currency"}, {}
    for reference in wanted:
        if reference.kind in CLAIMED:
            fields.add(_field(reference))
            record = figures.record_of(reference)
            records[reference.kind, record.pk] = record
    if not records:
        return {}
    about = Q()
    for (kind, _), record in records.items():
        about |= Q(**{kind: record})
    claims = public.of(Claim.objects.standing().filter(about, field__in=fields)).with_evidence().order_by("pk")
    by_record = defaultdict(list)
    for claim in claims:
        by_record[claim.subject_name, getattr(claim, f"{claim.subject_name}_id")].append(claim)
    dossiers = {key: Dossier(record, _parts(record), claims=by_record[key]) for key, record in records.items()}
    named = names_of_alternatives(dossiers.values())
    return {key: Sheet(dossier, named) for key, dossier in dossiers.items()}


def _field(reference):
    return "amount" if reference.field.startswith("valuation-") else reference.field


def _parts(record):
    return list(record.valuations.all()) if record._meta.model_name == "pledge" else []


def _row(reference, record, sheet):
    if sheet is None:
        return None
    target, name = record, _field(reference)
    if name != reference.field:
        currency = reference.field.removeprefix("valuation-")
        target = next(row for row in record.valuations.all() if row.currency == currency)
    return sheet.row(target, name) if name in target.claimed_fields else None
