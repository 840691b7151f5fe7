"""Readers' reports: what one is about as readers have it now, what the desk needs beside it, and how many come."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Count, Min, Prefetch, Q
from django.utils import timezone

from aid.choices import ReportState
from aid.models.articles import Article
from aid.models.claims import SUBJECTS, Claim
from aid.models.corrections import CORRECTED, Correction
from aid.models.records import Evidenced
from aid.models.reports import OPEN, Report, ReportTally
from aid.queries.addresses import standing_now
from aid.queries.claim_pages import ClaimPage, claim_page, claims_for_pages
from aid.queries.claims import WITH_NAMES, claim_label

SITE = "site"
# A report that nobody ended keeps its reader's address no longer than that.
LONGEST_OPEN = timedelta(days=365)
# A report that nobody has ended after so long stands on the desk as one that waits too long.
LATE = timedelta(days=3)
# So many of what may be chosen from stand on a report's page.
OFFERED = 20


# What a report is about


@dataclass(frozen=True)
class Subject:
    """What a report is about, as readers have it: a claim, an article, or neither, which is the site itself.

    `shown` is None for a claim of a record that was withdrawn. `mark` names it in the form's token.
    """

    claim: Claim | None = None
    shown: ClaimPage | None = None
    article: Article | None = None
    is_withdrawn: bool = False

    @property
    def mark(self):
        if self.claim:
            return f"claim:{self.claim.key}"
        return f"article:{self.article.pk}" if self.article else SITE

    @property
    def record(self) -> Evidenced | None:
        return self.claim.subject if self.claim else None

    @property
    def what(self):
        """What readers have there, on one line; "" where there is nothing to say."""
        if self.shown:
            return f"{self.shown.label}: {self.shown.text} – {self.record}"
        return self.article.public_headline if self.article and not self.is_withdrawn else ""


def claim_subject(key, public):
    """The Subject of a claim's key; None where readers have no such claim."""
    claim = public.named(claims_for_pages()).by_key(key) if key.isprintable() else None
    if claim is None:
        return None
    if public.of(Claim.objects.all()).by_key(key) is None:
        # Its record was withdrawn, and the page of it shows no value any more.
        return Subject(claim, is_withdrawn=True)
    shown = claim_page(claim, public)
    return Subject(claim, shown, is_withdrawn=shown.is_withdrawn)


def article_subject(slug, public):
    """The Subject of an article's address, be it a former one; None where readers have no such article."""
    number = standing_now({("article", slug)}).get(("article", slug))
    at = Q(slug=slug) | Q(pk=number)
    if article := public.of(Article.objects.all()).filter(at).first():
        return Subject(article=article)
    if article := Article.objects.withdrawn(public.at).filter(at).first():
        return Subject(article=article, is_withdrawn=True)
    return None


def subject_of(report, public):
    """The Subject of a report as readers have it; None where it is kept from them, or gone."""
    if report.claim_key:
        return claim_subject(report.claim_key, public)
    return article_subject(report.article.slug, public) if report.article else Subject()


# Looking one up


def report_at(reference):
    """The report of a reference, with whether an address is kept with it and without the address; or None."""
    reports = Report.objects.select_related("article", "duplicate_of").defer("email", "duplicate_of__email")
    return reports.annotate(has_address=~Q(email="")).filter(reference=reference).first()


def is_received(reference):
    return Report.objects.filter(reference=reference).exists()


def public_correction(report, public):
    """The correction that a report ended as, if readers have it; else None."""
    rows = public.of(Correction.objects.with_subjects(public.at))
    return rows.filter(pk=report.correction_id).first() if report.correction_id else None


def same_words(subject, message, page=""):
    """The open report about the same thing that says the same in the same words, the first of them; or None. Where it
    is about the site, the page that is named is the thing."""
    about = Report.objects.on(subject.claim.key if subject.claim else "", subject.article).open().filter(page=page)
    wanted = folded(message)
    # Of what is reported that often each is one look; the newest ones are those that are sent twice.
    rows = about.filter(duplicate_of__isnull=True).order_by("-pk").only("pk", "message", "state")[:200]
    return next((row for row in reversed(rows) if folded(row.message) == wanted), None)


def folded(text):
    return " ".join(text.casefold().split())


# For the desk


def for_desk(reports):
    """Reports with the names that a list of them shows, but for those of claims: see `claims_of`."""
    rows = reports.with_people().defer("message", "evidence", "email")
    return rows.prefetch_related(Prefetch("article", Article.objects.with_edition()))


def claims_of(reports):
    """The claims that reports are about, with their names: {key: Claim}. One query."""
    keys = {report.claim_key for report in reports if report.claim_key}
    claims = Claim.objects.filter(key__in=keys).select_related("source", *WITH_NAMES).defer("source__text")
    return {claim.key: claim for claim in claims}


def name_of(report, claims):
    """What a report is about, for the desk: “Amount of Cyber support”."""
    if report.claim_key:
        claim = claims.get(report.claim_key)
        return (
            f"{claim_label(claim)} of {claim.subject}" if claim else f"a claim that was deleted ({report.claim_key})"
        )
    return str(report.article) if report.article else f"the site{f', {report.page}' if report.page else ''}"


