"""What search engines and other programs read on a page: schema.org, as JSON-LD.

Each function gives one thing, without what is not known of it. `whole` makes an address of this site a whole one.
"""

import re

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from aid.choices import PartyKind
from aid.dates import bounds
from aid.languages import DEFAULT, permanent

CONTEXT = "https://schema.org"
SITE = "Newsroom"
ORGANISATIONS = {
    PartyKind.STATE: "Country",
    PartyKind.MINISTRY: "GovernmentOrganization",
    PartyKind.ARMED_FORCE: "GovernmentOrganization",
}
# A byline that names the desk is nobody's name.
DESK = re.compile(r"\b(?:newsroom|desk|staff|editors?)\b", re.IGNORECASE)


def graph(*things):
    """Some things as one block of data."""
    return {"@context": CONTEXT, "@graph": list(things)}


def known(thing):
    return {name: value for name, value in thing.items() if value not in ("", [], None)}


def publisher(whole):
    return {
        "@type": "NewsMediaOrganization",
        "@id": whole(permanent(reverse("front-page"))) + "#publisher",
        "name": SITE,
        "url": whole(reverse("front-page")),
        "logo": {"@type": "ImageObject", "url": whole(reverse("site-card"))},
        "correctionsPolicy": whole(_either("corrections-policy", "correction-list")),
        "publishingPrinciples": whole(_either("policy-list", "about")),
    }


def _either(name, other):
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(other)


def website(whole):
    """The site itself, with its search where it has one."""
    home = whole(reverse("front-page"))
    found = {
        "@type": "WebSite",
        "@id": whole(permanent(reverse("front-page"))) + "#site",
        "name": SITE,
        "url": home,
        "inLanguage": get_language() or DEFAULT,
        "publisher": publisher(whole),
    }
    try:
        search = whole(reverse("search"))
    except NoReverseMatch:
        return found
    action = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    return found | {"potentialAction": action}


def breadcrumbs(crumbs, whole):
    """The way to a page: [(name, address)], the site first."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": str(name), "item": whole(address)}
            for number, (name, address) in enumerate(crumbs, 1)
        ],
    }


# What a page is about


def article(shown, whole):
    """An article's page. `shown` is what the page shows."""
    article, live, retraction = shown["article"], shown["live"], shown["retraction"]
    address = whole(article.get_absolute_url())
    images = [whole(reverse("article-card", args=[article.slug]))]
    if shown.get("picture_address") and not retraction:
        images.insert(0, whole(shown["picture_address"]))
    return known({
        "@type": "NewsArticle",
        "@id": whole(permanent(article.get_absolute_url())),
        "url": address,
        "mainEntityOfPage": address,
        "headline": article.public_headline,
        "description": retraction.note if retraction else live.standfirst,
        "image": images,
        "articleSection": live.get_section_display(),
        "inLanguage": DEFAULT,
        "isAccessibleForFree": True,
        "datePublished": article.published_at.isoformat(),
        "dateModified": shown["changed_at"].isoformat(),
        "author": author(live.byline),
        "publisher": publisher(whole),
        "citation": [citation(source, whole) for source in shown["sources"]],
        "correction": [correction(one, whole) for one in shown["corrections"]],
        "creativeWorkStatus": "Retracted" if retraction else "",
    })  # fmt: skip


def author(byline):
    """Whoever signed, where that is somebody; None where nobody did."""
    if not byline:
        return None
    return {"@type": "Organization" if DESK.search(byline) else "Person", "name": byline}


def citation(source, whole):
    return known({
        "@type": "CreativeWork",
        "name": source.title,
        "url": whole(source.get_absolute_url()),
        "sameAs": source.url,
    })  # fmt: skip


def correction(correction, whole):
    return {
        "@type": "CorrectionComment",
        "datePublished": correction.decided_at.isoformat(),
        "text": correction.note,
        "url": whole(correction.get_absolute_url()),
    }


