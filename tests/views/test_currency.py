import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aid.models import FormerAddress
from tests import builders

pytestmark = pytest.mark.django_db

CONVERTED = re.compile(r'<span class="converted computation">(.*?converted__how">.*?)</span></span>', re.S)
LINKS = re.compile(r'<a [^>]*?href="([^"]*)"')
# Files that are the same in each currency: feeds, share cards, and pictures of what was said and never converted.
FILE = re.compile(r"/[^/?]+\.(?!json)\w+(\?|$)")


def inner_links(response):
    return [link for link in LINKS.findall(response.text) if link.startswith("/") and not FILE.search(link)]


@pytest.fixture
def ecb():
    source = builders.make_source(slug="ecb-reference-rates", title="Reference rates", text="")
    for day in ("2024-01-24", "2024-01-26"):
        builders.make_rate(day, "DKK", "7.4568", source)
        builders.make_rate(day, "USD", "1.0905", source)
    return source


def words(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&nbsp;", " ").split())


def converted(response):
    return [words(found) for found in CONVERTED.findall(response.text)]


@pytest.fixture
def pledge(ecb):
    """A pledge that a party, a coalition, an agreement and an article all show."""
    pledge = builders.make_pledge(
        slug="cyber", coalition=builders.make_coalition(slug="it"), agreement=builders.make_agreement(slug="mou"),
        donor=builders.make_party(slug="denmark", name="Denmark"),
    )  # fmt: skip
    builders.support(pledge)
    builders.make_article("Cyber", "It is [[pledge:cyber:amount]].", slug="cyber")
    return pledge


PAGES = ["/", "/pledges/", "/pledges/cyber/", "/parties/denmark/", "/coalitions/it/", "/agreements/mou/",
         "/articles/cyber/"]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_each_page_with_amounts_follows_the_chosen_currency(reader, pledge, address):
    plain, chosen = reader.get(address), reader.get(f"{address}?currency=USD")
    assert converted(plain) == []
    found = converted(chosen)
    assert found
    for line in found:
        assert "of 24 January 2024" in line
        assert "DKK 1 = USD 0.1462" in line
        assert "13,308,054.39" in line or "about USD 13.31 million" in line
    assert '<a href="/sources/ecb-reference-rates/?currency=USD">ECB rate</a>' in chosen.text
    assert '<option value="USD" selected>' in chosen.text
    assert "DKK 91 million" in chosen.text


def test_original_amount_stands_before_the_converted_one(reader, pledge):
    text = words(reader.get("/pledges/?currency=USD").text)
    assert re.search(r"DKK 91 million.{0,60}converted: about USD 13\.31 million", text)


def test_record_page_gives_the_exact_figure_and_both_rates(reader, pledge):
    (line, *_) = converted(reader.get("/pledges/cyber/?currency=USD"))
    assert "USD 13,308,054.39" in line
    assert "(EUR 1 = DKK 7.4568, EUR 1 = USD 1.0905)" in line


def test_rates_are_written_out_and_the_euro_is_not_held_against_itself(reader, ecb):
    builders.make_rate("2024-01-24", "JPY", "160", ecb)
    pledge = builders.make_pledge(amount=5, currency="EUR", announced_on="2024-01-24")
    (line,) = converted(reader.get(f"{pledge.get_absolute_url()}?currency=JPY"))
    assert "JPY 800" in line
    assert "EUR 1 = JPY 160.0 (EUR 1 = JPY 160)" in line


@pytest.mark.parametrize("address", [*PAGES, "/sources/", "/about/", "/people/"])
def test_links_keep_the_currency_and_nothing_else_does(reader, pledge, address):
    response = reader.get(f"{address}?currency=usd")
    inner = inner_links(response)
    assert inner
    assert [link for link in inner if "currency=USD" not in link] == []
    assert not response.cookies
    canonical = re.search(r'<link rel="canonical" href="([^"]*)"', response.text)[1]
    assert canonical == f"http://testserver{address}"


def test_filters_pages_chips_and_forms_keep_the_currency(reader, ecb):
    donor = builders.make_party(slug="denmark", name="Denmark")
    for _ in range(26):
        builders.make_pledge(donor=donor)
    text = reader.get("/pledges/?donor=denmark&sort=oldest&currency=USD").text
    assert 'href="/pledges/?donor=denmark&amp;sort=oldest&amp;page=2&amp;currency=USD"' in text
    assert 'href="/pledges/?sort=oldest&amp;currency=USD"' in text
    assert '<input type="hidden" name="currency" value="USD">' in text
    assert '<input type="hidden" name="donor" value="denmark">' in text
    assert "is no filter of this list" not in text


def test_no_currency_changes_no_link(reader, pledge):
    assert "currency=" not in reader.get("/pledges/").text.replace('name="currency"', "")


def test_anchors_files_and_other_hosts_are_left_as_they_are(reader, pledge):
    builders.make_source(slug="elsewhere", url="https://example.org/a", url_unknown="")
    text = reader.get("/sources/elsewhere/?currency=USD").text
    assert 'href="https://example.org/a"' in text
    assert 'href="#main"' in text
    assert re.search(r'<link rel="stylesheet" href="/static/css/site.css">', text)
    assert 'href="/corrections/feed/"' in text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("kroner", "“kroner” is no currency"),
        ("UAH", "no reference rate for UAH"),
        ("%3Cscript%3E", "“&lt;script&gt;” is no currency"),
        ("%00" * 40, "is no currency"),
        ("x" * 100_000, "is no currency"),
    ],
)
@pytest.mark.parametrize("address", PAGES)
def test_wrong_currency_is_answered_with_a_sentence(reader, pledge, address, asked, said):
    response = reader.get(f"{address}?currency={asked}")
    assert response.status_code == 200
    assert said in response.text
    assert converted(response) == []
    assert "\0" not in response.text


