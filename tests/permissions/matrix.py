"""Every address of the site, and which role is let in there by which method.

A role is a letter: r reader (nobody is signed in), w writer, e editor, p publisher, a administrator. The tables are
the promise, written by hand and not read from the program: an address that they do not name fails a test.
"""

import re
from datetime import timedelta

from django.contrib.contenttypes.models import ContentType
from django.urls import get_resolver
from django.utils import timezone

from aid.models import Article, PreviewLink
from tests import builders

READER, DESK, EDITORS, PUBLISHERS, ADMINISTRATOR, NOBODY = "r", "wepa", "epa", "pa", "a", ""
ALL = READER + DESK
ROLES = {"r": "reader", "w": "writer", "e": "editor", "p": "publisher", "a": "administrator"}

# Who may view, add, change and delete a row of each kind at the desk.
RECORD = (DESK, EDITORS, EDITORS, ADMINISTRATOR)
PART = (DESK, NOBODY, NOBODY, NOBODY)
RIGHTS = {
    **dict.fromkeys(
        ("party", "person", "office", "pledge", "coalition", "agreement", "event", "statement", "assertion"), RECORD
    ),
    **dict.fromkeys(("pledgestage", "valuation", "membership", "signatory", "passage", "articlerevision"), PART),
    "source": RECORD,
    "sector": RECORD,
    "claim": (DESK, EDITORS, EDITORS, EDITORS),
    "exchangerate": PART,
    "article": (DESK, DESK, DESK, NOBODY),
    "correction": (DESK, EDITORS, NOBODY, NOBODY),
    "image": (DESK, DESK, DESK, ADMINISTRATOR),
    "auditentry": (PUBLISHERS, NOBODY, NOBODY, NOBODY),
    "bulkchange": PART,
    "linkcheck": PART,
    # Nobody types a report or deletes one; those who decide end it.
    "report": (DESK, NOBODY, EDITORS, NOBODY),
    "user": (ADMINISTRATOR,) * 4,
    "group": (ADMINISTRATOR,) * 4,
}
VIEW, ADD, CHANGE, DELETE = range(4)
# The pictures of the whole ledger.
PICTURES = ("support", "announcements", "flows", "map")

# The addresses that each kind of row has: what GET needs and what POST needs; None where the method is not known.
KINDS = {
    "changelist": (VIEW, VIEW),
    "add": (ADD, ADD),
    "change": (VIEW, CHANGE),
    "delete": (DELETE, DELETE),
    "articles": (VIEW, None),
    "history": (VIEW, VIEW),
    "history_compare": (VIEW, None),
    "history_restore": (None, CHANGE),
    "presence": (None, CHANGE),
    "autosave": (None, CHANGE),
    "autosave_new": (None, ADD),
    "discard": (None, CHANGE),
    "discard_new": (None, ADD),
}

KINDS_OF_PAGE = ("article", "pledge", "coalition", "agreement", "event", "party", "person", "source")

# A part and a claim come back with their record, and have no page to bring them back alone.
WITH_THEIR_RECORD = ("claim", "pledgestage", "valuation", "membership", "signatory")

# What a publisher takes back and brings back.
WITHDRAWABLE = ("pledge", "coalition", "agreement", "event", "party", "person", "source", "statement", "assertion")

