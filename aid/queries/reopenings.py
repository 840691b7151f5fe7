"""What rests on a source that was withdrawn or has a newer version, and what of it waits for a decision."""

from aid.models.claims import Claim
from aid.models.reopenings import Reopening
from aid.models.sources import SetAside, Source
from aid.queries.claims import with_names


def resting_on(source):
    """The standing claims that rest on a source, with what their names are made of, held still until the end of the
    transaction."""
    claims = with_names(Claim.objects.standing().filter(source=source))
    return claims.order_by("pk").select_for_update(of=("self",))


def opened_by_cause(source, because):
    """What one cause has opened and nobody has closed, with the claims."""
    rows = Reopening.objects.filter(source=source, because=because, closed_at=None)
    return rows.select_related("claim").order_by("pk")


def open_about(claim):
    """What keeps a claim open."""
    return Reopening.objects.filter(claim=claim, closed_at=None).order_by("pk")


def superseded(source):
    """The source that a stored one supersedes, or None."""
    return Source.objects.filter(superseded_by=source).first()


def has_other_version(source, besides):
    """Whether any other source than this one supersedes a source."""
    return source.superseded_by.exclude(pk=besides.pk).exists()


def sentence_set_aside(source, start):
    """The row of the sentence of a source that begins at this character, or None."""
    return SetAside.objects.filter(source=source, start=start).first()
