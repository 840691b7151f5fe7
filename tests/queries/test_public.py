"""What hangs on an embargo, and what a withdrawal takes with it. What pages make of it: views/test_embargo.py."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from aid.choices import Rank
from aid.models import (
    Agreement,
    Article,
    Claim,
    Coalition,
    Correction,
    ExchangeRate,
    Image,
    Membership,
    Office,
    Party,
    Passage,
    Person,
    Pledge,
    PledgeStage,
    Signatory,
    Source,
    Statement,
    Valuation,
)
from aid.models.records import Withdrawable
from aid.queries.figures import dead_references, figures_in
from aid.queries.ledger import at_a_glance
from aid.queries.public import (
    EVERYTHING,
    NODES,
    RECORDS,
    Listed,
    Public,
    WithoutEmbargoes,
    closure,
    ends,
    naming_fields,
    relations,
)
from aid.queries.totals import totals_by_stage
from tests import builders as make

pytestmark = pytest.mark.django_db

UNTIL = datetime(2100, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
WAYS = [(model, column, target) for model in NODES for column, target in relations(model)]


def embargo(row, until=UNTIL):
    type(row).objects.filter(pk=row.pk).update(embargo_until=until)
    return row


def withdraw(row, at=None):
    at = at or datetime(2020, 1, 1, tzinfo=UTC)
    type(row).objects.filter(pk=row.pk).update(withdrawn_at=at, withdrawn_why="It was wrong.")
    return row


def made(model, **given):
    if model is PledgeStage:
        return make.make_stage(**{"position": 9} | given)
    return getattr(make, f"make_{model._meta.model_name}")(**given)


def readers_have(row, at=None):
    return Public(at).of(type(row).objects.all()).contains(row)


# What an embargo covers


@pytest.mark.parametrize("model", RECORDS)
def test_a_record_is_hidden_until_its_minute_and_not_a_second_longer(model):
    row = embargo(made(model))

    assert Public(UNTIL - SECOND).hides(row)
    assert not readers_have(row, UNTIL - SECOND)
    assert not Public(UNTIL).hides(row)
    assert readers_have(row, UNTIL)


@pytest.mark.parametrize(("model", "column", "target"), WAYS)
def test_whatever_names_a_hidden_record_is_hidden(model, column, target):
    whole = made(target)
    row = made(model, **{column: whole}, **({"speaker": whole.person} if column == "office" else {}))
    embargo(whole if target in RECORDS else whole.party)

    public = Public()

    assert public.hides(row)
    assert not readers_have(row)
    assert not readers_have(whole)


def test_the_ways_are_all_columns_that_name_a_row_of_the_graph():
    columns = [(model, column) for model in NODES for column in model._meta.fields if column.is_relation]
    assert {(model, column.name, column.related_model) for model, column in columns} == set(WAYS)
    assert (Pledge, "supersedes", Pledge) in WAYS
    assert (Statement, "office", Office) in WAYS


def test_a_chain_is_hidden_to_its_end_and_nothing_beside_it():
    source = embargo(make.make_source())
    event = make.make_event()
    make.make_claim(event, "title", source=source)
    coalition = make.make_coalition(formalized_at=event)
    pledge = make.make_pledge(coalition=coalition)
    part = make.make_pledge(part_of=pledge)
    statement, beside = make.make_statement(pledge=part), make.make_statement(party=part.donor)

    public = Public()

    assert all(public.hides(row) for row in (source, event, coalition, pledge, part, statement))
    assert not any(public.hides(row) for row in (part.donor, beside))


def test_a_circle_ends():
    one, other = make.make_pledge(), make.make_pledge()
    Pledge.objects.filter(pk=one.pk).update(supersedes=other)
    Pledge.objects.filter(pk=other.pk).update(supersedes=one)
    embargo(one)

    assert Public().hidden[Pledge] == {one.pk, other.pk}


@pytest.mark.parametrize("longest", (2, 6))
def test_a_longer_chain_costs_one_query_a_step(longest, django_assert_num_queries):
    pledge = embargo(make.make_pledge())
    for _ in range(longest - 1):
        pledge = make.make_pledge(supersedes=pledge)

    with django_assert_num_queries(1 + longest):
        assert len(Public().hidden[Pledge]) == longest


@pytest.mark.parametrize("rank", Rank)
@pytest.mark.parametrize("way", ("source", "passage"))
def test_a_record_hangs_on_the_sources_of_its_preferred_claims_alone(rank, way):
    source, pledge = embargo(make.make_source()), make.make_pledge()
    said = {"passages": [make.make_passage(source)], "source": make.make_source() if way == "passage" else source}
    claim = make.make_claim(pledge, "amount", rank=rank, **said)
    other = make.make_claim(pledge, "donor")

    assert Public().hides(pledge) is (rank == Rank.PREFERRED)
    assert not readers_have(claim)
    assert readers_have(other) is (rank != Rank.PREFERRED)


@pytest.mark.parametrize("part", (PledgeStage, Valuation))
def test_a_pledge_hangs_on_the_sources_of_its_steps_and_equivalents(part):
    row = made(part)
    make.make_claim(row, "amount", value="1", source=embargo(make.make_source()))

    assert Public().hides(row.pledge)


@pytest.mark.parametrize(("make_row", "field"), ((make.make_membership, "role"), (make.make_signatory, "party")))
def test_of_a_part_that_joins_two_only_the_part_is_hidden(make_row, field):
    row = make_row()
    make.make_claim(row, field, source=embargo(make.make_source()))

    public = Public()

    assert public.hides(row)
    assert not any(public.hides(getattr(row, name)) for name, _ in ends(type(row)))


def test_a_party_is_no_secret_because_of_where_its_code_is_from():
    party = make.make_party(iso_alpha2="DK")
    claim = make.make_claim(party, "iso_alpha2", source=embargo(make.make_source()))

    assert not Public().hides(party)
    assert not readers_have(claim)


def test_claims_that_name_what_is_hidden_are_hidden_and_others_are_not():
    secret, other = embargo(make.make_party(slug="secret")), make.make_party(slug="secretary")
    pledge = make.make_pledge()
    hidden = [
        make.make_claim(pledge, "donor", value="secret", rank=Rank.ALTERNATIVE),
        make.make_claim(pledge, "beneficiaries", value="secret", rank=Rank.ALTERNATIVE),
        make.make_claim(pledge, "beneficiaries", value="army; secret; secretary", rank=Rank.ALTERNATIVE),
    ]
    shown = [
        make.make_claim(pledge, "donor", value=other.slug, rank=Rank.ALTERNATIVE),
        make.make_claim(pledge, "beneficiaries", value="army; secretary", rank=Rank.ALTERNATIVE),
        make.make_claim(pledge, "purposes", value="secret", rank=Rank.ALTERNATIVE),
    ]

    assert Public().hides(secret)
    assert set(Public().of(Claim.objects.all())) == set(shown)
    assert set(Public(UNTIL).of(Claim.objects.all())) == {*shown, *hidden}


def test_each_claimed_field_that_names_a_record_is_known():
    one, several = naming_fields()
    assert {"donor", "framework", "host", "attributed_to"} <= one[Party]
    assert (one[Office], several[Party]) == ({"office"}, {"beneficiaries"})


def test_an_article_that_names_a_hidden_record_stays_and_its_figure_is_dead():
    pledge = embargo(make.make_pledge(slug="secret"))
    article = make.make_article(body="[[pledge:secret:amount]]")

    assert readers_have(article)
    assert [dead.text for dead in dead_references(article.live.body)] == ["pledge:secret:amount"]
    assert dead_references(article.live.body, UNTIL) == []
    assert figures_in(article.live.body, public=WithoutEmbargoes()).records == [("pledge", pledge)]


def test_rates_and_passages_of_a_hidden_source_are_hidden():
    rate, open_rate = make.make_rate("2024-01-24", "DKK", "7.4"), make.make_rate("2024-01-25", "DKK", "7.4")
    embargo(rate.source)
    passage = make.make_passage(embargo(make.make_source()))

    assert list(Public().of(ExchangeRate.objects.all())) == [open_rate]
    assert not readers_have(passage)


def test_a_passage_that_only_what_is_hidden_rests_on_is_hidden():
    source = make.make_source()
    alone, shared, unused = (make.make_passage(source, n, n + 3) for n in (0, 4, 8))
    secret = make.make_pledge()
    make.make_claim(secret, "amount", passages=[alone, shared])
    make.make_claim(make.make_pledge(), "amount", passages=[shared])
    embargo(secret)

    assert set(Public().of(Passage.objects.all())) == {shared, unused}


def test_a_correction_of_a_hidden_record_is_hidden():
    hidden = make.make_correction(pledge=embargo(make.make_pledge()))
    shown = make.make_correction(pledge=make.make_pledge())

    assert list(Public().of(Correction.objects.all())) == [shown]
    assert set(Public(UNTIL).of(Correction.objects.all())) == {hidden, shown}


def test_a_picture_is_public_with_the_text_that_readers_have():
    shown, draft = make.make_image(), make.make_image()
    article = make.make_article(image=shown)
    make.make_revision(article, image=draft)

    assert list(Public().of(Image.objects.all())) == [shown]
    embargo(article)
    assert list(Public().of(Image.objects.all())) == []


def test_what_a_hidden_pledge_supersedes_counts_as_long():
    former = make.make_pledge(amount=Decimal(100))
    later = embargo(make.make_pledge(amount=Decimal(900), supersedes=former, donor=former.donor))

    before, after = (totals_by_stage(Pledge.objects.all(), Public(at)) for at in (None, UNTIL))

    assert [total.amounts for total in before] == [{"DKK": Decimal(100)}]
    assert [total.amounts for total in after] == [{"DKK": Decimal(900)}]
    assert (at_a_glance().pledges, at_a_glance(Public(UNTIL)).pledges) == (1, 2)
    assert Public().hides(later)


# What a withdrawal takes with it


@pytest.mark.parametrize("model", [model for model in RECORDS if issubclass(model, Withdrawable)])
def test_a_withdrawn_record_stands_nowhere_and_can_be_named(model):
    row = withdraw(made(model))

    public = Public()

    assert (public.has_withdrawn(row), public.has(row), public.hides(row)) == (True, False, False)
    assert not readers_have(row)
    assert public.named(model.objects.all()).contains(row)


@pytest.mark.parametrize("model", [model for model in RECORDS if issubclass(model, Withdrawable)])
def test_a_withdrawal_begins_with_its_moment(model):
    row = withdraw(made(model), UNTIL)

    assert readers_have(row)
    assert not readers_have(row, UNTIL)


@pytest.mark.parametrize(
    ("model", "column", "target"), [way for way in WAYS if way[0] in RECORDS and way[2] in RECORDS]
)
def test_a_record_that_names_a_withdrawn_one_stays(model, column, target):
    row = made(model, **{column: withdraw(made(target))})

    assert readers_have(row)


@pytest.mark.parametrize(
    ("model", "column"), [(model, column) for model in NODES if model not in RECORDS for column, _ in ends(model)]
)
def test_a_part_of_a_withdrawn_record_goes_with_it(model, column):
    row = made(model)
    claim = make.make_claim(row, row.claimed_fields[0], value="x") if model is not Office else None
    withdraw(getattr(row, column))

    assert not readers_have(row)
    assert claim is None or not readers_have(claim)


def test_who_signed_can_be_withdrawn_and_the_signature_stays():
    signatory = make.make_signatory(signed_by=withdraw(make.make_person()))

    assert readers_have(signatory)
    assert not readers_have(signatory.signed_by)


def test_a_claim_goes_with_its_record_and_stays_when_its_source_goes():
    from_withdrawn = make.make_claim(make.make_pledge(), "amount", source=withdraw(make.make_source()))
    about_withdrawn = make.make_claim(withdraw(make.make_pledge()), "amount")

    assert list(Public().of(Claim.objects.all())) == [from_withdrawn]
    assert not readers_have(about_withdrawn)
    assert not Public().hides(from_withdrawn.pledge)


def test_a_figure_of_a_withdrawn_record_is_dead_and_its_source_is_not_listed():
    withdraw(make.make_pledge(slug="gone"))
    pledge = make.make_pledge(slug="here")
    claim = make.make_claim(pledge, "amount", source=withdraw(make.make_source()))
    stands = make.make_claim(pledge, "donor")

    found = figures_in("[[pledge:gone:amount]] [[pledge:here:amount]]")

    assert [dead.text for dead in found.dead] == ["pledge:gone:amount"]
    assert (found.sources, claim.source in found.sources) == ([stands.source], False)


def test_what_a_withdrawn_pledge_supersedes_counts_again():
    former = make.make_pledge(amount=Decimal(100))
    withdraw(make.make_pledge(amount=Decimal(900), supersedes=former))

    assert [total.amounts for total in totals_by_stage(Pledge.objects.all(), Public())] == [{"DKK": Decimal(100)}]


def test_an_embargo_comes_before_a_withdrawal():
    pledge = withdraw(embargo(make.make_pledge()))

    public = Public()

    assert public.hides(pledge)
    assert not public.named(Pledge.objects.all()).exists()


# What it costs, and how much it bears


MODELS = (Pledge, Claim, Membership, Signatory, Person, Passage, Agreement, Coalition, Source, ExchangeRate)


def test_while_nothing_is_held_back_it_costs_one_query_and_filters_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        public = Public()
        for model in MODELS:
            assert str(public.of(model.objects.all()).query) == str(model.objects.all().query)


def test_the_desk_asks_nothing(django_assert_num_queries):
    embargo(make.make_pledge())
    with django_assert_num_queries(0):
        assert str(EVERYTHING.of(Pledge.objects.all()).query) == str(Pledge.objects.all().query)


@pytest.mark.parametrize("number", (1, 3))
def test_what_is_held_back_costs_the_same_for_one_row_and_for_three(number, django_assert_num_queries):
    for _ in range(number):
        make.support(embargo(make.make_pledge()))
        make.make_statement(party=embargo(make.make_party()))
        withdraw(make.make_event())
    # What is marked, what hangs on that, how claims write the parties and the pledges, and which name several.
    with django_assert_num_queries(1 + 1 + 2 + 1):
        public = Public()
        for model in MODELS:
            str(public.of(model.objects.all()).query)


def test_any_number_of_rows_can_be_hidden():
    public = Public()
    public.hidden = {Pledge: set(range(10**6, 10**6 + 300_000)), Source: {1}}
    pledge = make.make_pledge()

    assert list(public.of(Pledge.objects.all())) == [pledge]
    assert list(public.of(pledge.stages.all())) == list(pledge.stages.all())
    assert closure({Pledge: set(range(10**6, 10**6 + 300_000)) | {pledge.pk}})


@pytest.mark.parametrize(
    ("values", "found"), (([], 0), ([1, 2], 0), (["party-here"], 1), (["a; b", "“quoted”", "%"], 0))
)
def test_a_list_of_values_is_one_parameter(values, found):
    make.make_party(slug="party-here")
    column = "slug" if values and isinstance(values[0], str) else "pk"
    rows = Party.objects.filter(**{f"{column}__in": Listed(values)}).exclude(name="x")

    assert len(rows.query.sql_with_params()[1]) == 2
    if column == "slug":
        assert rows.count() == found


def test_articles_are_those_of_the_moment_for_everybody():
    make.make_article(published=False)
    live = make.make_article()
    for public in (Public(), WithoutEmbargoes(), EVERYTHING):
        assert list(public.of(Article.objects.all())) == [live]
