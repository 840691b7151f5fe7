import pytest

from aid.choices import Basis, Rank, Unknown
from aid.queries import provenance
from aid.queries.readings import Sheet, field_reading, in_words, plural, sheets, with_basis
from tests import builders


@pytest.mark.parametrize(
    ("count", "text"), ((0, "no parties"), (1, "1 party"), (2, "2 parties"), (1234, "1,234 parties"))
)
def test_plural(count, text):
    assert plural(count, "party", "parties") == text


def test_counts_in_words_up_to_nine():
    assert [in_words(count) for count in (0, 2, 9, 10, 1000)] == ["no", "two", "nine", "10", "1,000"]


@pytest.mark.django_db
def test_values_read_by_their_kind():
    donor = builders.make_party(name="Denmark", slug="denmark")
    pledge = builders.make_pledge(
        donor=donor,
        beneficiaries=[builders.make_party(name="One"), builders.make_party(name="Two")],
        purposes="first\nsecond",
        is_approximate=True,
    )
    assert field_reading(pledge, "donor").url == "/parties/denmark/"
    assert [item.text for item in field_reading(pledge, "beneficiaries").items] == ["One", "Two"]
    assert [item.text for item in field_reading(pledge, "purposes").items] == ["first", "second"]
    assert field_reading(pledge, "amount").exact == "about DKK 91,000,000"
    assert field_reading(pledge, "currency").text == "DKK, Danish Krone"
    assert field_reading(pledge, "aid_type").text == "Military"
    assert field_reading(pledge, "announced_on").moment == "2024-01-24"
    assert field_reading(pledge, "announced_on", Basis.INFERRED).moment == ""
    assert field_reading(pledge, "instrument") is None


@pytest.mark.django_db
def test_sheet_parts_the_known_from_the_unknown():
    pledge = builders.make_pledge(amount=None, instrument_unknown=Unknown.UNDISCLOSED)
    sheet = Sheet.for_record(pledge)
    unknown = {row.name: row.unknown for row in sheet.unknown}
    assert unknown["amount"] == "not stated"
    assert unknown["instrument"] == "undisclosed"
    assert unknown["part_of"] == "none recorded"
    assert "currency" not in unknown
    assert {row.name for row in sheet.known} == {"donor", "recipient", "aid_type", "announced_on"}


@pytest.mark.django_db
def test_stage_without_an_amount_says_nothing_of_one():
    pledge = builders.make_pledge()
    assert [row.name for row in Sheet.for_record(pledge).of(pledge.stages.get())] == ["stage", "on"]


@pytest.mark.django_db
def test_claims_lead_in_by_where_they_come_from():
    pledge = builders.make_pledge()
    first = builders.make_claim(pledge, "amount")
    builders.make_claim(pledge, "amount", source=first.source, value="92000000", rank=Rank.ALTERNATIVE)
    builders.make_claim(pledge, "amount", value="ninety", rank=Rank.ALTERNATIVE)
    computed = builders.make_claim(pledge, "donor", basis=Basis.COMPUTED)
    computed.source = None
    computed.save()
    sheet = Sheet.for_record(pledge)
    said = sheet.row(pledge, "amount").said
    assert [(one.lead, one.reading.text, one.disagrees) for one in said] == [
        ("The source says", "DKK 91 million", False),
        ("The same source also says", "DKK 92 million", True),
        ("Another source says", "ninety", True),
    ]
    assert sheet.row(pledge, "donor").said[0].lead == "Computed here"


@pytest.mark.django_db
def test_amount_of_a_claim_is_in_the_currency_that_its_source_gives():
    pledge = builders.make_pledge()
    first = builders.make_claim(pledge, "amount")
    builders.make_claim(pledge, "currency", source=first.source)
    other = builders.make_claim(pledge, "amount", value="13000000", rank=Rank.ALTERNATIVE)
    builders.make_claim(pledge, "currency", value="USD", rank=Rank.ALTERNATIVE, source=other.source)
    said = Sheet.for_record(pledge).row(pledge, "amount").said
    assert [one.reading.text for one in said] == ["DKK 91 million", "USD 13 million"]


@pytest.mark.django_db
def test_value_that_its_claim_contradicts_has_no_basis():
    pledge = builders.make_pledge()
    builders.make_claim(pledge, "amount", value="15000000")
    row = Sheet.for_record(pledge).row(pledge, "amount")
    assert (row.basis, row.badge) == (None, "the evidence says otherwise")
    assert row.status == "The recorded evidence says DKK 15,000,000; this is being checked."


@pytest.mark.django_db
def test_alternative_that_names_a_record_nobody_has_shows_its_address():
    pledge = builders.make_pledge()
    builders.make_claim(pledge, "donor")
    builders.make_claim(pledge, "donor", value="atlantis", rank=Rank.ALTERNATIVE)
    assert Sheet.for_record(pledge).row(pledge, "donor").said[1].reading.text == "atlantis"


@pytest.mark.django_db
def test_rows_of_several_records_on_one_page_have_places_of_their_own():
    one, two = builders.make_statement(), builders.make_statement()
    found = sheets([one, two])
    assert {row.anchor for row in found[one.pk].rows}.isdisjoint(row.anchor for row in found[two.pk].rows)
    claim = builders.make_claim(one, "text")
    assert claim.place == f"{one.party.get_absolute_url()}#statement-{one.slug}-text"
    assert sheets([]) == {}


@pytest.mark.django_db
def test_basis_of_a_field_comes_with_the_row():
    event = builders.make_event(starts_on="2024?-01-24")
    builders.make_claim(event, "starts_on", basis=Basis.INFERRED)
    builders.make_claim(event, "starts_on", value="XXXX-01-24", rank=Rank.ALTERNATIVE)
    other = builders.make_event()
    found = {row.pk: row.starts_on_basis for row in with_basis(type(event).objects.all(), "starts_on")}
    assert found == {event.pk: "inferred", other.pk: None}


@pytest.mark.django_db
@pytest.mark.parametrize("rows", (1, 3))
def test_records_that_alternatives_name_are_looked_up_once_for_all_sheets(rows, django_assert_num_queries):
    voices = []
    for number in range(rows):
        statement = builders.make_statement()
        other = builders.make_party(name=f"Another {number}")
        builders.make_claim(
            statement, "party", value=other.slug, rank=Rank.ALTERNATIVE, source=builders.make_source()
        )
        voices.append(statement)
    # The claims, their passages, and the parties that they name.
    with django_assert_num_queries(3):
        found = sheets(voices)
    said = [found[row.pk].row(row, "party").said for row in voices]
    assert [one.reading.text for (one,) in said] == [f"Another {number}" for number in range(rows)]
    assert all(one.disagrees for (one,) in said)


@pytest.mark.django_db
@pytest.mark.parametrize("claims", (1, 3))
def test_whether_claims_disagree_is_worked_out_once_for_a_field(claims, monkeypatch):
    pledge = builders.make_pledge(announced_on="2024-01-24")
    for _ in range(claims):
        builders.make_claim(
            pledge, "announced_on", value="2023", rank=Rank.ALTERNATIVE, source=builders.make_source()
        )
    held = []
    monkeypatch.setattr(provenance, "agree", lambda one, other: held.append(one))
    sheet = Sheet.for_record(pledge)
    assert all(said.disagrees for said in sheet.row(pledge, "announced_on").said)
    assert len(held) == claims
