"""What the desk lists: what waits for an editor, what is live, what is broken. Each takes a few queries at most."""

from functools import reduce
from operator import or_

from django.db.models import F, Q

from aid.choices import Unknown
from aid.models.agreements import Agreement
from aid.models.articles import Article
from aid.models.claims import SUBJECTS, Claim
from aid.models.coalitions import Coalition
from aid.models.corrections import Correction
from aid.models.events import Event
from aid.models.people import Office
from aid.models.pledges import Pledge
from aid.models.sources import Source
from aid.models.statements import Assertion, Statement
from aid.queries.claims import WITH_NAMES, unverified_by_others
from aid.queries.coverage import coverage
from aid.queries.provenance import dossier

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
        "live": Q(live__isnull=False),
        "newer": Q(revisions__number__gt=F("live__number")),
        "draft": Q(live__isnull=True, published_at__isnull=True),
        "withdrawn": Q(live__isnull=True, published_at__isnull=False),
    }
    return articles.filter(conditions[state]).distinct() if state in conditions else articles.none()


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
    return list(Correction.objects.newest_first().select_related("article__live", *subjects)[:limit])


def recently_unsupported(limit=SHOWN):
    """Of the pledges, coalitions and agreements changed last, those with a value that no claim bears out.

    [(record, [Evidence])]. It looks at the last few of each kind only; the whole ledger is checked on its own page.
    """
    found = []
    for model in (Pledge, Coalition, Agreement):
        for record in model.objects.order_by("-updated_at", "-pk")[:3]:
            broken = dossier(record).undocumented
            if broken:
                found.append((record, broken))
    return found[:limit]


def sources_left_over(limit=3):
    """Of the newest sources with a text, those with sentences on which nothing rests: [(source, number)]."""
    newest = Source.objects.exclude(text="").order_by("-pk")[:limit]
    counted = [(source, len(coverage(source).left_over())) for source in newest]
    return [(source, number) for source, number in counted if number]
