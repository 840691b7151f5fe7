"""The desk's page that holds two revisions of an article against each other, and brings an earlier one back."""

from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from aid.actions.comparing import restore_revision
from aid.admin.base import moment_text
from aid.admin.forms import is_key
from aid.models.articles import Article, ArticleRevision
from aid.queries.comparing import comparison, revisions_of
from aid.rules.breaches import mending_page

COMPARE, RESTORE = "aid_article_compare", "aid_article_restore"


class RestoreForm(forms.Form):
    """Which revision to bring back, and why. `newest` is the one that was the newest when the page was opened."""

    revision = forms.CharField(widget=forms.HiddenInput)
    newest = forms.IntegerField(min_value=1, max_value=10**9, widget=forms.HiddenInput)
    why = forms.CharField(
        label="Why",
        max_length=ArticleRevision._meta.get_field("why").max_length,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text="For the history. Readers do not see it.",
        error_messages={"required": "Say why: the reason stands in the history."},
    )


def urls(model_admin):
    wrap = model_admin.admin_site.admin_view
    return [
        path("<str:object_id>/compare/", wrap(partial(compare_view, model_admin=model_admin)), name=COMPARE),
        path("<str:object_id>/restore/", wrap(partial(restore_view, model_admin=model_admin)), name=RESTORE),
    ]


def tools(request, article):
    """The draft against what readers get; without a draft or a live page, the newest two."""
    numbers = list(article.revisions.order_by("-number").values_list("number", flat=True)[:2])
    live = article.live
    if len(numbers) < 2 or not request.user.has_perm("aid.view_article"):
        return []
    if live is not None and live.number != numbers[0]:
        return [("Compare draft with live", address(article, live.number, numbers[0]))]
    return [("Compare revisions", address(article, numbers[1], numbers[0]))]


def address(article, old, new):
    return f"{reverse(f'admin:{COMPARE}', args=[article.pk])}?from={old}&to={new}"


def _article(object_id):
    found = Article.objects.with_edition().in_bulk([object_id]) if is_key(object_id) else {}
    if not found:
        raise Http404("There is no such article.")
    [article] = found.values()
    return article


def compare_view(request, object_id, model_admin):
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    article = _article(object_id)
    revisions = revisions_of(article)
    asked = [request.GET.get(name, "") for name in ("from", "to")]
    chosen = _asked(asked, revisions) if any(asked) else _usual(article, revisions)
    return _page(request, model_admin, article, revisions, chosen, asked)


def _asked(asked, revisions):
    """The two revisions of these numbers, None for a number that none has."""
    numbered = {str(revision.number): revision for revision in revisions}
    return [numbered.get(number) for number in asked]


def _usual(article, revisions):
    """The live one and the newest; where that is one and the same, or none is live, the newest two."""
    if not revisions:
        return [None, None]
    live = next((revision for revision in revisions if revision == article.live), None)
    before = revisions[1] if len(revisions) > 1 else revisions[0]
    return [live if live and live != revisions[0] else before, revisions[0]]


def restore_view(request, object_id, model_admin):
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    article = _article(object_id)
    revisions = revisions_of(article)
    number = request.POST.get("revision", "")
    [revision] = _asked([number], revisions)
    if revision is None:
        return _page(request, model_admin, article, revisions, [None, None], [number, ""])
    form = RestoreForm(request.POST)
    if form.is_valid():
        try:
            made = restore_revision(revision, form.cleaned_data["newest"], request.user, form.cleaned_data["why"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request,
                f"Revision {made.number} says again what revision {revision.number} said. "
                f"Readers see no change until it is published.",
            )
            return HttpResponseRedirect(reverse("admin:aid_article_change", args=[article.pk]))
    revisions = revisions_of(article)
    return _page(request, model_admin, article, revisions, [revision, revisions[0]], ["", ""], form)


def _page(request, model_admin, article, revisions, chosen, asked, refused=None):
    old, new = chosen
    article.headline = revisions[0].headline if revisions else ""
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Compare revisions",
        "subtitle": str(article),
        "opts": model_admin.opts,
        "article": article,
        "rows": [_row(revision, article, chosen) for revision in revisions],
        "errors": refused.non_field_errors() if refused else [],
        "compared": None,
        "restores": None,
    }
    if None in chosen:
        context["errors"] = [_missing(asked, chosen, revisions)]
        return TemplateResponse(request, "admin/aid/article_compare.html", context, status=404)
    context["compared"] = compared = comparison(old, new)
    context["sides"] = [_row(revision, article, chosen) for revision in chosen]
    context["cited"] = [(record, mending_page(record.row) if record.row else "") for record in compared.cited]
    earlier = min(chosen, key=lambda revision: revision.number)
    if earlier != revisions[0] and model_admin.has_change_permission(request):
        context["restores"] = earlier
        context["form"] = _restore_form(refused, earlier, revisions[0])
    return TemplateResponse(request, "admin/aid/article_compare.html", context)


def _restore_form(refused, revision, newest):
    """A form that was refused comes back with what was typed, and knows the newest revision that the page shows."""
    if refused is None:
        return RestoreForm(initial={"revision": revision.number, "newest": newest.number})
    refused.data = refused.data.copy()
    refused.data["newest"] = newest.number
    return refused


def _missing(asked, chosen, revisions):
    if not revisions:
        return "This article has no revision yet, so there is nothing to compare."
    wrong = [number for number, revision in zip(asked, chosen, strict=True) if revision is None]
    named = " or ".join(f"“{number}”" for number in wrong if number and number.isprintable() and len(number) <= 20)
    return f"This article has no revision {named or 'of that number'}. Choose two of those that it has."


def _row(revision, article, chosen):
    """A revision as the page names it: when, by whom, why, and whether readers have it or had it."""
    return {
        "revision": revision,
        "text": f"Revision {revision.number}, {moment_text(revision.created_at)}",
        "by": str(revision.created_by or ""),
        "readers": _readers(revision, article),
        "is_old": revision == chosen[0],
        "is_new": revision == chosen[1],
    }


def _readers(revision, article):
    """ "live since 24 January 2024, 15:30" """
    shown = sorted(revision.publications.all(), key=lambda publication: publication.starts_at)
    if not shown:
        return ""
    last = shown[-1]
    if article.current and last == article.current:
        return f"live since {moment_text(last.starts_at)}"
    if article.current is None or last.starts_at > article.current.starts_at:
        return f"goes live on {moment_text(last.starts_at)}"
    return f"was live from {moment_text(last.starts_at)} to {moment_text(last.ends_at)}"
