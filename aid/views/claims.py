import re
from functools import wraps

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from aid.exchange.citations import FORMATS, cited
from aid.exchange.claims import claim_data, converted_data
from aid.filters import ClaimFilterSet
from aid.languages import DEFAULT, permanent
from aid.models import Claim
from aid.queries.chosen import InChosen
from aid.queries.claim_pages import claim_page, claims_for_pages, deleted_claim, keys_like, withdrawn_with
from aid.queries.claims import field_label_of, for_list, values_of
from aid.views.currency import chosen_currency
from aid.views.lists import list_page
from aid.views.pages import Gone, page, public_page, readers_have


class NoClaim(Exception):
    """Readers have no claim of this key. `likely` are the keys that are like it; `deleted` is the last that is known
    of one that was deleted."""

    def __init__(self, key, likely, deleted=None):
        super().__init__(key)
        self.key, self.likely, self.deleted = key, likely, deleted

    @property
    def status(self):
        return 410 if self.deleted else 404


@public_page
def claim_list(request):
    public = readers_have(request)
    records = for_list(Claim.objects.standing().of_facts())

    def told(rows):
        values = values_of(rows)
        return {"told": [(claim, field_label_of(claim), values.get(claim.pk)) for claim in rows]}

    return list_page(request, ClaimFilterSet, records, "aid/claim_list.html", "claim", beside=told, public=public)


def of_standing_claim(view):
    """For a view of (request, shown, public): answered by key, and with a page that says so where the claim is
    withdrawn or none is there."""

    @wraps(view)
    def answer(request, key, **given):
        public = readers_have(request)
        try:
            shown = claim_page(found_claim(key, public), public)
        except NoClaim as none:
            return no_claim(request, none)
        if shown.is_withdrawn:
            return withdrawn_claim(request, shown)
        return view(request, shown, public, **given)

    return answer


@public_page
@of_standing_claim
def claim_detail(request, shown, public):
    key = shown.claim.key
    context = {"shown": shown, "claim": shown.claim, "json": json_address(key)}
    context["has_amount"] = shown.claim.field == "amount" and shown.is_shown
    chosen_currency(request, public)
    is_written = get_language() == DEFAULT
    with override(DEFAULT):
        # A citation is the same from every page, and as in its file.
        told = shown if is_written else claim_page(shown.claim, public)
        items = cited(told, addresses_of(request), timezone.localdate(public.at))
        files = [(form, form.write(items), cite_address(key, form.ending)) for form in FORMATS.values()]
    context["citations"] = files
    return page(request, "aid/claim_detail.html", context)


@public_page
def claim_json(request, key):
    public = readers_have(request)
    absolute = addresses_of(request)
    try:
        shown = claim_page(found_claim(key, public), public)
    except NoClaim as none:
        likely = [absolute(json_address(key)) for key in none.likely]
        deleted = none.deleted.history_date.isoformat() if none.deleted else None
        told = {"key": key, "status": "deleted" if deleted else "unknown", "deleted_at": deleted, "likely": likely}
        return JsonResponse(told, status=none.status)
    except Gone as gone:
        told = {
            "key": key,
            "status": "record withdrawn",
            "withdrawn_at": gone.record.withdrawn_at.isoformat(),
            "withdrawn_why": gone.record.withdrawn_why,
        }
        return JsonResponse(told, status=410)
    data = claim_data(shown, absolute)
    if converted := conversion_asked(request, public, shown):
        data["converted"] = converted_data(converted, absolute)
    response = JsonResponse(
        data,
        status=410 if shown.is_withdrawn else 200,
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    response["Link"] = f'<{absolute(shown.claim.get_absolute_url())}>; rel="alternate"; type="text/html"'
    return response


def conversion_asked(request, public, shown):
    """The InChosen of the amount that a claim gives, in the currency asked for; None where there is nothing to
    convert. A currency that there is none of is told as the reason."""
    chosen = chosen_currency(request, public)
    if shown.claim.field != "amount" or not shown.is_shown:
        return None
    return InChosen(None, why_not=chosen.sentence) if chosen.sentence else chosen.of(shown.claim.target)


@public_page
def claim_citation(request, key, ending):
    if ending not in FORMATS:
        raise Http404(
            _("A claim can be cited as %(formats)s, and not as “%(ending)s”.")
            % {"formats": ", ".join(FORMATS), "ending": ending}
        )
    return citation(request, key, form=FORMATS[ending])


@of_standing_claim
def citation(request, shown, public, form):
    items = cited(shown, addresses_of(request), timezone.localdate(public.at))
    response = HttpResponse(form.write(items), content_type=form.media_type)
    name = re.sub("[^A-Za-z0-9.-]", "-", shown.claim.key)
    response["Content-Disposition"] = f'attachment; filename="newsroom-{name}.{form.ending}"'
    return response


def found_claim(key, public):
    """The claim of a key, if it is public. Raises Gone where its record was withdrawn, and NoClaim where there is no
    claim, or one that is under embargo."""
    # A database cannot even look for some signs, such as the zero that ends a text.
    is_key = key.isprintable()
    claim = public.named(claims_for_pages()).by_key(key) if is_key else None
    if claim is None:
        raise NoClaim(key, keys_like(key, public), deleted_claim(key, public) if is_key else None)
    if not public.of(Claim.objects.all()).by_key(key):
        raise Gone(withdrawn_with(claim, public), public)
    return claim


def withdrawn_claim(request, shown):
    context = {"shown": shown, "claim": shown.claim, "json": json_address(shown.claim.key)}
    return page(request, "aid/claim_withdrawn.html", context, status=410)


def no_claim(request, none):
    likely = [(key, reverse("claim-detail", args=[key])) for key in none.likely]
    context = {"key": none.key, "likely": likely, "deleted": none.deleted, "canonical": ""}
    return page(request, "aid/claim_missing.html", context, status=none.status)


def json_address(key):
    return reverse("claim-json", args=[key])


def cite_address(key, ending):
    return reverse("claim-citation", args=[key, ending])


def addresses_of(request):
    """Makes whole addresses of those of this site, as of the moment that is asked for, which hold in any language."""
    as_of = getattr(request, "as_of", None)
    named = (lambda address: as_of.of(permanent(address))) if as_of else permanent
    return lambda address: request.build_absolute_uri(named(address))
