from aid.filters import AgreementFilterSet
from aid.models import Agreement
from aid.queries.figures import articles_naming
from aid.queries.past import days_of_change
from aid.queries.profiles import related_to_agreement
from aid.queries.readings import Sheet, sheets, with_basis
from aid.views.currency import chosen_currency
from aid.views.lists import list_page
from aid.views.pages import MOST_VOICES, excerpt, found, page, public_page, readers_have
from aid.views.previews import previewed


@public_page
def agreement_list(request):
    public = readers_have(request)
    records = Agreement.objects.prefetch_related(*public.fetching(Agreement, "signatories__party"))
    records = with_basis(records, "signed_on", public=public)
    return list_page(request, AgreementFilterSet, records, "aid/agreement_list.html", "agreement", public=public)


@public_page
@previewed(Agreement)
def agreement_detail(request, slug, public):
    records = Agreement.objects.prefetch_related(*public.fetching(Agreement, "signatories__party"))
    agreement = found(records.prefetch_related("signatories__signed_by"), slug, public)
    sheet = Sheet.for_record(agreement, public)
    statements = excerpt(public.of(agreement.statements_about.with_speakers(public)), MOST_VOICES)
    assertions = excerpt(public.of(agreement.assertions_about.with_attribution(public)), MOST_VOICES)
    said, context = sheets(statements.rows, public), sheets(assertions.rows, public)
    pledges = excerpt(with_basis(public.of(agreement.pledges.for_list()), "announced_on", public=public))
    chosen_currency(request, public).expect(pledges.rows)
    return page(
        request,
        "aid/agreement_detail.html",
        {
            "agreement": agreement,
            "sheet": sheet,
            "signed_on": sheet.row(agreement, "signed_on").reading,
            "signatories": [(signatory, sheet.of(signatory)) for signatory in sheet.parts],
            "pledges": pledges,
            "related": related_to_agreement(agreement, public),
            "statements": [(row, said[row.pk]) for row in statements.rows],
            "more_voices": statements.has_more or assertions.has_more,
            "assertions": [(row, context[row.pk]) for row in assertions.rows],
            "articles": articles_naming("agreement", agreement, public.at),
            "corrections": public.of(agreement.corrections.newest_first()),
            "days_of_change": days_of_change(agreement, public),
        },
    )
