from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from aid.choices import EventKind
from aid.dates import EDTFField, bound
from aid.models.parties import Party
from aid.models.records import (
    Record,
    Withdrawable,
    addressable,
    known_or_unknown,
    one_of,
    unknown_field,
    withdrawn_with_reason,
)


class Event(Withdrawable, Record):
    """A meeting, a signing or an announcement that took place on a day."""

    claimed_fields = ("title", "series", "starts_on", "ends_on", "place", "host")

    title = models.CharField(max_length=200, help_text="As the source calls it.")
    kind = models.CharField(max_length=14, choices=EventKind, db_index=True)
    series = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="events",
        help_text="The group that meets, for one of a series of meetings.",
    )
    series_unknown = unknown_field("series")
    starts_on_earliest, starts_on_latest = bound(), bound()
    starts_on = EDTFField("date", blank=True, default="", help_text="The first day, as EDTF.")
    starts_on_unknown = unknown_field("date")
    ends_on_earliest, ends_on_latest = bound(), bound()
    ends_on = EDTFField("last day", blank=True, default="", help_text="Only if it took more than one day.")
    ends_on_unknown = unknown_field("last day")
    place = models.CharField(max_length=120, blank=True, default="")
    place_unknown = unknown_field("place")
    host = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="events_hosted")
    host_unknown = unknown_field("host")

    history = HistoricalRecords()

    class Meta:
        ordering = [F("starts_on_latest").desc(nulls_last=True), "-id"]
        indexes = [models.Index(fields=["-starts_on_latest", "-id"])]
        constraints = [
            addressable("event"),
            withdrawn_with_reason("event"),
            one_of("event", "kind", EventKind),
            known_or_unknown("event", "series", null=True),
            known_or_unknown("event", "starts_on"),
            known_or_unknown("event", "ends_on"),
            known_or_unknown("event", "place"),
            known_or_unknown("event", "host", null=True),
            models.CheckConstraint(
                name="event_starts_before_it_ends",
                condition=Q(starts_on_earliest__isnull=True)
                | Q(ends_on_latest__isnull=True)
                | Q(starts_on_earliest__lte=F("ends_on_latest")),
                violation_error_code="order",
                violation_error_message="The event ends before it starts.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("event-detail", args=[self.slug])
