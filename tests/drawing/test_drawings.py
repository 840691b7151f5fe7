"""Whatever is drawn: nothing lies outside the picture, no words stand on others, and widths are what they say."""

import re
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aid.drawing.bars import Bar, Panel, bars
from aid.drawing.flows import Flow, flows
from aid.drawing.flows import Panel as Flows
from aid.drawing.standalone import standalone, style_of
from aid.drawing.steps import Step, ladder
from aid.drawing.svg import NARROW, WIDE, shortened, svg, width_of
from aid.drawing.times import Columns, Line, Span, columns, rows

NS = "{http://www.w3.org/2000/svg}"
WIDTHS = pytest.mark.parametrize("width", (WIDE, NARROW))
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=90)
AMOUNTS = st.decimals(min_value=0, max_value=10**15, places=2)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
FEW = settings(max_examples=40, deadline=None)


def read(canvas):
    """The drawing as a program reads it."""
    return ElementTree.fromstring(svg(canvas, "key", "A title <&>", "A description"))


def check(canvas):
    """Nothing outside, nothing upon another, and all that is written is well-formed."""
    root = read(canvas)
    assert (root.get("role"), root.find(f"{NS}title").text) == ("img", "A title <&>")
    for label in canvas.labels:
        assert label.left >= -0.5, label
        assert label.right <= canvas.width + 0.5, label
        assert label.top >= -0.5, label
        assert label.bottom <= canvas.height + 0.5, label
    for number, one in enumerate(canvas.labels):
        assert [other for other in canvas.labels[number + 1 :] if one.overlaps(other)] == [], one
    for element in root.iter():
        assert element.get("style") is None
        if element.tag == f"{NS}rect" and element.get("x"):
            x, y, wide, high = (float(element.get(name)) for name in ("x", "y", "width", "height"))
            assert x >= 0, ElementTree.tostring(element)
            assert y >= 0, ElementTree.tostring(element)
            assert x + wide <= canvas.width + 0.1, ElementTree.tostring(element)
            assert y + high <= canvas.height + 0.1, ElementTree.tostring(element)
    return root


@st.composite
def a_panel(draw):
    amounts = draw(st.lists(st.none() | AMOUNTS, min_size=1, max_size=14))
    names = [draw(NAMES) for _ in amounts]
    made = [
        Bar(name, amount, "unknown" if amount is None else f"at least USD {amount:,}", amount is None)
        for name, amount in zip(names, amounts, strict=True)
    ]
    return Panel("USD, US Dollar", made)


@WIDTHS
@FEW
@given(panels=st.lists(a_panel(), min_size=1, max_size=3))
def test_bars_keep_to_the_picture_and_to_their_amounts(width, panels):
    root = check(bars(panels, width))
    drawn = [float(one.get("width")) for one in root.iter(f"{NS}rect") if one.get("class") == "graphic__bar"]
    for panel in panels:
        known = [bar.value for bar in panel.bars if bar.value is not None]
        lengths, drawn = drawn[: len(known)], drawn[len(known) :]
        for value, length in zip(known, lengths, strict=True):
            # As long as its share of the longest; never so short that it cannot be seen.
            share = float(value / max(known)) if max(known) else 0
            assert length == pytest.approx(max(share * max(lengths), 1.5), abs=0.2)
    assert drawn == []


def test_what_is_not_known_is_hatched_and_has_no_bar():
    root = read(bars([Panel("Amount not known", [Bar("Estonia", None, "1 amount not known", 1)])]))
    assert [one.get("fill") for one in root.iter(f"{NS}path") if one.get("class") == "graphic__open"] == [
        "url(#key-unknown)"
    ]
    assert [one for one in root.iter(f"{NS}rect") if one.get("class") == "graphic__bar"] == []


@WIDTHS
@FEW
@given(
    steps=st.lists(
        st.builds(
            Step, NAMES, st.integers(0, 4), NAMES, st.booleans(), st.booleans(), st.booleans()
        ),
        min_size=1,
        max_size=9,
    )
)  # fmt: skip
def test_a_ladder_keeps_to_the_picture(width, steps):
    root = check(ladder(steps, width))
    assert len(list(root.iter(f"{NS}circle"))) == len(steps) + 1  # one is the hatching's own


def test_a_step_ahead_is_hatched_and_dashed():
    root = read(
        ladder([Step("Announced", 0, "24 January 2024"), Step("Delivered", 4, "not stated", False, False, True)])
    )
    reached, ahead = (one for one in root.iter(f"{NS}circle") if "graphic__step" in one.get("class"))
    assert (reached.get("fill"), ahead.get("fill")) == (None, "url(#key-unknown)")
    assert "graphic__step--ahead" in ahead.get("class")


@st.composite
def a_line(draw):
    days = sorted(draw(st.tuples(DAYS, DAYS)))
    first, last = (draw(st.sampled_from((day, day, None))) for day in days)
    span = Span(first, last, draw(st.booleans()), draw(st.booleans())) if first or last else None
    return Line(draw(NAMES), draw(NAMES), span, draw(st.booleans()))


