"""The desk's search for a figure to put into a text: as JSON for the form's dialog, and as a page without scripts."""

from functools import partial

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from aid.admin.base import LONGEST_SEARCH, moment_text
from aid.prose import parse_reference
from aid.queries.figures import KINDS
from aid.queries.picking import WITHDRAWN, find, mention, named, offers

PAGE, ANSWERS = "aid_article_figures", "aid_article_figures_found"
LONGEST = 100


def urls(model_admin):
    wrap = model_admin.admin_site.admin_view
    return [
        path("figures/", wrap(partial(figures_page, model_admin=model_admin)), name=PAGE),
        path("figures/found/", wrap(partial(figures_found, model_admin=model_admin)), name=ANSWERS),
    ]


def tools(request, article):
    """None above the form: the link stands at the text."""
    return []


class BodyText(forms.Textarea):
    """The field of an article's text, with the way to the figures of records above it."""

    def __init__(self):
        super().__init__(attrs={"class": "vLargeTextField body-text", "rows": 24})

    def render(self, name, value, attrs=None, renderer=None):
        return format_html(
            '<a class="insert-figure" id="insert-figure" href="{}" target="_blank">Insert a figure</a>{}',
            reverse(f"admin:{PAGE}"),
            super().render(name, value, attrs, renderer),
        )


def dialog(request):
    """What the form's dialog needs: where it asks, and the kinds that this account may look for."""
    return {"page": reverse(f"admin:{PAGE}"), "answers": reverse(f"admin:{ANSWERS}"), "kinds": _kinds(request.user)}


def _kinds(user):
    """[(kind, its name)] of the records that an account may see."""
    return [
        (kind, str(model._meta.verbose_name))
        for kind, (model, *_) in KINDS.items()
        if user.has_perm(f"aid.view_{kind}")
    ]


def figures_found(request, model_admin):
    """Records that answer to `q`, or what can be written of the one that `record` names."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        if "record" in request.GET:
            return JsonResponse(_details(_record(request)))
        found, is_cut = _records(request)
    except ValidationError as error:
        return JsonResponse({"error": error.message}, status=404 if error.code == "missing" else 400)
    return JsonResponse({"records": [_line(row) for row in found], "told": _told(found, is_cut)})


def figures_page(request, model_admin):
    """The same as a page, with the references to copy."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Insert a figure",
        "opts": model_admin.opts,
        "question": request.GET.get("q", "")[:LONGEST],
        "kind": request.GET.get("kind", ""),
        "kinds": _kinds(request.user),
    }
    status = 200
    try:
        if "record" in request.GET:
            context["record"] = _details(_record(request))
        elif "q" in request.GET:
            found, is_cut = _records(request)
            context |= {"records": [_line(row) for row in found], "told": _told(found, is_cut)}
    except ValidationError as error:
        if error.code == "missing":
            raise Http404(error.message) from None
        context["wrong"], status = error.message, 400
    return TemplateResponse(request, "admin/aid/figures.html", context, status=status)


def _records(request):
    question, kind = " ".join(request.GET.get("q", "").split()), request.GET.get("kind", "")
    allowed = [name for name, _ in _kinds(request.user)]
    if not question:
        raise ValidationError("Write a part of a title, a name or an address first.", code="empty")
    if len(question) > LONGEST or len(question.split()) > LONGEST_SEARCH:
        raise ValidationError(
            f"Search for at most {LONGEST_SEARCH} words and {LONGEST} characters. A few words of the title do.",
            code="too_long",
        )
    if kind and kind not in allowed:
        raise ValidationError("There is no such kind of record. Choose one of the list, or all of them.", code="kind")
    return find(question, [kind] if kind else allowed)


def _record(request):
    reference = parse_reference(request.GET["record"])
    if not reference.kind or reference.field or reference.label:
        raise ValidationError("A record is named by its kind and address, such as party:denmark.", code="record")
    found = None
    if request.user.has_perm(f"aid.view_{reference.kind}"):
        found = named(reference.kind, reference.slug)
    if found is None:
        raise ValidationError("This record is not there any more. Search again.", code="missing")
    return found


def _told(found, is_cut):
    if not found:
        return "No record has all of these words. Try fewer of them, or another name."
    count = f"{len(found)} record{'' if len(found) == 1 else 's'}"
    return f"The first {count} of each kind. Another word narrows it down." if is_cut else f"{count} found."


def _line(found):
    return {
        "record": found.address,
        "name": found.name,
        "kind": found.kind_name,
        "line": found.line,
        "note": _note(found),
    }


def _note(found):
    """Why readers do not have a record, as a sentence; "" where they have it."""
    if not found.hidden:
        return ""
    if found.hidden == WITHDRAWN:
        return "Withdrawn: it shows readers nothing, so a text cannot name it."
    until = f" until {moment_text(found.until)}" if found.until else ", because of a record that it names or rests on"
    return f"Under embargo{until}: readers see no figure of it before that."


def _details(found):
    return {
        **_line(found),
        "mention": mention(found),
        "fields": [
            {
                "label": row.label,
                "text": row.text,
                "exact": row.exact,
                "evidence": " · ".join(part for part in (row.basis, row.source) if part),
                "token": row.token,
                "unknown": row.is_unknown,
            }
            for row in offers(found)
        ],
        "url": found.record.get_absolute_url()
        if found.kind == "article"
        else reverse(f"admin:aid_{found.kind}_change", args=[found.record.pk]),
    }
