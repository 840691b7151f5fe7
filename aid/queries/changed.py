"""When something that an article shows of the records behind it last changed, by the records' history."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.apps import apps
from django.db.models import OuterRef, Q, Subquery

from aid.models.agreements import Signatory
from aid.models.coalitions import Membership
from aid.models.pledges import Valuation
from aid.queries.figures import MAIN

# The column that a record is called by.
NAMES = {
    **dict.fromkeys(("pledge", "agreement", "event", "source"), "title"),
    **dict.fromkeys(("coalition", "party", "person"), "name"),
}
AMOUNT = {"amount", "currency", "is_approximate", "amount_unknown"}
OWNERS = {Valuation: "pledge_id", Membership: "coalition_id", Signatory: "agreement_id"}
ALWAYS = ("pk", "id", "history_date", "history_type")


@dataclass
class _Watched:
    """What an article shows: columns and links of records, and parts of records by the record's number."""

    columns: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    many: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    parts: dict = field(default_factory=lambda: defaultdict(lambda: defaultdict(set)))
    # Of an equivalent, the currency alone in which it is shown.
    currencies: dict = field(default_factory=lambda: defaultdict(set))


def figures_changed_at(figures, since):
    """When a figure, or the name of a record, last changed after a moment; None where all read as they did.

    A record that was saved without a change of what the article shows of it has changed nothing. No query where no
    record was saved since; else one for each kind of record, of link and of part. Whether the evidence calls a date
    inferred is left out: the date is the same.
    """
    return figures_changed([(figures, since)])[0]


def figures_changed(texts):
    """The same for several texts at once, given as (figures, since) and answered in their order. No query more than
    for one that shows what all of them show."""
    watched = [(_watched(figures, since), since) for figures, since in texts]
    first = min((since for _, since in watched), default=None)
    lines = _Lines([each for each, _ in watched], first)
    return [_last(each, lines, since) for each, since in watched]


def _last(watched, lines, since):
    found = [_last_change(lines.of(model, rows), rows, since) for model, rows in watched.columns.items()]
    for model, rows in watched.many.items():
        found.append(_last_change_of_links(lines.of_links(model, rows), lines.linked[model], rows, since))
    for model, rows in watched.parts.items():
        entries = lines.of_parts(model, rows)
        found.append(_last_change_of_parts(model, entries, rows, since, watched.currencies))
    return max(filter(None, found), default=None)


def _watched(figures, since):
    watched = _Watched()
    for reference in figures.references:
        record = figures.record_of(reference)
        if record is None or reference.kind not in NAMES:
            continue
        names = [] if reference.label else [reference.field or NAMES[reference.kind]]
        if reference.kind in MAIN:
            # The box beside the text shows these of each record that is named.
            names += [NAMES[reference.kind], MAIN[reference.kind]]
        for name in names:
            _watch(watched, record, name, since)
    return watched


def _watch(watched, record, name, since):
    model, is_saved = type(record), record.updated_at > since
    columns = {column.name: column for column in model._meta.get_fields() if column.concrete}
    if name.startswith("valuation-"):
        watched.currencies[record.pk].add(name.removeprefix("valuation-"))
        _add(watched.parts, Valuation, record, {"currency", "amount", "is_approximate"}, is_saved)
    elif name == "members":
        _add(watched.parts, Membership, record, {"party_id", "is_counted"}, is_saved)
    elif name == "signatories":
        _add(watched.parts, Signatory, record, {"party_id"}, is_saved)
        for signatory in record.signatories.all():
            _watch_name(watched, signatory.party, since)
    elif name in columns and columns[name].many_to_many:
        _add(watched.many, model, record, {name}, is_saved)
        for row in getattr(record, name).all():
            _watch_name(watched, row, since)
    elif name in columns:
        reason = f"{name}_unknown"
        wanted = AMOUNT if name == "amount" else {columns[name].attname, *({reason} if reason in columns else ())}
        _add(watched.columns, model, record, wanted & {column.attname for column in model._meta.fields}, is_saved)
        if columns[name].is_relation and getattr(record, name) is not None:
            _watch_name(watched, getattr(record, name), since)


