from aid.models import Article, Correction, Pledge
from aid.queries.figures import main_figures
from aid.queries.ledger import at_a_glance
from aid.queries.readings import with_basis
from aid.queries.totals import totals_by_stage
from aid.views.pages import page, public_page

LATEST = 6
FIGURES = 4
PLEDGES = 5
CORRECTIONS = 4


@public_page
def front_page(request):
    articles = list(Article.objects.published().newest_first()[: LATEST + 1])
    lead = articles[0] if articles else None
    return page(
        request,
        "aid/front_page.html",
        {
            "lead": lead,
            "behind": main_figures(lead.live.body, FIGURES) if lead else [],
            "latest": articles[1:],
            "totals": totals_by_stage(Pledge.objects.all()),
            "pledges": with_basis(Pledge.objects.for_list(), "announced_on").newest_first()[:PLEDGES],
            "glance": at_a_glance(),
            "corrections": Correction.objects.public().with_subjects().newest_first()[:CORRECTIONS],
        },
    )
