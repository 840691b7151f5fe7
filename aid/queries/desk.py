"""What the desk lists: what waits for an editor, what is live, what is broken. Each takes a few queries at most."""

from collections import defaultdict
from datetime import date
from functools import reduce
from itertools import groupby
from operator import or_

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, F, Prefetch, Q, Value, When
from django.db.models.functions import Cast, Substr

from aid.choices import Rank, Unknown
from aid.intake.sentences import sentences
from aid.models.agreements import Agreement
from aid.models.articles import Article
from aid.models.claims import SUBJECTS, Claim
from aid.models.coalitions import Coalition
from aid.models.corrections import Correction
from aid.models.events import Event
from aid.models.people import Office
from aid.models.pledges import Pledge
from aid.models.sources import Passage, Source
from aid.models.statements import Assertion, Statement
from aid.prose import references
from aid.queries.claims import WITH_NAMES, unverified_by_others
from aid.queries.figures import Figures
from aid.queries.provenance import Dossier

SHOWN = 8

ARTICLE_STATES = [
    ("live", "Live"),
    ("newer", "Live, with a newer draft"),
    ("draft", "Never published"),
    ("withdrawn", "Withdrawn"),
]

# The kinds of record that can hold "not looked for yet", in the order in which the desk asks for them.
WITH_UNKNOWNS = (Pledge, Coalition, Agreement, Event, Statement, Assertion, Office, Source)


def articles_in_state(articles, state):
    """Those of the articles that are in one of ARTICLE_STATES."""
    conditions = {
        "live": Q(edition__revision__isnull=False),
        "newer": Q(revisions__number__gt=F("edition__revision__number")),
        "draft": Q(published_at__isnull=True),
        "withdrawn": Q(edition__isnull=False, edition__revision__isnull=True),
    }
    if state not in conditions:
        return articles.none()
    return articles.filter(pk__in=Article.objects.with_edition().filter(conditions[state]).order_by().values("pk"))


def currencies_in_use():
    """The currencies in which any pledge is given, in alphabetical order."""
    return list(
        Pledge.objects.exclude(currency="").order_by("currency").values_list("currency", flat=True).distinct()
    )


def in_currency(rows, code):
    return rows.filter(currency=code)


def days_by(rows, field, kind):
    """The first days of the years, months or days ("year", "month", "day") in which the rows' dates lie, in order.

    The same as `rows.dates(field, kind)`, which on SQLite calls a Python function for each row of the table.
    """
    length = {"year": 4, "month": 7, "day": 10}[kind]
    found = (
        rows.filter(**{f"{field}__isnull": False})
        .order_by()
        .values_list(Substr(Cast(field, CharField()), 1, length), flat=True)
        .distinct()
    )
    return [date.fromisoformat(text + "-01-01"[length - 4 :]) for text in sorted(found)]


def best_first(rows, name, term):
    """The rows whose name is the term, then those whose name begins with it, then the others; each by name."""
    closeness = Case(
        When(**{f"{name}__iexact": term}, then=Value(0)), When(**{f"{name}__istartswith": term}, then=Value(1)),
        default=Value(2),
    )  # fmt: skip
    return rows.order_by(closeness, name, "pk")


def claims_to_verify(user, limit=SHOWN):
    """The newest claims that others recorded and nobody verified."""
    claims = unverified_by_others(Claim.objects.all(), user)
    return list(claims.select_related("source", "recorded_by", *WITH_NAMES).order_by("-pk")[:limit])


def unpublished_articles(limit=SHOWN):
    """(articles with a draft newer than what is live, articles that were never published)."""
    newest = Article.objects.prefetch_related("revisions").order_by("-updated_at", "-pk")
    return (
        list(articles_in_state(newest, "newer")[:limit]),
        list(articles_in_state(newest, "draft")[:limit]),
    )


def not_looked_for(limit=SHOWN):
    """Records with a field for which nobody has read the sources yet: [(record, [labels of its fields])].

    One query for each kind of record, until the limit is reached.
    """
    found = []
    for model in WITH_UNKNOWNS:
        columns = [f.name for f in model._meta.fields if f.name.endswith("_unknown")]
        waiting = reduce(or_, (Q(**{name: Unknown.NOT_LOOKED_FOR}) for name in columns))
        rows = model.objects.filter(waiting).order_by("-pk")
        if model is Office:
            rows = rows.select_related("person", "party")
        if model is Statement:
            rows = rows.select_related("speaker", "party")
        for row in rows[: limit - len(found)]:
            names = [name for name in columns if getattr(row, name) == Unknown.NOT_LOOKED_FOR]
            found.append((row, [_label(model, name) for name in names]))
        if len(found) >= limit:
            break
    return found


