"""What grows old: due for a review, announced long ago, without an archived copy, dead."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from aid.actions.links import record_check
from aid.choices import LinkState
from aid.exchange.links import Answer
from aid.models import LinkCheck, Pledge, Source
from aid.queries import aging
from tests import builders as make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 31)


def withdrawn():
    return {"withdrawn_at": timezone.now(), "withdrawn_why": "It was forged."}


def test_records_whose_day_has_come_are_to_be_reviewed_the_longest_due_first():
    later = make.make_pledge(review_by=date(2026, 4, 1))
    today, long_due = make.make_pledge(review_by=TODAY), make.make_statement(review_by=date(2025, 1, 1))
    make.make_event(), make.make_event(review_by=TODAY, **withdrawn())
    rows = [make.make_party, make.make_person, make.make_coalition, make.make_agreement, make.make_event,
            make.make_assertion, make.make_source, make.make_article]  # fmt: skip
    others = [row(review_by=date(2026, 1, 1)) for row in rows]

    found = aging.to_review(TODAY, limit=50)

    assert found.rows[0] == long_due
    assert found.rows[-1] == today
    assert set(found.rows[1:-1]) == set(others)
    assert (found.count, later in found.rows) == (10, False)
    assert aging.to_review(TODAY, limit=1).rows == [long_due]


def test_the_names_of_what_is_due_cost_no_query(django_assert_num_queries):
    for _ in range(3):
        make.make_statement(review_by=TODAY), make.make_pledge(review_by=TODAY), make.make_article(review_by=TODAY)

    with django_assert_num_queries(4):
        assert len([str(row) for row in aging.to_review(TODAY, limit=50).rows]) == 9


@pytest.mark.parametrize(("months", "day", "before"), [
    (12, date(2026, 3, 31), date(2025, 3, 31)), (1, date(2026, 3, 31), date(2026, 2, 28)),
    (1, date(2024, 3, 31), date(2024, 2, 29)), (3, date(2026, 1, 15), date(2025, 10, 15)),
    (12, date(2024, 2, 29), date(2023, 2, 28)), (100_000, date(2026, 3, 31), date(1, 11, 30)),
])  # fmt: skip
def test_months_are_counted_back_to_a_day_that_there_is(months, day, before):
    assert aging.months_before(day, months) == before


def test_announced_long_ago_means_no_later_stage_and_nothing_in_its_place():
    def announced(day, **given):
        return make.make_pledge(announced_on=day, stages=given.pop("stages", ["announced"]), **given)

    old = announced("2025-03-31")
    older = announced("2024")
    announced("2025-04-01"), announced("2024-01-24", stages=["announced", "committed"])
    announced("2024-01-24", **withdrawn())
    announced("2024-01-24", stages=["announced", "cancelled"])
    superseded = announced("2024-01-24")
    make.make_pledge(supersedes=superseded)
    undated, new = announced("XXXX-01-24"), announced("XXXX-01-24")
    Pledge.objects.filter(pk=undated.pk).update(created_at=datetime(2020, 1, 1, tzinfo=UTC))
    Pledge.objects.filter(pk=new.pk).update(created_at=datetime(2026, 3, 1, tzinfo=UTC))

    assert aging.announced_long_ago(TODAY).rows == [older, old, undated]


def test_the_months_are_the_sites_to_choose(settings):
    pledge = make.make_pledge(announced_on="2026-01-31", stages=["announced"])
    assert aging.announced_long_ago(TODAY).rows == []

    settings.AGING_MONTHS = 2

    assert aging.announced_long_ago(TODAY).rows == [pledge]


def test_sources_on_the_web_without_a_copy_are_listed():
    make.make_source(), make.make_source(url="https://a.example/", archive_url="https://archive.example/a")
    make.make_source(url="https://b.example/", **withdrawn())
    first, second = make.make_source(url="https://c.example/"), make.make_source(url="https://d.example/")

    assert aging.without_archive().rows == [second, first]


def test_links_that_are_gone_or_fail_are_listed_as_long_as_the_source_has_them():
    def check(state, day=1, **given):
        row = make.make_source(url=f"https://{state}.example/", **given)
        return make.make_link_check(row, state, failing_since=datetime(2026, 1, day, tzinfo=UTC))

    fails, gone = check("fails", 2), check("gone", 1)
    check("answers"), check("moved"), check("barred")
    former = check("fails", 3)
    Source.objects.filter(pk=former.source_id).update(url="https://new.example/")
    copy = make.make_link_check(make.make_source(archive_url="https://copy.example/"), "gone")

    assert aging.dead_links().rows == [gone, fails, copy]


def test_lists_are_counted_no_further_than_they_are_shown():
    party = make.make_party()
    Source.objects.bulk_create(
        Source(slug=f"s-{n}", title="S", kind="news_report", url="https://a.example/", publisher=party,
               publisher_unknown="", author_unknown="not_stated", url_unknown="",
               published_on_unknown="not_stated") for n in range(aging.MOST + 5))  # fmt: skip

    found = aging.without_archive()

    assert (len(found.rows), found.count, found.told, found.is_cut) == (8, 201, "more than 200", True)
    assert aging.without_archive(limit=3).told == "more than 200"


def test_a_list_that_is_shown_whole_is_counted_without_another_query(django_assert_num_queries):
    make.make_source(url="https://a.example/")

    with django_assert_num_queries(1):
        assert aging.without_archive().told == "1"


def test_a_check_remembers_since_when_it_fails_and_forgets_it_once_it_answers():
    row = make.make_source(url="https://a.example/")
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
    states = [LinkState.FAILS, LinkState.GONE, LinkState.ANSWERS, LinkState.FAILS]

    since = [record_check(row, row.url, Answer(state, 404), day).failing_since for state, day in
             zip(states, days, strict=True)]  # fmt: skip

    assert since == [days[0], days[0], None, days[3]]
    assert LinkCheck.objects.get().checked_at == days[3]
