"""The tables as they were: the same queries, asked of the rows that stood then."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from aid.actions.beginnings import begin_histories
from aid.models import Article, Claim, ExchangeRate, Party, Pledge, PledgeStage, Sector, Source
from aid.queries.beginnings import history_of, with_past
from aid.queries.past import Past, WritingThePast
from tests.builders import make_article, make_claim, make_party, make_passage, make_pledge, make_rate, make_sector

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = (datetime(2024, month, 1, 12, tzinfo=UTC) for month in (2, 3, 4))


def past(at):
    return Past(at, timezone.now())


def test_a_row_is_there_from_its_first_day_as_it_stood_to_its_last():
    with time_machine.travel(FIRST, tick=False):
        party = make_party(name="Jutland")
    with time_machine.travel(SECOND, tick=False):
        party.name = "Denmark"
        party.save()
    with time_machine.travel(THIRD, tick=False):
        party.delete()

    found = {}
    for at in (FIRST.replace(hour=11), FIRST, SECOND.replace(hour=11), SECOND, THIRD.replace(hour=11), THIRD):
        with past(at):
            found[at] = list(Party.objects.filter(slug=party.slug).values_list("name", flat=True))

    assert list(found.values()) == [[], ["Jutland"], ["Jutland"], ["Denmark"], ["Denmark"], []]


def test_links_go_with_the_row_that_has_them():
    with time_machine.travel(FIRST, tick=False):
        air, sea = make_sector(code="air-defence", name="Air defence"), make_sector(code="maritime", name="At sea")
        pledge = make_pledge(sectors=[air])
    with time_machine.travel(SECOND, tick=False):
        pledge.sectors.set([air, sea])

    with past(FIRST):
        assert list(Pledge.objects.get().sectors.all()) == [air]
        assert Sector.objects.annotate(n=Count("pledges")).order_by("name").values_list("n", flat=True)[0] == 1
        assert Pledge.objects.filter(sectors=sea).count() == 0
    with past(SECOND):
        assert set(Pledge.objects.get().sectors.all()) == {air, sea}


def test_what_never_changes_is_there_with_the_row():
    """A source's text is not kept a second time in its history."""
    source = make_passage().source
    with past(timezone.now()):
        assert Source.objects.get(pk=source.pk).text == source.text != ""


def test_a_rate_is_known_from_the_day_on_which_it_was_loaded():
    with time_machine.travel(SECOND, tick=False):
        make_rate("2024-01-24", "DKK", "7.4")
    with past(FIRST):
        assert not ExchangeRate.objects.exists()
    with past(SECOND):
        assert ExchangeRate.objects.exists()


def test_rows_without_a_history_are_known_since_they_say(document):
    """As loaddata leaves them, before anybody has begun their histories."""
    for model in with_past():
        history_of(model).all().delete()
    since = Pledge.objects.first().updated_at
    everything = {model: set(model.objects.values_list("pk", flat=True)) for model in with_past()}

    for _ in range(2):
        with past(since.replace(hour=since.hour - 1)):
            assert not Pledge.objects.exists() and not Claim.objects.exists() and not PledgeStage.objects.exists()
        with past(since):
            assert {model: set(model.objects.values_list("pk", flat=True)) for model in with_past()} == everything
        # The second time with their histories begun: the same.
        begin_histories()


def test_an_article_under_embargo_now_is_hidden_in_its_past_too():
    article = make_article(published=True)
    then = timezone.now()
    with past(then):
        assert Article.objects.published(then).exists()
    article.embargo_until = datetime(2099, 1, 1, tzinfo=UTC)
    article.save()
    with past(then):
        assert not Article.objects.published(then).exists()


def test_the_past_is_not_written():
    party = make_party()
    with past(timezone.now()):
        for write in (party.save, party.delete, lambda: Party.objects.update(name="X"), make_party):
            with pytest.raises(WritingThePast), transaction.atomic():
                write()
    assert Party.objects.get(pk=party.pk).name == party.name


def test_now_is_as_it_is(document, client):
    """Each table gives the same rows by its history as by itself."""
    begin_histories()
    pledge = make_pledge()
    make_claim(pledge, "amount", [make_passage()])
    for model in with_past():
        here = list(model.objects.order_by("pk").values())
        with past(timezone.now()):
            assert list(model.objects.order_by("pk").values()) == here


def test_a_percent_sign_in_a_statement_without_values_stays(document):
    from django.db import connection

    with past(timezone.now()), connection.cursor() as cursor:
        cursor.execute("""SELECT count(*) FROM "aid_party" WHERE "name" LIKE 'D%'""")
        assert cursor.fetchone()[0] > 0
