"""Loading reference rates on the desk."""

from html import unescape

import pytest

from aid.intake.reference_rates import last_day
from aid.models import AuditEntry, ExchangeRate
from tests import builders
from tests.admin.test_fitting import words

pytestmark = pytest.mark.django_db

ADDRESS = "/admin/aid/exchangerate/load/"


@pytest.fixture
def origin():
    return builders.make_source(slug="ecb-reference-rates", text="")


def days():
    return {str(day) for day in ExchangeRate.objects.values_list("day", flat=True)}


def test_page_offers_the_days_that_are_needed_and_lacking(editor, origin):
    builders.make_pledge(announced_on="2024-01-24")
    builders.make_rate("2024-01-23", "DKK", "7.4574", origin)
    builders.make_valuation(pledge=builders.make_pledge(announced_on="2024"), rate_on="2024-01-23")
    builders.make_pledge(announced_on="2024-01-28")
    builders.make_pledge(announced_on="1990-01-24")
    builders.make_pledge(announced_on="2999-01-24")
    response = editor.get(ADDRESS)
    assert [(str(row["day"]), row["has"], row["kept"]) for row in response.context["rows"]] == [
        ("2024-01-23", 29, 1),
        ("2024-01-24", 29, 0),
        ("2024-01-26", 29, 0),
    ]
    assert f"ends on {last_day().day} {last_day():%B %Y}" in words(response)
    assert days() == {"2024-01-23"}


def test_button_loads_them_and_the_log_tells(editor, origin):
    builders.make_pledge(announced_on="2024-01-24")
    response = editor.post(ADDRESS, {"day": ""}, follow=True)
    assert ExchangeRate.objects.filter(day="2024-01-24").count() == 29
    assert "29 rates of 1 day loaded, 2024-01-24." in words(response)
    assert "Reference rates of 2024-01-24" in AuditEntry.objects.latest("pk").message
    assert "No rate that something recorded needs is missing." in words(response)


def test_saturday_brings_friday_and_leads_back_to_the_pledge(editor, origin):
    pledge = builders.make_pledge()
    response = editor.post(ADDRESS, {"day": "2024-01-27", "pledge": pledge.pk})
    assert response["Location"] == f"/admin/aid/pledge/{pledge.pk}/change/"
    assert days() == {"2024-01-26"}
    assert "none: it was a Saturday" in words(editor.get(f"{ADDRESS}?day=2024-01-27"))


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2024-02-31", "“2024-02-31” is no day. Write it as 2024-01-24."),
        ("x" * 50, "is no day"),
        ("24.1.2024<script>alert(1)", "“24.1.2024<script>ale” is no day"),
        ("2024-01-24 " * 100, "At most 60 days at a time."),
    ],
)
def test_nonsense_is_answered_with_a_sentence(editor, origin, day, said):
    for response in (editor.get(ADDRESS, {"day": day}), editor.post(ADDRESS, {"day": day})):
        assert response.status_code == 200
        assert said in unescape(response.text)
        assert "<script>alert" not in response.text
    assert days() == set()


def test_days_without_rates_load_nothing_and_say_so(editor, origin):
    response = editor.post(ADDRESS, {"day": "0001-01-02 2999-01-24"}, follow=True)
    assert "Nothing was loaded" in words(response)
    assert "the history ends on" in words(editor.get(f"{ADDRESS}?day=2999-01-24"))


def test_rates_without_their_source_are_not_loaded(editor):
    assert "There is no source with the address ecb-reference-rates" in words(
        editor.post(ADDRESS, {"day": "2024-01-24"}, follow=True)
    )
    assert days() == set()


def test_writer_loads_nothing(writer, origin):
    assert writer.post(ADDRESS, {"day": "2024-01-24"}).status_code == 403
    assert days() == set()


def test_list_leads_to_loading(editor):
    assert f'href="{ADDRESS}"' in editor.get("/admin/aid/exchangerate/").text
