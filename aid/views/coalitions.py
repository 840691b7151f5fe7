from aid.choices import Basis, Unknown
from aid.filters import CoalitionFilterSet
from aid.models import Coalition
from aid.queries.drawn.members import membership
from aid.queries.figures import articles_naming
from aid.queries.memberships import MembersBySource
from aid.queries.past import days_of_change
from aid.queries.profiles import not_known, related_to_coalition
from aid.queries.readings import Sheet, sheets, with_basis
from aid.queries.totals import totals_by_stage
from aid.views.currency import chosen_currency
from aid.views.graphics import shown
from aid.views.lists import list_page
from aid.views.memberships import MembersAsked
from aid.views.pages import MOST_VOICES, excerpt, found, page, public_page, readers_have
from aid.views.previews import previewed
from aid.views.totals import leading


@public_page
def coalition_list(request):
    public = readers_have(request)
    records = with_basis(Coalition.objects.with_counts(public), "starts_on", "formalized_at", public)
    return list_page(request, CoalitionFilterSet, records, "aid/coalition_list.html", "coalition", public=public)


@public_page
@previewed(Coalition)
def coalition_detail(request, slug, public):
    coalition = found(Coalition.objects.for_page(), slug, public)
    sheet = Sheet.for_record(coalition, public)
    statements = excerpt(public.of(coalition.statements_about.with_speakers(public)), MOST_VOICES)
    assertions = excerpt(public.of(coalition.assertions_about.with_attribution(public)), MOST_VOICES)
    said, context = sheets(statements.rows, public), sheets(assertions.rows, public)
    pledges = excerpt(with_basis(public.of(coalition.pledges.for_list()), "announced_on", public=public))
    chosen, asked_for = chosen_currency(request, public), {"coalition": coalition.slug}
    chosen.expect(pledges.rows)
    by_source = MembersBySource(sheet.dossier)
    asked = MembersAsked.of(request.GET, by_source)
    return page(
        request,
        "aid/coalition_detail.html",
        {
            "coalition": coalition,
            "sheet": sheet,
            "name_is_stated": sheet.row(coalition, "name").basis == Basis.STATED,
            "members": [(membership, sheet.of(membership)) for membership in by_source.counted],
            "by_source": by_source,
            "picture": shown(request, membership(coalition, sheet, by_source, public)),
            "asked": asked,
            "kept": asked.kept,
            "leads_unknown": Unknown(coalition.leads_unknown) if coalition.leads_unknown else "",
            "totals": leading(totals_by_stage(coalition.pledges.all(), public, chosen=chosen), asked_for)
            if pledges
            else [],
            "not_known": not_known(coalition.pledges.all(), asked_for, public) if pledges else [],
            "related": related_to_coalition(coalition, public),
            "all_pledges": f"coalition={coalition.slug}",
            "pledges": pledges,
            "statements": [(row, said[row.pk]) for row in statements.rows],
            "more_voices": statements.has_more or assertions.has_more,
            "assertions": [(row, context[row.pk]) for row in assertions.rows],
            "articles": articles_naming("coalition", coalition, public.at),
            "corrections": public.of(coalition.corrections.newest_first()),
            "days_of_change": days_of_change(coalition, public),
        },
    )
