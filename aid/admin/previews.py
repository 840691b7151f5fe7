"""Previews at the desk: what is typed and not saved, and the secret links to an article's revisions."""

from datetime import timedelta
from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone

from aid.actions.articles import TEXT_FIELDS, latest_revision
from aid.actions.previews import MAKE, make_link, revoke_link
from aid.admin.base import moment_text
from aid.admin.forms import is_key
from aid.admin.moments import MomentField
from aid.models.articles import Article, ArticleRevision
from aid.models.previews import PreviewLink
from aid.models.records import new_key, validate_key
from aid.queries.article_pages import article_page, as_if_live
from aid.queries.previews import answers_to, links_of
from aid.queries.public import WithoutEmbargoes
from aid.queries.revisions import revision_numbered
from aid.rules.previews import LONGEST

LINKS, REVOKE, TYPED, TYPED_NEW = (
    f"aid_article_{page}" for page in ("links", "link_revoke", "preview", "preview_new")
)
OWN = "own"
SPANS = [*((str(days), f"{days} day{'' if days == 1 else 's'}") for days in (1, 3, 7, 14, LONGEST.days)),
         (OWN, "until the moment below")]  # fmt: skip
SPAN = "7"
# As many revisions can be chosen from, the newest first.
MOST_REVISIONS = 100


def urls(model_admin):
    def at(address, view, name):
        return path(address, model_admin.admin_site.admin_view(partial(view, model_admin=model_admin)), name=name)

    return [
        at("preview/", typed_view, TYPED_NEW),
        at("<str:object_id>/preview/", typed_view, TYPED),
        at("<str:object_id>/links/", links_view, LINKS),
        at("<str:object_id>/links/<str:key>/revoke/", revoke_view, REVOKE),
    ]


def tools(request, article):
    if not request.user.has_perm("aid.view_article"):
        return []
    found = [("Preview as saved", f"{article.get_absolute_url()}?preview")]
    if request.user.has_perm("aid.view_previewlink"):
        found.append(("Preview links", reverse(f"admin:{LINKS}", args=[article.pk])))
    return found


