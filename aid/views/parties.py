from aid.filters import PartyFilterSet
from aid.models import Party
from aid.queries.figures import articles_naming
from aid.queries.readings import Sheet, sheets
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
            "given": party.pledges_given.for_list(),
            "totals_given": totals_by_stage(party.pledges_given.all()),
            "received": party.pledges_received.for_list(),
            "totals_received": totals_by_stage(party.pledges_received.all()),
            "benefiting": party.pledges_benefiting.for_list(),
            "channelled": party.pledges_channelled.for_list(),
            "memberships": party.memberships.select_related("coalition"),
            "signatures": party.signatures.select_related("agreement"),
            "offices": party.offices.select_related("person"),
            "events": party.events.all(),
            "hosted": party.events_hosted.all(),
            "published": party.sources_published.defer("text"),
            "statements": [(row, said[row.pk]) for row in own],
            "spoken_for": [row for row in statements if row.speaker_id],
            "assertions": party.assertions.with_places(),
            "articles": articles_naming("party", party),
            "corrections": party.corrections.newest_first(),
        },
    )
