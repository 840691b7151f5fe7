from django.db import models
from django.urls import reverse
from simple_history.models import HistoricalRecords

from aid.choices import AgreementKind
from aid.dates import EDTFField, bound
from aid.models.parties import Party
from aid.models.people import Person
from aid.models.records import (
    Evidenced,
    Record,
    Withdrawable,
    addressable,
    known_or_unknown,
    one_of,
    unknown_field,
    withdrawn_with_reason,
)


class Agreement(Withdrawable, Record):
    """A text that parties sign: a memorandum, a letter or declaration of intent, a treaty. No money by itself."""

    claimed_fields = ("kind", "official_title", "signed_on", "in_force_on", "objectives")

    title = models.CharField(max_length=200, help_text="What it is in one line: the kind and the parties.")
    official_title = models.CharField(max_length=300, blank=True, default="")
    official_title_unknown = unknown_field("official title")
    kind = models.CharField(max_length=24, choices=AgreementKind, db_index=True)
    signed_on_earliest, signed_on_latest = bound(), bound()
    signed_on = EDTFField(blank=True, default="", help_text="The day it was entered into, as EDTF.")
    signed_on_unknown = unknown_field("signed on")
    in_force_on_earliest, in_force_on_latest = bound(), bound()
    in_force_on = EDTFField("in force from", blank=True, default="")
    in_force_on_unknown = unknown_field("in force from")
    objectives = models.TextField(blank=True, default="", help_text="One a line, in plain words.")
    objectives_unknown = unknown_field("objectives")

    history = HistoricalRecords()

    class Meta:
        ordering = [models.F("signed_on_latest").desc(nulls_last=True), "-id"]
        indexes = [models.Index(fields=["-signed_on_latest", "-id"])]
        constraints = [
            addressable("agreement"),
            withdrawn_with_reason("agreement"),
            one_of("agreement", "kind", AgreementKind),
            known_or_unknown("agreement", "official_title"),
            known_or_unknown("agreement", "signed_on"),
            known_or_unknown("agreement", "in_force_on"),
            known_or_unknown("agreement", "objectives"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("agreement-detail", args=[self.slug])


class Signatory(Evidenced):
    """One party to one agreement, and the person who signed for it where a source names one."""

    natural_key_fields = ("agreement__slug", "party__slug")
    claimed_fields = ("party", "signed_by")

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="signatories")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="signatures")
    signed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="signatures")
    signed_by_unknown = unknown_field("signed by")

    history = HistoricalRecords()

    class Meta:
        ordering = ["agreement", "party__name"]
        verbose_name_plural = "signatories"
        constraints = [
            known_or_unknown("signatory", "signed_by", null=True),
            models.UniqueConstraint(name="signatory_once", fields=["agreement", "party"]),
        ]

    def __str__(self):
        return str(self.party)
