"""The test of which currency and year a text can mean, and the stated equivalents above a pledge's form."""

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from aid.models import Claim, Pledge
from tests import builders

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/aid/pledge/fitting/"
SENTENCE = "Denmark has allocated 91 million kroner (about 13.26 million dollars) for cybersecurity."


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", unescape(response.text)).split())


def asked(client, **given):
    return client.post(ADDRESS, given)


@pytest.fixture
def pledge():
    """A pledge whose amount and equivalent rest on one sentence, with an inferred day."""
    source = builders.make_source(SENTENCE, slug="text")
    passage = builders.make_passage(source)
    pledge = builders.make_pledge(announced_on="2024?")
    valuation = builders.make_valuation(pledge=pledge, rate_on=date(2024, 1, 24), is_approximate=True)
    builders.make_claim(pledge, "amount", [passage], wording="91 million kroner")
    builders.make_claim(valuation, "amount", [passage], wording="13.26 million dollars")
    builders.make_claim(valuation, "rate_on", [passage], basis="inferred")
    return pledge


def test_page_is_filled_with_the_sentence_and_the_day_of_the_record(editor, pledge):
    response = editor.get(f"{ADDRESS}?pledge={pledge.pk}")
    assert response.context["form"].data == {"text": SENTENCE, "day": "XXXX-01-24"}
    found = response.context["found"]
    assert {row.currency: row.fits for row in found.by_currency} == {
        "CZK": False, "DKK": True, "ISK": False, "NOK": False, "SEK": False,
    }  # fmt: skip
    assert found.years_that_fit == [2023, 2024]
    told = words(response)
    for part in ("USD 13,308,054.39", "24 January 2024", "−0.36 %", "The rates alone leave 2023, 2024 open."):
        assert part in told


def test_taking_up_fills_a_row_of_claims_and_saves_nothing(editor, pledge):
    before = Claim.objects.count()
    page = editor.get(f"{ADDRESS}?pledge={pledge.pk}")
    (currency,) = [address for _, address in page.context["currencies"] if address]
    ((code, years),) = page.context["tables"]
    year = {row.year: address for row, address in years}
    assert (code, sorted(name for name in year if year[name])) == ("DKK", [2023, 2024])
    assert Claim.objects.count() == before

    form = editor.get(currency)
    row = form.context["inline_admin_formsets"][-1].formset.extra_forms[0]
    assert {name: row.initial[name] for name in ("about", "value", "basis", "rank", "wording", "quote")} == {
        "about": "currency", "value": "DKK", "basis": "inferred", "rank": "preferred", "wording": "kroner",
        "quote": SENTENCE,
    }  # fmt: skip
    assert row.initial["reasoning"].startswith("The text gives 91 million “kroner”")
    assert "91,000,000 DKK were 13,308,054 USD on 24 January 2024" in form.text
    assert parse_qs(urlsplit(year[2024]).query)["claim_value"] == ["2024?-01-24"]
    assert Claim.objects.count() == before


def test_second_claim_about_a_field_is_offered_as_an_alternative(editor, pledge):
    builders.make_claim(pledge, "currency", list(pledge.claims.first().passages.all()))
    (address,) = [
        address for _, address in editor.get(f"{ADDRESS}?pledge={pledge.pk}").context["currencies"] if address
    ]
    assert parse_qs(urlsplit(address).query)["claim_rank"] == ["alternative"]


def test_address_that_takes_up_stays_one_that_servers_take(editor, pledge):
    page = asked(editor, pledge=pledge.pk, text=SENTENCE + " “" * 2000, day="XXXX-01-24")
    addresses = [address for _, address in page.context["currencies"] if address]
    assert addresses
    assert all(len(address) < 4000 for address in addresses)


