"""The pages of totals: every total leads to its rows, the two agree, and nothing is left out without a reason."""

import csv
import json
import re
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.utils import timezone

from aid.choices import Rank, Stage
from aid.models import Pledge
from aid.queries.divisions import DIVISIONS
from tests import builders as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger():
    """Pledges in envelopes, superseded, cancelled, withdrawn, of unknown amounts, of several sectors and years."""
    union, member, ukraine = (
        make.make_party(slug=slug, name=slug.title()) for slug in ("union", "member", "ukraine")
    )
    air, sea = make.make_sector(code="air", name="Air"), make.make_sector(code="sea", name="Sea")
    coalition = make.make_coalition(slug="coalition", name="Coalition")
    to = {"recipient": ukraine, "stage": Stage.ANNOUNCED}

    def pledge(slug, amount, donor=member, **given):
        amount = None if amount is None else Decimal(amount)
        return make.make_pledge(slug=slug, title=f"Pledge {slug}", donor=donor, amount=amount, **to | given)

    envelope = pledge("envelope", 1000, union, sectors=[air, sea])
    pledge("part", 100, part_of=envelope, sectors=[air])
    pledge("own-part", 50, union, part_of=envelope, sectors=[sea])
    pledge("step", 30, part_of=envelope, stage=Stage.ALLOCATED, announced_on="2023-05")
    old = pledge("old", 7, coalition=coalition)
    pledge("new", 8, supersedes=old, coalition=coalition, announced_on="2023/2024", currency="EUR")
    pledge("gone", 5, stage=Stage.CANCELLED, announced_on="")
    pledge("unknown", None, aid_type="", announced_on="XXXX-01-24")
    own = pledge("own-amount", 500, announced_on="2024?-01-24")
    make.make_stage(pledge=own, position=2, stage=Stage.ANNOUNCED, amount=Decimal(40), currency="EUR")
    pledge("withdrawn", 90, withdrawn_at=timezone.now(), withdrawn_why="It was never said.")
    make.make_valuation(pledge=envelope, amount=Decimal(150), currency="USD")
    for row in (envelope, own):
        make.support(row)
    make.make_claim(envelope, "amount", value="1100", rank=Rank.ALTERNATIVE)
    return envelope


def all_rows(reader, address):
    """The lines of all pages of a total's rows."""
    found, next_page = [], address
    while next_page:
        response = reader.get(next_page)
        assert response.status_code == 200
        found += response.context["rows"]
        next_page = response.context["next"]
    return found


def added(lines, stage):
    """What the lines of one stage come to, added up by hand from what each says: (amounts, unknown, left out)."""
    amounts, unknown, left_out = {}, 0, 0
    for line in lines:
        if line.pledge.stage != stage:
            continue
        unknown += line.is_unknown
        left_out += line.is_left_out
        if not line.is_unknown and not line.is_left_out:
            entry = line.judged.entry
            amounts[entry.currency] = amounts.get(entry.currency, 0) + entry.amount
    return amounts, unknown, left_out


@pytest.mark.parametrize("by", DIVISIONS)
def test_each_total_is_what_its_own_rows_come_to(reader, ledger, by):
    page = reader.get(f"/totals/?by={by}")
    groups = page.context["rows"]
    assert groups
    totals = [*page.context["whole"].totals, *(total for group in groups for total in group.totals)]
    for total in totals:
        own = reader.get(total.address)
        assert own.context["ignored"] == []
        [shown] = own.context["totals"]
        assert (shown.amounts, shown.unknown, shown.left_out) == (total.amounts, total.unknown, total.left_out)
        lines = all_rows(reader, total.address)
        assert added(lines, total.stage) == (total.amounts, total.unknown, total.left_out_number)
        assert f'href="{total.address}"'.replace("&", "&amp;") in page.content.decode()


def test_the_whole_counts_each_pledge_once(reader, ledger):
    totals = {total.stage: total for total in reader.get("/totals/").context["whole"].totals}
    announced = totals[Stage.ANNOUNCED]
    assert (announced.amounts, announced.unknown) == ({"DKK": Decimal(1000), "EUR": Decimal(48)}, 1)
    assert totals[Stage.ALLOCATED].amounts == {"DKK": Decimal(30)}
    assert (totals[Stage.CANCELLED].amounts, totals[Stage.CANCELLED].left_out_number) == ({}, 1)


def test_each_row_says_why_it_is_left_out_and_what_is_never_added(reader, ledger):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", reader.get("/totals/rows/").content.decode()))
    for told in (
        "Left out: part of an envelope that is counted: Pledge envelope.",
        "Left out: superseded by another pledge: Pledge new.",
        "Left out: cancelled.",
        "Counted as not known: the total is at least what the others come to.",
        "the amount of the stage reached.",
        "the same money as the source converts it.",
        "Not added: evidence for DKK 1,100, which",
        "Pledge withdrawn",
    ):
        assert told in text, told
    assert "It was never said" not in text


