from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from aid.choices import Reopened, Settled
from aid.models.claims import Claim
from aid.models.records import Keyed, new_key, one_of, validate_key
from aid.models.sources import Source


class Reopening(Keyed):
    """That a claim was opened again because its source was withdrawn or has a newer version, and how that ended.

    While it is open the claim is not verified; who had verified it is kept here, for the cause can be taken back.
    """

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, validators=[validate_key])
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="reopenings")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="reopenings")
    because = models.CharField(max_length=20, choices=Reopened)
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="claims_reopened"
    )
    was_verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="verifications_lapsed"
    )
    was_verified_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="reopenings_closed"
    )
    outcome = models.CharField(max_length=12, choices=Settled, blank=True, default="")
    why = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            one_of("reopening", "because", Reopened),
            one_of("reopening", "outcome", Settled, blank=True),
            models.UniqueConstraint(
                name="reopening_once_for_each_cause", fields=["claim", "because"], condition=Q(closed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="reopening_closed_with_outcome",
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                violation_error_message="What was closed says how.",
            ),
        ]

    def __str__(self):
        return f"{self.claim}: {self.get_because_display()}"
