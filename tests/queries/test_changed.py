"""When something that an article shows of its records last changed: by their history, and not by any save."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from aid.models import Membership
from aid.queries.changed import figures_changed_at
from aid.queries.figures import figures_in
from tests import builders as make

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIVE_AT = NOON + HOUR


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as machine:
        yield machine


@pytest.fixture
def pledge(clock):
    denmark = make.make_party(slug="dk", name="Denmark")
    return make.make_pledge(slug="cyber", amount=Decimal("91000000"), donor=denmark)


def changed(body):
    return figures_changed_at(figures_in(body), LIVE_AT)


def later(clock, record, **values):
    """Saves a record two hours after noon: an hour after the article went live."""
    clock.move_to(NOON + 2 * HOUR)
    for name, value in values.items():
        setattr(record, name, value)
    record.save()


@pytest.mark.parametrize(("body", "values", "is_changed"), [
    ("[[pledge:cyber:amount]]", {}, False),
    ("[[pledge:cyber:amount]]", {"amount": Decimal("92000000")}, True),
    ("[[pledge:cyber:amount]]", {"currency": "SEK"}, True),
    ("[[pledge:cyber:amount]]", {"is_approximate": True}, True),
    ("[[pledge:cyber:amount]]", {"amount": None, "currency": "", "amount_unknown": "undisclosed"}, True),
    ("[[pledge:cyber:amount]]", {"purposes": "Servers", "purposes_unknown": ""}, False),
    ("[[pledge:cyber:purposes]]", {"purposes": "Servers", "purposes_unknown": ""}, True),
    ("[[pledge:cyber:purposes]]", {"purposes_unknown": "undisclosed"}, True),
    ("[[pledge:cyber:announced_on]]", {"announced_on": "2024-01-25"}, True),
    ("[[pledge:cyber:announced_on]]", {"review_by": "2027-01-01"}, False),
    # The box beside the text shows the name and the amount of each pledge that is named.
    ("[[pledge:cyber|it]]", {"amount": Decimal("92000000")}, True),
    ("[[pledge:cyber:stage]]", {"title": "Newer"}, True),
    ("[[pledge:no-such:amount]]", {"amount": Decimal("92000000")}, False),
    ("`[[pledge:cyber:amount]]`", {"amount": Decimal("92000000")}, False),
])  # fmt: skip
def test_only_what_is_shown_counts(body, values, is_changed, pledge, clock):
    later(clock, pledge, **values)

    assert changed(body) == (NOON + 2 * HOUR if is_changed else None)


def test_the_last_change_counts_and_no_save_after_it(pledge, clock):
    later(clock, pledge, amount=Decimal("92000000"))
    clock.move_to(NOON + 3 * HOUR)
    pledge.save()

    assert changed("[[pledge:cyber:amount]]") == NOON + 2 * HOUR


def test_what_changed_before_the_text_went_live_is_no_news(pledge, clock):
    clock.move_to(NOON + HOUR / 2)
    pledge.amount = Decimal("92000000")
    pledge.save()

    assert changed("[[pledge:cyber:amount]]") is None


@pytest.mark.parametrize(("body", "is_changed"), [
    ("[[party:dk]]", True), ("[[party:dk:name]]", True), ("[[party:dk|the Danes]]", False),
    ("[[party:dk:kind]]", False),
    ("[[pledge:cyber:donor]]", True), ("[[pledge:cyber:recipient]]", False), ("[[agreement:mou:signatories]]", True),
    ("[[pledge:other:beneficiaries]]", True),
])  # fmt: skip
def test_the_name_of_another_record_counts_where_it_is_shown(body, is_changed, pledge, clock):
    make.make_agreement(slug="mou", signatories=[pledge.donor])
    make.make_pledge(slug="other", beneficiaries=[pledge.donor])

    later(clock, pledge.donor, name="Danmark")

    assert changed(body) == (NOON + 2 * HOUR if is_changed else None)


def test_members_that_come_and_go_count(clock):
    coalition = make.make_coalition(slug="it", members=[make.make_party(), make.make_party()])
    assert changed("[[coalition:it:members]]") is None
    membership = Membership.objects.first()
    later(clock, membership, role="lead")
    coalition.save()
    assert changed("[[coalition:it:members]]") is None

    clock.move_to(NOON + 3 * HOUR)
    membership.delete()
    coalition.save()
    assert changed("[[coalition:it:members]]") == timezone.now()

    clock.move_to(NOON + 4 * HOUR)
    make.make_membership(coalition=coalition)
    assert changed("[[coalition:it|they]]") == timezone.now()


def test_an_equivalent_counts_in_its_own_currency_alone(pledge, clock):
    valuation = make.make_valuation(pledge=pledge, currency="USD")
    make.make_valuation(pledge=pledge, currency="EUR")

    later(clock, valuation, amount=Decimal("14000000"))
    pledge.save()

    assert changed("[[pledge:cyber:valuation-USD]]") == NOON + 2 * HOUR
    assert changed("[[pledge:cyber:valuation-EUR]]") is None


def test_links_to_several_records_count(pledge, clock):
    pledge.beneficiaries.add(make.make_party())
    clock.move_to(NOON + 2 * HOUR)
    pledge.save()
    assert changed("[[pledge:cyber:beneficiaries]]") is None

    clock.move_to(NOON + 3 * HOUR)
    pledge.beneficiaries.add(make.make_party())

    assert changed("[[pledge:cyber:beneficiaries]]") == NOON + 3 * HOUR
    assert changed("[[pledge:cyber:sectors]]") is None


def test_a_record_without_an_earlier_entry_may_have_changed(pledge, clock):
    pledge.history.all().delete()

    later(clock, pledge)

    assert changed("[[pledge:cyber:amount]]") == NOON + 2 * HOUR


@pytest.mark.parametrize("number", (1, 3))
def test_the_queries_do_not_grow_and_there_are_none_without_a_save(number, clock, django_assert_num_queries):
    body = ""
    pledges = [make.make_pledge(slug=f"p-{n}", beneficiaries=[make.make_party()]) for n in range(number)]
    for pledge in pledges:
        make.make_valuation(pledge=pledge)
        body += f"[[pledge:{pledge.slug}:beneficiaries]] [[pledge:{pledge.slug}:valuation-USD]]"
    figures = figures_in(body)
    with django_assert_num_queries(0):
        assert figures_changed_at(figures, LIVE_AT) is None
    clock.move_to(NOON + 2 * HOUR)
    for pledge in pledges:
        for _ in range(number):
            pledge.save()
    figures = figures_in(body)
    with django_assert_num_queries(4):
        assert figures_changed_at(figures, LIVE_AT) is None
