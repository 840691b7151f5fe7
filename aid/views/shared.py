"""What other sites show of this one: a picture of each record, a frame with its figure, and who asks for either."""

import re
from dataclasses import astuple, dataclass
from functools import wraps
from hashlib import sha256
from io import StringIO
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.decorators.clickjacking import xframe_options_exempt

from aid.cards import DRAWN, HEIGHT, WIDTH, Card, drawn
from aid.languages import language_of
from aid.models import Article
from aid.queries.shared import loaded, shared
from aid.views.claims import NoClaim, found_claim
from aid.views.pages import Gone, Moved, elsewhere, found, public_page, readers_have

PUBLISHER = "Newsroom"
# What stands in a frame on another site, and how large the frame is unless somebody asks for a smaller one.
FRAMED = ("article", "pledge", "coalition", "claim")
FRAME_WIDTH, FRAME_HEIGHT = 560, 340
LONGEST_ADDRESS = 2000


class Taken(Exception):
    """What stood at the address has been withdrawn: its name, its page, since when and why."""

    def __init__(self, title, address, since, why):
        super().__init__(title)
        self.title, self.address, self.since, self.why = title, address, since, why


def told(request, kind, key):
    """The Shared of the record at an address. Raises Moved, Taken or Http404."""
    public = readers_have(request)
    if kind == "claim":
        return shared(kind, _claim(key, public), public)
    if kind == "article":
        return shared(kind, _article(key, public), public)
    try:
        return shared(kind, found(loaded(kind, public), key, public), public)
    except Gone as gone:
        record = gone.record
        raise Taken(str(record), record.get_absolute_url(), record.withdrawn_at, record.withdrawn_why) from None


def _claim(key, public):
    try:
        claim = found_claim(key, public)
    except NoClaim:
        raise Http404("There is no such claim.") from None
    except Gone as gone:
        record = gone.record
        raise Taken(str(record), record.get_absolute_url(), record.withdrawn_at, record.withdrawn_why) from None
    if claim.withdrawn_at:
        raise Taken(claim.key, claim.get_absolute_url(), claim.withdrawn_at, claim.withdrawn_why)
    return claim


def _article(slug, public):
    try:
        return public.of(Article.objects.all()).get(slug=slug)
    except Article.DoesNotExist:
        pass
    try:
        article = Article.objects.withdrawn(public.at).get(slug=slug)
    except Article.DoesNotExist:
        raise elsewhere(public, Article, slug) from None
    title = _("An article that was withdrawn")
    raise Taken(title, article.get_absolute_url(), article.edition.starts_at, article.edition.why)


# The card


@public_page
def card(request, kind, slug="", key=""):
    """The picture of a record. It is drawn when it is asked for, unless who asks has it already."""
    try:
        return _picture(request, _card(told(request, kind, slug or key)))
    except Taken:
        return HttpResponse(_("It was withdrawn."), content_type="text/plain; charset=utf-8", status=410)


@public_page
def site_card(request):
    line = _("Defence aid, with the sentence behind every figure.")
    return _picture(request, Card("", line, site=PUBLISHER))


def _card(one):
    kind = str(one.record._meta.verbose_name)
    kicker = " · ".join([kind[:1].upper() + kind[1:], *([one.stage] if one.stage else [])])
    source = _("Source: %(title)s") % {"title": one.source.title} if one.source else ""
    return Card(kicker, one.title, figure_of(one), one.is_unknown, source, PUBLISHER)


def figure_of(one):
    """A record's figure in words that say what it is: “91 million”, “9 members”, “amount not stated”."""
    if not one.figure:
        return ""
    if one.label == "members":
        # In an article's figure the number can be a word.
        number = int(one.figure) if one.figure.isdecimal() else 2
        return ngettext("%(count)s member", "%(count)s members", number) % {"count": one.figure}
    if one.is_unknown and one.label:
        return f"{one.label}: {one.figure}"
    return one.figure


def _picture(request, card):
    tag = quote_etag(sha256(repr((DRAWN, astuple(card))).encode()).hexdigest()[:32])
    answer = get_conditional_response(request, etag=tag)
    if answer is None:
        answer = HttpResponse(drawn(card), content_type="image/png")
    answer["ETag"] = tag
    return answer


# The frame


def in_frames(view):
    """A page that any site may show in a frame. Nothing else here may be: its settings say so."""

    @wraps(view)
    @xframe_options_exempt
    @csp_replace({"frame-ancestors": ["*"], "script-src": ["'none'"]})
    def answer(request, *args, **given):
        response = view(request, *args, **given)
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


