"""What a page tells programs of itself: where it stands on the site, what it is about, how it looks when sent on."""

import json
import re
from dataclasses import dataclass
from html import unescape

from django import template
from django.conf import settings
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aid.cards import HEIGHT, WIDTH
from aid.exchange import schema_org
from aid.exchange.feeds import HOW_SHOWN
from aid.languages import DEFAULT
from aid.templatetags.readings import LISTS

register = template.Library()

# As Django's json_script does it: no text within can end the element or begin another. JSON reads them back.
ESCAPED = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&\u2028\u2029"}
LIST_NAMES = {view.removesuffix("-list"): name for view, name in LISTS.values()}
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
DESCRIPTION = re.compile(r'<meta name="description" content="(.*?)">', re.DOTALL)
SITE = schema_org.SITE
# Pages of these kinds can be shown in a frame.
FRAMED = ("article", "pledge", "coalition", "claim")
LONGEST_CRUMB = 60


@register.simple_tag
def json_ld(data):
    """A data block: no browser runs it, so that the Content-Security-Policy need not allow it."""
    return format_html(
        '<script type="application/ld+json">{}</script>', mark_safe(json.dumps(data).translate(ESCAPED))
    )


# Where a page stands


@dataclass(frozen=True)
class Here:
    """The page of a public record: its kind, the record, what its address names it by, and its name."""

    kind: str
    record: object
    key: str
    name: str


def here(context):
    """The Here of a page that shows a record; None for any other page, for a preview, and where it was withdrawn."""
    match = getattr(context.get("request"), "resolver_match", None)
    kind, _dash, page = (match.url_name or "").partition("-") if match else ("", "", "")
    record = context.get(kind) if kind else None
    if page != "detail" or record is None or context.get("preview") or not context.get("canonical"):
        return None
    if kind == "article":
        return Here(kind, record, record.slug, record.public_headline) if "live" in context else None
    if kind == "claim":
        shown = context["shown"]
        if shown.is_withdrawn:
            return None
        return Here(kind, record, record.key, f"{shown.label}, {shown.record}")
    return Here(kind, record, record.slug, str(record))


def trail(context):
    """The way to a record's page: [(name, address)], the front page first; [] for any other page."""
    found = here(context)
    if found is None:
        return []
    name = str(LIST_NAMES[found.kind])
    return [
        (SITE, reverse("front-page")),
        (name[:1].upper() + name[1:], reverse(f"{found.kind}-list")),
        (found.name, found.record.get_absolute_url()),
    ]


@register.inclusion_tag("aid/includes/breadcrumbs.html", takes_context=True)
def breadcrumbs(context):
    return {"crumbs": trail(context)}


# The data


@register.simple_tag(takes_context=True)
def page_data(context):
    """All that a page tells programs of what it is about."""
    request = context.get("request")
    if request is None or context.get("preview"):
        return ""
    whole, things, found = request.build_absolute_uri, [], here(context)
    if found is not None:
        things = [_about(found, context, whole), schema_org.breadcrumbs(trail(context), whole)]
    elif request.resolver_match and request.resolver_match.url_name == "front-page":
        things = [schema_org.website(whole)]
    # An address whose day cannot be read is answered by a page that lists nothing.
    elif "filter" in context and request.resolver_match.url_name in ("pledge-list", "total-list"):
        things = [_dataset(context, whole)]
    return json_ld(schema_org.graph(*things)) if things else ""


def _about(found, context, whole):
    record, corrections = found.record, context.get("corrections") or []
    if found.kind == "article":
        return schema_org.article(context, whole)
    if found.kind == "claim":
        return schema_org.claim(context["shown"], whole)
    if found.kind == "party":
        return schema_org.party(record, whole)
    if found.kind == "person":
        return schema_org.person(record, [office for office, _rows in context["offices"]], whole)
    if found.kind == "coalition":
        return schema_org.coalition(record, [row.party for row, _rows in context["members"]], whole)
    if found.kind == "source":
        return schema_org.source(record, whole)
    about = [record.donor, record.recipient] if found.kind == "pledge" else []
    return schema_org.record(record, context["sheet"].dossier.sources, corrections, about, whole)


