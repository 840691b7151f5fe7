"""Flows from left to right, as wide as they are large (after Sankey). What is not known is a dashed line."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from aid.drawing.svg import LINE, SIZE, SMALL, WIDE, Canvas, lines_of

TALL = 12
GAP = 30
NODE = 9
# How high a flow of which no amount is known is: its width says nothing.
UNKNOWN = 7


@dataclass(frozen=True)
class Flow:
    """So much from each stop to the next one; None where the amount is not known. `stops` are names."""

    stops: tuple[str, ...]
    value: Decimal | None


@dataclass(frozen=True)
class Panel:
    """Flows of one unit. `told` gives what is written at a stop: {(column, name): words}."""

    heading: str
    flows: list[Flow]
    told: dict


def flows(panels, heads, width=WIDE):
    canvas = Canvas(width)
    y = 0
    for number, head in enumerate(heads):
        anchor = ("start", "middle", "end")[number] if len(heads) == 3 else ("start", "end")[number]
        x = {"start": 0, "middle": width / 2, "end": width}[anchor]
        canvas.text(x, SIZE, head, "graphic__soft", anchor, SMALL, width / len(heads))
    y = LINE
    for panel in panels:
        y = _panel(canvas, panel, y + 14)
    canvas.height = y + 4
    return canvas


def _panel(canvas, panel, y):
    for line in lines_of(panel.heading, canvas.width, SIZE):
        canvas.text(0, y + SIZE, line, "graphic__heading")
        y += LINE
    y += 8
    count = len(panel.flows[0].stops)
    most = max(len({flow.stops[column] for flow in panel.flows}) for column in range(count))
    room = max(130, min(most * 34, 420))
    whole = sum((flow.value for flow in panel.flows if flow.value is not None), Decimal(0))

    def high(flow):
        return UNKNOWN if flow.value is None else max(float(flow.value / whole) * room if whole else 0, 1.0)

    nodes, foot = _nodes(panel, count, high, y)
    xs = [column * (canvas.width - NODE) / (count - 1) for column in range(count)]
    _ribbons(canvas, panel, nodes, xs, high)
    for (column, name), (top, size) in nodes.items():
        told = panel.told.get((column, name), "")
        canvas.group(f"{name}: {told}" if told else name)
        canvas.rect(xs[column], top, NODE, max(size, 2), "graphic__node")
        _label(canvas, column, count, xs[column], top, name, told)
        canvas.end()
    return foot


def _nodes(panel, count, high, y):
    """{(column, name): (top, height)}, each column in the order of the flows, and where the lowest ends."""
    nodes, foot = {}, y
    for column in range(count):
        heights = defaultdict(float)
        for flow in panel.flows:
            heights[flow.stops[column]] += high(flow)
        top = y + GAP - 4
        for name, height in heights.items():
            nodes[column, name] = (top, height)
            top += max(height, 2) + GAP
        foot = max(foot, top - GAP + 6)
    return nodes, foot


def _ribbons(canvas, panel, nodes, xs, high):
    used = defaultdict(float)
    for flow in panel.flows:
        height = high(flow)
        for column in range(len(flow.stops) - 1):
            ends = []
            for side, at in ((1, column), (0, column + 1)):
                key = (at, flow.stops[at], side)
                ends.append(nodes[at, flow.stops[at]][0] + used[key])
                used[key] += height
            x1, x2 = xs[column] + NODE, xs[column + 1]
            middle = (x1 + x2) / 2
            first, last = ends
            if flow.value is None:
                first, last = first + height / 2, last + height / 2
                d = f"M{x1:.1f} {first:.1f}C{middle:.1f} {first:.1f} {middle:.1f} {last:.1f} {x2:.1f} {last:.1f}"
                canvas.path(d, "graphic__flow graphic__flow--unknown")
            else:
                d = (
                    f"M{x1:.1f} {first:.1f}C{middle:.1f} {first:.1f} {middle:.1f} {last:.1f} {x2:.1f} {last:.1f}"
                    f"v{height:.1f}C{middle:.1f} {last + height:.1f} {middle:.1f} {first + height:.1f} "
                    f"{x1:.1f} {first + height:.1f}z"
                )
                canvas.path(d, "graphic__flow")


def _label(canvas, column, count, x, top, name, told):
    """The name above its node, what it comes to after it; each column has its own part of the width."""
    most = canvas.width / count - 12
    anchor = "start" if column == 0 else "end" if column == count - 1 else "middle"
    at = {"start": x, "middle": x + NODE / 2, "end": x + NODE}[anchor]
    canvas.text(at, top - 16, name, "graphic__inside", anchor, SMALL, most)
    if told:
        canvas.text(at, top - 3, told, "graphic__inside", anchor, SMALL, most, is_whole=True)
