"""Pictures of the data: what is drawn is what the totals come to, and all that is left out is said."""

import csv
import json
from decimal import Decimal
from io import StringIO
from xml.etree import ElementTree

import pytest

from aid.choices import Stage
from aid.models import Pledge
from aid.queries.totals import totals_by_stage
from tests import builders as make

pytestmark = pytest.mark.django_db
NS = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def ledger():
    """Sixteen donors in two currencies, amounts that are not known, a part in another donor's envelope, a superseded
    and a withdrawn pledge, two stages, a coalition, dates of every precision."""
    ukraine, moldova = (make.make_party(slug=name.lower(), name=name) for name in ("Ukraine", "Moldova"))
    drones = make.make_coalition(slug="drones", name="Drone coalition")
    days = ["2024-01-24", "2024-02", "2023", "XXXX-01-24", "2024?-03-05", "2022/2024", ""]
    for number in range(16):
        donor = make.make_party(slug=f"donor-{number:02}", name=f"Donor {number:02}")
        for turn in range(2):
            make.make_pledge(
                donor=donor,
                recipient=moldova if number % 5 == 0 else ukraine,
                amount=None if (number + turn) % 7 == 0 else Decimal(10_000_000 * (number + 1) + turn),
                currency="" if (number + turn) % 7 == 0 else ("EUR" if turn else "DKK"),
                announced_on=days[(number + turn) % 7],
                **({"coalition": drones, "coalition_unknown": ""} if number % 3 == 0 else {}),
            )
    first = Pledge.objects.order_by("pk").first()
    envelope = make.make_pledge(donor=first.donor, recipient=ukraine, amount=Decimal(900), currency="EUR")
    make.make_pledge(part_of=envelope, recipient=ukraine, amount=Decimal(300), currency="EUR")
    make.make_pledge(donor=first.donor, recipient=ukraine, supersedes=envelope, amount=Decimal(800), currency="EUR")
    make.make_pledge(donor=first.donor, recipient=ukraine, stage=Stage.ANNOUNCED, amount=Decimal(7), currency="EUR")
    return first


def table(reader, address):
    answer = reader.get(address)
    assert answer.status_code == 200, answer.text[:300]
    return list(csv.DictReader(StringIO(answer.text)))


@pytest.mark.parametrize("name", ("support", "flows"))
@pytest.mark.parametrize("values", ({}, {"recipient": "moldova"}, {"stage": "announced"}))
def test_what_is_drawn_is_what_the_totals_come_to(reader, ledger, name, values):
    query = "&".join(f"{key}={value}" for key, value in values.items())
    rows = table(reader, f"/pictures/{name}.csv?{query}")
    stage = values.get("stage", "allocated")
    assert {row["stage"] for row in rows} == {stage}
    pledges = Pledge.objects.filter(stage=stage)
    if "recipient" in values:
        pledges = pledges.filter(recipient__slug=values["recipient"])
    # Each group by itself, as each group's list is: a part counts where its envelope is another group's.
    groups = [("donor",), ("donor", "recipient", "coalition")][name == "flows"]
    wanted, unknown = {}, 0
    for key in pledges.order_by().values(*groups).distinct():
        of_key = {name if value else f"{name}__isnull": value or True for name, value in key.items()}
        for total in totals_by_stage(pledges.filter(**of_key)):
            unknown += total.unknown
            for currency, amount in total.amounts.items():
                wanted[currency] = wanted.get(currency, 0) + amount
    drawn = {}
    for row in rows:
        if row["amount"]:
            drawn[row["currency"]] = drawn.get(row["currency"], 0) + Decimal(row["amount"])
    assert drawn == wanted
    assert sum(int(row["amounts_not_known"]) for row in rows) == unknown
    # The page draws and lists the same rows.
    graphic = reader.get(f"/pictures/{name}/?{query}").context["graphic"]
    assert [[str(cell) for cell in row] for row in graphic.data] == [list(row.values()) for row in rows]
    assert len(graphic.rows) == len(rows)
    picture = ElementTree.fromstring(reader.get(f"/pictures/{name}.svg?{query}").content)
    words = " ".join(text for text in picture.itertext())
    assert all(text in words for text in (graphic.title, *(told for _, told in graphic.told)))


def test_what_is_too_many_is_one_bar_with_its_sum_and_count(reader, ledger):
    rows = [row for row in table(reader, "/pictures/support.csv?stage=allocated") if row["panel"] == "EUR"]
    assert len(rows) == 12
    rest = rows[-1]
    assert rest["name"] == f"The other {rest['groups_in_row']} donors"
    assert int(rest["groups_in_row"]) > 2
    assert all(Decimal(row["amount"]) >= 1 for row in rows)
    page = reader.get("/pictures/support/?stage=allocated").text
    assert f"The other {rest['groups_in_row']} donors" in page


