"""The ladder: what a pledge's steps say, which of them step back, and what is not stated."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from aid.choices import Basis, Instrument, Stage
from aid.models import Pledge
from aid.queries.ladder import is_step_back, ladder_in_list, ladder_of, steps_shown
from aid.queries.public import Public
from aid.queries.readings import with_basis
from tests.builders import make_claim, make_pledge, make_stage

A, C, L, P, D, X = Stage


@pytest.mark.parametrize(
    ("before", "after", "is_back"),
    [
        (None, X, False), (None, A, False), (A, A, False), (X, X, False), (A, L, False), (C, D, False),
        (L, A, True), (D, P, True), (P, L, True), (A, X, True), (D, X, True), (X, A, True), (X, D, True),
    ],
)  # fmt: skip
def test_a_step_back_takes_something_back(before, after, is_back):
    assert is_step_back(before, after) is is_back


def line(pledge, **given):
    return ladder_of(pledge, list(pledge.stages.all()), **given).line


@pytest.mark.django_db
def test_the_ladder_reads_at_a_glance():
    pledge = make_pledge(stages=[A, L], instrument=Instrument.IN_KIND, announced_on="2024-01-25")
    pledge.stages.filter(position=1).update(on="2024-01-24", on_unknown="")
    assert line(pledge) == "Announced 24 January 2024, allocated (date not stated), delivery not stated"
    pledge.stages.filter(position=1).update(on="", on_unknown="not_stated")
    assert line(pledge) == "Announced 25 January 2024, allocated (date not stated), delivery not stated"


@pytest.mark.django_db
def test_the_day_of_the_announcement_begins_a_ladder_that_has_no_such_step():
    pledge = make_pledge(stages=[L], announced_on="2024?-01-24")
    assert line(pledge, announced_basis=Basis.INFERRED) == (
        "Announced 24 January 2024 (year inferred), allocated (date not stated), "
        "disbursement and delivery not stated"
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("instrument", "stage", "ahead", "passed"),
    [
        (Instrument.GRANT, L, (P,), (C,)),
        (Instrument.GRANT, P, (), (C, L)),
        (Instrument.SERVICE, C, (D,), ()),
        ("", L, (P, D), (C,)),
        ("", P, (D,), (C, L)),
        ("", D, (), (C, L)),
        ("", X, (), ()),
    ],
)
def test_what_is_not_reached_is_not_stated(instrument, stage, ahead, passed):
    ladder = ladder_of(*_with_steps(make_pledge(stages=[A, stage], instrument=instrument)))
    assert (ladder.ahead, ladder.passed) == (ahead, passed)


def _with_steps(pledge):
    return pledge, list(pledge.stages.all())


@pytest.mark.django_db
def test_a_step_back_is_said_with_its_reason_and_what_was_reached_is_not_asked_again():
    pledge = make_pledge(stages=[D, L], announced_on="", instrument=Instrument.IN_KIND)
    pledge.stages.filter(position=2).update(back_why="The delivery was reported too early.")
    ladder = ladder_of(*_with_steps(pledge))
    assert [(rung.stage, rung.is_back, rung.why) for rung in ladder.rungs] == [
        (D, False, ""),
        (L, True, "The delivery was reported too early."),
    ]
    assert ladder.line == "Delivered (date not stated), back to allocated (date not stated)"


@pytest.mark.django_db
def test_a_step_about_another_amount_says_which():
    pledge = make_pledge(stages=[A], announced_on="")
    make_stage(pledge=pledge, position=2, stage=L, on="2024-03", amount=Decimal(40), currency="EUR")
    assert ladder_of(*_with_steps(pledge)).rungs[1].amount.text == "EUR 40"
    assert "allocated March 2024 (EUR 40)" in line(pledge)


@pytest.mark.django_db
def test_a_list_brings_all_ladders_in_one_query_more(django_assert_num_queries):
    for number in (1, 2, 3):
        pledge = make_pledge(stages=[A, L], announced_on="")
        step = pledge.stages.get(position=1)
        step.on, step.on_unknown = "2024?-01-24", ""
        step.save()
        make_claim(step, "on", basis=Basis.INFERRED)
        with django_assert_num_queries(3):
            public = Public().kept()
            rows = with_basis(Pledge.objects.for_list(), "announced_on", public=public)
            lines = [ladder_in_list(row).line for row in rows.prefetch_related(steps_shown(public))]
        assert lines == number * [
            "Announced 24 January 2024 (year inferred), allocated (date not stated), "
            "disbursement and delivery not stated"
        ]
    assert ladder_in_list(Pledge.objects.first()) is None


@pytest.mark.django_db
def test_the_database_lets_no_first_step_be_a_step_back():
    with pytest.raises(IntegrityError), transaction.atomic():
        make_stage(pledge=make_pledge(stages=[A]), position=0, back_why="No.")
    step = make_pledge().stages.get()
    step.back_why = "It was too much."
    with pytest.raises(IntegrityError), transaction.atomic():
        step.save()
