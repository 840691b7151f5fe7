"""Shapes and letters on a canvas, and how wide letters are."""

import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.html import format_html, format_html_join

WIDE, NARROW = 720, 360
# Letters in units of a drawing, of which one is at most a pixel of a style sheet. The sheet has the same sizes.
SIZE, SMALL = 14, 12
LINE = 18

# How wide the signs from the blank to the tilde are in Arial, in thousandths of the size; Helvetica's are the same,
# those of Segoe, Roboto and Liberation within a few in a hundred.
_ASCII = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
# For bold letters, and for faces that are wider than Arial.
_ROOM = 1.1


def width_of(text, size=SIZE):
    """About how wide a text is, rather too wide than too narrow."""
    return sum(map(_width, unicodedata.normalize("NFD", text))) * size / 1000 * _ROOM


def _width(sign):
    if " " <= sign <= "~":
        return _ASCII[ord(sign) - 32]
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Cf", "Cc"):
        return 0
    if unicodedata.east_asian_width(sign) in "WF":
        return 1000
    return 800 if sign.isupper() else 620


def shortened(text, width, size=SIZE):
    """The text, or as much of its beginning as is no wider than `width`, with an ellipsis."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def lines_of(text, width, size):
    """A text in lines, broken between words."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer, size) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


class Label(NamedTuple):
    """Where a text stands: its left, top, right and bottom, and what it says."""

    left: float
    top: float
    right: float
    bottom: float
    text: str

    def overlaps(self, other):
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass
class Canvas:
    """What is drawn so far, from the top down; `height` is set once it is known. `labels` are all texts with their
    places."""

    width: int
    height: float = 0
    parts: list = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    @property
    def is_narrow(self):
        return self.width < WIDE

    def shape(self, tag, name, fill="", **values):
        """An element of a class. `fill` is the name of a hatching."""
        given = {key.replace("_", "-"): number(value) for key, value in values.items()}
        if fill:
            given["fill"] = f"url(#%s-{fill})"
        self.parts.append((tag, name, given, None))

    def rect(self, x, y, width, height, name, fill=""):
        self.shape("rect", name, fill, x=x, y=y, width=max(width, 0), height=height)

    def line(self, x1, y1, x2, y2, name):
        self.shape("line", name, x1=x1, y1=y1, x2=x2, y2=y2)

    def circle(self, x, y, r, name, fill=""):
        self.shape("circle", name, fill, cx=x, cy=y, r=r)

    def path(self, d, name, fill=""):
        self.shape("path", name, fill, d=d)

    def text(self, x, y, words, name="", anchor="start", size=SIZE, most=None, is_whole=False):
        """A text whose foot is at y; shortened to `most`, and to what is left of the canvas. How wide it is. What has
        to be whole, as a figure has, is left out rather than shortened."""
        room = {"start": self.width - x, "end": x, "middle": 2 * min(x, self.width - x)}[anchor]
        room = min(room, most or room)
        if is_whole and width_of(words, size) > room:
            return 0
        words = shortened(str(words), room, size)
        width = width_of(words, size)
        left = x - {"start": 0, "end": width, "middle": width / 2}[anchor]
        self.labels.append(Label(left, y - size * 0.8, left + width, y + size * 0.22, words))
        name = f"graphic__text{' graphic__text--small' if size == SMALL else ''}{f' {name}' if name else ''}"
        anchored = {} if anchor == "start" else {"text-anchor": anchor}
        self.parts.append(("text", name, {"x": number(x), "y": number(y), **anchored}, words))
        return width

    def layer(self, other, name):
        """Puts another canvas of the same size onto this one, as a layer that the style sheet shows or hides."""
        self.parts.append(("g", name, {}, None))
        self.parts += other.parts
        self.end()

    def group(self, tip):
        """What is drawn from here on until `end` belongs together and has a tip of its own."""
        self.parts.append(("g", "", {}, tip))

    def inside(self, other, x, y):
        """Puts another canvas onto this one, its corner at x and y."""
        self.parts.append(("g", "", {"transform": f"translate({number(x)} {number(y)})"}, None))
        self.parts += other.parts
        self.end()
        self.labels += [
            Label(one.left + x, one.top + y, one.right + x, one.bottom + y, one.text) for one in other.labels
        ]

    def end(self):
        self.parts.append(("/g", "", {}, None))


def number(value):
    """A number as short as it can be written, a text as it is."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, (int, float)) else str(value)


HATCHES = (
    '<pattern id="{0}-unknown" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="graphic__ground" width="6" height="6"/>'
    '<line class="graphic__hatch" x1="0" y1="0" x2="0" y2="6"/></pattern>'
    '<pattern id="{0}-crossed" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect class="graphic__ground" width="6" height="6"/>'
    '<path class="graphic__hatch" d="M0 0L6 6M6 0L0 6"/></pattern>'
    '<pattern id="{0}-dotted" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<rect class="graphic__ground" width="5" height="5"/>'
    '<circle class="graphic__dot" cx="2.5" cy="2.5" r="1.1"/></pattern>'
)


def svg(canvas, key, title, desc, name="", head=""):
    """A canvas as an SVG element. `key` begins each id in it, `head` stands before all else that is drawn."""
    label = f"{key}-title {key}-desc"
    return format_html(
        '<svg class="graphic__svg{}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" '
        'aria-labelledby="{}"><title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}<defs>{}</defs>{}</svg>',
        f" {name}" if name else "",
        number(canvas.width),
        number(canvas.height),
        label,
        key,
        title,
        key,
        desc,
        head,
        format_html(HATCHES, key),
        format_html_join("", "{}", ((_element(part, key),) for part in canvas.parts)),
    )


def _element(part, key):
    tag, name, values, words = part
    if tag == "/g":
        return format_html("</{}>", "g")
    if tag == "g" and words is not None:
        return format_html("<g><title>{}</title>", words)
    given = ((attribute, str(value).replace("%s", key, 1)) for attribute, value in values.items())
    attributes = format_html_join("", ' {}="{}"', given)
    named = format_html(' class="{}"', name) if name else ""
    if tag == "g":
        return format_html("<g{}{}>", named, attributes)
    if words is None:
        return format_html("<{}{}{}/>", tag, named, attributes)
    return format_html("<{}{}{}>{}</{}>", tag, named, attributes, words, tag)
