"""The desk's lists as the templates want them: each item with its address in the admin."""

from itertools import islice

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.text import Truncator

from aid import moments
from aid.admin.aging import aging_lists
from aid.admin.base import day_text, moment_text
from aid.admin.reported import page_of
from aid.choices import ArticleStatus
from aid.queries import desk
from aid.queries.bulk import latest_bulk_changes
from aid.queries.claims import claim_label
from aid.queries.reports import LATE, claims_of, name_of, open_counts
from aid.queries.reports import waiting as reports_waiting
from aid.queries.standing import is_overdue
from aid.queries.uses import record_of
from aid.queries.values import value_texts
from aid.rules.breaches import mending_page
from aid.rules.ledger import breaches
from aid.rules.publishing import failing_live_articles
from aid.rules.reasons import fact_check_of
from aid.rules.workflow import ASSIGN, CHECK, PUBLISH, WRITE

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
        "waiting": waiting(user),
        "mine": mine(user),
        "live": live(),
        "broken": broken(),
        "aging": aging_lists(user),
        "add_links": [(name, reverse(f"admin:aid_{name}_add")) for name in ADD if user.has_perm(f"aid.add_{name}")],
    }


def waiting(user):
    """What this account can do next: for its articles, and for those that anybody of its role can take up."""
    articles = reverse("admin:aid_article_changelist")
    lists = []
    if user.has_perm(WRITE):
        lists.append(
            work_list(
                "Sent back to me",
                [
                    draft_item(article, f"by {article.sent_back_by or 'somebody'}: {article.why}")
                    for article in desk.sent_back_to(user)
                ],
                "Nothing was sent back.",
                more=f"{articles}?assigned=me&state=draft",
            )
        )
    if user.has_perm(CHECK):
        lists.append(
            work_list(
                "To check",
                [draft_item(article, by_text(article)) for article in desk.to_check(user)],
                "Nothing waits in the fact-check.",
                help_text="Others wrote them. Sign off what they say, then make them ready or send them back.",
                more=f"{articles}?state=fact_check",
            )
        )
    if user.has_perm(PUBLISH):
        lists.append(
            work_list(
                "To publish",
                [draft_item(article, by_text(article)) for article in desk.to_publish(user)],
                "Nothing waits to be published.",
                more=f"{articles}?state=ready",
            )
        )
    if user.has_perm("aid.view_report"):
        lists.append(reports_list())
    if user.has_perm("aid.change_claim"):
        lists.append(
            work_list(
                "Claims to verify",
                claim_items(desk.claims_to_verify(user)),
                "No claim waits for you.",
                help_text="Others recorded them. Read the source, then verify them or correct them.",
                more=f"{reverse('admin:aid_claim_changelist')}?verified=mine",
            )
        )
        lists.append(
            work_list(
                "Reopened claims",
                [reopened_item(claim) for claim in desk.claims_reopened()],
                "No claim waits for a decision.",
                help_text="Their source was withdrawn or has a newer version. Keep each, move it or withdraw it.",
                more=f"{reverse('admin:aid_claim_changelist')}?verified=reopened",
            )
        )
        lists.append(
            work_list(
                "Not looked for yet",
                [item(row, note=", ".join(labels)) for row, labels in desk.not_looked_for()],
                "Every field has been looked for.",
                help_text="Read the sources for these fields: fill them, or say that they are not stated.",
            )
        )
    return lists


def reports_list():
    """What readers reported and nobody has ended, with how many there are."""
    reports = reports_waiting(desk.SHOWN)
    count, late = open_counts()
    claims = claims_of(reports)
    told = f"; {late} for more than {LATE.days} days" if late else ""
    return work_list(
        f"Reports of readers: {count}{told}" if count else "Reports of readers",
        [
            {
                "text": Truncator(name_of(report, claims)).chars(110),
                "url": page_of(report),
                "note": f"since {day_text(report.received_at)}; {report.assigned_to or 'nobody looks at it'}",
            }
            for report in reports
        ],
        "No report is open.",
        help_text="The one that has waited longest comes first. Each ends with a word to its reader.",
        more=f"{reverse('admin:aid_report_changelist')}?state=open",
    )


