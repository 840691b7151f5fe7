"""Withdrawing a record and bringing it back on the desk."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from aid.choices import AuditAction
from aid.models import AuditEntry, Pledge
from aid.models.records import Withdrawable
from aid.queries.public import RECORDS
from tests import builders as make
from tests.admin.forms import said

pytestmark = pytest.mark.django_db

KINDS = [model for model in RECORDS if issubclass(model, Withdrawable)]


def page(row, step="change"):
    return reverse(f"admin:aid_{row._meta.model_name}_{step}", args=[row.pk])


def made(model):
    return getattr(make, f"make_{model._meta.model_name}")()


@pytest.mark.parametrize("model", KINDS)
def test_a_publisher_withdraws_a_record_and_brings_it_back(model, publisher):
    row = made(model)
    form = publisher.get(page(row))
    assert f'<li><a href="{page(row, "withdraw")}">Withdraw</a></li>' in form.text

    asked = publisher.get(page(row, "withdraw"))
    assert "Reason for readers" in asked.text
    response = publisher.post(page(row, "withdraw"), {"why": "It was forged."}, follow=True)

    row.refresh_from_db()
    assert (row.withdrawn_at is not None, row.withdrawn_why) == (True, "It was forged.")
    assert response.redirect_chain == [(page(row), 302)]
    assert said(response)[0][0] == "success"
    assert "Readers are told: It was forged." in response.text
    assert f'<li><a href="{page(row, "reinstate")}">Reinstate</a></li>' in response.text

    response = publisher.post(page(row, "reinstate"), {"why": "It was genuine."}, follow=True)

    row.refresh_from_db()
    assert (row.withdrawn_at, row.withdrawn_why) == (None, "")
    assert "Readers are told" not in response.text


def test_the_page_shows_what_names_the_record(publisher):
    pledge = make.make_pledge(slug="one")
    other = make.make_pledge(title="The part of it", part_of=pledge)
    make.make_article("An article of it", "[[pledge:one:amount]]")

    text = publisher.get(page(pledge, "withdraw")).text

    assert f'<a href="{page(other)}">The part of it</a>' in text
    assert "An article of it" in text


def test_without_a_reason_the_form_comes_back(publisher):
    pledge = make.make_pledge()

    response = publisher.post(page(pledge, "withdraw"), {"why": " "})

    assert response.status_code == 200
    assert "Say why: readers are told it where the record stood." in response.text
    pledge.refresh_from_db()
    assert pledge.withdrawn_at is None
    assert not AuditEntry.objects.exclude(action=AuditAction.LOGIN).exists()


def test_nonsense_is_answered_in_words_and_nothing_is_lost(publisher):
    pledge = make.make_pledge()

    response = publisher.post(page(pledge, "withdraw"), {"why": "<b>x</b>" * 400})
    assert "&lt;b&gt;x&lt;/b&gt;" in response.text
    assert "Ensure this value has at most 2000 characters" in response.text
    assert publisher.post(page(pledge, "withdraw"), {"why": "a\0b"}).status_code == 200
    assert publisher.put(page(pledge, "withdraw")).status_code == 405
    for key in ("9" * 30, "abc", "0"):
        response = publisher.get(f"/admin/aid/pledge/{key}/withdraw/", follow=True)
        assert response.status_code == 200
        assert said(response)[0][0] == "warning"
    pledge.refresh_from_db()
    assert pledge.withdrawn_at is None


def test_what_somebody_else_has_done_already_is_said(publisher):
    pledge = make.make_pledge()
    publisher.post(page(pledge, "withdraw"), {"why": "First."})

    assert "It is withdrawn already." in publisher.get(page(pledge, "withdraw")).text
    assert "It is withdrawn already." in publisher.post(page(pledge, "withdraw"), {"why": "Second."}).text
    pledge.refresh_from_db()
    assert pledge.withdrawn_why == "First."


@pytest.mark.parametrize("role", ("writer", "editor", "reader"))
@pytest.mark.parametrize("step", ("withdraw", "reinstate"))
def test_nobody_else_can(role, step, request):
    client, pledge = request.getfixturevalue(role), make.make_pledge()

    for response in (client.get(page(pledge, step)), client.post(page(pledge, step), {"why": "Because."})):
        assert response.status_code == (302 if role == "reader" else 403)
    pledge.refresh_from_db()
    assert pledge.withdrawn_at is None
    assert "Withdraw</a>" not in client.get(page(pledge)).text


def test_the_list_shows_what_readers_do_not_see(editor):
    make.make_pledge(title="Open to all")
    make.make_pledge(title="Under embargo", embargo_until=datetime(2100, 1, 1, tzinfo=UTC))
    gone = make.make_pledge(title="Taken back")
    Pledge.objects.filter(pk=gone.pk).update(withdrawn_at=datetime(2020, 1, 1, tzinfo=UTC), withdrawn_why="Wrong.")

    for asked, title in (("embargo", "Under embargo"), ("withdrawn", "Taken back")):
        response = editor.get(f"/admin/aid/pledge/?readers={asked}")
        assert [row.title for row in response.context["cl"].result_list] == [title]
