"""Changes of many rows: shown first, done in one transaction, refused where somebody was faster, and taken back."""

import re
from collections import defaultdict
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from aid.actions.bulk import ACTS
from aid.admin.bulk import FORMS, acts_for
from aid.models import Article, AuditEntry, BulkChange, Claim, Pledge
from aid.models.articles import ArticleRevision
from aid.queries.bulk import MOST_ROWS
from tests import builders as make
from tests.admin.forms import said

LATER = date(2030, 1, 24)
MOMENT = {"until_day": "2030-01-24", "until_time": "12:00", "until_zone": "UTC"}
DUE = {"due_at_day": "2030-01-24", "due_at_time": "12:00", "due_at_zone": "UTC"}


def page(act, rows, **more):
    kind = rows[0]._meta.model_name
    query = urlencode({"rows": ".".join(str(row.pk) for row in rows)} | more)
    return f"{reverse('admin:aid_bulkchange_new', args=[kind, act])}?{query}"


def undo_page(change):
    return reverse("admin:aid_bulkchange_undo", args=[change.pk])


def see(client, address, **typed):
    """The page that shows what would be done, and what a browser sends when its button is pressed."""
    response = client.post(address, typed | {"_show": "1"}) if typed else client.get(address)
    assert response.status_code == 200
    return response, hidden(response) | typed | {"_do": "1"}


def hidden(response):
    found = defaultdict(list)
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', response.content.decode()):
        found[name].append(value)
    return dict(found)


def do(client, address, **typed):
    _, sent = see(client, address, **typed)
    return client.post(address, sent)


def shown(response, what="possible"):
    return [(line["name"], [tuple(told) for told in line["told"]] or line["refusal"])
            for line in response.context[what]]  # fmt: skip


@pytest.fixture
def pledges(db):
    return [make.make_pledge(title=f"Pledge {letter}") for letter in "ABC"]


# From the list to the page


def test_the_list_leads_to_the_page_and_back_to_where_it_was(editor, pledges):
    address = reverse("admin:aid_pledge_changelist") + "?stage__exact=allocated"

    response = editor.post(address, {"action": "review-by", "_selected_action": [row.pk for row in pledges[:2]]})

    assert response["Location"] == page("review-by", pledges[:2], _changelist_filters="stage__exact=allocated")
    done = do(editor, response["Location"], review_by=LATER.isoformat())
    assert done["Location"] == address


def test_each_kind_offers_its_changes_to_those_who_may(publisher, writer):
    offered = {kind: {name for name, *_ in site_actions(publisher, kind)} for kind in
               ("pledge", "coalition", "agreement", "event", "source", "claim", "article", "party")}  # fmt: skip

    records = {"review-by", "embargo"}
    assert offered == {
        **dict.fromkeys(("pledge", "coalition", "agreement", "event", "source"), records),
        "claim": {"verify", "withdraw"},
        "article": {"submit", "review-by", "assign", "due", "withdraw-articles"},
        "party": set(),
    }
    assert {name for name, *_ in site_actions(writer, "pledge")} == set()
    assert {name for name, *_ in site_actions(writer, "article")} == {"submit", "review-by"}


def site_actions(client, kind):
    model = {"article": make.make_article, "claim": lambda: make.make_claim(make.make_pledge(), "amount")}.get(
        kind, getattr(make, f"make_{kind}")
    )()
    response = client.get(reverse(f"admin:aid_{kind}_changelist"))
    assert model in response.context["cl"].result_list
    form = response.context["action_form"]
    return [choice for choice in (form.fields["action"].choices if form else []) if choice[0]]


def test_every_change_has_a_form_and_a_kind():
    assert set(FORMS) == set(ACTS)
    assert {act.name for model in (Pledge, Claim, Article) for act in acts_for(model)} == set(ACTS)


