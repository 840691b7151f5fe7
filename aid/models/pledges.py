from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from simple_history.models import HistoricalRecords

from aid import nouns
from aid.choices import AidType, Instrument, SectorVocabulary, Stage
from aid.dates import EDTFField, bound
from aid.models.agreements import Agreement
from aid.models.coalitions import Coalition
from aid.models.parties import Party
from aid.models.records import (
    Evidenced,
    HasAmount,
    Keyed,
    Record,
    RecordQuerySet,
    Withdrawable,
    addressable,
    amount_field,
    currency_field,
    known_or_unknown,
    money_constraints,
    one_of,
    unknown_field,
    withdrawn_with_reason,
)

# How many envelopes may lie around one pledge: a fund, a package of it, a part of the package. check_ledger refuses
# deeper ones.
DEEPEST_ENVELOPE = 3


class Sector(Keyed):
    """A field of support, named by a vocabulary: the newsroom's own list, or the UN's COFOG."""

    natural_key_fields = ("vocabulary", "code")

    vocabulary = models.CharField(max_length=20, choices=SectorVocabulary)
    code = models.CharField(max_length=40, help_text="The code in that vocabulary, such as cyber-defence or 02.3.0.")
    name = models.CharField(max_length=80)

    past = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            one_of("sector", "vocabulary", SectorVocabulary),
            models.UniqueConstraint(name="sector_once", fields=["vocabulary", "code"]),
        ]

    def __str__(self):
        return nouns.sector(self.name)


class PledgeQuerySet(RecordQuerySet):
    def currencies(self):
        """The codes of all currencies in which an amount is stated."""
        return set(self.exclude(currency="").order_by().values_list("currency", flat=True).distinct())

    def for_list(self):
        """With everything that one line of a list shows, `stage_wording` being the source's verb for the stage."""
        last = PledgeStage.objects.filter(pledge=OuterRef("pk")).order_by("-position")
        rows = self.select_related("donor", "recipient", "coalition")
        return rows.annotate(stage_wording=Subquery(last.values("wording")[:1]))

    def for_page(self, public):
        """With everything that a pledge's own page shows of the records around it."""
        rows = self.select_related("donor", "recipient", "coalition", "fund", "agreement", "part_of", "supersedes")
        return rows.prefetch_related(*public.fetching(self.model, "beneficiaries", "sectors", "stages", "valuations"))

    def newest_first(self):
        return self.order_by(F("announced_on_latest").desc(nulls_last=True), "-id")


