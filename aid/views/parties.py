from aid.filters import PartyFilterSet
from aid.models import Party
from aid.queries.counting import Counting
from aid.queries.mentions import articles_concerning
from aid.queries.past import days_of_change
from aid.queries.readings import Sheet, sheets, with_basis
from aid.queries.totals import totals_by_stage
from aid.views.currency import chosen_currency
from aid.views.lists import list_page
from aid.views.pages import MOST_ROWS, MOST_VOICES, excerpt, found, page, public_page, readers_have
from aid.views.previews import previewed
from aid.views.totals import leading


@public_page
def party_list(request):
    public = readers_have(request)
    records = Party.objects.with_roles(public)
    return list_page(request, PartyFilterSet, records, "aid/party_list.html", "party", public=public)


@public_page
@previewed(Party)
def party_detail(request, slug, public):
    party = found(Party.objects.select_related("parent"), slug, public)
    statements = public.of(party.statements.with_speakers(public))
    # What a named person said stands on the person's page, with its evidence.
    own = excerpt(statements.by_no_person(), MOST_VOICES)
    said = sheets(own.rows, public)

    chosen = chosen_currency(request, public)

    def pledges(rows):
        found = excerpt(with_basis(public.of(rows.for_list()), "announced_on", public=public))
        chosen.expect(found.rows)
        return found

    counting, chosen = Counting(public), chosen_currency(request, public)

    def totals(rows, role):
        return leading(totals_by_stage(rows.all(), public, counting, chosen), {role: party.slug})

    def events(rows):
        return excerpt(with_basis(public.of(rows.all()), "starts_on", public=public))

    signatures = public.of(party.signatures.select_related("agreement"))
    return page(
        request,
        "aid/party_detail.html",
        {
            "party": party,
            "sheet": Sheet.for_record(party, public),
            "parts": excerpt(public.of(party.parts.all())),
            "given": pledges(party.pledges_given),
            "all_given": f"donor={party.slug}",
            "all_received": f"recipient={party.slug}",
            "totals_given": totals(party.pledges_given, "donor"),
            "received": pledges(party.pledges_received),
            "totals_received": totals(party.pledges_received, "recipient"),
            "benefiting": pledges(party.pledges_benefiting),
            "channelled": pledges(party.pledges_channelled),
            "memberships": excerpt(public.of(party.memberships.select_related("coalition"))),
            "signatures": excerpt(with_basis(signatures, "signed_on", "agreement", public)),
            "offices": excerpt(public.of(party.offices.select_related("person"))),
            "events": events(party.events),
            "hosted": events(party.events_hosted),
            "published": excerpt(public.of(party.sources_published.defer("text"))),
            "statements": [(row, said[row.pk]) for row in own.rows],
            "more_voices": own.has_more,
            "spoken_for": excerpt(statements.by_a_person()),
            "assertions": excerpt(public.of(party.assertions.with_places(public))),
            "articles": articles_concerning(party, MOST_ROWS, public),
            "corrections": public.of(party.corrections.newest_first()),
            "days_of_change": days_of_change(party, public),
        },
    )
