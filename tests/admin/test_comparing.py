"""The page that compares two revisions of an article, and brings an earlier one back."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from aid.actions.articles import save_revision
from aid.actions.comparing import restore_revision
from aid.choices import ArticleSection, AuditAction
from aid.models import Article, ArticleRevision, AuditEntry
from tests import builders as make
from tests.admin.forms import said


def compare(article, query=""):
    return reverse("admin:aid_article_compare", args=[article.pk]) + query


def restore(article):
    return reverse("admin:aid_article_restore", args=[article.pk])


def change(article):
    return reverse("admin:aid_article_change", args=[article.pk])


@pytest.fixture
def article(db):
    """Three revisions, of which the first is live."""
    article = make.make_article("First words", "It gave 91 million.", why="To begin")
    make.make_revision(article, headline="Second words", body="It gave 92 million.")
    make.make_revision(article, headline="Third words", body="It gave 93 million.")
    return article


def numbers(response):
    found = response.context["compared"]
    return found and (found.old.number, found.new.number)


def state(article):
    article = Article.objects.get(pk=article.pk)
    return article.live.number, list(article.revisions.values_list("number", "headline"))


def publish(article):
    """Readers get the newest revision from now on."""
    make.make_publication(article=article, revision=article.revisions.order_by("-number").first())


# Comparing


@pytest.mark.parametrize("query, expected", [
    ("?from=1&to=3", (1, 3)), ("?from=3&to=1", (3, 1)), ("?from=2&to=2", (2, 2)), ("", (1, 3)),
])  # fmt: skip
def test_any_two_revisions_are_compared(query, expected, article, writer):
    response = writer.get(compare(article, query))

    assert (response.status_code, numbers(response)) == (200, expected)


def test_the_page_says_what_differs_who_saved_it_and_why(article, writer):
    save_revision(article, {"headline": "Fourth <b>"}, writer.user, "A better <headline>")

    html = writer.get(compare(article, "?from=3&to=4")).content.decode()

    assert '<del><span class="visually-hidden">removed: </span>Third words</del>' in html
    assert "Fourth &lt;b&gt;</ins>" in html
    assert " by writer. Reason: A better &lt;headline&gt;" in html
    assert "No reason was given." in html
    assert "The same in both: Section, Topics, Image, Standfirst, Byline, Text." in html


def test_without_a_choice_the_draft_is_held_against_the_live_page_else_the_newest_two(article, publisher):
    assert numbers(publisher.get(compare(article))) == (1, 3)
    publish(article)
    assert numbers(publisher.get(compare(article))) == (2, 3)
    draft = make.make_article(published=False)
    assert numbers(publisher.get(compare(draft))) == (1, 1)
    make.make_revision(draft)
    assert numbers(publisher.get(compare(draft))) == (1, 2)


def test_the_articles_form_leads_to_it_in_one_click(article, publisher):
    def offered():
        return publisher.get(change(article)).context["tools"]

    assert ("Compare draft with live", compare(article, "?from=1&to=3")) in offered()
    publish(article)
    assert ("Compare revisions", compare(article, "?from=2&to=3")) in offered()
    alone = make.make_article()
    assert not [label for label, _ in publisher.get(change(alone)).context["tools"] if "Compare" in label]


@pytest.mark.parametrize("query", [
    "?from=77&to=3", "?from=1&to=x", "?from=1", "?to=2", "?from=-1&to=0", "?from=1&to=" + "9" * 100, "?from=1.0&to=2",
    "?from=%C2%B2&to=2", "?from=01&to=2", "?from=<b>&to=2",
])  # fmt: skip
def test_a_number_that_no_revision_has_is_answered_with_404_and_the_choice(query, article, writer):
    response = writer.get(compare(article, query))

    html = response.content.decode()
    assert (response.status_code, numbers(response)) == (404, None)
    assert "This article has no revision " in html
    assert html.count('<option value="2"') == 2
    assert "<b>" not in html


def test_an_article_without_a_revision_says_so(writer):
    article = Article.objects.create(slug="empty")

    response = writer.get(compare(article))

    assert response.status_code == 404
    assert "This article has no revision yet" in response.content.decode()
    assert writer.post(restore(article), {"revision": "1"}).status_code == 404


@pytest.mark.parametrize("wrong", ["0", "999999", "x", "9" * 40, "1'"])
def test_no_such_article_is_404(wrong, writer):
    for page in ("compare", "restore"):
        path = f"/admin/aid/article/{wrong}/{page}/"
        answer = writer.get(path) if page == "compare" else writer.post(path, {"revision": "1"})
        assert answer.status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_revisions(number, writer, django_assert_num_queries):
    article = make.make_article(created_by=make.make_user())
    for _ in range(number):
        make.make_revision(article, headline="Newer", created_by=make.make_user())
    writer.get(compare(article))

    # Session, account, two of permissions; the article, its revisions and their publications; two whole ones, topics.
    with django_assert_num_queries(9):
        writer.get(compare(article))


# Restoring


def sent(article, **changes):
    return {"revision": "1", "newest": "3", "why": "The figure was right"} | changes


def test_restoring_appends_a_revision_and_leaves_the_live_page_alone(article, writer):
    live = state(article)[0]
    page = writer.get(compare(article, "?from=1&to=3"))
    form = page.context["form"]
    assert (form["revision"].value(), form["newest"].value()) == (1, 3)

    response = writer.post(restore(article), sent(article), follow=True)

    assert response.redirect_chain == [(change(article), 302)]
    assert said(response) == [
        ("success", "Revision 4 says again what revision 1 said. Readers see no change until it is published.")
    ]
    made = article.revisions.get(number=4)
    assert (made.headline, made.body, made.why, made.created_by) == (
        "First words", "It gave 91 million.", "The figure was right", writer.user,
    )  # fmt: skip
    assert state(article)[0] == live
    entry = AuditEntry.objects.get(action=AuditAction.RESTORED)
    assert (entry.user, entry.number, entry.message, entry.why) == (
        writer.user, article.pk, "Restored revision 1 as revision 4.", "The figure was right",
    )  # fmt: skip


def test_all_that_belongs_to_a_revision_comes_back(article, writer):
    topic, image = make.make_sector(), make.make_image()
    old = make.make_revision(article, section=ArticleSection.ANALYSIS, topics=[topic], image=image, standfirst="S.")
    make.make_revision(article, section=ArticleSection.NEWS, topics=[], image=None, standfirst="")

    made = restore_revision(old, 5, writer.user, "Right after all")

    assert (made.section, list(made.topics.all()), made.image, made.standfirst) == ("analysis", [topic], image, "S.")


def test_a_revision_saved_since_is_in_the_way_and_is_shown(article, writer, editor):
    save_revision(article, {"headline": "Theirs"}, editor.user)

    response = writer.post(restore(article), sent(article, why="Typed with care"))

    form = response.context["form"]
    assert [error.code for error in form.non_field_errors().as_data()] == ["stale"]
    assert "editor saved revision 4 after you opened this page" in response.content.decode()
    assert numbers(response) == (1, 4)
    assert form["why"].value() == "Typed with care"
    assert article.revisions.count() == 4
    # Who has read it restores by sending the page once more.
    again = {name: form[name].value() for name in ("revision", "newest", "why")}
    assert writer.post(restore(article), again).status_code == 302
    assert article.revisions.get(number=5).headline == "First words"


@pytest.mark.parametrize("changes, code", [
    ({"why": ""}, "required"), ({"why": " "}, "required"), ({"why": "x" * 201}, "max_length"),
    ({"why": "a\0"}, "null_characters_not_allowed"), ({"newest": ""}, "required"), ({"newest": "x"}, "invalid"),
    ({"newest": "9" * 30}, "max_value"), ({"newest": "2"}, "stale"),
])  # fmt: skip
def test_what_cannot_be_restored_says_why_and_changes_nothing(changes, code, article, writer):
    before = state(article)

    response = writer.post(restore(article), sent(article, **changes))

    form = response.context.get("form")
    assert response.status_code == 200
    assert [error.code for errors in form.errors.as_data().values() for error in errors] == [code]
    assert state(article) == before


def test_restoring_the_newest_says_that_it_is_the_newest(article, writer):
    response = writer.post(restore(article), sent(article, revision="3"))

    assert (response.status_code, article.revisions.count()) == (200, 3)
    assert "revision 3, the newest one, says the same already" in response.content.decode()


@pytest.mark.parametrize("number", ["", "77", "x", "9" * 60])
def test_restoring_what_is_not_there_is_404(number, article, writer):
    response = writer.post(restore(article), sent(article, revision=number))

    assert (response.status_code, state(article)[1][0]) == (404, (3, "Third words"))


def test_what_the_newest_says_already_is_not_said_twice(article, writer):
    first = article.revisions.get(number=1)
    restore_revision(first, 3, writer.user, "Back")

    with pytest.raises(ValidationError) as caught:
        restore_revision(first, 4, writer.user, "Back again")

    assert caught.value.code == "same"
    assert article.revisions.count() == 4


@pytest.mark.parametrize("why", ["", " \n"])
def test_the_action_itself_asks_for_a_reason(why, article, writer):
    with pytest.raises(ValidationError) as caught:
        restore_revision(article.revisions.get(number=1), 3, writer.user, why)

    assert caught.value.code == "reason"


# Who may


@pytest.fixture
def onlooker(db):
    """Somebody of the staff who may look at articles and change none."""
    from django.contrib.auth.models import Permission
    from django.test import Client

    client = Client()
    client.user = make.make_user(is_staff=True)
    client.user.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(client.user)
    return client


@pytest.fixture
def stranger(db):
    """Somebody of the staff without any right."""
    from django.test import Client

    client = Client()
    client.user = make.make_user(is_staff=True)
    client.force_login(client.user)
    return client


@pytest.mark.parametrize("role, gets, posts", [
    ("reader", 302, 302), ("stranger", 403, 403), ("onlooker", 200, 403), ("writer", 200, 302), ("editor", 200, 302),
    ("publisher", 200, 302), ("administrator", 200, 302),
])  # fmt: skip
def test_who_may_look_and_who_may_restore(role, gets, posts, article, request):
    client = request.getfixturevalue(role)

    looked, restored = client.get(compare(article)), client.post(restore(article), sent(article))

    assert (looked.status_code, restored.status_code) == (gets, posts)
    assert article.revisions.count() == (4 if role in ("writer", "editor", "publisher", "administrator") else 3)
    if role == "onlooker":
        assert looked.context["restores"] is None


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "patch"])
def test_restoring_is_done_by_post_alone(method, article, writer):
    assert getattr(writer, method)(restore(article)).status_code == 405
    assert article.revisions.count() == 3


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_comparing_is_done_by_get_alone(method, article, writer):
    assert getattr(writer, method)(compare(article)).status_code == 405


def test_restoring_needs_the_forms_token(article, writer):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(writer.user)

    assert client.post(restore(article), sent(article)).status_code == 403
    assert article.revisions.count() == 3


def test_the_action_itself_asks_for_the_right(article, onlooker):
    with pytest.raises(PermissionDenied):
        restore_revision(article.revisions.get(number=1), 3, onlooker.user, "Because")

    assert ArticleRevision.objects.filter(article=article).count() == 3
