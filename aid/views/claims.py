from django.http import Http404

from aid.filters import ClaimFilterSet
from aid.models import Claim
from aid.queries.claim_pages import claim_page, claims_for_pages
from aid.queries.claims import field_label_of, for_list, values_of
from aid.views.lists import list_page
from aid.views.pages import Gone, page, public_page, readers_have


@public_page
def claim_list(request):
    public = readers_have(request)
    records = for_list(Claim.objects.standing())

    def told(rows):
        values = values_of(rows)
        return {"told": [(claim, field_label_of(claim), values.get(claim.pk)) for claim in rows]}

    return list_page(request, ClaimFilterSet, records, "aid/claim_list.html", "claim", beside=told, public=public)


@public_page
def claim_detail(request, key):
    public = readers_have(request)
    shown = claim_page(found_claim(key, public), public)
    return page(request, "aid/claim_detail.html", {"shown": shown, "claim": shown.claim})


def found_claim(key, public):
    """The claim of a key, if it is public. Raises Gone where its record was withdrawn, and Http404 where there is no
    claim or one that is under embargo."""
    claim = public.named(claims_for_pages()).by_key(key)
    if claim is None:
        raise Http404(f"There is no claim with the key “{key}”.")
    if not public.of(Claim.objects.all()).by_key(key):
        raise Gone(claim.subject, public)
    return claim