def _label(model, column):
    field = column.removesuffix("_unknown")
    names = {f.name for f in model._meta.get_fields()}
    return str(model._meta.get_field(field).verbose_name) if field in names else field


def latest_published(at=None, limit=SHOWN):
    return list(Article.objects.published(at).newest_first()[:limit])


def latest_corrections(limit=SHOWN):
    subjects = [*SUBJECTS, "office__person", "office__party", "statement__speaker", "statement__party"]
    rows = Correction.objects.newest_first().select_related(*subjects)
    return list(rows.prefetch_related(Prefetch("article", Article.objects.with_edition()))[:limit])


# How the records of each kind are read with all that their evidence needs: one query for each name below.
EVIDENCED = {
    Pledge: (
        ["donor", "recipient", "part_of", "coalition", "fund", "agreement", "supersedes"],
        ["beneficiaries", "sectors"],
        ["stages", "valuations"],
    ),
    Coalition: (["framework", "formalized_at"], [], ["memberships__party"]),
    Agreement: ([], [], ["signatories__party", "signatories__signed_by"]),
}


def recently_unsupported(limit=SHOWN):
    """Of the pledges, coalitions and agreements changed last, those with a value that no claim bears out.

    [(record, [Evidence])]. It looks at the last few of each kind only; the whole ledger is checked on its own page.
    """
    found = []
    for model, (related, many, parts) in EVIDENCED.items():
        rows = model.objects.select_related(*related).prefetch_related("claims", *many, *parts)
        for record in rows.order_by("-updated_at", "-pk")[:limit]:
            names = dict.fromkeys(name.split("__")[0] for name in parts)
            rows_of = [part for name in names for part in getattr(record, name).all()]
            evidence = Dossier(record, rows_of, record.claims.all())
            if evidence.undocumented:
                found.append((record, evidence.undocumented))
    return found[:limit]


def dead_figures(limit=50):
    """Of the articles that went live last, those whose text names what no record answers to.

    [(article, [what it names])]. The whole ledger is checked on its own page.
    """
    articles = list(Article.objects.published().order_by("-edition__starts_at", "-pk")[:limit])
    named = {article: references(article.live.body) for article in articles}
    dead = set(Figures(reference for found in named.values() for reference in found).dead)
    told = ((article, dict.fromkeys(r.text for r in found if r in dead)) for article, found in named.items())
    return [(article, list(texts)) for article, texts in told if texts]


def sources_left_over(limit=3):
    """Of the newest sources with a text, those with sentences on which nothing rests: [(source, number)].

    Two queries, whatever the limit.
    """
    newest = list(Source.objects.exclude(text="").order_by("-pk")[:limit])
    spans = defaultdict(list)
    resting = Passage.objects.filter(source__in=newest, claims__rank__in=[Rank.PREFERRED, Rank.ALTERNATIVE])
    for source, start, end in resting.order_by().values_list("source_id", "start", "end").distinct():
        spans[source].append((start, end))
    counted = [(source, _left_over(source, spans[source.pk])) for source in newest]
    return [(source, number) for source, number in counted if number]


def _left_over(source, spans):
    return sum(
        not any(start < sentence.end and sentence.start < end for start, end in spans)
        for sentence in sentences(source.text)
    )


# What the log says of a claim that was verified, which changes none of its words.
VERIFIED = "Verified."


def last_saved(rows):
    """The log's newest entry, with its user, about the saving of any of these rows; None where none is logged."""
    about = [
        Q(content_type=ContentType.objects.get_for_model(model), object_id__in=[str(row.pk) for row in found])
        for model, found in groupby(sorted(rows, key=_kind), key=type)
    ]
    entries = LogEntry.objects.filter(reduce(or_, about)).exclude(change_message=VERIFIED)
    return entries.select_related("user").order_by("-action_time", "-pk").first()


def _kind(row):
    return row._meta.label
