"""A pledge's form: stages lead, unknowns clear themselves, and every broken rule is a sentence at its field."""

import re
from decimal import Decimal

import pytest
from django.contrib.admin.templatetags.admin_list import date_hierarchy
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from aid.actions.pledges import follow_stages
from aid.admin.forms import FiguresField
from aid.choices import Stage
from aid.models import Pledge
from tests import builders as make
from tests.admin.forms import errors, sent

ADD = "/admin/aid/pledge/add/"


def change(row):
    return reverse("admin:aid_pledge_change", args=[row.pk])


def new_pledge(page, **changes):
    rows = {"title": "Aid", "slug": "aid", "donor": make.make_party().pk, "recipient": make.make_party().pk,
            "stages-0-stage": "announced"}  # fmt: skip
    return sent(page, **rows | changes)


def test_a_pledge_takes_the_stage_of_its_last_step(editor):
    page = editor.get(ADD)

    editor.post(ADD, new_pledge(page, **{
        "stages-TOTAL_FORMS": 2, "stages-0-stage": "announced", "stages-0-on": "2024-01-24",
        "stages-1-stage": "allocated", "stages-1-on_unknown": "not_stated"}))  # fmt: skip

    pledge = Pledge.objects.get()
    assert pledge.stage == "allocated"
    assert [(s.position, s.stage, s.on, s.on_unknown) for s in pledge.stages.all()] == [
        (1, "announced", "2024-01-24", ""),
        (2, "allocated", "", "not_stated"),
    ]


def test_steps_change_places_and_the_stage_follows(editor):
    pledge = make.make_pledge(stages=[Stage.ANNOUNCED, Stage.COMMITTED])
    page = editor.get(change(pledge))

    swapped = {"stages-0-position": 2, "stages-0-back_why": "The ministry took it back.", "stages-1-position": 1}
    response = editor.post(change(pledge), sent(page, **swapped))

    assert response.status_code == 302, errors(response)
    pledge.refresh_from_db()
    assert pledge.stage == "announced"
    assert [step.stage for step in pledge.stages.all()] == ["committed", "announced"]


@pytest.mark.parametrize("after", [Stage.ANNOUNCED, Stage.CANCELLED])
def test_a_step_back_needs_its_reason(editor, after):
    pledge = make.make_pledge(stages=[Stage.ALLOCATED, Stage.DELIVERED])
    page = editor.get(change(pledge))
    step = {"stages-TOTAL_FORMS": 3, "stages-2-stage": after, "stages-2-on_unknown": "not_stated"}

    refused = editor.post(change(pledge), sent(page, **step))
    assert errors(refused) == {"stages-2-back_why": ["step_back"]}
    assert pledge.stages.count() == 2

    taken = editor.post(change(pledge), sent(page, **step, **{"stages-2-back_why": "The contract fell through."}))
    assert taken.status_code == 302, errors(taken)
    assert pledge.stages.get(position=3).back_why == "The contract fell through."


def test_a_row_that_goes_can_make_the_next_a_step_back(editor):
    pledge = make.make_pledge(stages=[Stage.DELIVERED, Stage.ANNOUNCED, Stage.ALLOCATED])
    pledge.stages.update(back_why="")
    pledge.stages.filter(position=2).update(back_why="It was reported too early.")
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), sent(page, **{"stages-1-DELETE": "on"}))

    assert errors(response) == {"stages-2-back_why": ["step_back"]}
    assert pledge.stages.count() == 3


def test_a_reason_where_nothing_steps_back_is_refused(editor):
    page = editor.get(ADD)

    response = editor.post(ADD, new_pledge(page, **{"stages-0-back_why": "No reason at all."}))

    assert errors(response) == {"stages-0-back_why": ["no_step_back"]}
    assert Pledge.objects.count() == 0


def test_a_step_back_of_old_stops_no_other_change(editor):
    pledge = make.make_pledge(stages=[Stage.DELIVERED, Stage.ANNOUNCED])
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), sent(page, title="Another name"))

    assert response.status_code == 302, errors(response)


