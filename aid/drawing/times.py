"""Time from left to right: an axis of years or months, marks as long as a date is wide, and columns of counts.

What has no day at all stands beneath the axis, under words of its own.
"""

import math
from dataclasses import dataclass, field
from datetime import date, timedelta

from aid.drawing.svg import LINE, SIZE, SMALL, WIDE, Canvas, lines_of, width_of

ROW = 24
# How far a mark reaches beyond what is known, on either side.
LEAD = 16


@dataclass(frozen=True)
class Span:
    """From one day to another; None where that end is not known. `is_open` says that it goes on, as far as is known.
    A span that is not `is_certain` is drawn hatched."""

    first: date | None
    last: date | None
    is_certain: bool = True
    is_open: bool = False


@dataclass(frozen=True)
class Line:
    """One row: its name, what is written beside its mark, its Span (None: no day at all), and whether it is a second
    word on the row above."""

    name: str
    told: str
    span: Span | None = None
    is_beside: bool = False


@dataclass
class Columns:
    """Counts over time: [(first day, last day, how many, of them not certain)]; `spans` are the dates too wide for
    one column: [(first, last, how many, what is written beside)]."""

    bins: list[tuple[date, date, int, int]]
    spans: list[tuple[date, date, int, str]] = field(default_factory=list)


class Axis:
    """Days on a line: from the first month to the last one."""

    def __init__(self, first, last, left, right):
        self.first, self.last = first.replace(day=1), _month_end(last)
        self.left, self.right = left, right
        self._days = max((self.last - self.first).days + 1, 1)

    def at(self, day):
        day = min(max(day, self.first), after(self.last))
        return self.left + (day - self.first).days / self._days * (self.right - self.left)

    def ticks(self):
        """[(x, what stands at it)]: years, or months where there are few, as many as have room."""
        months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        room = (self.right - self.left) / max(width_of("2024-12", SMALL) + 14, 1)
        for step in (1, 2, 3, 6):
            if months / step <= room:
                return [self._tick(n) for n in range(months) if (self.first.month - 1 + n) % step == 0]
        years = range(self.first.year, self.last.year + 1)
        every = max(1, math.ceil(len(years) / max(room, 1)))
        found = [(self.at(date(year, 1, 1)), str(year)) for year in years if year % every == 0]
        return [(x, text) for x, text in found if date(int(text), 1, 1) >= self.first or len(years) == 1]

    def _tick(self, months):
        year, month = divmod(self.first.year * 12 + self.first.month - 1 + months, 12)
        return self.at(date(year, month + 1, 1)), f"{year}-{month + 1:02}"

    def draw(self, canvas, top, bottom):
        """The line of the axis at the top with its words above it, and thin lines down from it."""
        used = -math.inf
        for x, text in self.ticks():
            canvas.line(x, top, x, bottom, "graphic__grid")
            width = width_of(text, SMALL)
            if x + 2 > used and x + 2 + width < canvas.width:
                canvas.text(x + 2, top - 5, text, "graphic__soft", size=SMALL)
                used = x + 2 + width + 6
        canvas.line(self.left, top, self.right, top, "graphic__axis")


def after(day):
    """The next day; the calendar's last one has none."""
    return day if day == date.max else day + timedelta(days=1)


def _month_end(day):
    if (day.year, day.month) == (9999, 12):
        return date.max
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


def _extent(lines, until=None):
    days = [day for line in lines if line.span for day in (line.span.first, line.span.last) if day]
    if until and any(line.span and line.span.is_open for line in lines):
        days.append(until)
    return (min(days), max(days)) if days else None


def rows(lines, without, until=None, width=WIDE):
    """Lines one beneath the other, those without any day last, under the words `without`. What is open goes on until
    a day."""
    canvas = Canvas(width)
    dated, undated = ([line for line in lines if bool(line.span) is is_dated] for is_dated in (True, False))
    y, extent = 0, _extent(lines, until)
    if extent:
        left = 0 if canvas.is_narrow else min(220, max(width_of(line.name) for line in dated) + 12)
        axis = Axis(*extent, left + LEAD, canvas.width - LEAD - 2)
        height = (ROW + LINE if canvas.is_narrow else ROW) * len(dated) + 6
        axis.draw(canvas, 20, 20 + height)
        y = 26
        for line in dated:
            y = _row(canvas, axis, line, y, left, until)
        y += 12
    if undated:
        canvas.text(0, y + SIZE, without, "graphic__heading")
        y += LINE + 8
        for line in undated:
            canvas.group(f"{line.name}: {line.told}")
            canvas.rect(0, y + 2, 22, 12, "graphic__span graphic__span--unknown", "unknown")
            canvas.text(11, y + 12, "?", "graphic__mark", "middle", SMALL)
            name = canvas.text(30, y + 13, line.name, most=(canvas.width - 30) * 0.55)
            canvas.text(30 + name + 10, y + 13, line.told, "graphic__soft", size=SMALL)
            canvas.end()
            y += ROW
    canvas.height = max(y, 1)
    return canvas


