from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from aid.models import Event, Source
from tests import builders as make

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def event():
    source, event = make.make_source(), make.make_event(slug="meeting")
    make.make_claim(event, "title", source=source)
    return event


def article(slug, **given):
    article = make.make_article("They met", "[[event:meeting|They]] met.", slug=slug, published=False, **given)
    make.sign_everything(article)
    return article


def run(**options):
    out = StringIO()
    call_command("check_articles", stdout=out, **options)
    return out.getvalue()


def test_articles_in_order_are_said_to_be(event):
    live = article("live")
    make.make_publication(live, live.revisions.get())

    assert run() == "No live article breaks the checklist.\n"
    assert run(verbosity=0) == ""


def test_a_live_article_that_breaks_a_rule_is_named_and_the_command_fails(event):
    live = article("live")
    make.make_publication(live, live.revisions.get())
    Source.objects.update(withdrawn_at=timezone.now(), withdrawn_why="It was forged.")

    out = StringIO()
    with pytest.raises(CommandError) as stopped:
        call_command("check_articles", stdout=out)

    assert stopped.value.returncode == 1
    assert str(stopped.value) == "1 live article breaks the checklist. Publish a mended text, or withdraw it."
    assert out.getvalue().startswith("source_withdrawn: article live (live): The source “")
    assert out.getvalue().endswith(f"See /admin/aid/article/{live.pk}/fact-check/\n")


def test_a_scheduled_article_is_held_against_its_own_moment(event):
    soon = article("soon")
    make.make_publication(soon, soon.revisions.get(), timezone.now() + DAY)
    assert run() == "No live article breaks the checklist.\n"

    Event.objects.update(embargo_until=timezone.now() + 2 * DAY)
    told = run()

    assert told.startswith("record_embargoed: article soon (goes live on ")
    assert told.endswith("No live article breaks the checklist. 1 scheduled article will break it.\n")


def test_drafts_and_withdrawn_articles_are_none_of_its(event):
    article("draft")
    gone = article("gone")
    make.make_publication(gone, gone.revisions.get(), timezone.now() - 2 * DAY)
    make.make_publication(gone, None, timezone.now() - DAY)
    Source.objects.update(withdrawn_at=timezone.now(), withdrawn_why="It was forged.")

    assert run() == "No live article breaks the checklist.\n"
