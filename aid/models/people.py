from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from aid.dates import EDTFField, bound, bounds
from aid.models.parties import Party
from aid.models.records import (
    Evidenced,
    Record,
    Withdrawable,
    addressable,
    known_or_unknown,
    unknown_field,
    withdrawn_with_reason,
)


class Person(Withdrawable, Record):
    """A named human being whom a source cites. What the person says stands in statements."""

    name = models.CharField(max_length=120, help_text="As it is usually written, given name first.")

    history = HistoricalRecords()

    class Meta:
        constraints = [addressable("person"), withdrawn_with_reason("person")]
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("person-detail", args=[self.slug])


class Office(Evidenced):
    """One person's time in one office at a party, from a day to a day. "Minister on that day" is read from it."""

    natural_key_fields = ("person__slug", "party__slug", "title")
    claimed_fields = ("title", "held_from", "held_until")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="offices")
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="offices", help_text="The state or body it is an office of."
    )
    title = models.CharField(max_length=120, help_text="As sources give it, such as “Minister of Defense”.")
    held_from_earliest, held_from_latest = bound(), bound()
    held_from = EDTFField(blank=True, default="", help_text="The first day in office.")
    held_from_unknown = unknown_field("held from")
    held_until_earliest, held_until_latest = bound(), bound()
    held_until = EDTFField(blank=True, default="", help_text="The last day in office.")
    held_until_unknown = unknown_field("held until")

    history = HistoricalRecords()

    class Meta:
        ordering = ["person__name", "-held_from_earliest"]
        constraints = [
            models.UniqueConstraint(name="office_once", fields=["person", "party", "title"]),
            known_or_unknown("office", "held_from"),
            known_or_unknown("office", "held_until"),
            models.CheckConstraint(
                name="office_from_before_until",
                condition=Q(held_from_earliest__isnull=True)
                | Q(held_until_latest__isnull=True)
                | Q(held_from_earliest__lte=F("held_until_latest")),
                violation_error_code="order",
                violation_error_message="The office ends before it begins.",
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.title}, {self.party}"

    def get_absolute_url(self):
        return self.person.get_absolute_url()

    def held_on(self, date):
        """Whether the office was held on an EDTF date: True, False, or None where the dates do not tell."""
        day = bounds(date)
        if day.earliest is None or day.latest is None or self.held_from_latest is None:
            return None
        if day.latest < self.held_from_earliest or (self.held_until_latest and day.earliest > self.held_until_latest):
            return False
        if day.earliest < self.held_from_latest:
            return None
        return True if not self.held_until_earliest or day.latest <= self.held_until_earliest else None
