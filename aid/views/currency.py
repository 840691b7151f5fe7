"""The currency that a reader has chosen, read from the address and kept in the links of the page.

It is kept in no cookie: an address tells all that its page shows, and can be handed on.
"""

from aid.queries.chosen import PARAMETER, Chosen, read_currency

# What a form for the currency hands on: enough for all filters of a list, and no more of a nonsense address.
MOST_KEPT = 30
LONGEST_KEPT = 200
ADDED = (PARAMETER, "as_of")


def chosen_currency(request, public):
    """The Chosen of a request. One for a request, so that what a page shows is read together."""
    if not hasattr(request, "chosen"):
        asked = request.GET.getlist(PARAMETER)
        code, sentence = read_currency(asked[-1] if asked else "")
        request.chosen = Chosen(code, public, sentence)
    return request.chosen


def kept_in_form(request):
    """What else an address asks for, as (name, value), for a form that changes the currency alone.

    The moment of the past is added to each form of a page by `aid.views.as_of`.
    """
    pairs = [(name, value) for name, values in request.GET.lists() for value in values if name not in ADDED]
    fit = [pair for pair in pairs if all(part.isprintable() and len(part) <= LONGEST_KEPT for part in pair)]
    return fit[:MOST_KEPT]
