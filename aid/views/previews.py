"""Previews: a page before readers have it, for those of the desk who may see it and for who has a secret link."""

from functools import wraps
from importlib import import_module

from django import forms
from django.conf import settings
from django.contrib.auth import get_user
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from aid.actions.previews import answer_link, note_visit
from aid.choices import PreviewVerdict
from aid.models import Article, PreviewAnswer
from aid.moments import told
from aid.queries.article_pages import article_page, as_if_live
from aid.queries.previews import open_link
from aid.queries.public import WithoutEmbargoes
from aid.queries.revisions import revision_numbered
from aid.rules.breaches import mending_page
from aid.views.images import file_response
from aid.views.pages import Gone, found, page, public_page, readers_have, unstored, withdrawn_record

ASKED = "preview"


def previews(request, model):
    """Whether the request asks for a preview of a page of this kind and comes from somebody who may see it.

    Whoever may not gets the page that everybody gets: nothing in the answer tells that they asked.
    """
    if ASKED not in request.GET:
        return False
    user = _account(request)
    return (
        user.is_active and user.is_staff and user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")
    )


def _account(request):
    """Who is signed in. It leaves no trace in the request, whose answer would otherwise vary by cookie."""
    aside = HttpRequest()
    aside.session = import_module(settings.SESSION_ENGINE).SessionStore(
        request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    )
    return get_user(aside)


def previewed(model):
    """The page of a record, for a view of (request, slug, public): for readers with what they have, and in a preview
    with what is under embargo too."""

    def shown(view):
        @wraps(view)
        def answer(request, slug):
            public = readers_have(request)
            if not previews(request, model):
                return view(request, slug, public)
            try:
                request.preview = _record_banner(model.objects.get(slug=slug), public)
            except model.DoesNotExist:
                return view(request, slug, public)
            try:
                return unstored(view(request, slug, WithoutEmbargoes()))
            except Gone as gone:
                return unstored(withdrawn_record(request, gone.record, gone.public))

        return answer

    return shown


def _record_banner(record, public):
    """What stands above the preview of a record: whether readers have its page."""
    if not public.hides(record):
        text = "Readers have this page, without anything on it that is under embargo."
    elif record.embargo_until and record.embargo_until > public.at:
        text = f"It is under embargo: readers find no page here until {told(record.embargo_until)}."
    else:
        text = "Readers find no page here: it names something that is under embargo, or rests on it."
    return {"title": "Preview.", "text": text, "links": [("Back to the desk", mending_page(record))]}


def article_preview(request, slug):
    """The page of an article's newest revision, or of the one whose number is asked for, as readers will see it."""
    article = found(Article.objects.with_edition(), slug)
    newest = article.revisions.order_by("-number").first()
    asked = request.GET[ASKED].strip()
    revision = _revision(article, asked) if asked else newest
    if revision is None:
        return unstored(page(request, "aid/preview_missing.html", {"article": article, "newest": newest}, status=404))
    held = article.current
    context = article_page(as_if_live(article, revision), public=WithoutEmbargoes())
    if revision.image:
        # Readers may not have the picture yet; who sees the preview is on the desk.
        context["picture_address"] = reverse("admin:aid_image_file", args=[revision.image.pk])
    return unstored(
        page(request, "aid/article_detail.html", context | {"preview": _banner(article, revision, newest, held)})
    )


def _revision(article, number):
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    return revision_numbered(article, int(number))


def _banner(article, revision, newest, held):
    """What stands above a preview: which text it is, and what readers get at its address meanwhile."""
    title = f"Preview of revision {revision.number}."
    if revision != newest:
        title = f"Preview of revision {revision.number}; the newest is {newest.number}."
    if article.embargo_until and article.embargo_until > timezone.now():
        readers = f"It is under embargo: readers find no page here until {told(article.embargo_until)}."
    elif held is None:
        readers = "Readers find no page here yet."
    elif held.revision_id is None:
        readers = "Readers are told here that the article was withdrawn."
    elif held.revision_id == revision.pk:
        readers = "This is what readers see."
    else:
        readers = f"Readers see revision {held.revision.number}."
    return {
        "title": title,
        "text": readers,
        "links": [("Back to the desk", reverse("admin:aid_article_change", args=[article.pk]))],
    }


# Secret links


class AnswerForm(forms.ModelForm):
    """What the reader of a secret link says to the text."""

    class Meta:
        model = PreviewAnswer
        fields = ["verdict", "name", "text"]
        widgets = {"verdict": forms.RadioSelect, "text": forms.Textarea(attrs={"rows": 8})}
        error_messages = {
            "verdict": {"required": "Choose whether you approve the text or have a comment."},
            "name": {"required": "Write your name, so that the desk knows who answered."},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        verdict = self.fields["verdict"]
        verdict.choices = [
            (PreviewVerdict.APPROVED, "I approve the text as it stands"),
            (PreviewVerdict.COMMENT, "I have a comment"),
        ]
        verdict.label = "Your answer"
        self.fields["text"].label = "Comment"
        self.fields["text"].help_text = "What should change, and why. Needed unless you approve the text."
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.label_suffix = ""

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("verdict") == PreviewVerdict.COMMENT and not cleaned.get("text") and "text" not in self.errors:
            self.add_error("text", ValidationError("Write what should change.", code="required"))
        return cleaned


def secret_preview(request, secret):
    """A revision for whoever has its secret link, with a form to approve it or comment on it.

    Nobody is asked who they are, and no cookie is read: the secret in the address is all that lets one in, so that a
    form without it can be forged by nobody who has not got the secret anyway. Hence no CSRF token, which would need a
    cookie. Every other address below here answers alike, whether its link is over, was revoked or never was.
    """
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(("GET", "HEAD", "POST"), render_to_string("405.html", request=request))
    link = open_link(secret)
    if link is None:
        return _unreferred(page(request, "aid/preview_over.html", {"canonical": ""}, status=404))
    if request.method == "POST":
        return _answered(request, link)
    if request.method == "GET":
        note_visit(link)
    return _linked_page(request, link, AnswerForm())


secret_preview.csrf_exempt = True


@public_page
def secret_picture(request, secret):
    """The picture of a revision for whoever has its secret link, as long as the link opens."""
    link = open_link(secret)
    if link is None or link.revision.image is None:
        return _unreferred(page(request, "aid/preview_over.html", {"canonical": ""}, status=404))
    return _unreferred(file_response(link.revision.image))


def _answered(request, link):
    form = AnswerForm(request.POST)
    status = 200
    if form.is_valid():
        try:
            answer_link(link, form.save(commit=False))
        except ValidationError as error:
            form.add_error(None, error)
            status = 429
        else:
            return _unreferred(HttpResponseRedirect(f"{request.path}#answers"))
    return _linked_page(request, link, form, status)


def _linked_page(request, link, form, status=200):
    revision = link.revision
    context = article_page(as_if_live(revision.article, revision), public=WithoutEmbargoes())
    preview = {
        "title": "A text that is not published.",
        "text": f"This link was made for {link.given_to} and works until {told(link.expires_at)}. "
        "Pass it on to nobody.",
        "links": [("Approve it or comment on it", "#answer")],
    }
    context |= {"preview": preview, "canonical": "", "form": form, "answers": link.answers.order_by("at")}
    if revision.image:
        context["picture_address"] = f"{request.path}picture/"
    return _unreferred(page(request, "aid/preview_link.html", context, status=status))


def _unreferred(response):
    """The address is the secret: no link on the page hands it on."""
    response["Referrer-Policy"] = "no-referrer"
    return unstored(response)
