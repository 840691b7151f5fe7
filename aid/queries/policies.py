"""The numbers that the pages on how the site works give of its sources."""

from django.db.models import Count

from aid.models.sources import Source


def sources_by_kind(public):
    """How many sources of each kind readers have: [(kind, number)], the kind with most first."""
    rows = public.of(Source.objects.all()).order_by().values_list("kind").annotate(number=Count("pk"))
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def officials(public):
    """How many of the sources that readers have are official."""
    return public.of(Source.objects.filter(is_official=True)).count()
