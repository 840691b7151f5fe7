"""Pictures: the one that is kept already, and the one that an address hands out."""

from aid.models.images import Image


def same_image(sha256):
    """The Image of this very content, or None."""
    return Image.objects.filter(sha256=sha256).first()


def image_at(key, format, public):
    """The Image at a public address: only where it stands in a text that readers have. None for any other."""
    return public.of(Image.objects.filter(key=key, format=format)).first()


def content_of(image):
    """The bytes of a picture, or None where its file is gone."""
    try:
        with image.file.open("rb") as file:
            return file.read()
    except (OSError, ValueError):
        return None