def test_a_pledge_without_a_stage_is_refused(editor):
    page = editor.get(ADD)

    response = editor.post(ADD, new_pledge(page, **{"stages-0-stage": ""}))

    assert errors(response) == {"stages": ["no_stage"]}
    assert Pledge.objects.count() == 0


def test_the_last_stage_cannot_be_deleted(editor):
    pledge = make.make_pledge()
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), sent(page, **{"stages-0-DELETE": "on"}))

    assert errors(response) == {"stages": ["no_stage"]}
    assert pledge.stages.count() == 1


def test_a_step_that_a_claim_supports_is_not_deleted(editor):
    pledge = make.make_pledge(stages=[Stage.ANNOUNCED, Stage.ALLOCATED])
    make.make_claim(pledge.stages.last(), "stage")
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), sent(page, **{"stages-1-DELETE": "on"}))

    assert errors(response) == {"stages": ["in_use"]}
    assert pledge.stages.count() == 2
    [told] = response.context["inline_admin_formsets"][0].formset.non_form_errors()
    assert told == (
        "The stage “Allocated (step 2)” cannot be deleted, because it is in use. Claims: Stage Allocated (step 2): "
        "stage: Allocated. Withdraw each of these claims and delete it on its own page first."
    )


def test_follow_stages_mends_a_stage_that_differs(db):
    pledge = make.make_pledge(stage=Stage.ALLOCATED)
    Pledge.objects.update(stage=Stage.ANNOUNCED)
    pledge.refresh_from_db()

    assert follow_stages(pledge) is True
    assert follow_stages(pledge) is False
    assert Pledge.objects.get().stage == "allocated"


BROKEN = [
    ({"amount": "0", "currency": "DKK"}, {"amount": ["amount"]}),
    ({"amount": "-5", "currency": "DKK"}, {"amount": ["amount"]}),
    ({"amount": "91000000", "currency": ""}, {"currency": ["currency"]}),
    ({"amount": "", "currency": "DKK"}, {"currency": ["currency"]}),
    ({"amount": "91000000", "currency": "kroner"}, {"currency": ["max_length"]}),
    ({"amount": "91000000", "currency": "XXQ"}, {"currency": ["currency"]}),
    ({"amount": "1e400", "currency": "DKK"}, {"amount": ["invalid"]}),
    ({"amount": "NaN", "currency": "DKK"}, {"amount": ["invalid"]}),
    ({"amount": "99999999999999999999", "currency": "DKK"}, {"amount": ["max_digits"]}),
    ({"amount": "9" * 50_000, "currency": "DKK"}, {"amount": ["max_digits"]}),
    ({"amount": "1.234", "currency": "DKK"}, {"amount": ["max_decimal_places"]}),
    ({"amount": "91000000", "currency": "DKK", "amount_unknown": "not_stated"},
     {"amount_unknown": ["known_or_unknown"]}),
    ({"amount_unknown": ""}, {"amount_unknown": ["known_or_unknown"]}),
    ({"amount_unknown": "perhaps"}, {"amount_unknown": ["invalid_choice"]}),
    ({"beneficiaries_unknown": ""}, {"beneficiaries_unknown": ["known_or_unknown"]}),
    ({"announced_on": "24 January"}, {"announced_on": ["edtf"]}),
    ({"announced_on": "9999-99-99"}, {"announced_on": ["edtf"]}),
    ({"announced_on": "2024-01-24" * 20}, {"announced_on": ["max_length"]}),
    ({"title": "Aid\0"}, {"title": ["null_characters_not_allowed"]}),
    ({"purposes": "a\0b"}, {"purposes": ["null_characters_not_allowed"]}),
    ({"donor": "x"}, {"donor": ["invalid_choice"]}),
    ({"donor": ""}, {"donor": ["required"]}),
    ({"slug": "Not A Slug"}, {"slug": ["invalid"]}),
    ({"stages-0-stage": "given"}, {"stages-0-stage": ["invalid_choice"]}),
    ({"stages-0-on": "soon"}, {"stages-0-on": ["edtf"]}),
    ({"stages-0-position": "0"}, {"stages-0-position": ["position"]}),
    ({"stages-0-position": "-1"}, {"stages-0-position": ["min_value"]}),
    ({"stages-0-position": "99999999999999999999"}, {"stages-0-position": ["position"]}),
    ({"stages-TOTAL_FORMS": 2, "stages-0-position": "1", "stages-1-position": "1", "stages-1-stage": "allocated",
      "stages-1-on_unknown": "not_stated"}, {"stages-1-position": ["unique"]}),
    ({"valuations-TOTAL_FORMS": 1, "valuations-0-amount": "5"}, {"valuations-0-currency": ["required"],
      "valuations-0-rate_on_unknown": ["known_or_unknown"]}),
    ({"valuations-TOTAL_FORMS": 1, "valuations-0-amount": "0", "valuations-0-currency": "USD",
      "valuations-0-rate_on_unknown": "not_stated"}, {"valuations-0-amount": ["amount"]}),
    ({"valuations-TOTAL_FORMS": 2, "valuations-0-amount": "5", "valuations-0-currency": "USD",
      "valuations-0-rate_on_unknown": "not_stated", "valuations-1-amount": "6", "valuations-1-currency": "USD",
      "valuations-1-rate_on_unknown": "not_stated"}, {"valuations": [None], "valuations-1": [None]}),
    ({"valuations-TOTAL_FORMS": 1, "valuations-0-amount": "5", "valuations-0-currency": "USD",
      "valuations-0-rate_on": "2024-02-31"}, {"valuations-0-rate_on": ["invalid"]}),
]  # fmt: skip


