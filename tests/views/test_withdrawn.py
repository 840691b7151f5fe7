"""A withdrawn record: its page says that it is gone and why; it stands nowhere else, but what names it does."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from aid.models import (
    Agreement,
    Assertion,
    Coalition,
    Event,
    FormerAddress,
    Party,
    Person,
    Pledge,
    Source,
    Statement,
)
from aid.queries.public import RECORDS
from tests import builders
from tests.planted import EARLIER, JUST_BEFORE, MINUTE, public_site

pytestmark = pytest.mark.django_db

WHY = "It stood for nothing: the document was forged.\nReaders told us."
WITH_A_PAGE = (Pledge, Coalition, Agreement, Event, Party, Person, Source)
LISTS = (
    "/pledges/",
    "/coalitions/",
    "/agreements/",
    "/events/",
    "/parties/",
    "/people/",
    "/sources/",
    "/",
    "/about/",
)


def a_row(model, **given):
    return getattr(builders, f"make_{model._meta.model_name}")(slug="taken-back", **given)


def withdraw(row, at=MINUTE, why=WHY):
    type(row).objects.filter(pk=row.pk).update(withdrawn_at=at, withdrawn_why=why)


def words(response):
    return unescape(response.content.decode())


@pytest.mark.parametrize("model", WITH_A_PAGE)
def test_page_of_a_withdrawn_record_says_since_when_and_why_and_nothing_else_of_it(reader, model):
    name = {Party: "name", Person: "name", Coalition: "name"}.get(model, "title")
    row = a_row(model, **{name: "What was wrong"})
    withdraw(row)
    correction = builders.make_correction(**{model._meta.model_name: row}, kind="retraction", note="Forged.")

    response = reader.get(row.get_absolute_url())

    assert response.status_code == 410
    assert f"<h1>This {model._meta.verbose_name} was withdrawn</h1>" in response.text
    assert '<time datetime="2026-03-03T09:00:00+0000">3 March 2026</time>' in response.text
    assert "It stood for nothing: the document was forged.<br>Readers told us." in response.text
    assert '<meta name="robots" content="noindex">' in response.text
    assert "canonical" not in response.text
    assert "What was wrong" not in response.text
    assert f'id="correction-{correction.key}"' in response.text
    section = row.get_absolute_url().split("/")[1]
    assert f'<a class="button" href="/{section}/">' in response.text
    assert reader.head(row.get_absolute_url()).status_code == 410
    assert reader.post(row.get_absolute_url()).status_code == 405
    assert response["Cache-Control"] == "no-cache"


def test_reason_of_a_withdrawal_is_escaped(reader):
    pledge = builders.make_pledge()
    withdraw(pledge, why="<script>alert(1)</script>")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in reader.get(pledge.get_absolute_url()).text


def test_withdrawn_records_stand_in_no_list_total_count_or_choice(reader):
    """Every list, and the front page, are what they are on a site that never had them."""
    with time_machine.travel(EARLIER, tick=False) as clock:
        world = public_site()
        clock.move_to(JUST_BEFORE)
        without = {address: words(reader.get(address)) for address in LISTS}
        for model in RECORDS:
            ends = enumerate(ENDS.get(model, {}).items())
            withdraw(a_row(model, **{name: world.public_row(target, n) for n, (name, target) in ends}))
        before = {address: words(reader.get(address)) for address in LISTS}
        clock.move_to(MINUTE)
        after = {address: words(reader.get(address)) for address in LISTS}
    assert [address for address in LISTS if before[address] == without[address]] == []
    assert [address for address in LISTS if after[address] != without[address]] == []


# What ties a record to the others, so that its going could show there.
ENDS = {
    Pledge: {"donor": Party, "recipient": Party, "coalition": Coalition, "supersedes": Pledge},
    Event: {"series": Party},
    Source: {"publisher": Party},
    Statement: {"party": Party, "pledge": Pledge},
    Assertion: {"attributed_to": Party, "pledge": Pledge},
    Party: {"parent": Party},
}


def test_what_names_a_withdrawn_record_stays_and_may_link_to_it(reader):
    gone = builders.make_party(name="Taken back", slug="taken-back")
    pledge = builders.make_pledge(donor=gone)
    successor = builders.make_pledge(supersedes=pledge)
    article = builders.make_article(body=f"[[pledge:{successor.slug}]] and [[party:taken-back|they]]")
    withdraw(gone, EARLIER)
    withdraw(pledge, EARLIER)

    assert pledge.title in reader.get(successor.get_absolute_url()).text
    assert reader.get(pledge.get_absolute_url()).status_code == 410
    text = reader.get(article.get_absolute_url()).text
    assert successor.title in text
    assert "figure not available" in text
    assert "taken-back" not in text
    assert "Taken back" not in reader.get("/parties/").text


def test_a_donor_that_was_withdrawn_is_no_choice_and_its_pledge_stays(reader):
    gone = builders.make_party(name="Taken back", slug="taken-back")
    builders.make_pledge(donor=gone, title="A pledge of it")
    withdraw(gone, EARLIER)

    response = reader.get("/pledges/?donor=taken-back")

    assert response.context["ignored"] == ["Ignored: donor “taken-back” is no donor here."]
    assert "A pledge of it" in response.text
    assert '<a href="/parties/taken-back/">' in reader.get(Pledge.objects.get().get_absolute_url()).text


def test_former_address_leads_to_the_page_that_says_why(reader):
    pledge = builders.make_pledge()
    FormerAddress.objects.create(kind="pledge", slug="before", record=pledge.pk)
    withdraw(pledge, EARLIER)

    response = reader.get("/pledges/before/", follow=True)

    assert response.redirect_chain == [(pledge.get_absolute_url(), 301)]
    assert response.status_code == 410


@pytest.mark.parametrize("rows", (1, 3))
def test_page_of_a_withdrawn_record_costs_the_same_for_one_correction_and_for_three(
    reader, rows, django_assert_num_queries
):
    pledge = builders.make_pledge()
    withdraw(pledge, EARLIER)
    for _ in range(rows):
        builders.make_correction(pledge=pledge)
    # The pledge with what its page fetches (5), what is held back, the corrections.
    with django_assert_num_queries(7):
        assert reader.get(pledge.get_absolute_url()).status_code == 410


def test_withdrawn_embargoed_record_is_not_found_until_the_embargo_is_over(reader):
    pledge = builders.make_pledge(embargo_until=MINUTE)
    withdraw(pledge, EARLIER)
    with time_machine.travel(MINUTE - timedelta(seconds=1), tick=False) as clock:
        assert Client().get(pledge.get_absolute_url()).status_code == 404
        clock.move_to(MINUTE)
        assert Client().get(pledge.get_absolute_url()).status_code == 410
