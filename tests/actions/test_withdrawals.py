import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from aid.actions.withdrawals import reinstate_record, withdraw_record
from aid.choices import AuditAction
from aid.models import AuditEntry
from aid.models.records import Withdrawable
from aid.queries.public import RECORDS, Public
from tests import builders as make

pytestmark = pytest.mark.django_db

WHY = "The document was forged."
KINDS = [model for model in RECORDS if issubclass(model, Withdrawable)]


def made(model):
    return getattr(make, f"make_{model._meta.model_name}")()


def entries():
    rows = AuditEntry.objects.exclude(action=AuditAction.LOGIN).order_by("pk")
    return [(row.action, row.kind, row.number, row.username, row.why) for row in rows]


@pytest.mark.parametrize("model", KINDS)
def test_a_record_is_withdrawn_and_brought_back(model, publisher):
    row = made(model)

    withdraw_record(row, publisher.user, f"  {WHY} ")

    row.refresh_from_db()
    assert (row.withdrawn_why, Public().has_withdrawn(row)) == (WHY, True)
    assert row.history.first().history_user == publisher.user
    assert row.history.first().history_change_reason == WHY

    reinstate_record(row, publisher.user, "It was genuine.")

    row.refresh_from_db()
    assert (row.withdrawn_at, row.withdrawn_why, Public().has(row)) == (None, "", True)
    kind, number, by = model._meta.model_name, row.pk, "publisher"
    assert entries() == [
        (AuditAction.WITHDRAWN, kind, number, by, WHY),
        (AuditAction.REINSTATED, kind, number, by, "It was genuine."),
    ]
    assert WHY in AuditEntry.objects.get(action=AuditAction.REINSTATED).message


@pytest.mark.parametrize("role", ("writer", "editor"))
def test_only_a_publisher_does(role, request):
    row, by = make.make_pledge(), request.getfixturevalue(role).user
    for act in (withdraw_record, reinstate_record):
        with pytest.raises(PermissionDenied):
            act(row, by, WHY)
    row.refresh_from_db()
    assert row.withdrawn_at is None
    assert entries() == []


@pytest.mark.parametrize("why", ("", "  \n "))
def test_without_a_reason_nothing_is_done(why, publisher):
    row = make.make_pledge()
    for act in (withdraw_record, reinstate_record):
        with pytest.raises(ValidationError) as refused:
            act(row, publisher.user, why)
        assert refused.value.code == "reason"
    row.refresh_from_db()
    assert row.withdrawn_at is None
    assert entries() == []


def test_what_is_withdrawn_already_stays_as_it_was(publisher):
    row = make.make_pledge()
    withdraw_record(row, publisher.user, WHY)

    with pytest.raises(ValidationError) as refused:
        withdraw_record(row, publisher.user, "Another reason.")

    assert refused.value.code == "withdrawn"
    row.refresh_from_db()
    assert row.withdrawn_why == WHY


def test_what_stands_cannot_be_brought_back(publisher):
    with pytest.raises(ValidationError) as refused:
        reinstate_record(make.make_pledge(), publisher.user, WHY)
    assert refused.value.code == "not_withdrawn"
    assert entries() == []
