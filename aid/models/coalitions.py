from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from aid.choices import MembershipRole, Unknown
from aid.dates import EDTFField, bound
from aid.models.events import Event
from aid.models.parties import Party
from aid.models.records import (
    Evidenced,
    HasAmount,
    Record,
    RecordQuerySet,
    Withdrawable,
    addressable,
    amount_field,
    counted,
    currency_field,
    known_or_unknown,
    money_constraints,
    one_of,
    unknown_field,
    withdrawn_with_reason,
)


class CoalitionQuerySet(RecordQuerySet):
    def with_counts(self, public):
        """With `member_count` and `pledge_count`, of members and pledges that are public."""
        members, pledges = (
            public.of(self.model._meta.get_field(name).related_model.objects.all())
            for name in ("memberships", "pledges")
        )
        members = members.counted()
        return self.select_related("formalized_at").annotate(
            member_count=counted(members, "coalition"), pledge_count=counted(pledges, "coalition")
        )

    def for_page(self):
        return self.select_related("framework", "formalized_at")


class Coalition(Withdrawable, HasAmount, Record):
    """A group of parties that support a recipient with one capability, such as IT or air defence.

    Pledges of its members belong to it only where a source says that they go through it. `amount` is its own
    budget.
    """

    claimed_fields = ("name", "official_name", "framework", "formalized_at", "aims", "amount", "currency")

    name = models.CharField(
        max_length=160, unique=True, help_text="How this site calls it. Use the source's words if it has no name."
    )
    official_name = models.CharField(max_length=200, blank=True, default="")
    official_name_unknown = unknown_field("official name")
    framework = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="coalitions_framed",
        help_text="The body within which it works, only if a source says so.",
    )
    framework_unknown = unknown_field("framework")
    formalized_at = models.ForeignKey(
        Event,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="coalitions_formalized",
        help_text="The event at which it was formalized.",
    )
    formalized_at_unknown = unknown_field("formalized at")
    aims = models.TextField(blank=True, default="", help_text="One a line, in plain words.")
    aims_unknown = unknown_field("aims")
    leads_unknown = models.CharField(
        "leads: if none is recorded, why",
        max_length=20,
        choices=Unknown,
        blank=True,
        default=Unknown.NOT_LOOKED_FOR,
        help_text="Leads are memberships with the role “lead”. Say why there is none; clear it when there is one.",
    )
    amount = amount_field(verbose_name="budget", help_text="The coalition's own budget, not the sum of pledges.")
    amount_unknown = unknown_field("budget")
    currency = currency_field()

    objects = CoalitionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            addressable("coalition"),
            withdrawn_with_reason("coalition"),
            known_or_unknown("coalition", "official_name"),
            known_or_unknown("coalition", "framework", null=True),
            known_or_unknown("coalition", "formalized_at", null=True),
            known_or_unknown("coalition", "aims"),
            known_or_unknown("coalition", "amount", null=True),
            *money_constraints("coalition"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("coalition-detail", args=[self.slug])

    def aim_list(self):
        return [line for line in self.aims.splitlines() if line.strip()]


class MembershipQuerySet(RecordQuerySet):
    def counted(self):
        """Those that the preferred source names: they alone are counted, listed and found by."""
        return self.filter(is_counted=True)


class Membership(Evidenced):
    """One party that a source names as being in one coalition, with its role.

    The claims about `party` say which sources name it. It is counted where one of them is preferred; where only an
    alternative source names it, it stands beside the members and enters no count.
    """

    natural_key_fields = ("coalition__slug", "party__slug")
    claimed_fields = ("party", "role", "joined_on", "left_on")

    coalition = models.ForeignKey(Coalition, on_delete=models.CASCADE, related_name="memberships")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=MembershipRole, default=MembershipRole.MEMBER)
    joined_on_earliest, joined_on_latest = bound(), bound()
    joined_on = EDTFField("joined", blank=True, default="")
    joined_on_unknown = unknown_field("joined")
    left_on_earliest, left_on_latest = bound(), bound()
    left_on = EDTFField("left", blank=True, default="")
    left_on_unknown = unknown_field("left")
    is_counted = models.BooleanField(
        "counted",
        default=True,
        editable=False,
        help_text="Not where only a source that is not preferred names it. It follows from the claims.",
    )

    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["coalition", "party__name"]
        constraints = [
            one_of("membership", "role", MembershipRole),
            known_or_unknown("membership", "joined_on"),
            known_or_unknown("membership", "left_on"),
            models.UniqueConstraint(name="membership_once", fields=["coalition", "party"]),
            models.CheckConstraint(
                name="membership_joined_before_left",
                condition=Q(joined_on_earliest__isnull=True)
                | Q(left_on_latest__isnull=True)
                | Q(joined_on_earliest__lte=F("left_on_latest")),
                violation_error_code="order",
                violation_error_message="The party leaves before it joins.",
            ),
        ]

    def __str__(self):
        return f"{self.party} ({self.get_role_display().lower()})"
