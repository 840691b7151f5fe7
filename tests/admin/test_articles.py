"""Articles: each save appends a revision, and only publishing changes what readers see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aid.actions.articles import save_revision
from aid.actions.publications import withdraw_article
from aid.choices import ArticleStatus
from aid.models import Article, ArticleRevision, Publication
from tests import builders as make
from tests.admin.forms import errors, said, sent

ADD = "/admin/aid/article/add/"
LIST = "/admin/aid/article/"


def change(row):
    return reverse("admin:aid_article_change", args=[row.pk])


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Article, ArticleRevision, Publication)]


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
    before = everything()

    response = writer.post(change(article), sent(writer.get(change(article))), follow=True)

    assert everything()[1] == before[1]
    assert ("info", "The text is as it was, so no revision was added.") in said(response)


def test_section_topics_and_picture_are_of_the_text(writer):
    old, new = make.make_sector(), make.make_sector()
    article = make.make_article(topics=[old])

    writer.post(change(article), sent(writer.get(change(article)), section="analysis", topics=[new.pk]))

    article.refresh_from_db()
    newest = article.revisions.first()
    assert (newest.number, newest.section, list(newest.topics.all())) == (2, "analysis", [new])
    assert (article.live.section, list(article.live.topics.all())) == ("news", [old])


UNFINISHED = [
    {"headline": "", "body": "Some notes."}, {"headline": "Only a headline", "body": ""},
    {"headline": "", "body": "", "standfirst": "A thought."}, {"body": "It gave [[pledge:gone:amount]]."},
]  # fmt: skip


@pytest.mark.parametrize("text", UNFINISHED)
def test_an_unfinished_draft_can_always_be_saved(text, writer):
    response = writer.post(ADD, sent(writer.get(ADD), **{"headline": "News", "slug": "news"} | text))

    assert response.status_code == 302, errors(response)
    revision = ArticleRevision.objects.get()
    assert {name: getattr(revision, name) for name in text} == text
    assert revision.article.status == ArticleStatus.DRAFT


@pytest.mark.parametrize("headline, slugs", [
    ("Denmark pays, at last!", ["denmark-pays-at-last", "denmark-pays-at-last-2", "denmark-pays-at-last-3"]),
    ("", ["draft", "draft-2", "draft-3"]), ("Україна", ["draft", "draft-2", "draft-3"]),
    ("x" * 160, ["x" * 80, "x" * 74 + "-2", "x" * 74 + "-3"]),
])  # fmt: skip
def test_an_address_is_made_from_the_headline(headline, slugs, writer):
    for _ in slugs:
        response = writer.post(ADD, sent(writer.get(ADD), headline=headline, body="Text."))
        assert response.status_code == 302, errors(response)

    assert [article.slug for article in Article.objects.order_by("pk")] == slugs


def test_an_article_without_a_word_is_not_begun(writer):
    response = writer.post(ADD, sent(writer.get(ADD), headline=" ", body=" \n", byline="Somebody"))

    assert errors(response) == {"__all__": ["empty"]}
    assert not Article.objects.exists()


@pytest.mark.parametrize("fields, expected", [
    ({"headline": "x" * 161}, {"headline": ["max_length"]}),
    ({"headline": "a\0"}, {"headline": ["null_characters_not_allowed"]}),
    ({"body": "a\0"}, {"body": ["null_characters_not_allowed"]}),
    ({"standfirst": "x" * 401}, {"standfirst": ["max_length"]}),
    ({"section": "sport"}, {"section": ["invalid_choice"]}),
    ({"topics": ["9" * 20]}, {"topics": ["invalid_choice"]}),
    ({"image": "x"}, {"image": ["invalid_choice"]}),
    ({"slug": "not an address"}, {"slug": ["invalid"]}),
    ({"slug": "taken"}, {"slug": ["unique"]}),
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
        withdraw_article(article, publisher.user, "It was wrong.")
    page = writer.get(change(article))

    writer.post(change(article), sent(page, slug="other"))

    article.refresh_from_db()
    assert article.slug == "kept"


def test_an_address_that_readers_do_not_know_yet_can_be_changed(writer):
    article = make.make_article(slug="first", published_at=timezone.now() + timedelta(days=1))

    writer.post(change(article), sent(writer.get(change(article)), slug="second"))

    article.refresh_from_db()
    assert article.slug == "second"


# Saving and submitting


@pytest.mark.parametrize("role", ["writer", "editor", "publisher"])
def test_a_text_is_saved_and_submitted_at_once(role, request):
    client = request.getfixturevalue(role)
    article = make.make_article(headline="As published")
    page = client.get(change(article))

    response = client.post(change(article), sent(page, headline="Better", _submit="1"), follow=True)

    article.refresh_from_db()
    assert (article.status, article.live.headline) == (ArticleStatus.FACT_CHECK, "As published")
    assert article.revisions.first().headline == "Better"
    assert ("success", "“Better”: revision 2 is in the fact-check now.") in said(response)
    assert response.redirect_chain == [(change(article), 302)]


def test_a_new_text_is_saved_and_submitted_at_once(writer):
    writer.post(ADD, sent(writer.get(ADD), headline="News", body="Text.", _submit="1"))

    assert Article.objects.get().status == ArticleStatus.FACT_CHECK


def test_what_cannot_be_submitted_is_saved_all_the_same(writer):
    response = writer.post(ADD, sent(writer.get(ADD), headline="News", body="", _submit="1"), follow=True)

    article = Article.objects.get()
    assert (article.status, article.revisions.get().headline) == (ArticleStatus.DRAFT, "News")
    assert ("error", "“News” is not submitted. The article has no text yet.") in said(response)
    assert response.redirect_chain == [(change(article), 302)]


@pytest.mark.parametrize("button", ["_publish", "_withdraw"])
def test_saving_publishes_and_withdraws_nothing(button, publisher):
    article = make.make_article(published=button == "_withdraw", status=ArticleStatus.READY)
    held = everything()[2]

    publisher.post(change(article), sent(publisher.get(change(article)), **{button: "1"}))

    assert everything()[2] == held


@pytest.mark.parametrize("stage, offered", [("draft", True), ("fact_check", False), ("ready", False)])
def test_submitting_is_offered_where_saving_makes_a_draft(stage, offered, writer):
    article = make.make_article(published=False, status=stage)

    html = writer.get(change(article)).content.decode()

    assert ('name="_submit"' in html) is offered


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


# The list


def test_each_state_is_said_in_plain_words_and_found_by_its_filter(publisher):
    now, day = timezone.now(), timedelta(days=1)
    states = {
        "draft": make.make_article("draft", published=False),
        "fact_check": make.make_article("fact_check", published=False, status="fact_check"),
        "ready": make.make_article("ready", published=False, status="ready"),
        "scheduled": make.make_article("scheduled", published_at=now + day, status="ready"),
        "live": make.make_article("live"),
        "newer": make.make_article("before"),
        "withdrawn": make.make_article("withdrawn"),
    }
    make.make_revision(states["newer"], headline="newer")
    withdraw_article(states["withdrawn"], publisher.user, "It was wrong.")

    page = publisher.get(LIST)

    shown = {str(row.newest_revisions[0].headline): page.context["cl"].model_admin.state(row)
             for row in page.context["cl"].result_list}  # fmt: skip
    scheduled = shown.pop("scheduled")
    assert scheduled.startswith("Scheduled for ") and scheduled.endswith(" UTC")
    assert shown == {
        "draft": "Draft", "fact_check": "Fact-check", "ready": "Ready", "live": "Live",
        "newer": "Live with newer draft", "withdrawn": "Withdrawn",
    }  # fmt: skip
    for state, article in states.items():
        found = set(publisher.get(f"{LIST}?state={state}").context["cl"].result_list)
        # A newer draft of a live article is a draft, and its article is live.
        assert found == {article} | ({states["newer"]} if state in ("draft", "live") else set()), state


def test_the_list_is_filtered_by_person_and_due_date(editor):
    now, day = timezone.now(), timedelta(days=1)
    somebody = make.make_user(username="somebody")
    mine = make.make_article(assigned_to=editor.user, due_at=now - day)
    theirs = make.make_article(assigned_to=somebody, due_at=now + day)
    nobodys = make.make_article()

    found = {
        query: [*editor.get(f"{LIST}?{query}").context["cl"].result_list]
        for query in ("assigned=me", f"assigned={somebody.pk}", "assigned=nobody", "due=overdue", "due=to_come",
                      "due=none", "assigned=me&due=to_come")
    }  # fmt: skip

    assert list(found.values()) == [[mine], [theirs], [nobodys], [mine], [theirs], [nobodys], []]
    page = editor.get(LIST)
    names = [str(label) for _, label in page.context["cl"].filter_specs[1].lookup_choices]
    assert names == ["Me", "Nobody", "somebody"]
    assert "overdue</span>" in page.content.decode()


@pytest.mark.parametrize("query", ["state=x", "assigned=x", "assigned=99999999999999999999", "due=x"])
def test_a_senseless_filter_finds_nothing_and_breaks_nothing(query, editor):
    make.make_article()

    response = editor.get(f"{LIST}?{query}", follow=True)

    assert response.status_code == 200


# The list's actions


def chosen(*articles, action, **more):
    return {"action": action, "_selected_action": [article.pk for article in articles]} | more


def test_the_chosen_ones_are_submitted_and_each_refusal_is_said(writer):
    good, bad = make.make_article("Good", published=False), make.make_article("Bad", body="", published=False)

    response = writer.post(LIST, chosen(good, bad, action="submit"), follow=True)

    assert [Article.objects.get(pk=row.pk).status for row in (good, bad)] == ["fact_check", "draft"]
    assert said(response) == [
        ("success", "“Good”: revision 1 is in the fact-check now."),
        ("error", "“Bad” is not submitted. The article has no text yet."),
    ]


def test_a_writer_assigns_nobody(writer):
    article = make.make_article()

    writer.post(LIST, chosen(article, action="assign", _assign="1", to=writer.user.pk))

    article.refresh_from_db()
    assert article.assigned_to is None


@pytest.mark.parametrize("action", ["publish", "withdraw"])
def test_the_list_itself_publishes_and_withdraws_nothing(action, publisher):
    article = make.make_article(published=action == "withdraw", status=ArticleStatus.READY)
    before = everything()

    publisher.post(LIST, chosen(article, action=action))

    assert everything() == before


@pytest.mark.parametrize(("role", "moves"), [("writer", False), ("editor", False), ("publisher", True)])
def test_a_publisher_alone_moves_a_live_article_and_its_old_address_leads_on(role, moves, request):
    client, article = request.getfixturevalue(role), make.make_article(slug="old-place")
    page = client.get(change(article))

    client.post(change(article), sent(page, slug="new-place"))

    article.refresh_from_db()
    assert article.slug == ("new-place" if moves else "old-place")
    answer = client.get("/articles/old-place/")
    assert (answer.status_code, answer.get("Location")) == ((301, "/articles/new-place/") if moves else (200, None))


def test_an_address_that_leads_to_another_article_is_refused(publisher):
    first, second = make.make_article(slug="first"), make.make_article(slug="second")
    publisher.post(change(first), sent(publisher.get(change(first)), slug="moved"))

    response = publisher.post(change(second), sent(publisher.get(change(second)), slug="first"))

    assert errors(response)["slug"] == ["former_address"]
    assert publisher.get("/articles/first/")["Location"] == "/articles/moved/"