def _dataset(context, whole):
    """The pledges as data. Their rows are given as files with the same filters."""
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in context.get("kept", {}).items() if name not in HOW_SHOWN})
    asked = f"?{query.urlencode()}" if query else ""
    told = "; ".join(f"{label}: {value}" for label, value, _address in context.get("chips", ()))
    name = _("Pledges of defence aid")
    years = sorted(
        value for value, _label in context["filter"].filters["year"].extra.get("choices", ()) if value.isdecimal()
    )
    return schema_org.dataset(
        f"{name} ({told})" if told else name,
        _(
            "Each row is one party’s support for another, with its stage, its amount where a source states one, and "
            "the claims that it rests on. What no source states is said to be unknown."
        ),
        context["request"].path + asked,
        [("text/csv", reverse("total-csv") + asked), ("application/json", reverse("total-json") + asked)],
        (years[0], years[-1]) if years else None,
        whole,
        settings.DATA_LICENCE,
    )


# What is shown of a page that is sent on


@register.simple_block_tag(takes_context=True)
def sent_on(context, content):
    """The title and the description of a page, which are its block's content, and the same for networks that show a
    card (Open Graph, Twitter): always what the page says of itself."""
    request = context.get("request")
    if request is None or context.get("preview"):
        return content
    title, description = (found[1] if (found := pattern.search(content)) else "" for pattern in (TITLE, DESCRIPTION))
    title = unescape(title).strip().removesuffix(f" · {SITE}")
    found, whole = here(context), request.build_absolute_uri
    card = whole(reverse(f"{found.kind}-card", args=[found.key]) if found else reverse("site-card"))
    is_article = found is not None and found.kind == "article"
    told = [
        ("og:site_name", SITE),
        ("og:type", "article" if is_article else "website"),
        ("og:title", title),
        ("og:description", " ".join(unescape(description).split())),
        ("og:url", context.get("canonical", "")),
        ("og:locale", {"en": "en_GB", "da": "da_DK", "uk": "uk_UA"}.get(get_language() or DEFAULT, "en_GB")),
        ("og:image", card),
        ("og:image:type", "image/png"),
        ("og:image:width", WIDTH),
        ("og:image:height", HEIGHT),
        ("og:image:alt", title),
    ]
    if is_article:
        told += [
            ("article:published_time", found.record.published_at.isoformat()),
            ("article:modified_time", context["changed_at"].isoformat()),
        ]
    lines = format_html_join(
        "\n", '<meta property="{}" content="{}">', ((name, text) for name, text in told if text != "")
    )
    return format_html('{}{}\n<meta name="twitter:card" content="summary_large_image">', content, lines)


@register.simple_tag(takes_context=True)
def oembed_links(context):
    """Where a program asks how to show this page in a frame: [(media type, address)]; [] for a page that is not."""
    found = here(context)
    if found is None or found.kind not in FRAMED:
        return []
    query = QueryDict(mutable=True)
    query["url"] = context["request"].build_absolute_uri(found.record.get_absolute_url())
    whole = context["request"].build_absolute_uri
    return [
        (f"{media_type}+oembed", whole(f"{reverse('oembed')}?{query.urlencode()}&format={form}"))
        for form, media_type in (("json", "application/json"), ("xml", "text/xml"))
    ]


@register.inclusion_tag("aid/includes/share_line.html", takes_context=True)
def share_line(context):
    """How to send a record on, cite it, show it elsewhere and follow it: without anybody else's help."""
    found = here(context)
    if found is None:
        return {}
    whole = context["request"].build_absolute_uri
    address = whole(found.record.get_absolute_url())
    shown = {"name": found.name, "address": address, "day": context.get("as_of"), "kind": found.kind}
    try:
        shown["framed"] = reverse(f"{found.kind}-embed", args=[found.key])
        shown["frame"] = whole(shown["framed"])
    except NoReverseMatch:
        shown["frame"] = ""
    try:
        shown["feed"] = reverse(f"{found.kind}-follow", args=[found.key, "atom"])
    except NoReverseMatch:
        shown["feed"] = ""
    shown["card"] = reverse(f"{found.kind}-card", args=[found.key])
    return shown