def test_last_of_several_currencies_counts(reader, pledge):
    assert reader.get("/pledges/?currency=EUR&currency=USD").context["chosen"].currency == "USD"


def test_form_hands_on_no_nonsense(reader, pledge):
    query = "&".join(f"x{n}=1" for n in range(200)) + "&y=" + "z" * 500 + "&w=%00"
    kept = reader.get(f"/pledges/?{query}").context["chosen_kept"]
    assert kept == []
    assert reader.get("/pledges/?stage=allocated&x=1").context["chosen_kept"] == [("stage", "allocated")]


def test_saturday_names_the_day_whose_rate_is_used(reader, ecb):
    builders.make_pledge(announced_on="2024-01-27")
    (line,) = converted(reader.get("/pledges/?currency=USD"))
    assert "at the ECB rate of 26 January 2024" in line
    assert "the nearest earlier rate to 27 January 2024: it was a Saturday" in line


@pytest.mark.parametrize(
    ("announced", "why"),
    [
        ("", "not converted to USD: its date is not known"),
        ("2024", "not converted to USD: its date is no more exact than 2024"),
        ("2021-01-05", "not converted to USD: there is no rate of 5 January 2021: no rate of that day is kept here"),
    ],
)
def test_amount_that_cannot_be_converted_says_why(reader, ecb, announced, why):
    builders.make_pledge(announced_on=announced)
    assert why in words(reader.get("/pledges/?currency=USD").text)


def test_inferred_day_is_said_to_be_inferred(reader, ecb):
    pledge = builders.make_pledge(slug="one", announced_on="2024-01-24")
    builders.make_claim(pledge, "announced_on", basis="inferred")
    for address in ("/pledges/", "/pledges/one/"):
        assert "a day that is inferred" in converted(reader.get(f"{address}?currency=USD"))[0]


def test_amount_in_the_chosen_currency_and_unknown_ones_are_left_alone(reader, ecb):
    builders.make_pledge(amount=5, currency="USD")
    builders.make_pledge(amount=None)
    assert 'class="converted' not in reader.get("/pledges/?currency=USD").text


def test_former_address_leads_on_in_the_currency(reader, pledge):
    FormerAddress.objects.create(kind="pledge", slug="cyber-before", record=pledge.pk)
    response = reader.get("/pledges/cyber-before/?currency=USD")
    assert response["Location"] == "/pledges/cyber/?currency=USD"


def test_rate_of_a_hidden_source_is_not_used(reader, pledge, ecb):
    ecb.embargo_until = "2999-01-01T00:00Z"
    ecb.save()
    assert converted(reader.get("/pledges/?currency=USD")) == []


def test_preview_follows_the_currency(editor, pledge):
    assert converted(editor.get("/pledges/cyber/?preview&currency=USD"))


