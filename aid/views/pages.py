"""What every public page does alike: it reads, it answers GET and HEAD alone, and it never asks who is looking."""

from contextlib import suppress
from dataclasses import dataclass
from functools import wraps

from django.http import Http404, HttpResponseNotAllowed, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string

from aid.queries.addresses import standing_now

READING = ("GET", "HEAD")


class Moved(Exception):
    """What was asked for stands at another address of this site by now."""

    def __init__(self, address):
        super().__init__(address)
        self.address = address


def public_page(view):
    """A view that only reads. Any other method is answered with 405 and a sentence, a former address with the one
    that took its place.

    It is exempt from the CSRF check, which would read cookies to protect a form that no public page has.
    """

    @wraps(view)
    def reading(request, *args, **kwargs):
        if request.method not in READING:
            return HttpResponseNotAllowed(READING, render_to_string("405.html", request=request))
        try:
            return view(request, *args, **kwargs)
        except Moved as moved:
            return HttpResponsePermanentRedirect(moved.address)

    reading.csrf_exempt = True
    return reading


def found(records, slug):
    """The record at an address, or a 404 that names it. Raises Moved where one of these records stood there before:
    of a record that is not among them, no reader learns where it stands."""
    try:
        return records.get(slug=slug)
    except records.model.DoesNotExist as error:
        kind = records.model._meta.model_name
        if number := standing_now({(kind, slug)}).get((kind, slug)):
            with suppress(records.model.DoesNotExist):
                raise Moved(records.get(pk=number).get_absolute_url()) from error
        noun = records.model._meta.verbose_name
        raise Http404(f"There is no {noun} at the address “{slug}”.") from error


# A page shows this many of what can grow without end, and leads to the list of the rest where there is one.
MOST_ROWS = 25
# Statements and context have no page of their own, so that their page holds as many as it can bear.
MOST_VOICES = 100


@dataclass(frozen=True)
class Excerpt:
    """The first rows of a queryset, and whether there are more. False where there are none."""

    rows: list
    has_more: bool

    def __bool__(self):
        return bool(self.rows)


def excerpt(records, most=MOST_ROWS):
    rows = list(records[: most + 1])
    return Excerpt(rows[:most], len(rows) > most)


def page(request, template, context, status=200):
    """A page with its canonical address, unless the view has worked out a better one."""
    context = {"canonical": request.build_absolute_uri(request.path), **context}
    return render(request, template, context, status=status)


def unstored(response):
    """The answer, which no cache keeps and no search engine lists."""
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex"
    return response
