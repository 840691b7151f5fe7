"""When readers see a record: its embargo in the form, and what would vanish with it that readers have now."""

from django import forms
from django.contrib import messages
from django.contrib.messages.storage import default_storage
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import Truncator

from aid import moments
from aid.actions.withdrawals import note_embargo
from aid.models.claims import Claim
from aid.models.records import Withdrawable
from aid.prose import KINDS
from aid.queries.figures import articles_naming
from aid.queries.public import NODES, Public, newly_hidden, shown_from
from aid.rules.embargoes import check_embargo

# How many of the records that would vanish are named, and how much of each name.
NAMED, LONGEST_NAME = 12, 100

WHEN = (
    "When readers see it",
    {
        "description": "Without an embargo readers see it as soon as it is saved.",
        "fields": ["embargo_until", "review_by"],
    },
)


class VanishingError(Exception):
    """What was saved would take from readers what they have now. Holds a sentence for each line of it."""

    def __init__(self, sentences):
        super().__init__(sentences)
        self.sentences = sentences


class AgreedField(forms.BooleanField):
    """A tick that agrees to something. It changes nothing by itself."""

    def has_changed(self, initial, data):
        return False


class VanishingForm(forms.ModelForm):
    """Mixin: a form that is saved only once somebody has read what readers would lose by it."""

    vanishes = AgreedField(
        label="Readers lose them until then: save it",
        required=False,
        help_text="Tick it once you have read above what would vanish.",
    )

    def clean(self):
        cleaned = super().clean()
        first, *others = getattr(self.instance, "vanishing", None) or [None]
        if first:
            self.add_error(None, ValidationError(first, code="vanishes"))
        for sentence in others:
            self.add_error(None, ValidationError(sentence, code="vanishing"))
        return cleaned

    def clean_embargo_until(self):
        until = self.cleaned_data["embargo_until"]
        if until != self.instance.embargo_until:
            check_embargo(self.instance, self.instance.saved_by, until, timezone.now())
        return until


class Embargoes:
    """Mixin for the admin: “When readers see it” in the form of each record, and a question before anything vanishes.

    What would vanish is found out by saving and looking: then no way is forgotten in which a record can hang on
    another. If it is not agreed to, the transaction is rolled back, and the form comes back with the list.
    """

    @property
    def can_be_embargoed(self):
        return issubclass(self.model, Withdrawable)

    @property
    def can_hide(self):
        """Whether saving a row of the kind can hide records."""
        return self.model in NODES or self.model is Claim

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if self.can_be_embargoed:
            fieldsets = [*fieldsets, WHEN]
        if getattr(request, "vanishing", None) or "vanishes" in request.POST:
            # Once ticked it stays, where the form comes back for another reason.
            fieldsets = [("What would vanish", {"fields": ["vanishes"]}), *fieldsets]
        return fieldsets

    def _create_formsets(self, request, obj, change):
        obj.vanishing, obj.saved_by = getattr(request, "vanishing", ()), request.user
        return super()._create_formsets(request, obj, change)

    def save_form(self, request, form, change):
        if self.can_hide:
            # Asked here, before anything is written.
            request.readers_had = Public().kept()
        return super().save_form(request, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if self.can_hide:
            self._ask_about_vanishing(request, form, change)
        if self.can_be_embargoed and "embargo_until" in form.changed_data:
            note_embargo(form.instance, request.user, form.initial.get("embargo_until"))

    def _ask_about_vanishing(self, request, form, change):
        row, now = form.instance, Public()
        rows, count = newly_hidden(request.readers_had, now, NAMED, besides=None if change else row)
        if count and not form.cleaned_data.get("vanishes"):
            raise VanishingError(list(told(sorted(rows, key=lambda other: other != row), count)))
        if self.model in NODES and now.hides(row):
            moment = shown_from(row)
            messages.info(request, f"Readers do not see “{row}” yet. They do from {moments.told(moment)} on.")

    def changeform_view(self, request, *args, **kwargs):
        try:
            return super().changeform_view(request, *args, **kwargs)
        except VanishingError as error:
            # What the form said of its saving is as void as the saving.
            request._messages = default_storage(request)
            request.vanishing = error.sentences
            return super().changeform_view(request, *args, **kwargs)


def told(rows, count):
    """What would vanish, as sentences: what this is about, each record, and the articles that show one of them."""
    yield (
        "Nothing is saved yet. Readers would lose what they have now, because it would be under embargo or hang on "
        "what is. If that is meant, tick the box below the list and press Save once more."
    )
    for row in rows:
        kind = str(row._meta.verbose_name)
        yield f"{kind[:1].upper()}{kind[1:]} “{Truncator(row).chars(LONGEST_NAME)}”"
    if count > len(rows):
        yield f"and {count - len(rows):,} more"
    named = [articles_naming(row._meta.model_name, row) for row in rows if row._meta.model_name in KINDS]
    articles = list({article.pk: article for found in named for article in found}.values())
    if articles:
        headlines = "; ".join(f"“{article.live.headline}”" for article in articles[:NAMED])
        more = f" and {len(articles) - NAMED:,} more" if len(articles) > NAMED else ""
        yield f"Its figures would read “figure not available” in {headlines}{more}."
