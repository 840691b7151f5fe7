"""Keeping what a coalition says about its leads true to its members."""

from aid.choices import MembershipRole, Unknown


def follow_leads(coalition):
    """Clears the reason why no lead is recorded once there is one, and asks for one where there is none."""
    has_lead = MembershipRole.LEAD in coalition.memberships.values_list("role", flat=True)
    reason = "" if has_lead else coalition.leads_unknown or Unknown.NOT_LOOKED_FOR
    if reason != coalition.leads_unknown:
        coalition.leads_unknown = reason
        coalition.save(update_fields=["leads_unknown", "updated_at"])