def test_too_many_rows_are_not_chosen_at_once(editor):
    one = make.make_pledge()
    same = {column.attname: getattr(one, column.attname) for column in Pledge._meta.concrete_fields}
    copies = [Pledge(**same | {"id": None, "slug": f"copy-{n}"}) for n in range(MOST_ROWS)]
    Pledge.objects.bulk_create(copies)

    response = editor.post(reverse("admin:aid_pledge_changelist"), {
        "action": "review-by", "_selected_action": [one.pk], "select_across": "1"}, follow=True)  # fmt: skip

    assert said(response) == [("error", "Nothing was done: choose 200 rows at most. Each of them is shown first.")]


# Showing and doing


def test_it_says_what_it_will_do_before_it_does_it(editor, pledges):
    Pledge.objects.filter(pk=pledges[0].pk).update(review_by=date(2029, 12, 1))
    Pledge.objects.filter(pk=pledges[2].pk).update(review_by=LATER)
    before = list(Pledge.objects.values()), AuditEntry.objects.count(), Pledge.history.count()

    response, _ = see(editor, page("review-by", pledges), review_by=LATER.isoformat())

    assert shown(response) == [
        ("Pledge A", [("Review by", "1 December 2029", "24 January 2030")]),
        ("Pledge B", [("Review by", "none", "24 January 2030")]),
    ]
    assert shown(response, "refused") == [("Pledge C", "It is so already.")]
    assert (list(Pledge.objects.values()), AuditEntry.objects.count(), Pledge.history.count()) == before
    assert "Do it: 2 pledges" in response.content.decode()


def test_it_is_done_at_once_with_history_and_one_entry(editor, pledges):
    response = do(editor, page("review-by", pledges[:2]), review_by=LATER.isoformat())

    assert response.status_code == 302
    assert [row.review_by for row in Pledge.objects.order_by("pk")] == [LATER, LATER, None]
    [entry] = AuditEntry.objects.filter(action="bulk")
    change = BulkChange.objects.get()
    assert (entry.kind, entry.number, entry.message) == (
        "bulkchange", change.pk, "Review by 24 January 2030: 2 pledges.")  # fmt: skip
    assert entry.changes == [["Pledge A: Review by", "none", "24 January 2030"],
                             ["Pledge B: Review by", "none", "24 January 2030"]]  # fmt: skip
    newest = Pledge.history.filter(id=pledges[0].pk).first()
    assert (newest.review_by, newest.history_user, newest.history_change_reason) == (
        LATER, editor.user, "Review by 24 January 2030")  # fmt: skip
    assert "Undo</a>" in said(editor.get("/admin/"))[0][1]


def test_a_row_that_somebody_changed_meanwhile_refuses_all(editor, pledges):
    address = page("review-by", pledges)
    _, sent = see(editor, address, review_by=LATER.isoformat())
    changed = Pledge.objects.get(pk=pledges[1].pk)
    changed.purposes, changed.purposes_unknown = "Something else", ""
    changed.save()

    response = editor.post(address, sent)

    [(level, told)] = said(response)
    assert (level, "changed: Pledge B" in told, told.startswith("Nothing is done yet")) == ("error", True, True)
    assert not Pledge.objects.filter(review_by=LATER).exists()
    assert not BulkChange.objects.exists()
    # The page shows it anew, and pressing once more does it.
    assert editor.post(address, sent | hidden(response)).status_code == 302
    assert Pledge.objects.filter(review_by=LATER).count() == 3


def test_of_many_rows_that_were_changed_the_first_are_named(editor):
    rows = [make.make_pledge(title=f"Row {n}") for n in range(7)]
    _, sent = see(editor, page("review-by", rows), review_by=LATER.isoformat())
    Pledge.objects.update(purposes="Something else", purposes_unknown="")

    [(_, told)] = said(editor.post(page("review-by", rows), sent))

    assert "(changed: Row 0; Row 1; Row 2; Row 3; Row 4 and 2 more)" in told


