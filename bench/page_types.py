"""One address of every type of page that readers get, with something on each: what tests and measurements look at.

The addresses are read from the site's own routes, so that a page that is added tomorrow is looked at too. Needs the
documents of fixtures/ in the database.
"""

from urllib.parse import urlsplit

from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

# The row that shows the most of its type; else it is the first one.
TELLING = {
    "pledge": ["denmark-cyber-91-million-kroner", "luxembourg-it-financial-assistance"],
    "party": ["denmark", "ukraine"],
    "source": ["text-on-danish-cyber-support"],
    "person": ["troels-lund-poulsen"],
}
# What a page is besides: asked for wrongly, in vain, in another currency, of another day, or gone.
BESIDES = [
    "/pledges/?stage=allocated&donor=XX&currency=USD",
    "/pledges/?stage=cancelled",
    "/articles/denmark-allocates-91-million-kroner-cyber-defence/?currency=USD",
    "/?as_of=2024-02-01",
    "/?as_of=nonsense",
    "/nothing/",
    "/articles/withdrawn-for-a-look/",
    "/da/",
    "/uk/articles/denmark-allocates-91-million-kroner-cyber-defence/",
]
# Routes with more in them than a slug, and what to put there: {name: function that gives the arguments}.
TAUGHT = {
    "claim-detail": lambda: {"key": _first("claim", field="amount").key},
    "claim-embed": lambda: {"key": _first("claim", field="amount").key},
    "claim-report": lambda: {"key": _first("claim", field="amount").key},
    "report-detail": lambda: {"reference": "a-report"},
}
# Routes that are no page of a reader's.
NO_PAGES = {
    "secret-preview": "opens with a secret",
    "secret-picture": "opens with a secret",
    "report-detail": "opens with a reference",
    "search-suggestions": "a part of a page",
}


def plant():
    """What the documents have no case of: a correction, a report, and an article that was withdrawn."""
    from aid.models import Pledge
    from tests import builders

    pledge = Pledge.objects.get(slug=TELLING["pledge"][0])
    builders.make_correction(pledge=pledge, was="DKK 90 million", now="DKK 91 million", key="a-correction")
    builders.make_report(reference="a-report", claim_key=_first("claim", field="amount").key, email="ane@example.org")
    builders.make_publication(builders.make_article(slug="withdrawn-for-a-look"))


def addresses():
    """Every type of page that answers in HTML, each with one address or two."""
    client, found = Client(headers={"host": "localhost"}), []
    client.raise_request_exception = False
    # Only a page's address ends in a slash.
    for address in dict.fromkeys([*filter(lambda one: one.endswith("/"), _of_routes()), *BESIDES]):
        answer = client.get(address)
        if not 300 <= answer.status_code < 400 and answer.headers.get("Content-Type", "").startswith("text/html"):
            found.append(address)
    return found


def untaught():
    """The names of the routes of which nobody has said what to ask them for."""
    return [
        pattern.name
        for pattern in _patterns(get_resolver())
        if pattern.name
        and pattern.name not in NO_PAGES | TAUGHT
        and pattern.pattern.converters
        and str(pattern.pattern).endswith("/")
        and not (set(pattern.pattern.converters) == {"slug"} and _slugs(pattern.name.partition("-")[0]))
    ]


def name_of(address):
    """A name for a file: pledges-denmark-cyber, pledges-stage-cancelled, front."""
    parts = urlsplit(address)
    words = f"{parts.path} {parts.query}".replace("/", " ").replace("=", " ").replace("&", " ").split()
    return "-".join(words)[:60].rstrip("-") or "front"


def _of_routes():
    for pattern in _patterns(get_resolver()):
        asked = pattern.pattern.converters
        if pattern.name is None or pattern.name in NO_PAGES:
            continue
        if not asked:
            yield reverse(pattern.name)
        elif pattern.name in TAUGHT:
            yield reverse(pattern.name, kwargs=TAUGHT[pattern.name]())
        elif set(asked) == {"slug"}:
            for slug in _slugs(pattern.name.partition("-")[0]):
                yield reverse(pattern.name, kwargs={"slug": slug})


def _patterns(resolver):
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield one
        elif isinstance(one, URLResolver) and one.app_name != "admin":
            yield from _patterns(one)


def _slugs(kind):
    if kind in TELLING:
        return TELLING[kind]
    row = _first(kind)
    return [row.slug] if row else []


def _first(kind, **asked):
    try:
        model = apps.get_model("aid", kind)
    except LookupError:
        return None
    return model.objects.filter(**asked).order_by("pk").first()
