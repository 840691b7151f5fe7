from aid.filters import CorrectionFilterSet
from aid.models import Correction
from aid.views.lists import list_page
from aid.views.pages import public_page, readers_have


@public_page
def correction_list(request):
    public = readers_have(request)
    records = Correction.objects.with_subjects(public.at).with_affected(public.at)
    return list_page(request, CorrectionFilterSet, records, "aid/correction_list.html", "correction", public=public)
