"""What search engines and other programs read on a page: schema.org, as JSON-LD."""

from django.urls import reverse

from aid.languages import permanent


def article_data(request, shown):
    """An article's page as a schema.org NewsArticle. `shown` is what the page shows."""
    article, live, retraction = shown["article"], shown["live"], shown["retraction"]
    address = request.build_absolute_uri(article.get_absolute_url())
    site = request.build_absolute_uri(reverse("front-page"))
    publisher = {
        "@type": "NewsMediaOrganization",
        "name": "Newsroom",
        "url": site,
        "correctionsPolicy": request.build_absolute_uri(reverse("correction-list")),
    }
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": request.build_absolute_uri(permanent(article.get_absolute_url())),
        "url": address,
        "mainEntityOfPage": address,
        "headline": article.public_headline,
        "description": retraction.note if retraction else live.standfirst,
        "articleSection": live.get_section_display(),
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "datePublished": article.published_at.isoformat(),
        "dateModified": shown["changed_at"].isoformat(),
        "author": {"@type": "Person", "name": live.byline} if live.byline else publisher,
        "publisher": publisher,
        "citation": [_citation(request, source) for source in shown["sources"]],
        "correction": [_correction(request, correction) for correction in shown["corrections"]],
        "creativeWorkStatus": "Retracted" if retraction else "",
    }
    return {name: value for name, value in data.items() if value not in ("", [])}


def _citation(request, source):
    found = {
        "@type": "CreativeWork",
        "name": source.title,
        "url": request.build_absolute_uri(source.get_absolute_url()),
    }
    return found | ({"sameAs": source.url} if source.url else {})


def _correction(request, correction):
    return {
        "@type": "CorrectionComment",
        "datePublished": correction.decided_at.isoformat(),
        "text": correction.note,
        "url": request.build_absolute_uri(correction.get_absolute_url()),
    }