def waiting(limit, waits=timedelta(0), at=None):
    """The open reports that have waited so long, at most so many, the longest first."""
    rows = Report.objects.waiting_since((at or timezone.now()) - waits)
    return list(for_desk(rows)[:limit])


def open_counts(at=None):
    """(how many reports are open, how many of them are late). One query."""
    late = Q(received_at__lte=(at or timezone.now()) - LATE)
    found = Report.objects.open().aggregate(open=Count("pk"), late=Count("pk", late))
    return found["open"], found["late"]


def reports_in(reports, standing):
    """Those of the reports that stand so: in a state, “open”, “late”, about a “claim”, “article” or the “site”."""
    conditions = {
        "open": Q(state__in=OPEN),
        "late": Q(state__in=OPEN, received_at__lte=timezone.now() - LATE),
        "claim": ~Q(claim_key=""),
        "article": Q(article__isnull=False),
        "site": Q(claim_key="", article__isnull=True),
    }
    return reports.filter(conditions.get(standing, Q(state=standing)))


def desk_subject(report):
    """The Subject of a report with all that there is, for the desk; None for a claim that was deleted."""
    if report.claim_key:
        claim = claims_for_pages().by_key(report.claim_key)
        return Subject(claim, claim_page(claim)) if claim else None
    if report.article_id:
        # With the headline that its name is made of.
        report.article = Article.objects.with_edition().get(pk=report.article_id)
    return Subject(article=report.article)


def others_on(report):
    """The other reports about the same thing, the newest first."""
    return list(report.on_its_subject().exclude(pk=report.pk).order_by("-received_at", "-pk")[:OFFERED])


def repeatable(report):
    """Those of which a report can be the duplicate: all others that are none themselves and do not repeat it."""
    return Report.objects.exclude(pk=report.pk).filter(duplicate_of__isnull=True).order_by("-received_at", "-pk")


def corrections_for(report, record=None, at=None):
    """The corrections that a report can have led to, the newest first: what readers were told of its record or
    article, and, since it came, of anything else."""
    told = Q(decided_at__gte=report.received_at)
    if record is not None:
        column = next(name for name, model in CORRECTED.items() if model == record._meta.label)
        told |= Q(**{column: record})
    if report.article_id:
        told |= Q(article=report.article) | Q(affected=report.article)
    numbers = Correction.objects.public(at).filter(told).order_by().values("pk")
    return Correction.objects.with_subjects(at).filter(pk__in=numbers).newest_first()


def open_about(subject):
    """The open reports about a record's claims, or about an article, the oldest first."""
    if isinstance(subject, Article):
        return list(Report.objects.open().filter(article=subject))
    column = next((name for name, model in SUBJECTS.items() if model == subject._meta.label), None)
    if column is None:
        return []
    keys = Claim.objects.filter(**{column: subject}).order_by().values("key")
    return list(Report.objects.open().filter(claim_key__in=keys))


def accounts_for_reports():
    """The accounts that can end a report, by name."""
    backend = "django.contrib.auth.backends.ModelBackend"
    found = get_user_model().objects.with_perm("aid.change_report", backend=backend)
    return found.filter(is_staff=True).order_by("username")


def report_numbered(text):
    """The report of a number in an address; None for what is none."""
    is_number = text.isascii() and text.isdecimal() and len(text) < 19
    return Report.objects.filter(pk=int(text)).first() if is_number else None


def held(*reports):
    """The reports as they stand, held still until the end of the transaction; always in one order, so that two who
    hold the same never wait for one another."""
    numbers = [report.pk for report in reports]
    rows = Report.objects.select_for_update(of=("self",)).select_related("article").filter(pk__in=numbers)
    found = {row.pk: row for row in rows.order_by("pk")}
    return [found[number] for number in numbers]


# Counts


@dataclass(frozen=True)
class Counts:
    """How many reports have come by a moment, since when, and how they stood: the states add up to all."""

    received: int
    since: datetime | None
    by_state: dict

    @property
    def open(self):
        return sum(self.by_state[state] for state in OPEN)


def report_counts(at):
    """The Counts at a moment. Two queries."""
    reports = Report.objects.received_by(at)
    whole = reports.aggregate(received=Count("pk"), since=Min("received_at"))
    ended = reports.ended_by(at).order_by().values_list("state").annotate(number=Count("pk"))
    by_state = defaultdict(int, dict.fromkeys(ReportState.values, 0)) | dict(ended)
    # What has ended since was open then.
    by_state[ReportState.RECEIVED] += whole["received"] - sum(by_state.values())
    return Counts(**whole, by_state=dict(by_state))


def corrections_by_kind(public):
    """How many corrections of each kind readers have: [(kind, number)], without kinds of which there are none."""
    rows = public.of(Correction.objects.all()).order_by().values_list("kind").annotate(number=Count("pk"))
    return sorted(rows)


# Deleting what readers wrote


def to_erase(at, days=None):
    """(the reports that ended so many days ago and still have words, those open so long that their reader's address
    goes), as they are to be deleted at a moment."""
    days = settings.REPORT_DAYS if days is None else days
    ended = Report.objects.with_words().ended_by(at - timedelta(days=days))
    stale = Report.objects.with_address().waiting_since(at - LONGEST_OPEN)
    return ended, stale


def tallies_over(at):
    return ReportTally.objects.over(at)
