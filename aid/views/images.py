"""Pictures as readers get them: the file itself, while it stands in a text that they have."""

from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _

from aid.pictures import TYPES
from aid.queries.images import content_of, image_at
from aid.views.pages import public_page, readers_have


@public_page
def image(request, key, format):
    """A cache may keep it, but asks each time whether it still stands: it may be taken back the next moment."""
    found = image_at(key, format, readers_have(request))
    if found is None:
        raise Http404(_("There is no such picture."))
    etag = quote_etag(found.sha256)
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = file_response(found)
    answer["ETag"] = etag
    patch_cache_control(answer, no_cache=True, public=True)
    return answer


def file_response(image):
    """A picture's file. Raises Http404 where it is gone."""
    data = content_of(image)
    if data is None:
        raise Http404(_("The file of this picture is gone."))
    return HttpResponse(data, content_type=TYPES[image.format], headers={"Content-Disposition": "inline"})