def test_sectors_overlap_and_the_page_says_so(reader, ledger):
    page = reader.get("/totals/?by=sector")
    told = re.sub(r"<[^>]+>", "", page.content.decode())
    assert "1 pledge has several sectors" in told
    groups = {group.key: group.totals[0].amounts.get("DKK") for group in page.context["rows"]}
    # The part in the air lies in the envelope, which is in the air too; so does the one at sea.
    assert groups == {"air": 1000, "sea": 1000, "unknown": None} | {"unknown": groups["unknown"]}


def test_a_filter_by_what_is_divided_leaves_one_group(reader, ledger):
    page = reader.get("/totals/?by=sector&sector=air")
    assert [group.key for group in page.context["rows"]] == ["air"]


@pytest.mark.parametrize("status", ["counted", "unknown", "left-out"])
def test_narrowing_the_rows_changes_no_total(reader, ledger, status):
    whole, narrow = reader.get("/totals/rows/"), reader.get(f"/totals/rows/?status={status}")
    assert narrow.context["totals"] == whole.context["totals"]
    told = {line.judged.verdict.status for line in narrow.context["rows"]}
    assert told == {status}
    assert [line.pledge.slug for line in reader.get("/totals/rows/?status=step").context["rows"]] == ["own-amount"]
    assert len(narrow.context["rows"]) < len(whole.context["rows"])


def test_the_total_above_the_list_of_pledges_is_that_of_its_rows_whatever_is_filtered(reader, ledger):
    """Each filter with each of its values; the total leads to rows that come to the same."""
    asked = 0
    for name, one in reader.get("/pledges/").context["filter"].filters.items():
        for value, _ in one.extra.get("choices", ()):
            page = reader.get("/pledges/", {name: value})
            rows = {pledge.slug for pledge in page.context["rows"]}
            for total in page.context["totals"]:
                own = reader.get(total.address)
                lines = own.context["rows"]
                at_stage = {slug for slug in rows if Pledge.objects.get(slug=slug).stage == total.stage}
                assert {line.pledge.slug for line in lines} == at_stage
                assert added(lines, total.stage)[:2] == (total.amounts, total.unknown)
                asked += 1
    assert asked > 30


def test_totals_convert_each_amount_at_its_own_day_and_say_what_they_cannot(reader, ledger):
    for day, rate in (("2024-01-24", "7.5"), ("2023-05-31", "7.4")):
        make.make_rate(day, "DKK", rate)
    page = reader.get("/totals/rows/?currency=EUR")
    totals = {total.stage: total.in_chosen for total in page.context["totals"]}
    announced = totals[Stage.ANNOUNCED]
    assert (announced.amount, announced.converted) == (Decimal("133.33") + 48, 3)
    assert dict(announced.without) == {}
    assert totals[Stage.ALLOCATED].amount == Decimal("4.05")
    make.make_pledge(amount=Decimal(1), announced_on="2020", stage=Stage.ALLOCATED)
    page = reader.get("/totals/rows/?currency=EUR&stage=allocated")
    [total] = page.context["totals"]
    assert (total.in_chosen.amount, dict(total.in_chosen.without)) == (
        Decimal("4.05"),
        {"its date is no more exact than 2020": 1},
    )
    assert "1 amount not converted: its date is no more exact than 2020" in page.content.decode()


def rows_of(response):
    return list(csv.DictReader(StringIO(response.content.decode())))


def test_the_files_have_the_rows_of_the_page(reader, ledger):
    Pledge.objects.filter(slug="part").update(title="=1+1")
    rows = rows_of(reader.get("/totals/rows.csv?stage=announced"))
    page = reader.get("/totals/rows/?stage=announced")
    assert [row["pledge"] for row in rows] == [line.pledge.slug for line in page.context["rows"]]
    told = {row["pledge"]: row for row in rows}
    assert (told["part"]["in_the_total"], told["part"]["because_of"], told["part"]["title"]) == (
        "left-out",
        "envelope",
        "'=1+1",
    )
    assert told["envelope"]["never_added_equivalents"] == "USD 150"
    assert told["envelope"]["never_added_other_sources"].startswith("1100 (")
    assert (told["own-amount"]["amount_counted"], told["own-amount"]["currency_counted"]) == ("40", "EUR")
    assert told["unknown"]["amount_unknown"] == "not_stated"

    as_json = json.loads(reader.get("/totals/rows.json?stage=announced&nonsense=1").content)
    assert [row["pledge"] for row in as_json["rows"]] == [row["pledge"] for row in rows]
    [total] = as_json["totals"]
    assert total["amounts"] == {"DKK": "1000", "EUR": "48"}
    assert total["left_out"] == [
        {"number": 2, "why": "parts of envelopes that are counted"},
        {"number": 1, "why": "superseded by another pledge"},
    ]
    assert as_json["ignored"] == ["Ignored: “nonsense” is no filter of this list."]
    assert Decimal(total["amounts"]["DKK"]) == sum(
        Decimal(row["amount_counted"]) for row in as_json["rows"] if row["currency_counted"] == "DKK"
    )


