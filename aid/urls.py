from django.urls import path

from aid.views import (
    about,
    agreements,
    articles,
    claims,
    coalitions,
    corrections,
    design,
    events,
    feeds,
    front,
    graphics,
    icons,
    images,
    offline,
    parties,
    people,
    pledges,
    policies,
    previews,
    reports,
    search,
    shared,
    sitemaps,
    sources,
    totals,
)


def picture_files(ending):
    """The addresses of the pictures as files of one kind: of the whole ledger, and of one record."""
    for name in graphics.PICTURES:
        view = graphics.picture_files[name, ending]
        yield path(f"pictures/{name}.{ending}", view, name=f"picture-{name}-{ending}")
    for route, view, name in (
        ("coalitions/<slug:slug>/members", graphics.coalition_members, "coalition-members"),
        ("pledges/<slug:slug>/ladder", graphics.pledge_ladder, "pledge-ladder"),
    ):
        yield path(f"{route}.{ending}", view, {"ending": ending}, name=f"{name}-{ending}")


# What is the same in every language, under one address: data, pictures, and what the desk sends out.
in_one_language = [
    # Before the claims, for it looks like one of them.
    path("claims/feed.json", feeds.of_list, {"kind": "claim", "ending": "json"}, name="claim-feed"),
    path("claims/<str:key>.json", claims.claim_json, name="claim-json"),
    path("claims/<str:key>/cite.<str:ending>", claims.claim_citation, name="claim-citation"),
    path("images/<str:key>.<str:format>", images.image, name="image"),
    path("preview/<str:secret>/", previews.secret_preview, name="secret-preview"),
    path("preview/<str:secret>/picture/", previews.secret_picture, name="secret-picture"),
    path("totals/rows.csv", totals.total_csv, name="total-csv"),
    path("totals/rows.json", totals.total_json, name="total-json"),
    *picture_files("csv"),
    *picture_files("json"),
    # The page of components is for those who build and write, in the language of the code.
    path("design/", design.design, name="design"),
    path("favicon.ico", icons.favicon, name="favicon"),
    path("sw.js", offline.worker, name="service-worker"),
    path("oembed", shared.oembed, name="oembed"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/pages.xml", sitemaps.pages, name="sitemap-pages"),
    path("sitemaps/news.xml", sitemaps.news, name="news-sitemap"),
    path("sitemaps/<slug:kind>-<int:number>.xml", sitemaps.part, name="sitemap-part"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("humans.txt", sitemaps.humans, name="humans"),
    path(".well-known/security.txt", sitemaps.security, name="security"),
]

# The pages and their feeds, in each language: /pledges/, /da/pledges/, /uk/pledges/.
SECTIONS = {
    "article": "articles", "pledge": "pledges", "coalition": "coalitions", "agreement": "agreements",
    "event": "events", "party": "parties", "person": "people", "source": "sources", "claim": "claims",
    "correction": "corrections",
}  # fmt: skip

urlpatterns = [
    path("feeds/", feeds.feed_list, name="feed-list"),
    path("feed.<str:ending>", feeds.everything, name="site-feed"),
    *(
        path(f"{section}/feed.<str:ending>", feeds.of_list, {"kind": kind}, name=f"{kind}-feed")
        for kind, section in SECTIONS.items()
    ),
    *(
        path(
            f"{SECTIONS[kind]}/<slug:slug>/feed.<str:ending>", feeds.of_record, {"kind": kind}, name=f"{kind}-follow"
        )
        for kind in ("pledge", "coalition", "party", "person")
    ),
    *(
        path(f"{SECTIONS[kind]}/<slug:slug>/card.png", shared.card, {"kind": kind}, name=f"{kind}-card")
        for kind in SECTIONS
        if kind not in ("claim", "correction")
    ),
    path("claims/<str:key>/card.png", shared.card, {"kind": "claim"}, name="claim-card"),
    path("card.png", shared.site_card, name="site-card"),
    *(
        path(f"{SECTIONS[kind]}/<slug:slug>/embed/", shared.embed, {"kind": kind}, name=f"{kind}-embed")
        for kind in ("article", "pledge", "coalition")
    ),
    path("claims/<str:key>/embed/", shared.embed, {"kind": "claim"}, name="claim-embed"),
    path("", front.front_page, name="front-page"),
    path("articles/", articles.article_list, name="article-list"),
    path("articles/<slug:slug>/", articles.article_detail, name="article-detail"),
    path("pledges/", pledges.pledge_list, name="pledge-list"),
    path("pledges/<slug:slug>/", pledges.pledge_detail, name="pledge-detail"),
    path("coalitions/", coalitions.coalition_list, name="coalition-list"),
    path("coalitions/<slug:slug>/", coalitions.coalition_detail, name="coalition-detail"),
    path("agreements/", agreements.agreement_list, name="agreement-list"),
    path("agreements/<slug:slug>/", agreements.agreement_detail, name="agreement-detail"),
    path("events/", events.event_list, name="event-list"),
    path("events/<slug:slug>/", events.event_detail, name="event-detail"),
    path("parties/", parties.party_list, name="party-list"),
    path("parties/<slug:slug>/", parties.party_detail, name="party-detail"),
    path("people/", people.person_list, name="person-list"),
    path("people/<slug:slug>/", people.person_detail, name="person-detail"),
    path("sources/", sources.source_list, name="source-list"),
    path("sources/<slug:slug>/", sources.source_detail, name="source-detail"),
    path("claims/", claims.claim_list, name="claim-list"),
    path("claims/<str:key>/", claims.claim_detail, name="claim-detail"),
    path("claims/<str:key>/report/", reports.claim_report, name="claim-report"),
    path("articles/<slug:slug>/report/", reports.article_report, name="article-report"),
    path("reports/new/", reports.site_report, name="report-new"),
    path("reports/<slug:reference>/", reports.report_detail, name="report-detail"),
    path("corrections/", corrections.correction_list, name="correction-list"),
    path("corrections/feed/", feeds.of_list, {"kind": "correction"}, name="correction-feed"),
    path("search/", search.search, name="search"),
    path("search/suggestions/", search.suggestions, name="search-suggestions"),
    path("opensearch.xml", search.description, name="opensearch"),
    path("totals/", totals.total_list, name="total-list"),
    path("totals/rows/", totals.total_rows, name="total-rows"),
    path("pictures/", graphics.picture_list, name="picture-list"),
    *(path(f"pictures/{name}/", view, name=f"picture-{name}") for name, view in graphics.picture_pages.items()),
    # A picture has words in it; its rows are the same in every language.
    *picture_files("svg"),
    path("method/", about.method, name="method"),
    path("about/", about.about, name="about"),
    path("offline/", offline.offline, name="offline"),
    path("site.webmanifest", offline.manifest, name="manifest"),
    path("policies/", policies.policy_list, name="policy-list"),
    path("policies/corrections/", policies.corrections, name="corrections-policy"),
    path("policies/sources/", policies.sources, name="sources-policy"),
    path("policies/accessibility/", policies.accessibility, name="accessibility"),
    path("policies/privacy/", policies.privacy, name="privacy"),
    path("contact/", policies.contact, name="contact"),
]
