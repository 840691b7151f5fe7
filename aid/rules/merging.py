"""Whether one party may be merged into another."""

from django.db.models import Q
from django.utils import timezone

from aid.choices import PartyKind
from aid.models.claims import Claim
from aid.models.parties import Party
from aid.models.pledges import Pledge
from aid.rules.chains import ACTS

NAMED = 5


def reasons_not_to_merge(gone, stays, at=None):
    """Every reason against putting one party in the place of another: [(code, sentence)]."""
    if gone.pk == stays.pk:
        return [("same", f"“{gone}” cannot be merged into itself. Choose the other party.")]
    return [reason for rule in RULES for reason in rule(gone, stays, at or timezone.now())]


def two_states(gone, stays, at):
    if not gone.iso_alpha2:
        return
    if stays.kind != PartyKind.STATE:
        kind = stays.get_kind_display().lower()
        yield (
            "state",
            f"“{gone}” is a state with the ISO code {gone.iso_alpha2}, and “{stays}” is of the kind “{kind}”. Only a "
            f"state can take its place.",
        )
    elif stays.iso_alpha2 and stays.iso_alpha2 != gone.iso_alpha2:
        yield (
            "states",
            f"“{gone}” ({gone.iso_alpha2}) and “{stays}” ({stays.iso_alpha2}) are two states: their ISO codes "
            f"differ. Correct the code first if one of them is wrong.",
        )


def whole_and_part(gone, stays, at):
    for part, whole in ((gone, stays), (stays, gone)):
        if _is_within(part, whole):
            yield (
                "part",
                f"“{part}” is part of “{whole}”, directly or through others. A part and its whole are two parties; "
                f"if that is wrong, correct “part of” first.",
            )
            return
    claims = Claim.objects.standing().filter(
        Q(party=gone, value=stays.slug) | Q(party=stays, value=gone.slug), field="parent"
    )
    if claims.exists():
        yield (
            "part_claimed",
            f"A source says of “{gone}” and “{stays}” that one is part of the other. Withdraw that claim first if it "
            f"is wrong.",
        )


def _is_within(part, whole):
    """Whether one comes from a party by “part of” to another. A query for each step."""
    seen, at = set(), part.parent_id
    while at is not None and at not in seen:
        if at == whole.pk:
            return True
        seen.add(at)
        at = Party.objects.filter(pk=at).values_list("parent", flat=True).first()
    return False


def giving_to_itself(gone, stays, at):
    pledges = Pledge.objects.filter(Q(donor=gone, recipient=stays) | Q(donor=stays, recipient=gone)).order_by("pk")
    titles = list(pledges.values_list("title", flat=True)[: NAMED + 1])
    if titles:
        more = " and more" if len(titles) > NAMED else ""
        named = "; ".join(f"“{title}”" for title in titles[:NAMED])
        yield (
            "donor",
            f"One of the two gives to the other, and nobody gives to itself: {named}{more}. Correct donor or "
            f"recipient first.",
        )


def unnamed_collective(gone, stays, at):
    if stays.kind != PartyKind.COLLECTIVE:
        return
    does = [does for model, column, does in ACTS if model.objects.filter(**{column: gone}).exists()]
    if does:
        yield (
            "collective",
            f"“{stays}” is an unnamed collective, which can only speak; “{gone}” {' and '.join(does)}. Merge the "
            f"other way round, or change the kind first.",
        )


def hidden_differently(gone, stays, at):
    hidden = [one for one in (gone, stays) if one.embargo_until and one.embargo_until > at]
    if hidden and gone.embargo_until != stays.embargo_until:
        [hides] = hidden[:1]
        shown = stays if hides == gone else gone
        yield (
            "embargo",
            f"“{hides}” is under embargo, and “{shown}” is not until the same moment: readers would see what they "
            f"must not, or miss what they have. Give both the same embargo first.",
        )
    if stays.withdrawn_at and stays.withdrawn_at <= at:
        yield ("withdrawn", f"“{stays}” has been withdrawn. Reinstate it first, or merge the other way round.")


RULES = (two_states, whole_and_part, giving_to_itself, unnamed_collective, hidden_differently)