@pytest.mark.parametrize("changes, expected", BROKEN)
def test_a_broken_rule_is_a_sentence_at_its_field(changes, expected, editor):
    page = editor.get(ADD)

    response = editor.post(ADD, new_pledge(page, **changes))

    assert response.status_code == 200
    assert errors(response) == expected
    assert Pledge.objects.count() == 0


@pytest.mark.parametrize("typed, amount", [
    ("12000000", "12000000"), ("12,000,000", "12000000"), ("12 000 000", "12000000"),
    ("12\u202f000\xa0000", "12000000"),
    ("12000000.50", "12000000.50"), ("12,000.5", "12000.5"), (" 7 ", "7"), ("", None),
])  # fmt: skip
def test_an_amount_is_read_as_people_write_it(typed, amount):
    field = FiguresField(max_digits=18, decimal_places=2, required=False)

    assert field.clean(typed) == (amount and Decimal(amount))


@pytest.mark.parametrize("typed, code", [
    ("12.000.000", "invalid"), ("12 million", "invalid"), ("12,50", "invalid"), ("1,2345", "invalid"),
    ("12,000 000", "invalid"), ("1200,000", "invalid"), ("1e6", "invalid"), ("Infinity", "invalid"),
    ("١٢", "invalid"), ("12.", "invalid"), ("DKK 12", "invalid"), ("12.000", "max_decimal_places"),
])  # fmt: skip
def test_an_amount_that_can_be_misread_is_refused(typed, code):
    with pytest.raises(ValidationError) as caught:
        FiguresField(max_digits=18, decimal_places=2).clean(typed)

    assert [error.code for error in caught.value.error_list] == [code]


def test_a_currency_is_written_in_capitals_for_the_editor(editor):
    pledge = make.make_pledge(amount=None)

    editor.post(change(pledge), sent(editor.get(change(pledge)), amount="5000000", currency="eur"))

    pledge.refresh_from_db()
    assert pledge.currency == "EUR"


def test_a_faulty_address_is_said_in_plain_words(editor):
    make.make_pledge(slug="taken")
    page = editor.get(ADD)

    answers = [editor.post(ADD, new_pledge(page, slug=slug)) for slug in ("taken", "not a slug")]

    assert [answer.context["adminform"].form.errors["slug"] for answer in answers] == [
        ["Another pledge has this address already. Choose a different one."],
        ["Write letters, digits and hyphens only, without spaces: danish-cyber-support."],
    ]


def test_a_second_sector_with_the_same_code_is_said_in_plain_words(editor):
    make.make_sector(code="drones")
    add = reverse("admin:aid_sector_add")

    response = editor.post(add, sent(editor.get(add), name="Drones", vocabulary="newsroom", code="drones"))

    assert response.context["adminform"].form.non_field_errors() == [
        "Another sector has the same vocabulary and code. Look for it before you add one."
    ]


