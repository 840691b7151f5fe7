"""A picture of a record for those who send its address on: headline, figure and source, 1200 by 630 pixels.

A leaf: it imports nothing of ours. The letters are those of the site's own fonts. What does not fit is set smaller,
then broken over lines, then cut with an ellipsis, so that nothing runs over the edge.
"""

import io
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, MARGIN = 1200, 630, 72
PAPER, INK, SOFT, RULE, ACCENT = "#fdfbf6", "#1b1a17", "#5a554b", "#d8d0c0", "#9b1c10"
REGULAR, BOLD = 400, 700
# Changes with whatever changes how a card looks, so that who has an older one gets the new one.
DRAWN = "1"
ELLIPSIS = "…"
# No title of a record, and no text that a page shows in one, is longer.
LONGEST = 400


@dataclass(frozen=True)
class Card:
    """What stands on a card. `figure` is "" where there is none to tell, and says why where it is unknown;
    `source` is the line at its foot."""

    kicker: str
    headline: str
    figure: str = ""
    is_unknown: bool = False
    source: str = ""
    site: str = "Newsroom"


@dataclass(frozen=True)
class Face:
    """The letters of the site in one size and weight. A letter is taken from the first font that has it."""

    size: int
    weight: int = REGULAR

    def runs(self, text):
        """[(font, letters)]: the text in stretches of one font."""
        fonts = _fonts(self.size, self.weight)
        named = [(next((number for number, font in enumerate(fonts) if _has(font, sign)), 0), sign) for sign in text]
        return [
            (fonts[number], "".join(sign for _, sign in run))
            for number, run in groupby(named, key=lambda one: one[0])
        ]

    def width(self, text):
        return sum(font.getlength(letters) for font, letters in self.runs(text))

    def draw(self, draw, x, y, text, colour):
        """Draws a line whose letters stand on the height y."""
        for font, letters in self.runs(text):
            draw.text((x, y), letters, font=font, fill=colour, anchor="ls")
            x += font.getlength(letters)


def files():
    """The fonts, those with the plain Latin letters first."""
    found = (Path(settings.BASE_DIR) / "static" / "fonts").glob("*.woff2")
    found = (path for path in found if "italic" not in path.name)
    return sorted(found, key=lambda path: ("serif" not in path.name, "latin." not in path.name, path.name))


@lru_cache(maxsize=64)
def _fonts(size, weight):
    fonts = []
    for path in files():
        font = ImageFont.truetype(path, size)
        try:
            axes = font.get_variation_axes()
        except OSError:
            axes = ()
        if len(axes) == 1:
            font.set_variation_by_axes([weight])
        fonts.append(font)
    return fonts or [ImageFont.load_default(size)]


@lru_cache(maxsize=4096)
def _has(font, sign):
    """Whether a font has a letter: what it lacks all looks alike."""
    return sign.isspace() or bytes(font.getmask(sign)) != bytes(font.getmask("\ufffe"))


# Setting a text


def lines(text, face, width):
    """The text in lines no wider than that. A word that is wider is broken."""
    found, line = [], ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if face.width(joined) <= width:
            line = joined
            continue
        if line:
            found.append(line)
        line = word
        while face.width(line) > width:
            most = _fitting(line, face, width)
            found.append(line[:most])
            line = line[most:]
    return [*found, line] if line else found


def _fitting(text, face, width):
    """How many letters of a text fit, one at least."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if face.width(text[:middle]) <= width else (low, middle - 1)
    return low


def fitted(text, sizes, width, most, weight=REGULAR):
    """(Face, lines): the largest of the sizes in which a text takes no more than so many lines; in the smallest it is
    cut."""
    text = " ".join(text.split())[:LONGEST]
    for size in sizes:
        face = Face(size, weight)
        found = lines(text, face, width)
        if len(found) <= most:
            return face, found
    last = found[most - 1]
    while last and face.width(last + ELLIPSIS) > width:
        last = last[:-1]
    return face, [*found[: most - 1], last.rstrip() + ELLIPSIS]


# The picture


def drawn(card):
    """A Card as the bytes of a PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    inner = WIDTH - 2 * MARGIN
    draw.rectangle((0, 0, WIDTH, 14), fill=ACCENT)
    Face(34, BOLD).draw(draw, MARGIN, 84, card.site, INK)
    face, kicker = fitted(card.kicker, (28, 24), inner - Face(34, BOLD).width(card.site) - 48, 1)
    for text in kicker:
        face.draw(draw, WIDTH - MARGIN - face.width(text), 84, text, SOFT)
    draw.line((MARGIN, 108, WIDTH - MARGIN, 108), fill=RULE, width=2)
    most = 3 if card.figure else 5
    y = _set(draw, 108, *fitted(card.headline, (64, 56, 48, 42), inner, most, BOLD), INK)
    if card.figure:
        _set(draw, y + 14, *_figure(card.figure, inner), SOFT if card.is_unknown else ACCENT)
    if card.source:
        face, found = fitted(card.source, (28, 26, 24), inner, 2)
        draw.line((MARGIN, HEIGHT - 124, WIDTH - MARGIN, HEIGHT - 124), fill=RULE, width=2)
        _set(draw, HEIGHT - 124, face, found, SOFT)
    out = io.BytesIO()
    image.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _figure(text, width):
    """A figure set in one line or two. It is never cut, for half a number is another one: then there is none."""
    for sizes, most in (((104, 88, 72, 60, 48), 1), ((44, 36, 28), 2)):
        face, found = fitted(text, sizes, width, most, BOLD)
        if not found[-1].endswith(ELLIPSIS):
            return face, found
    return face, []


def _set(draw, y, face, found, colour):
    """Draws lines below a height, and gives the height at which they end."""
    step = round(face.size * 1.18)
    y += round(face.size * 0.25)
    for text in found:
        y += step
        face.draw(draw, MARGIN, y, text, colour)
    return y
