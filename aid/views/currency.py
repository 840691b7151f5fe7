"""The currency that a reader has chosen, read from the address and kept in the links of the page.

It is kept in no cookie: an address tells all that its page shows, and can be handed on.
"""

import re
from urllib.parse import urlsplit

from django.http import QueryDict
from django.utils.html import escape

from aid.queries.chosen import PARAMETER, Chosen, read_currency

# What a form for the currency hands on: enough for all filters of a list, and no more of a nonsense address.
MOST_KEPT = 30
LONGEST_KEPT = 200
ADDED = (PARAMETER, "as_of")
# A link within the site: no anchor of the same page, nothing of the desk.
LINK = re.compile(rb'(<a [^>]*?href=")((?:/(?!/|static/|admin/)|\?)[^"]*)"')


def chosen_currency(request, public):
    """The Chosen of a request. One for a request, so that what a page shows is read together."""
    if not hasattr(request, "chosen"):
        asked = request.GET.getlist(PARAMETER)
        code, sentence = read_currency(asked[-1] if asked else "")
        request.chosen = Chosen(code, public, sentence)
    return request.chosen


def kept_in_form(request):
    """What else an address asks for, as (name, value), for a form that changes the currency alone.

    The moment of the past is added to each form of a page by `aid.views.as_of`.
    """
    pairs = [(name, value) for name, values in request.GET.lists() for value in values if name not in ADDED]
    fit = [pair for pair in pairs if all(part.isprintable() and len(part) <= LONGEST_KEPT for part in pair)]
    return fit[:MOST_KEPT]


def keep_in_links(html, kept):
    """A page's HTML with these parameters in each link to a page of the site, or its JSON, that has none of them."""

    def with_kept(match):
        before, link = match.groups()
        address = urlsplit(link.decode().replace("&amp;", "&"))
        file = address.path.rpartition("/")[2]
        if "." in file and not file.endswith(".json"):
            return match.group()
        query = QueryDict(address.query, mutable=True)
        for name, value in kept.items():
            query.setdefault(name, value)
        return before + escape(address._replace(query=query.urlencode()).geturl()).encode() + b'"'

    return LINK.sub(with_kept, html)
