"""What becomes of an uploaded picture, and what is refused."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, PngImagePlugin

from aid.pictures import HIGHEST, MOST_BYTES, WIDEST, read_picture, small
from tests.builders import picture_bytes

SECRET = b"Marselisborg"


def opened(picture):
    return Image.open(io.BytesIO(picture.data))


def told(data):
    with pytest.raises(ValidationError) as caught:
        read_picture(data)
    return caught.value.code, caught.value.message


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_picture_stays_what_it_is(kind, name):
    found = read_picture(picture_bytes(kind))
    assert (found.format, found.width, found.height) == (name, 32, 18)
    assert (opened(found).format, opened(found).size) == (kind, (32, 18))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_what_hides_in_a_file_is_kept(kind):
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    extra = {"exif": exif}
    if kind == "JPEG":
        extra["comment"] = SECRET
    if kind == "WEBP":
        extra["xmp"] = SECRET
    if kind == "PNG":
        extra["pnginfo"] = PngImagePlugin.PngInfo()
        extra["pnginfo"].add_text("Comment", SECRET.decode())
    sent = picture_bytes(kind, **extra) + b"<script>" + SECRET
    assert sent.count(SECRET) > 2
    found = read_picture(sent)
    assert SECRET not in found.data
    assert b"<script>" not in found.data
    assert len(opened(found).getexif()) == 0


def test_a_picture_that_lies_on_its_side_is_put_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    found = read_picture(picture_bytes("JPEG", exif=exif))
    assert (found.width, found.height) == (18, 32)


def test_colours_are_those_of_the_screen():
    whole = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    out = io.BytesIO()
    whole.save(out, "JPEG")
    found = opened(read_picture(out.getvalue()))
    red, green, blue = found.getpixel((4, 4))
    assert found.mode == "RGB"
    assert red > 200 > 60 > max(green, blue)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_each_way_of_keeping_colours_is_read(mode):
    out = io.BytesIO()
    Image.new(mode, (4, 4)).save(out, "PNG")
    assert opened(read_picture(out.getvalue())).mode in ("L", "RGB", "RGBA")


def test_what_is_larger_than_a_page_is_made_smaller():
    found = read_picture(picture_bytes("PNG", size=(3000, 100)))
    assert (found.width, found.height) == (WIDEST, 80)
    assert read_picture(picture_bytes("PNG", size=(10, 4000))).height == HIGHEST
    data, name = small(found.data, 240)
    assert (name, Image.open(io.BytesIO(data)).size) == ("png", (240, 8))


def test_the_same_file_gives_the_same_picture():
    sent = picture_bytes("JPEG")
    assert read_picture(sent).sha256 == read_picture(sent).sha256


@pytest.mark.parametrize(
    ("data", "begins"),
    [
        (b"Denmark has allocated 91 million kroner.", "This file is no picture."),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "This is an SVG drawing."),
        (picture_bytes("GIF", mode="P"), "This is a GIF."),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "This is an HEIC picture"),
        (b"%PDF-1.7\n", "This is a PDF document."),
        (picture_bytes("TIFF"), "This is a TIFF picture"),
        (picture_bytes("BMP"), "This file is no picture."),
    ],
)
def test_what_is_no_picture_is_told_what_it_is_and_what_to_do(data, begins):
    code, message = told(data)
    assert (code, message[: len(begins)]) == ("format", begins)
    assert message.endswith("Save it as JPEG, PNG or WebP, and send that.")


def test_an_empty_file_and_one_that_is_too_large_are_refused():
    assert told(b"")[0] == "empty"
    assert told(b"\0" * (MOST_BYTES + 1))[0] == "too_large"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_half_a_picture_is_refused(kind):
    whole = picture_bytes(kind, size=(200, 200))
    for length in (len(whole) // 2, len(whole) - 20, 30):
        assert told(whole[:length])[0] in ("damaged", "format"), length


def png(width, height):
    """A PNG that states this size and holds next to nothing."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [7_100, 12_000, 60_000])
def test_a_picture_that_would_fill_the_memory_is_not_read(side):
    data = png(side, side)
    assert len(data) < 200
    assert told(data)[0] == "too_large"


def test_what_moves_is_refused():
    for kind in ("PNG", "WEBP"):
        out, frames = io.BytesIO(), [Image.new("RGB", (8, 8), shade) for shade in ("red", "blue")]
        frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
        assert told(out.getvalue())[0] == "moves"


def test_no_changed_byte_is_more_than_a_refusal():
    whole = picture_bytes("PNG", size=(40, 40))
    for place in range(0, len(whole), 3):
        try:
            read_picture(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        except ValidationError as error:
            assert error.code in ("damaged", "format", "too_large", "moves")
