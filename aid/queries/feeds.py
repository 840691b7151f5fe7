"""What is followed: the newest rows of a list, what concerns one record, and all that an entry of a feed tells."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q

from aid.models import (
    Agreement,
    Article,
    Claim,
    Coalition,
    Correction,
    Event,
    Party,
    Person,
    Pledge,
    PledgeStage,
    Source,
    Statement,
)
from aid.models.claims import SUBJECTS
from aid.models.corrections import CORRECTED
from aid.prose import references
from aid.queries.changed import figures_changed
from aid.queries.claims import for_list, values_of
from aid.queries.figures import Figures, articles_naming, figures_in
from aid.queries.last_changes import known_since, last_changes
from aid.queries.mentions import articles_concerning
from aid.queries.readings import Reading, Sheet, sheets

# So many entries a feed holds; of articles, which stand in it in full, fewer.
MOST, MOST_ARTICLES = 50, 20


class Kind(NamedTuple):
    """A kind of thing that is followed: its model, and its rows with all that an entry tells of them."""

    model: type
    loaded: object


KINDS = {
    "article": Kind(Article, lambda public: Article.objects.with_edition(public.at)),
    "pledge": Kind(Pledge, lambda public: Pledge.objects.for_page(public)),
    "coalition": Kind(Coalition, lambda public: Coalition.objects.for_page()),
    "agreement": Kind(Agreement, lambda public: Agreement.objects.all()),
    "event": Kind(Event, lambda public: Event.objects.select_related("series", "host")),
    "party": Kind(Party, lambda public: Party.objects.select_related("parent")),
    "person": Kind(Person, lambda public: Person.objects.all()),
    "source": Kind(Source, lambda public: Source.objects.select_related("publisher").defer("text")),
    "claim": Kind(Claim, lambda public: for_list(Claim.objects.all())),
    "correction": Kind(Correction, lambda public: Correction.objects.with_subjects(public.at)),
    "statement": Kind(Statement, lambda public: Statement.objects.with_speakers(public)),
}
# What stands in the feed of everything: what the site reports. Who and what it names have feeds of their own.
REPORTED = ("article", "pledge", "coalition", "agreement", "event", "source", "correction")


def all_rows(public):
    """{kind: all of its public rows}, for the feed of everything."""
    return {kind: public.of(KINDS[kind].model.objects.all()) for kind in REPORTED}


def newest(kind, rows):
    """The numbers of the rows of a list that its feed is made of: those entered last, and those saved last."""
    if kind == "article":
        # A text that was revised comes up again.
        found = rows.order_by(F("edition__starts_at").desc(), "-pk").values_list("pk", flat=True)
        return list(found[:MOST_ARTICLES])
    if kind == "correction":
        return list(rows.newest_first().values_list("pk", flat=True)[:MOST])
    numbers = list(rows.order_by("-pk").values_list("pk", flat=True)[:MOST])
    if kind == "claim" or len(numbers) < MOST:
        return numbers
    return list({*numbers, *rows.order_by("-updated_at", "-pk").values_list("pk", flat=True)[:MOST]})


def loaded(kind, numbers, public):
    """The rows of these numbers, with all that an entry tells."""
    return list(KINDS[kind].loaded(public).filter(pk__in=numbers)) if numbers else []


# What an entry tells


@dataclass(frozen=True)
class Told:
    """A record as an entry tells it: its evidence (None where its kind has none), when it was entered and last
    changed, and what was corrected in it."""

    record: object
    sheet: Sheet | None
    published: datetime
    updated: datetime
    corrections: list


def records_told(rows, public):
    """The Told of records of one kind."""
    if not rows:
        return []
    model = type(rows[0])
    has_claims = model._meta.label in SUBJECTS.values()
    found, moved = sheets(rows, public) if has_claims else {}, last_changes(rows, public)
    corrected = _corrections_of(rows, public)
    return [Told(row, found.get(row.pk), row.created_at, moved[row.pk], corrected[row.pk]) for row in rows]


def _corrections_of(rows, public):
    """{the record's number: its public corrections, the newest first}."""
    name = next(name for name, label in CORRECTED.items() if label == type(rows[0])._meta.label)
    found = defaultdict(list)
    for correction in public.of(Correction.objects.filter(**{f"{name}__in": rows})).newest_first():
        found[getattr(correction, f"{name}_id")].append(correction)
    return found


@dataclass(frozen=True)
class ToldStep:
    """A further step of a pledge as an entry tells it."""

    step: PledgeStage
    published: datetime
    updated: datetime


def steps_told(pledges, public):
    """The newest ToldSteps of a queryset of pledges. The first step of each came with the pledge itself."""
    rows = public.of(PledgeStage.objects.filter(pledge__in=pledges.order_by().values("pk"), position__gt=1))
    rows = list(rows.select_related("pledge__donor", "pledge__recipient").order_by("-pk")[:MOST])
    if not rows:
        return []
    since = known_since(PledgeStage, [row.pk for row in rows], public)
    begun = {row.pk: since.get(row.pk, row.pledge.created_at) for row in rows}
    moved = last_changes(rows, public, begun)
    return [ToldStep(row, begun[row.pk], moved[row.pk]) for row in rows]


@dataclass(frozen=True)
class ToldClaim:
    """A claim as an entry tells it, with what it says."""

    claim: Claim
    reading: Reading
    published: datetime
    updated: datetime


def claims_told(rows, public):
    if not rows:
        return []
    values, moved = values_of(rows), last_changes(rows, public, "recorded_at")
    return [
        ToldClaim(row, values.get(row.pk) or Reading(row.value), row.recorded_at, max(row.recorded_at, moved[row.pk]))
        for row in rows
    ]


@dataclass(frozen=True)
class ToldArticle:
    """An article as an entry tells it: its figures with what they rest on, when it was last changed, and what readers
    are told of it and of what it showed."""

    article: Article
    figures: Figures
    updated: datetime
    corrections: list


def articles_told(rows, public):
    """The ToldArticles of published articles. As many queries for three as for one."""
    if not rows:
        return []
    figures = figures_in(*(row.live.body for row in rows), public=public)
    own = [figures.only(references(row.live.body)) for row in rows]
    moved = figures_changed([(found, row.live_at) for row, found in zip(rows, own, strict=True)])
    told = _told_with(rows, public)
    return [
        ToldArticle(
            row, found, max(filter(None, (row.live_at, at, *(one.decided_at for one in told[row.pk])))), told[row.pk]
        )
        for row, found, at in zip(rows, own, moved, strict=True)
    ]


def _told_with(articles, public):
    """{the article's number: what readers are told of it and of the records that it showed, the newest first}."""
    affected = Correction.affected.through
    shown = defaultdict(set)
    for article, correction in affected.objects.filter(article__in=articles).values_list(
        "article_id", "correction_id"
    ):
        shown[correction].add(article)
    found = defaultdict(list)
    about = Q(article__in=articles) | Q(pk__in=list(shown))
    for correction in public.of(Correction.objects.filter(about)).newest_first():
        for number in {correction.article_id, *shown[correction.pk]} - {None}:
            found[number].append(correction)
    return found


# What concerns one record


def concerning(record, public):
    """{kind: numbers} of all that concerns a pledge, a coalition, a party or a person: for a feed of its own."""
    kind = record._meta.model_name
    parts, corrected = CONCERNING[kind](record)
    found = {
        name: newest(name, public.of(KINDS[name].model.objects.filter(pk__in=rows.order_by().values(column))))
        for name, (rows, column) in _named(parts, public).items()
    }
    found[kind] = [*found.get(kind, ()), *([record.pk] if public.has(record) else ())]
    about = Correction.objects.filter(corrected)
    found["correction"] = list(public.of(about.distinct()).newest_first().values_list("pk", flat=True)[:MOST])
    if kind == "party":
        articles = articles_concerning(record, MOST_ARTICLES, public).rows
    else:
        articles = articles_naming(kind, record, public.at)
    found["article"] = [article.pk for article in articles[:MOST_ARTICLES]]
    return found


def _named(parts, public):
    """The public rows that lead to each kind of record, and the column of theirs that does."""
    return {name: (public.of(rows), column) for name, (rows, column) in parts.items()}


def _of_pledge(pledge):
    return {}, Q(pledge=pledge)


def _of_coalition(coalition):
    parts = {
        "pledge": (coalition.pledges.all(), "pk"),
        "statement": (coalition.statements_about.all(), "pk"),
    }
    return parts, Q(coalition=coalition) | Q(pledge__coalition=coalition)


def _of_party(party):
    given = Q(donor=party) | Q(recipient=party) | Q(beneficiaries=party) | Q(fund=party)
    parts = {
        "pledge": (Pledge.objects.filter(given), "pk"),
        "coalition": (party.memberships.counted(), "coalition"),
        "agreement": (party.signatures.all(), "agreement"),
        "event": (Event.objects.filter(Q(series=party) | Q(host=party)), "pk"),
        "statement": (party.statements.all(), "pk"),
        "source": (party.sources_published.all(), "pk"),
    }
    about = Q(party=party) | Q(pledge__donor=party) | Q(pledge__recipient=party) | Q(statement__party=party)
    return parts, about


def _of_person(person):
    parts = {
        "statement": (person.statements.all(), "pk"),
        "agreement": (person.signatures.all(), "agreement"),
    }
    return parts, Q(person=person) | Q(office__person=person) | Q(statement__speaker=person)


CONCERNING = {"pledge": _of_pledge, "coalition": _of_coalition, "party": _of_party, "person": _of_person}


def steps_of(numbers, public):
    """The steps of the pledges of these numbers, as entries tell them."""
    return steps_told(Pledge.objects.filter(pk__in=numbers), public) if numbers else []
