from aid.filters import CorrectionFilterSet
from aid.models import Correction
from aid.views.lists import list_page
from aid.views.pages import public_page


@public_page
def correction_list(request):
    records = Correction.objects.public().with_subjects()
    return list_page(request, CorrectionFilterSet, records, "aid/correction_list.html", "correction")
