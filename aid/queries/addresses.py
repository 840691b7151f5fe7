"""Where what stood at an address stands now: records keep answering to the addresses that they had."""

from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q, TextField, Value
from django.db.models.functions import Concat

from aid.models.addresses import FormerAddress


def addresses_of(kind, slugs):
    """The FormerAddresses of a kind that are among these."""
    return FormerAddress.objects.filter(kind=kind, slug__in=slugs)


def addresses_had(kind, number):
    """The FormerAddresses that lead to one record."""
    return FormerAddress.objects.filter(kind=kind, record=number)


def slugs_had(record):
    """The slugs that a record had before, or that stand for others which were merged into it."""
    return set(addresses_had(record._meta.model_name, record.pk).values_list("slug", flat=True))


def naming_formerly(kind, record, body):
    """The condition that the text in a column names a record by an address that it had; near, for a longer address
    begins alike."""
    text = ExpressionWrapper(OuterRef(body), TextField())
    had = addresses_had(kind, record.pk).annotate(text=text, written=Concat(Value(f"[[{kind}:"), "slug"))
    return Exists(had.filter(text__contains=F("written")))


def standing_now(named):
    """The numbers of the records that now stand for former addresses: {(kind, slug): number}. One query, or none."""
    wanted = Q()
    for kind in {kind for kind, _ in named}:
        wanted |= Q(kind=kind, slug__in=[slug for other, slug in named if other == kind])
    if not named:
        return {}
    rows = FormerAddress.objects.filter(wanted).values_list("kind", "slug", "record")
    return {(kind, slug): number for kind, slug, number in rows}
