from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aid.models import ExchangeRate
from tests.builders import make_pledge, make_source, make_valuation

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command("load_rates", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def origin():
    return make_source(slug="ecb-reference-rates", text="")


def test_load_rates_copies_the_rates_that_valuations_need(origin):
    make_valuation(pledge=make_pledge(), rate_on="2024-01-24")
    assert run() == "2024-01-24: 2 added, 0 there already\n"
    rates = ExchangeRate.objects.order_by("currency").values_list("currency", "per_euro", "source__slug")
    assert list(rates) == [
        ("DKK", Decimal("7.4568"), "ecb-reference-rates"),
        ("USD", Decimal("1.0905"), "ecb-reference-rates"),
    ]


def test_load_rates_changes_no_rate_that_is_there(origin):
    run("2024-01-24", "--currencies", "DKK")
    ExchangeRate.objects.update(per_euro=Decimal("7"))
    assert run("2024-01-24", "--currencies", "DKK", "usd") == "2024-01-24: 1 added, 1 there already\n"
    assert ExchangeRate.objects.get(currency="DKK").per_euro == Decimal("7")


@pytest.mark.parametrize(
    ("day", "currency", "said"),
    [
        ("2024-01-27", "DKK", "no rate for DKK (Saturdays have none)"),
        ("2024-01-24", "UAH", "no rate for UAH (the ECB published none that day, or does not quote the currency)"),
        ("2999-01-24", "DKK", "no rate for DKK (the history ends on "),
    ],
)
def test_load_rates_says_which_rate_there_is_none_of(origin, day, currency, said):
    assert f"{day}: 0 added, 0 there already; {said}" in run(day, "--currencies", currency)
    assert not ExchangeRate.objects.exists()


def test_load_rates_without_anything_to_check_says_so():
    assert run() == "No pledge has an equivalent to check yet, so there are no rates to load.\n"


@pytest.mark.parametrize("args", [("24.1.2024",), ("2024-01-24", "--currencies", "KR")])
def test_load_rates_refuses_nonsense_with_a_sentence(origin, args):
    with pytest.raises(CommandError) as refused:
        run(*args)
    assert "no day" in str(refused.value) or "no currency" in str(refused.value)


def test_load_rates_needs_their_source():
    with pytest.raises(CommandError, match="ecb-reference-rates"):
        run("2024-01-24", "--currencies", "DKK")