# Every other address, by its name: (GET, POST).
OTHERS = {
    # The desk
    "admin:index": (DESK, DESK),
    "admin:ledger": (DESK, DESK),
    "admin:preferences": (DESK, DESK),
    "admin:aging": (EDITORS, NOBODY),
    "admin:autocomplete": (DESK, NOBODY),
    "admin:app_list": (DESK, DESK),
    "admin:view_on_site": (DESK, DESK),
    "admin:jsi18n": (DESK, NOBODY),
    "admin:login": (ALL, ALL),
    "admin:logout": (READER, ALL),
    "admin:password_change": (DESK, DESK),
    "admin:password_change_done": (DESK, NOBODY),
    "admin:auth_user_password_change": (ADMINISTRATOR, ADMINISTRATOR),
    # What is at no other address
    "admin:admin/(?P<url>.*)$": (NOBODY, NOBODY),
    # An article's pages; its steps are held one by one in tests/actions/test_workflow.py
    "admin:aid_article_step": (EDITORS, EDITORS),
    "admin:aid_article_factcheck": (DESK, EDITORS),
    "admin:aid_article_exempt": (NOBODY, EDITORS),
    "admin:aid_article_compare": (DESK, NOBODY),
    "admin:aid_article_figures": (DESK, NOBODY),
    "admin:aid_image_file": (DESK, NOBODY),
    "admin:aid_article_figures_found": (DESK, NOBODY),
    "admin:aid_article_restore": (NOBODY, DESK),
    "admin:aid_article_preview_new": (NOBODY, DESK),
    "admin:aid_article_preview": (NOBODY, DESK),
    "admin:aid_article_links": (DESK, EDITORS),
    "admin:aid_article_link_revoke": (NOBODY, EDITORS),
    # Records
    "admin:aid_party_merge": (PUBLISHERS, PUBLISHERS),
    **{
        f"admin:aid_{kind}_{step}": (PUBLISHERS, PUBLISHERS)
        for kind in WITHDRAWABLE
        for step in ("withdraw", "reinstate")
    },
    "admin:aid_claim_withdraw": (EDITORS, EDITORS),
    "admin:aid_claim_prefer": (EDITORS, EDITORS),
    "admin:aid_claim_decide": (EDITORS, EDITORS),
    "admin:aid_source_aside": (EDITORS, EDITORS),
    "admin:aid_pledge_duplicates": (DESK, NOBODY),
    "admin:aid_pledge_fitting": (DESK, DESK),
    "admin:aid_exchangerate_load": (EDITORS, EDITORS),
    "admin:aid_auditentry_export": (NOBODY, PUBLISHERS),
    "admin:aid_bulkchange_new": (EDITORS, EDITORS),
    "admin:aid_bulkchange_undo": (EDITORS, EDITORS),
    # Readers
    **dict.fromkeys(
        (
            *("total-list", "total-rows", "total-csv", "total-json", "service-worker"),
            *(
                "healthz",
                "readyz",
                "front-page",
                "about",
                "design",
                "method",
                "favicon",
                "offline",
                "manifest",
                "correction-list",
                "correction-feed",
            ),
            *("search", "search-suggestions", "opensearch"),
            *(f"{kind}-{page}" for kind in KINDS_OF_PAGE for page in ("list", "detail")),
        ),
        (ALL, NOBODY),
    ),
    **dict.fromkeys(
        ("policy-list", "corrections-policy", "sources-policy", "accessibility", "privacy", "contact"), (ALL, NOBODY)
    ),
    # Whoever reads can report; a reference that nobody has leads nowhere.
    **dict.fromkeys(("claim-report", "article-report", "report-new"), (ALL, ALL)),
    "report-detail": (NOBODY, NOBODY),
    **dict.fromkeys(
        (
            *(f"{kind}-card" for kind in (*KINDS_OF_PAGE, "claim", "site")),
            *(f"{kind}-embed" for kind in ("article", "pledge", "coalition")),
            *("feed-list", "site-feed", "claim-feed"),
            *("sitemap", "sitemap-pages", "sitemap-part", "news-sitemap", "robots", "humans"),
            *(f"{kind}-feed" for kind in KINDS_OF_PAGE),
            *(f"{kind}-follow" for kind in ("pledge", "coalition", "party", "person")),
        ),
        (ALL, NOBODY),
    ),
    "image": (ALL, NOBODY),
    **dict.fromkeys(
        (
            "picture-list",
            *(f"picture-{name}{ending}" for name in PICTURES for ending in ("", "-svg", "-csv", "-json")),
            *(f"coalition-members-{ending}" for ending in ("svg", "csv", "json")),
            *(f"pledge-ladder-{ending}" for ending in ("svg", "csv", "json")),
        ),
        (ALL, NOBODY),
    ),
    "claim-list": (ALL, NOBODY),
    **dict.fromkeys(("claim-detail", "claim-json", "claim-citation"), (ALL, NOBODY)),
    # The claim of these rows has been withdrawn, and its frame says so.
    "claim-embed": (ALL, NOBODY),
    # It shows what it is given the address of.
    "oembed": (NOBODY, NOBODY),
    # It is there only where somebody is named.
    "security": (NOBODY, NOBODY),
    # A secret that nobody knows leads nowhere, whoever asks.
    "secret-preview": (NOBODY, NOBODY),
    "secret-picture": (NOBODY, NOBODY),
}


def addresses():
    """(name, route) of every address: ("admin:aid_pledge_change", "admin/aid/pledge/<path:object_id>/change/")."""
    # Logging out comes last: whoever has done it is let in nowhere.
    return sorted(_walk(get_resolver()), key=lambda found: found[0] == "admin:logout")


