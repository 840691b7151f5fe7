import pytest
from django.http import QueryDict

from aid import filters
from aid.choices import Basis
from aid.models import Agreement, Coalition, Event, Party, Pledge, Source
from aid.queries.public import Public
from tests import builders

pytestmark = pytest.mark.django_db


def asked(filterset, query, model):
    records = model.objects.all()
    public = Public()
    if filterset is filters.PartyFilterSet:
        records = records.with_roles(public)
    if filterset is filters.CoalitionFilterSet:
        records = records.with_counts(public)
    return filters.Asked(filterset, QueryDict(query), records, public)


def pledges(query):
    found = asked(filters.PledgeFilterSet, query, Pledge)
    assert found.ignored == []
    return list(found.filterset.qs)


def test_each_filter_keeps_what_fits_and_nothing_else():
    donor = builders.make_party(slug="dk")
    recipient = builders.make_party(slug="ua")
    sector = builders.make_sector(code="cyber")
    coalition = builders.make_coalition(slug="it")
    one = builders.make_pledge(
        donor=donor,
        recipient=recipient,
        sectors=[sector],
        coalition=coalition,
        stage="allocated",
        aid_type="military",
        announced_on="2024",
    )
    builders.make_pledge(stage="announced", aid_type="financial", amount=5, currency="EUR", announced_on="2023")
    for query in (
        "donor=dk",
        "recipient=ua",
        "sector=cyber",
        "coalition=it",
        "stage=allocated",
        "aid_type=military",
        "stated_in=DKK",
        "year=2024",
    ):
        assert pledges(query) == [one], query


def test_unknown_amounts_and_years_can_be_asked_for():
    known = builders.make_pledge()
    unknown = builders.make_pledge(amount=None, announced_on="XXXX-01-24")
    assert pledges("amount=unknown") == [unknown]
    assert pledges("amount=stated") == [known]
    assert pledges("year=unknown") == [unknown]
    assert pledges("stated_in=DKK&amount_from=1") == [known]


def test_range_counts_its_ends_and_stays_in_one_currency():
    five = builders.make_pledge(amount=5)
    builders.make_pledge(amount=6)
    builders.make_pledge(amount=5, currency="EUR")
    assert pledges("stated_in=DKK&amount_from=5&amount_to=5") == [five]
    assert pledges("stated_in=DKK&amount_to=5.00") == [five]


def test_year_finds_dates_that_span_it():
    span = builders.make_pledge(announced_on="2023/2025")
    builders.make_pledge(announced_on="2022")
    assert pledges("year=2024") == [span]


def test_basis_is_that_of_the_amounts_preferred_claim():
    stated, inferred = builders.make_pledge(), builders.make_pledge()
    builders.make_claim(stated, "amount")
    builders.make_claim(inferred, "amount", basis=Basis.INFERRED)
    builders.make_claim(inferred, "donor", basis=Basis.STATED)
    builders.make_claim(builders.make_valuation(pledge=inferred), "amount", basis=Basis.STATED)
    assert pledges("basis=stated") == [stated]
    assert pledges("basis=inferred") == [inferred]


def test_sort_by_amount_goes_by_currency_and_puts_unknown_last():
    unknown = builders.make_pledge(amount=None)
    small, large = builders.make_pledge(amount=1), builders.make_pledge(amount=2)
    euro = builders.make_pledge(amount=3, currency="EUR")
    assert pledges("sort=largest") == [large, small, euro, unknown]
    assert pledges("sort=smallest") == [small, large, euro, unknown]


def test_sort_by_date_puts_the_undated_last_and_breaks_ties_by_the_row():
    undated = builders.make_pledge(announced_on="XXXX-01-24")
    first, second = builders.make_pledge(announced_on="2024"), builders.make_pledge(announced_on="2024")
    assert pledges("") == [second, first, undated]
    assert pledges("sort=oldest") == [first, second, undated]


def test_range_without_a_currency_is_ignored_and_says_why():
    builders.make_pledge(amount=5)
    found = asked(filters.PledgeFilterSet, "amount_from=9", Pledge)
    assert found.ignored == [
        "Ignored: amount from “9”, because amounts compare only within one currency. Choose the currency stated too."
    ]
    assert found.values == {}
    assert len(found.filterset.qs) == 1


def test_value_that_is_no_choice_is_named_and_the_rest_still_counts():
    donor = builders.make_party(slug="dk")
    one = builders.make_pledge(donor=donor, stage="allocated")
    builders.make_pledge(stage="announced")
    found = asked(filters.PledgeFilterSet, "donor=XX&stage=allocated", Pledge)
    assert found.ignored == ["Ignored: donor “XX” is no donor here."]
    assert list(found.filterset.qs) == [one]


def test_last_of_two_values_counts_and_is_said():
    one = builders.make_pledge(stage="allocated")
    builders.make_pledge(stage="announced")
    found = asked(filters.PledgeFilterSet, "stage=announced&stage=allocated", Pledge)
    assert found.ignored == ["Only one stage can be chosen at a time; the last one counts here."]
    assert list(found.filterset.qs) == [one]


def test_coalitions_by_member_words_and_size():
    member = builders.make_party(slug="dk")
    small = builders.make_coalition(name="Drone coalition", members=[member])
    large = builders.make_coalition(
        name="IT coalition", aims="strengthen networks", members=[builders.make_party(), builders.make_party()]
    )

    def found(query):
        return list(asked(filters.CoalitionFilterSet, query, Coalition).filterset.qs)

    assert found("member=dk") == [small]
    assert found("words=COALITION+network") == [large]
    assert found("words=100%25") == []
    assert found("sort=members") == [large, small]


def test_agreements_events_and_sources_by_their_own_filters():
    party = builders.make_party(slug="dk")
    agreement = builders.make_agreement(signatories=[party], signed_on="2024-01-23", kind="treaty")
    builders.make_agreement(signed_on="2023")
    for query in ("party=dk", "year=2024", "kind=treaty"):
        assert list(asked(filters.AgreementFilterSet, query, Agreement).filterset.qs) == [agreement], query
    event = builders.make_event(series=party, starts_on="2024-01-24", kind="signing")
    builders.make_event()
    for query in ("series=dk", "year=2024", "kind=signing"):
        assert list(asked(filters.EventFilterSet, query, Event).filterset.qs) == [event], query
    source = builders.make_source(publisher=party, is_official=True, kind="treaty")
    other = builders.make_source()
    for query in ("publisher=dk", "official=yes", "kind=treaty"):
        assert list(asked(filters.SourceFilterSet, query, Source).filterset.qs) == [source], query
    assert list(asked(filters.SourceFilterSet, "publisher=unknown", Source).filterset.qs) == [other]


@pytest.mark.parametrize(
    ("role", "make"),
    (
        ("donor", lambda party: builders.make_pledge(donor=party)),
        ("recipient", lambda party: builders.make_pledge(recipient=party)),
        ("member", lambda party: builders.make_membership(party=party)),
        ("signatory", lambda party: builders.make_signatory(party=party)),
        ("speaker", lambda party: builders.make_statement(party=party)),
        ("publisher", lambda party: builders.make_source(publisher=party)),
    ),
)
def test_parties_by_role(role, make):
    party = builders.make_party()
    make(party)
    make(party)
    assert list(asked(filters.PartyFilterSet, f"role={role}", Party).filterset.qs) == [party]


def test_party_is_found_by_another_name():
    party = builders.make_party(name="Czech Republic", aliases="Czechia\nČesko")
    builders.make_party()
    assert list(asked(filters.PartyFilterSet, "words=czechia", Party).filterset.qs) == [party]
