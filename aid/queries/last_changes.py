"""When something that readers see of records really changed: by their history, and by what was corrected in them."""

from collections import defaultdict
from itertools import groupby
from types import SimpleNamespace

from django.apps import apps
from django.db.models import Max, Min

from aid.models.claims import Claim
from aid.models.corrections import CORRECTED, Correction
from aid.queries.beginnings import history_of
from aid.queries.history import STAYS, members
from aid.queries.public import NODES

# Of a claim, what stands beside the value that it supports. Who checked it, and when, is no news of the record.
OF_CLAIMS = ("field", "value", "basis", "rank", "source")
# What the desk keeps beside what readers see.
UNSEEN = {*STAYS, "position", "recorded_by", "verified_by"} - {"withdrawn_at", "withdrawn_why"}


def last_changes(rows, public, begun="created_at"):
    """{number: the moment of the last real change or correction} of records of one kind, or of claims; for one that
    nothing happened to, the moment at which it was entered: in the column `begun`, or by number in a mapping.

    A save that changed nothing moves nothing. One query for the corrections and one for each kind of row and of link
    that a record is made of, however many records there are.
    """
    rows = list(rows)
    if not rows:
        return {}
    model = type(rows[0])
    found = {row.pk: getattr(row, begun) if isinstance(begun, str) else begun[row.pk] for row in rows}
    own = [(Claim, "id")] if model is Claim else members(model)
    # A part that stood there when the history of its record begins came with it.
    began = {}
    for kind, column in own:
        for number, moment in _changes(kind, column, list(found), began, public):
            found[number] = max(found[number], moment)
    for number, moment in _corrected(model, list(found), public):
        found[number] = max(found[number], moment)
    return found


def known_since(model, numbers, public):
    """{number: the moment at which a row of a model came into its history}. One query."""
    lines = history_of(model).filter(id__in=numbers, history_date__lte=public.at).order_by()
    return dict(lines.values("id").annotate(first=Min("history_date")).values_list("id", "first"))


def _changes(model, column, numbers, began, public):
    """(the record's number, moment) for each line of a history that changed what readers see."""
    lines = history_of(model)
    tracked = [each.attname for each in lines.model.tracked_fields if not each.primary_key]
    kept = {f"{name}_id" if f"{name}_id" in tracked else name for name in OF_CLAIMS} if model is Claim else None
    columns = [name for name in tracked if (name in kept if kept else name not in UNSEEN)]
    owner = column if column in ("id", "slug") else model._meta.get_field(column).attname
    found = lines.filter(**{f"{column}__in": numbers}, history_date__lte=public.at)
    if model is not Claim or column != "id":
        found = _without_hidden(found, model, column, numbers, public)
    naming = (
        [each.attname for each in lines.model.tracked_fields if each.related_model in NODES] if public.hidden else []
    )
    found = found.order_by("id", "history_date", "history_id").values(
        *{"id", "history_id", "history_date", "history_type", owner, *columns, *naming}
    )
    found = [entry for entry in found if _may_tell(entry, model, lines.model, public)]
    links = _links(model, found, public)
    for _, entries in groupby(found, key=lambda entry: entry["id"]):
        before = None
        for entry in entries:
            number, moment = entry[owner], entry["history_date"]
            if before is None and column == "id":
                began[number] = moment
            elif moment > began.get(number, moment) if before is None else _differ(before, entry, columns, links):
                yield number, moment
            before = entry


def _without_hidden(lines, model, column, numbers, public):
    """The lines without those of rows that readers do not have: when those were saved is no business of theirs."""
    if not public.hidden and not public.withdrawn:
        return lines
    mine = model.objects.filter(**{f"{column}__in": numbers}).order_by()
    kept_back = mine.exclude(pk__in=public.of(mine).values("pk")).values("pk")
    return lines.exclude(id__in=kept_back)


def _may_tell(entry, model, lines, public):
    """Whether a line names nothing that is under embargo, as a claim may that rested once on such a source."""
    if not public.hidden:
        return True
    if model is Claim:
        return public.may_tell(SimpleNamespace(**entry), [entry["source_id"]])
    return not any(
        entry[each.attname] in public.hidden.get(each.related_model, ())
        for each in lines.tracked_fields
        if each.related_model in NODES
    )


def _differ(before, entry, columns, links):
    if entry["history_type"] == "-" or before["history_type"] == "-":
        return True
    if any(before[name] != entry[name] for name in columns):
        return True
    return any(found[before["history_id"]] != found[entry["history_id"]] for found in links)


def _links(model, entries, public):
    """The public rows that each line's many-to-many fields held: [{history_id: numbers}]. One query a field."""
    found = []
    for field in history_of(model).model._history_m2m_fields if entries else ():
        kept = apps.get_model(model._meta.app_label, f"Historical{model.__name__}_{field.name}")
        by_line, hidden = defaultdict(set), public.hidden.get(field.related_model, ())
        asked = kept.objects.filter(history__in=[entry["history_id"] for entry in entries])
        for line, number in asked.values_list("history", f"{field.m2m_reverse_field_name()}_id"):
            if number not in hidden:
                by_line[line].add(number)
        found.append(by_line)
    return found


def _corrected(model, numbers, public):
    """(the record's number, moment) of the last public correction of each record."""
    name = next((name for name, label in CORRECTED.items() if label == model._meta.label), None)
    if name is None:
        return []
    rows = public.of(Correction.objects.filter(**{f"{name}__in": numbers})).order_by()
    return rows.values(name).annotate(last=Max("decided_at")).values_list(name, "last")
