from aid.filters import PartyFilterSet
from aid.models import Party
from aid.queries.mentions import articles_concerning
from aid.queries.past import days_of_change
from aid.queries.profiles import not_known, related_to_party, relations_with_rows
from aid.queries.readings import Sheet, sheets, with_basis
from aid.views.currency import chosen_currency
from aid.views.graphics import Wanted, of_party
from aid.views.lists import list_page
from aid.views.pages import MOST_ROWS, MOST_VOICES, Excerpt, excerpt, found, page, public_page, readers_have
from aid.views.previews import previewed
from aid.views.totals import leading


@public_page
def party_list(request):
    public = readers_have(request)
    records = Party.objects.with_roles(public)
    return list_page(request, PartyFilterSet, records, "aid/party_list.html", "party", public=public)


# What a party's page shows where there is any of it.
RELATIONS = (
    "pledges_given", "pledges_received", "pledges_benefiting", "pledges_channelled", "parts", "memberships",
    "signatures", "offices", "events", "events_hosted", "sources_published", "assertions", "statements",
)  # fmt: skip
NOTHING = Excerpt([], False)


@public_page
@previewed(Party)
def party_detail(request, slug, public):
    party = found(Party.objects.select_related("parent"), slug, public)
    statements = public.of(party.statements.with_speakers(public))
    # What a named person said stands on the person's page, with its evidence.
    own = excerpt(statements.by_no_person(), MOST_VOICES)
    said = sheets(own.rows, public)

    chosen = chosen_currency(request, public)

    def pledges(name):
        if name not in there:
            return NOTHING
        rows = getattr(party, name)
        found = excerpt(with_basis(public.of(rows.for_list()), "announced_on", public=public))
        chosen.expect(found.rows)
        return found

    there = relations_with_rows(party, RELATIONS, public)

    def of(name, rows=None, most=MOST_ROWS):
        """What there is in a relation; nothing is asked where there is nothing."""
        if name not in there:
            return NOTHING
        rows = getattr(party, name).all() if rows is None else rows
        return excerpt(public.of(rows), most)

    wanted = Wanted.of_parties(request, public) if there & {"pledges_given", "pledges_received"} else None

    def ledger(name, role):
        """The totals of the pledges that it gave or received, what is drawn and what is not known of them."""
        if name not in there:
            return [], [], []
        rows, values = getattr(party, name).all(), {role: party.slug}
        own = wanted.of(role, party, rows)
        return leading(own.totals, values), of_party(request, own), not_known(rows, values, public)

    totals_given, pictures_given, unknown_given = ledger("pledges_given", "donor")
    totals_received, pictures_received, unknown_received = ledger("pledges_received", "recipient")

    def events(name):
        return of(name, with_basis(getattr(party, name).all(), "starts_on", public=public))

    signatures = party.signatures.select_related("agreement")
    return page(
        request,
        "aid/party_detail.html",
        {
            "party": party,
            "sheet": Sheet.for_record(party, public),
            "parts": of("parts"),
            "given": pledges("pledges_given"),
            "all_given": f"donor={party.slug}",
            "all_received": f"recipient={party.slug}",
            "totals_given": totals_given,
            "received": pledges("pledges_received"),
            "totals_received": totals_received,
            "benefiting": pledges("pledges_benefiting"),
            "channelled": pledges("pledges_channelled"),
            "memberships": of("memberships", party.memberships.select_related("coalition")),
            "signatures": of("signatures", with_basis(signatures, "signed_on", "agreement", public)),
            "offices": of("offices", party.offices.select_related("person")),
            "events": events("events"),
            "hosted": events("events_hosted"),
            "published": of("sources_published", party.sources_published.defer("text")),
            "statements": [(row, said[row.pk]) for row in own.rows],
            "more_voices": own.has_more,
            "spoken_for": excerpt(statements.by_a_person()),
            "assertions": of("assertions", party.assertions.with_places(public)),
            "pictures_given": pictures_given,
            "pictures_received": pictures_received,
            "unknown_given": unknown_given,
            "unknown_received": unknown_received,
            "related": related_to_party(party, public),
            "articles": articles_concerning(party, MOST_ROWS, public),
            "corrections": public.of(party.corrections.newest_first()),
            "days_of_change": days_of_change(party, public),
        },
    )
