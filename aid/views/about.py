from aid import choices
from aid.queries.ledger import at_a_glance
from aid.views.pages import page, public_page, readers_have

DATES = [
    ("2024-01-24", "One day, stated in full."),
    ("2024-01", "Some day of that month."),
    ("XXXX-01-24", "The source gives a day and no year."),
    ("2024?-01-24", "A source is itself not sure of the year."),
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
