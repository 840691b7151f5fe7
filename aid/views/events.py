from aid.filters import EventFilterSet
from aid.models import Event
from aid.queries.figures import articles_naming
from aid.queries.past import days_of_change
from aid.queries.readings import Sheet, with_basis
from aid.views.lists import list_page
from aid.views.pages import found, page, public_page, readers_have
from aid.views.previews import previewed


@public_page
def event_list(request):
    public = readers_have(request)
    records = with_basis(Event.objects.select_related("series", "host"), "starts_on", public=public)
    return list_page(request, EventFilterSet, records, "aid/event_list.html", "event", public=public)


@public_page
@previewed(Event)
def event_detail(request, slug, public):
    event = found(Event.objects.select_related("series", "host"), slug, public)
    sheet = Sheet.for_record(event, public)
    return page(
        request,
        "aid/event_detail.html",
        {
            "event": event,
            "sheet": sheet,
            "starts_on": sheet.row(event, "starts_on").reading,
            "coalitions": public.of(event.coalitions_formalized.all()),
            "articles": articles_naming("event", event, public.at),
            "corrections": public.of(event.corrections.newest_first()),
            "days_of_change": days_of_change(event, public),
        },
    )
