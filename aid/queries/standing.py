"""Where an article stands: how far its newest text has come, what readers get, and what is scheduled."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Exists, OuterRef, Prefetch, Subquery
from django.utils import timezone

from aid import moments
from aid.choices import ArticleStatus
from aid.models.articles import Article, ArticleRevision
from aid.models.audit import AuditEntry
from aid.models.publications import Publication
from aid.queries.seen import text_changes

# How far the newest text has come. Beside the three of ArticleStatus it can be missing, or be out already.
EMPTY, SCHEDULED, LIVE = "empty", "scheduled", "live"
OUT = (SCHEDULED, LIVE)


@dataclass(frozen=True)
class Standing:
    """Where one article stands at one moment."""

    article: Article
    newest: ArticleRevision | None
    edition: Publication | None
    coming: tuple[Publication, ...]
    at: datetime

    @cached_property
    def live(self):
        """The revision that readers get, or None."""
        return self.edition.revision if self.edition else None

    @property
    def is_withdrawn(self):
        return self.edition is not None and self.edition.revision_id is None

    @property
    def is_scheduled(self):
        """Whether a text is to go live, not only to be withdrawn."""
        return any(row.revision_id for row in self.coming)

    @property
    def is_embargoed(self):
        until = self.article.embargo_until
        return until is not None and until > self.at

    @cached_property
    def stage(self):
        """How far the newest text has come: `empty`, an ArticleStatus, `scheduled` or `live`.

        What readers have is not unfinished, whatever `status` says: articles were live before there was a way to it.
        """
        if self.newest is None:
            return EMPTY
        if self.live and self.live.pk == self.newest.pk:
            return LIVE
        if any(row.revision_id == self.newest.pk for row in self.coming):
            return SCHEDULED
        return self.article.status

    @cached_property
    def is_newer(self):
        """Whether the newest text has never been before readers, and is not scheduled."""
        return self.newest is not None and self.stage not in OUT and not _has_been_out(self.newest)

    @cached_property
    def changes(self):
        """What would read differently once the newest text takes the place of the one that readers have; [] where
        they have none. As queries/seen.py tells it."""
        if self.live is None or self.stage == LIVE or self.newest is None or self.is_embargoed:
            return []
        return text_changes(self.live, self.newest)

    @property
    def words(self):
        """In plain words, the most telling first: ["Live with newer draft", "Fact-check"]."""
        found = []
        if self.live or self.is_withdrawn:
            state = "Live" if self.live else "Withdrawn"
            found.append(f"{state} with newer draft" if self.is_newer else state)
        if self.stage == EMPTY:
            found.append("Nothing written yet")
        elif self.stage in (ArticleStatus.FACT_CHECK, ArticleStatus.READY) or (self.stage not in OUT and not found):
            found.append(ArticleStatus(self.stage).label)
        found += [
            f"{'Scheduled for' if row.revision_id else 'To be withdrawn on'} {moments.told(row.starts_at)}"
            for row in self.coming
        ]
        if self.is_embargoed and not self.is_scheduled:
            # What is scheduled never begins sooner.
            found.append(f"Under embargo until {moments.told(self.article.embargo_until)}")
        return found


def _has_been_out(revision):
    if not hasattr(revision, "has_been_out"):
        revision.has_been_out = revision.publications.exists()
    return revision.has_been_out


def newest_number(path="pk"):
    """The number of an article's newest revision, for a query whose rows have the article's key at `path`."""
    newest = ArticleRevision.objects.filter(article=OuterRef(path)).order_by("-number")
    return Subquery(newest.values("number")[:1])


def with_standing(articles, at=None):
    """The articles with all that `standing` needs: two queries, however many they are."""
    newest = (
        ArticleRevision.objects.filter(number=newest_number("article_id"))
        .annotate(has_been_out=Exists(Publication.objects.filter(revision=OuterRef("pk"))))
        .select_related("created_by")
        .defer("body", "standfirst")
    )
    coming = Publication.objects.coming(at).in_order().select_related("revision")
    return articles.with_edition(at).prefetch_related(
        Prefetch("revisions", newest, to_attr="newest_revisions"),
        Prefetch("publications", coming, to_attr="coming_publications"),
    )


def standing(article, at=None):
    """Where an article stands at a moment (now, if none is given). Three queries, none after `with_standing`."""
    at = at or timezone.now()
    if hasattr(article, "coming_publications"):
        newest, coming = article.newest_revisions, article.coming_publications
    else:
        newest = article.revisions.select_related("created_by").order_by("-number")[:1]
        coming = article.publications.coming(at).in_order().select_related("revision")
    return Standing(article, next(iter(newest), None), article.current, tuple(coming), at)


def is_overdue(article, at=None):
    return article.due_at is not None and article.due_at < (at or timezone.now())


def authors_since_live(found):
    """The accounts that wrote what readers do not have yet: those of each revision after the one that is live."""
    revisions = found.article.revisions.order_by()
    if found.live:
        revisions = revisions.filter(number__gt=found.live.number)
    return set(revisions.values_list("created_by", flat=True))


def log_of(article, limit):
    """The newest entries of the audit log about an article."""
    return list(AuditEntry.objects.about(article)[:limit])
