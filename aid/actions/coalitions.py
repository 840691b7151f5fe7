"""Keeping what a coalition says about its members and leads true to its claims."""

from aid.choices import MembershipRole, Rank, Unknown


def follow_leads(coalition):
    """Clears the reason why no lead is recorded once there is one, and asks for one where there is none."""
    has_lead = MembershipRole.LEAD in coalition.memberships.counted().values_list("role", flat=True)
    reason = "" if has_lead else coalition.leads_unknown or Unknown.NOT_LOOKED_FOR
    if reason != coalition.leads_unknown:
        coalition.leads_unknown = reason
        coalition.save(update_fields=["leads_unknown", "updated_at"])


def follow_claims(coalition):
    """Counts each party that a preferred claim names, and sets aside from the count those that only alternatives do.

    One that no claim names is left as it is: the ledger asks for its claim.
    """
    ranks = {}
    for claim in coalition.claims.standing():
        if claim.membership_id and claim.field == "party":
            ranks.setdefault(claim.membership_id, set()).add(claim.rank)
    for membership in coalition.memberships.all():
        is_counted = Rank.PREFERRED in ranks[membership.pk] if membership.pk in ranks else membership.is_counted
        if membership.is_counted != is_counted:
            membership.is_counted = is_counted
            membership.save(update_fields=["is_counted"])