@WIDTHS
@FEW
@given(lines=st.lists(a_line(), min_size=1, max_size=12))
def test_lines_of_time_keep_to_the_picture(width, lines):
    root = check(rows(lines, "No day is known", date(2026, 11, 22), width))
    titles = [one.text for one in root.iter(f"{NS}title")]
    assert all(any(line.name in (title or "") for title in titles) for line in lines if line.name.strip())


def test_a_date_is_drawn_as_wide_as_it_is_known():
    day, month = date(2024, 1, 24), (date(2024, 1, 1), date(2024, 1, 31))
    lines = [
        Line("a day", "", Span(day, day)),
        Line("a month", "", Span(*month)),
        Line("a year", "", Span(date(2024, 1, 1), date(2024, 12, 31), False)),
        Line("no year", "24 January", None),
    ]
    root = read(rows(lines, "No year is known"))
    marks = [one for one in root.iter() if (one.get("class") or "").startswith("graphic__span")]
    assert [one.tag for one in marks] == [f"{NS}{tag}" for tag in ("circle", "rect", "rect", "rect")]
    month, year, unknown = (float(one.get("width")) for one in marks[1:])
    assert year / month == pytest.approx(366 / 31, rel=0.02)
    assert [one.get("fill") for one in marks] == [None, None, "url(#key-unknown)", "url(#key-unknown)"]
    assert unknown == 22


@WIDTHS
@FEW
@given(counts=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=48))
def test_columns_are_as_high_as_their_counts(width, counts):
    bins, first = [], date(2022, 1, 1)
    for total, uncertain in counts:
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        bins.append((first, last, max(total, uncertain), min(total, uncertain)))
        first = last + timedelta(days=1)
    root = check(columns(Columns(bins, [(date(2022, 1, 1), bins[-1][1], 3, "3 no more exactly")]), "Pledges", width))
    solid = sum(float(one.get("height")) for one in root.iter(f"{NS}rect") if one.get("class") == "graphic__bar")
    most = max(number for _, _, number, _ in bins)
    certain = sum(number - uncertain for _, _, number, uncertain in bins)
    assert solid == pytest.approx(certain / most * 132 if most else 0, abs=0.06 * len(bins))


@st.composite
def some_flows(draw):
    stops = [[f"{kind} {draw(NAMES)}" for _ in range(draw(st.integers(1, most)))] for kind, most in
             (("donor", 9), ("through", 5), ("to", 5))]  # fmt: skip
    chosen = draw(st.lists(st.tuples(*map(st.sampled_from, stops)), min_size=1, max_size=20, unique=True))
    return [Flow(way, draw(st.none() | AMOUNTS)) for way in chosen]


@WIDTHS
@FEW
@given(found=some_flows())
def test_flows_keep_to_the_picture_and_none_is_lost(width, found):
    told = {stop: "EUR 1,234,567" for flow in found for stop in enumerate(flow.stops)}
    root = check(flows([Flows("EUR, Euro", found, told)], ["Donor", "Coalition", "Recipient"], width))
    dashed = [one for one in root.iter(f"{NS}path") if "graphic__flow--unknown" in (one.get("class") or "")]
    solid = [one for one in root.iter(f"{NS}path") if one.get("class") == "graphic__flow"]
    assert len(dashed) == 2 * sum(flow.value is None for flow in found)
    assert len(solid) == 2 * sum(flow.value is not None for flow in found)


def test_a_figure_is_never_shortened():
    told = "USD 123,456,789,012,345,678,901,234,567,890.55"
    canvas = bars([Panel("USD", [Bar("A donor", Decimal(5), told * 2)])], NARROW)
    assert not any("…" in label.text for label in canvas.labels)


def test_text_is_shortened_to_its_room():
    assert shortened("Ukraine", 200) == "Ukraine"
    cut = shortened("Міністерство оборони України", 80)
    assert cut.endswith("…")
    assert width_of(cut) <= 80


def test_a_file_holds_its_words_and_its_style_without_variables():
    style = style_of(
        "/* why */ .a { fill: var(--ink); } .b { fill: var(--none, #fff); }",
        ":root { --ink: #111; } :root { --ink: light-dark(#1b1a17, #eee); }",
    )
    assert style == ".a { fill: #1b1a17; } .b { fill: #fff; }"
    canvas = bars([Panel("EUR, Euro", [Bar("Denmark", Decimal(5), "EUR 5")])])
    words = "A long title that has to be broken into several lines because it is long " * 2
    text = standalone(canvas, "key", words, "A description", ["Day: 22 November 2026"], ["Left out: nothing."], style)
    root = ElementTree.fromstring(text)
    assert root.find(f"{NS}style").text == style
    shown = " ".join(one.text for one in root.iter(f"{NS}text"))
    assert re.sub(r"\s+", " ", words).strip() in shown
    assert "Day: 22 November 2026" in shown
    assert "Left out: nothing." in shown
    assert "Denmark" in shown
