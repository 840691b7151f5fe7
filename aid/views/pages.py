"""What every public page does alike: it reads, it answers GET and HEAD alone, and it never asks who is looking.

It shows what is public at the moment of the request, and no cache may keep it: the next moment may be that of an
embargo.
"""

from dataclasses import dataclass
from functools import wraps

from django.http import Http404, HttpResponseNotAllowed, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.defaults import page_not_found

from aid.models import Article
from aid.nouns import kind, nothing_at
from aid.queries.addresses import standing_now
from aid.queries.chosen import PARAMETER, read_currency
from aid.queries.past import Past, PublicThen, as_it_was, first_known, record_at
from aid.queries.public import EVERYTHING, Public
from aid.views.as_of import Unreadable, as_of_context, moment_asked, stay
from aid.views.currency import chosen_currency
from aid.views.kept import keep_in_links

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


class NothingHere(Http404):
    """No record of a model stands at an address."""

    def __init__(self, model, slug):
        super().__init__(nothing_at(model._meta.verbose_name, slug))
        self.model, self.slug = model, slug


def public_page(view):
    """A view that only reads. Any other method is answered with 405 and a sentence.

    It is exempt from the CSRF check, which would read cookies to protect a form that no public page has.
    """

    @wraps(view)
    def reading(request, *args, **kwargs):
        if request.method not in READING:
            return HttpResponseNotAllowed(READING, render_to_string("405.html", request=request))
        now = timezone.now()
        try:
            request.as_of = moment_asked(request.GET, now)
        except Unreadable as fault:
            request.as_of = None
            return kept_by_nobody(page(request, "aid/as_of_unreadable.html", {"why": str(fault)}, status=400))
        if request.as_of is None:
            return kept_by_nobody(_answer(view, request, args, kwargs))
        return kept_by_nobody(stay(_answer_then(view, request, args, kwargs, now), request.as_of))

    reading.csrf_exempt = True
    return reading


def public_form(view):
    """A public page with a form that is sent without a cookie; views/reports.py says what holds it together. What is
    sent is about now, whatever moment the page was read at."""
    reading = public_page(view)

    @wraps(view)
    def answering(request, *args, **kwargs):
        if request.method == "POST":
            request.as_of = None
            return kept_by_nobody(_answer(view, request, args, kwargs))
        if request.method not in READING:
            return HttpResponseNotAllowed((*READING, "POST"), render_to_string("405.html", request=request))
        return reading(request, *args, **kwargs)

    answering.csrf_exempt = True
    return answering


def _answer(view, request, args, kwargs):
    try:
        return view(request, *args, **kwargs)
    except Moved as moved:
        return HttpResponsePermanentRedirect(moved_to(request, moved.address))
    except Gone as gone:
        return withdrawn_record(request, gone.record, gone.public)


def _answer_then(view, request, args, kwargs, now):
    """What the view answered at the moment asked for; or that nothing stood at the address then."""
    at = request.as_of.at
    request.public_then = PublicThen(at, now)
    try:
        with Past(at, now):
            response = _answer(view, request, args, kwargs)
    except Http404 as missing:
        return _not_then(request, missing, now)
    if response.has_header("Location"):
        response["Location"] = request.as_of.of(response["Location"])
    return response


def _not_then(request, missing, now):
    """For what is here now: the address that it had then, or since when it is here. Else a page that is not there."""
    record = since = None
    if isinstance(missing, NothingHere):
        record = record_at(missing.model, missing.slug, Public(now))
    if record is not None:
        with Past(request.as_of.at, now):
            then = as_it_was(record, request.public_then)
        if then is not None:
            return HttpResponseRedirect(request.as_of.of(then.get_absolute_url()))
        since = record.published_at if isinstance(record, Article) else first_known(record)
    return page(request, "aid/not_then.html", {"record": record, "since": since}, status=404)


def moved_to(request, address):
    """Where what has moved stands now, in the currency that is asked for."""
    code, _ = read_currency(request.GET.get(PARAMETER, ""))
    return f"{address}?{PARAMETER}={code}" if code else address


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
    return getattr(request, "public_then", None) or Public()


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
    return NothingHere(model, slug)


def withdrawn_record(request, record, public):
    """What stands at the address of a record that was withdrawn: that it is gone, since when and why, and no more."""
    context = {
        "record": record,
        "noun": kind(record._meta.verbose_name),
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
    """A page with its canonical address, unless the view has worked out a better one, and with the currency that the
    reader has chosen, which its links keep. `kept` in the context is what else the address asks for that stays when
    another moment or currency is asked for: {parameter: value}."""
    chosen = chosen_currency(request, readers_have(request))
    context = {
        "canonical": request.build_absolute_uri(request.path),
        "chosen": chosen,
        "chosen_kept": list(context.get("kept", {}).items()),
        **context,
    }
    in_currency = {PARAMETER: chosen.currency} if chosen else {}
    if hasattr(request, "preview"):
        context["preview"] = request.preview
    if hasattr(request, "as_of"):
        context |= as_of_context(request, context["canonical"], context.get("kept", {}) | in_currency)
    response = render(request, template, context, status=status)
    if chosen:
        response.content = keep_in_links(response.content, in_currency)
    return response


def unstored(response):
    """The answer, which no cache keeps and no search engine lists."""
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex"
    return response