def test_a_row_that_was_deleted_meanwhile_refuses_all(editor, pledges):
    address = page("review-by", pledges)
    _, sent = see(editor, address, review_by=LATER.isoformat())
    Pledge.objects.filter(pk=pledges[1].pk).delete()

    response = editor.post(address, sent)

    assert "deleted: 1" in said(response)[0][1]
    assert response.context["gone"] == 1
    assert not Pledge.objects.filter(review_by=LATER).exists()


def test_what_was_not_shown_is_not_done(editor, pledges):
    address = page("review-by", pledges)
    _, sent = see(editor, address, review_by=LATER.isoformat())

    response = editor.post(address, sent | {"review_by": "2031-01-01"})
    straight = editor.post(address, {"review_by": "2031-01-01", "_do": "1"})

    for answer in (response, straight):
        assert said(answer)[0][1].startswith("Nothing is done yet: what you typed is not what was shown.")
        assert shown(answer)[0] == ("Pledge A", [("Review by", "none", "1 January 2031")])
    assert not Pledge.objects.exclude(review_by=None).exists()


def test_a_row_that_was_not_shown_is_not_changed(editor, pledges):
    _, sent = see(editor, page("review-by", pledges[:1]), review_by=LATER.isoformat())

    response = editor.post(page("review-by", pledges), sent)

    assert said(response)[0][1].startswith("Nothing is done yet")
    assert not Pledge.objects.exclude(review_by=None).exists()


@pytest.mark.parametrize(("act", "typed", "sentence"), [
    ("review-by", {"review_by": "2020-01-01"}, "This day has passed. Choose one that is to come."),
    ("review-by", {"review_by": "soon"}, "Write the day as 2024-01-24."),
    ("embargo", {"until_day": "2020-01-01", "until_time": "12:00", "until_zone": "UTC"}, "This moment has passed."),
    ("embargo", {"until_day": "2030-01-01", "until_time": "", "until_zone": "UTC"}, "Write the time too"),
])  # fmt: skip
def test_what_makes_no_sense_is_said_at_its_field(act, typed, sentence, editor, pledges):
    for button in ("_show", "_do"):
        response = editor.post(page(act, pledges), typed | {button: "1"})

        assert response.status_code == 200
        assert sentence in response.content.decode()
        assert response.context["possible"] == []
    assert not BulkChange.objects.exists()


@pytest.mark.parametrize(("address", "status"), [
    ("kite/review-by/?rows=1", 404), ("pledge/kite/?rows=1", 404), ("pledge/verify/?rows=1", 404),
    ("pledge/review-by/?rows=x", 404), ("pledge/review-by/?rows=1.%00", 400), ("pledge/review-by/?rows=-1", 404),
    ("pledge/review-by/?rows=99999999999999999999", 404), ("pledge/review-by/", 302),
    ("pledge/review-by/?rows=" + ".".join(map(str, range(1, 202))), 404), ("pledge/review-by/?rows=987654", 200),
    ("user/review-by/?rows=1", 404), ("auditentry/review-by/?rows=1", 404),
])  # fmt: skip
def test_a_senseless_address_says_so(address, status, editor):
    assert editor.get(f"/admin/aid/bulkchange/new/{address}").status_code == status


# Embargoes


def test_an_embargo_is_set_and_lifted_for_many(publisher, pledges):
    do(publisher, page("embargo", pledges), **MOMENT)
    assert [row.embargo_until.isoformat() for row in Pledge.objects.all()] == ["2030-01-24T12:00:00+00:00"] * 3

    response, _ = see(publisher, page("embargo", pledges), until_day="", until_time="", until_zone="UTC")
    assert shown(response)[0] == ("Pledge A", [("Embargo until", "24 January 2030, 12:00 UTC", "none")])
    do(publisher, page("embargo", pledges), until_day="", until_time="", until_zone="UTC")
    assert [row.embargo_until for row in Pledge.objects.all()] == [None] * 3


