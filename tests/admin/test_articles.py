"""Articles: each save appends a revision, and only publishing changes what readers see."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from aid.actions.articles import publish_article, save_revision, withdraw_article
from aid.models import Article, ArticleRevision
from tests import builders as make
from tests.admin.forms import errors, said, sent

ADD = "/admin/aid/article/add/"
LIST = "/admin/aid/article/"


def change(row):
    return reverse("admin:aid_article_change", args=[row.pk])


def state(article):
    article.refresh_from_db()
    return article.live_id, article.revisions.count()


def test_a_writer_writes_a_first_revision(writer):
    page = writer.get(ADD)

    response = writer.post(ADD, sent(page, headline="News", slug="news", body="Text.  \nMore.", why="First"))

    assert response.status_code == 302, errors(response)
    revision = ArticleRevision.objects.get()
    assert (revision.number, revision.headline, revision.body, revision.why) == (1, "News", "Text.  \nMore.", "First")
    assert (revision.created_by, revision.article.live, revision.article.slug) == (writer.user, None, "news")


def test_saving_appends_and_leaves_the_live_page_alone(writer):
    article = make.make_article(headline="As published")
    page = writer.get(change(article))

    writer.post(change(article), sent(page, headline="Better", why="Clearer"))

    article.refresh_from_db()
    assert [(r.number, r.headline) for r in article.revisions.all()] == [(2, "Better"), (1, "As published")]
    assert article.live.headline == "As published"


def test_saving_the_same_text_appends_nothing(writer):
    article = make.make_article(published=False)
    page = writer.get(change(article))

    response = writer.post(change(article), sent(page, section="analysis"), follow=True)

    article.refresh_from_db()
    assert (article.section, article.revisions.count()) == ("analysis", 1)
    assert ("info", "The text is as it was, so no revision was added.") in said(response)


def test_writing_over_somebody_else_is_said(writer):
    article = make.make_article()
    page = writer.get(change(article))
    other = make.make_user(username="another")
    save_revision(article, {"headline": "Theirs", "standfirst": "", "byline": "", "body": "B"}, other)

    response = writer.post(change(article), sent(page, headline="Mine"), follow=True)

    [text] = [text for level, text in said(response) if level == "warning"]
    assert text.startswith("another saved revision 2 while you were writing. Yours is revision 3")
    assert article.revisions.count() == 3


@pytest.mark.parametrize("fields, expected", [
    ({"headline": ""}, {"headline": ["required"]}),
    ({"headline": "x" * 161}, {"headline": ["max_length"]}),
    ({"headline": "a\0"}, {"headline": ["null_characters_not_allowed"]}),
    ({"body": "a\0"}, {"body": ["null_characters_not_allowed"]}),
    ({"standfirst": "x" * 401}, {"standfirst": ["max_length"]}),
    ({"section": "sport"}, {"section": ["invalid_choice"]}),
    ({"slug": ""}, {"slug": ["required"]}),
    ({"slug": "taken"}, {"slug": ["unique"]}),
    ({"based_on": "x"}, {"based_on": ["invalid"]}),
])  # fmt: skip
def test_a_broken_rule_loses_nothing(fields, expected, writer):
    make.make_article(slug="taken")
    page = writer.get(ADD)

    response = writer.post(ADD, sent(page, **{"headline": "News", "slug": "news", "body": "Long text."} | fields))

    assert errors(response) == expected
    assert Article.objects.count() == 1
    assert response.context["adminform"].form["body"].value() == fields.get("body", "Long text.")


@pytest.mark.parametrize("withdrawn", [False, True])
def test_the_address_of_a_published_article_stays(writer, publisher, withdrawn):
    article = make.make_article(slug="kept")
    if withdrawn:
        withdraw_article(article, publisher.user)
    page = writer.get(change(article))

    writer.post(change(article), sent(page, slug="other"))

    article.refresh_from_db()
    assert article.slug == "kept"


@pytest.mark.parametrize("role, changes", [("writer", False), ("editor", False), ("publisher", True)])
def test_only_a_publisher_changes_what_is_live_without_a_revision(role, changes, request):
    client, topic = request.getfixturevalue(role), make.make_sector()
    article = make.make_article()
    page = client.get(change(article))

    response = client.post(change(article), sent(page, section="analysis", topics=[topic.pk], headline="Mine"))

    article.refresh_from_db()
    assert (response.status_code, article.revisions.first().headline) == (302, "Mine")
    assert (article.section, list(article.topics.all())) == (("analysis", [topic]) if changes else ("news", []))
    assert ("what you change here, readers see at once" in page.content.decode()) is changes
    assert ("only a publisher changes them" in page.content.decode()) is not changes


# Publishing


def test_publishing_names_the_headline_and_does_not_speak_of_the_text(publisher):
    article = make.make_article("As written", slug="address", published=False)
    page = publisher.get(change(article))

    response = publisher.post(change(article), sent(page, _publish="1"), follow=True)

    told = [text for _, text in said(response)]
    assert len(told) == 2, told
    assert "“As written”: Published. Readers see it from now on." in told
    assert all("As written" in text and "address" not in text for text in told)
    assert [
        text
        for _, text in said(
            publisher.post(LIST, {"action": "withdraw", "_selected_action": [article.pk]}, follow=True)
        )
    ] == ["“As written”: Withdrawn."]


def test_a_publisher_publishes_with_the_save(publisher):
    article = make.make_article(published=False)
    page = publisher.get(change(article))

    publisher.post(change(article), sent(page, headline="Ready", _publish="1"))

    article.refresh_from_db()
    assert article.live.headline == "Ready"
    assert article in Article.objects.published()
    assert article.published_at == article.live_at
    log = LogEntry.objects.filter(object_id=str(article.pk), change_message__startswith="Published revision 2")
    assert [entry.user for entry in log] == [publisher.user]


@pytest.mark.parametrize("button", ["_publish", "_withdraw"])
def test_a_writer_who_sends_the_button_keeps_the_text_and_publishes_nothing(button, writer):
    article = make.make_article(published=button == "_withdraw")
    live = article.live_id
    page = writer.get(change(article))

    response = writer.post(change(article), sent(page, headline="Mine", **{button: "1"}), follow=True)

    assert state(article) == (live, 2)
    assert [level for level, _ in said(response)].count("error") == 1


@pytest.mark.parametrize("role", ["writer", "editor"])
def test_the_list_publishes_nothing_for_them(role, request):
    client, article = request.getfixturevalue(role), make.make_article(published=False)

    client.post(LIST, {"action": "publish", "_selected_action": [article.pk]})

    assert state(article) == (None, 1)


def test_publish_and_withdraw_in_the_list(publisher):
    article = make.make_article(published=False)

    publisher.post(LIST, {"action": "publish", "_selected_action": [article.pk]})
    published = state(article)
    publisher.post(LIST, {"action": "withdraw", "_selected_action": [article.pk]})

    assert published == (article.revisions.get().pk, 1)
    assert state(article) == (None, 1)
    assert article.published_at is not None


def test_the_first_day_of_publication_stays(publisher):
    article = make.make_article()
    first = article.published_at
    withdraw_article(article, publisher.user)

    publish_article(article, publisher.user)

    article.refresh_from_db()
    assert article.published_at == first
    assert article.live_at > first


@pytest.mark.parametrize("body, published, code", [
    ("", False, "unpublishable"), (" \n", False, "unpublishable"), ("Text.", True, "live_already"),
    ("It gave [[pledge:no-such-pledge:amount]].", False, "unpublishable"),
])  # fmt: skip
def test_what_cannot_be_published_says_why(body, published, code, publisher):
    article = make.make_article(body=body, published=published)
    before = state(article)

    with pytest.raises(ValidationError) as caught:
        publish_article(article, publisher.user)

    assert caught.value.code == code
    assert state(article) == before


def test_a_draft_cannot_be_withdrawn(publisher):
    with pytest.raises(ValidationError) as caught:
        withdraw_article(make.make_article(published=False), publisher.user)

    assert caught.value.code == "not_live"


@pytest.mark.parametrize("act", [publish_article, withdraw_article])
def test_the_actions_themselves_ask_for_the_right(act, editor):
    with pytest.raises(PermissionDenied):
        act(make.make_article(), editor.user)


def test_view_on_site_is_for_live_articles(writer):
    live, draft = make.make_article(), make.make_article(published=False)

    shown = [writer.get(change(article)).context["has_absolute_url"] for article in (live, draft)]

    assert shown == [True, False]


def test_history_shows_which_revision_is_live(writer):
    article = make.make_article(headline="As published")
    save_revision(article, {"headline": "Newer", "standfirst": "", "byline": "", "body": "B"}, writer.user, "Why so")

    html = writer.get(change(article)).content.decode()

    live = html.index('<tr class="is-live">')
    assert html.index("Newer") < live < html.index("As published", live)
    assert "Why so" in html


def test_nothing_of_an_article_is_deleted(administrator):
    article = make.make_article()
    revision = article.revisions.get()
    pages = [reverse("admin:aid_article_delete", args=[article.pk]),
             reverse("admin:aid_articlerevision_delete", args=[revision.pk])]  # fmt: skip

    assert [administrator.post(page, {"post": "yes"}).status_code for page in pages] == [403, 403]


def test_a_revision_is_never_changed(administrator):
    revision = make.make_article(headline="As it was").revisions.get()
    page = reverse("admin:aid_articlerevision_change", args=[revision.pk])

    response = administrator.post(page, {"headline": "Rewritten", "number": 1})

    revision.refresh_from_db()
    assert (response.status_code, revision.headline) == (403, "As it was")


@pytest.mark.parametrize("wanted", ["live", "newer", "draft", "withdrawn"])
def test_the_list_is_filtered_by_state(wanted, publisher):
    articles = {"live": make.make_article(), "draft": make.make_article(published=False)}
    articles["newer"] = make.make_article()
    save_revision(articles["newer"], {"headline": "N", "standfirst": "", "byline": "", "body": "B"}, publisher.user)
    articles["withdrawn"] = make.make_article()
    withdraw_article(articles["withdrawn"], publisher.user)

    response = publisher.get(f"{LIST}?state={wanted}")

    expected = {articles[wanted]} | ({articles["newer"]} if wanted == "live" else set())
    assert set(response.context["cl"].result_list) == expected