class Previewed:
    """Mixin of the article's admin: its form has a button for a preview, and shows what was answered by links."""

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        if may:
            context["preview_address"] = (
                reverse(f"admin:{TYPED}", args=[obj.pk]) if obj else reverse(f"admin:{TYPED_NEW}")
            )
        if obj and request.user.has_perm("aid.view_previewanswer"):
            context["preview_answers"] = answers_to(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


def _may_write(model_admin, request, article):
    if article is None:
        return model_admin.has_add_permission(request)
    return model_admin.has_change_permission(request, article)


# What is typed


def typed_view(request, model_admin, object_id=None):
    """The page of what stands in an article's form, rendered and forgotten: nothing is saved."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    article = _article(object_id) if object_id else None
    if not (
        model_admin.has_change_permission(request, article) if article else model_admin.has_add_permission(request)
    ):
        raise PermissionDenied
    form = model_admin.get_form(request, article, change=article is not None)(request.POST, instance=article)
    if not form.is_valid():
        context = {
            **model_admin.admin_site.each_context(request),
            "title": "There is no preview yet",
            "opts": model_admin.opts,
            "wrong": [(_label(form, name), list(errors)) for name, errors in form.errors.items()],
        }
        return TemplateResponse(request, "admin/aid/preview_refused.html", context, status=400)
    last = latest_revision(article) if article else None
    text = {name: form.cleaned_data[name] for name in TEXT_FIELDS if name in form.cleaned_data}
    revision = ArticleRevision(article=form.instance, number=last.number + 1 if last else 1, **text)
    preview = {
        "title": "Preview of what you typed.",
        "text": "Nothing of it is saved. Close this tab to go on writing.",
        "links": [],
    }
    topics = form.cleaned_data.get("topics", ())
    context = article_page(as_if_live(form.instance, revision), topics, public=WithoutEmbargoes())
    if revision.image:
        context["picture_address"] = reverse("admin:aid_image_file", args=[revision.image.pk])
    response = render(request, "aid/article_detail.html", context | {"preview": preview, "canonical": ""})
    response["X-Robots-Tag"] = "noindex"
    return response


def _label(form, name):
    return str(form[name].label).capitalize() if name in form.fields else ""


# Secret links


class LinkForm(forms.Form):
    """For whom a link is, to which revision, and how long it works."""

    key = forms.CharField(max_length=80, validators=[validate_key], widget=forms.HiddenInput)
    given_to = forms.CharField(
        label="For",
        max_length=PreviewLink._meta.get_field("given_to").max_length,
        help_text=PreviewLink._meta.get_field("given_to").help_text,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        error_messages={"required": "Say for whom the link is."},
    )
    number = forms.TypedChoiceField(label="Revision", coerce=int)
    lasts = forms.ChoiceField(
        label="It works for",
        choices=SPANS,
        initial=SPAN,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how long the link works."},
    )
    until = MomentField(required=False, label="Until", help_text=f"At most {LONGEST.days} days from now.")

    def __init__(self, article, *args, **kwargs):
        super().__init__(*args, **kwargs)
        revisions = article.revisions.select_related("created_by").defer("body", "standfirst").order_by("-number")
        self.fields["number"].choices = [(row.number, _revision_text(row)) for row in revisions[:MOST_REVISIONS]]
        self.initial.setdefault("key", new_key())

    def clean(self):
        cleaned = super().clean()
        own, until = cleaned.get("lasts") == OWN, cleaned.get("until")
        if own and until is None and "until" not in self.errors:
            self.add_error("until", ValidationError("Write the day and the time.", code="required"))
        elif until and "lasts" in cleaned and not own:
            self.add_error(
                "until",
                ValidationError(
                    "You chose a number of days above and a moment here. Empty this field, or choose “until the "
                    "moment below”.",
                    code="both",
                ),
            )
        return cleaned

    def expires_at(self):
        lasts = self.cleaned_data["lasts"]
        if lasts == OWN:
            return self.cleaned_data["until"]
        # To the minute, which is what the pages say.
        return (timezone.now() + timedelta(days=int(lasts))).replace(second=0, microsecond=0)


def _revision_text(revision):
    by = f" by {revision.created_by}" if revision.created_by else ""
    headline = revision.headline or "without a headline"
    return f"{revision.number}, saved on {moment_text(revision.created_at)}{by}: {headline}"


def _article(object_id):
    found = Article.objects.with_edition().in_bulk([object_id]) if is_key(object_id) else {}
    if not found:
        raise Http404("There is no such article.")
    [article] = found.values()
    return article


def links_view(request, model_admin, object_id):
    """The secret links to an article's revisions, what came of them, and a form for one more."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    may_make = request.user.has_perm(MAKE)
    if not (model_admin.has_view_permission(request) and request.user.has_perm("aid.view_previewlink")):
        raise PermissionDenied
    if request.method == "POST" and not may_make:
        raise PermissionDenied
    article = _article(object_id)
    form = LinkForm(article, request.POST) if request.method == "POST" else LinkForm(article)
    made, status = None, 200
    if request.method == "POST":
        made = _made(request, article, form)
        status = 200 if made else 400
    if made:
        form = LinkForm(article)
    article.headline = getattr(latest_revision(article), "headline", "")
    context = {
        **model_admin.admin_site.each_context(request),
        "title": "Preview links",
        "subtitle": str(article),
        "opts": model_admin.opts,
        "article": article,
        "form": form if may_make else None,
        "made": made,
        "links": [(link, _state(link)) for link in links_of(article)],
        "media": form.media,
    }
    return TemplateResponse(request, "admin/aid/preview_links.html", context, status=status)


def _made(request, article, form):
    """The link that the form asks for, with its `address`; None where something is wrong, and the form says what."""
    if not form.is_valid():
        return None
    typed = form.cleaned_data
    revision = revision_numbered(article, typed["number"])
    try:
        link, secret = make_link(revision, request.user, typed["given_to"], form.expires_at(), typed["key"])
    except ValidationError as error:
        for one in error.error_list:
            form.add_error("until" if one.code in ("past", "too_far") else None, one)
        return None
    link.address = request.build_absolute_uri(reverse("secret-preview", args=[secret]))
    return link


def _state(link):
    """What a link's line says of it, and whether it still works."""
    if link.revoked_at:
        return f"revoked on {moment_text(link.revoked_at)} by {link.revoked_by}", False
    if link.expires_at <= timezone.now():
        return f"ran out on {moment_text(link.expires_at)}", False
    return f"works until {moment_text(link.expires_at)}", True


def revoke_view(request, model_admin, object_id, key):
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not request.user.has_perm(MAKE):
        raise PermissionDenied
    article = _article(object_id)
    link = next((link for link in links_of(article) if link.key == key), None)
    if link is None:
        raise Http404("There is no such link.")
    try:
        revoke_link(link, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"The link for {link.given_to} opens nothing any more.")
    return HttpResponseRedirect(reverse(f"admin:{LINKS}", args=[article.pk]))
