"""What lies in an envelope and what is left of it."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.utils import timezone

from aid.choices import Stage
from aid.models import Pledge
from aid.money import Money
from aid.queries.counting import Counting
from aid.queries.envelopes import envelope_now, envelope_of
from aid.queries.public import Public
from tests.builders import make_pledge, make_stage

pytestmark = pytest.mark.django_db
LATER = timezone.now() + timedelta(days=9)


def kroner(amount):
    return Money(Decimal(amount), "DKK")


def envelope(amount=1000, **given):
    return make_pledge(amount=None if amount is None else Decimal(amount), **{"stage": Stage.ANNOUNCED} | given)


def part(whole, amount=100, **given):
    return envelope(amount, part_of=whole, **given)


def of(whole, public=None):
    return envelope_of(whole, Counting(public or Public()))


def test_what_nothing_lies_in_is_no_envelope():
    assert of(envelope()) is None


def test_parts_at_the_same_stage_or_further_on_are_set_against_it():
    whole = envelope(1000)
    part(whole, 100)
    part(whole, 200, stage=Stage.DELIVERED)
    found = of(whole)
    assert (found.left, found.set_against, found.is_most, found.excess) == (kroner(700), 2, False, None)


@pytest.mark.parametrize(
    ("given", "why", "is_most"),
    [
        ({"amount": None}, "whose amount is not known", True),
        ({"currency": "EUR"}, "in another currency", True),
        ({"stage": Stage.ANNOUNCED}, "that has not come as far as the envelope", False),
        ({"stage": Stage.CANCELLED}, "that was cancelled", False),
    ],
)
def test_what_cannot_be_set_against_it_is_told(given, why, is_most):
    whole = envelope(1000, stage=Stage.ALLOCATED)
    part(whole, 100, stage=Stage.ALLOCATED)
    part(whole, **{"stage": Stage.ALLOCATED} | given)
    found = of(whole)
    assert (found.left, found.reasons, found.is_most) == (kroner(900), [(1, why)], is_most)


def test_a_part_that_is_superseded_counts_through_what_took_its_place():
    whole = envelope(1000)
    part(whole, 150, supersedes=part(whole, 100))
    found = of(whole)
    assert (found.left, found.reasons) == (kroner(850), [(1, "that is superseded")])


def test_parts_that_exceed_it_are_said_and_nothing_is_below_zero():
    whole = envelope(100)
    part(whole, 70)
    part(whole, 50)
    found = of(whole)
    assert (found.left, found.excess, found.parts_money) == (kroner(0), kroner(20), kroner(120))


def test_without_an_amount_its_parts_are_told():
    whole = envelope(None)
    part(whole, 70)
    part(whole, 5, currency="EUR")
    part(whole, None)
    found = of(whole)
    assert (found.left, found.sums, found.is_most) == (None, {"DKK": 70, "EUR": 5}, True)


def test_amounts_are_those_of_the_stages_reached():
    whole = envelope(1000)
    make_stage(pledge=part(whole, 300), position=2, stage=Stage.ANNOUNCED, amount=Decimal(40), currency="DKK")
    make_stage(pledge=whole, position=2, stage=Stage.ANNOUNCED, amount=Decimal(900), currency="DKK")
    assert of(whole).left == kroner(860)


def test_what_takes_its_place_has_its_parts():
    old = envelope(1000)
    inside = part(old, 100)
    middle = envelope(1100, supersedes=old)
    new = envelope(1200, supersedes=middle)
    assert of(new).left == kroner(1100)
    assert envelope_now(inside, Counting(Public())) == new
    assert envelope_now(part(new), Counting(Public())) is None


def test_no_part_tells_of_an_embargo_or_stands_withdrawn():
    whole = envelope(1000)
    part(whole, 100)
    part(whole, 200, embargo_until=LATER)
    part(whole, 300, withdrawn_at=timezone.now(), withdrawn_why="It was wrong.")
    assert of(whole).left == kroner(900)
    assert of(whole, Public(LATER)).left == kroner(700)


def test_circles_come_to_an_end():
    one = envelope(100)
    other = part(one, 50)
    Pledge.objects.filter(pk=one.pk).update(part_of=other, supersedes=other)
    one.refresh_from_db()
    assert of(one) is None
    assert envelope_now(one, Counting(Public())) is None


def words(response):
    text = re.sub(r'<span aria-hidden="true">[^<]*</span>', "", response.content.decode())
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text)))


def test_the_page_says_what_is_left_and_a_part_shows_its_envelope(reader):
    whole = envelope(1000, title="The whole fund")
    inside = part(whole, 100)
    part(whole, None)
    text = words(reader.get(whole.get_absolute_url()))
    assert "Left of it: at most 900 Danish kroner" in text
    assert "1 part whose amount is not known" in text
    assert "Part of The whole fund" in words(reader.get(inside.get_absolute_url()))
    part(whole, 950)
    assert "at least 50 Danish kroner more than the envelope" in words(reader.get(whole.get_absolute_url()))


def test_a_part_names_a_withdrawn_envelope_and_tells_nothing_of_it(reader):
    whole = envelope(7654321, title="A fund", withdrawn_at=timezone.now(), withdrawn_why="It was wrong.")
    text = words(reader.get(part(whole).get_absolute_url()))
    assert "Part of A fund, which was withdrawn" in text
    assert "7,654,321" not in text


def test_an_envelope_costs_as_many_queries_with_three_parts_as_with_one(reader, django_assert_num_queries):
    whole = envelope(1000)
    for _ in range(3):
        part(whole)
        with django_assert_num_queries(19):
            reader.get(whole.get_absolute_url())
