"""What every public page does alike: it reads, it answers GET and HEAD alone, and it never asks who is looking.

It shows what is public at the moment of the request, and no cache may keep it: the next moment may be that of an
embargo.
"""

from dataclasses import dataclass
from functools import wraps

from django.http import Http404, HttpResponseNotAllowed, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.views.defaults import page_not_found

from aid.queries.addresses import standing_now
from aid.queries.public import EVERYTHING, Public

READING = ("GET", "HEAD")


class Moved(Exception):
    """What stood at the address has another one now."""

    def __init__(self, address):
        super().__init__(address)
        self.address = address


class Gone(Exception):
    """The record at the address has been withdrawn."""

    def __init__(self, record, public):
        super().__init__(record.pk)
        self.record, self.public = record, public


def public_page(view):
    """A view that only reads. Any other method is answered with 405 and a sentence.

    It is exempt from the CSRF check, which would read cookies to protect a form that no public page has.
    """

    @wraps(view)
    def reading(request, *args, **kwargs):
        if request.method not in READING:
            return HttpResponseNotAllowed(READING, render_to_string("405.html", request=request))
        try:
            response = view(request, *args, **kwargs)
        except Moved as moved:
            response = HttpResponsePermanentRedirect(moved.address)
        except Gone as gone:
            response = withdrawn_record(request, gone.record, gone.public)
        return kept_by_nobody(response)

    reading.csrf_exempt = True
    return reading


def kept_by_nobody(response):
    """The answer with the word that a cache asks again each time, unless it says something else itself."""
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, no_cache=True)
    return response


def not_found(request, exception):
    """The page of what is not there: it may be there a minute later."""
    return kept_by_nobody(page_not_found(request, exception))


def readers_have(request):
    """What readers may see at the moment that a request is about. Each public view asks here, once."""
    return Public()


def found(records, slug, public=EVERYTHING):
    """The record at an address, if it is public; else it raises what to answer: that it has moved, that it was
    withdrawn, or that there is none, which is the answer for what is under embargo too."""
    try:
        record = records.get(slug=slug)
    except records.model.DoesNotExist:
        record = None
    if record is None or public.hides(record):
        raise elsewhere(public, records.model, slug)
    if public.has_withdrawn(record):
        raise Gone(record, public)
    return record


def elsewhere(public, model, slug):
    """What to raise where nothing public stands at an address: Moved, where what stood there is public elsewhere."""
    key = (model._meta.model_name, slug)
    number = standing_now({key}).get(key)
    record = public.named(model.objects.all()).in_bulk([number]).get(number) if number else None
    if record is not None:
        return Moved(record.get_absolute_url())
    return Http404(f"There is no {model._meta.verbose_name} at the address “{slug}”.")


def withdrawn_record(request, record, public):
    """What stands at the address of a record that was withdrawn: that it is gone, since when and why, and no more."""
    context = {
        "record": record,
        "noun": record._meta.verbose_name,
        "corrections": public.of(record.corrections.newest_first()),
    }
    return page(request, "aid/record_withdrawn.html", context, status=410)


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
    if hasattr(request, "preview"):
        context["preview"] = request.preview
    return render(request, template, context, status=status)


def unstored(response):
    """The answer, which no cache keeps and no search engine lists."""
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex"
    return response
