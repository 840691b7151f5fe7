"""Previews: the page as readers will see it, for the desk and by secret links, and nothing of it for others."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from aid.actions.previews import make_link, revoke_link
from aid.choices import PreviewVerdict
from aid.models import AuditEntry, PreviewAnswer, PreviewLink, PreviewVisit
from aid.rules.breaches import mending_page
from tests import builders as make


def what_came(response):
    return response.status_code, dict(response.headers), response.cookies.output(), response.content


@pytest.fixture
def draft(db):
    return make.make_article("Not for readers yet", "Nobody reads this.", published=False, slug="draft")


@pytest.fixture
def live(db):
    article = make.make_article("As published", "Everybody reads this.", slug="live")
    make.make_revision(article, headline="Better words", body="Only the desk reads this.")
    return article


@pytest.fixture
def withdrawn(db):
    article = make.make_article("Taken back", slug="withdrawn")
    make.make_publication(article)
    return article


# The desk


@pytest.mark.parametrize("role", ["writer", "editor", "publisher", "administrator"])
def test_the_desk_sees_the_newest_revision_at_the_public_address(role, live, request):
    client = request.getfixturevalue(role)

    response = client.get("/articles/live/?preview")

    html = response.content.decode()
    assert response.status_code == 200
    assert response.templates[0].name == "aid/article_detail.html"
    assert "<h1>Better words</h1>" in html
    assert "Only the desk reads this." in html
    assert "Preview of revision 2.</strong> Readers see revision 1." in html
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response and not response.cookies


def test_a_preview_changes_nothing_for_readers(writer, reader, live):
    before = what_came(reader.get("/articles/live/"))
    writer.get("/articles/live/?preview")

    assert what_came(reader.get("/articles/live/")) == before
    live.refresh_from_db()
    assert (live.live.number, live.publications.count()) == (1, 1)


def test_each_revision_can_be_seen(writer, live):
    html = writer.get("/articles/live/?preview=1").content.decode()

    assert "<h1>As published</h1>" in html
    assert "Preview of revision 1; the newest is 2.</strong> This is what readers see." in html


def test_a_draft_is_dated_as_if_it_were_published_now(writer, draft):
    response = writer.get("/articles/draft/?preview=")

    assert response.status_code == 200
    assert "Readers find no page here yet." in response.content.decode()
    assert abs(response.context["article"].published_at - timezone.now()) < timedelta(minutes=1)
    draft.refresh_from_db()
    assert draft.published_at is None


def test_a_scheduled_text_is_dated_by_its_schedule(writer, draft):
    at = timezone.now() + timedelta(days=3)
    make.make_publication(draft, draft.revisions.get(), at)

    response = writer.get("/articles/draft/?preview")

    assert response.context["article"].live_at == at


def test_an_article_under_embargo_says_so(writer, reader, live):
    live.embargo_until = timezone.now() + timedelta(days=1)
    live.save()

    html = writer.get("/articles/live/?preview=1").content.decode()

    assert "It is under embargo: readers find no page here until" in html
    assert "This is what readers see." not in html
    assert reader.get("/articles/live/?preview=1").status_code == 404


def test_what_somebody_calls_themselves_is_no_markup(publisher, reader, draft):
    _, secret = make_link(draft.revisions.get(), publisher.user, "<b>them</b>", in_days(3), "first")

    reader.post(f"/preview/{secret}/", answer(name="<i>me</i>", text="<u>this</u>"))

    html = reader.get(f"/preview/{secret}/").content.decode()
    assert "&lt;b&gt;them&lt;/b&gt;" in html and "&lt;i&gt;me&lt;/i&gt;" in html and "&lt;u&gt;this&lt;/u&gt;" in html
    assert "<b>them" not in html and "<i>me" not in html and "<u>this" not in html


def test_a_withdrawn_article_can_still_be_seen_by_the_desk(writer, withdrawn):
    html = writer.get("/articles/withdrawn/?preview").content.decode()

    assert "<h1>Taken back</h1>" in html
    assert "Readers are told here that the article was withdrawn." in html


@pytest.mark.parametrize("number", ["3", "0", "-1", "x", "1.0", "9" * 30, "٣", "%00"])
def test_a_revision_that_is_not_there_is_said(number, writer, live):
    response = writer.get(f"/articles/live/?preview={number}")

    assert response.status_code == 404
    assert "numbered from 1 to 2" in response.content.decode()
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex"


def test_an_article_without_a_revision_is_said(writer, draft):
    draft.revisions.all().delete()

    response = writer.get("/articles/draft/?preview")

    assert response.status_code == 404
    assert "Nothing of this article has been saved yet" in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_a_preview_is_only_read(method, writer, live):
    assert getattr(writer, method)("/articles/live/?preview").status_code == 405


# Everybody else


def outsiders():
    """A client each for those who may not see previews, by a name."""
    nobody = User.objects.create_user("nobody")
    no_right = User.objects.create_user("no_right", is_staff=True)
    not_staff = User.objects.create_user("not_staff")
    not_staff.user_permissions.add(Permission.objects.get(codename="view_article"))
    inactive = User.objects.create_user("inactive", is_staff=True)
    inactive.user_permissions.add(Permission.objects.get(codename="view_article"))
    clients = {"reader": Client()}
    for user in (nobody, no_right, not_staff, inactive):
        clients[user.username] = client = Client()
        client.force_login(user)
    User.objects.filter(username="inactive").update(is_active=False)
    clients["forged"] = forged = Client()
    forged.cookies["sessionid"] = "x" * 32
    return clients


@pytest.mark.parametrize("slug", ["draft", "live", "withdrawn", "no-such-article"])
@pytest.mark.parametrize("query", ["preview", "preview=1", "preview=99", "preview=x", "a=b&preview"])
def test_anybody_else_gets_exactly_the_answer_without_the_word(slug, query, draft, live, withdrawn):
    address = f"/articles/{slug}/"
    for name, client in outsiders().items():
        for method in (client.get, client.head):
            plain, asked = what_came(method(address)), what_came(method(f"{address}?{query}"))

            assert asked == plain, name
            assert b"Only the desk" not in asked[3] and b"Nobody reads this" not in asked[3]


def test_without_the_word_nobody_is_asked_who_they_are(writer, live, django_assert_num_queries):
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()
    response = writer.get("/articles/live/")

    assert response["Vary"] == "Accept-Encoding"
    assert not response.cookies


# Records


RECORDS = {
    "agreements": make.make_agreement, "coalitions": make.make_coalition, "events": make.make_event,
    "parties": make.make_party, "people": make.make_person, "pledges": make.make_pledge,
    "sources": make.make_source,
}  # fmt: skip


@pytest.mark.parametrize("kind", RECORDS)
def test_the_desk_sees_a_record_under_embargo_and_nobody_else_does(kind, writer, db):
    record = RECORDS[kind](slug="hidden", embargo_until=timezone.now() + timedelta(days=1))

    response = writer.get(f"/{kind}/hidden/?preview")

    assert response.status_code == 200
    assert "It is under embargo: readers find no page here until" in response.content.decode()
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store, private", "noindex")
    assert f'href="{mending_page(record)}"' in response.content.decode()
    for name, client in outsiders().items():
        for method in (client.get, client.head):
            plain, asked = what_came(method(f"/{kind}/hidden/")), what_came(method(f"/{kind}/hidden/?preview"))
            assert asked == plain, name
            assert asked[0] == 404
    assert writer.get(f"/{kind}/hidden/").status_code == 404


def test_a_preview_of_a_record_shows_what_is_under_embargo_on_it(writer, reader, db):
    pledge = make.make_pledge(slug="open")
    make.make_pledge(title="A hidden part", part_of=pledge, embargo_until=timezone.now() + timedelta(days=1))

    assert "A hidden part" in writer.get("/pledges/open/?preview").content.decode()
    assert "Readers have this page, without anything" in writer.get("/pledges/open/?preview").content.decode()
    for client in (reader, writer):
        assert "A hidden part" not in client.get("/pledges/open/").content.decode()


def test_what_rests_on_an_embargo_says_so(writer, db):
    envelope = make.make_pledge(embargo_until=timezone.now() + timedelta(days=1))
    make.make_pledge(slug="part", part_of=envelope)

    html = writer.get("/pledges/part/?preview").content.decode()

    assert "Readers find no page here: it names something that is under embargo, or rests on it." in html


def test_a_withdrawn_record_answers_in_a_preview_as_for_readers(writer, db):
    make.make_pledge(slug="gone", title="A title", withdrawn_at=timezone.now(), withdrawn_why="It was forged.")

    response = writer.get("/pledges/gone/?preview")

    assert response.status_code == 410
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store, private", "noindex")


def test_a_preview_of_no_record_is_the_page_of_what_is_not_there(writer, reader, db):
    assert what_came(writer.get("/pledges/none/?preview")) == what_came(reader.get("/pledges/none/"))


# Secret links


@pytest.fixture
def link(publisher, draft):
    found, secret = make_link(draft.revisions.get(), publisher.user, "the press office", in_days(3), "first")
    found.address = f"/preview/{secret}/"
    return found


def in_days(days):
    return timezone.now() + timedelta(days=days)


def answer(**changes):
    return {"verdict": "comment", "name": "Press office", "text": "The amount is 91 million."} | changes


def test_a_link_shows_its_revision_to_somebody_without_an_account(reader, link, draft):
    make.make_revision(draft, headline="A later headline")

    response = reader.get(link.address)

    html = response.content.decode()
    assert response.status_code == 200
    assert "<h1>Not for readers yet</h1>" in html
    assert "This link was made for the press office and works until" in html
    assert 'rel="canonical"' not in html
    assert "A later headline" not in html
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store, private", "noindex")
    assert response["Referrer-Policy"] == "no-referrer"
    assert "Vary" not in response and not response.cookies


def test_each_visit_is_kept_and_a_look_at_the_headers_is_none(reader, link):
    reader.get(link.address)
    reader.get(link.address)
    reader.head(link.address)

    assert [visit.link for visit in PreviewVisit.objects.all()] == [link, link]


def test_the_secret_is_kept_nowhere(link):
    secret = link.address.split("/")[2]

    assert len(secret) >= 43
    for entry in AuditEntry.objects.values_list():
        assert secret not in str(entry)
    assert secret not in str(PreviewLink.objects.values_list().get())


def test_what_opens_nothing_answers_alike(reader, publisher, link, draft):
    expired, secret = make_link(draft.revisions.get(), publisher.user, "another", in_days(1), "second")
    PreviewLink.objects.filter(pk=expired.pk).update(made_at=in_days(-2), expires_at=in_days(-1))
    revoke_link(link, publisher.user)
    addresses = [link.address, f"/preview/{secret}/", "/preview/unknown/", "/preview/%00/", f"/preview/{'x' * 3000}/"]

    for method in ("get", "head", "post"):
        first, *others = [what_came(getattr(reader, method)(address, answer())) for address in addresses]
        # The length of the address is the asker's own.
        assert [other[:3] for other in others] == [first[:3]] * 4
        assert {other[3] for other in others} == {first[3]}
        assert first[0] == 404
        assert first[1]["Cache-Control"] == "no-store, private"
    assert (PreviewVisit.objects.count(), PreviewAnswer.objects.count()) == (0, 0)


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_a_link_takes_no_other_method(method, reader, link):
    assert getattr(reader, method)(link.address).status_code == 405
    assert PreviewVisit.objects.count() == 0


def test_a_comment_is_kept_logged_and_shown(reader, link, draft):
    response = reader.post(link.address, answer(text="  The amount is <b>91</b> million.  "))

    assert (response.status_code, response["Location"]) == (302, f"{link.address}#answers")
    [kept] = PreviewAnswer.objects.all()
    assert (kept.link, kept.verdict, kept.name, kept.text) == (
        link, PreviewVerdict.COMMENT, "Press office", "The amount is <b>91</b> million.")  # fmt: skip
    [entry] = AuditEntry.objects.filter(action="link_answered")
    assert (entry.user, entry.kind, entry.number, entry.why) == (None, "article", draft.pk, kept.text)
    assert entry.message == "Comment by Press office, who read revision 1 by the link for the press office."
    html = reader.get(link.address).content.decode()
    assert "The amount is &lt;b&gt;91&lt;/b&gt; million." in html


def test_an_approval_needs_no_words_and_no_token(link):
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(link.address, answer(verdict="approved", text=""))

    assert response.status_code == 302
    assert PreviewAnswer.objects.get().verdict == PreviewVerdict.APPROVED


@pytest.mark.parametrize("fields, wrong, code", [
    ({"verdict": ""}, "verdict", "required"),
    ({"verdict": "rejected"}, "verdict", "invalid_choice"),
    ({"name": " "}, "name", "required"),
    ({"name": "x" * 121}, "name", "max_length"),
    ({"name": "a\0"}, "name", "null_characters_not_allowed"),
    ({"text": ""}, "text", "required"),
    ({"text": "x" * 5001}, "text", "max_length"),
    ({"text": "a\0"}, "text", "null_characters_not_allowed"),
])  # fmt: skip
def test_nonsense_gets_a_sentence_and_keeps_what_was_typed(fields, wrong, code, reader, link):
    typed = answer(**fields)

    response = reader.post(link.address, typed)

    form = response.context["form"]
    assert {name: [error.code for error in found] for name, found in form.errors.as_data().items()} == {wrong: [code]}
    assert {name: form[name].value() for name in typed} == typed
    assert form.errors[wrong][0] in response.content.decode().replace("&#x27;", "'")
    assert PreviewAnswer.objects.count() == 0


def test_answers_are_limited_by_the_hour_and_altogether(reader, link):
    statuses = [reader.post(link.address, answer()).status_code for _ in range(6)]
    refused = reader.post(link.address, answer(text="One more thing."))

    assert statuses == [302] * 5 + [429]
    assert "One more thing." in refused.content.decode()
    assert "wait a while" in refused.content.decode()
    PreviewAnswer.objects.update(at=in_days(-1))
    assert reader.post(link.address, answer()).status_code == 302
    PreviewAnswer.objects.bulk_create(
        PreviewAnswer(link=link, verdict="approved", name="x", at=in_days(-1)) for _ in range(50)
    )
    assert "as often as it can be" in reader.post(link.address, answer()).content.decode()
    assert PreviewAnswer.objects.count() == 56


@pytest.mark.parametrize("number", [1, 3])
def test_answers_cost_a_linked_page_no_more_queries(number, reader, link, django_assert_num_queries):
    for _ in range(number):
        PreviewAnswer.objects.create(link=link, verdict="approved", name="Press office")

    with django_assert_num_queries(8):
        reader.get(link.address)
