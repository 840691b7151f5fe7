"""The map: its shapes are those that the note tells of, and every name stands clear of the others."""

import re
from xml.etree import ElementTree

import pytest

from aid.drawing.svg import svg
from aid.drawing.world import Place, knows, note, shapes, world_map
from bench.world import FRAMES, WIDTH, inside

CITIES = {
    "UA": {
        "Simferopol": (34.10, 44.95),
        "Kyiv": (30.52, 50.45),
        "Kherson": (32.6, 46.7),
    },
    "XK": {"Pristina": (21.16, 42.66)},
    "RS": {"Belgrade": (20.46, 44.80)},
    "RU": {"Moscow": (37.62, 55.75)},
}


def rings(d):
    """The rings of a path, as points."""
    for ring in d.split("z"):
        if ring:
            x, y, *steps = (float(word) for word in re.findall(r"-?[\d.]+", ring))
            points = [(x, y)]
            for dx, dy in zip(steps[::2], steps[1::2], strict=True):
                x, y = x + dx, y + dy
                points.append((x, y))
            yield points


def at(frame, longitude, latitude):
    project, left, right, _bottom, top = FRAMES[frame]
    scale = WIDTH / (right - left)
    x, y = project(longitude, latitude)
    return (x - left) * scale, (top - y) * scale


@pytest.mark.parametrize("frame", FRAMES)
def test_each_city_lies_in_its_state_and_in_no_other(frame):
    for code, cities in CITIES.items():
        for city, place in cities.items():
            point = at(frame, *place)
            found = [
                other
                for other, shape in shapes()[frame]["shapes"].items()
                if sum(inside(point, ring) for ring in rings(shape["d"])) % 2
            ]
            assert found == [code], (frame, city, found)


def test_small_states_and_kosovo_are_known_and_the_note_says_what_was_changed():
    for code in ("XK", "MT", "LU", "LI", "MC", "SM", "SG", "TW"):
        assert knows(code), code
    assert not knows("EU")
    assert "Crimea is part of Ukraine" in note()
    assert "Kosovo" in note()


def test_names_stand_clear_and_large_states_have_large_circles():
    codes = [code for code in shapes()["world"]["shapes"] if not code.startswith("-")]
    places = [Place(code, f"State {code}", number, receives=code == "UA") for number, code in enumerate(codes)]
    canvas = world_map(places, ("The world", "Europe"))
    for number, one in enumerate(canvas.labels):
        assert 0 <= one.left < one.right <= canvas.width, one
        assert 0 <= one.top < one.bottom <= canvas.height, one
        assert [other for other in canvas.labels[number + 1 :] if one.overlaps(other)] == [], one
    assert any(label.text.startswith("State UA") for label in canvas.labels)
    root = ElementTree.fromstring(svg(canvas, "key", "Map", "A map"))
    radii = [float(one.get("r")) for one in root.iter("{http://www.w3.org/2000/svg}circle")
             if one.get("class") == "graphic__circle"]  # fmt: skip
    # One for each state with a pledge, in one frame or the other.
    assert len(radii) == len(codes) - 1
    assert max(radii) <= 26