def test_writer_sees_what_fits_and_takes_nothing_up(writer, pledge):
    response = writer.get(f"{ADDRESS}?pledge={pledge.pk}")
    assert "does not fit" in words(response)
    assert "Take up" not in words(response)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"text": ""}, "Paste a sentence with an amount"),
        ({"text": "no numbers"}, "No amount with a currency can be read there."),
        ({"text": "x" * 5_001}, "That is longer than 5,000 characters."),
        ({"text": "-5 kroner (1 dollar)"}, "has no equivalent in another currency"),
        ({"text": "<script>alert(1)</script> 5 kroner"}, "“5 kroner” has no equivalent"),
        ({"text": "\0 91 million"}, "Null characters are not allowed."),
        ({"text": SENTENCE, "day": "XXXX-02-31"}, "“31 February” is in no year’s calendar."),
        ({"text": SENTENCE, "day": "tomorrow"}, "“tomorrow” is in no year’s calendar."),
        ({"text": SENTENCE, "first": "2024", "last": "2022"}, "The first year, 2024, lies after the last, 2022."),
        ({"text": SENTENCE, "first": "abc"}, "Enter a whole number."),
        ({"text": SENTENCE, "first": "-5"}, "greater than or equal to 1"),
        ({"text": "SEK 6 billion (US$60 million)"}, "Nothing fits with USD"),
        ({"text": SENTENCE, "day": "2025-01-23"}, "Nothing fits with USD"),
        ({"text": SENTENCE, "pledge": "9" * 40}, "Open this page from a pledge’s form"),
        ({"text": SENTENCE, "pledge": "x"}, "Open this page from a pledge’s form"),
    ],
)
def test_nonsense_is_answered_with_a_sentence(editor, given, said):
    response = asked(editor, **given)
    assert response.status_code == 200
    assert said in words(response)
    assert "<script>alert" not in response.text


def test_page_only_reads(editor, pledge):
    before = Claim.objects.count(), Pledge.objects.values().get()
    assert asked(editor, text=SENTENCE, pledge=pledge.pk).status_code == 200
    assert (Claim.objects.count(), Pledge.objects.values().get()) == before
    assert editor.put(ADDRESS).status_code == 405


# Above the form


@pytest.fixture
def rates():
    source = builders.make_source(slug="ecb-reference-rates", text="")
    for day, dkk, usd in (("2024-01-24", "7.4568", "1.0905"), ("2024-01-26", "7.4543", "1.0871")):
        builders.make_rate(day, "DKK", dkk, source)
        builders.make_rate(day, "USD", usd, source)
    return source


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2024-01-24", "within tolerance . DKK 91,000,000 came to USD 13,308,054.39"),
        ("2024-01-27", "There is none of 27 January 2024: it was a Saturday"),
        ("2024-01-29", "The rates of 29 January 2024 are not kept here yet. Load them"),
        ("2999-01-24", "The history in the package ends on"),
        (None, "not checked, because the day of its rate is not known"),
    ],
)
def test_form_says_how_each_equivalent_holds(editor, rates, day, said):
    pledge = builders.make_pledge()
    builders.make_valuation(pledge=pledge, rate_on=day and date.fromisoformat(day))
    response = editor.get(f"/admin/aid/pledge/{pledge.pk}/change/")
    assert said in words(response)
    assert f'href="{ADDRESS}?pledge={pledge.pk}"' in response.text


@pytest.mark.parametrize("number", (1, 3))
def test_equivalents_of_a_form_cost_the_same_queries_however_many(rates, django_assert_num_queries, number):
    from aid.admin.fitting import offers

    pledge = builders.make_pledge()
    for currency in ("USD", "GBP", "CHF")[:number]:
        builders.make_valuation(pledge=pledge, currency=currency, rate_on=date(2024, 1, 27))
    pledge = Pledge.objects.get()
    with django_assert_num_queries(3):
        assert len(offers(pledge)) == number


def test_new_pledge_leads_to_the_test_too(editor):
    assert f'href="{ADDRESS}"' in editor.get("/admin/aid/pledge/add/").text
