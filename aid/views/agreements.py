from aid.filters import AgreementFilterSet
from aid.models import Agreement
from aid.queries.figures import articles_naming
from aid.queries.readings import Sheet, sheets, with_basis
from aid.views.lists import list_page
from aid.views.pages import MOST_VOICES, excerpt, found, page, public_page


@public_page
def agreement_list(request):
    records = with_basis(Agreement.objects.prefetch_related("signatories__party"), "signed_on")
    return list_page(request, AgreementFilterSet, records, "aid/agreement_list.html", "agreement")


@public_page
def agreement_detail(request, slug):
    agreement = found(Agreement.objects.prefetch_related("signatories__party", "signatories__signed_by"), slug)
    sheet = Sheet.for_record(agreement)
    statements = excerpt(agreement.statements_about.with_speakers(), MOST_VOICES)
    assertions = excerpt(agreement.assertions_about.with_attribution(), MOST_VOICES)
    said, context = sheets(statements.rows), sheets(assertions.rows)
    return page(
        request,
        "aid/agreement_detail.html",
        {
            "agreement": agreement,
            "sheet": sheet,
            "signed_on": sheet.row(agreement, "signed_on").reading,
            "signatories": [(signatory, sheet.of(signatory)) for signatory in sheet.parts],
            "pledges": excerpt(with_basis(agreement.pledges.for_list(), "announced_on")),
            "statements": [(row, said[row.pk]) for row in statements.rows],
            "more_voices": statements.has_more or assertions.has_more,
            "assertions": [(row, context[row.pk]) for row in assertions.rows],
            "articles": articles_naming("agreement", agreement),
            "corrections": agreement.corrections.newest_first(),
        },
    )
