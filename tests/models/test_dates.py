import datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from aid.dates import Bounds, agree, bounds, parse, spoken
from aid.models import Event
from tests.builders import make_event

day = datetime.date


@pytest.mark.parametrize(
    ("value", "earliest", "latest"),
    [
        ("2024-01-24", day(2024, 1, 24), day(2024, 1, 24)),
        ("2024?-01-24", day(2024, 1, 24), day(2024, 1, 24)),
        ("2024-01", day(2024, 1, 1), day(2024, 1, 31)),
        ("2024-02~", day(2024, 2, 1), day(2024, 2, 29)),
        ("2024", day(2024, 1, 1), day(2024, 12, 31)),
        ("202X", day(2020, 1, 1), day(2029, 12, 31)),
        ("2024/2026", day(2024, 1, 1), day(2026, 12, 31)),
        ("2024/..", day(2024, 1, 1), None),
        ("../2024", None, day(2024, 12, 31)),
        ("XXXX-01-24", None, None),
    ],
)
def test_bounds_are_the_first_and_last_day_it_can_mean(value, earliest, latest):
    assert parse(value) == Bounds(earliest, latest)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "9999-99-99",
        "2024-13",
        "2024-02-30",
        "24 January",
        "2024\x00",
        "0000",
        "-0044",
        "Y17E7",
        "Y1E99999999",
        "../Y1E99999999",
        "XXXX",
        "XXXX-02-30",
        "XXXX-XX-XX",
        "2024/2023",
        "../..",
        "2024/2025/2026",
        "x" * 100,
        "²024",
    ],
)
def test_nonsense_is_refused_with_a_sentence(value):
    with pytest.raises(ValidationError) as refused:
        parse(value)
    assert refused.value.code == "edtf"


@given(st.text(max_size=80))
def test_no_text_is_more_than_refused(value):
    try:
        found = parse(value)
    except ValidationError as refused:
        assert refused.code == "edtf"
    else:
        assert None in found or found.earliest <= found.latest


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2024-01-24", "24 January 2024"),
        ("2024?-01-24", "24 January 2024 (year uncertain)"),
        ("2024-01-24?", "24 January 2024 (uncertain)"),
        ("XXXX-01-24", "24 January (year not stated)"),
        ("2024-01~", "January 2024 (approximate)"),
        ("2024?", "2024 (year uncertain)"),
        ("202X", "the 2020s"),
        ("2024-21", "spring 2024"),
        ("2024/2026", "2024 to 2026"),
        ("2024/..", "from 2024"),
        ("", ""),
    ],
)
def test_spoken_says_it_as_a_reader_would(value, said):
    assert spoken(value) == said


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("XXXX-01-24", "2024?-01-24", True),
        ("XXXX-01-23", "2024?-01-24", False),
        ("2024-01", "2024-01-24", True),
        ("2024-02", "2024-01-24", False),
        ("2024", "2024?-01-24", True),
    ],
)
def test_dates_agree_when_they_can_mean_one_day(one, other, expected):
    assert agree(one, other) is expected
    assert agree(other, one) is expected


@pytest.mark.django_db
def test_bounds_follow_the_text_on_assignment_and_in_the_database():
    event = make_event(starts_on="2024-01-24")
    event.starts_on = "2024"
    event.save()
    stored = Event.objects.values_list("starts_on_earliest", "starts_on_latest").get()
    assert stored == (day(2024, 1, 1), day(2024, 12, 31))
    event.starts_on = ""
    assert (event.starts_on_earliest, event.starts_on_latest) == (None, None)


def test_bounds_of_a_wrong_text_are_none():
    assert bounds("9999-99-99") == Bounds(None, None)