class Pledge(Withdrawable, HasAmount, Record):
    """One party's support for another, as one announcement: from its first announcement to its delivery.

    It is one row however often sources repeat it; a stated equivalent in another currency is a valuation of it and
    never a second pledge. How far it has come is told by its stages. A pledge that others are `part_of` is an
    envelope; its parts are not added to it.
    """

    claimed_fields = (
        "donor",
        "recipient",
        "beneficiaries",
        "aid_type",
        "instrument",
        "sectors",
        "amount",
        "currency",
        "announced_on",
        "period",
        "purposes",
        "part_of",
        "coalition",
        "fund",
        "agreement",
        "supersedes",
    )

    title = models.CharField(max_length=160, help_text="What it is in one line: who supports whom with what.")
    donor = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="pledges_given")
    recipient = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="pledges_received")
    beneficiaries = models.ManyToManyField(
        Party,
        blank=True,
        related_name="pledges_benefiting",
        help_text="Bodies within the recipient for whose use it is meant.",
    )
    beneficiaries_unknown = unknown_field("beneficiaries")
    stage = models.CharField(
        max_length=12,
        choices=Stage,
        editable=False,
        help_text="The stage reached: that of the last of its stages. It follows them and is never typed.",
    )
    aid_type = models.CharField(max_length=15, choices=AidType, blank=True, default="")
    aid_type_unknown = unknown_field("aid type")
    instrument = models.CharField(max_length=12, choices=Instrument, blank=True, default="")
    instrument_unknown = unknown_field("instrument")
    sectors = models.ManyToManyField(Sector, blank=True, related_name="pledges")
    sectors_unknown = unknown_field("sectors")
    amount = amount_field(help_text="In the currency of the source. Equivalents go below, as valuations.")
    amount_unknown = unknown_field("amount")
    currency = currency_field(help_text="ISO 4217, such as DKK.")
    is_approximate = models.BooleanField(
        "approximate", default=False, help_text="The source says “about”, “nearly” or “more than”."
    )
    announced_on_earliest, announced_on_latest = bound(), bound()
    announced_on = EDTFField(
        blank=True, default="", help_text="As EDTF: 2024-01-24, 2024-01, 2024?, XXXX-01-24 (year not stated)."
    )
    announced_on_unknown = unknown_field("announced on")
    period_earliest, period_latest = bound(), bound()
    period = EDTFField(blank=True, default="", help_text="The time it is for, as an EDTF interval: 2024/2026.")
    period_unknown = unknown_field("period")
    purposes = models.TextField(blank=True, default="", help_text="One a line, in plain words: what it is for.")
    purposes_unknown = unknown_field("purposes")
    part_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parts",
        help_text="The envelope that it is a part of. Its amount is then not added to the envelope's.",
    )
    coalition = models.ForeignKey(
        Coalition,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pledges",
        help_text="Only if a source says that the money goes through this coalition.",
    )
    coalition_unknown = unknown_field("coalition")
    fund = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="pledges_channelled",
        help_text="The fund it is paid from or through, only if a source says so.",
    )
    fund_unknown = unknown_field("fund")
    agreement = models.ForeignKey(Agreement, null=True, blank=True, on_delete=models.PROTECT, related_name="pledges")
    supersedes = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="superseded_by",
        help_text="The earlier pledge that this one takes the place of.",
    )

    objects = PledgeQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[beneficiaries, sectors])

    class Meta:
        ordering = [F("announced_on_latest").desc(nulls_last=True), "-id"]
        indexes = [
            models.Index(fields=["-announced_on_latest", "-id"]),
            models.Index(fields=["donor", "-announced_on_latest", "-id"]),
            models.Index(fields=["recipient", "-announced_on_latest", "-id"]),
            models.Index(fields=["stage", "-announced_on_latest", "-id"]),
            models.Index(fields=["aid_type", "-announced_on_latest", "-id"]),
            models.Index(fields=["currency", "amount"]),
            models.Index(fields=["-created_at", "-id"]),
        ]
        constraints = [
            addressable("pledge"),
            withdrawn_with_reason("pledge"),
            one_of("pledge", "stage", Stage),
            one_of("pledge", "aid_type", AidType, blank=True),
            one_of("pledge", "instrument", Instrument, blank=True),
            known_or_unknown("pledge", "aid_type"),
            known_or_unknown("pledge", "instrument"),
            known_or_unknown("pledge", "amount", null=True),
            known_or_unknown("pledge", "announced_on"),
            known_or_unknown("pledge", "period"),
            known_or_unknown("pledge", "purposes"),
            known_or_unknown("pledge", "coalition", null=True),
            known_or_unknown("pledge", "fund", null=True),
            *money_constraints("pledge"),
            models.CheckConstraint(
                name="pledge_donor_is_not_recipient",
                condition=~Q(donor=F("recipient")),
                violation_error_code="donor",
                violation_error_message="Donor and recipient are the same party.",
            ),
            models.CheckConstraint(
                name="pledge_not_part_of_itself",
                condition=(Q(part_of__isnull=True) | ~Q(part_of=F("id")))
                & (Q(supersedes__isnull=True) | ~Q(supersedes=F("id"))),
                violation_error_code="part_of",
                violation_error_message="A pledge cannot be part of itself or supersede itself.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("pledge-detail", args=[self.slug])


class PledgeStage(HasAmount, Evidenced):
    """One dated step of a pledge, as one source words it. The last position is the stage reached.

    Without an amount of its own, the step is about the pledge's whole amount. A step that stands lower than the one
    before it says why in `back_why`; that spans rows, so rules/stages.py asks for it.
    """

    natural_key_fields = ("pledge__slug", "position")
    claimed_fields = ("stage", "on", "amount", "currency")

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField(default=1, help_text="1 for the first step, 2 for the next.")
    stage = models.CharField(max_length=12, choices=Stage)
    wording = models.CharField(
        max_length=120, blank=True, default="", help_text="The source's own verb: “allocated”, “will provide”."
    )
    on_earliest, on_latest = bound(), bound()
    on = EDTFField("date", blank=True, default="", help_text="As EDTF: 2024-01-24, 2024-01, XXXX-01-24.")
    on_unknown = unknown_field("date")
    amount = amount_field(help_text="Only if the step is about another amount than the whole.")
    currency = currency_field()
    back_why = models.TextField(
        "reason of the step back",
        blank=True,
        default="",
        help_text="Only if it stands lower than the step before, is a cancellation, or follows one. Readers see it.",
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["pledge", "position"]
        verbose_name = "stage"
        constraints = [
            one_of("stage", "stage", Stage),
            known_or_unknown("stage", "on"),
            *money_constraints("stage"),
            models.UniqueConstraint(name="stage_position_once", fields=["pledge", "position"]),
            models.CheckConstraint(
                name="stage_first_is_no_step_back",
                condition=Q(position__gt=1) | Q(back_why=""),
                violation_error_code="no_step_back",
                violation_error_message="The first step cannot be a step back. Clear the reason.",
            ),
        ]

    def __str__(self):
        return gettext("%(stage)s (step %(number)s)") % {"stage": self.get_stage_display(), "number": self.position}


class ValuationQuerySet(RecordQuerySet):
    def currencies(self):
        """The codes of all currencies in which an equivalent is stated."""
        return set(self.order_by().values_list("currency", flat=True).distinct())

    def rate_days(self):
        """The days whose rates are needed to check the equivalents."""
        return self.filter(rate_on__isnull=False).order_by("rate_on").values_list("rate_on", flat=True).distinct()


class Valuation(HasAmount, Evidenced):
    """A pledge's amount in another currency as a source states it. It is never added to the pledge.

    `rate_on` is the day whose ECB reference rate the stated equivalent is held against.
    """

    natural_key_fields = ("pledge__slug", "currency")
    claimed_fields = ("amount", "currency", "rate_on")

    pledge = models.ForeignKey(Pledge, on_delete=models.CASCADE, related_name="valuations")
    amount = amount_field(null=False, blank=False)
    currency = currency_field(blank=False)
    is_approximate = models.BooleanField("approximate", default=False, help_text="The source says “about”.")
    rate_on = models.DateField(
        "rate of",
        null=True,
        blank=True,
        help_text="The day whose ECB rate it is held against: the day of the announcement, as far as it is known.",
    )
    rate_on_unknown = unknown_field("rate of")

    objects = ValuationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["pledge", "currency"]
        constraints = [
            *money_constraints("valuation"),
            known_or_unknown("valuation", "rate_on", null=True),
            models.UniqueConstraint(name="valuation_currency_once", fields=["pledge", "currency"]),
        ]

    def __str__(self):
        told = str(self.money)
        return pgettext("an amount", "about %(amount)s") % {"amount": told} if self.is_approximate else told
