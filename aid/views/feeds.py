"""Feeds: of everything, of each list with its filters, of what concerns one record; and the page that lists them."""

from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from aid import filters
from aid.exchange.feeds import FORMATS, HOW_SHOWN, Followed, stable_id
from aid.models import (
    Agreement,
    Article,
    Claim,
    Coalition,
    Correction,
    Event,
    Party,
    Person,
    Pledge,
    Source,
)
from aid.queries import feeds
from aid.views.feed_entries import entries_of
from aid.views.lists import address, normal
from aid.views.pages import found, page, public_page, readers_have

PUBLISHER = "Newsroom"


@dataclass(frozen=True)
class List:
    """A list that can be followed: its name, what stands in its feed, its filters, and its rows as they need them."""

    name: str
    about: str
    filterset: type
    rows: object = None


LISTS = {
    "article": List(
        gettext_lazy("Articles"),
        gettext_lazy("Every article in full, with its figures and their sources."),
        filters.ArticleFilterSet,
        lambda public: Article.objects.newest_first(),
    ),
    "pledge": List(
        gettext_lazy("Pledges"),
        gettext_lazy("Each pledge, and each further stage that it reaches."),
        filters.PledgeFilterSet,
        lambda public: Pledge.objects.all(),
    ),
    "coalition": List(
        gettext_lazy("Coalitions"),
        gettext_lazy("Each coalition, with what is known of it."),
        filters.CoalitionFilterSet,
        lambda public: Coalition.objects.with_counts(public),
    ),
    "agreement": List(
        gettext_lazy("Agreements"),
        gettext_lazy("Each text that parties sign."),
        filters.AgreementFilterSet,
        lambda public: Agreement.objects.all(),
    ),
    "event": List(
        gettext_lazy("Events"),
        gettext_lazy("Meetings, signings and announcements."),
        filters.EventFilterSet,
        lambda public: Event.objects.all(),
    ),
    "party": List(
        gettext_lazy("Parties"),
        gettext_lazy("Each donor, recipient and other party that is recorded."),
        filters.PartyFilterSet,
        lambda public: Party.objects.with_roles(public),
    ),
    "person": List(
        gettext_lazy("People"),
        gettext_lazy("Each person whom a source cites."),
        filters.PersonFilterSet,
        lambda public: Person.objects.all(),
    ),
    "source": List(
        gettext_lazy("Sources"),
        gettext_lazy("Each document that these pages rest on."),
        filters.SourceFilterSet,
        lambda public: Source.objects.all(),
    ),
    "claim": List(
        gettext_lazy("Claims"),
        gettext_lazy("Each single value that a source gives."),
        filters.ClaimFilterSet,
        lambda public: Claim.objects.standing().of_facts(),
    ),
    "correction": List(
        gettext_lazy("Corrections"),
        gettext_lazy("What was wrong, unclear or overtaken in something that was published here."),
        filters.CorrectionFilterSet,
        lambda public: Correction.objects.all(),
    ),
}
EVERYTHING = pgettext_lazy("feed", "Everything")
ABOUT_EVERYTHING = gettext_lazy("What is new here: articles, records, sources and corrections.")
RECORDS = {"pledge": Pledge, "coalition": Coalition, "party": Party, "person": Person}


def followable(view):
    """A public page that gives a feed: of a form that there is, and “not modified” to whoever has it already."""

    def answer(request, ending="atom", **given):
        if ending not in FORMATS:
            raise Http404(f"A feed is {', '.join(FORMATS)}, and not “{ending}”.")
        return view(request, form=FORMATS[ending], **given)

    return public_page(answer)


@followable
def everything(request, form):
    public = readers_have(request)
    rows = feeds.all_rows(public)
    numbers = {kind: feeds.newest(kind, found) for kind, found in rows.items()}
    steps = feeds.steps_told(rows["pledge"], public)
    followed = partial(Followed, stable_id("feed", "everything"), _title(EVERYTHING), str(ABOUT_EVERYTHING))
    return _written(request, form, public, followed, reverse("front-page"), numbers, steps)


