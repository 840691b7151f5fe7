"""What an article's page shows, for readers and in a preview alike."""

from django.utils import timezone
from django.utils.translation import override, pgettext_lazy

from aid.choices import CorrectionKind
from aid.languages import DEFAULT
from aid.models.corrections import Correction
from aid.models.publications import Publication
from aid.prose import render
from aid.queries.changed import figures_changed_at as changed_at
from aid.queries.figures import figures_in
from aid.queries.notes import notes_of
from aid.queries.public import Public

VERBS = {
    CorrectionKind.CORRECTION: pgettext_lazy("what became of an article", "Corrected"),
    CorrectionKind.CLARIFICATION: pgettext_lazy("what became of an article", "Clarified"),
    CorrectionKind.UPDATE: pgettext_lazy("what became of an article", "Updated"),
    CorrectionKind.RETRACTION: pgettext_lazy("what became of an article", "Retracted"),
    CorrectionKind.REINSTATEMENT: pgettext_lazy("what became of an article", "Reinstated"),
}


def article_page(article, topics=None, public=None):
    """The page of an article's live revision, with what is public (now, if nothing is given). `topics` are given for
    a text that is not saved and so has none yet."""
    public, live = public or Public(), article.live
    figures, told = figures_in(live.body, public=public), _told(article, public)
    figures_changed_at = changed_at(figures, article.live_at)
    notes = notes_of(figures, public)
    with override(DEFAULT):
        # What stands in the text is named in its language.
        body = render(live.body, figures, {reference: note.number for reference, note in notes.items()})
    return {
        "article": article,
        "live": live,
        "body": body,
        "notes": list(notes.values()),
        "picture_address": live.image.get_absolute_url() if live.image else "",
        "behind": figures.behind,
        "sources": figures.sources,
        "figures_changed_at": figures_changed_at,
        "changed_at": max(filter(None, (article.live_at, figures_changed_at, *(row.decided_at for row in told)))),
        "topics": live.topics.all() if topics is None else topics,
        "revisions": live.number,
        "corrections": told,
        "told": _last_of_each_kind(told),
        "retraction": _retraction(article, told),
    }


def _told(article, public):
    """What readers are told of the article and of the records that it showed, the newest first."""
    if article.pk is None:
        return []
    told = list(public.of(Correction.objects.told_with(article)).with_subjects(public.at).newest_first())
    if article.live_at > public.at:
        # A preview of a text that is scheduled has the note that comes with it.
        told = [*article.corrections.beginning([article.live_at]), *told]
    return told


def _last_of_each_kind(told):
    """For the article's head: what was last done to it, and when, as [(verb, Correction)]."""
    last = {correction.kind: correction for correction in reversed(told)}
    found = sorted(last.values(), key=lambda correction: correction.decided_at, reverse=True)
    return [(VERBS[correction.kind], correction) for correction in found]


def _retraction(article, told):
    """The Correction that says that the article is retracted, or None."""
    own = (row for row in told if row.article_id == article.pk and row.kind == CorrectionKind.RETRACTION)
    return next(own, None) if article.is_retracted else None


def as_if_live(article, revision, at=None):
    """The article as its page has it once readers get this revision; nothing is saved.

    It is dated as the revision's own publication, past or scheduled; else as if it were published at a moment (now,
    if none is given).
    """
    planned = revision.publications.order_by("-starts_at").first() if revision.pk else None
    begins = planned.starts_at if planned else at or timezone.now()
    article.edition = Publication(article=article, revision=revision, starts_at=begins)
    article.published_at = article.published_at or begins
    return article
