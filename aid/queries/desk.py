"""What the desk lists: what waits for an editor, what is live, what is broken. Each takes a few queries at most."""

from collections import defaultdict
from datetime import date
from functools import reduce
from itertools import count, groupby
from operator import or_

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from aid.choices import ArticleStatus, AuditAction, Rank, Unknown
from aid.intake.sentences import sentences
from aid.models.agreements import Agreement
from aid.models.articles import Article, ArticleRevision
from aid.models.audit import AuditEntry
from aid.models.claims import SUBJECTS, Claim
from aid.models.coalitions import Coalition
from aid.models.corrections import Correction
from aid.models.events import Event
from aid.models.people import Office
from aid.models.pledges import Pledge
from aid.models.publications import Publication
from aid.models.sources import Passage, SetAside, Source
from aid.models.statements import Assertion, Statement
from aid.prose import references
from aid.queries.claims import WITH_NAMES, unverified_by_others
from aid.queries.figures import Figures
from aid.queries.provenance import Dossier
from aid.queries.standing import newest_number

SHOWN = 8

ARTICLE_STATES = [
    ("draft", "Draft"),
    ("fact_check", "Fact-check"),
    ("ready", "Ready"),
    ("scheduled", "Scheduled"),
    ("live", "Live"),
    ("newer", "Live with newer draft"),
    ("withdrawn", "Withdrawn"),
]
ASSIGNMENTS = [("me", "Me"), ("nobody", "Nobody")]
DUE = [("overdue", "Overdue"), ("to_come", "Due later"), ("none", "No due date")]

# The kinds of record that can hold "not looked for yet", in the order in which the desk asks for them.
WITH_UNKNOWNS = (Pledge, Coalition, Agreement, Event, Statement, Assertion, Office, Source)


def articles_in_state(articles, state):
    """Those of the articles that are in one of ARTICLE_STATES.

    “Draft”, “Fact-check” and “Ready” are those whose newest text is at that stage, whatever readers have.
    """
    if state in ArticleStatus.values:
        found = _with_unpublished_text(state).filter(status=state)
    elif state == "scheduled":
        found = Article.objects.filter(Exists(Publication.objects.coming().filter(article=OuterRef("pk"))))
    elif state == "live":
        found = Article.objects.with_edition().filter(edition__revision__isnull=False)
    elif state == "newer":
        found = _with_unpublished_text(ArticleStatus.DRAFT).with_edition().filter(edition__revision__isnull=False)
    elif state == "withdrawn":
        found = Article.objects.with_edition().filter(edition__isnull=False, edition__revision__isnull=True)
    else:
        return articles.none()
    return articles.filter(pk__in=found.order_by().values("pk"))


def _with_unpublished_text(status):
    """Articles whose newest text readers neither have nor are scheduled to get, or that have no text yet.

    A text that was withdrawn is no draft; it can be in the fact-check, or ready to be published once more.
    """
    out = Publication.objects.filter(article=OuterRef("pk"), revision__number=OuterRef("newest"))
    if status != ArticleStatus.DRAFT:
        out = out.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))
    return Article.objects.alias(newest=newest_number()).filter(~Exists(out))


def articles_assigned(articles, to, user):
    """Those assigned to `me`, to `nobody`, or to the account of a number; none for what is no number."""
    if to == "nobody":
        return articles.filter(assigned_to=None)
    if to == "me":
        return articles.filter(assigned_to=user)
    return (
        articles.filter(assigned_to=int(to)) if to.isascii() and to.isdecimal() and len(to) < 19 else articles.none()
    )


def articles_due(articles, when, at=None):
    """Those that are due at a time of DUE, seen from a moment (now, if none is given)."""
    at = at or timezone.now()
    conditions = {"overdue": Q(due_at__lt=at), "to_come": Q(due_at__gte=at), "none": Q(due_at=None)}
    return articles.filter(conditions[when]) if when in conditions else articles.none()


