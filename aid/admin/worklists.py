"""The desk's lists as the templates want them: each item with its address in the admin."""

from itertools import islice

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.text import Truncator

from aid.admin.base import day_text, moment_text
from aid.queries import desk
from aid.queries.claims import claim_label
from aid.queries.uses import record_of
from aid.queries.values import value_texts
from aid.rules.breaches import mending_page
from aid.rules.ledger import breaches

ADD = (
    "source",
    "pledge",
    "coalition",
    "agreement",
    "event",
    "statement",
    "assertion",
    "party",
    "article",
    "correction",
)
BREACHES_SHOWN = 200


def item(row, text=None, note=""):
    """One line of a work list: what, where it is mended, and a word about it."""
    return {"text": Truncator(text or str(row)).chars(110), "url": mending_page(row), "note": note}


def desk_context(user):
    """Everything on the desk. Its queries do not grow with the number of rows."""
    return {
        "needs_me": needs(user),
        "live": live(),
        "broken": broken(),
        "add_links": [(name, reverse(f"admin:aid_{name}_add")) for name in ADD if user.has_perm(f"aid.add_{name}")],
    }


def needs(user):
    """What waits for this user; claims and gaps only for who may change them."""
    newer, never = desk.unpublished_articles()
    articles = reverse("admin:aid_article_changelist")
    lists = [
        work_list(
            "Drafts newer than the live page",
            [draft_item(article) for article in newer],
            "Every live article shows its last revision.",
            more=f"{articles}?state=newer",
        ),
        work_list(
            "Never published",
            [draft_item(article) for article in never],
            "Nothing waits to be published.",
            more=f"{articles}?state=draft",
        ),
    ]
    if not user.has_perm("aid.change_claim"):
        return lists
    to_verify = work_list(
        "Claims to verify",
        claim_items(desk.claims_to_verify(user)),
        "No claim waits for you.",
        help_text="Others recorded them. Read the source, then verify them or correct them.",
        more=f"{reverse('admin:aid_claim_changelist')}?verified=mine",
    )
    gaps = work_list(
        "Not looked for yet",
        [item(row, note=", ".join(labels)) for row, labels in desk.not_looked_for()],
        "Every field has been looked for.",
        help_text="Read the sources for these fields: fill them, or say that they are not stated.",
    )
    return [to_verify, *lists, gaps]


def live():
    return [
        work_list(
            "Published",
            [live_item(article) for article in desk.latest_published()],
            "No article is live.",
            more=f"{reverse('admin:aid_article_changelist')}?state=live",
        ),
        work_list(
            "Corrections",
            [item(row, note=day_text(row.decided_at)) for row in desk.latest_corrections()],
            "None so far.",
            more=reverse("admin:aid_correction_changelist"),
        ),
    ]


def broken():
    return [
        work_list(
            "Values that no claim bears out",
            [
                item(record, note=", ".join(evidence_name(record, found) for found in evidence))
                for record, evidence in desk.recently_unsupported()
            ],
            "None among the records changed last.",
            help_text="Among the pledges, coalitions and agreements changed last.",
        ),
        work_list(
            "Dead figures in live articles",
            [
                item(article, article.live.headline, ", ".join(f"[[{text}]]" for text in texts))
                for article, texts in desk.dead_figures()
            ],
            "None in the newest articles.",
            help_text="What these articles name and no record answers to. Readers see “figure not available”.",
        ),
        work_list(
            "Sentences left over",
            [item(source, note=sentences(number)) for source, number in desk.sources_left_over()],
            "None in the newest sources.",
            help_text="In the newest sources, sentences on which no record rests.",
        ),
    ]


def ledger_context():
    """The breaches of the ledger's rules as the rows to mend; the first ones where there are many."""
    found = list(islice(breaches(), BREACHES_SHOWN + 1))
    return {
        "breaches": [
            {"text": Truncator(row_name(breach.row)).chars(110), "kind": breach.row._meta.verbose_name,
             "url": breach.mend_at, "message": breach.message, "code": breach.code}
            for breach in found[:BREACHES_SHOWN]
        ],
        "is_cut": len(found) > BREACHES_SHOWN,
        "left_over": [item(source, note=sentences(number)) for source, number in desk.sources_left_over(limit=50)],
    }  # fmt: skip


def row_name(row):
    """A row as it is called among all others: a part with its record."""
    record = record_of(row)
    return str(row) if record is row else f"{row}, {record}"


def evidence_name(record, evidence):
    """A field that lacks its evidence: “donor”, or “stage Allocated (step 1): date” for one of a part."""
    label = evidence.label.lower()
    if evidence.target == record:
        return label
    return f"{evidence.target._meta.verbose_name} {evidence.target}: {label}"


def sentences(number):
    return f"{number} {'sentence' if number == 1 else 'sentences'}"


def work_list(title, items, empty, help_text="", more=""):
    """One list of the desk. `more` is the address of the whole of it, shown where this one is full."""
    return {
        "title": title,
        "help": help_text,
        "items": items,
        "empty": empty,
        "more": more if len(items) >= desk.SHOWN else "",
    }


def claim_items(claims):
    values = value_texts(claims)
    return [claim_item(claim, values[claim.pk]) for claim in claims]


def claim_item(claim, value):
    by = f"; by {claim.recorded_by}" if claim.recorded_by else ""
    return item(claim, f"{claim_label(claim)}: {value}", f"{Truncator(str(claim.subject)).chars(70)}{by}")


def draft_item(article):
    last = next(iter(article.revisions.all()), None)
    return item(article, last.headline if last else article.slug, f"saved {moment_text(article.updated_at)}")


def live_item(article):
    return item(article, article.live.headline, day_text(article.published_at)) | {
        "site": reverse("admin:view_on_site", args=[ContentType.objects.get_for_model(article).pk, article.pk])
    }
