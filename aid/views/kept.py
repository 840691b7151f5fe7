"""What an address asks for on every page, written into the links of the page: the currency, and the moment.

Done on the page as it is written, so that no template has to think of it.
"""

import re
from urllib.parse import urlsplit

from django.http import QueryDict
from django.utils.html import escape, format_html_join

# A link within the site to a page: no file, no anchor of the same page, nothing of the desk.
LINK = re.compile(rb'(<a (?P<tag>[^>]*?)href=")(?P<address>(?:/(?!/|static/|admin/)|\?)[^"]*)"(?P<rest>[^>]*)')
FORM = re.compile(rb'<form\b(?P<tag>[^>]*\bmethod="get"[^>]*)>', re.IGNORECASE)


def keep_in_links(html, kept, unless=None):
    """A page's HTML with these parameters in each link to a page of the site, or its JSON, that has none of them;
    `unless` its tag has this attribute."""

    def with_kept(match):
        address = urlsplit(match["address"].decode().replace("&amp;", "&"))
        file = address.path.rpartition("/")[2]
        is_file = "." in file and not file.endswith(".json")
        if is_file or (unless and (unless in match["tag"] or unless in match["rest"])):
            return match[0]
        query = QueryDict(address.query, mutable=True)
        for name, value in kept.items():
            query.setdefault(name, value)
        written = escape(address._replace(query=query.urlencode(safe=":")).geturl()).encode()
        return match[1] + written + b'"' + match["rest"]

    return LINK.sub(with_kept, html)


def keep_in_forms(html, kept, unless):
    """The same for what its forms ask for; a form whose tag has the attribute `unless` stays as it is."""
    fields = format_html_join("", '<input type="hidden" name="{}" value="{}">', kept.items()).encode()
    return FORM.sub(lambda form: form[0] if unless in form["tag"] else form[0] + fields, html)