def test_an_amount_that_was_refused_stays_as_it_was_typed(editor):
    page = editor.get(ADD)

    response = editor.post(ADD, new_pledge(page, amount="12 million", currency="DKK", **{
        "valuations-TOTAL_FORMS": 1, "valuations-0-amount": "1.700.000"}))  # fmt: skip

    html = response.content.decode()
    inputs = [re.search(f'<input[^>]*name="{name}"[^>]*>', html)[0] for name in ("amount", "valuations-0-amount")]
    assert [re.search(r'type="(\w+)" name="[^"]+" value="([^"]*)"', found).groups() for found in inputs] == [
        ("text", "12 million"), ("text", "1.700.000")]  # fmt: skip
    assert all('inputmode="decimal"' in found for found in inputs)
    assert html.count("Write the amount in figures, such as 12000000 or 12,000,000.") == 2


def test_donor_and_recipient_are_two_parties(editor):
    party = make.make_party()
    page = editor.get(ADD)

    response = editor.post(ADD, new_pledge(page, donor=party.pk, recipient=party.pk))

    assert errors(response) == {"donor": ["donor"]}


@pytest.mark.parametrize("build, fields, expected", [
    (lambda: make.make_party(), {"parent": "own"}, {"parent": ["parent"]}),
    (lambda: make.make_source(), {"supersedes": "own"}, {"supersedes": ["supersedes"]}),
    (lambda: make.make_event(), {"starts_on": "2024-02", "ends_on": "2024-01"}, {"ends_on": ["order"]}),
    (lambda: make.make_office(), {"held_from": "2024", "held_until": "2023"}, {"held_until": ["order"]}),
    (lambda: make.make_party(kind="fund"), {"iso_alpha2": "DK"}, {"iso_alpha2": ["iso"]}),
    (lambda: make.make_statement(), {"text": "He said “no”."}, {"text": ["quotation_marks"]}),
    (lambda: make.make_statement(office=None), {"office": "another"}, {"office": ["office"]}),
])  # fmt: skip
def test_other_records_say_their_rules_too(build, fields, expected, editor):
    row = build()
    typed = {name: {"own": row.pk, "another": make.make_office().pk}.get(value, value) if value in ("own", "another")
             else value for name, value in fields.items()}  # fmt: skip
    address = reverse(f"admin:aid_{row._meta.model_name}_change", args=[row.pk])

    response = editor.post(address, sent(editor.get(address), **typed))

    assert errors(response) == expected


def test_a_pledge_is_no_part_of_itself(editor):
    pledge = make.make_pledge()
    page = editor.get(change(pledge))

    response = editor.post(change(pledge), sent(page, part_of=pledge.pk))

    assert errors(response) == {"part_of": ["part_of"]}


def test_a_reason_goes_away_when_the_field_is_filled(editor):
    pledge = make.make_pledge(amount=None)
    page = editor.get(change(pledge))

    editor.post(change(pledge), sent(page, amount="5000000", currency="EUR"))

    pledge.refresh_from_db()
    assert (pledge.amount, pledge.currency, pledge.amount_unknown) == (Decimal(5_000_000), "EUR", "")


def test_a_chosen_reason_is_kept_for_an_empty_field(editor):
    pledge = make.make_pledge()
    page = editor.get(change(pledge))

    editor.post(change(pledge), sent(page, amount="", currency="", amount_unknown="undisclosed"))

    pledge.refresh_from_db()
    assert (pledge.amount, pledge.currency, pledge.amount_unknown) == (None, "", "undisclosed")


def test_beneficiaries_clear_their_reason(editor):
    pledge, party = make.make_pledge(), make.make_party()
    page = editor.get(change(pledge))

    editor.post(change(pledge), sent(page, beneficiaries=[party.pk]))

    pledge.refresh_from_db()
    assert (list(pledge.beneficiaries.all()), pledge.beneficiaries_unknown) == ([party], "")


def test_an_editor_cannot_delete_a_pledge(editor):
    pledge = make.make_pledge()

    response = editor.post(reverse("admin:aid_pledge_delete", args=[pledge.pk]), {"post": "yes"})

    assert response.status_code == 403
    assert Pledge.objects.count() == 1