def _watch_name(watched, row, since):
    name = NAMES.get(row._meta.model_name)
    if name:
        _add(watched.columns, type(row), row, {name}, row.updated_at > since)


def _add(where, model, record, names, is_saved):
    if is_saved:
        where[model][record.pk] |= names


# The history


def _entries(model, about, since, columns):
    """The entries of the history after a moment, and the last before it of each row, in the order of time."""
    before = model.history.filter(id=OuterRef("id"), history_date__lte=since).order_by("-history_date", "-history_id")
    entries = model.history.filter(about).filter(
        Q(history_date__gt=since) | Q(history_id=Subquery(before.values("history_id")[:1]))
    )
    return entries.order_by("id", "history_date", "history_id").values(*ALWAYS, *columns)


def _changes(entries, since):
    """Each entry after the moment beside the one before it of the same row, which is None where there is none."""
    last = None
    for entry in entries:
        if entry["history_date"] > since:
            yield last if last and last["id"] == entry["id"] else None, entry
        last = entry


def _differ(before, entry, columns):
    return any(before[name] != entry[name] for name in columns)


class _Lines:
    """The entries of the history that any of some texts has to know: for each model, link and part one query."""

    def __init__(self, watched, first):
        self._own, self._links, self._parts, self.linked = {}, {}, {}, {}
        for model, rows in _together(watched, "columns").items():
            self._own[model] = list(_entries(model, Q(id__in=rows), first, sorted(set().union(*rows.values()))))
        for model, rows in _together(watched, "many").items():
            self._links[model] = list(_entries(model, Q(id__in=rows), first, ()))
            self.linked[model] = _linked(model, rows, self._links[model])
        for model, rows in _together(watched, "parts").items():
            columns, owner = sorted(set().union(*rows.values())), OWNERS[model]
            self._parts[model] = list(_entries(model, Q(**{f"{owner}__in": rows}), first, [owner, *columns]))

    def of(self, model, rows):
        return [entry for entry in self._own[model] if entry["id"] in rows]

    def of_links(self, model, rows):
        return [entry for entry in self._links[model] if entry["id"] in rows]

    def of_parts(self, model, rows):
        return [entry for entry in self._parts[model] if entry[OWNERS[model]] in rows]


def _together(watched, name):
    """What all texts watch of one sort: {model: {number: columns}}."""
    found = defaultdict(lambda: defaultdict(set))
    for each in watched:
        for model, rows in getattr(each, name).items():
            for number, columns in rows.items():
                found[model][number] |= columns
    return found


def _linked(model, rows, entries):
    """What each entry links to: {field: {the entry's number: the numbers of the rows}}. One query a field."""
    linked = {}
    for name in sorted(set().union(*rows.values())):
        kept = apps.get_model(model._meta.app_label, f"Historical{model.__name__}_{name}")
        target = model._meta.get_field(name).m2m_reverse_field_name()
        found = defaultdict(set)
        numbers = [entry["pk"] for entry in entries]
        for entry, number in kept.objects.filter(history__in=numbers).values_list("history", f"{target}_id"):
            found[entry].add(number)
        linked[name] = found
    return linked


def _last_change(entries, rows, since):
    return max(
        (
            entry["history_date"]
            for before, entry in _changes(entries, since)
            # Without an entry before, nobody can say that it is as it was.
            if before is None or _differ(before, entry, rows[entry["id"]])
        ),
        default=None,
    )


def _last_change_of_links(entries, linked, rows, since):
    return max(
        (
            entry["history_date"]
            for before, entry in _changes(entries, since)
            if before is None
            or any(linked[name][before["pk"]] != linked[name][entry["pk"]] for name in rows[entry["id"]])
        ),
        default=None,
    )


def _last_change_of_parts(model, entries, rows, since, currencies):
    columns = sorted(set().union(*rows.values()))
    return max(
        (
            entry["history_date"]
            for before, entry in _changes(entries, since)
            if _is_shown(model, OWNERS[model], currencies, before, entry)
            and (before is None or entry["history_type"] == "-" or _differ(before, entry, columns))
        ),
        default=None,
    )


def _is_shown(model, owner, currencies, before, entry):
    if not issubclass(model, Valuation):
        return True
    return any(found and found["currency"] in currencies[found[owner]] for found in (before, entry))
