from datetime import timedelta

import pytest
from django.utils import timezone

from aid.choices import Stage
from aid.models import Article, Correction, Pledge
from aid.queries.public import Public
from aid.queries.this_week import this_week
from tests import builders

pytestmark = pytest.mark.django_db


def told(public):
    articles = list(public.of(Article.objects.newest_first()))
    corrections = list(public.of(Correction.objects.with_subjects(public.at)).newest_first())
    return [
        (news.kind, getattr(news.row, "pledge", None) or news.row)
        for news in this_week(public, articles, corrections)
    ]


def test_the_week_tells_what_was_entered_in_it_and_no_hidden_or_older_thing():
    now = timezone.now()
    old, new = builders.make_pledge(), builders.make_pledge()
    Pledge.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=8))
    builders.make_pledge(embargo_until=now + timedelta(days=1))
    builders.make_correction(pledge=old, decided_at=now - timedelta(days=9))
    assert told(Public(now + timedelta(seconds=5))) == [("pledge", new)]
    assert told(Public(now + timedelta(days=7, hours=1))) == []


def test_a_further_stage_of_an_older_pledge_is_news_and_the_first_is_not():
    now = timezone.now()
    pledge = builders.make_pledge()
    Pledge.objects.filter(pk=pledge.pk).update(created_at=now - timedelta(days=30))
    first = pledge.stages.first() or pledge.stages.create(position=1, stage=Stage.ANNOUNCED, on_unknown="not_stated")
    second = pledge.stages.create(position=2, stage=Stage.ALLOCATED, on_unknown="not_stated")
    builders.make_claim(first, "stage")
    builders.make_claim(second, "stage")
    found = this_week(Public(now + timedelta(seconds=5)), [], [])
    assert [(news.kind, news.row.stage_step) for news in found] == [("stage", second)]
