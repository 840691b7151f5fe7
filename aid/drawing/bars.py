"""Bars: how much, side by side, in panels that share no scale. What is not known is hatched and has no end."""

from dataclasses import dataclass, field
from decimal import Decimal

from aid.drawing.svg import LINE, SIZE, SMALL, WIDE, Canvas, width_of

ROW = 30
THICK = 16
# How long the mark of amounts that are not known is. Its length says nothing.
OPEN = 34


@dataclass
class Bar:
    """One row: what it is of, how much in the unit of its panel (None: not known at all), how that is written, and
    of how many more the amount is not known."""

    name: str
    value: Decimal | None
    told: str
    unknown: int = 0
    is_rest: bool = False


@dataclass
class Panel:
    """Bars of one unit, which is written above them."""

    heading: str
    bars: list[Bar] = field(default_factory=list)


def bars(panels, width=WIDE):
    canvas = Canvas(width)
    y = 0
    for panel in panels:
        y = _panel(canvas, panel, y + (18 if y else 0))
    canvas.height = y + 6
    return canvas


def _panel(canvas, panel, y):
    canvas.text(0, y + SIZE, panel.heading, "graphic__heading")
    y += LINE + 8
    most = max((bar.value for bar in panel.bars if bar.value is not None), default=None)
    told = max((width_of(bar.told) for bar in panel.bars), default=0)
    # On a narrow canvas a bar stands beneath its words, else beside them.
    if canvas.is_narrow:
        left, room = 0, canvas.width - OPEN - 8
    else:
        left = 200
        room = canvas.width - left - OPEN - min(told, 300) - 16
    top = y
    for bar in panel.bars:
        length = float(bar.value / most) * room if bar.value is not None and most else 0
        canvas.group(f"{bar.name}: {bar.told}")
        if canvas.is_narrow:
            width = canvas.text(canvas.width, y + SIZE, bar.told, "graphic__value", "end", is_whole=True)
            canvas.text(0, y + SIZE, bar.name, most=canvas.width - width - 10)
            _bar(canvas, bar, left, y + LINE + 2, length, THICK - 6)
            y += ROW + 12
        else:
            canvas.text(left - 10, y + SIZE, bar.name, "", "end", most=left - 10)
            end = _bar(canvas, bar, left, y + 1, length, THICK)
            canvas.text(end + 8, y + SIZE, bar.told, "graphic__value", is_whole=True)
            y += ROW - 4
        canvas.end()
    canvas.line(left, top - 2, left, y, "graphic__axis")
    return y


def _bar(canvas, bar, x, y, length, thick):
    """Draws one bar; where it ends."""
    if bar.value is not None:
        # A bar of nothing at all could not be seen; one of little is as thin as a line.
        length = max(length, 1.5)
        canvas.rect(x, y, length, thick, f"graphic__bar{' graphic__bar--rest' if bar.is_rest else ''}")
        x += length
    if bar.unknown or bar.value is None:
        _open(canvas, x, y, thick)
        x += OPEN
    return x


def _open(canvas, x, y, thick):
    """The mark of what is not known: hatched, with an end like a torn edge."""
    half, third = y + thick / 2, thick / 4
    torn = f"l-5 {third:.1f}l5 {third:.1f}l-5 {third:.1f}l5 {third:.1f}"
    canvas.path(f"M{x:.1f} {y:.1f}h{OPEN}{torn}h-{OPEN}z", "graphic__open", "unknown")
    canvas.text(x + OPEN / 2, half + SMALL * 0.35, "?", "graphic__mark", "middle", SMALL)
