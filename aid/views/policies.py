"""How this site works, as pages: what it promises, and the numbers that bear it out."""

from django.conf import settings

from aid import choices
from aid.money import TOLERANCE, TOLERANCE_APPROXIMATE
from aid.policies import BY_VIEW, POLICIES
from aid.queries.policies import officials, sources_by_kind
from aid.queries.reports import LATE, LONGEST_OPEN, corrections_by_kind, report_counts
from aid.rules.reports import FROM_AN_ADDRESS
from aid.views.pages import page, public_page, readers_have


def policy_page(request, view, context=None):
    template = f"aid/policies/{view.removesuffix('-policy')}.html"
    return page(request, template, {"policy": BY_VIEW[view], **(context or {})})


@public_page
def policy_list(request):
    return page(request, "aid/policies/list.html", {"policies": POLICIES})


@public_page
def corrections(request):
    public = readers_have(request)
    counts = report_counts(public.at)
    context = {
        "kinds": choices.CorrectionKind,
        "by_kind": [(choices.CorrectionKind(kind), number) for kind, number in corrections_by_kind(public)],
        "counts": counts,
        "waits": LATE.days,
    }
    return policy_page(request, "corrections-policy", context)


@public_page
def sources(request):
    public = readers_have(request)
    by_kind = sources_by_kind(public)
    context = {
        "by_kind": [(choices.SourceKind(kind), number) for kind, number in by_kind],
        "count": sum(number for _, number in by_kind),
        "officials": officials(public),
        "tolerance": TOLERANCE * 100,
        "tolerance_approximate": TOLERANCE_APPROXIMATE * 100,
    }
    return policy_page(request, "sources-policy", context)


@public_page
def accessibility(request):
    return policy_page(request, "accessibility", {"email": settings.CONTACT_EMAIL})


@public_page
def privacy(request):
    context = {
        "email": settings.CONTACT_EMAIL,
        "report_days": settings.REPORT_DAYS,
        "open_days": LONGEST_OPEN.days,
        "log_days": settings.LOG_DAYS,
        "most": [limit.most for limit in FROM_AN_ADDRESS],
    }
    return policy_page(request, "privacy", context)


@public_page
def contact(request):
    context = {"email": settings.CONTACT_EMAIL, "has_security": bool(settings.SECURITY_CONTACT)}
    return policy_page(request, "contact", context)
