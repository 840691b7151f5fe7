"""Pictures at the desk: sending one, saying what it shows and whose it is, and looking at it before readers can."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.urls import path, reverse
from django.utils.cache import patch_cache_control
from django.utils.html import format_html

from aid.actions.images import add_image, delete_image
from aid.admin.base import DeskAdmin, moment_text
from aid.admin.forms import RecordForm, is_key
from aid.models.images import Image
from aid.pictures import MOST_BYTES, TYPES, WIDEST, read_picture, small, too_many_bytes
from aid.queries.images import content_of, same_image

FILE = "aid_image_file"
# The longer side of a thumbnail on a page.
SIDE = 240


def file_address(image):
    """Where the desk sees a picture, whether or not readers have it."""
    return reverse(f"admin:{FILE}", args=[image.pk])


def thumbnail(image, side=SIDE):
    """A small picture that leads to the whole one."""
    scale = side / max(image.width, image.height, side)
    return format_html(
        '<a class="thumbnail" href="{0}"><img src="{0}?small" alt="{1}" width="{2}" height="{3}" loading="lazy"></a>',
        file_address(image),
        image.alt or "Nobody has written yet what it shows",
        max(1, round(image.width * scale)),
        max(1, round(image.height * scale)),
    )


class ImageForm(RecordForm):
    picture = forms.FileField(
        label="File",
        widget=forms.FileInput(attrs={"accept": ",".join(TYPES.values())}),
        help_text=f"JPEG, PNG or WebP, at most {MOST_BYTES // 1024 // 1024} MB. It is kept at most {WIDEST} pixels "
        f"wide, and without what the camera wrote into it.",
        error_messages={
            "required": "Choose the file of the picture.",
            "empty": "The file is empty. Choose another one.",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("picture", None)
        for name in ("alt", "credit"):
            if name in self.fields:
                self.fields[name].widget.attrs["class"] = "vTextField"

    def clean_picture(self):
        sent = self.cleaned_data["picture"]
        if sent.size > MOST_BYTES:
            raise too_many_bytes()
        # A form that met another save is checked a second time.
        sent.seek(0)
        found = read_picture(sent.read())
        if same := same_image(found.sha256):
            raise ValidationError(
                f"This very picture is here already: “{same}”, sent on {moment_text(same.added_at)}. Choose that.",
                code="repeated",
            )
        return found


@admin.register(Image)
class ImageAdmin(DeskAdmin):
    form = ImageForm
    list_display = ["shown", "small_one", "credit", "size", "added"]
    list_display_links = ["shown"]
    search_fields = ["alt", "credit", "key"]
    search_help_text = "Search in what it shows, the credit and the address."
    date_hierarchy = "added_at"
    ordering = ["-added_at", "-pk"]
    view_on_site = False
    words = ["alt", "credit", "licence_note"]
    description = (
        "A picture for the head of an article. Readers get it with the article that shows it, and at no other time."
    )

    class Media:
        css = {"all": ["css/images.css"]}

    def get_fieldsets(self, request, obj=None):
        first = ["large_one", "size", "added"] if obj else ["picture"]
        return [(None, {"description": self.description, "fields": [*first, *self.words]})]

    def get_readonly_fields(self, request, obj=None):
        return ["large_one", "size", "added"] if obj else []

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("added_by")

    @admin.display(description="what it shows", ordering="alt")
    def shown(self, image):
        return str(image)

    @admin.display(description="picture")
    def small_one(self, image):
        return thumbnail(image, 96)

    @admin.display(description="picture")
    def large_one(self, image):
        return thumbnail(image, 480)

    @admin.display(description="size")
    def size(self, image):
        return f"{image.width} × {image.height} pixels, {image.get_format_display()}"

    @admin.display(description="added", ordering="added_at")
    def added(self, image):
        return f"{moment_text(image.added_at)}{f' by {image.added_by}' if image.added_by else ''}"

    # Saving and deleting

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
        else:
            add_image(obj, form.cleaned_data["picture"], request.user)

    def delete_model(self, request, obj):
        delete_image(obj, request.user)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        for image in queryset:
            delete_image(image, request.user)

    # The file

    def get_urls(self):
        view = self.admin_site.admin_view(self.file_view, cacheable=True)
        return [path("<str:object_id>/file/", view, name=FILE), *super().get_urls()]

    def file_view(self, request, object_id):
        """The picture itself for who may view pictures; with `?small`, as a thumbnail."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = Image.objects.in_bulk([object_id]).get(int(object_id)) if is_key(object_id) else None
        data = content_of(image) if image else None
        if data is None:
            raise Http404("There is no such picture, or its file is gone.")
        data, kind = small(data) if "small" in request.GET else (data, image.format)
        response = HttpResponse(data, content_type=TYPES[kind], headers={"Content-Disposition": "inline"})
        # Its number never stands for another picture. No cache but the visitor's own keeps it.
        patch_cache_control(response, private=True, max_age=600)
        response["X-Robots-Tag"] = "noindex"
        return response