def mine(user):
    """What has this account's name on it, and what is late: its own, or all of it for who assigns."""
    articles = reverse("admin:aid_article_changelist")
    assigns = user.has_perm(ASSIGN)
    return [
        work_list(
            "Overdue",
            [draft_item(article, late_text(article)) for article in desk.overdue(None if assigns else user)],
            "Nothing is overdue.",
            more=f"{articles}?due=overdue" + ("" if assigns else "&assigned=me"),
        ),
        work_list(
            "Assigned to me",
            [draft_item(article, ArticleStatus(article.status).label) for article in desk.assigned_to(user)],
            "Nothing is assigned to you.",
            more=f"{articles}?assigned=me",
        ),
        work_list(
            "My drafts",
            [draft_item(article, f"saved {moment_text(article.updated_at)}") for article in desk.drafts_of(user)],
            "You have no draft.",
            help_text="You saved them last, and nobody else is to do something about them.",
            more=f"{articles}?assigned=nobody&state=draft",
        ),
        *bulk_changes(user),
    ]


def bulk_changes(user):
    """The last changes of many rows, each of which can be undone; for who could have made them."""
    if not user.has_perm("aid.change_pledge"):
        return []
    return [
        work_list(
            "Changed in bulk",
            [bulk_item(change) for change in latest_bulk_changes()],
            "No change of many rows stands.",
            help_text="What was done to many rows at once can be undone for those that stand as it left them.",
            more=reverse("admin:aid_bulkchange_changelist"),
        )
    ]


def live():
    return [
        work_list(
            "Scheduled",
            [coming_item(publication) for publication in desk.scheduled()],
            "Nothing is scheduled.",
            help_text="It happens by itself, at its minute.",
            more=f"{reverse('admin:aid_article_changelist')}?state=scheduled",
        ),
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
            "Live articles that break a rule",
            [failing_item(article, reasons) for article, reasons in failing_live_articles(desk.SHOWN)],
            "None of the newest.",
            help_text="Something that they cite has changed since. Only the newest are looked at here.",
        ),
        work_list(
            "Sentences left over",
            [item(source, note=sentences(number)) for source, number in desk.sources_left_over()],
            "None in the newest sources.",
            help_text="In the newest sources, sentences on which no record rests.",
        ),
    ]


def failing_item(article, reasons):
    """A live article with what speaks against it, which its fact-check shows."""
    told = " ".join(dict.fromkeys(reason.message for reason in reasons))
    return item(article, article.live.headline, Truncator(told).chars(200)) | {"url": fact_check_of(article)}


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


def reopened_item(claim):
    """A claim that waits for a decision, which leads to the page on which it is made."""
    what = "withdrawn" if claim.source.withdrawn_at else "has a newer version"
    note = f"{Truncator(claim.source.title).chars(60)}: {what}; since {day_text(claim.reopened_at)}"
    text = f"{claim_label(claim)}: {Truncator(str(claim.subject)).chars(70)}"
    return item(claim, text, note) | {"url": reverse("admin:aid_claim_decide", args=[claim.pk])}


def draft_item(article, note=""):
    """An article by its newest headline; when it is due, and a word about it."""
    due = f"due {moments.told(article.due_at)}" if article.due_at and not is_overdue(article) else ""
    return item(article, article.newest_headline or article.slug, "; ".join(filter(None, (due, note))))


def by_text(article):
    to = "; assigned to you" if article.assigned_to_id else ""
    return f"by {article.newest_by or 'somebody'}{to}"


def late_text(article):
    who = f"assigned to {article.assigned_to}" if article.assigned_to_id else "assigned to nobody"
    return f"was due {moments.told(article.due_at)}; {who}"


def coming_item(publication):
    revision = publication.revision
    headline = revision.headline if revision else publication.newest_headline
    happens = f"revision {revision.number} goes live" if revision else "is withdrawn"
    return item(
        publication.article, headline or publication.article.slug, f"{happens} {moments.told(publication.starts_at)}"
    )


def bulk_item(change):
    """A change of many rows, which leads to the page that undoes it."""
    return {
        "text": Truncator(change.told).chars(110),
        "url": reverse("admin:aid_bulkchange_undo", args=[change.pk]),
        "note": f"by {change.made_by}, {moment_text(change.made_at)}. Undo",
    }


def live_item(article):
    return item(article, article.live.headline, day_text(article.published_at)) | {
        "site": reverse("admin:view_on_site", args=[ContentType.objects.get_for_model(article).pk, article.pk])
    }
