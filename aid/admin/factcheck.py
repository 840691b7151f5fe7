"""The desk's fact-check: all that an article says, each thing beside what supports it, and who signed it off."""

from dataclasses import dataclass, field
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from aid.actions.checks import CHECK, authors_of, exempt_article, sign_off
from aid.admin.forms import is_key
from aid.models.articles import Article
from aid.models.claims import Claim
from aid.queries.checks import Check, Item, newest_text
from aid.queries.grounds import manuscript
from aid.queries.lapsed import explain
from aid.queries.places import Place, place_in
from aid.queries.readings import Row
from aid.queries.revisions import revision_numbered
from aid.queries.supports import conversion_behind
from aid.rules.publishing import reasons_of
from aid.rules.reasons import mend_at

FACT_CHECK, EXEMPT = "aid_article_factcheck", "aid_article_exempt"
NOTE = forms.CharField(required=False, max_length=1000)
WHY = forms.CharField(
    max_length=1000, error_messages={"required": "Say why it may go live all the same."}, strip=True
)


def urls(model_admin):
    wrap = model_admin.admin_site.admin_view
    return [
        path("<str:object_id>/fact-check/", wrap(partial(check_view, model_admin=model_admin)), name=FACT_CHECK),
        path("<str:object_id>/exempt/", wrap(partial(exempt_view, model_admin=model_admin)), name=EXEMPT),
    ]


def tools(request, article):
    return [("Fact-check", address(article))] if request.user.has_perm("aid.view_article") else []


def address(article):
    return reverse(f"admin:{FACT_CHECK}", args=[article.pk])


# The page


@dataclass
class ShownClaim:
    """A claim as the page shows it, with its words in their source; `repeats` where they stand above already."""

    claim: Claim
    lead: str
    value: str
    disagrees: bool
    places: list[Place]
    repeats: bool
    url: str


@dataclass
class ShownRow:
    """One field of a record as evidence: its name, its value, and the claims about it."""

    row: Row
    claims: list[ShownClaim]
    url: str


@dataclass
class Typed:
    """What somebody sent with the form, kept where an item could not be signed off."""

    ticked: set = field(default_factory=set)
    notes: dict = field(default_factory=dict)
    refused: dict = field(default_factory=dict)


@dataclass
class ShownItem:
    """An item with everything beside it, as the account in question may treat it."""

    item: Item
    rows: list[ShownRow]
    near: list[ShownRow]
    record_url: str
    conversion: object
    why_not: str
    is_ticked: bool
    note: str
    refused: str


@dataclass
class Shown:
    """A check as the page shows it to one account."""

    check: Check
    user: object
    may_sign: bool
    typed: Typed

    def item(self, item):
        grounds = self.check.manuscript.grounds
        record = grounds.record(item.thing.reference) if item.thing.reference else None
        seen = set()
        return ShownItem(
            item,
            [self._row(row, seen) for row in item.support.rows],
            [self._row(row, seen) for row in item.support.near],
            mend_at(record) if record else "",
            conversion_behind(grounds, item.thing.reference),
            self.check.reason_not_to_sign(item, self.user) if self.may_sign else "",
            item.state in self.typed.ticked,
            self.typed.notes.get(item.state, ""),
            self.typed.refused.get(item.state, ""),
        )

    def _row(self, row, seen):
        claims = []
        for said in row.said:
            passages = list(said.claim.passages.all())
            places = [
                place_in(
                    self.check.manuscript.grounds, passage.source, (passage.start, passage.end), said.claim.wording
                )
                for passage in passages
                if passage.pk not in seen
            ]
            repeats = bool(passages) and not places
            seen.update(passage.pk for passage in passages)
            url = reverse("admin:aid_claim_change", args=[said.claim.pk])
            claims.append(ShownClaim(said.claim, said.lead, said.reading.text, said.disagrees, places, repeats, url))
        return ShownRow(row, claims, mend_at(row.evidence.target))

    @property
    def paragraphs(self):
        return [(found, [self.item(item) for item in found.items]) for found in self.check.paragraphs]


def check_view(request, object_id, model_admin):
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    article = _article(object_id)
    if request.method in ("GET", "HEAD"):
        return _page(request, model_admin, article)
    if request.method != "POST":
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if not request.user.has_perm(CHECK):
        raise PermissionDenied
    return _signed(request, model_admin, article)


