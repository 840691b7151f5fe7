"""Who has which form open, and what they have typed and not saved. Nothing of it reaches a reader or the log."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from aid.models.drafting import Autosave, DeskPreference, Presence

# Within what is kept: the key of the page on which it was typed.
DRAFT = "draft"
# Characters of a form that are kept. A source can hold a whole document.
LONGEST = 2_000_000


def note_presence(user, form, opened=False):
    """Writes down that an account has a form open, newly `opened` or still. Returns the others who have it open.

    Two queries. What is left over from earlier visitors of this form is removed.
    """
    now = timezone.now()
    found = list(Presence.objects.at(form))
    Presence.objects.bulk_create(
        [Presence(user=user, form=form, opened_at=now, seen_at=now)],
        update_conflicts=True,
        unique_fields=["user", "form"],
        update_fields=["opened_at", "seen_at"] if opened else ["seen_at"],
    )
    if any(not row.counts(now) for row in found if row.user_id != user.pk):
        Presence.objects.gone(now).delete()
    return [row for row in found if row.user_id != user.pk and row.counts(now)]


def leave(user, form):
    """Writes down that an account has closed a form."""
    Presence.objects.of(user, form).delete()
    Presence.objects.gone().delete()


def keep_typed(user, form, typed, draft, state=""):
    """Keeps what an account has typed into a form, in the place of what the same page kept before.

    `typed` is {field: [texts]}, `draft` the key of the page, so that one window never writes over what was typed in
    another. Raises ValidationError with the code `other_draft`, `too_long`, `character` or `off`.
    """
    if not DeskPreference.objects.keeps_typed(user):
        raise ValidationError("What you type is not kept: you have turned that off.", code="off")
    texts = [text for name, values in typed.items() for text in (name, *values)]
    if sum(map(len, texts)) > LONGEST:
        raise ValidationError(
            f"This is too long to be kept while you type: more than {LONGEST:,} characters. Save the form soon.",
            code="too_long",
        )
    if any("\0" in text for text in texts):
        raise ValidationError("What you typed holds a character that no text has. It is not kept.", code="character")
    values = {"typed": typed | {DRAFT: [draft]}, "state": state, "saved_at": timezone.now()}
    try:
        with transaction.atomic():
            row = Autosave.objects.of(user, form).select_for_update().first()
            if row is None:
                return Autosave.objects.create(user=user, form=form, **values)
            if draft_of(row) == draft:
                for name, value in values.items():
                    setattr(row, name, value)
                row.save()
                return row
    except IntegrityError:
        # Two windows at once: the other was first.
        pass
    raise ValidationError(
        "Not kept: what you typed here in another window, or before, is kept already. Open the page anew to put that "
        "back or to discard it; until then only Save keeps what you type here.",
        code="other_draft",
    )


def draft_of(row):
    """The key of the page on which it was typed."""
    return (row.typed.get(DRAFT) or [""])[0]


@transaction.atomic
def drop_typed(user, form, draft=None):
    """Forgets what an account typed into a form; with a draft's key, only if that page typed it."""
    row = Autosave.objects.of(user, form).select_for_update().first()
    if row is not None and draft in (None, draft_of(row)):
        row.delete()


def set_keeping(user, autosaves):
    """Whether what an account types is kept from now on."""
    DeskPreference.objects.update_or_create(user=user, defaults={"autosaves": autosaves})
