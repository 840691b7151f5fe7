from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.models import HistoricalRecords

from aid.models.records import Keyed, new_key, validate_key

FORMATS = [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WebP")]


def image_path(image, name):
    """Where an image's file is kept: named by its key, so that nothing of the uploaded name is kept."""
    return f"images/{image.key}.{image.format}"


class Image(Keyed):
    """A picture that stands at the head of an article, with what it shows and whose it is.

    The file is written anew when it is uploaded, so that it holds the picture and nothing else.
    """

    natural_key_fields = ("key",)

    key = models.CharField(max_length=80, unique=True, default=new_key, editable=False, validators=[validate_key])
    file = models.FileField(upload_to=image_path, max_length=200)
    format = models.CharField(max_length=4, choices=FORMATS, editable=False)
    width = models.PositiveIntegerField(editable=False, help_text="In pixels.")
    height = models.PositiveIntegerField(editable=False, help_text="In pixels.")
    sha256 = models.CharField(max_length=64, unique=True, editable=False, help_text="Of the file as it is kept.")
    alt = models.CharField(
        "what it shows",
        max_length=300,
        blank=True,
        default="",
        help_text="In one sentence, for those who do not see it. An article with the picture goes live only with it.",
    )
    credit = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="Who made it, as it stands under it. Needed to go live.",
    )
    licence_note = models.TextField("licence", blank=True, default="", help_text="Why it may be shown here.")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="images_added",
        editable=False,
    )

    past = HistoricalRecords()

    class Meta:
        ordering = ["-added_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="image_has_an_area", condition=Q(width__gte=1, height__gte=1)),
        ]

    def __str__(self):
        return self.alt or f"Picture {self.key}"

    def get_absolute_url(self):
        return reverse("image", args=[self.key, self.format])