def _signed(request, model_admin, article):
    """Signs off what was ticked. What could not be is told beside the item, with its note and its tick kept."""
    ticked = [state for state in dict.fromkeys(request.POST.getlist("item")) if state]
    notes, too_long = _notes(request, ticked)
    if not ticked:
        messages.warning(request, "Nothing was ticked. Tick what you held against its evidence, then sign it off.")
        return _page(request, model_admin, article, Typed(notes=_typed_notes(request)))
    number = request.POST.get("revision", "")
    seen = revision_numbered(article, int(number)) if is_key(number) else None
    done = sign_off(article, request.user, {s: notes[s] for s in ticked if s not in too_long}, seen)
    if done.signed:
        messages.success(request, _told(done))
    refused = {state: why for state, _, why in done.refused} | too_long
    if not refused:
        return HttpResponseRedirect(address(article))
    gone = [(words, why) for _, words, why in done.refused]
    typed = Typed({state for state in ticked if state in refused}, _typed_notes(request), refused)
    return _page(request, model_admin, article, typed, gone)


def _notes(request, ticked):
    """The notes of the ticked items, and, for those that no note can be, why."""
    notes, refused = {}, {}
    for state in ticked:
        try:
            notes[state] = NOTE.clean(request.POST.get(f"note-{state}", ""))
        except ValidationError as error:
            refused[state] = f"The note: {' '.join(error.messages)}"
    return notes, refused


def _typed_notes(request):
    return {name.removeprefix("note-"): text for name, text in request.POST.items() if name.startswith("note-")}


def _told(done):
    told = f"Signed off: {'1 item' if len(done.signed) == 1 else f'{len(done.signed)} items'}."
    if done.verified:
        told += f" Verified with it: {'1 claim' if len(done.verified) == 1 else f'{len(done.verified)} claims'}."
    return told


def exempt_view(request, object_id, model_admin):
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not request.user.has_perm(CHECK):
        raise PermissionDenied
    article = _article(object_id)
    about = {name: request.POST.get(name, "") for name in ("code", "subject", "state")}
    try:
        why = WHY.clean(request.POST.get("why", ""))
        exempt_article(article, request.user, **about, why=why)
    except ValidationError as error:
        about |= {"why": request.POST.get("why", ""), "error": " ".join(error.messages)}
        return _page(request, model_admin, article, exempting=about)
    messages.success(request, "Let pass, with your reason, as long as what was found stays the same.")
    return HttpResponseRedirect(address(article))


def _article(object_id):
    found = Article.objects.with_edition().in_bulk([object_id]) if is_key(object_id) else {}
    if not found:
        raise Http404("There is no such article.")
    [article] = found.values()
    return article


def _page(request, model_admin, article, typed=None, gone=(), exempting=None):
    revision = newest_text(article)
    check = explain(Check(manuscript(article, revision)))
    may_check = request.user.has_perm(CHECK)
    shown = Shown(check, request.user, may_check, typed or Typed())
    article.headline = revision.headline if revision else ""
    reasons = reasons_of(check)
    still_there = {item.text for item in check.items if item.state in shown.typed.refused}
    may_exempt = may_check and request.user.pk not in authors_of(article, revision)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Fact-check",
        "subtitle": str(article),
        "opts": model_admin.opts,
        "article": article,
        "revision": revision,
        "check": check,
        "paragraphs": shown.paragraphs,
        "may_check": may_check,
        "gone": [(words, why) for words, why in gone if words not in still_there],
        "blocking": [_shown_reason(reason, may_exempt, exempting) for reason in reasons if reason.is_blocking],
        "warnings": [_shown_reason(reason) for reason in reasons if reason.is_warning],
        "exempted": [_shown_reason(reason) for reason in reasons if reason.exemption],
        "may_exempt": may_exempt,
        "lost": exempting if exempting and not (may_exempt and _is_there(reasons, exempting)) else None,
    }
    return TemplateResponse(request, "admin/aid/article_factcheck.html", context)


def _shown_reason(reason, may_exempt=False, exempting=None):
    """A reason with the form that lets it pass, where there is one, and with what was typed there."""
    typed = exempting if exempting and _is_about(reason, exempting) else {"why": "", "error": ""}
    return {"reason": reason, "has_form": may_exempt and reason.can_be_exempted, "typed": typed}


def _is_about(reason, about):
    return (reason.code, reason.subject, reason.state) == (about["code"], about["subject"], about["state"])


def _is_there(reasons, about):
    return any(reason.is_blocking and reason.can_be_exempted and _is_about(reason, about) for reason in reasons)
