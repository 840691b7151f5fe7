"""Why an item of the fact-check is open again: the sign-off that no longer holds, and what has changed since."""

from collections import defaultdict
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import or_

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

from aid.choices import Rank
from aid.models.claims import PARTS, Claim
from aid.money import figure
from aid.queries.checkable import PART, text_of
from aid.queries.checks import Check
from aid.queries.readings import plain_reading


def explain(check: Check):
    """Sets on each open item of a Check the sign-off that no longer holds, and what has changed since, as sentences.

    Returns the Check. At most one query beyond those for the sign-offs and the history of the text.
    """
    current = {item.state for item in check.items}
    lapsed = [row for row in check.sign_offs if row.state not in current]
    invalid = {row.state: row for row in reversed(check.sign_offs) if row.state in current}
    for item in check.open:
        item.former = invalid.get(item.state) or _former(check, item, lapsed)
    again = [item for item in check.open if item.former]
    recorded = _claims_before(again)
    for item in again:
        item.changes = list(_changes(check, item, recorded))
    return check


def _former(check, item, lapsed):
    """The last sign-off of the same thing, in the same sentence if any; else of what stood in its place."""
    same = [row for row in lapsed if (row.kind, row.item) == (item.kind, item.thing.key)]
    as_written = [row for row in same if row.state[:PART] == item.thing.mark]
    if as_written or same:
        return (as_written or same)[0]
    frame = check.manuscript.text.without(item.thing)
    for row in lapsed:
        text, thing = _signed_thing(check, row)
        if thing and row.kind == item.kind and text.without(thing) == frame:
            return row
    return None


def _signed_thing(check, row):
    """The Text that somebody signed off, and the thing in it; (None, None) where it is gone."""
    for found in (check.manuscript.revision, *check.earlier):
        if found.pk == row.revision_id:
            text = text_of(found)
            return text, text.by_mark.get(row.state[:PART])
    return None, None


def _changes(check, item, recorded):
    former, state = item.former, item.state
    if former.state == state:
        yield "Whoever signed it off wrote it or recorded its claim since, and nobody checks their own work."
        return
    changed = [former.state[at : at + PART] != state[at : at + PART] for at in range(0, 4 * PART, PART)]
    words, value, claims, passages = changed
    if words:
        yield _words_before(check, item)
    if value or claims:
        told = list(_recorded_then(item, recorded))
        yield from told
        if not told and not item.support.is_whole:
            yield "What bears it out has changed." if item.support.rows else "No record bears it out any more."
        elif not told:
            yield "The value shown has changed." if value else "The claim behind it has changed."
    if passages and not claims:
        yield "It rests on other passages of its source."


def _words_before(check, item):
    text, thing = _signed_thing(check, item.former)
    if thing is None:
        return "Its sentence has changed."
    paragraph, around = text.places(thing)
    if thing.key == item.thing.key:
        return f"Its sentence was: “{_as_read(check, paragraph.between(*around))}”"
    return f"It was: “{_as_read(check, paragraph.between(*thing.span))}”"


def _as_read(check, pieces):
    """Pieces of an earlier text with the values of today; what is named no more stands as it was written."""
    known = check.manuscript.grounds.figures
    return "".join(
        found.text if piece.reference and not piece.reference.label and (found := known.get(piece.reference))
        else words if not piece.reference or piece.reference.label
        else f"[[{piece.reference.text}]]"
        for piece, words in pieces
    )  # fmt: skip


# The claims as they were


def _claims_before(items):
    """What the history keeps of the claims about the evidence of items, in the order of time. One query."""
    about, fields = defaultdict(set), set()
    for item in items:
        for row in item.support.rows:
            claim = row.evidence.preferred or next(iter(row.evidence.claims), None)
            if claim is not None:
                about[f"{claim.subject_name}_id__in"].add(claim.subject.pk)
                fields.add(row.name)
    if not about:
        return []
    latest = max(item.former.signed_at for item in items)
    subjects = reduce(or_, (Q(**{column: numbers}) for column, numbers in about.items()))
    # The history of what a program wrote can begin later; then there is nothing to tell.
    kept = Claim.history.filter(subjects, field__in=fields, history_date__lte=latest)
    return list(kept.order_by("history_date", "history_id"))


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