def party(party, whole):
    return known({
        "@type": ORGANISATIONS.get(party.kind, "Organization"),
        "@id": whole(permanent(party.get_absolute_url())),
        "name": party.name,
        "alternateName": party.official_name,
        "url": whole(party.get_absolute_url()),
        "identifier": party.iso_alpha2 if party.kind == PartyKind.STATE else "",
    })  # fmt: skip


def person(person, offices, whole):
    """A person with the offices that are on record, as their titles."""
    return known({
        "@type": "Person",
        "@id": whole(permanent(person.get_absolute_url())),
        "name": person.name,
        "url": whole(person.get_absolute_url()),
        "jobTitle": list(dict.fromkeys(office.title for office in offices)),
        "affiliation": [
            {"@type": ORGANISATIONS[office.party.kind] if office.party.kind == PartyKind.MINISTRY else "Organization",
             "name": office.party.name, "url": whole(office.party.get_absolute_url())}
            for office in offices
        ],
    })  # fmt: skip


def coalition(coalition, members, whole):
    return known({
        "@type": "Organization",
        "@id": whole(permanent(coalition.get_absolute_url())),
        "name": coalition.name,
        "alternateName": coalition.official_name,
        "url": whole(coalition.get_absolute_url()),
        "description": " ".join(coalition.aim_list()),
        "member": [_member(member, whole) for member in members],
    })  # fmt: skip


def _member(party, whole):
    """A member of an organisation is one, in the words of schema.org, also where it is a state."""
    return {"@type": "Organization", "name": party.name, "url": whole(party.get_absolute_url())}


def source(source, whole):
    day = bounds(source.published_on)
    return known({
        "@type": "CreativeWork",
        "@id": whole(permanent(source.get_absolute_url())),
        "name": source.title,
        "url": whole(source.get_absolute_url()),
        "sameAs": source.url,
        "archivedAt": source.archive_url,
        "inLanguage": source.language,
        "datePublished": day.earliest.isoformat() if day.earliest and day.earliest == day.latest else "",
        "publisher": {"@type": "Organization", "name": source.publisher.name} if source.publisher else None,
        "author": author(source.author),
    })  # fmt: skip


def claim(shown, whole):
    """A claim's page: what one source says of one field."""
    claim = shown.claim
    return known({
        "@type": "Claim",
        "@id": whole(permanent(claim.get_absolute_url())),
        "name": f"{shown.label}: {shown.text}"[:300],
        "url": whole(claim.get_absolute_url()),
        "datePublished": claim.recorded_at.isoformat(),
        "firstAppearance": citation(claim.source, whole) if claim.source else None,
        "about": {"@type": "Thing", "name": str(shown.record), "url": whole(shown.record.get_absolute_url())},
    })  # fmt: skip


def record(record, sources, corrections, about, whole):
    """A page about something for which schema.org has no word: a pledge, an agreement, an event. `about` are the
    parties that it names."""
    return known({
        "@type": "WebPage",
        "@id": whole(permanent(record.get_absolute_url())),
        "name": str(record),
        "url": whole(record.get_absolute_url()),
        "about": [party(one, whole) for one in about],
        "citation": [citation(one, whole) for one in sources],
        "correction": [correction(one, whole) for one in corrections],
        "publisher": publisher(whole),
    })  # fmt: skip


def dataset(name, description, address, files, years, whole, licence=""):
    """A list or its totals as data to take along: `files` are [(media type, address)], `years` the first and the last
    that it tells of, or None."""
    return known({
        "@type": "Dataset",
        "@id": whole(permanent(address)),
        "name": name,
        "description": description,
        "url": whole(address),
        "isAccessibleForFree": True,
        "creator": publisher(whole),
        "license": licence,
        "temporalCoverage": "/".join(dict.fromkeys(years)) if years else "",
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": media_type, "contentUrl": whole(file)}
            for media_type, file in files
        ],
    })  # fmt: skip
