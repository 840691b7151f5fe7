from django.db import models
from django.utils import timezone

from aid.choices import LinkState
from aid.models.records import Keyed, new_key, one_of, validate_key
from aid.models.sources import Source


class LinkCheck(Keyed):
    """What one address of a source answered when it was last asked. The newest replaces the one before.

    Only the command check_links writes it; no page ever asks another host.
    """

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, validators=[validate_key])
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="link_checks")
    url = models.URLField("address", max_length=500)
    state = models.CharField(max_length=12, choices=LinkState, db_index=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The HTTP status, where one came.")
    told = models.CharField(max_length=300, blank=True, default="", help_text="What happened, in words.")
    leads_to = models.URLField(max_length=500, blank=True, default="", help_text="Where it was redirected to.")
    checked_at = models.DateTimeField(default=timezone.now)
    failing_since = models.DateTimeField(null=True, blank=True, help_text="Since when it has not answered well.")

    class Meta:
        ordering = ["-checked_at"]
        constraints = [
            one_of("linkcheck", "state", LinkState),
            models.UniqueConstraint(name="link_check_once", fields=["source", "url"]),
        ]

    def __str__(self):
        return f"{self.url}: {self.get_state_display()}"