@followable
def of_list(request, form, kind):
    """The feed of a list with the same filters. A value that cannot be used is no feed: nobody gets more in it than
    was asked for."""
    public, one = readers_have(request), LISTS[kind]
    asked = filters.Asked(one.filterset, _without(request.GET, HOW_SHOWN), one.rows(public), public)
    if asked.ignored:
        return _refused(asked.ignored)
    values = {name: value for name, value in normal(asked).items() if name not in HOW_SHOWN}
    rows = asked.filterset.qs
    numbers = {kind: feeds.newest(kind, rows)}
    steps = feeds.steps_told(rows, public) if kind == "pledge" else ()
    name = _title(one.name, *(f"{label}: {value}" for _name, label, value in asked.chips))
    shown_at, key = address(reverse(f"{kind}-list"), values), address(kind, dict(sorted(values.items())))
    followed = partial(Followed, stable_id("feed", key), name, str(one.about))
    if request.path == reverse("correction-feed"):
        # Older than the others: it keeps the name that it had.
        followed = partial(Followed, request.build_absolute_uri(shown_at), name, str(one.about))
    return _written(request, form, public, followed, shown_at, numbers, steps, values)


@followable
def of_record(request, form, kind, slug):
    """The feed of what concerns one record: itself, what names it, what is said of it, what was corrected in it."""
    public = readers_have(request)
    record = found(RECORDS[kind].objects.all(), slug, public)
    numbers = feeds.concerning(record, public)
    steps = feeds.steps_of(numbers.get("pledge", ()), public)
    about = _("What is new about %(name)s: records, statements, articles and corrections.") % {"name": record}
    followed = partial(Followed, stable_id("feed", f"{kind}:{record.pk}"), _title(record), about)
    return _written(request, form, public, followed, record.get_absolute_url(), numbers, steps)


def _title(*parts):
    return " · ".join([*map(str, parts), PUBLISHER])


def _without(query, names):
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept


def _refused(sentences):
    """What stands where a filter cannot be used: why, and that nothing else is sent in its place."""
    lead = _("There is no feed at this address, for a part of it cannot be used. The list says of it:")
    return HttpResponse(
        "\n".join([lead, *(f"- {sentence}" for sentence in sentences), ""]),
        content_type="text/plain; charset=utf-8",
        status=400,
    )


def _written(request, form, public, followed, shown_at, numbers, steps=(), values=None):
    whole, as_of = request.build_absolute_uri, getattr(request, "as_of", None)
    own = address(request.path, values or {})
    own, shown_at = (as_of.of(own), as_of.of(shown_at)) if as_of else (own, shown_at)
    hub = "" if as_of else settings.WEBSUB_HUB
    entries = entries_of(numbers, public, whole, steps)
    found = followed(whole(shown_at), whole(own), PUBLISHER, get_language() or "en", hub, entries)
    text = form.write(found).encode()
    links = [(hub, "hub")] if hub else []
    response = HttpResponse(
        text,
        content_type=f"{form.media_type}; charset=utf-8",
        headers={
            # Of the whole: the moment of the newest entry says nothing of an older one that has become visible since.
            "ETag": (etag := quote_etag(sha256(text).hexdigest()[:32])),
            "Link": ", ".join(f'<{to}>; rel="{relation}"' for to, relation in (*links, (found.address, "self"))),
        },
    )
    return get_conditional_response(request, etag=etag, response=response)


# The page that lists them


@public_page
def feed_list(request):
    return page(request, "aid/feed_list.html", {
        "everything": {"name": EVERYTHING, "about": ABOUT_EVERYTHING, "addresses": _addresses("site-feed")},
        "lists": [
            {
                "name": one.name,
                "about": one.about,
                "page": reverse(f"{kind}-list"),
                "addresses": _addresses(f"{kind}-feed"),
            }
            for kind, one in LISTS.items()
        ],
        "hub": settings.WEBSUB_HUB,
    })  # fmt: skip


def _addresses(name):
    return [(form.name, form.media_type, reverse(name, args=[ending])) for ending, form in FORMATS.items()]
