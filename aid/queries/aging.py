"""What grows old: records to look at again, pledges nothing has come of, sources that could get lost."""

from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from django.apps import apps
from django.conf import settings
from django.db.models import CharField, Exists, F, OuterRef, Q, Subquery, Value
from django.utils import timezone

from aid.choices import LinkState, Stage
from aid.models.articles import Article
from aid.models.links import LinkCheck
from aid.models.pledges import Pledge
from aid.models.records import Record, Withdrawable
from aid.models.sources import Source
from aid.models.statements import Statement

SHOWN = 8
# A list is counted no further than this.
MOST = 200
# What an address of a source can stand in.
ADDRESSES = ("url", "archive_url")
DEAD = (LinkState.GONE, LinkState.FAILS)


NAMED_WITH = {Statement: ("speaker", "party")}


@dataclass(frozen=True)
class Aged:
    """The first rows of a list, and how many there are, counted up to MOST; `is_cut` where there are more."""

    rows: list
    count: int

    @property
    def is_cut(self):
        return self.count > MOST

    @property
    def told(self):
        return f"more than {MOST}" if self.is_cut else f"{self.count}"


def kinds():
    """The kinds of record that can have a day for their review."""
    return [model for model in apps.get_app_config("aid").get_models() if issubclass(model, Record)]


def _standing(model):
    return model.objects.standing_at() if issubclass(model, Withdrawable) else model.objects.all()


def to_review(on=None, limit=SHOWN):
    """The records whose day of review has come, the longest due first. One query, and one for each kind found."""
    on = on or timezone.localdate()
    each = [
        _standing(model)
        .filter(review_by__lte=on)
        .order_by()
        .annotate(of_kind=Value(model._meta.model_name, CharField()))
        .values_list("review_by", "of_kind", "pk")
        for model in kinds()
    ]
    due = list(each[0].union(*each[1:], all=True).order_by("review_by", "of_kind", "pk")[: MOST + 1])
    models = {model._meta.model_name: model for model in kinds()}
    shown, found = due[:limit], {}
    for kind in {kind for _, kind, _ in shown}:
        rows = models[kind].objects.filter(pk__in=[pk for _, of, pk in shown if of == kind])
        found |= {(kind, row.pk): row for row in named(rows)}
    return Aged([found[kind, pk] for _, kind, pk in shown], len(due))


def named(rows):
    """Rows with what their names are made of."""
    if rows.model is Source:
        return rows.defer("text")
    if rows.model is Article:
        return rows.with_edition()
    return rows.select_related(*NAMED_WITH.get(rows.model, ()))


def announced_long_ago(on=None, limit=SHOWN):
    """The pledges that were announced so many months ago and have reached no later stage, the oldest first.

    Where no source gives the day, that on which the pledge was recorded counts. One or two queries.
    """
    day = months_before(on or timezone.localdate(), settings.AGING_MONTHS)
    undated = Q(announced_on_latest__isnull=True, created_at__date__lte=day)
    successors = Pledge.objects.filter(supersedes=OuterRef("pk")).order_by()
    rows = (
        _standing(Pledge)
        .filter(Q(announced_on_latest__lte=day) | undated, ~Exists(successors), stage=Stage.ANNOUNCED)
        .order_by(F("announced_on_latest").asc(nulls_last=True), "pk")
    )
    return _aged(rows, limit)


def months_before(day, months):
    """The same day so many months earlier; the last one of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    year = max(year, 1)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError


def without_archive(limit=SHOWN):
    """The sources that stand on the web and have no archived copy, the newest first. One or two queries."""
    rows = _standing(Source).filter(archive_url="").exclude(url="").defer("text").order_by("-pk")
    return _aged(rows, limit)


def dead_links(limit=SHOWN):
    """The addresses of sources that did not answer well when they were last asked, the longest first."""
    current = Q(url=F("source__url")) | Q(url=F("source__archive_url"))
    rows = LinkCheck.objects.filter(current, state__in=DEAD).select_related("source").defer("source__text")
    return _aged(rows.order_by(F("failing_since").asc(nulls_last=True), "pk"), limit)


def _aged(rows, limit):
    first = list(rows[: limit + 1])
    count = len(first) if len(first) <= limit else len(rows.order_by().values_list("pk")[: MOST + 1])
    return Aged(first[:limit], count)


def links_to_check(limit):
    """The addresses of sources, those never checked first, then the longest unchecked: [(source, address)].

    No two of one host follow one another where that can be helped, so that the pauses between them overlap. Two
    queries.
    """
    found = []
    for name in ADDRESSES:
        checked = LinkCheck.objects.filter(source=OuterRef("pk"), url=OuterRef(name)).values("checked_at")[:1]
        rows = Source.objects.exclude(**{name: ""}).annotate(checked=Subquery(checked)).defer("text")
        rows = rows.order_by(F("checked").asc(nulls_first=True), "pk")[:limit]
        found += [(row.checked.timestamp() if row.checked else 0, row.pk, row, getattr(row, name)) for row in rows]
    found.sort(key=lambda one: one[:2])
    return [(row, url) for *_, row, url in found[:limit]]


def interleaved(links, host_of):
    """The same links, those of each host apart from one another."""
    hosts = {}
    for link in links:
        hosts.setdefault(host_of(link[1]), []).append(link)
    return [link for each in zip_longest(*hosts.values()) for link in each if link is not None]


def check_of(source, url):
    """The LinkCheck of an address, to be written anew; None for one that was never checked."""
    return LinkCheck.objects.select_for_update().filter(source=source, url=url).first()


def former_checks(source):
    """The checks of addresses that a source does not have any more."""
    return LinkCheck.objects.filter(source=source).exclude(url__in=[source.url, source.archive_url])