def test_nonsense_is_told_and_widens_nothing_silently(reader, ledger):
    page = reader.get("/totals/?by=moon&donor=nobody&only_year=20x4&page=9")
    assert page.status_code == 200
    assert len(page.context["ignored"]) == 4
    assert "Ignored: division “moon” is no division here." in page.context["ignored"]
    assert reader.post("/totals/").status_code == 405


def test_the_method_has_the_numbers_of_the_ledger(reader, ledger):
    page = reader.get("/method/")
    method = page.context["method"]
    assert (method.pledges, method.counted, method.unknown, method.left_out) == (9, 4, 1, 4)
    assert (method.withdrawn, method.equivalents, method.other_amounts, method.own_amounts) == (1, 1, 1, 1)
    assert method.without_year == 3
    example = method.example
    assert (example.total.stage, example.currency) == (Stage.ANNOUNCED, "EUR")
    assert [(pledge.slug, amount, so_far) for pledge, amount, so_far in example.lines] == [
        ("own-amount", 40, 40),
        ("new", 8, 48),
    ]
    assert {pledge.slug: why for pledge, why in example.left_out} == {
        "part": "part of an envelope that is counted",
        "own-part": "part of an envelope that is counted",
        "old": "superseded by another pledge",
    }


def test_an_empty_ledger_has_its_pages(reader):
    for address in ("/totals/", "/totals/rows/", "/totals/rows.csv", "/totals/rows.json", "/method/"):
        assert reader.get(address).status_code == 200


@pytest.mark.parametrize(
    ("address", "queries"),
    [("/totals/?by=donor", 8), ("/totals/?by=sector", 8), ("/totals/rows/", 13), ("/totals/rows.csv", 13),
     ("/method/", 8)],
)  # fmt: skip
def test_pages_of_totals_ask_as_often_for_three_rows_as_for_one(reader, address, queries, django_assert_num_queries):
    sector, envelope = make.make_sector(), make.make_pledge()
    for _ in range(3):
        pledge = make.make_pledge(sectors=[sector], part_of=envelope)
        make.support(pledge)
        make.make_valuation(pledge=pledge)
        with django_assert_num_queries(queries):
            assert reader.get(address).status_code == 200


def test_files_are_in_the_currency_of_the_page_and_of_no_more_than_was_asked_for(reader, ledger):
    make.make_rate("2024-01-24", "DKK", "7.5")
    files = reader.get("/totals/rows/?stage=announced&currency=EUR").context["files"]
    assert files[0] == ("CSV", "/totals/rows.csv?stage=announced&currency=EUR")
    told = {row["pledge"]: row for row in rows_of(reader.get(files[0][1]))}
    assert (told["envelope"]["amount_converted"], told["envelope"]["rate_of"]) == ("133.33", "2024-01-24")
    assert (told["own-amount"]["amount_converted"], told["unknown"]["amount_converted"]) == ("40.00", "")
    refused = reader.get("/totals/rows.csv?stage=moon")
    assert (refused.status_code, refused.content.decode()) == (400, "Ignored: stage “moon” is no stage here.")


def test_totals_are_those_of_the_day_that_is_asked_for(reader):
    with time_machine.travel("2025-01-01T12:00:00Z", tick=False):
        pledge = make.make_pledge(slug="fund", amount=Decimal(100))
        make.make_pledge(slug="later-superseded", amount=Decimal(7))
    with time_machine.travel("2025-01-03T12:00:00Z", tick=False):
        pledge.amount = Decimal(200)
        pledge.supersedes = Pledge.objects.get(slug="later-superseded")
        pledge.save()

    def counted(day):
        [total] = reader.get(f"/totals/rows/?as_of={day}").context["totals"]
        return total.amounts["DKK"], total.left_out_number

    assert (counted("2025-01-02"), counted("2025-01-04")) == ((107, 0), (200, 1))
    then = rows_of(reader.get("/totals/rows.csv?as_of=2025-01-02"))
    assert [row["amount_counted"] for row in then] == ["7", "100"]
