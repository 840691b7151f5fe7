from django.db import models
from django.utils import timezone

from aid.models.records import Keyed


class FormerAddress(Keyed):
    """An address that a record or an article had: readers who ask for it are sent on to the one it has now."""

    natural_key_fields = ("kind", "slug")

    kind = models.CharField(max_length=20, help_text="The kind of record, as in the name of its model: “pledge”.")
    slug = models.SlugField("former address", max_length=80)
    record = models.BigIntegerField(help_text="The number of the record that stands there now.")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "former addresses"
        constraints = [models.UniqueConstraint(name="former_address_once", fields=["kind", "slug"])]
        indexes = [models.Index(fields=["kind", "record"])]

    def __str__(self):
        return f"{self.kind}: {self.slug}"
