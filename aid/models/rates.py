from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils import timezone

from aid.models.records import Keyed, RecordQuerySet
from aid.models.sources import Source


class ExchangeRateQuerySet(RecordQuerySet):
    def quoted(self, day, currencies):
        """The codes among `currencies` that have a rate of that day."""
        return set(self.filter(day=day, currency__in=currencies).values_list("currency", flat=True))


class ExchangeRate(Keyed):
    """The European Central Bank's reference rate of one currency on one day: its units for one euro.

    A day without a row is a day without a rate here; nothing is interpolated.
    """

    natural_key_fields = ("day", "currency")

    day = models.DateField()
    currency = models.CharField(max_length=3)
    per_euro = models.DecimalField("units per euro", max_digits=14, decimal_places=6)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="rates")
    loaded_at = models.DateTimeField(default=timezone.now, editable=False, help_text="Since when it is known here.")

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "currency"]
        constraints = [
            models.UniqueConstraint(name="rate_once", fields=["day", "currency"]),
            models.CheckConstraint(name="rate_above_zero", condition=Q(per_euro__gt=0)),
            models.CheckConstraint(name="rate_currency_capitals", condition=Q(currency=Upper("currency"))),
        ]

    def __str__(self):
        return f"{self.day:%Y-%m-%d}: {self.per_euro.normalize():f} {self.currency} for 1 EUR"
