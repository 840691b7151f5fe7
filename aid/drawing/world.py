"""A map of the world and of Europe: who gives is dotted, who receives is hatched, and a circle says how many.

The shapes are made once by bench/world.py, which says where they come from and what was changed in them.
"""

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from aid.drawing.svg import SMALL, WIDE, Canvas, Label, width_of

# The largest circle, and the smallest.
LARGEST, SMALLEST = 26, 3.5
# Letters for a narrow place, where the whole drawing is half as large or less.
NARROW_SIZE = 25


@dataclass(frozen=True)
class Place:
    """A state by its ISO code: its name, of how many it gives, whether it receives, and what is said of it."""

    code: str
    name: str
    number: int = 0
    receives: bool = False
    told: str = ""


@lru_cache(maxsize=1)
def shapes():
    return json.loads(Path(__file__).with_name("world.json").read_text(encoding="utf-8"))


def note():
    """Where the shapes come from, and what was changed."""
    return shapes()["note"]


def knows(code):
    """Whether the map has a place for a code."""
    return code in shapes()["world"]["shapes"]


def world_map(places, headings, width=WIDE):
    """Places on the map, in a frame of the world and one of Europe. `headings` stand above the two."""
    canvas = Canvas(WIDE)
    narrow = Canvas(WIDE)
    most = max((place.number for place in places), default=0)
    y = 0
    for name, heading in zip(("world", "europe"), headings, strict=True):
        frame, wide = shapes()[name], Canvas(WIDE)
        wide.text(0, y + 22, heading, "graphic__heading")
        narrow.text(0, y + 24, heading, "graphic__heading graphic__text--large", size=NARROW_SIZE)
        # What the second frame shows large has no circles in the first.
        with_circles = {place.code for place in places if name == "europe" or not is_in_europe(place.code)}
        _frame(canvas, wide, narrow, frame, places, with_circles, most, y + 32)
        y += 32 + frame["height"] + 16
    canvas.height = y
    canvas.layer(narrow, "graphic__only-narrow")
    return canvas


def is_in_europe(code):
    return code in shapes()["europe"]["shapes"]


def _frame(canvas, wide, narrow, frame, places, with_circles, most, top):
    named = {place.code: place for place in places}
    canvas.parts.append(("g", "", {"transform": f"translate(0 {top})"}, None))
    rest = "".join(shape["d"] for code, shape in frame["shapes"].items() if code not in named)
    canvas.path(rest, "graphic__land")
    here = [(frame["shapes"][place.code], place) for place in places if place.code in frame["shapes"]]
    for shape, place in here:
        canvas.group(f"{place.name}: {place.told}")
        kind = "crossed" if place.receives else "dotted"
        if shape["d"]:
            canvas.path(shape["d"], f"graphic__land graphic__land--{kind}", kind)
        if shape["size"] < 5:
            # A state too small to be seen.
            canvas.circle(*shape["at"], 5, f"graphic__land graphic__land--{kind}", kind)
        canvas.end()
    circles = []
    for shape, place in sorted(here, key=lambda pair: -pair[1].number):
        if place.code not in with_circles:
            continue
        if place.number:
            r = max(math.sqrt(place.number / most) * LARGEST, SMALLEST)
            x, y = (min(max(at, r), end - r) for at, end in zip(shape["at"], (WIDE, frame["height"]), strict=True))
            canvas.group(f"{place.name}: {place.told}")
            canvas.circle(x, y, r, "graphic__circle")
            canvas.end()
        else:
            x, y, r = *shape["at"], 4
        circles.append((x, y, r, place))
    canvas.end()
    for layer, size in ((wide, SMALL), (narrow, NARROW_SIZE)):
        _labels(layer, circles, size, top, frame["height"])
    canvas.layer(wide, "graphic__only-wide")
    canvas.labels += wide.labels


def _labels(layer, circles, size, top, height):
    """Names beside their circles, the largest first; a name that has no room is left to the table."""
    order = sorted(circles, key=lambda one: (not one[3].receives, -one[3].number))
    for x, y, r, place in order:
        text = f"{place.name} {place.number}" if place.number else place.name
        width = width_of(text, size)
        for left, foot in (
            (x + r + 3, y + size * 0.35),
            (x - r - 3 - width, y + size * 0.35),
            (x - width / 2, y - r - 3),
            (x - width / 2, y + r + size),
        ):
            label = Label(left, top + foot - size * 0.8, left + width, top + foot + size * 0.22, text)
            is_within = left >= 0 and label.right <= WIDE and foot - size >= 0 and foot + size * 0.22 <= height
            if is_within and not any(label.overlaps(other) for other in layer.labels):
                layer.labels.append(label)
                name = "graphic__text graphic__inside"
                name += " graphic__text--small" if size == SMALL else " graphic__text--large"
                layer.parts.append(("text", name, {"x": f"{left:.1f}", "y": f"{top + foot:.1f}"}, text))
                break