def test_what_readers_would_lose_is_said_before(publisher, pledges):
    part = make.make_pledge(title="A part", part_of=pledges[0])
    make.make_claim(part, "part_of")

    response, _ = see(publisher, page("embargo", pledges[:1]), **MOMENT)

    html = response.content.decode()
    assert "Readers have these now and would lose them" in html
    assert "the pledge “Pledge A”; the pledge “A part”" in html
    assert not Pledge.objects.exclude(embargo_until=None).exists()
    do(publisher, page("embargo", pledges[:1]), **MOMENT)
    back, _ = see(publisher, undo_page(BulkChange.objects.get()))
    assert "would lose" not in back.content.decode()


def test_only_a_publisher_ends_an_embargo_sooner(editor, pledges):
    until = timezone.now() + timedelta(days=5000)
    Pledge.objects.filter(pk=pledges[0].pk).update(embargo_until=until)

    response, sent = see(editor, page("embargo", pledges[:2]), **MOMENT)

    assert [name for name, _ in shown(response)] == ["Pledge B"]
    [(name, refusal)] = shown(response, "refused")
    assert (name, refusal.endswith("Only a publisher may end it sooner.")) == ("Pledge A", True)
    editor.post(page("embargo", pledges[:2]), sent)
    assert [row.embargo_until == until for row in Pledge.objects.order_by("pk")[:2]] == [True, False]


# Claims


@pytest.fixture
def claims(db):
    source = make.make_source("It gave 91 million kroner. Norway gave nothing.")
    pledge, other = make.make_pledge(title="Support"), make.make_user(username="recorder")
    passage = make.make_passage(source, 0, 26)
    return [make.make_claim(pledge, name, [passage], recorded_by=other) for name in ("amount", "donor")]


def test_claims_are_verified_by_somebody_else_who_sees_the_sentence(editor, claims):
    own = make.make_claim(claims[0].pledge, "recipient", recorded_by=editor.user)

    response, sent = see(editor, page("verify", [*claims, own]))

    assert shown(response) == [
        ("Support – Amount: 91,000,000", [("Verified by", "none", "editor")]),
        (f"Support – Donor: {claims[1].pledge.donor}", [("Verified by", "none", "editor")]),
    ]
    assert shown(response, "refused")[0][1] == "You recorded it yourself. Somebody else has to verify it."
    assert response.content.decode().count("It gave 91 million kroner.") == 2
    editor.post(page("verify", [*claims, own]), sent)
    assert [row.verified_by for row in Claim.objects.order_by("pk")] == [editor.user, editor.user, None]
    # Each is an entry of its own, and the change of many none.
    assert [entry.action for entry in AuditEntry.objects.exclude(action="login")] == ["verified", "verified"]
    assert LogEntry.objects.filter(change_message="Verified.").count() == 2


def test_verifying_is_taken_back(editor, claims):
    do(editor, page("verify", claims))

    response = do(editor, undo_page(BulkChange.objects.get()))

    assert response.status_code == 302
    assert [(row.verified_by, row.verified_at) for row in Claim.objects.all()] == [(None, None)] * 2
    entry = AuditEntry.objects.first()
    assert (entry.action, entry.message) == ("undone", "Undone for 2 claims.")


def test_claims_are_withdrawn_with_a_reason_and_brought_back(editor, claims):
    Claim.objects.filter(pk=claims[0].pk).update(reasoning="Worked out.", verified_by=editor.user,
                                                 verified_at=timezone.now())  # fmt: skip
    before = list(Claim.objects.order_by("pk").values())

    response, sent = see(editor, page("withdraw", claims), why="Forged.\r\nAll of it.")
    assert response.context["possible"][0]["note"].startswith("It is the preferred claim")
    editor.post(page("withdraw", claims), sent)

    first, second = Claim.objects.order_by("pk")
    assert (first.rank, first.reasoning, first.withdrawn_why.split()) == (
        "withdrawn", "Worked out.", ["Forged.", "All", "of", "it."])  # fmt: skip
    # Who recorded it and who verified it is told as before.
    assert (first.recorded_by_id, first.verified_by) == (before[0]["recorded_by_id"], editor.user)
    assert (second.rank, second.withdrawn_at is None) == ("withdrawn", False)
    do(editor, undo_page(BulkChange.objects.get()))
    assert list(Claim.objects.order_by("pk").values()) == before


