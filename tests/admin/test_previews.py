"""Previews at the desk: what is typed and not saved, and making, listing and revoking secret links."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aid.actions.previews import make_link
from aid.models import Article, ArticleRevision, AuditEntry, PreviewAnswer, PreviewLink
from tests import builders as make
from tests.admin.forms import sent

ADD = "/admin/aid/article/add/"
NEW = "/admin/aid/article/preview/"
ROLES = ["reader", "writer", "editor", "publisher", "administrator"]


def page_of(article, page, *args):
    return reverse(f"admin:aid_article_{page}", args=[article.pk, *args])


@pytest.fixture
def article(db):
    return make.make_article("As published", "Everybody reads this.", slug="live")


# What is typed


def rows():
    return [(model, list(model.objects.values_list())) for model in (Article, ArticleRevision, AuditEntry)]


def test_what_is_typed_is_shown_as_readers_would_see_it_and_not_saved(writer, article):
    topic = make.make_sector(name="Drones")
    page = writer.get(page_of(article, "change"))
    typed = sent(page, headline="Not yet saved", body="**Bold** words", topics=[topic.pk])
    before = rows()

    response = writer.post(page_of(article, "preview"), typed)

    html = response.content.decode()
    assert response.status_code == 200
    assert response.templates[0].name == "aid/article_detail.html"
    assert "<h1>Not yet saved</h1>" in html and "<strong>Bold</strong> words" in html and "Drones" in html
    assert "Preview of what you typed.</strong> Nothing of it is saved." in html
    assert "no-store" in response["Cache-Control"] and response["X-Robots-Tag"] == "noindex"
    assert rows() == before


def test_a_new_article_is_shown_before_its_first_save(writer):
    typed = sent(writer.get(ADD), headline="A new one", slug="new", body="Text.")

    response = writer.post(NEW, typed)

    assert response.status_code == 200
    assert "<h1>A new one</h1>" in response.content.decode()
    assert Article.objects.count() == 0


def test_a_preview_does_not_mind_what_others_saved_meanwhile(writer, article):
    typed = sent(writer.get(page_of(article, "change")), headline="Mine")
    make.make_revision(article, headline="Theirs")

    assert writer.post(page_of(article, "preview"), typed).status_code == 200


def test_what_is_wrong_with_it_is_said(writer, article):
    typed = sent(writer.get(page_of(article, "change")), standfirst="x" * 401, section="sport")

    response = writer.post(page_of(article, "preview"), typed)

    html = response.content.decode()
    assert response.status_code == 400
    assert "Standfirst: Ensure this value has at most 400 characters" in html
    assert "Section: Select a valid choice." in html
    assert "what you typed stands in the other tab" in html


def test_a_preview_of_what_is_typed_needs_its_token(article, writer):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(writer.user)

    assert strict.post(page_of(article, "preview"), {"headline": "x", "slug": "x"}).status_code == 403


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete", "patch"])
def test_who_may_preview_what_is_typed(role, method, article, request):
    client = request.getfixturevalue(role)
    expected = 302 if role == "reader" else {"post": 400}.get(method, 405)

    for address in (NEW, page_of(article, "preview")):
        assert getattr(client, method)(address).status_code == expected, address


@pytest.mark.parametrize("role", ["reader", "writer"])
@pytest.mark.parametrize("key", ["999", "x", "9" * 30, "-1"])
def test_a_preview_of_no_article(role, key, request):
    client = request.getfixturevalue(role)

    status = client.post(f"/admin/aid/article/{key}/preview/", {}).status_code

    assert status == (302 if role == "reader" else 404)


def test_the_form_has_the_button_and_the_page_its_links(writer, article):
    html = writer.get(page_of(article, "change")).content.decode()

    assert f'formaction="{page_of(article, "preview")}" formtarget="_blank"' in html
    assert 'href="/articles/live/?preview"' in html
    assert f'href="{page_of(article, "links")}"' in html
    assert f'formaction="{NEW}"' in writer.get(ADD).content.decode()


# Making links


def asked(response, **changes):
    """The form for a link as a browser would send it back."""
    form = response.context["form"]
    data = {"key": form["key"].value(), "given_to": "the press office", "number": "1", "lasts": "7"}
    return data | changes


def test_an_editor_makes_a_link_and_sees_its_secret_once(editor, reader, article):
    page = page_of(article, "links")

    response = editor.post(page, asked(editor.get(page)))

    link = PreviewLink.objects.get()
    address = response.context["made"].address
    assert response.status_code == 200
    assert address.startswith("http://testserver/preview/")
    assert address in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert (link.given_to, link.revision.number, link.made_by) == ("the press office", 1, editor.user)
    assert abs(link.expires_at - timezone.now() - timedelta(days=7)) < timedelta(minutes=1)
    assert reader.get(address).status_code == 200
    assert address.split("/")[-2] not in editor.get(page).content.decode()
    [entry] = AuditEntry.objects.filter(action="link_made")
    assert (entry.user, entry.kind, entry.number, entry.name) == (editor.user, "article", article.pk, "As published")
    assert entry.message.startswith("Link to revision 1 for the press office, until ")


def test_a_link_lasts_until_a_moment_of_ones_own(editor, article):
    page, until = page_of(article, "links"), timezone.now() + timedelta(days=2)

    editor.post(page, asked(editor.get(page), lasts="own", until_day=f"{until:%Y-%m-%d}", until_time=f"{until:%H:%M}",
                            until_zone="UTC"))  # fmt: skip

    assert PreviewLink.objects.get().expires_at == until.replace(second=0, microsecond=0)


def test_a_form_that_is_sent_twice_makes_one_link(editor, article):
    page = page_of(article, "links")
    data = asked(editor.get(page))
    editor.post(page, data)

    response = editor.post(page, data)

    assert response.status_code == 400
    assert [error.code for error in response.context["form"].non_field_errors().as_data()] == ["again"]
    assert PreviewLink.objects.count() == 1


def own(moment):
    return {"lasts": "own", "until_day": f"{moment:%Y-%m-%d}", "until_time": f"{moment:%H:%M}", "until_zone": "UTC"}


@pytest.mark.parametrize("fields, wrong, code", [
    ({"given_to": " "}, "given_to", "required"),
    ({"given_to": "x" * 121}, "given_to", "max_length"),
    ({"given_to": "a\0"}, "given_to", "null_characters_not_allowed"),
    ({"number": "2"}, "number", "invalid_choice"),
    ({"number": "x"}, "number", "invalid_choice"),
    ({"number": ""}, "number", "required"),
    ({"lasts": ""}, "lasts", "required"),
    ({"lasts": "365"}, "lasts", "invalid_choice"),
    ({"lasts": "own"}, "until", "required"),
    (own(timezone.now() - timedelta(days=1)), "until", "past"),
    (own(timezone.now() + timedelta(days=31)), "until", "too_far"),
    (own(timezone.now() + timedelta(days=2)) | {"lasts": "7"}, "until", "both"),
    ({"lasts": "own", "until_day": "tomorrow", "until_time": "09:00", "until_zone": "UTC"}, "until", "day"),
    ({"key": "A B"}, "key", "key"),
    ({"key": ""}, "key", "required"),
])  # fmt: skip
def test_a_senseless_link_is_refused_and_what_was_typed_stays(fields, wrong, code, editor, article):
    page = page_of(article, "links")
    data = asked(editor.get(page), **fields)

    response = editor.post(page, data)

    form = response.context["form"]
    assert response.status_code == 400
    assert {name: [error.code for error in found] for name, found in form.errors.as_data().items()} == {wrong: [code]}
    assert form["given_to"].value() == data["given_to"]
    assert "No link was made." in response.content.decode()
    assert (PreviewLink.objects.count(), AuditEntry.objects.filter(action="link_made").count()) == (0, 0)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete", "patch"])
def test_who_may_see_and_make_links(role, method, article, request):
    client = request.getfixturevalue(role)
    makes = role in ("editor", "publisher", "administrator")
    expected = {"get": 200, "head": 200, "post": 400 if makes else 403}.get(method, 405)

    response = getattr(client, method)(page_of(article, "links"))

    assert response.status_code == (302 if role == "reader" else expected)
    if role != "reader" and method == "get":
        assert ("Make the link" in response.content.decode()) is makes


@pytest.mark.parametrize("key", ["999", "x", "9" * 30])
def test_links_of_no_article(key, editor):
    assert editor.get(f"/admin/aid/article/{key}/links/").status_code == 404
    assert editor.post(f"/admin/aid/article/{key}/links/x/revoke/").status_code == 404


# Revoking


@pytest.fixture
def link(publisher, article):
    found, secret = make_link(
        article.revisions.get(), publisher.user, "the press office", timezone.now() + timedelta(days=3), "first"
    )
    found.address = f"/preview/{secret}/"
    return found


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete", "patch"])
def test_who_may_revoke_a_link(role, method, article, link, request):
    client = request.getfixturevalue(role)
    may = role in ("editor", "publisher", "administrator")

    response = getattr(client, method)(page_of(article, "link_revoke", link.key))

    expected = 302 if role == "reader" else (302 if may else 403) if method == "post" else 405
    link.refresh_from_db()
    assert response.status_code == expected
    assert (link.revoked_at is not None) is (may and method == "post")


def test_a_revoked_link_opens_nothing_and_stays_in_the_list(editor, reader, article, link):
    response = editor.post(page_of(article, "link_revoke", link.key), follow=True)

    assert reader.get(link.address).status_code == 404
    assert "revoked on" in response.content.decode()
    assert "The link for the press office opens nothing any more." in response.content.decode()
    [entry] = AuditEntry.objects.filter(action="link_revoked")
    assert (entry.user, entry.number) == (editor.user, article.pk)


def test_what_is_over_is_not_revoked_again(editor, article, link):
    editor.post(page_of(article, "link_revoke", link.key))

    response = editor.post(page_of(article, "link_revoke", link.key), follow=True)

    assert "This link does not work any more already." in response.content.decode()
    assert AuditEntry.objects.filter(action="link_revoked").count() == 1


def test_a_link_is_revoked_on_the_page_of_its_own_article(editor, link):
    other = make.make_article()

    assert editor.post(page_of(other, "link_revoke", link.key)).status_code == 404
    link.refresh_from_db()
    assert link.revoked_at is None


# What came of them


@pytest.mark.parametrize("number", [1, 3])
def test_visits_and_answers_stand_at_the_article(
    number, writer, reader, publisher, article, django_assert_num_queries
):
    for n in range(number):
        link, secret = make_link(article.revisions.get(), publisher.user, f"reader {n}",
                                 timezone.now() + timedelta(days=1), f"key{n}")  # fmt: skip
        reader.get(f"/preview/{secret}/")
        reader.get(f"/preview/{secret}/")
        PreviewAnswer.objects.create(link=link, verdict="comment", name=f"Name {n}", text="<i>Change this</i>")
    writer.get(page_of(article, "links"))

    with django_assert_num_queries(9):
        html = writer.get(page_of(article, "links")).content.decode()

    assert html.count("Opened 2 times, last on") == number
    assert html.count("&lt;i&gt;Change this&lt;/i&gt;") == number
    form = writer.get(page_of(article, "change")).content.decode()
    assert f"Answered by preview links: {number}" in form
    assert form.count("&lt;i&gt;Change this&lt;/i&gt;") == number
