from django.http import HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control

from aid.views.pages import public_page


@public_page
@cache_control(max_age=86400, public=True)
def favicon(request):
    """Browsers ask for /favicon.ico without being told to; the icon itself is a static file."""
    return HttpResponseRedirect(static("icons/favicon.svg"))