def test_a_writer_cannot_change_a_pledge(writer, editor):
    pledge = make.make_pledge()
    typed = sent(editor.get(change(pledge)), title="Changed")

    response = writer.post(change(pledge), typed)

    pledge.refresh_from_db()
    assert (response.status_code, pledge.title != "Changed") == (403, True)


def test_the_list_reads_as_people_speak(editor):
    make.make_pledge(title="Known", slug="known")
    make.make_pledge(title="Unknown", slug="unknown", amount=None, announced_on="XXXX-01-24")

    page = editor.get(reverse("admin:aid_pledge_changelist")).content.decode()

    assert "DKK 91 million" in page
    assert '<td class="field-money"><span class="unknown">not stated</span></td>' in page
    assert "24 January (year not stated)" in page
    assert "0 of 7 fields supported" in page


def test_a_list_says_that_a_year_is_inferred(editor):
    for date, basis in (("2024?-01-24", "inferred"), ("2024?-01-25", "stated"), ("2024-01-26", "stated")):
        pledge = make.make_pledge(announced_on=date)
        make.make_claim(pledge, "announced_on", basis=basis)
        make.make_claim(make.make_stage(pledge=pledge, position=2, on="2024?-02"), "on", basis="inferred")

    pledges, steps = (
        re.findall(
            r'<td class="field-(?:announced|day)">([^<]*)</td>',
            editor.get(reverse(f"admin:aid_{name}_changelist")).content.decode(),
        )
        for name in ("pledge", "pledgestage")
    )

    assert pledges == ["26 January 2024", "25 January 2024 (year uncertain)", "24 January 2024 (year inferred)"]
    assert steps == ["February 2024 (year uncertain), 2024?-02"] * 3


def test_a_whole_year_is_filed_under_its_first_day(editor):
    make.make_pledge(announced_on="2024?")
    within = "announced_on_earliest__year=2024&announced_on_earliest__month=1"

    page = editor.get(f"{reverse('admin:aid_pledge_changelist')}?{within}")

    assert [str(choice["title"]) for choice in date_choices(page)] == ["January 1"]


def date_choices(response):
    return list(date_hierarchy(response.context["cl"])["choices"])


def test_dates_are_drilled_down_to_months_and_days(editor):
    for day in ("2023-01-24", "2024-01-24", "2024-02-01", "2024-02-03"):
        make.make_pledge(announced_on=day)
    address = reverse("admin:aid_pledge_changelist")

    titles = [
        [str(choice["title"]) for choice in date_choices(editor.get(address + query))]
        for query in ("", "?announced_on_earliest__year=2024",
                      "?announced_on_earliest__year=2024&announced_on_earliest__month=2")
    ]  # fmt: skip

    assert titles == [["2023", "2024"], ["January 2024", "February 2024"], ["February 1", "February 3"]]


def test_list_sorts_by_an_index_and_shows_a_page(editor, django_assert_num_queries):
    donor, recipient = make.make_party(), make.make_party()
    fields = ["aid_type", "instrument", "period", "purposes", "coalition", "fund", "beneficiaries", "sectors"]
    unknowns = {f"{field}_unknown": "not_stated" for field in fields}
    Pledge.objects.bulk_create(
        Pledge(slug=f"p-{n}", title=f"Pledge {n}", donor=donor, recipient=recipient, stage="announced", amount=n + 1,
               currency="DKK", amount_unknown="", announced_on=f"20{n % 30:02d}-01-{n % 28 + 1:02d}",
               announced_on_unknown="", **unknowns)
        for n in range(200)
    )  # fmt: skip
    address = reverse("admin:aid_pledge_changelist")
    editor.get(address)

    with django_assert_num_queries(14):
        response = editor.get(address)

    assert len(response.context["cl"].result_list) == 50
    years = [choice["title"] for choice in date_choices(response)]
    assert years == [f"20{year:02d}" for year in range(30)]
    if connection.vendor == "sqlite":
        plan = response.context["cl"].queryset[:50].explain()
        assert "TEMP B-TREE" not in plan, plan
