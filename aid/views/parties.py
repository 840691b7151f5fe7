from aid.filters import PartyFilterSet
from aid.models import Party
from aid.queries.mentions import articles_concerning
from aid.queries.readings import Sheet, sheets, with_basis
from aid.queries.totals import totals_by_stage
from aid.views.lists import list_page
from aid.views.pages import MOST_ROWS, MOST_VOICES, excerpt, found, page, public_page


@public_page
def party_list(request):
    records = Party.objects.with_roles()
    return list_page(request, PartyFilterSet, records, "aid/party_list.html", "party", "parties")


@public_page
def party_detail(request, slug):
    party = found(Party.objects.select_related("parent"), slug)
    # What a named person said stands on the person's page, with its evidence.
    own = excerpt(party.statements.with_speakers().by_no_person(), MOST_VOICES)
    said = sheets(own.rows)
    return page(
        request,
        "aid/party_detail.html",
        {
            "party": party,
            "sheet": Sheet.for_record(party),
            "parts": excerpt(party.parts.all()),
            "given": excerpt(with_basis(party.pledges_given.for_list(), "announced_on")),
            "all_given": f"donor={party.slug}",
            "all_received": f"recipient={party.slug}",
            "totals_given": totals_by_stage(party.pledges_given.all()),
            "received": excerpt(with_basis(party.pledges_received.for_list(), "announced_on")),
            "totals_received": totals_by_stage(party.pledges_received.all()),
            "benefiting": excerpt(with_basis(party.pledges_benefiting.for_list(), "announced_on")),
            "channelled": excerpt(with_basis(party.pledges_channelled.for_list(), "announced_on")),
            "memberships": excerpt(party.memberships.select_related("coalition")),
            "signatures": excerpt(with_basis(party.signatures.select_related("agreement"), "signed_on", "agreement")),
            "offices": excerpt(party.offices.select_related("person")),
            "events": excerpt(with_basis(party.events.all(), "starts_on")),
            "hosted": excerpt(with_basis(party.events_hosted.all(), "starts_on")),
            "published": excerpt(party.sources_published.defer("text")),
            "statements": [(row, said[row.pk]) for row in own.rows],
            "more_voices": own.has_more,
            "spoken_for": excerpt(party.statements.with_speakers().by_a_person()),
            "assertions": excerpt(party.assertions.with_places()),
            "articles": articles_concerning(party, MOST_ROWS),
            "corrections": party.corrections.newest_first(),
        },
    )
