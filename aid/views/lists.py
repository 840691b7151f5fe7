"""The public lists: filters from the address, one page of rows, and everything said that was not understood."""

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext, ngettext

from aid.filters import Asked, shortened
from aid.models import Pledge
from aid.nouns import counted
from aid.views.currency import chosen_currency
from aid.views.pages import page, readers_have
from aid.views.shown import COLUMNS, COMPACT, Shown

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


def normal(asked):
    """What an address asks for in the one order that the list's own address has: that of the form, without the order
    in which the list stands anyway."""
    known, usual = asked.filterset.filters, asked.filterset.default_sort()
    values = {name: asked.values[name] for name in known if name in asked.values}
    return {name: value for name, value in values.items() if (name, value) != ("sort", usual)}


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
    shown = Shown(request.GET, records.model is Pledge and not listed)
    values = asked.values | shown.values
    rows = listed(asked) if listed else asked.filterset.listed()
    paginator = Paginator(rows, PAGE_SIZE)
    number, sentence = page_number(request.GET.get("page", ""), paginator.num_pages)
    here = paginator.page(number)
    if records.model is Pledge and not listed:
        chosen_currency(request, asked.filterset.public).expect(here.object_list)

    def addressed(**changes):
        return address(request.path, values, **changes)

    def linked(wanted):
        return addressed(page=wanted if wanted > 1 else None)

    facets = facets_shown(asked.filterset, addressed)
    counted_filters = set(asked.filterset.kinds)
    in_form = set(asked.filterset.form.fields) - counted_filters
    sort = asked.values.get("sort") or asked.filterset.default_sort()
    return page(
        request,
        template,
        {
            "filter": asked.filterset,
            "form": asked.filterset.form,
            "facets": facets,
            "counted_filters": counted_filters,
            "form_keeps": [(name, value) for name, value in values.items() if name not in in_form],
            "ignored": [*asked.ignored, *shown.ignored, *([sentence] if sentence else [])],
            "chips": [(label, value, addressed(**{name: None})) for name, label, value in asked.chips],
            "ways_out": ways_out(asked, addressed) if asked.chips and not paginator.count else [],
            "ways_to_show": shown.ways(addressed) if not listed else [],
            "table": shown.table(addressed, sort, [item for item in values.items() if item[0] != COLUMNS]),
            "is_compact": shown.view == COMPACT,
            "is_filtered": bool(asked.chips),
            "rows": here.object_list,
            "page": here,
            "count": counted(paginator.count, noun),
            "previous": linked(number - 1) if here.has_previous() else "",
            "next": linked(number + 1) if here.has_next() else "",
            "list_address": request.path,
            "kept": values,
            "canonical": request.build_absolute_uri(address(request.path, normal(asked), page=page_of(number))),
            **(context(asked) if context else {}),
            **(beside(here.object_list) if beside else {}),
        },
    )


def page_of(number):
    """A page's number as its address has it."""
    return number if number > 1 else None


# Of a filter's values so many stand open; the others behind a word.
FIRST_VALUES = 8
# Of so many filters the values stand open at first.
LEADING_FACETS = 3


def facets_shown(filterset, addressed):
    """The filters whose values are counted, each with its values and where they lead: the frequent ones first, those
    of time in their order. The value that is on leads back."""
    found = []
    for name, label, offers in filterset.offers():
        if not filterset.kinds[name].is_newest_first:
            offers = sorted(offers, key=lambda one: (not one.is_on, -one.count))
        values = [(one, addressed(**{name: None if one.is_on else one.value})) for one in offers]
        found.append(
            {
                "name": name,
                "label": label,
                "first": values[:FIRST_VALUES],
                "rest": values[FIRST_VALUES:],
                "is_on": any(one.is_on for one in offers),
                "leads": len(found) < LEADING_FACETS,
            }
        )
    return found


def ways_out(asked, addressed):
    """Where nothing fits all that is asked for: [(label, value, how many there are without it, address)]."""
    found = []
    for name, label, value in asked.chips:
        number = asked.filterset.selected(without=name).bit_count()
        if number:
            found.append((label, value, number, addressed(**{name: None})))
    return found