@pytest.mark.parametrize("address", PAGES)
def test_conversion_costs_the_same_queries_for_any_number_of_rows(reader, pledge, address):
    def queries():
        reader.get(f"{address}?currency=USD")
        with CaptureQueriesContext(connection) as found:
            reader.get(f"{address}?currency=USD")
        return len(found)

    def another(announced):
        row = builders.make_pledge(
            donor=pledge.donor, coalition=pledge.coalition, agreement=pledge.agreement, announced_on=announced
        )
        builders.make_valuation(pledge=row, rate_on=date(2024, 1, 24))
        return row

    # One that lacks an exact date, one of a Saturday: then each kind of look-up is needed once.
    another("2024"), another("2024-01-27")
    before = queries()
    another("2024"), another("2024-01-28")
    assert queries() == before


def test_currency_and_moment_of_the_past_are_kept_together(reader, pledge):
    response = reader.get(f"/pledges/cyber/?currency=USD&as_of={timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}")
    inner = inner_links(response)
    others = [link for link in inner if "currency=USD" not in link or "as_of=" not in link]
    assert others == ["/pledges/cyber/?currency=USD"]
    forms = re.findall(r'<form [^>]*method="get".*?</form>', response.text, re.S)
    assert [form.count('name="as_of"') for form in forms] == [1] * len(forms)
    assert [form.count('name="currency"') for form in forms] == [1] * len(forms)


# Stated equivalents held against the rates


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (
            "2024-01-24",
            [
                "Checked: within tolerance.",
                "USD 13,308,054.39",
                "−0.36 % off, which is within the tolerance of 2 %, since the source says “about”.",
            ],
        ),
        ("2025-01-23", ["Checked: off.", "USD 12,690,185.78", "+4.49 % off, which is outside the tolerance of 2 %"]),
        (
            "2024-01-27",
            [
                "Not checked: no rate that day.",
                "it was a Saturday",
                "The nearest earlier day with a rate is 26 January 2024",
                "the amount comes to USD 13,308,054.39",
                "would be within the tolerance of 2 %",
            ],
        ),
        (
            "2024-01-25",
            ["Not checked: no rate that day.", "the rates of that day have not been loaded here", "24 January 2024"],
        ),
        (
            "1998-01-06",
            ["the ECB’s rates begin on 4 January 1999", "No rate of the month before it is kept here either."],
        ),
        (None, ["cannot be held against a rate, because the day to take the rate of is not stated"]),
    ],
)
def test_page_of_a_pledge_says_how_its_equivalent_holds(reader, ecb, day, said):
    builders.make_rate("2025-01-23", "DKK", "7.4606", ecb)
    builders.make_rate("2025-01-23", "USD", "1.0404", ecb)
    pledge = builders.make_pledge(announced_on="2024-01-24")
    builders.make_valuation(pledge=pledge, rate_on=day and date.fromisoformat(day), is_approximate=True)
    text = re.search(r'<p class="conversion.*?</p>', reader.get(pledge.get_absolute_url()).text, re.S)[0]
    for part in said:
        assert part in words(text).replace(" .", ".").replace(" ,", ",")


def test_claim_gives_its_amount_in_the_currency_too(reader, pledge):
    claim = pledge.claims.get(field="amount")
    address = claim.get_absolute_url()
    assert "USD 13,308,054.39" in converted(reader.get(f"{address}?currency=USD"))[0]
    assert "converted" not in reader.get(f"{address.rstrip('/')}.json").json()
    found = reader.get(f"{address.rstrip('/')}.json?currency=USD").json()["converted"]
    assert found == {
        "amount": "13308054.39",
        "currency": "USD",
        "original": {"amount": "91000000.00", "currency": "DKK"},
        "day": "2024-01-24",
        "why_that_day": None,
        "rate_of": "2024-01-24",
        "why_an_earlier_rate": None,
        "units_per_euro": {"DKK": "7.4568", "USD": "1.0905"},
        "source": "http://testserver/sources/ecb-reference-rates/",
    }
    wrong = reader.get(f"{address.rstrip('/')}.json?currency=kroner").json()["converted"]
    assert "“kroner” is no currency" in wrong["why_not"]
    other = pledge.claims.get(field="donor").get_absolute_url()
    assert "converted" not in reader.get(f"{other.rstrip('/')}.json?currency=USD").json()


def test_budget_of_a_coalition_is_converted(reader, ecb):
    event = builders.make_event(starts_on="2024-01-24")
    builders.make_coalition(slug="it", amount=91_000_000, currency="DKK", formalized_at=event)
    assert "the day on which it was formalized" in converted(reader.get("/coalitions/it/?currency=USD"))[0]
