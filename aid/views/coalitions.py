from aid.choices import Unknown
from aid.filters import CoalitionFilterSet
from aid.models import Coalition
from aid.queries.figures import articles_naming
from aid.queries.readings import Sheet, sheets, with_basis
from aid.views.lists import list_page
from aid.views.pages import found, page, public_page


@public_page
def coalition_list(request):
    records = with_basis(Coalition.objects.with_member_count(), "starts_on", "formalized_at")
    return list_page(request, CoalitionFilterSet, records, "aid/coalition_list.html", "coalition")


@public_page
def coalition_detail(request, slug):
    coalition = found(Coalition.objects.for_page(), slug)
    sheet = Sheet.for_record(coalition)
    statements = list(coalition.statements_about.with_speakers())
    assertions = list(coalition.assertions_about.with_attribution())
    said, context = sheets(statements), sheets(assertions)
    return page(
        request,
        "aid/coalition_detail.html",
        {
            "coalition": coalition,
            "sheet": sheet,
            "members": [(membership, sheet.of(membership)) for membership in sheet.parts],
            "leads_unknown": Unknown(coalition.leads_unknown) if coalition.leads_unknown else "",
            "pledges": with_basis(coalition.pledges.for_list(), "announced_on"),
            "statements": [(row, said[row.pk]) for row in statements],
            "assertions": [(row, context[row.pk]) for row in assertions],
            "articles": articles_naming("coalition", coalition),
            "corrections": coalition.corrections.newest_first(),
        },
    )
