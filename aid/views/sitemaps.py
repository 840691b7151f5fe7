"""What programs ask for at the root of a site: sitemaps, robots.txt, humans.txt, security.txt."""

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language

from aid.exchange import sitemaps as written
from aid.languages import alternates
from aid.queries import sitemaps
from aid.views.pages import public_page, readers_have

# Pages that are no record's. Of those that change with every record nobody can say when they last did.
PAGES = (
    "front-page", "article-list", "pledge-list", "total-list", "coalition-list", "agreement-list", "event-list",
    "party-list", "person-list", "source-list", "claim-list", "correction-list", "about", "method", "feed-list",
)  # fmt: skip
# How the site works.
FURTHER = ("policy-list", "corrections-policy", "sources-policy", "accessibility", "privacy", "contact")


def _xml(text):
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def _text(lines):
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


@public_page
def index(request):
    public, whole = readers_have(request), request.build_absolute_uri
    addresses = [reverse("sitemap-pages"), reverse("news-sitemap")]
    addresses += [reverse("sitemap-part", args=part) for part in sitemaps.parts(public)]
    return _xml(written.index([whole(address) for address in addresses]))


@public_page
def part(request, kind, number):
    pages = sitemaps.pages(kind, number, readers_have(request)) if kind in sitemaps.KINDS and number else []
    if not pages:
        raise Http404("There is no such part of the sitemap.")
    return _xml(written.urlset([_address(request, page.address, page.changed) for page in pages]))


@public_page
def pages(request):
    return _xml(written.urlset([_address(request, address) for address in _addresses()]))


def _addresses():
    for name in (*PAGES, *FURTHER):
        try:
            yield reverse(name)
        except NoReverseMatch:
            if name in PAGES:
                raise


def _address(request, address, changed=None):
    whole = request.build_absolute_uri(address)
    return written.Address(whole, changed, tuple(alternates(whole)))


@public_page
def news(request):
    found = sitemaps.news(readers_have(request))
    return _xml(
        written.news([
            written.News(
                request.build_absolute_uri(article.get_absolute_url()),
                article.public_headline,
                article.published_at,
                get_language() or "en",
                "Newsroom",
            )
            for article in found
        ])
    )  # fmt: skip


@public_page
def robots(request):
    """Pages of the past say by themselves that nobody shall list them; whoever may not read them would not know."""
    return _text([
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        "Disallow: /preview/",
        # A report is its reader's, and there is a form for each claim.
        "Disallow: /reports/",
        "Disallow: /*/report/",
        "",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ])  # fmt: skip


@public_page
def humans(request):
    return _text([
        "/* SITE */",
        "Newsroom: defence aid, with the sentence behind every figure.",
        f"How to read it: {request.build_absolute_uri(reverse('about'))}",
        f"How totals are made: {request.build_absolute_uri(reverse('method'))}",
        "Standards: HTML, CSS, SVG, Atom, RSS, JSON Feed, schema.org, EDTF (ISO 8601-2), ISO 4217, IATI",
        "Language: English, Dansk, Українська",
        "Built with: Python, Django",
    ])  # fmt: skip


@public_page
def security(request):
    """Whom to tell of a weakness (RFC 9116). Its end lies always ahead; where nobody is named, there is none."""
    if not settings.SECURITY_CONTACT:
        raise Http404("This site names nobody to tell of a weakness: NEWSROOM_SECURITY_CONTACT is not set.")
    today = timezone.now().astimezone(UTC).date()
    ends = datetime.combine(today + timedelta(days=settings.SECURITY_DAYS), time(), UTC)
    return _text([
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {ends:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, da, uk",
        f"Canonical: {request.build_absolute_uri()}",
    ])  # fmt: skip
