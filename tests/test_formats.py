"""Dates, amounts, counts and names in each of the three languages; no row remembers in which it was saved."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from aid import choices, nouns
from aid.actions.log import log
from aid.choices import AuditAction, Basis, PartyKind
from aid.dates import spoken
from aid.models import AuditEntry, Party, Pledge
from aid.moments import told
from aid.money import Money
from aid.queries.ladder import ladder_of
from aid.queries.readings import date_text, in_words, money_reading
from aid.queries.seen import RecordAsSeen
from tests.builders import make_party, make_pledge

LANGUAGES = ("en", "da", "uk")


def in_each(write):
    """What a function says in each language."""
    found = []
    for code in LANGUAGES:
        with override(code):
            found.append(write())
    return found


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("2024-01-24", ["24 January 2024", "24. januar 2024", "24 січня 2024 року"]),
        ("2024-01", ["January 2024", "januar 2024", "січень 2024 року"]),
        ("2024", ["2024", "2024", "2024 рік"]),
        ("2024-22", ["summer 2024", "sommer 2024", "літо 2024 року"]),
        ("202X", ["the 2020s", "2020’erne", "2020-ті роки"]),
        (
            "XXXX-01-24",
            ["24 January (year not stated)", "24. januar (år ikke oplyst)", "24 січня (рік не зазначено)"],
        ),
        (
            "2024?-01-24",
            [
                "24 January 2024 (year uncertain)",
                "24. januar 2024 (år usikkert)",
                "24 січня 2024 року (рік непевний)",
            ],
        ),
        ("2024-01~", ["January 2024 (approximate)", "januar 2024 (omtrentlig)", "січень 2024 року (приблизно)"]),
        (
            "2024-01/2024-21",
            ["January 2024 to spring 2024", "januar 2024 til foråret 2024", "з січня 2024 року до весни 2024 року"],
        ),
        ("../202X", ["until the 2020s", "indtil 2020’erne", "до 2020-х років"]),
        ("2024/..", ["from 2024", "fra 2024", "з 2024 року"]),
    ],
)
def test_a_date_is_said_as_each_language_says_it(value, said):
    assert in_each(lambda: spoken(value)) == said


@pytest.mark.parametrize(
    ("amount", "currency", "seen", "exact", "heard"),
    [
        (
            "91000000",
            "DKK",
            ["DKK 91 million", "DKK 91 mio.", "DKK 91 млн"],
            ["DKK 91,000,000", "DKK 91.000.000", "DKK 91 000 000"],
            ["91 million Danish kroner", "91 millioner danske kroner", "91 мільйон данських крон"],
        ),
        (
            "13260000",
            "USD",
            ["USD 13.26 million", "USD 13,26 mio.", "USD 13,26 млн"],
            ["USD 13,260,000", "USD 13.260.000", "USD 13 260 000"],
            ["13.26 million US dollars", "13,26 millioner amerikanske dollar", "13,26 мільйона доларів США"],
        ),
        (
            "1234.5",
            "CZK",
            ["CZK 1,234.50", "CZK 1.234,50", "CZK 1 234,50"],
            ["CZK 1,234.50", "CZK 1.234,50", "CZK 1 234,50"],
            ["1,234.50 Czech korunas", "1.234,50 tjekkiske korunaer", "1 234,50 чеської крони"],
        ),
    ],
)
def test_an_amount_is_written_and_said_as_each_language_does_it(amount, currency, seen, exact, heard):
    money = Money(Decimal(amount), currency)
    readings = in_each(lambda: money_reading(*money))
    assert [plain(reading.text) for reading in readings] == seen
    assert [plain(reading.exact) for reading in readings] == exact
    assert [plain(text) for text in in_each(lambda: money_reading(*money).aloud)] == heard


def plain(text):
    """The text with common spaces: CLDR sets those that break no line."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, ["no pledges", "ingen tilsagn", "жодної обіцянки"]),
        (1, ["1 pledge", "1 tilsagn", "1 обіцянка"]),
        (2, ["2 pledges", "2 tilsagn", "2 обіцянки"]),
        (5, ["5 pledges", "5 tilsagn", "5 обіцянок"]),
        (11, ["11 pledges", "11 tilsagn", "11 обіцянок"]),
        (21, ["21 pledges", "21 tilsagn", "21 обіцянка"]),
        (22, ["22 pledges", "22 tilsagn", "22 обіцянки"]),
        (1025, ["1,025 pledges", "1.025 tilsagn", "1 025 обіцянок"]),
    ],
)
def test_a_count_takes_the_form_that_the_language_asks_for(count, said):
    assert [plain(text) for text in in_each(lambda: nouns.counted(count, "pledge"))] == said


