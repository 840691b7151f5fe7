"""What was loaded has a history from its first day on."""

import pytest

from aid.actions.beginnings import LOADED, begin_histories
from aid.models import Claim, Pledge
from aid.queries.beginnings import kept_models, without_history
from tests.builders import make_claim, make_passage, make_pledge, make_sector

pytestmark = pytest.mark.django_db


def forget():
    for model in kept_models():
        model.history.all().delete()


def test_loaded_rows_begin_as_they_stand(django_assert_num_queries):
    sector, passage = make_sector(), make_passage()
    pledges = [make_pledge(sectors=[sector], title=f"As loaded {n}") for n in range(3)]
    claims = [make_claim(pledge, "amount", [passage]) for pledge in pledges]
    forget()

    begin_histories()

    entries = Pledge.history.order_by("id")
    assert [(entry.title, entry.history_type, entry.history_change_reason) for entry in entries] == [
        (f"As loaded {n}", "+", LOADED) for n in range(3)
    ]
    assert [[link.sector for link in entry.sectors.all()] for entry in entries] == [[sector]] * 3
    assert {link.passage for claim in Claim.history.all() for link in claim.passages.all()} == {passage}
    assert len(claims) == Claim.history.count()


def test_what_has_a_history_keeps_it():
    pledge = make_pledge(title="First")
    pledge.title = "Second"
    pledge.save()
    begin_histories()

    assert begin_histories() == 0
    assert list(pledge.history.order_by("history_id").values_list("title", flat=True))[-1] == "Second"
    assert not pledge.history.filter(history_change_reason=LOADED).exists()


def test_every_row_of_the_document_has_a_history(document):
    begin_histories()

    assert [model for model in kept_models() if without_history(model).exists()] == []
    assert begin_histories() == 0