def test_every_announcement_is_in_one_row(reader, ledger):
    rows = table(reader, "/pictures/announcements.csv")
    assert sum(int(row["pledges"]) for row in rows) == Pledge.objects.count()
    assert sum(int(row["pledges"]) for row in rows if row["what"] == "no year") == sum(
        pledge.announced_on_latest is None for pledge in Pledge.objects.all()
    )
    uncertain = sum(int(row["of_them_inferred_or_uncertain"] or 0) for row in rows)
    assert uncertain == Pledge.objects.filter(announced_on="2024?-03-05").count() > 0
    few = table(reader, "/pictures/announcements.csv?donor=donor-03")
    assert sorted(row["pledge"] for row in few) == sorted(
        Pledge.objects.filter(donor__slug="donor-03").values_list("slug", flat=True)
    )


def test_a_picture_in_one_currency_says_what_it_could_not_convert(reader, ledger):
    make.make_rate("2024-01-24", "DKK", "7.45")
    rows = table(reader, "/pictures/support.csv?currency=EUR&stage=allocated")
    assert {row["panel"] for row in rows} == {"EUR", "not known"}
    page = reader.get("/totals/?currency=EUR&stage=allocated").context["whole"]
    total = page.totals[0]
    more = page.more
    assert more == 1
    assert sum(int(row["amounts_not_converted"]) for row in rows) == total.in_chosen.left_aside
    part = Decimal(300)
    assert sum(Decimal(row["amount"] or 0) for row in rows) == total.in_chosen.amount + part


def test_a_file_takes_its_own_style_and_no_other(reader, ledger):
    answer = reader.get("/pictures/support.svg")
    assert answer["Content-Type"].startswith("image/svg+xml")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    root = ElementTree.fromstring(answer.content)
    assert "var(" not in root.find(f"{NS}style").text
    assert not list(root.iter(f"{NS}script"))


def test_what_cannot_be_used_is_said_and_no_file_is_made_of_it(reader, ledger):
    page = reader.get("/pictures/support/?stage=given&by=sector&donor=nobody")
    assert page.status_code == 200
    assert len(page.context["ignored"]) == 3
    for ending in ("csv", "svg"):
        answer = reader.get(f"/pictures/support.{ending}?stage=given")
        assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
    told = json.loads(reader.get("/pictures/support.json?stage=given").content)
    assert len(told["ignored"]) == 1
    assert told["rows"]


def test_without_a_record_there_is_no_picture_but_a_sentence(reader):
    for name in ("support", "announcements", "flows"):
        assert "Nothing that is recorded fits this picture." in reader.get(f"/pictures/{name}/").text
        assert reader.get(f"/pictures/{name}.svg").status_code == 404
    assert "Nothing has been recorded that could be drawn." in reader.get("/pictures/").text


def test_the_ladder_is_drawn_with_what_is_not_stated(reader):
    pledge = make.make_pledge(stages=[Stage.ANNOUNCED, Stage.ALLOCATED])
    rows = table(reader, f"{pledge.get_absolute_url()}ladder.csv")
    assert [(row["stage"], row["is_reached"], row["date"]) for row in rows] == [
        ("announced", "true", "2024-01-24"),
        ("allocated", "true", ""),
        ("disbursed", "false", ""),
        ("delivered", "false", ""),
    ]
    assert 'id="picture-ladder"' in reader.get(pledge.get_absolute_url()).text


def test_members_are_drawn_by_each_source_that_gives_other_days(reader):
    coalition = make.make_coalition(slug="drones")
    first, other = make.make_source(), make.make_source(title="Another source")
    member = make.make_membership(coalition=coalition, joined_on="2024-01-24")
    make.make_membership(coalition=coalition, party=make.make_party(name="Without a day"))
    for field in ("party", "joined_on"):
        make.make_claim(member, field, source=first)
    make.make_claim(member, "party", source=other, rank="alternative")
    make.make_claim(member, "joined_on", source=other, rank="alternative", value="2024-06")
    rows = table(reader, "/coalitions/drones/members.csv")
    assert [(row["party"], row["joined_on"], row["by"]) for row in rows] == [
        (member.party.slug, "2024-01-24", ""),
        (member.party.slug, "2024-06", other.slug),
        (rows[2]["party"], "", ""),
    ]
    assert rows[2]["joined_on_why_unknown"] == "not_stated"


@pytest.mark.parametrize("rows", (1, 3))
@pytest.mark.parametrize(
    ("address", "queries"), (("/pictures/", 18), ("/pictures/support/", 9), ("/pictures/announcements/", 10))
)
def test_pictures_take_as_many_queries_for_three_rows_as_for_one(
    reader, rows, address, queries, django_assert_num_queries
):
    for _ in range(rows):
        make.support(make.make_pledge(coalition=make.make_coalition(), coalition_unknown=""))
    with django_assert_num_queries(queries):
        reader.get(address)