def _walk(resolver, route="", namespace=""):
    for entry in resolver.url_patterns:
        path = route + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from _walk(entry, path, f"{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield f"{namespace}{entry.name or path}", path


def promised(name, route):
    """(GET, POST): who is let in by each method. Raises KeyError for an address that the tables do not name."""
    if name in OTHERS:
        return OTHERS[name]
    if re.fullmatch(r"admin:admin/(aid|auth)/\w+/<path:object_id>/", name):
        # The short form of a form's address, which leads on to it.
        return DESK, DESK
    kind, rest = re.fullmatch(r"admin:(?:aid|auth)_(\w+?)_(\w+)", name).groups()
    if rest in ("history_compare", "history_restore") and kind in WITH_THEIR_RECORD:
        return NOBODY, NOBODY
    rights = RIGHTS[kind]
    return tuple(NOBODY if needed is None else rights[needed] for needed in KINDS[rest])


def make_rows():
    """A row of every kind that an address can name, by the name of its model."""
    person, source, party, sender = (
        builders.make_person(), builders.make_source(), builders.make_party(), builders.make_user(is_staff=True)
    )  # fmt: skip
    agreement, coalition = builders.make_agreement(signatories=[party]), builders.make_coalition(members=[party])
    pledge = builders.make_pledge(coalition=coalition, coalition_unknown="")
    image = builders.make_image(format="png")
    article = builders.make_article(created_by=sender, image=image)
    return {
        "person": person,
        "source": source,
        "party": party,
        "office": builders.make_office(person=person, party=party),
        "event": builders.make_event(),
        "agreement": agreement,
        "coalition": coalition,
        "pledge": pledge,
        "valuation": builders.make_valuation(pledge=pledge),
        "pledgestage": pledge.stages.get(),
        "membership": coalition.memberships.get(),
        "signatory": agreement.signatories.get(),
        "statement": builders.make_statement(party=party, speaker=person, speaker_unknown=""),
        "assertion": builders.make_assertion(pledge=pledge),
        "passage": builders.make_passage(source),
        "claim": builders.make_claim(pledge, "amount", recorded_by=sender, rank="withdrawn"),
        "sector": builders.make_sector(),
        "exchangerate": builders.make_rate("2024-01-24", "DKK", "7.45"),
        "correction": builders.make_correction(pledge=pledge),
        "user": sender,
        "group": sender.groups.model.objects.create(name="interns"),
        "article": article,
        "image": image,
        "articlerevision": article.revisions.get(),
        "auditentry": builders.make_entry(pledge, sender),
        "bulkchange": builders.make_bulk_change(pledge, made_by=sender),
        "report": builders.make_report(),
        "linkcheck": builders.make_link_check(builders.make_source(url="https://a.example/"), "gone"),
        "link": PreviewLink.objects.create(
            revision=article.revisions.get(),
            secret_hash="0" * 64,
            given_to="a press office",
            made_by=sender,
            expires_at=timezone.now() + timedelta(days=1),
        ),
    }


PUBLIC = {
    "articles": "article", "pledges": "pledge", "coalitions": "coalition", "agreements": "agreement",
    "events": "event", "parties": "party", "people": "person", "sources": "source",
}  # fmt: skip
# What stands in an address beside a row's number or address.
WORDS = {
    "step": "assign",
    "kind": "pledge",
    "name": "review-by",
    "secret": "no-such-secret",
    "reference": "no-such-reference",
    "key": "no-such-key",
    "app_label": "aid",
    "format": "png",
    "ending": "bib",
    "url": "x",
    "number": "1",
}


def address(route, rows):
    """A route with the rows filled in."""
    kind = re.match(r"admin/(?:aid|auth)/(\w+)/", route)
    first = route.partition("/")[0]
    row = rows.get(kind[1] if kind else PUBLIC.get(first))

    def fill(match):
        name = match[1]
        if name == "content_type_id":
            return str(ContentType.objects.get_for_model(Article).pk)
        if name == "key":
            keyed = {"images": "image", "claims": "claim"}.get(first, "link")
            return rows[keyed].key
        if name in ("object_id", "id"):
            return str((row or rows["article"]).pk)
        if name == "ending" and "feed." in route:
            return "atom"
        if name == "kind" and first == "sitemaps":
            return "pledges"
        return row.slug if name == "slug" and row else WORDS[name]

    if route == "admin/autocomplete/":
        return "/admin/autocomplete/?app_label=aid&model_name=pledge&field_name=donor"
    route = re.sub(r"\^?\(\?P<(\w+)>[^)]*\)(/?)\$", lambda match: fill(match) + match[2], route)
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", fill, route)
