"""Makes the shapes of the map of the world from Natural Earth, once. The result is kept: aid/drawing/world.json.

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python bench/world.py package/countries-50m.json

Natural Earth is in the public domain; world-atlas (ISC) has it as TopoJSON. What is changed is said in NOTE, and with
the map. The shapes are projected (Equal Earth for the world, Lambert's azimuthal equal-area for Europe), cut to the
frame, thinned to about half a pixel, and written as whole numbers, tenths of a unit of the drawing.
"""

import json
import math
import sys
from pathlib import Path

from babel.core import get_global

OUT = Path(__file__).resolve().parent.parent / "aid/drawing/world.json"
WIDTH = 720
SIMFEROPOL, RUSSIA, UKRAINE = (34.10, 44.95), "643", "804"
NOTE = (
    "Natural Earth 1:50m (public domain), from world-atlas 2.0.2. Changed: Crimea is part of Ukraine, as the United "
    "Nations General Assembly has it (resolution 68/262); Kosovo has the code XK; states too small to see are dots."
)
# Shapes without a number in the source.
NAMED = {"Kosovo": "XK"}
# Smaller shapes than this, in square units of the drawing, are left out; the largest of a state always stays.
SMALLEST = 1.2


def whole(points):
    """A ring that crosses the 180th meridian, all of it on the one side, beyond 180 degrees."""
    longitudes = [x for x, _ in points]
    if min(longitudes) > -170 or max(longitudes) < 170:
        return points
    return [(x + 360 if x < 0 else x, y) for x, y in points]


def decoded(topology):
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * sx + tx, y * sy + ty))
        arcs.append(points)
    return arcs


def ring_points(arcs, ring):
    points = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def polygons(geometry):
    """The polygons of a shape, each as lists of numbers of arcs."""
    return geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]


def inside(point, ring):
    x, y = point
    found = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            found = not found
    return found


def joined(arcs, first, second):
    """Two rings that share arcs as one: what both have, once each way, is no border any more."""
    shared = {number for number in first if ~number in second}
    left = [number for number in first if number not in shared]
    left += [number for number in second if ~number not in shared]
    if not shared:
        return None

    def ends(number):
        points = arcs[number] if number >= 0 else arcs[~number][::-1]
        return points[0], points[-1]

    ring = [left.pop(0)]
    while left:
        at = ends(ring[-1])[1]
        following = next((number for number in left if ends(number)[0] == at), None)
        if following is None:
            return None
        ring.append(following)
        left.remove(following)
    return ring


def with_crimea(arcs, shapes):
    """Moves the polygon in which Simferopol lies from Russia to Ukraine, and joins it with the mainland."""
    russia, ukraine = shapes[RUSSIA], shapes[UKRAINE]
    (crimea,) = [one for one in russia if inside(SIMFEROPOL, ring_points(arcs, one[0]))]
    russia.remove(crimea)
    for number, one in enumerate(ukraine):
        ring = joined(arcs, one[0], crimea[0])
        if ring:
            ukraine[number] = [ring, *one[1:], *crimea[1:]]
            return
    ukraine.append(crimea)


# Projections, into units of which the frame is WIDTH wide


def equal_earth(longitude, latitude):
    """Šavrič, Patterson and Jenny (2018)."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    square = theta * theta
    six = square**3
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta)
    x /= 3 * (9 * a4 * square * six + 7 * a3 * six + 3 * a2 * square + a1)
    return x, theta * (a1 + a2 * square + six * (a3 + a4 * square))


def azimuthal(longitude, latitude, centre=(18.0, 53.0)):
    """Lambert's equal-area projection about a point of Europe; None for the other side of the earth."""
    lam, phi = math.radians(longitude - centre[0]), math.radians(latitude)
    phi0 = math.radians(centre[1])
    cos_c = math.sin(phi0) * math.sin(phi) + math.cos(phi0) * math.cos(phi) * math.cos(lam)
    if cos_c < 0.35:
        return None
    k = math.sqrt(2 / (1 + cos_c))
    return k * math.cos(phi) * math.sin(lam), k * (
        math.cos(phi0) * math.sin(phi) - math.sin(phi0) * math.cos(phi) * math.cos(lam)
    )


# name -> (projection, left, right, bottom, top in its own units)
FRAMES = {
    "world": (equal_earth, -2.72, 2.72, -1.05, 1.32),
    "europe": (azimuthal, -0.40, 0.40, -0.335, 0.345),
}


