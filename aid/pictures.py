"""Reads an uploaded picture and writes it anew, so that what is kept holds the picture and nothing else.

A leaf: it imports nothing of ours. What comes out has no EXIF, no place, no comment, no thumbnail and no trailing
bytes; it stands upright, its colours are sRGB, and it is no larger than a page can use. Whatever else comes in is
refused with a sentence that says what to do.
"""

import contextlib
import hashlib
import io
import struct
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from PIL import Image, ImageCms, ImageOps

MOST_BYTES = 20 * 1024 * 1024
# A file of some kilobytes can ask for gigabytes of memory: the size that it states is read before its pixels are.
MOST_PIXELS = 50_000_000
WIDEST, HIGHEST = 2400, 3600
# What Pillow calls a format -> (how the file ends, how it is written).
WRITTEN = {
    "JPEG": ("jpg", {"format": "JPEG", "quality": 85, "progressive": True, "optimize": True}),
    "PNG": ("png", {"format": "PNG"}),
    "WEBP": ("webp", {"format": "WEBP", "quality": 85}),
}
# Telephones write several pictures into one JPEG; the first is the one that was taken.
SAME_AS = {"MPO": "JPEG"}
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
# What opens a damaged or a hostile file with. A warning is an error where warnings are.
DAMAGED = (OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, KeyError, MemoryError, OverflowError,
           struct.error)  # fmt: skip
TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept."""

    data: bytes
    format: str
    width: int
    height: int

    @property
    def sha256(self):
        return hashlib.sha256(self.data).hexdigest()


def read_picture(data):
    """The Picture in the bytes of a file. Raises ValidationError with the code `empty`, `too_large`, `format`,
    `moves` or `damaged`."""
    if not data:
        raise ValidationError("The file is empty. Choose another one.", code="empty")
    if len(data) > MOST_BYTES:
        raise too_many_bytes()
    try:
        return _written(*_opened(data))
    except TOO_LARGE:
        raise _too_many_pixels() from None
    except DAMAGED:
        raise ValidationError(
            "The picture is damaged or was not sent whole. Open it in a picture program, save it anew, send that.",
            code="damaged",
        ) from None


def too_many_bytes():
    return ValidationError(
        f"The file has more than {MOST_BYTES // 1024 // 1024} MB. Save it {WIDEST} pixels wide, and send that.",
        code="too_large",
    )


def _too_many_pixels():
    return ValidationError(
        f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels. Save it {WIDEST} pixels wide, and "
        f"send that.",
        code="too_large",
    )


def _opened(data):
    """The picture with its pixels read, and what Pillow calls its format."""
    try:
        # Only these are tried at all: the readers of rarer formats are where the holes are.
        image = Image.open(io.BytesIO(data), formats=list(WRITTEN))
    except Image.UnidentifiedImageError:
        raise _unknown(data) from None
    kind = SAME_AS.get(image.format, image.format)
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels()
    if kind != "JPEG" and getattr(image, "is_animated", False):
        raise ValidationError("The picture moves. Save one of its pictures by itself, and send that.", code="moves")
    image.verify()
    # Checking leaves nothing to read from.
    image = Image.open(io.BytesIO(data), formats=list(WRITTEN))
    image.load()
    return image, kind


def _unknown(data):
    """What a file is that is no picture of these formats, as far as its first bytes tell, and what to do."""
    start = data[:1024].lstrip().lower()
    what = "This file is no picture"
    if data[:4] == b"GIF8":
        what = "This is a GIF"
    elif b"<svg" in start:
        what = "This is an SVG drawing"
    elif data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"):
        what = "This is an HEIC picture, as telephones keep them"
    elif data[4:12] == b"ftypavif":
        what = "This is an AVIF picture"
    elif data[:5] == b"%PDF-":
        what = "This is a PDF document"
    elif data[:4] in (b"II*\0", b"MM\0*"):
        what = "This is a TIFF picture, or a camera’s raw one"
    return ValidationError(f"{what}. Save it as JPEG, PNG or WebP, and send that.", code="format")


def _written(image, kind):
    name, options = WRITTEN[kind]
    image = _in_srgb(ImageOps.exif_transpose(image))
    image.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    if kind == "JPEG" and image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    # Some of what was read is written again from here, unless it is taken away.
    image.info = {}
    out = io.BytesIO()
    image.save(out, **options)
    return Picture(out.getvalue(), name, *image.size)


def _in_srgb(image):
    """The picture in shades or in sRGB, with its transparency: without its profile, its colours would be others."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        # A profile that cannot be read says nothing of the colours.
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            image = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB" if image.mode == "CMYK" else image.mode,
            )
    if image.mode.startswith("I") or image.mode == "F":
        # Sixteen bits a shade; a screen shows eight.
        image = image.convert("I").point(lambda shade: shade * (1 / 256)).convert("L")
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        return image.convert("RGBA")
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def small(data, side=480):
    """A picture that is kept, as (bytes, format) no wider or higher than `side` pixels."""
    image = Image.open(io.BytesIO(data), formats=list(WRITTEN))
    name, options = WRITTEN[image.format]
    image.thumbnail((side, side))
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue(), name
