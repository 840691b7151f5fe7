from copy import copy

from aid.models import Article, Correction, Pledge
from aid.queries.content import kept_for_public
from aid.queries.figures import main_figures, pledges_behind
from aid.queries.ledger import at_a_glance
from aid.queries.readings import with_basis
from aid.queries.this_week import this_week
from aid.queries.totals import totals_by_stage
from aid.views.currency import chosen_currency
from aid.views.pages import page, public_page, readers_have
from aid.views.totals import leading

LATEST = 6
FIGURES = 4
PLEDGES = 5
CORRECTIONS = 4


@public_page
def front_page(request):
    public = readers_have(request)
    articles = list(public.of(Article.objects.newest_first())[: LATEST + 1])
    # A retracted article stays in its place among the latest, and leads the page only where there is no other.
    lead = next((article for article in articles if not article.is_retracted), articles[0] if articles else None)
    pledges = with_basis(public.of(Pledge.objects.for_list()), "announced_on", public=public)
    newest = list(pledges.newest_first()[:PLEDGES])
    behind = main_figures(lead.live.body, FIGURES, public=public) if lead else []
    chosen = chosen_currency(request, public)
    chosen.expect([*newest, *pledges_behind(behind)])
    corrections = list(public.of(Correction.objects.with_subjects(public.at)).newest_first()[:CORRECTIONS])
    totals, glance = whole_ledger(public, chosen)
    return page(
        request,
        "aid/front_page.html",
        {
            "today": public.at,
            "lead": lead,
            "behind": behind,
            "latest": [article for article in articles if article != lead],
            "totals": leading(totals),
            "pledges": newest,
            "glance": glance,
            "news": this_week(public, [article for article in articles if article != lead], corrections),
            "corrections": corrections,
        },
    )


def whole_ledger(public, chosen):
    """(the totals of all pledges, the ledger at a glance): kept until one changes, but for what a chosen currency
    makes of the totals."""

    def work_out():
        return totals_by_stage(Pledge.objects.all(), public), at_a_glance(public, in_brief=True)

    totals, glance = kept_for_public("whole ledger", public, work_out)
    if chosen:
        return totals_by_stage(Pledge.objects.all(), public, chosen=chosen), glance
    return [copy(total) for total in totals], glance
