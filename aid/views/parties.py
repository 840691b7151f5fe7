from aid.filters import PartyFilterSet
from aid.models import Party
from aid.queries.figures import articles_naming
from aid.queries.readings import Sheet, sheets, with_basis
from aid.queries.totals import totals_by_stage
from aid.views.lists import list_page
from aid.views.pages import found, page, public_page


@public_page
def party_list(request):
    records = Party.objects.with_roles()
    return list_page(request, PartyFilterSet, records, "aid/party_list.html", "party", "parties")


@public_page
def party_detail(request, slug):
    party = found(Party.objects.select_related("parent"), slug)
    statements = list(party.statements.with_speakers())
    # What a named person said stands on the person's page, with its evidence.
    own = [row for row in statements if row.speaker_id is None]
    said = sheets(own)
    return page(
        request,
        "aid/party_detail.html",
        {
            "party": party,
            "sheet": Sheet.for_record(party),
            "parts": party.parts.all(),
            "given": with_basis(party.pledges_given.for_list(), "announced_on"),
            "totals_given": totals_by_stage(party.pledges_given.all()),
            "received": with_basis(party.pledges_received.for_list(), "announced_on"),
            "totals_received": totals_by_stage(party.pledges_received.all()),
            "benefiting": with_basis(party.pledges_benefiting.for_list(), "announced_on"),
            "channelled": with_basis(party.pledges_channelled.for_list(), "announced_on"),
            "memberships": party.memberships.select_related("coalition"),
            "signatures": with_basis(party.signatures.select_related("agreement"), "signed_on", "agreement"),
            "offices": party.offices.select_related("person"),
            "events": with_basis(party.events.all(), "starts_on"),
            "hosted": with_basis(party.events_hosted.all(), "starts_on"),
            "published": party.sources_published.defer("text"),
            "statements": [(row, said[row.pk]) for row in own],
            "spoken_for": [row for row in statements if row.speaker_id],
            "assertions": party.assertions.with_places(),
            "articles": articles_naming("party", party),
            "corrections": party.corrections.newest_first(),
        },
    )