def free_address(model, wanted):
    """An address that no row of a model has: the wanted one, or the same with a number."""
    longest = model._meta.get_field("slug").max_length
    taken = set(model.objects.filter(slug__startswith=wanted[: longest - 6]).values_list("slug", flat=True))
    tried = (f"{wanted[: longest - 6]}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(slug for slug in tried if slug not in taken)


def accounts_with_articles():
    """The accounts that have an article assigned to them, by name."""
    assigned = Article.objects.exclude(assigned_to=None).order_by().values("assigned_to")
    return list(get_user_model().objects.filter(pk__in=assigned).order_by("username"))


def accounts_for_articles():
    """The accounts that articles can be assigned to, by name."""
    backend = "django.contrib.auth.backends.ModelBackend"
    found = get_user_model().objects.with_perm("aid.change_article", backend=backend)
    return found.filter(is_staff=True).order_by("username")


def currencies_in_use():
    """The currencies in which any pledge is given, in alphabetical order."""
    return list(
        Pledge.objects.exclude(currency="").order_by("currency").values_list("currency", flat=True).distinct()
    )


def in_currency(rows, code):
    return rows.filter(currency=code)


def pledge_numbered(key):
    """The pledge with a number, or None."""
    return Pledge.objects.filter(pk=key).first()


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


def claims_reopened(limit=SHOWN):
    """The claims that wait for a decision because something happened to their source, the longest first."""
    claims = Claim.objects.reopened().select_related("source", "recorded_by", *WITH_NAMES)
    return list(claims.order_by("reopened_at", "pk")[:limit])


# The lists of articles on the desk's home page: one query each. Each article has `newest_headline` and `newest_by`.


def _listed(articles):
    newest = ArticleRevision.objects.filter(article=OuterRef("pk")).order_by("-number")
    return articles.annotate(
        newest_headline=Subquery(newest.values("headline")[:1]),
        newest_by=Subquery(newest.values("created_by__username")[:1]),
    ).order_by(F("due_at").asc(nulls_last=True), "-updated_at", "-pk")


def assigned_to(user, limit=SHOWN):
    return list(_listed(Article.objects.filter(assigned_to=user))[:limit])


def drafts_of(user, limit=SHOWN):
    """Unfinished texts that this account saved last and that are assigned to nobody."""
    newest = ArticleRevision.objects.filter(article=OuterRef("pk")).order_by("-number")
    drafts = articles_in_state(Article.objects.filter(assigned_to=None), "draft")
    return list(_listed(drafts.alias(by=Subquery(newest.values("created_by")[:1])).filter(by=user.pk))[:limit])


def sent_back_to(user, limit=SHOWN):
    """Drafts assigned to an account that came back from the fact-check: each with `sent_back_by` and `why`."""
    steps = AuditEntry.objects.filter(
        kind=Article._meta.model_name,
        number=OuterRef("pk"),
        action__in=[AuditAction.SUBMITTED, AuditAction.SENT_BACK],
    ).order_by("-at", "-pk")
    drafts = articles_in_state(Article.objects.filter(assigned_to=user), "draft").annotate(
        last_step=Subquery(steps.values("action")[:1]),
        sent_back_by=Subquery(steps.values("username")[:1]),
        why=Subquery(steps.values("why")[:1]),
    )
    return list(_listed(drafts.filter(last_step=AuditAction.SENT_BACK))[:limit])


def to_check(user, limit=SHOWN):
    """Texts in the fact-check that others saved last and that are assigned to this account or to nobody."""
    return list(_others(articles_in_state(_open_to(user), "fact_check"), user)[:limit])


def to_publish(user, limit=SHOWN):
    """Texts that are ready, assigned to this account or to nobody."""
    return list(_listed(articles_in_state(_open_to(user), "ready"))[:limit])


def _open_to(user):
    return Article.objects.filter(Q(assigned_to=None) | Q(assigned_to=user))


def _others(articles, user):
    name = user.get_username()
    return _listed(articles).filter(Q(assigned_to=user) | Q(newest_by=None) | ~Q(newest_by=name))


def overdue(user=None, at=None, limit=SHOWN):
    """Articles whose due date has passed: those assigned to an account, or, without one, all."""
    articles = Article.objects.all() if user is None else Article.objects.filter(assigned_to=user)
    return list(_listed(articles_due(articles, "overdue", at)).select_related("assigned_to")[:limit])


def scheduled(at=None, limit=SHOWN):
    """What happens next on the public site without anybody doing anything: publications to come."""
    coming = Publication.objects.coming(at).select_related("article", "revision")
    newest = ArticleRevision.objects.filter(article=OuterRef("article")).order_by("-number")
    coming = coming.annotate(newest_headline=Subquery(newest.values("headline")[:1]))
    return list(coming.order_by("starts_at", "pk")[:limit])


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
    """Of the newest sources with a text, those with sentences on which nothing rests and that nobody set aside:
    [(source, number)].

    Three queries, whatever the limit.
    """
    newest = list(Source.objects.exclude(text="").order_by("-pk")[:limit])
    spans = defaultdict(list)
    resting = Passage.objects.filter(source__in=newest, claims__rank__in=[Rank.PREFERRED, Rank.ALTERNATIVE])
    for source, start, end in resting.order_by().values_list("source_id", "start", "end").distinct():
        spans[source].append((start, end))
    for source, start, end in SetAside.objects.filter(source__in=newest).values_list("source_id", "start", "end"):
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
