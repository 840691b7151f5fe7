"""The public lists: filters from the address, one page of rows, and everything said that was not understood."""

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from aid.filters import Asked, shortened
from aid.models import Pledge
from aid.nouns import counted
from aid.views.currency import chosen_currency
from aid.views.pages import page, readers_have

PAGE_SIZE = 25
# 12 digits number more pages than there can be; longer ones are not even read.
LONGEST_PAGE_NUMBER = 12


def address(path, values, **changes):
    """A list's address with its filters, without those that are empty or None."""
    query = QueryDict(mutable=True)
    for name, value in {**values, **changes}.items():
        if value not in (None, ""):
            query[name] = str(value)
    return f"{path}?{query.urlencode()}" if query else path


def page_number(asked, last):
    """The page to show, and a sentence where that is not the one asked for."""
    text = asked.strip()
    if not text:
        return 1, ""
    if not (text.isascii() and text.isdecimal()) or int(text[:LONGEST_PAGE_NUMBER]) == 0:
        return 1, gettext("There is no page “%(page)s”. This is the first page.") % {"page": shortened(text)}
    if len(text) > LONGEST_PAGE_NUMBER or int(text) > last:
        told = {"page": shortened(text), "count": last}
        if last == 1:
            return last, gettext("There is no page %(page)s. There is one page only.") % told
        return last, (
            ngettext(
                "There is no page %(page)s. There is %(count)s page, and this is the last.",
                "There is no page %(page)s. There are %(count)s pages, and this is the last.",
                last,
            )
            % told
        )
    return int(text), ""


def list_page(request, filterset_class, records, template, noun, context=None, beside=None, public=None, listed=None):
    """Renders a list of those of the records that are public. `context` is a function of what was Asked, for what
    stands above the rows; `beside` one of the rows of the page, for what stands beside each. `listed` is a
    function of what was Asked that gives what is listed instead of the records, such as their totals."""
    asked = Asked(filterset_class, request.GET, records, public or readers_have(request))
    rows = listed(asked) if listed else asked.filterset.listed()
    paginator = Paginator(rows, PAGE_SIZE)
    number, sentence = page_number(request.GET.get("page", ""), paginator.num_pages)
    shown = paginator.page(number)
    if records.model is Pledge and not listed:
        chosen_currency(request, asked.filterset.public).expect(shown.object_list)

    def linked(wanted):
        return address(request.path, asked.values, page=wanted if wanted > 1 else None)

    return page(
        request,
        template,
        {
            "filter": asked.filterset,
            "form": asked.filterset.form,
            "facets": list(asked.filterset.offers()),
            "ignored": [*asked.ignored, *([sentence] if sentence else [])],
            "chips": [
                (label, value, address(request.path, asked.values, **{name: None}))
                for name, label, value in asked.chips
            ],
            "is_filtered": bool(asked.chips),
            "rows": shown.object_list,
            "page": shown,
            "count": counted(paginator.count, noun),
            "previous": linked(number - 1) if shown.has_previous() else "",
            "next": linked(number + 1) if shown.has_next() else "",
            "list_address": request.path,
            "kept": asked.values,
            "canonical": request.build_absolute_uri(linked(number)),
            **(context(asked) if context else {}),
            **(beside(shown.object_list) if beside else {}),
        },
    )