def thinned(points, tolerance):
    """Douglas and Peucker's way to leave out points that lie within the tolerance of the line."""
    if len(points) < 3:
        return points
    keep, waiting = {0, len(points) - 1}, [(0, len(points) - 1)]
    while waiting:
        first, last = waiting.pop()
        (x1, y1), (x2, y2) = points[first], points[last]
        length = math.hypot(x2 - x1, y2 - y1)
        worst, at = 0, None
        for number in range(first + 1, last):
            x, y = points[number]
            across = abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1))
            away = across / length if length else math.hypot(x - x1, y - y1)
            if away > worst:
                worst, at = away, number
        if worst > tolerance:
            keep.add(at)
            waiting += [(first, at), (at, last)]
    return [points[number] for number in sorted(keep)]


def area(points):
    pairs = zip(points, points[1:] + points[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def cut(points, width, height):
    """A ring cut to the frame (Sutherland and Hodgman)."""
    for axis, limit, is_below in ((0, 0, False), (0, width, True), (1, 0, False), (1, height, True)):
        found = []
        for one, other in zip(points, points[1:] + points[:1], strict=True):
            is_in, is_next = ((p[axis] <= limit) if is_below else (p[axis] >= limit) for p in (one, other))
            if is_in:
                found.append(one)
            if is_in != is_next:
                share = (limit - one[axis]) / (other[axis] - one[axis])
                found.append(tuple(a + (b - a) * share for a, b in zip(one, other, strict=True)))
        points = found
        if not points:
            break
    return points


def frame(name, arcs, shapes):
    project, left, right, bottom, top = FRAMES[name]
    scale = WIDTH / (right - left)
    height = (top - bottom) * scale
    found = {}
    for code, rows in shapes.items():
        rings = []
        for polygon in rows:
            for ring in polygon:
                # What lies on the other side of the earth lies far outside the frame: the ring goes straight there.
                projected = [at for at in (project(*point) for point in whole(ring_points(arcs, ring))) if at]
                points = [((x - left) * scale, (top - y) * scale) for x, y in projected]
                points = cut(thinned(points[:-1], 0.45), WIDTH, height)
                if len(points) > 2:
                    rings.append((area(points), points))
        if not rings:
            dot = dot_of(arcs, rows, project, (left, top), scale, height)
            if dot:
                found[code] = {"d": "", "at": dot, "size": 0}
            continue
        rings.sort(key=lambda one: -one[0])
        kept = [points for number, (size, points) in enumerate(rings) if not number or size >= SMALLEST]
        found[code] = {
            "d": "".join(path(points) for points in kept),
            "at": centre(kept[0]),
            "size": round(math.sqrt(rings[0][0]), 1),
        }
    return {"width": WIDTH, "height": round(height), "shapes": found}


def dot_of(arcs, rows, project, corner, scale, height):
    """Where a state stands whose shape is too small to be drawn; None outside the frame."""
    at = project(*ring_points(arcs, rows[0][0])[0])
    if at is None:
        return None
    x, y = (at[0] - corner[0]) * scale, (corner[1] - at[1]) * scale
    return [round(x), round(y)] if 0 < x < WIDTH and 0 < y < height else None


def centre(points):
    """The centroid of a ring, in whole units."""
    double = x = y = 0
    for (x1, y1), (x2, y2) in zip(points, points[1:] + points[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        double, x, y = double + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    if not double:
        return [round(value) for value in points[0]]
    return [round(x / (3 * double)), round(y / (3 * double))]


def path(points):
    """A ring as SVG: where it begins, then steps, in whole units and halves."""
    steps, at = [], None
    for x, y in points:
        now = round(x * 2), round(y * 2)
        if at is None:
            steps.append(f"M{short(now[0])} {short(now[1])}l")
        elif now != at:
            steps.append(f"{short(now[0] - at[0])} {short(now[1] - at[1])} ")
        at = now
    return f"{''.join(steps).rstrip()}z"


def short(halves):
    return f"{halves / 2:g}"


def main(source):
    topology = json.loads(Path(source).read_text())
    arcs = decoded(topology)
    codes = iso_codes()
    shapes = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name, number = geometry["properties"]["name"], geometry.get("id")
        shapes.setdefault(number or name, []).extend(polygons(geometry))
    shapes.pop("010", None)  # Antarctica
    with_crimea(arcs, shapes)
    named = {}
    for key, rows in shapes.items():
        named.setdefault(NAMED.get(key) or codes.get(key) or f"-{key}", []).extend(rows)
    found = {"note": NOTE, **{name: frame(name, arcs, named) for name in FRAMES}}
    OUT.write_text(json.dumps(found, separators=(",", ":"), ensure_ascii=False) + "\n")
    told = ", ".join(f"{name}: {len(found[name]['shapes'])} shapes" for name in FRAMES)
    print(f"{OUT.name}: {OUT.stat().st_size:,} bytes; {told}")


def iso_codes():
    """{ISO 3166 number: code of two letters}, from Babel's table of aliases."""
    aliases = get_global("territory_aliases")
    return {key: found[0] for key, found in aliases.items() if key.isdigit() and len(found) == 1}


if __name__ == "__main__":
    main(sys.argv[1])
