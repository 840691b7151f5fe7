"""Bringing back what an earlier revision of an article said, as a new revision."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from aid.actions.articles import TEXT_FIELDS, latest_revision, save_revision
from aid.models.articles import Article

CHANGE = "aid.change_article"


@transaction.atomic
def restore_revision(revision, newest, by, why):
    """Appends a revision that says what an earlier one said, and returns it. What readers get stays as it is.

    `newest` is the number of the newest revision that somebody has seen. Raises PermissionDenied, or ValidationError
    with the code `stale` where another one has been saved since, `reason` without a reason, and `same` where the
    newest one says the same.
    """
    if not by.has_perm(CHANGE):
        raise PermissionDenied
    if not why.strip():
        raise ValidationError("Say why: the reason stands in the history.", code="reason")
    article = Article.objects.select_for_update().get(pk=revision.article_id)
    last = latest_revision(article)
    if last.number != newest:
        raise ValidationError(
            f"Nothing is restored: {last.created_by or 'somebody'} saved revision {last.number} after you opened "
            f"this page. Compare with that one, and restore once more if it is still right.",
            code="stale",
        )
    text = {name: getattr(revision, name) for name in TEXT_FIELDS} | {"topics": list(revision.topics.all())}
    restored = save_revision(article, text, by, why.strip(), restores=revision.number)
    if restored is None:
        raise ValidationError(
            f"Nothing is restored: revision {last.number}, the newest one, says the same already.", code="same"
        )
    return restored
