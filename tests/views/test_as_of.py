"""`?as_of=`: what readers got at an address then, whoever asks now."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from aid.actions.beginnings import begin_histories
from aid.models import Article, Pledge
from tests.builders import (
    make_article,
    make_claim,
    make_coalition,
    make_membership,
    make_party,
    make_passage,
    make_pledge,
    make_source,
)

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = (datetime(2024, month, 1, 12, tzinfo=UTC) for month in (2, 3, 4))


def text(response):
    return response.content.decode()


@pytest.fixture
def renamed(db):
    with time_machine.travel(FIRST, tick=False):
        pledge = make_pledge(title="Ten boats", slug="boats")
    with time_machine.travel(THIRD, tick=False):
        pledge.title = "Twelve boats"
        pledge.save()
    return pledge


def test_a_page_shows_what_was_known(reader, renamed):
    then, now = reader.get("/pledges/boats/?as_of=2024-03-01"), reader.get("/pledges/boats/")
    assert "Ten boats" in text(then) and "Twelve boats" not in text(then)
    assert "Twelve boats" in text(now) and "Ten boats" not in text(now)
    assert "As known at the end of 1 March 2024 (UTC)" in text(then)
    assert "As known" not in text(now)
    assert then["X-Robots-Tag"] == "noindex"
    assert '<link rel="canonical" href="http://testserver/pledges/boats/?as_of=2024-03-01">' in text(then)


def test_a_day_means_its_end_and_a_moment_itself(reader, renamed):
    shown = {
        written: "Twelve" in text(reader.get("/pledges/boats/", {"as_of": written}))
        for written in (
            "2024-03-31", "2024-04-01", "2024-04-01T11:59:59Z", "2024-04-01T12:00Z", "2024-04-01 12:00",
            "2024-04-01T14:00:00+02:00", "2024-04-01T13:59:00+02:00", "2024-04-01T13:59+0200",
        )
    }  # fmt: skip
    assert list(shown.values()) == [False, True, False, True, True, True, False, False]


def test_whoever_reads_about_a_day_stays_there(reader, renamed):
    page = text(reader.get("/pledges/?as_of=2024-03-01&stage=allocated"))
    links = re.findall(r'<a\b[^>]*href="([/?][^"]*)"', page)
    stays = [link for link in links if "as_of=2024-03-01" in link]
    assert "/pledges/boats/?as_of=2024-03-01" in stays
    # A feed is of what comes.
    feeds = {f"/pledges/feed.{form}?stage=allocated" for form in ("rss", "atom")}
    assert set(links) - set(stays) == {"/pledges/?stage=allocated", *feeds}
    # The filters ask for the same day, and the form that asks for another says no day twice.
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    assert [form.count('name="as_of"') for form in forms] == [1] * len(forms) and len(forms) >= 2
    assert 'name="stage" value="allocated"' in forms[-1]


def test_the_day_is_no_filter_of_a_list(reader, renamed):
    assert "is no filter" not in text(reader.get("/pledges/?as_of=2024-03-01"))


@pytest.mark.parametrize(
    "written, why",
    [
        ("yesterday", "no day that can be read"),
        ("2024-2-1", "no day that can be read"),
        ("2024-02-30", "no such day"),
        ("2024-02-01T25:00", "no such day or hour"),
        ("0000-01-01", "no such day"),
        ("9999-12-31", "no such day"),
        ("2999-01-01", "lies ahead"),
        ("2024-02-01T10:00+99:00", "no such day or hour"),
        ("2024-02-01' OR 1=1", "no day that can be read"),
        ("<b>", "no day that can be read"),
        ("2024-02-01\x00", "no day that can be read"),
        ("٢٠٢٤-٠٢-٠١", "no day that can be read"),
        ("9" * 5000, "no day that can be read"),
    ],
)
def test_what_is_no_moment_of_the_past_is_refused_with_a_sentence(reader, written, why):
    response = reader.get("/pledges/", {"as_of": written})
    assert response.status_code == 400
    assert why in text(response)


@pytest.mark.parametrize("written", ["0001-01-01", "1900-01-01", "1969-12-31T23:59Z"])
def test_before_all_there_is_nothing(reader, renamed, written):
    assert reader.get("/pledges/", {"as_of": written}).status_code == 200
    assert reader.get("/pledges/boats/", {"as_of": written}).status_code == 404


def test_an_hour_that_exists_twice_is_refused_with_the_two(reader, settings):
    with timezone.override("Europe/Copenhagen"):
        settings.TIME_ZONE = "Europe/Copenhagen"
        response = reader.get("/pledges/?as_of=2024-10-27T02:30")
    assert response.status_code == 400
    assert "exists twice" in text(response)


def test_an_empty_moment_is_none(reader, renamed):
    assert "As known" not in text(reader.get("/pledges/?as_of="))


def test_today_is_the_moment_that_it_is_for_good(reader, renamed):
    page = text(reader.get("/pledges/", {"as_of": timezone.localdate().isoformat()}))
    (permanent,) = re.findall(r'rel="canonical" href="[^"]*as_of=([^"]*)"', page)
    assert abs(datetime.fromisoformat(permanent) - timezone.now()) < timedelta(minutes=1)
    assert "Twelve boats" in text(reader.get("/pledges/boats/", {"as_of": permanent}))


def test_what_was_not_there_yet_says_since_when_it_is(reader, renamed):
    response = reader.get("/pledges/boats/?as_of=2024-01-31")
    assert response.status_code == 404
    assert "here since" in text(response) and "1 February 2024, 12:00" in text(response)
    assert reader.get("/pledges/never/?as_of=2024-01-31").status_code == 404


def test_an_address_of_today_leads_to_the_one_of_then(reader, renamed):
    with time_machine.travel(THIRD, tick=False):
        renamed.slug = "twelve-boats"
        renamed.save()
    response = reader.get("/pledges/twelve-boats/?as_of=2024-03-01")
    assert (response.status_code, response["Location"]) == (302, "/pledges/boats/?as_of=2024-03-01")
    assert "Ten boats" in text(reader.get(response["Location"]))


def test_a_part_that_was_taken_out_stands_there_still(reader):
    with time_machine.travel(FIRST, tick=False):
        coalition = make_coalition(slug="it")
        gone = make_membership(coalition=coalition, party=make_party(name="Belgium"))
    with time_machine.travel(THIRD, tick=False):
        gone.delete()
    assert "Belgium" in text(reader.get("/coalitions/it/?as_of=2024-03-01"))
    assert "Belgium" not in text(reader.get("/coalitions/it/"))


def test_an_article_is_the_text_that_was_live(reader):

    with time_machine.travel(FIRST, tick=False):
        make_article(headline="First words", published=True, slug="words")
    assert "First words" in text(reader.get("/articles/words/?as_of=2024-03-01"))
    assert reader.get("/articles/words/?as_of=2024-01-31").status_code == 404


def test_a_draft_never_shows(reader):
    with time_machine.travel(FIRST, tick=False):
        make_article(headline="Not yet", published=False, slug="draft")
    for at in ("2024-03-01", timezone.localdate().isoformat()):
        assert reader.get(f"/articles/draft/?as_of={at}").status_code == 404
        assert "Not yet" not in text(reader.get(f"/articles/?as_of={at}"))


def test_what_is_under_embargo_now_is_hidden_in_its_past(reader, renamed):
    renamed.embargo_until = datetime(2099, 1, 1, tzinfo=UTC)
    renamed.save()
    for at in ("2024-03-01", "2024-01-01", timezone.localdate().isoformat()):
        response = reader.get(f"/pledges/boats/?as_of={at}")
        assert response.status_code == 404
        assert "boats" not in text(response).replace("/pledges/boats/", "")
        assert "boats" not in text(reader.get(f"/pledges/?as_of={at}")).lower()


def test_what_was_withdrawn_stands_in_its_past_and_not_after(reader, renamed, publisher):
    from aid.actions.withdrawals import withdraw_record

    withdraw_record(renamed, publisher.user, "It was counted twice.")
    assert reader.get("/pledges/boats/?as_of=2024-05-01").status_code == 200
    gone = reader.get("/pledges/boats/", {"as_of": timezone.localdate().isoformat()})
    assert gone.status_code == 410 and "counted twice" in text(gone)


def test_each_page_of_the_document_is_today_what_it_is(reader, document):
    begin_histories()
    at = timezone.now().isoformat().replace("+00:00", "Z")
    for row in (*Pledge.objects.all(), *Article.objects.all(), document):
        address = row.get_absolute_url()
        assert main(reader.get(address)) == main(reader.get(address, {"as_of": at}))


def main(response):
    """What stands between the banner and the foot, without the moment in its links."""
    found = re.search(r"<main.*</main>", text(response), re.DOTALL)[0]
    found = re.sub(r'<input type="hidden" name="as_of"[^>]*>', "", found)
    return re.sub(r"(\?|&amp;)as_of=[^\"#&]*", "", found)


def test_the_form_is_on_every_page_and_asks_with_what_was_asked(reader):
    make_source()
    for address in ("/", "/pledges/?donor=x", "/about/", "/corrections/"):
        assert 'type="date" name="as_of"' in text(reader.get(address))


def test_other_methods_are_refused_as_ever(reader):
    assert reader.post("/pledges/?as_of=nonsense").status_code == 405


def test_no_more_queries_for_more_rows(reader, django_assert_num_queries):
    with time_machine.travel(FIRST, tick=False):
        make_pledge(title="One")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as one:
        reader.get("/pledges/?as_of=2024-03-01")
    with time_machine.travel(FIRST, tick=False):
        make_pledge(title="Two"), make_pledge(title="Three")
    with django_assert_num_queries(len(one)):
        reader.get("/pledges/?as_of=2024-03-01")


def test_a_page_tells_on_which_days_it_was_changed_and_leads_to_each(reader, renamed):
    page = text(reader.get("/pledges/boats/"))
    assert re.findall(r'href="\?as_of=([^"]*)"', page) == ["2024-04-01", "2024-02-01"]
    assert re.findall(r'href="\?as_of=([^"]*)"', text(reader.get("/pledges/boats/?as_of=2024-03-01"))) == [
        "2024-02-01"
    ]


def test_a_total_and_a_claim_are_those_of_the_day(reader):
    with time_machine.travel(FIRST, tick=False):
        pledge = make_pledge(slug="boats", amount=Decimal(5_000_000))
        claim = make_claim(pledge, "amount", [make_passage()])
    with time_machine.travel(THIRD, tick=False):
        pledge.amount, claim.value = Decimal(7_000_000), "7000000"
        pledge.save()
        claim.save()
        make_pledge(donor=pledge.donor, recipient=pledge.recipient)

    day = {"as_of": "2024-03-01"}
    assert "DKK 5 million" in text(reader.get("/totals/", day))
    assert "DKK 98 million" in text(reader.get("/totals/"))
    json = f"/claims/{claim.key}.json"
    assert (reader.get(json, day).json()["value"], reader.get(json).json()["value"]) == ("5000000", "7000000")
    assert [told["told"] for told in reader.get(json, day).json()["history"]] == [["It was recorded: DKK 5,000,000"]]
    assert reader.get(json, {"as_of": "2024-01-01"}).status_code == 404
