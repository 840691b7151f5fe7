"""How what search reads compares with the records that it is made of. Nothing here writes."""

from itertools import islice

from django.db.models import Min, Q
from django.utils import timezone

from aid.models import Publication, SearchEntry, SearchMention
from aid.models.search import SearchKind
from aid.queries import search_words
from aid.queries.beginnings import history_of, known_since, with_past
from aid.queries.public import NODES, Listed, Public
from aid.queries.search_texts import GONE, documents, model_of

BATCH = 500


def batches(numbers):
    numbers = iter(sorted(numbers))
    while batch := list(islice(numbers, BATCH)):
        yield batch


def compared(kind, numbers, public):
    """(the Documents that records should have and have not, the open entries that they should not have), as the
    entries stand; nothing is written."""
    wanted = {document.key: document for document in documents(kind, numbers, public)}
    standing = {
        (entry.kind, entry.record, entry.revision, entry.is_bare): entry
        for entry in SearchEntry.objects.about(kind, numbers).standing().select_related("text")
    }
    same = {
        key
        for key, entry in standing.items()
        if key in wanted and hasattr(entry, "text") and entry.text.digest == wanted[key].digest
    }
    kept = [(standing[key].pk, wanted[key].columns()) for key in same]
    lost = search_words.differing(kept) if kept else set()
    same = {key for key in same if standing[key].pk not in lost}
    missing = [document for key, document in wanted.items() if key not in same]
    return missing, {key: entry for key, entry in standing.items() if key not in same}


def beginnings(kind, records):
    """Since when the first text of a record is taken to have read so: since it is known here, as pages of the past
    have it. {(record, revision): moment}."""
    if not records:
        return {}
    found = {}
    if kind == "article":
        rows = Publication.objects.filter(article__in=records, revision__isnull=False).order_by()
        for article, revision, made, starts in rows.values_list(
            "article", "revision", "revision__created_at", "starts_at"
        ):
            moment = min(made, starts, found.get((article, revision), made))
            found[article, revision] = moment
        return found
    model = model_of(kind)
    columns = known_since(model) if model in with_past() else ["decided_at"]
    for number, *moments in model.objects.filter(pk__in=records).values_list("pk", *columns):
        found[number, 0] = next((moment for moment in moments if moment), timezone.now())
    if model in with_past():
        own = model._meta.pk.name
        lines = history_of(model).filter(**{f"{own}__in": records}).order_by().values_list(own)
        for number, first in lines.annotate(first=Min("history_date")):
            if (number, 0) in found:
                found[number, 0] = first
    return {key: min(moment, timezone.now()) for key, moment in found.items()}


def articles_showing(stale):
    """The articles whose text shows one of the records, or showed it before it was withdrawn."""
    found = set()
    for kind, numbers in stale.items():
        if kind in ("article", "sector") or not numbers:
            continue
        entries = SearchEntry.objects.standing().filter(kind="article", mentions__kind__in=[kind, f"{GONE}{kind}"])
        for some in batches(numbers):
            found |= set(entries.filter(mentions__record__in=some).order_by().values_list("record", flat=True))
    return found


def differences():
    """What differs between the records and what search reads, as sentences. Nothing is written."""
    public = Public()
    for kind in SearchKind.values:
        for batch in batches(all_numbers(kind)):
            missing, over = compared(kind, batch, public)
            wanted = {document.key: document for document in missing}
            # What a twin shows depends on the minute; the clock makes it anew.
            for key in sorted(key for key in {*wanted, *over} if not key[3]):
                name = f"{kind} {key[1]}" + (f", revision {key[2]}" if key[2] else "")
                if key not in over:
                    yield f"{name}: “{wanted[key].title}” is missing."
                elif key not in wanted:
                    yield f"{name}: an entry stands of what is not there."
                else:
                    yield f"{name}: “{wanted[key].title}” reads differently."
    for number in sorted(search_words.orphans()):
        yield f"entry {number}: words stand without it."


def all_numbers(kind):
    standing = SearchEntry.objects.filter(kind=kind).standing().order_by()
    return {
        *model_of(kind).objects.order_by().values_list("pk", flat=True),
        *standing.values_list("record", flat=True),
    }


def gone(public, model):
    """The numbers of the rows of a model that no list and no text may show."""
    return public.hidden.get(model, set()) | public.withdrawn.get(model, set())


def showing_gone(public, before=""):
    """The mentions of what no text may show, or None where that is nothing. `before` stands before their kinds."""
    asked = Q()
    for model in NODES:
        if numbers := gone(public, model):
            asked |= Q(kind=f"{before}{model._meta.model_name}", record__in=Listed(numbers))
    return SearchMention.objects.filter(asked).order_by().values("entry") if asked else None


def in_question(public):
    """The records whose texts have a twin, or need one now: {kind: numbers}. One query."""
    asked = Q(is_bare=True)
    if (showing := showing_gone(public)) is not None:
        asked |= Q(pk__in=showing)
    found = {}
    for kind, number in SearchEntry.objects.standing().filter(asked).order_by().values_list("kind", "record"):
        found.setdefault(kind, set()).add(number)
    return found


def had_before(kind, numbers):
    """Those of the records that ever had an entry."""
    return set(SearchEntry.objects.about(kind, numbers).order_by().values_list("record", flat=True))


def is_anything_there():
    return any(model_of(kind).objects.exists() for kind in SearchKind.values)