def test_what_is_inferred_of_a_date_is_said_in_the_language_even_after_another_one():
    assert in_each(lambda: date_text("2024?-01-24", Basis.INFERRED)) == [
        "24 January 2024 (year inferred)",
        "24. januar 2024 (år udledt)",
        "24 січня 2024 року (рік виведено)",
    ]
    assert in_words(9) == "nine"


@pytest.mark.django_db
def test_a_ladder_reads_as_one_line_in_each_language():
    pledge = make_pledge(stages=["announced", "allocated"], instrument="in_kind", announced_on="2024-01-25")
    lines = in_each(lambda: ladder_of(pledge, list(pledge.stages.all())).line)
    assert lines[0] == "Announced 25 January 2024, allocated (date not stated), delivery not stated"
    assert lines[2] == "Оголошено: 25 січня 2024 року, виділено (дату не зазначено), доставку не зазначено"


@pytest.mark.django_db
def test_a_state_is_called_by_its_name_in_the_language_and_nobody_else_is():
    czechia = make_party(name="Czech Republic", iso_alpha2="CZ", aliases="Czechia", kind=PartyKind.STATE)
    assert in_each(lambda: str(czechia)) == ["Czech Republic", "Tjekkiet", "Чехія"]
    # No alias says that it is the state of the code; a party without a code is no state at all.
    unsure = make_party(name="The Realm", slug="realm", iso_alpha2="DK", kind=PartyKind.STATE)
    group = make_party(name="Denmark", slug="group", kind=PartyKind.GROUP)
    assert in_each(lambda: [str(unsure), str(group)]) == [["The Realm", "Denmark"]] * 3


VOCABULARIES = (choices.Stage, choices.PartyKind, choices.Unknown, choices.CorrectionKind)


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_a_term_is_told_in_each_language_and_kept_in_none(vocabulary):
    english, danish, ukrainian = in_each(lambda: [str(label) for _, label in vocabulary.choices])
    assert not set(english) & set(ukrainian)
    assert english != danish
    assert [value for value, _ in vocabulary.choices] == vocabulary.values
    assert all(type(value) is str for value in vocabulary.values)


def columns(row):
    """What the database has for a row, without what differs from row to row."""
    own = {"id", "slug", "title", "name", "created_at", "updated_at", "donor", "recipient", "at"}
    stored = type(row)._base_manager.filter(pk=row.pk).values().get()
    return {name: value for name, value in stored.items() if name.removesuffix("_id") not in own}


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["da", "uk"])
def test_a_row_that_is_saved_in_another_language_is_the_same(code):
    first = make_pledge(slug="one", stages=["announced", "allocated"])
    with override(code):
        second = make_pledge(slug="two", stages=["announced", "allocated"])
    assert columns(first) == columns(second)
    kept = [
        row.history.values_list("stage", "amount_unknown", "history_change_reason").get() for row in (first, second)
    ]
    assert kept[0] == kept[1]


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["da", "uk"])
def test_what_is_kept_in_words_is_kept_in_the_language_of_the_desk(code):
    denmark = make_party(name="Denmark", iso_alpha2="DK", kind=PartyKind.STATE)
    pledge = make_pledge(donor=denmark, amount=Decimal("91000000"), currency="DKK")
    with override(code):
        log(AuditAction.CHANGED, None, denmark, changes=[(dict(choices.Stage.choices)["allocated"], "", "")])
        before = RecordAsSeen(pledge)
        Pledge.objects.filter(pk=pledge.pk).update(amount=Decimal("92000000"))
        changed = before.changes_to(RecordAsSeen(pledge))
    entry = AuditEntry.objects.get()
    assert (entry.name, entry.changes) == ("Denmark", [["Allocated", "", ""]])
    assert [tuple(change) for change in changed] == [("Amount", "DKK 91,000,000", "DKK 92,000,000")]
    assert Party.objects.get(pk=denmark.pk).name == "Denmark"


def test_a_moment_names_its_zone_in_each_language():
    at = datetime(2024, 1, 24, 9, 30, tzinfo=UTC)
    english, danish, ukrainian = in_each(lambda: told(at, "Europe/Kyiv"))
    assert english == "24 January 2024, 11:30 Europe/Kyiv (09:30 UTC)"
    assert danish.startswith("24. januar 2024") and danish.endswith("Europe/Kyiv (09:30 UTC)")
    assert ukrainian == "24 січня 2024 року, 11:30 Europe/Kyiv (09:30 UTC)"
