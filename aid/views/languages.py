"""Which language a page is in: the one of its address, whatever the browser would like."""

from django.utils import translation

from aid.languages import language_of


def by_address(get_response):
    """Answers each request in the language of its address.

    No cookie and no Accept-Language: an address shows everybody the same, so that it can be sent on and cached, and
    nobody is led away from what was asked for.
    """

    def answer(request):
        code = language_of(request.path_info)
        # The thread's next request finds the language as it was before this one, even after an error.
        with translation.override(code):
            response = get_response(request)
        if response.get("Content-Type", "").startswith(("text/html", "application/atom", "application/rss")):
            response.headers.setdefault("Content-Language", code)
        return response

    return answer
