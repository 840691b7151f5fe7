from aid.filters import EventFilterSet
from aid.models import Event
from aid.queries.figures import articles_naming
from aid.queries.readings import Sheet, with_basis
from aid.views.lists import list_page
from aid.views.pages import found, page, public_page


@public_page
def event_list(request):
    records = with_basis(Event.objects.select_related("series", "host"), "starts_on")
    return list_page(request, EventFilterSet, records, "aid/event_list.html", "event")


@public_page
def event_detail(request, slug):
    event = found(Event.objects.select_related("series", "host"), slug)
    sheet = Sheet.for_record(event)
    return page(
        request,
        "aid/event_detail.html",
        {
            "event": event,
            "sheet": sheet,
            "starts_on": sheet.row(event, "starts_on").reading,
            "coalitions": event.coalitions_formalized.all(),
            "articles": articles_naming("event", event),
            "corrections": event.corrections.newest_first(),
        },
    )
