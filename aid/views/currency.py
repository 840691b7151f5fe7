"""The currency that a reader has chosen, read from the address and kept in the links of the page.

It is kept in no cookie: an address tells all that its page shows, and can be handed on.
"""

from aid.queries.chosen import PARAMETER, Chosen, read_currency


def chosen_currency(request, public):
    """The Chosen of a request. One for a request, so that what a page shows is read together."""
    if not hasattr(request, "chosen"):
        asked = request.GET.getlist(PARAMETER)
        code, sentence = read_currency(asked[-1] if asked else "")
        request.chosen = Chosen(code, public, sentence)
    return request.chosen
