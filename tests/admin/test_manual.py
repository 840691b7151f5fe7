"""The editors' manual: each name that it puts in italics or bold stands on a page of the desk."""

import html
import re
from datetime import timedelta
from pathlib import Path

from django.urls import reverse
from django.utils import timezone

from aid.actions.drafting import keep_typed
from aid.actions.previews import make_link
from aid.actions.withdrawals import withdraw_record
from aid.choices import Rank
from tests import builders as make
from tests.admin.forms import unanswered
from tests.admin.test_bulk import page as bulk_page

MANUAL = Path(__file__).parents[2] / "docs/editors.md"


def test_each_name_of_the_manual_stands_on_a_page(publisher):
    source = make.make_source()
    passage = make.make_passage(source, 0, 24)
    claim = make.make_claim(make.make_pledge(), "amount", [passage], recorded_by=make.make_user())
    article = make.make_article()
    make.make_revision(article, headline="Newer")
    stages = [make.make_article(published=False, status=status) for status in ("fact_check", "ready")]
    stages.append(make.make_article(published_at=timezone.now() + timedelta(days=1)))
    stages.append(make.make_article(body="It gave 91 million.", status="ready"))
    make.make_revision(stages[-1], body="It gave 92 million.")
    make.sign_everything(stages[-1])
    disputed = make.make_pledge(slug="disputed")
    make.make_claim(disputed, "amount", value="92000000", rank=Rank.ALTERNATIVE)
    checked = make.make_article(body="It gave [[pledge:disputed:amount]].", published=False)
    one, two = make.make_party(), make.make_party()
    make.make_article(body=f"[[pledge:{claim.pledge.slug}:amount]]")
    pledge_form = reverse("admin:aid_pledge_change", args=[claim.pledge.pk])
    question = publisher.post(pledge_form, unanswered(publisher.get(pledge_form), title="Another")).text
    make.make_bulk_change(claim.pledge)
    make_link(
        article.revisions.first(), publisher.user, "the press office", timezone.now() + timedelta(days=1), "key"
    )
    hidden = make.make_source("", embargo_until=timezone.now() + timedelta(days=1))
    vanishing = make.make_claim(make.make_pledge(), "amount", rank=Rank.ALTERNATIVE, source=hidden)
    vanishing = reverse("admin:aid_claim_change", args=[vanishing.pk])
    question += publisher.post(vanishing, unanswered(publisher.get(vanishing), rank="preferred")).text
    withdrawn = make.make_event()
    withdraw_record(withdrawn, publisher.user, "It never took place.")
    wrong = make.make_claim(make.make_pledge(), "amount", **make.WITHDRAWAL)
    make.make_statement()
    forged = make.make_source()
    reopened = make.make_claim(make.make_pledge(), "amount", [make.make_passage(forged)])
    withdraw_record(forged, publisher.user, "It was forged.")
    reports = [make.make_report(), make.make_report(claim_key=claim.key, email="a@b.example")]
    keep_typed(publisher.user, "article/add", {"headline": ["Half"]}, "key")
    pages = ["/admin/", "/admin/aid/auditentry/", "/admin/aid/bulkchange/", "/admin/aid/pledge/",
             "/admin/aid/article/", bulk_page("verify", [claim]), bulk_page("review-by", [claim.pledge]),
             *(reverse(f"admin:aid_{name}_add") for name in ("source", "pledge", "article", "correction", "image")),
             reverse("admin:aid_source_change", args=[source.pk]), reverse("admin:aid_claim_changelist"),
             *(reverse("admin:aid_claim_withdraw", args=[row.pk]) for row in (claim, wrong)),
             reverse("admin:aid_claim_change", args=[wrong.pk]), "/admin/aid/statement/",
             reverse("admin:aid_claim_decide", args=[reopened.pk]), "/admin/aid/exchangerate/",
             reverse("admin:aid_claim_change", args=[claim.pk]),
             *(reverse("admin:aid_report_change", args=[report.pk]) for report in reports),
             "/admin/aid/article/", reverse("admin:aid_article_links", args=[article.pk]),
             *(reverse("admin:aid_article_change", args=[row.pk]) for row in (article, *stages)),
             reverse("admin:aid_article_compare", args=[article.pk]),
             reverse("admin:aid_article_factcheck", args=[checked.pk]),
             reverse("admin:aid_party_change", args=[one.pk]), reverse("admin:aid_party_withdraw", args=[one.pk]),
             reverse("admin:aid_event_change", args=[withdrawn.pk]),
             reverse("admin:aid_party_merge", args=[one.pk]) + f"?into={two.pk}"]  # fmt: skip
    shown = html.unescape(" ".join([question, *(publisher.get(page).content.decode() for page in pages)]))
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]*\bvalue=\"([^\"]*)\"[^>]*>|<[^>]+>", r" \1 ", shown))

    named = re.findall(r"\*+([^*\n]+)\*+", re.sub(r"`[^`]*`", "", MANUAL.read_text()))

    assert len(named) > 20
    assert [name for name in named if name not in shown] == []
