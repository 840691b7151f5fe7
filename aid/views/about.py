from django.utils.translation import gettext_lazy as _

from aid import choices
from aid.money import TOLERANCE, TOLERANCE_APPROXIMATE
from aid.queries.ledger import at_a_glance
from aid.queries.method import method_now
from aid.views.pages import page, public_page, readers_have
from aid.views.totals import leading

DATES = [
    ("2024-01-24", _("One day, stated in full.")),
    ("2024-01", _("Some day of that month.")),
    ("XXXX-01-24", _("The source gives a day and no year.")),
    ("2024?-01-24", _("A source is itself not sure of the year.")),
]


@public_page
def about(request):
    return page(
        request,
        "aid/about.html",
        {
            "glance": at_a_glance(readers_have(request)),
            "bases": choices.Basis,
            "unknowns": choices.Unknown,
            "stages": choices.Stage,
            "dates": DATES,
            "kinds": choices.CorrectionKind,
        },
    )


@public_page
def method(request):
    public = readers_have(request)
    found = method_now(public)
    if found.example:
        leading([found.example.total])
    return page(
        request,
        "aid/method.html",
        {
            "method": found,
            "stages": choices.Stage,
            "tolerance": TOLERANCE * 100,
            "tolerance_approximate": TOLERANCE_APPROXIMATE * 100,
        },
    )