@in_frames
@public_page
def embed(request, kind, slug="", key=""):
    """A record's figure for the page of somebody else: without a script, and with the way to its evidence."""
    try:
        one = told(request, kind, slug or key)
    except Taken as taken:
        return render(
            request, "aid/embed_taken.html", {"taken": taken, "canonical": _whole(request, taken.address)}, status=410
        )
    context = {"one": one, "figure": figure_of(one), "note": one.notes[0] if one.notes else None}
    return render(request, "aid/embed.html", context | {"canonical": _whole(request, one.address)})


def _whole(request, address):
    return request.build_absolute_uri(address)


# oEmbed


@dataclass(frozen=True)
class Asked:
    """What an oEmbed request asks for: a kind of record, its slug or key, and the language of the page."""

    kind: str
    key: str
    language: str


@public_page
def oembed(request):
    """oEmbed 1.0: how another site shows one of ours in a frame, given its address."""
    form = request.GET.get("format", "json").strip().lower() or "json"
    if form not in ("json", "xml"):
        return _sentence(_("oEmbed is given as json or xml."), 501)
    limits = [request.GET.get(name, "").strip() for name in ("maxwidth", "maxheight")]
    if any(limit and not re.fullmatch(r"[1-9]\d{0,5}", limit, re.ASCII) for limit in limits):
        return _sentence(_("maxwidth and maxheight are whole numbers of pixels, such as 560."), 400)
    asked = _asked(request, request.GET.get("url", "").strip())
    if asked is None:
        return _sentence(_("The url is no page of this site that can be shown in a frame."), 404)
    with override(asked.language):
        data = _framed(request, asked, *(int(limit) if limit else None for limit in limits))
    if data is None:
        return _sentence(_("The url is no page of this site that can be shown in a frame."), 404)
    if form == "xml":
        return HttpResponse(_oembed_xml(data), content_type="text/xml; charset=utf-8")
    return JsonResponse(data)


def _sentence(text, status):
    return HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)


def _asked(request, address):
    """What an address of this site shows; None for any other address."""
    try:
        parts = urlsplit(address[:LONGEST_ADDRESS])
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != request.get_host().lower():
        return None
    try:
        with override(language_of(parts.path)):
            match = resolve(parts.path)
    except Resolver404:
        return None
    kind, _dash, page = (match.url_name or "").partition("-")
    if kind not in FRAMED or page not in ("detail", "embed"):
        return None
    return Asked(kind, match.kwargs.get("slug") or match.kwargs["key"], language_of(parts.path))


def _framed(request, asked, maxwidth, maxheight):
    try:
        one = told(request, asked.kind, asked.key)
    except Moved as moved:
        there = _asked(request, _whole(request, moved.address))
        return _framed(request, there, maxwidth, maxheight) if there else None
    except (Taken, Http404):
        return None
    width, height = min(FRAME_WIDTH, maxwidth or FRAME_WIDTH), min(FRAME_HEIGHT, maxheight or FRAME_HEIGHT)
    data = {
        "version": "1.0",
        "type": "rich",
        "provider_name": PUBLISHER,
        "provider_url": _whole(request, reverse("front-page")),
        "title": one.title,
        "html": frame(_whole(request, embed_address(one)), one.title, width, height).strip(),
        "width": width,
        "height": height,
    }
    if (maxwidth or WIDTH) >= WIDTH and (maxheight or HEIGHT) >= HEIGHT:
        picture = _whole(request, reverse(f"{one.kind}-card", args=[address_key(one)]))
        data |= {"thumbnail_url": picture, "thumbnail_width": WIDTH, "thumbnail_height": HEIGHT}
    return data


def address_key(one):
    return one.record.key if one.kind == "claim" else one.record.slug


def embed_address(one):
    return reverse(f"{one.kind}-embed", args=[address_key(one)])


def frame(address, title, width=FRAME_WIDTH, height=FRAME_HEIGHT):
    """The HTML with which a page shows a record of ours in a frame."""
    return render_to_string(
        "aid/includes/frame.html", {"address": address, "title": title, "width": width, "height": height}
    )


def _oembed_xml(data):
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8")
    out.write('<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n')
    xml.startElement("oembed", {})
    for name, value in data.items():
        xml.addQuickElement(name, str(value))
    xml.endElement("oembed")
    return out.getvalue()
