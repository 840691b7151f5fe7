"""The desk's lists of what grows old, and the list of checked links."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from tests import builders as make

DESK = "/admin/"
PAGE = "/admin/aging/"


def lists(response):
    key = "lists" if "lists" in response.context else "aging"
    return {listed["title"]: [(item["text"], item["note"]) for item in listed["items"]]
            for listed in response.context[key]}  # fmt: skip


@pytest.fixture
def aged(db):
    pledge = make.make_pledge(
        title="Old promise", announced_on="2020-01-24", stages=["announced"], review_by=date(2021, 2, 3)
    )
    source = make.make_source(title="The release", url="https://a.example/")
    make.make_link_check(source, "gone", told="The site says that there is no such page.",
                         failing_since=datetime(2026, 1, 2, tzinfo=UTC))  # fmt: skip
    return pledge


@pytest.mark.parametrize("address", [DESK, PAGE])
def test_what_grows_old_is_told_with_its_reason_and_where_it_is_mended(address, editor, aged):
    response = editor.get(address)

    assert lists(response) == {
        "To be reviewed": [("Old promise", "pledge, by 3 February 2021")],
        "Announced long ago, no later stage": [("Old promise", "announced 24 January 2020")],
        "Sources without an archive address": [("The release", "https://a.example/")],
        "Links that do not answer": [
            ("The release", "The site says that there is no such page: https://a.example/; since 2 January 2026")
        ],
        "Reports of readers, waiting for more than 3 days": [],
    }
    html = response.content.decode()
    assert f'href="{reverse("admin:aid_pledge_change", args=[aged.pk])}"' in html


def test_nothing_old_is_said(editor):
    html = editor.get(DESK).content.decode()

    for sentence in ("No review is due.", "No announced pledge is that old.", "Every source on the web has",
                     "All addresses answered when they were last asked."):  # fmt: skip
        assert sentence in html


def test_what_does_not_fit_on_the_desk_is_on_its_page(editor):
    for n in range(10):
        make.make_source(url=f"https://{n}.example/")

    [listed] = [row for row in editor.get(DESK).context["aging"] if row["anchor"] == "archive"]

    assert (len(listed["items"]), listed["more"]) == (8, f"{PAGE}#archive")
    assert len(lists(editor.get(PAGE))["Sources without an archive address"]) == 10


def test_the_lists_are_for_those_who_can_mend_what_stands_in_them(writer, reader, aged):
    assert writer.get(DESK).context["aging"] == []
    assert writer.get(PAGE).status_code == 403
    assert reader.get(PAGE).status_code == 302


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_more_rows(number, editor, django_assert_num_queries):
    for n in range(number):
        make.make_pledge(announced_on="2020-01-24", stages=["announced"], review_by=date(2021, 2, 3))
        make.make_link_check(make.make_source(url=f"https://{n}.example/"), "gone")
    editor.get(PAGE)

    with django_assert_num_queries(10):
        editor.get(PAGE)


def test_the_list_of_checks_says_what_each_address_answered(editor):
    source = make.make_source(title="The release", url="https://a.example/")
    check = make.make_link_check(source, "fails", status=500, told="The site says that it cannot answer.")

    html = editor.get("/admin/aid/linkcheck/").content.decode()

    assert "Does not answer (500)" in html
    assert "The site says that it cannot answer." in html
    assert editor.post(f"/admin/aid/linkcheck/{check.pk}/change/", {"state": "answers"}).status_code == 403
