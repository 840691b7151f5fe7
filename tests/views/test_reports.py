"""Readers report an error without account, cookie or script, and look up what became of it."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from aid.actions.claims import withdraw_claim
from aid.actions.publications import withdraw_article
from aid.actions.reports import end_report
from aid.actions.withdrawals import withdraw_record
from aid.models import Claim, FormerAddress, Report, ReportTally
from aid.rules.reports import End
from tests import builders as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
WRONG = "It was 92 million, says the budget law."


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def claim(clock):
    pledge = make.make_pledge(title="Cyber support")
    return make.make_claim(pledge, "amount", [make.make_passage()], key="cyber.amount")


def form_of(client, address):
    response = client.get(address)
    assert not response.cookies
    return {"token": unescape(re.search(r'name="token" value="([^"]+)"', response.text)[1])}


def send(client, clock, address, headers=None, **typed):
    sent = form_of(client, address) | {"message": WRONG, "evidence": "", "email": "", "website": ""} | typed
    clock.shift(10)
    return client.post(address, sent, headers=headers)


CLAIM = "/claims/cyber.amount/report/"


def test_reader_reports_and_looks_up(reader, claim, clock):
    response = send(reader, clock, CLAIM, evidence="Page 3", email="ane@example.org")

    report = Report.objects.get()
    assert response.status_code == 302
    assert response["Location"] == f"/reports/{report.reference}/"
    assert len(report.reference) == 24
    assert (report.claim_key, report.article, report.message) == (claim.key, None, WRONG)
    assert report.seen == "Amount: DKK 91,000,000 – Cyber support"
    assert report.language == "en"
    page = reader.get(response["Location"])
    assert WRONG in unescape(page.text)
    assert "nobody has taken it up yet" in page.text
    assert "ane@example.org" not in page.text
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store, private", "no-referrer")
    assert not page.cookies
    # The address goes when the reader says so, and nothing else does.
    assert "Delete my e-mail address" in page.text
    reader.post(response["Location"], {"forget": "1"})
    report.refresh_from_db()
    assert (report.email, report.message) == ("", WRONG)
    assert "Delete my e-mail address" not in reader.get(response["Location"]).text


def test_way_to_the_form_stands_beside_each_evidence_and_under_each_article(reader, claim):
    article = make.make_article()

    assert f'href="{CLAIM}"' in reader.get(claim.pledge.get_absolute_url()).text
    assert f'href="{CLAIM}"' in reader.get(claim.get_absolute_url()).text
    page = reader.get(article.get_absolute_url()).text
    made = re.search(r'<p class="made">.*?</p>', page, re.DOTALL)[0]
    ways = re.findall(r'href="([^"]+)"', made)
    assert ways == [
        "/method/", "/policies/sources/", "/policies/corrections/", f"{article.get_absolute_url()}report/"
    ]  # fmt: skip
    assert {reader.get(way).status_code for way in ways} == {200}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"message": ""}, ""),
        ({"message": "x" * 100_000}, "x" * 100_000),
        ({"email": "no address"}, WRONG),
        ({"website": "https://buy.example"}, WRONG),
        ({"token": ""}, WRONG),
        ({"token": "a:b:c"}, WRONG),
        ({"token": "\0é" * 99}, WRONG),
        ({"evidence": "y" * 1001}, WRONG),
    ],
)
def test_what_cannot_be_taken_comes_back_with_all_that_was_typed(typed, kept, reader, claim, clock):
    response = send(reader, clock, CLAIM, **typed)

    assert response.status_code == 400
    assert 'role="alert"' in response.text
    assert kept in unescape(response.text)
    assert Report.objects.count() == 0
    assert ReportTally.objects.count() == 0


def test_form_of_another_thing_too_fast_or_too_old_is_asked_for_once_more(reader, claim, clock):
    other = make.make_claim(make.make_pledge(), "amount", key="other")
    sent = form_of(reader, CLAIM) | {"message": WRONG}

    assert reader.post(CLAIM, sent).status_code == 400  # at once
    clock.shift(10)
    assert reader.post(f"{other.get_absolute_url()}report/", sent).status_code == 400
    cross = reader.post(CLAIM, sent, headers={"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 400
    clock.shift(timedelta(days=1))
    old = reader.post(CLAIM, sent)
    assert old.status_code == 400
    assert WRONG in unescape(old.text)
    # The page that comes back is good for sending.
    again = {"token": re.search(r'name="token" value="([^"]+)"', old.text)[1], "message": WRONG}
    clock.shift(10)
    assert reader.post(CLAIM, again).status_code == 302


def test_sent_twice_makes_one_report_and_other_words_are_not_lost(reader, claim, clock):
    sent = form_of(reader, CLAIM) | {"message": WRONG}
    clock.shift(10)
    first, second = reader.post(CLAIM, sent), reader.post(CLAIM, sent)

    assert first["Location"] == second["Location"]
    assert Report.objects.count() == 1
    other = reader.post(CLAIM, sent | {"message": "And the date is wrong too."})
    assert other.status_code == 409
    assert "And the date is wrong too." in other.text
    assert first["Location"] in other.text


def test_same_words_about_the_same_are_a_duplicate_with_the_first_ones_outcome(reader, claim, clock, editor):
    first = send(reader, clock, CLAIM, email="first@example.org")["Location"]
    second = send(reader, clock, CLAIM, message=f"  {WRONG.upper()}\n")["Location"]

    one, two = Report.objects.order_by("pk")
    assert (two.state, two.duplicate_of) == ("duplicate", one)
    end_report(one, editor.user, End("refused", "The law says 91."))
    page = reader.get(second).text
    assert "The law says 91." in page
    assert "Ended without a change" in page
    assert first not in page and "first@" not in page
    # What has ended takes no duplicate: the claim may be another one since.
    send(reader, clock, CLAIM)
    assert Report.objects.latest("pk").state == "received"


def test_nonsense_is_kept_as_text(reader, claim, clock):
    typed = "\0<script>alert(1)</script> \u202egnorw si siht \N{GRINNING FACE}"
    page = reader.get(send(reader, clock, CLAIM, message=typed)["Location"]).text

    assert Report.objects.get().message == typed.replace("\0", "")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; \u202egnorw" in page
    assert re.search(r'<div class="report__words" dir="auto">', page)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(method, reader, claim):
    for address in (CLAIM, "/reports/new/", "/reports/nothing/"):
        response = getattr(reader, method)(address)
        assert response.status_code == 405
        assert response["Allow"] == "GET, HEAD, POST"


# How many may come


def test_sixth_report_of_an_hour_is_told_when_to_try_again(reader, claim, clock):
    for n in range(5):
        assert send(reader, clock, CLAIM, message=f"{WRONG} {n}").status_code == 302
    response = send(reader, clock, CLAIM, message="The sixth of them.")

    assert response.status_code == 429
    assert response["Retry-After"] == str(int((NOW.replace(hour=10, minute=0) - timezone.now()).total_seconds()))
    assert "Try again after 3 March 2026, 10:00 UTC." in response.text
    assert "The sixth of them." in response.text
    assert Report.objects.count() == 5
    # Where they came from stands nowhere in clear, and nothing is kept of it when its time is over.
    kept = " ".join(ReportTally.objects.values_list("of", flat=True))
    assert "127.0.0.1" not in kept and len(kept) > 128
    assert send(reader, clock, CLAIM, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    clock.move_to(NOW + timedelta(hours=1))
    assert send(reader, clock, CLAIM, message="In the next hour.").status_code == 302
    clock.move_to(NOW + timedelta(days=1))
    send(reader, clock, CLAIM, message="On the next day.")
    assert {row.number for row in ReportTally.objects.all()} == {1}
    now = set(ReportTally.objects.values_list("of", flat=True))
    assert not {name for name in now if name.startswith("from") and name in kept}


def test_behind_a_proxy_its_last_address_counts_and_a_household_is_one(reader, claim, clock, settings):
    settings.BEHIND_PROXY = True
    for n in range(5):
        headers = {"X-Forwarded-For": f"10.0.0.{n}, 2001:db8:1:2::{n}"}
        assert send(reader, clock, CLAIM, headers, message=f"{WRONG} {n}").status_code == 302

    assert send(reader, clock, CLAIM, {"X-Forwarded-For": "2001:db8:1:2:3::"}).status_code == 429
    assert send(reader, clock, CLAIM, {"X-Forwarded-For": "2001:db8:1:3::"}).status_code == 302
    # Where the proxy says nothing, nobody is taken for one.
    assert send(reader, clock, CLAIM, {"X-Forwarded-For": "nonsense"}, message="Other words.").status_code == 302


# What is not there, or not any more


def test_claim_that_is_withdrawn_while_one_writes(reader, claim, clock, editor):
    sent = form_of(reader, CLAIM) | {"message": WRONG}
    withdraw_claim(claim, editor.user, "It was misread.")
    clock.shift(10)
    response = reader.post(CLAIM, sent)

    assert response.status_code == 409
    assert WRONG in unescape(response.text)
    assert "Editors have withdrawn this claim" in response.text
    again = re.search(r'name="token" value="([^"]+)"', response.text)[1]
    clock.shift(10)
    assert reader.post(CLAIM, sent | {"token": again}).status_code == 302


@pytest.mark.parametrize("gone", ["unknown", "embargoed", "deleted"])
def test_what_readers_do_not_have_is_told_apart_by_nothing_and_nothing_typed_is_lost(gone, reader, claim, clock):
    sent = form_of(reader, CLAIM) | {"message": WRONG}
    if gone == "embargoed":
        claim.pledge.embargo_until = timezone.now() + timedelta(days=1)
        claim.pledge.save()
    else:
        claim.delete()
        if gone == "unknown":
            Claim.history.all().delete()
    clock.shift(10)
    response = reader.post(CLAIM, sent)

    assert response.status_code == (410 if gone == "deleted" else 404)
    assert WRONG in unescape(response.text)
    assert "Cyber support" not in response.text and "DKK" not in response.text
    assert reader.get(CLAIM).status_code == response.status_code
    # It goes to the desk all the same.
    token = re.search(r'name="token" value="([^"]+)"', response.text)[1]
    clock.shift(10)
    page = re.search(r'name="page" value="([^"]+)"', response.text)[1]
    reader.post("/reports/new/", sent | {"token": token, "page": page})
    assert Report.objects.get().page == "/claims/cyber.amount/"


def test_reports_page_tells_nothing_of_what_is_hidden_since(reader, claim, clock, publisher):
    address = send(reader, clock, CLAIM)["Location"]
    correction = make.make_correction(pledge=claim.pledge, note="It is 92 million.")
    end_report(Report.objects.get(), publisher.user, End("corrected", correction=correction))
    assert "It is 92 million." in reader.get(address).text

    claim.pledge.embargo_until = timezone.now() + timedelta(days=1)
    claim.pledge.save()
    page = reader.get(address).text
    assert "Ended as a correction" in page
    assert not {
        word for word in ("Cyber support", "92 million.", "DKK", claim.key, claim.pledge.slug) if word in page
    }
    claim.pledge.embargo_until = None
    claim.pledge.save()
    withdraw_record(claim.pledge, publisher.user, "It never was.")
    page = reader.get(address).text
    assert "DKK" not in page
    assert claim.get_absolute_url() in page


def test_article_is_reported_under_its_old_address_and_after_it_was_withdrawn(reader, clock, publisher):
    article = make.make_article("Denmark pays", slug="denmark-pays")
    old = "/articles/old/report/"
    FormerAddress.objects.create(kind="article", slug="old", record=article.pk)
    assert reader.get(old)["Location"] == "/articles/denmark-pays/report/"
    sent = form_of(reader, "/articles/denmark-pays/report/") | {"message": WRONG}
    clock.shift(10)
    response = reader.post(old, sent)
    assert Report.objects.get().article == article
    assert "Denmark pays" in reader.get(response["Location"]).text

    withdraw_article(article, publisher.user, "Forged.")
    assert "Denmark pays" not in reader.get(response["Location"]).text
    sent = form_of(reader, "/articles/denmark-pays/report/") | {"message": WRONG}
    clock.shift(10)
    reader.post("/articles/denmark-pays/report/", sent)
    assert Report.objects.filter(article=article).count() == 2
    assert reader.get("/articles/nothing/report/").status_code == 404
    assert WRONG in unescape(reader.post("/articles/nothing/report/", sent).text)


def test_form_of_a_page_of_the_past_and_of_another_language_reaches_the_desk(reader, claim, clock):
    then = reader.get(f"/da{CLAIM}?as_of={timezone.now():%Y-%m-%d}")
    action = re.search(r'<form method="post" action="([^"]+)"', then.text)[1]
    token = re.search(r'name="token" value="([^"]+)"', then.text)[1]
    clock.shift(10)
    response = reader.post(action, {"token": token, "message": WRONG})

    assert action == f"/da{CLAIM}"
    assert response["Location"].startswith("/da/reports/")
    assert Report.objects.get().language == "da"


@pytest.mark.parametrize("reference", ["nothing", "a" * 3000, "ЖЖЖ", "%00"])
def test_reference_that_nobody_has_leads_nowhere(reference, reader):
    assert reader.get(f"/reports/{reference}/").status_code == 404
    assert reader.post(f"/reports/{reference}/", {"forget": "1"}).status_code in (404, 405)


def test_form_costs_the_same_however_much_was_reported(reader, claim, django_assert_num_queries):
    address = reverse("claim-report", args=[claim.key])
    reader.get(address)
    counts = []
    for _ in range(2):
        make.make_report(claim_key=claim.key)
        with django_assert_num_queries(15) as asked:
            reader.get(address)
        counts.append(len(asked))
    assert len(set(counts)) == 1