def _row(canvas, axis, line, y, left, until):
    canvas.group(f"{line.name}: {line.told}")
    if canvas.is_narrow:
        if line.told:
            told = canvas.text(canvas.width, y + SIZE, line.told, "graphic__soft", "end", SMALL, canvas.width * 0.55)
        else:
            told = 0
        canvas.text(0, y + SIZE, line.name, "graphic__soft" if line.is_beside else "", most=canvas.width - told - 10)
        y += LINE
        _mark(canvas, axis, line, y + 3, until)
    else:
        canvas.text(left - 8, y + 14, line.name, "graphic__soft" if line.is_beside else "", "end", most=left - 8)
        start, end = _mark(canvas, axis, line, y + 3, until)
        _beside(canvas, line.told, start, end, y + 14, left)
    canvas.end()
    return y + ROW


def _beside(canvas, told, start, end, y, left):
    """Words beside a mark: where they have room, to its right, to its left or in it; else shortened where most is."""
    width = width_of(told, SMALL)
    right, before, inside = canvas.width - end - 8, start - 8 - left, end - start - 2 * LEAD
    if not told:
        return
    if right >= width or max(right, before, inside) == right:
        canvas.text(end + 8, y, told, "graphic__soft", size=SMALL)
    elif before >= width or before >= inside:
        canvas.text(start - 8, y, told, "graphic__soft", "end", SMALL, before)
    else:
        canvas.text(start + LEAD, y, told, "graphic__inside", size=SMALL, most=inside)


def _mark(canvas, axis, line, y, until):
    """Draws a Span; where it begins and ends."""
    span, kind = line.span, " graphic__span--beside" if line.is_beside else ""
    hatched = "" if span.is_certain else "unknown"
    if not span.is_certain:
        kind += " graphic__span--unknown"
    if span.first and span.first == span.last and not span.is_open:
        x = axis.at(span.first)
        canvas.circle(x, y + 6, 5.5, f"graphic__span{kind}", hatched)
        return x - 6, x + 6
    first, last = span.first or axis.first, span.last or until or axis.last
    start, end = axis.at(first), axis.at(after(last))
    end = max(end, start + 3)
    canvas.rect(start, y, end - start, 12, f"graphic__span{kind}", hatched)
    if span.first is None:
        canvas.path(f"M{start:.1f} {y}h-{LEAD - 4}l4 3l-4 3l4 3l-4 3h{LEAD - 4}z", "graphic__open", "unknown")
        start -= LEAD - 4
    if span.is_open or span.last is None:
        shade = "" if span.is_open and span.is_certain and span.last else "unknown"
        canvas.path(f"M{end:.1f} {y}h4l{LEAD - 6} 6l-{LEAD - 6} 6h-4z", f"graphic__open{kind}", shade or "unknown")
        end += LEAD - 2
    return start, end


def columns(found, words, width=WIDE):
    """Counts over time as columns, with the highest count written at each that has room; `words` stand above."""
    canvas = Canvas(width)
    most = max((number for _, _, number, _ in found.bins), default=0)
    days = [day for first, last, *_ in (*found.bins, *found.spans) for day in (first, last)]
    if not days:
        canvas.height = 1
        return canvas
    axis = Axis(min(days), max(days), 0, canvas.width)
    lines = lines_of(words, width, SMALL)
    for number, line in enumerate(lines):
        canvas.text(0, SIZE + number * 15, line, "graphic__soft", size=SMALL)
    tall, top = 150, 15 * len(lines) + 15
    foot = top + tall
    used = -1.0
    for first, last, number, uncertain in found.bins:
        x, end = axis.at(first), axis.at(after(last))
        wide = max(end - x - 1, 1)
        high = number / most * (tall - LINE) if most else 0
        part = uncertain / most * (tall - LINE) if most else 0
        canvas.group(f"{first.isoformat()}–{last.isoformat()}: {number}")
        if number > uncertain:
            canvas.rect(x, foot - high, wide, high - part, "graphic__bar")
        if uncertain:
            canvas.rect(x, foot - part, wide, part, "graphic__span graphic__span--unknown", "unknown")
        text = f"{number:,}"
        half, middle = width_of(text, SMALL) / 2, x + wide / 2
        middle = min(max(middle, half), canvas.width - half)
        if number and middle - half > used:
            canvas.text(middle, foot - high - 4, text, "graphic__soft", "middle", SMALL)
            used = middle + half + 2
        canvas.end()
    canvas.line(0, foot, canvas.width, foot, "graphic__axis")
    last_end = -1.0
    for x, text in axis.ticks():
        canvas.line(x, foot, x, foot + 5, "graphic__axis")
        if x + 2 > last_end and x + 2 + width_of(text, SMALL) < canvas.width:
            last_end = x + 8 + canvas.text(x + 2, foot + 16, text, "graphic__soft", size=SMALL)
    y = foot + 30
    for first, last, number, told in found.spans:
        canvas.group(f"{told}: {number}")
        start, end = axis.at(first), axis.at(after(last))
        canvas.rect(start, y, max(end - start, 3), 12, "graphic__span graphic__span--unknown", "dotted")
        y += 12
        canvas.text(0, y + SIZE, told, "graphic__soft", size=SMALL)
        canvas.end()
        y += LINE + 6
    canvas.height = y
    return canvas
