"""What readers find, on either database alike."""

import pytest

from aid.actions.search import catch_up
from aid.models import Pledge
from aid.queries.public import Public
from aid.queries.search import Search, Unsearchable, matching, read
from tests import builders as make

pytestmark = pytest.mark.django_db


def found(text, **given):
    """The titles of what readers find now, best first."""
    catch_up()
    search = Search(text, Public())
    return [hit.title for hit in search.hits(search.ranked(**given))]


FOLDED = {
    "Øresund æbler i Århus": ("oresund", "ØRESUND", "aebler", "arhus", "Århus", "a\u030arhus"),
    "Łódź, Straße, naïve": ("lodz", "Łódź", "strasse", "straße", "NAIVE", "nai\u0308ve"),
    "Україна бере п’ять ракет": ("україна", "УКРАЇНА", "п'ять", "пʼять", "п’ять", "пять", "раке"),
    "O’Brien of Ukraine's army": ("o'brien", "O’Brien", "OʼBrien", "ukraine's", "Ukraine’s army", "ukraine army"),
    "Some 91,000,000 for F-16s": ("91,000,000", "91 000 000", "91", "f-16s", "F-16"),
}


def test_accents_case_and_apostrophes_make_no_difference():
    for title in FOLDED:
        make.make_event(title=title)
    for title, typed in FOLDED.items():
        for text in typed:
            assert found(text) == [title], text
    # Letters that an alphabet tells apart stay apart.
    assert found("украіна") == []


def test_a_word_a_beginning_a_phrase_and_what_is_left_out():
    for title in ("Air defence radars", "Defence of the air", "Radar defence", "Airfield"):
        make.make_event(title=title)

    assert set(found("defence air")) == {"Air defence radars", "Defence of the air"}
    assert set(found("def rad")) == set()
    assert set(found("def* rad")) == {"Air defence radars", "Radar defence"}
    assert set(found("air")) == {"Air defence radars", "Defence of the air", "Airfield"}
    assert found('"air defence"') == ["Air defence radars"]
    assert found('"air def') == ["Air defence radars"]
    assert set(found('"air"')) == {"Air defence radars", "Defence of the air"}
    assert found("defence -radars -air") == ["Radar defence"]
    assert found('defence -"of the air" -radars') == ["Radar defence"]


@pytest.mark.parametrize("text", ["!!!", '""', "-air", "x" * 201, "a b c d e f g h i j k l m n o p q", "*", "'"])
def test_what_cannot_be_looked_for_is_refused_with_a_sentence(text):
    with pytest.raises(Unsearchable):
        read(text)


@pytest.mark.parametrize(
    "text", ['a" OR "', "NEAR(a b)", "title:air", "air AND", "air:*", "(air", "a & !b", "air <-> x", "\\", "'; --"]
)
def test_the_signs_of_either_database_are_plain_text(text):
    make.make_event(title="Air")
    try:
        found(text)
    except Unsearchable:
        assert not any(sign.isalnum() for sign in text)


def test_what_is_called_so_comes_first_and_then_the_newest():
    denmark = make.make_party(name="Denmark", slug="denmark")
    for year in (2023, 2025, 2024):
        make.make_pledge(title=f"Boats {year}", donor=denmark, announced_on=f"{year}-02-01")
    make.make_event(title="A day in Denmark", starts_on="2022-02-01")

    assert found("denmark") == ["Denmark", "A day in Denmark", "Boats 2025", "Boats 2024", "Boats 2023"]


def test_a_record_is_found_by_the_names_that_others_have_today():
    """Renaming a party touches none of its pledges."""
    donor = make.make_party(name="Swaziland", aliases="Swazi kingdom")
    make.make_pledge(title="Three boats", donor=donor)
    coalition = make.make_coalition(name="IT", members=[donor])
    assert set(found("swaziland")) == {"Swaziland", "Three boats", "IT"}
    assert found("swazi kingdom boats") == ["Three boats"]

    donor.name = "Eswatini"
    donor.save()

    assert set(found("eswatini")) == {"Eswatini", "Three boats", "IT"}
    assert found("swaziland") == []
    coalition.memberships.all().delete()
    assert set(found("eswatini")) == {"Eswatini", "Three boats"}


def test_matching_gives_the_rows_of_one_kind():
    one, _other = make.make_pledge(title="Boats"), make.make_pledge(title="Tanks")
    make.make_event(title="Boats")
    catch_up()

    assert list(Pledge.objects.filter(pk__in=matching(Pledge, "boat", Public()))) == [one]
    assert not Pledge.objects.filter(pk__in=matching(Pledge, "", Public())).exists()
