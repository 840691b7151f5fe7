from aid import choices
from aid.queries.ledger import at_a_glance
from aid.views.pages import page, public_page


@public_page
def about(request):
    return page(
        request,
        "aid/about.html",
        {
            "glance": at_a_glance(),
            "bases": choices.Basis,
            "unknowns": choices.Unknown,
            "stages": choices.Stage,
            "kinds": choices.CorrectionKind,
        },
    )