def test_a_claim_whose_place_is_taken_is_not_brought_back(editor, claims):
    do(editor, page("withdraw", claims), why="Forged.")
    make.make_claim(claims[0].pledge, "amount")
    change = BulkChange.objects.get()

    response, sent = see(editor, undo_page(change))

    assert [name for name, _ in shown(response)] == [f"Support – Donor: {claims[1].pledge.donor}"]
    assert "has a preferred claim already" in shown(response, "refused")[0][1]
    assert "Undo the other ones: 1 claim" in response.content.decode()
    editor.post(undo_page(change), sent)
    assert [row.rank for row in Claim.objects.order_by("pk")] == ["withdrawn", "preferred", "preferred"]


# Articles


@pytest.fixture
def articles(db):
    return [make.make_article(f"Article {letter}", published=letter != "C") for letter in "ABC"]


def test_articles_are_assigned_and_given_a_day(editor, articles, writer):
    do(editor, page("assign", articles), to=writer.user.pk, note="Check it.")
    do(editor, page("due", articles), **DUE)

    assert {(row.assigned_to, row.due_at.isoformat()) for row in Article.objects.all()} == {
        (writer.user, "2030-01-24T12:00:00+00:00")}  # fmt: skip
    assert [entry.action for entry in AuditEntry.objects.exclude(action="login")] == ["assigned"] * 6
    second, first = BulkChange.objects.all()
    do(editor, undo_page(second))
    do(editor, undo_page(first))
    assert {(row.assigned_to, row.due_at) for row in Article.objects.all()} == {(None, None)}


def test_live_articles_are_withdrawn_with_a_reason_for_readers_and_for_good(publisher, articles):
    response, sent = see(publisher, page("withdraw-articles", articles), why="It was forged.")

    assert [name for name, _ in shown(response)] == ["Article A", "Article B"]
    assert shown(response, "refused") == [("Article C", "The article is not live.")]
    assert "This is not undone for many at once" in response.content.decode()
    publisher.post(page("withdraw-articles", articles), sent)
    assert Article.objects.withdrawn().count() == 2
    assert [row.current.why for row in Article.objects.withdrawn()] == ["It was forged."] * 2
    assert not BulkChange.objects.exists()
    assert [entry.action for entry in AuditEntry.objects.exclude(action="login")] == ["withdrawn"] * 2
    assert ArticleRevision.objects.count() == 3


# Taking back


@pytest.fixture
def change(editor, pledges):
    Pledge.objects.filter(pk=pledges[0].pk).update(review_by=date(2029, 12, 1))
    do(editor, page("review-by", pledges), review_by=LATER.isoformat())
    return BulkChange.objects.get()


def test_a_change_is_taken_back_once(editor, change, pledges):
    response, sent = see(editor, undo_page(change))
    assert shown(response)[:2] == [
        ("Pledge A", [("Review by", "24 January 2030", "1 December 2029")]),
        ("Pledge B", [("Review by", "24 January 2030", "none")]),
    ]
    assert Pledge.objects.filter(review_by=LATER).count() == 3

    editor.post(undo_page(change), sent)
    again = editor.post(undo_page(change), sent)

    assert [row.review_by for row in Pledge.objects.order_by("pk")] == [date(2029, 12, 1), None, None]
    change.refresh_from_db()
    assert (change.undone_by, change.undone_at is not None) == (editor.user, True)
    assert said(again)[-1][1].startswith("editor has undone it already")
    assert AuditEntry.objects.filter(action="undone").count() == 1
    newest = Pledge.history.filter(id=pledges[0].pk).first()
    assert newest.history_change_reason.startswith("Undone: Review by 24 January 2030")


