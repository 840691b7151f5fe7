"""Search: a page of hits with its facets, what is offered while somebody types, and the description for browsers."""

from contextlib import suppress
from dataclasses import dataclass
from functools import wraps

from django.db import DatabaseError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from aid.actions.search import MOST_AT_ONCE, catch_up, settle
from aid.choices import AgreementKind, ArticleSection, AssertionKind, EventKind, PartyKind, SourceKind, Stage
from aid.choices import StatementForm as Form
from aid.filters import shortened
from aid.folding import extract, marked
from aid.formats import number as figures
from aid.models.search import SearchKind
from aid.nouns import counted
from aid.queries.public import Public
from aid.queries.search import LONGEST, MOST_RANKED, Search, Unsearchable
from aid.views.lists import address, page_number
from aid.views.pages import READING, page, public_page, readers_have

PAGE_SIZE = 20
OFFERED = 8
# What one hit is called before its title.
ONE = {
    "party": pgettext_lazy("search", "Party"),
    "person": pgettext_lazy("search", "Person"),
    "coalition": pgettext_lazy("search", "Coalition"),
    "agreement": pgettext_lazy("search", "Agreement"),
    "event": pgettext_lazy("search", "Event"),
    "article": pgettext_lazy("search", "Article"),
    "pledge": pgettext_lazy("search", "Pledge"),
    "statement": pgettext_lazy("search", "Statement"),
    "assertion": pgettext_lazy("search", "Context"),
    "source": pgettext_lazy("search", "Source"),
    "correction": pgettext_lazy("search", "Correction"),
}
DETAILS = {
    "party": PartyKind,
    "agreement": AgreementKind,
    "event": EventKind,
    "article": ArticleSection,
    "pledge": Stage,
    "statement": Form,
    "assertion": AssertionKind,
    "source": SourceKind,
}


@dataclass
class Hit:
    """What a reader sees of one entry; title and extract are pieces, each with whether it is what was sought."""

    kind: str
    detail: str
    year: int
    title: list
    extract: list
    url: str


def kept_up(view):
    """The view, once what was changed without being noticed, such as by a load in bulk or by the clock, is in the
    index."""

    @wraps(view)
    def reading(request, *args, **kwargs):
        # Whoever only reads is answered from the index as it is where it cannot be written now.
        if request.method in READING:
            with suppress(DatabaseError):
                catch_up(MOST_AT_ONCE)
                # The view goes on with it, so that what is hidden is asked for once.
                request.public_then = Public()
                settle(request.public_then)
        return view(request, *args, **kwargs)

    reading.csrf_exempt = True
    return reading


@kept_up
@public_page
def search(request):
    text = _typed(request)
    try:
        found = Search(text, readers_have(request))
    except Unsearchable as fault:
        return page(request, "aid/search.html", {"text": text, "why": str(fault), "kept": {"q": text}})
    if not found.terms:
        return page(request, "aid/search.html", {"text": ""})
    kind, year, ignored = _facets_asked(request.GET, found)
    count = found.count(kind, year)
    pages = max(1, -(-min(count, MOST_RANKED) // PAGE_SIZE))
    number, sentence = page_number(request.GET.get("page", ""), pages)
    numbers = found.ranked(kind, year)[(number - 1) * PAGE_SIZE : number * PAGE_SIZE] if count else []
    asked = {"q": text, "kind": kind, "year": "" if year is None else year}

    def linked(**changes):
        return address(request.path, asked, **changes)

    return page(
        request,
        "aid/search.html",
        {
            "text": text,
            "ignored": [*ignored, *([sentence] if sentence else [])],
            "count": count,
            "count_told": counted(count, "hit"),
            "is_cut": count > MOST_RANKED,
            "most": MOST_RANKED,
            "hits": [_hit(row, found) for row in found.hits(numbers)],
            "kinds": _kinds(found, kind, year, linked),
            "years": _years(found, kind, year, linked),
            "is_narrowed": bool(kind or year is not None),
            "everything": address(request.path, {"q": text}),
            "nearest": [] if found.counts else _nearest(request, found),
            "page": {"number": number, "last": pages},
            "previous": linked(page=number - 1 if number > 2 else None) if number > 1 else "",
            "next": linked(page=number + 1) if number < pages else "",
            "kept": {name: value for name, value in asked.items() if value != ""},
            "canonical": request.build_absolute_uri(linked(page=number if number > 1 else None)),
        },
    )


def _typed(request):
    """What was typed, on one line; cut where it is too long to be shown again."""
    text = "".join(sign if sign.isprintable() else " " for sign in request.GET.get("q", "")[: LONGEST + 1])
    return " ".join(text.split()) if len(text) <= LONGEST else text


def _facets_asked(query, found):
    """(kind, year, sentences on what cannot be used)."""
    kind, year, ignored = query.get("kind", "").strip(), query.get("year", "").strip(), []
    if kind and kind not in SearchKind.values:
        ignored.append(_("Ignored: “%(kind)s” is no kind of page.") % {"kind": shortened(kind)})
        kind = ""
    if year and not (year.isascii() and year.isdecimal() and len(year) <= 4):
        ignored.append(_("Ignored: “%(year)s” is no year.") % {"year": shortened(year)})
        year = ""
    return kind, int(year) if year else None, ignored


def _kinds(found, kind, year, linked):
    return [
        {"name": one.label, "number": figures(number), "address": linked(kind=one.value), "is_here": one == kind}
        for one, number in found.kinds(year)
    ]


def _years(found, kind, year, linked):
    return [
        {
            "name": str(one) if one else _("Without a date"),
            "number": figures(number),
            "address": linked(year=one) if one else linked(year="0"),
            "is_here": one == year,
        }
        for one, number in found.years(kind)
    ]


def _nearest(request, found):
    return [(word, address(request.path, {"q": word})) for word in found.nearest()]


def _hit(row, found):
    entry, sought = row.entry, [(term.words, term.is_begun) for term in found.sought]
    details = DETAILS.get(entry.kind)
    return Hit(
        kind=ONE[entry.kind],
        detail=details(row.detail).label if details and row.detail in details.values else "",
        year=entry.bucket % 10_000,
        title=marked(row.title if len(row.title) <= 300 else f"{row.title[:300]}…", sought),
        extract=extract("\n".join(part for part in (row.text, row.names) if part), sought),
        url=_url(row),
    )


def _url(row):
    if not row.page_slug:
        path = reverse(f"{row.page_kind}-list")
    else:
        path = reverse(f"{row.page_kind}-detail", args=[row.page_slug])
    return f"{path}#{row.anchor}" if row.anchor else path


@kept_up
@public_page
def suggestions(request):
    """The first hits for what is typed so far, as the options of a list."""
    hits = []
    with suppress(Unsearchable):
        found = Search(_typed(request), readers_have(request))
        if found.terms:
            hits = [_hit(row, found) for row in found.hits(found.ranked(most=OFFERED * 8)[:OFFERED])]
    if request.as_of:
        for hit in hits:
            hit.url = request.as_of.of(hit.url)
    return page(request, "aid/search_suggestions.html", {"hits": hits})


@public_page
def description(request):
    """How browsers can search this site from their own field (OpenSearch)."""
    # The signs of the template stay as they are.
    context = {
        "address": request.build_absolute_uri(reverse("search")) + "?q={searchTerms}",
        "icon": request.build_absolute_uri(reverse("favicon")),
    }
    response = page(request, "aid/opensearch.xml", context)
    response["Content-Type"] = "application/opensearchdescription+xml; charset=utf-8"
    return response
