"""The steps of an article at the desk: for each a small form with a button, and where the article stands."""

from dataclasses import dataclass
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from aid import moments
from aid.actions.corrections import is_retracted
from aid.actions.publications import publish_article, take_back_schedule, withdraw_article
from aid.actions.workflow import assign_article, make_ready, send_back_article, set_embargo, submit_article
from aid.admin.forms import KeyField, is_key
from aid.admin.moments import MomentField
from aid.admin.published import TellingForm
from aid.admin.reported import offer_reports
from aid.admin.states import StepForm, step_state
from aid.choices import ArticleStatus
from aid.models.articles import Article
from aid.queries.desk import accounts_for_articles
from aid.queries.standing import EMPTY, LIVE, SCHEDULED, is_overdue, log_of, standing
from aid.rules.workflow import CHECKED, STEPS, hindrances, refusal, steps_for

STEP = "aid_article_step"
ENTRIES = 8
# From these stages a text that is saved becomes a draft, or stays one, so that saving and submitting go together.
SAVED_AS_DRAFT = (EMPTY, ArticleStatus.DRAFT, SCHEDULED, LIVE)


# The forms. `places` says at which field an error of the action belongs, by its code.


class PlainForm(StepForm):
    """A step that asks for nothing but its button."""

    places = {}

    def __init__(self, found, *args, **kwargs):
        super().__init__(found.article, *args, **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs |= {"rows": 3, "class": "vLargeTextField"}

    def take(self, error):
        """Puts the errors of an action where they belong."""
        for one in error.error_list:
            self.add_error(self.places.get(one.code), one)


class SendBackForm(PlainForm):
    places = {"reason": "why"}

    why = forms.CharField(
        label="What has to change",
        max_length=2000,
        widget=forms.Textarea,
        help_text="The writer reads it. Readers do not.",
        error_messages={"required": "Say what has to change."},
    )


class PublishForm(TellingForm, PlainForm):
    """What readers are told where a newer text takes the place of the one that they have; else nothing is asked."""

    places = {"correction": "kind"}

    def __init__(self, found, *args, **kwargs):
        super().__init__(found, *args, **kwargs)
        if found.changes:
            self.ask_about(found.changes, is_retracted(found.article))
        else:
            self.ask_nothing()

    @property
    def correction(self):
        return self.cleaned_data["correction"]


class ScheduleForm(PublishForm):
    places = PublishForm.places | dict.fromkeys(("past", "too_far", "same_moment", "embargo"), "at")

    at = MomentField(label="Publish at")

    field_order = ["opened", "at", *TellingForm.telling]

    def __init__(self, found, *args, **kwargs):
        super().__init__(found, *args, **kwargs)
        self.initial["at"] = next((row.starts_at for row in found.coming if row.revision_id), None)
        if found.is_embargoed:
            self.initial["at"] = self.initial["at"] or found.article.embargo_until


class WithdrawForm(PlainForm):
    places = {"reason": "why"}

    why = forms.CharField(
        label="Reason for readers",
        max_length=2000,
        widget=forms.Textarea,
        help_text="It stands at the article's address in its place. A full sentence.",
        error_messages={"required": "Say why: readers are told it where the article stood."},
    )


class ScheduleWithdrawalForm(WithdrawForm):
    places = WithdrawForm.places | dict.fromkeys(("past", "too_far", "same_moment", "not_live"), "at")

    at = MomentField(label="Withdraw at")

    field_order = ["opened", "at", "why"]


class AssignForm(PlainForm):
    places = {"cannot_write": "to", "past": "due_at"}

    to = KeyField(queryset=None, required=False, label="To", empty_label="Nobody")
    due_at = MomentField(required=False, label="Due")
    note = forms.CharField(required=False, max_length=500, label="Note", help_text="What there is to do.")

    def __init__(self, found, *args, **kwargs):
        super().__init__(found, *args, **kwargs)
        self.fields["to"].queryset = accounts_for_articles()
        self.fields["note"].widget.attrs["class"] = "vTextField"
        self.initial |= {"to": found.article.assigned_to_id, "due_at": found.article.due_at}


class EmbargoForm(PlainForm):
    places = dict.fromkeys(("past", "publisher", "scheduled"), "until")

    until = MomentField(
        required=False,
        label="Embargo until",
        help_text="Until then nobody publishes it. Empty both fields for none. Only a publisher ends it sooner.",
    )

    def __init__(self, found, *args, **kwargs):
        super().__init__(found, *args, **kwargs)
        self.initial["until"] = found.article.embargo_until


# What each form does: the action, and the sentence that says what came of it.


def _submit(article, user, form):
    revision = submit_article(article, user)
    return f"Revision {revision.number} is in the fact-check now."


def _send_back(article, user, form):
    to = send_back_article(article, user, form.cleaned_data["why"])
    return f"Sent back to {to}." if to else "Sent back. Nobody is named as its writer, so assign it to somebody."


def _make_ready(article, user, form):
    return f"Revision {make_ready(article, user).number} is ready for a publisher."


def _publish(article, user, form):
    revision = publish_article(article, user, correction=form.correction)
    return f"Published. Readers see revision {revision.number} from now on."


def _schedule(article, user, form):
    at = form.cleaned_data["at"]
    revision = publish_article(article, user, at, form.correction)
    return f"Revision {revision.number} goes live on {moments.told(at)}."


def _take_back(article, user, form):
    take_back_schedule(article, user)
    return "Nothing is scheduled any more."


def _withdraw(article, user, form):
    withdraw_article(article, user, form.cleaned_data["why"])
    return "Withdrawn. Readers find your reason at its address."


def _schedule_withdrawal(article, user, form):
    at = form.cleaned_data["at"]
    withdraw_article(article, user, form.cleaned_data["why"], at)
    return f"To be withdrawn on {moments.told(at)}."


def _assign(article, user, form):
    to, due_at, note = (form.cleaned_data[name] for name in ("to", "due_at", "note"))
    if not assign_article(article, user, to, due_at, note):
        return "Nothing has changed: it was assigned so already."
    return f"Assigned to {to or 'nobody'}{f', due {moments.told(due_at)}' if due_at else ''}."


def _embargo(article, user, form):
    until = form.cleaned_data["until"]
    if not set_embargo(article, user, until):
        return "Nothing has changed: the embargo was so already."
    return f"Under embargo until {moments.told(until)}." if until else "The embargo is lifted."


FORMS = {
    "submit": (PlainForm, _submit),
    "send-back": (SendBackForm, _send_back),
    "make-ready": (PlainForm, _make_ready),
    "publish": (PublishForm, _publish),
    "schedule": (ScheduleForm, _schedule),
    "take-back": (PlainForm, _take_back),
    "withdraw": (WithdrawForm, _withdraw),
    "schedule-withdrawal": (ScheduleWithdrawalForm, _schedule_withdrawal),
    "assign": (AssignForm, _assign),
    "embargo": (EmbargoForm, _embargo),
}


# The panel


@dataclass(frozen=True)
class Offer:
    """A step that an account may take now, as its page shows it."""

    name: str
    label: str
    url: str
    form: forms.Form

    @property
    def fields(self):
        return list(self.form.visible_fields())

    @property
    def is_main(self):
        return self.name in ("submit", "make-ready", "publish")


def address(article, step):
    return reverse(f"admin:{STEP}", args=[article.pk, step])


def panel(user, article):
    """Where an article stands, what this account may do next, what stands in the way of that, and what was done."""
    found = standing(article)
    state = step_state(article)
    steps = steps_for(user, found)
    next_step = CHECKED.get(found.stage)
    reasons = _hindrances(found, next_step, user if next_step in steps else None)
    offers = [_offer(found, name, state) for name in steps if not _is_hindered(name, found, reasons)]
    return {
        "found": found,
        "readers": readers_text(found),
        "assigned": assigned_text(article),
        "is_overdue": is_overdue(article, found.at),
        "hindered": STEPS[next_step].label if next_step else "",
        "reasons": reasons,
        "steps": sorted(offers, key=lambda offer: not offer.is_main),
        "entries": log_of(article, ENTRIES),
    }


def _hindrances(found, next_step, user):
    """What stands in the way of the step that takes the text on; of one that is scheduled, at its minute."""
    if next_step is None:
        return []
    first = next((row.starts_at for row in found.coming if row.revision_id), None)
    return hindrances(next_step, found, user, first if found.stage == SCHEDULED else None)


def _is_hindered(step, found, reasons):
    """Whether a step would be refused. What waits for the end of an embargo can be scheduled."""
    if step == "schedule":
        return any(reason.code != "embargo" for reason in reasons)
    return step in CHECKED.values() and bool(reasons or (step == "publish" and found.is_embargoed))


def _offer(found, name, state):
    form = FORMS[name][0](found, state=state, auto_id=f"id_{name}_%s")
    return Offer(name, STEPS[name].label, address(found.article, name), form)


def readers_text(found):
    """What readers get, in a sentence."""
    edition = found.edition
    if edition is None:
        return "Readers have never seen it."
    since = moments.told(edition.starts_at.replace(second=0, microsecond=0))
    if found.live:
        return f"Readers see revision {found.live.number}, “{found.live.headline}”, since {since}."
    return f"Withdrawn since {since}. Readers are told: “{edition.why}”"


def assigned_text(article):
    who = f"Assigned to {article.assigned_to}" if article.assigned_to_id else "Assigned to nobody"
    return f"{who}, due {moments.told(article.due_at)}." if article.due_at else f"{who}."


# The page of a step: the form alone, and again with what is wrong in it


def urls(model_admin):
    view = model_admin.admin_site.admin_view(partial(step_view, model_admin=model_admin))
    return [path("<str:object_id>/step/<slug:step>/", view, name=STEP)]


def step_view(request, object_id, step, model_admin):
    if step not in STEPS:
        raise Http404("There is no such step.")
    if not request.user.has_perm(STEPS[step].permission) or not model_admin.has_view_permission(request):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if request.method == "POST":
        return _taken(request, object_id, step, model_admin)
    article = _found(Article.objects.with_edition(), object_id)
    found = standing(article)
    form = FORMS[step][0](found, auto_id=f"id_{step}_%s")
    return _page(request, model_admin, found, step, form)


@transaction.atomic
def _taken(request, object_id, step, model_admin):
    # Locked before the form looks whether anybody has done something since the page was opened.
    article = _found(Article.objects.select_for_update(), object_id)
    form_class, take = FORMS[step]
    found = standing(article)
    form = form_class(found, request.POST, auto_id=f"id_{step}_%s")
    if form.is_valid():
        try:
            told = take(article, request.user, form)
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, f"“{_headline(found)}”: {told}")
            if step == "publish":
                offer_reports(request, article)
            return HttpResponseRedirect(reverse("admin:aid_article_change", args=[article.pk]))
    return _page(request, model_admin, found, step, form)


def _found(articles, object_id):
    found = articles.in_bulk([object_id]) if is_key(object_id) else {}
    if not found:
        raise Http404("There is no such article.")
    [article] = found.values()
    return article


def _headline(found):
    return found.newest.headline if found.newest and found.newest.headline else found.article.slug


def _page(request, model_admin, found, step, form):
    article, refused = found.article, refusal(step, found)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": STEPS[step].label,
        "subtitle": _headline(found),
        "opts": model_admin.opts,
        "article": article,
        "article_url": reverse("admin:aid_article_change", args=[article.pk]),
        "headline": _headline(found),
        "found": found,
        "readers": readers_text(found),
        "assigned": assigned_text(article),
        "reasons": [] if refused or form.is_bound else hindrances(step, found, request.user),
        "refused": refused.message if refused and not form.is_bound else "",
        "step": Offer(step, STEPS[step].label, address(article, step), form),
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/aid/article_step.html", context)
