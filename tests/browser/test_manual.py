"""The tasks of docs/editors.md that no other browser test does, by the pages' own words."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from aid.models import Article, AuditEntry, Claim, Party, Pledge, Publication, Statement
from tests import builders as make
from tests.browser.test_editor import choose

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).parents[2]
TEXT = "Denmark has allocated 91 million kroner. Ukraine’s armed forces benefit."

# Each task of the manual, and the test that does it in a browser.
TASKS = {
    "The desk": "test_editor.py::test_no_page_of_the_desk_breaks_the_content_security_policy",
    "Enter a source": "test_editor.py::test_an_editor_adds_a_source_and_a_pledge_with_its_claim",
    "Add a pledge with its evidence": "test_editor.py::test_an_editor_adds_a_source_and_a_pledge_with_its_claim",
    "When two sources disagree": "test_manual.py::test_two_sources_disagree",
    "When a claim was wrong": "test_manual.py::test_a_claim_was_wrong",
    "Verify a claim": "test_manual.py::test_verify_a_claim",
    "A statement, or an assertion?": "test_manual.py::test_a_statement",
    "Write an article": "test_full_path.py::test_from_the_first_draft_to_the_feed_of_corrections",
    "Insert a figure": "test_picking.py::test_a_figure_is_inserted_at_the_cursor_and_the_preview_shows_its_value",
    "Add a picture": "test_images.py::test_a_picture_is_sent_chosen_and_previewed",
    "See a page before readers do": "test_at_one_form.py::test_a_text_is_previewed_and_approved_from_outside",
    "Show a text to somebody without an account": "test_at_one_form.py::test_a_text_is_previewed_and_approved_from_"
    "outside",
    "When somebody else is at the same form": "test_at_one_form.py::test_the_second_of_two_is_refused",
    "When something was typed and not saved": "test_at_one_form.py::test_what_was_typed_survives_a_closed_page",
    "Check the facts of an article": "test_factcheck.py::test_an_editor_checks_an_article_and_signs_it_off",
    "Take an article to publication": "test_full_path.py::test_from_the_first_draft_to_the_feed_of_corrections",
    "Withdraw an article": "test_manual.py::test_withdraw_an_article",
    "Keep a record from readers until its minute": "test_embargoes.py::test_a_record_is_kept_from_readers_until_its_"
    "minute",
    "Withdraw a record": "test_embargoes.py::test_a_record_is_withdrawn_and_brought_back",
    "Give a record another address": "test_embargoes.py::test_a_record_is_given_another_address",
    "Compare revisions, and bring one back": "test_history.py::test_an_editor_compares_and_restores_a_revision_and_"
    "a_record",
    "Correct something that was published": "test_full_path.py::test_from_the_first_draft_to_the_feed_of_corrections",
    "Answer what readers report": "test_reports.py::test_a_reader_reports_and_the_desk_answers",
    "Merge two parties that are one": "test_manual.py::test_merge_two_parties",
    "See who changed what, and bring it back": "test_history.py::test_an_editor_compares_and_restores_a_revision_and_"
    "a_record",
    "Change many rows at once": "test_manual.py::test_change_many_rows_and_undo_it",
    "Keep the ledger up to date": "test_manual.py::test_keep_the_ledger_up_to_date",
    "Delete a record": "test_manual.py::test_delete_a_record",
    "Who did what": "test_manual.py::test_who_did_what",
    "What each role may do": "",  # held cell by cell in tests/permissions
}


def test_every_task_of_the_manual_is_done_in_a_browser():
    headings = re.findall(r"^## (.+)$", (ROOT / "docs/editors.md").read_text(), re.MULTILINE)

    assert headings == list(TASKS)
    for place in filter(None, TASKS.values()):
        file, _, name = place.partition("::")
        assert f"\ndef {name}(" in (Path(__file__).parent / file).read_text(), place


@pytest.fixture
def desk(live_server, publisher, page):
    """A browser in which a publisher is signed in, with `page.complaints`: what its console complained about."""
    page.complaints = []
    page.on("console", lambda found: found.type in ("error", "warning") and page.complaints.append(found.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    session = publisher.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.go = lambda path: page.goto(live_server.url + path)
    page.press = lambda name: page.get_by_role("button", name=name, exact=True).click()
    yield page
    assert page.complaints == []
    # A form that is left says so to the server, and may still do while the test's rows are taken away.
    page.go("/admin/password_change/")
    page.wait_for_load_state("networkidle")


def change(row):
    return reverse(f"admin:aid_{row._meta.model_name}_change", args=[row.pk])


def test_two_sources_disagree(desk):
    source = make.make_source("Denmark gave 92 million kroner.", title="A second report")
    pledge = make.make_pledge()
    make.support(pledge)
    make.support(pledge.stages.get())
    desk.go(change(pledge))
    desk.press("Add another Claim")
    row = desk.locator(".dynamic-claims").last.get_attribute("id")
    desk.select_option(f"#id_{row}-about", label="Amount")
    choose(desk, f"{row}-source", source.title)
    desk.fill(f"#id_{row}-quote", "92 million kroner")
    desk.fill(f"#id_{row}-value", "92000000")
    desk.select_option(f"#id_{row}-rank", "alternative")
    desk.press("Save and continue editing")
    desk.get_by_text("was changed successfully").wait_for()

    assert Claim.objects.get(value="92000000").rank == "alternative"
    desk.go(pledge.get_absolute_url())
    assert "Another source says" in desk.get_by_role("main").text_content()


def test_a_claim_was_wrong(desk, live_server):
    pledge = make.make_pledge()
    claim = make.make_claim(pledge, "purposes", value="Drones", rank="alternative")
    right = make.make_claim(pledge, "purposes", value="Mines", rank="alternative")
    desk.go(change(claim))
    desk.click("text=Withdraw")
    desk.fill("#id_why", "The report was about another pledge.")
    desk.select_option("#id_replaced_by", str(right.pk))
    desk.press("Withdraw")
    desk.get_by_text("The claim is withdrawn.").wait_for()

    claim.refresh_from_db()
    assert (claim.rank, claim.replaced_by) == ("withdrawn", right)
    assert "Drones" not in desk.go(pledge.get_absolute_url()).text()
    # A page that is gone would be a complaint of the console.
    answer = desk.request.get(live_server.url + claim.get_absolute_url())
    assert answer.status == 410
    assert "The report was about another pledge." in answer.text()
    assert right.get_absolute_url() in answer.text()


def test_verify_a_claim(desk):
    passage = make.make_passage(make.make_source(TEXT), 0, 40)
    mine = make.make_claim(make.make_pledge(), "currency", [passage])
    claim = make.make_claim(make.make_pledge(), "amount", [passage], recorded_by=make.make_user())
    desk.go("/admin/")
    desk.get_by_role("link", name="Amount: DKK 91 million").or_(
        desk.get_by_role("link", name=re.compile("^Amount"))
    ).first.click()
    desk.get_by_text("91 million kroner").first.wait_for()
    desk.go(reverse("admin:aid_claim_changelist") + "?verified=mine")
    desk.locator(f"input[name=_selected_action][value='{claim.pk}']").check()
    desk.select_option("select[name=action]", label="Verify: I read the source, and it says so")
    desk.press("Go")
    desk.get_by_role("button", name=re.compile("^Do it")).click()
    desk.locator(".messagelist").wait_for()

    claim.refresh_from_db()
    mine.refresh_from_db()
    assert (claim.verified_by.username, mine.verified_by) == ("publisher", None)


def test_a_statement(desk):
    party = make.make_party(name="Danish Ministry of Defence")
    desk.go(reverse("admin:aid_statement_add"))
    desk.fill("#id_slug", "what-the-ministry-said")
    desk.select_option("#id_form", "paraphrase")
    choose(desk, "party", party.name)
    desk.fill("#id_text", "The ministry said that “help is coming”.")
    desk.press("Save")
    desk.locator(".errornote").wait_for()
    assert "quotation marks" in desk.locator(".errorlist").first.inner_text()

    desk.fill("#id_text", "The ministry said that help is coming.")
    desk.press("Save")
    desk.get_by_text("was added successfully").wait_for()
    statement = Statement.objects.get()
    desk.go(party.get_absolute_url())
    assert statement.text in desk.get_by_role("main").text_content()


def test_withdraw_an_article(desk):
    article = make.make_article("A text that rests on a forgery")
    desk.go(change(article))
    panel = desk.get_by_role("region", name="Where it stands")
    panel.locator("summary", has_text="Withdraw now").click()
    panel.get_by_label("Reason for readers").first.fill("The document that it rests on was forged.")
    panel.get_by_role("button", name="Withdraw now").click()
    desk.locator(".messagelist").wait_for()

    assert Publication.objects.at().get(article=article).revision is None
    desk.complaints.clear()
    answer = desk.go(article.get_absolute_url())
    assert answer.status == 410
    assert "The document that it rests on was forged." in desk.get_by_role("main").inner_text()
    desk.complaints.clear()


def test_merge_two_parties(desk):
    goes, stays = make.make_party(name="Kingdom of Denmark"), make.make_party(name="Denmark", slug="denmark")
    pledge = make.make_pledge(donor=goes)
    desk.go(change(goes))
    desk.get_by_role("link", name="Merge into another party").click()
    desk.get_by_role("link", name=re.compile("Denmark")).or_(desk.get_by_label("Search")).first.wait_for()
    desk.go(reverse("admin:aid_party_merge", args=[goes.pk]) + f"?into={stays.pk}")
    assert pledge.title in desk.locator("#content").inner_text()
    desk.get_by_role("button", name=re.compile("^Merge, and delete")).click()
    desk.locator(".messagelist").wait_for()

    pledge.refresh_from_db()
    assert (pledge.donor, Party.objects.filter(pk=goes.pk).exists()) == (stays, False)
    assert desk.go(f"/parties/{goes.slug}/").url.endswith("/parties/denmark/")


def test_change_many_rows_and_undo_it(desk):
    pledges = [make.make_pledge() for _ in range(2)]
    desk.go(reverse("admin:aid_pledge_changelist"))
    desk.locator("#action-toggle").check()
    desk.select_option("select[name=action]", label="Set review by …")
    with desk.expect_navigation():
        desk.press("Go")
    desk.locator("input[type=date], #id_review_by, #id_value").first.fill("2027-01-31")
    with desk.expect_navigation():
        desk.press("Show what it will do")
    assert pledges[0].title in desk.locator(".bulk").inner_text()
    desk.get_by_role("button", name=re.compile("^Do it")).click()
    desk.locator(".messagelist").wait_for()
    assert {str(row.review_by) for row in Pledge.objects.all()} == {"2027-01-31"}

    desk.go("/admin/")
    desk.locator("a[href$='/undo/']").first.click()
    desk.get_by_role("button", name=re.compile("^Undo")).first.click()
    desk.locator(".messagelist").wait_for()
    assert {row.review_by for row in Pledge.objects.all()} == {None}


def test_keep_the_ledger_up_to_date(desk):
    pledge = make.make_pledge(title="Promised and due", review_by=date(2024, 1, 31))
    source = make.make_source(title="Nowhere archived", url="https://ministry.example/release", url_unknown="")
    desk.go("/admin/")
    assert source.title in desk.locator("#content").inner_text()
    with desk.expect_navigation():
        desk.get_by_role("link", name=pledge.title).first.click()
    desk.get_by_label("Review by").fill("2031-01-31")
    desk.press("Save")
    desk.get_by_text("was changed successfully").wait_for()

    pledge.refresh_from_db()
    assert str(pledge.review_by) == "2031-01-31"


def test_delete_a_record(desk, administrator, live_server):
    used, unused = make.make_party(name="In use"), make.make_party(name="Not in use")
    pledge = make.make_pledge(donor=used)
    session = administrator.cookies[settings.SESSION_COOKIE_NAME].value
    desk.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    desk.go(reverse("admin:aid_party_delete", args=[used.pk]))
    desk.get_by_role("link", name=pledge.title).wait_for()
    assert desk.get_by_role("button", name="Delete").count() == 0
    desk.go(reverse("admin:aid_party_delete", args=[unused.pk]))
    desk.press("Delete")
    desk.locator(".messagelist").wait_for()

    assert set(Party.objects.filter(name__endswith="n use")) == {used}


def test_who_did_what(desk):
    party = make.make_party(name="Denmark")
    desk.go(change(party))
    desk.fill("#id_official_name", "Kingdom of Denmark")
    desk.press("Save")
    desk.get_by_text("was changed successfully").wait_for()
    assert AuditEntry.objects.filter(action="changed", name="Denmark").count() == 1
    desk.go("/admin/")
    with desk.expect_navigation():
        desk.get_by_role("link", name="Audit entries").first.click()
    assert "Denmark" in desk.locator("#result_list").inner_text()
    with desk.expect_download() as taken:
        desk.get_by_role("button", name="CSV").click()
    assert "Kingdom of Denmark" in taken.value.path().read_text(encoding="utf-8-sig")
    assert Article.objects.count() == 0