def test_rows_that_were_changed_since_stay_and_the_others_go_back_if_asked(editor, change, pledges):
    Pledge.objects.filter(pk=pledges[1].pk).update(review_by=date(2031, 1, 1))
    Pledge.objects.filter(pk=pledges[2].pk).delete()

    response, sent = see(editor, undo_page(change))

    assert [name for name, _ in shown(response)] == ["Pledge A"]
    assert shown(response, "refused") == [("Pledge B", "It was changed since: Review by is 1 January 2031 now.")]
    assert response.context["gone"] == 1
    assert "Undo the other ones: 1 pledge" in response.content.decode()
    editor.post(undo_page(change), sent)
    assert [row.review_by for row in Pledge.objects.order_by("pk")] == [date(2029, 12, 1), date(2031, 1, 1)]
    assert AuditEntry.objects.get(action="undone").message == "Undone for 1 pledge, not for 2."


def test_what_changed_between_page_and_button_is_shown_first(editor, change, pledges):
    _, sent = see(editor, undo_page(change))
    Pledge.objects.filter(pk=pledges[1].pk).update(review_by=date(2031, 1, 1))

    response = editor.post(undo_page(change), sent)

    assert said(response)[0][1].startswith("Nothing is undone yet")
    assert Pledge.objects.filter(review_by=LATER).count() == 2


def test_an_embargo_is_not_lifted_by_taking_it_back_without_the_right(editor, publisher, pledges):
    do(publisher, page("embargo", pledges), **MOMENT)
    change = BulkChange.objects.get()

    response, sent = see(editor, undo_page(change))
    editor.post(undo_page(change), sent | {"row": [row.pk for row in pledges]})

    assert [why.endswith("Only a publisher may end it sooner.") for _, why in shown(response, "refused")] == [
        True
    ] * 3
    assert Pledge.objects.exclude(embargo_until=None).count() == 3


def test_who_set_an_embargo_on_the_wrong_rows_takes_it_back(editor, pledges):
    do(editor, page("embargo", pledges), **MOMENT)

    assert do(editor, undo_page(BulkChange.objects.get())).status_code == 302
    assert not Pledge.objects.exclude(embargo_until=None).exists()


@pytest.mark.parametrize("key", ["x", "9" * 20, "987654"])
def test_a_change_that_is_none_is_not_found(key, editor):
    assert editor.get(f"/admin/aid/bulkchange/{key}/undo/").status_code == 404


def test_the_desk_and_the_list_lead_to_undoing(editor, change):
    desk = editor.get("/admin/").content.decode()
    listed = editor.get(reverse("admin:aid_bulkchange_changelist")).content.decode()

    for html in (desk, listed):
        assert f'href="{undo_page(change)}"' in html
        assert "Review by 24 January 2030: 3 pledges" in html


# Who may


def test_a_writer_changes_no_records_in_bulk(writer, pledges):
    assert writer.get(page("review-by", pledges)).status_code == 403
    assert writer.post(page("embargo", pledges), MOMENT | {"_do": "1"}).status_code == 403


def test_a_writer_assigns_and_withdraws_nothing(writer, editor, articles):
    assert writer.get(page("assign", articles)).status_code == 403
    assert editor.get(page("withdraw-articles", articles)).status_code == 403


def test_a_writer_takes_nothing_back(writer, change):
    assert writer.get(undo_page(change)).status_code == 403
    assert writer.post(undo_page(change)).status_code == 403
    assert BulkChange.objects.get().undone_at is None


def test_nobody_who_is_not_signed_in_gets_there(reader, change):
    assert reader.get(undo_page(change)).status_code == 302


def test_other_methods_are_refused(editor, change, pledges):
    assert editor.put(page("review-by", pledges)).status_code == 405
    assert editor.delete(undo_page(change)).status_code == 405


# What it costs


@pytest.mark.parametrize("number", [1, 3])
def test_asking_costs_the_same_for_more_rows(number, editor, django_assert_num_queries):
    rows = [make.make_pledge() for _ in range(number)]
    address = page("review-by", rows)
    editor.get(address)

    # Until something is typed nothing is tried: the session, the account, its rights.
    with django_assert_num_queries(4):
        editor.get(address)
