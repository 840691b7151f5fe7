"""Where a page leads to whoever wants to follow what it shows: the feeds of the page, for people and for programs."""

from dataclasses import dataclass

from django import template
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from aid.exchange.feeds import FORMATS, HOW_SHOWN
from aid.formats import capitalised
from aid.templatetags.readings import LISTS

register = template.Library()


@dataclass(frozen=True)
class Link:
    """A feed that a page leads to: what it is of, the name of its form, its media type and its address."""

    title: str
    form: str
    media_type: str
    address: str


def links(title, name, *given, query=""):
    """A feed in each of its forms; [] where there is no such feed."""
    try:
        return [
            Link(title, form.name, form.media_type, reverse(name, args=[*given, ending]) + query)
            for ending, form in FORMATS.items()
        ]
    except NoReverseMatch:
        return []


def of_page(context):
    """The Links of the feed of what a page shows: a list with its filters, or what concerns its record."""
    match = getattr(context.get("request"), "resolver_match", None)
    kind, _dash, shown = (match.url_name or "").partition("-") if match else ("", "", "")
    if shown == "list" and "filter" in context:
        query = QueryDict(mutable=True)
        query.update({name: value for name, value in context.get("kept", {}).items() if name not in HOW_SHOWN})
        name = next(str(name) for view, name in LISTS.values() if view == match.url_name)
        told = [f"{label}: {value}" for label, value, _address in context.get("chips", ())]
        return links(
            ", ".join([capitalised(name), *told]),
            f"{kind}-feed",
            query=f"?{query.urlencode()}" if query else "",
        )
    if shown == "detail" and kind in context and "slug" in match.kwargs:
        return links(str(context[kind]), f"{kind}-follow", match.kwargs["slug"])
    return []


@register.simple_tag(takes_context=True)
def feeds_of_page(context):
    """The Links of the feed of what the page shows, for people."""
    return of_page(context)


@register.simple_tag(takes_context=True)
def feeds_to_discover(context):
    """The Links that a page names in its head: those of what it shows, of everything, and of the corrections."""
    everything = links(_("Everything on this site"), "site-feed")
    corrections = Link(_("Corrections"), "Atom", FORMATS["atom"].media_type, reverse("correction-feed"))
    own = of_page(context)
    return [*own, *everything[:1], *([] if corrections in own else [corrections])]
