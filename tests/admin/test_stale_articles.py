"""Two people with one article open: neither takes back what the other saved, and both read what differs."""

import pytest
from django.urls import reverse
from django.utils import timezone

from aid.actions.articles import save_revision
from aid.actions.log import log
from aid.admin.states import StepForm, stale_step, step_state
from aid.choices import AuditAction
from aid.models import Article, ArticleRevision
from tests import builders as make
from tests.admin.forms import errors, sent


def change(article):
    return reverse("admin:aid_article_change", args=[article.pk])


def told(response):
    return [str(text) for text in response.context["adminform"].form.non_field_errors()]


def texts(article):
    return [(row.number, row.body) for row in article.revisions.order_by("number")]


@pytest.fixture
def article(db):
    return make.make_article("Cyber support", "Denmark gave 91 million.", published=False)


def test_a_stale_form_is_refused_with_both_texts(writer, editor, article):
    stale = sent(writer.get(change(article)), headline="Cyber aid", body="Denmark gave 91 million kroner.")
    saved = editor.post(change(article), sent(editor.get(change(article)), body="Denmark allocated 91 million."))
    assert saved.status_code == 302, errors(saved)

    response = writer.post(change(article), stale)

    assert errors(response) == {"__all__": ["stale", "differs", "differs"]}
    first, *differences = told(response)
    assert first.startswith("Nothing is saved yet: since you opened this page, editor saved revision 2 on ")
    assert differences == [
        "Headline: “Cyber support” is saved; “Cyber aid” stands in your form.",
        "Body: “Denmark allocated 91 million.” is saved; “Denmark gave 91 million kroner.” stands in your form.",
    ]
    assert response.context["adminform"].form["body"].value() == "Denmark gave 91 million kroner."
    assert texts(article) == [(1, "Denmark gave 91 million."), (2, "Denmark allocated 91 million.")]


def test_of_a_long_text_both_changes_are_shown_word_by_word(writer, editor, article):
    opened = "\n\n".join(f"Paragraph {n} says something." for n in range(40))
    save_revision(article, {"body": opened}, editor.user)
    stale = sent(writer.get(change(article)), body=opened.replace("Paragraph 2 says", "Paragraph 2 <b>tells</b>"))
    save_revision(article, {"body": opened.replace("Paragraph 30 says", "Paragraph 30 denies")}, editor.user)

    response = writer.post(change(article), stale)

    [_, difference] = told(response)
    theirs, mine = difference.split("to what you typed")
    assert "Changed from revision 2 to 3, by others" in theirs
    assert ("denies" in theirs, "tells" in theirs) == (True, False)
    assert ("denies" in mine, "tells" in mine) == (False, True)
    assert "<b>" not in difference
    assert difference in response.content.decode()


def test_a_long_text_that_one_side_left_alone_says_so(writer, editor, article):
    save_revision(article, {"standfirst": "x" * 200, "body": "One\n\nTwo"}, editor.user)
    stale = sent(writer.get(change(article)), standfirst="y" * 200)
    save_revision(article, {"body": "One\n\nThree"}, editor.user)

    _, standfirst, body = told(writer.post(change(article), stale))

    assert "Standfirst" in standfirst and "Others left it as it was" in standfirst
    assert "Body" in body and "You left revision 2 as it was. Saved like that, theirs is undone" in body
    assert body.count("<ins>") == body.count("<del>") == 1


def test_a_long_text_of_an_unknown_state_is_held_against_what_is_saved(writer, article):
    page = writer.get(change(article))

    for state in ("", "nonsense", "99.abc", f"{'9' * 30}.abc"):
        response = writer.post(change(article), sent(page, body="One\n\nTwo", opened_state=state))

        assert errors(response)["__all__"] == ["stale", "differs"], state
        assert "Struck out: only in what is saved" in told(response)[1] or "to what you typed" in told(response)[1]
    assert article.revisions.count() == 1


def test_the_second_save_of_a_refused_form_goes_through(writer, editor, article):
    stale = sent(writer.get(change(article)), body="Mine")
    save_revision(article, {"body": "Theirs"}, editor.user)
    refused = writer.post(change(article), stale)

    response = writer.post(change(article), sent(refused))

    assert response.status_code == 302, errors(response)
    assert texts(article)[1:] == [(2, "Theirs"), (3, "Mine")]


def test_the_refused_page_has_the_whole_history(writer, editor, article):
    stale = sent(writer.get(change(article)), body="Mine")
    save_revision(article, {"body": "Theirs"}, editor.user)

    response = writer.post(change(article), stale)

    [history] = response.context["inline_admin_formsets"]
    assert [row.original.number for row in history if row.original] == [2, 1]


def test_a_change_of_the_articles_own_columns_makes_its_form_stale(writer, article):
    stale = sent(writer.get(change(article)), body="Mine")
    Article.objects.update(embargo_until=timezone.now())

    response = writer.post(change(article), stale)

    assert errors(response)["__all__"][0] == "stale"
    assert article.revisions.count() == 1


def test_topics_that_others_changed_are_named(writer, editor, article):
    stale = sent(writer.get(change(article)), body="Mine")
    save_revision(article, {"topics": [make.make_sector(name="Drones")]}, editor.user)

    response = writer.post(change(article), stale)

    assert "Topics: “Drones” is saved; nothing stands in your form." in told(response)


def test_saving_the_same_text_makes_no_form_stale(writer, editor, article):
    page = sent(writer.get(change(article)), body="Mine")
    editor.post(change(article), sent(editor.get(change(article))))

    assert writer.post(change(article), page).status_code == 302
    assert ArticleRevision.objects.get(number=2).body == "Mine"


# Steps


def step(article, state):
    form = StepForm(article, {"opened": state})
    return [error.code for error in form.errors.as_data().get("__all__", [])]


def test_a_step_on_what_was_opened_goes_through(article):
    assert step(article, StepForm(article).initial["opened"]) == []


@pytest.mark.parametrize("nonsense", ["", "x", "0.0", f"{'9' * 40}.0"])
def test_a_step_without_its_state_is_refused(article, nonsense):
    assert step(article, nonsense) == ["stale"]


def test_a_step_is_stale_after_a_new_revision_and_says_who_did_what(article, editor):
    opened = step_state(article)
    save_revision(article, {"body": "Newer"}, editor.user, "It was wrong")

    error = stale_step(Article.objects.get(), opened)

    assert error.code == "stale"
    assert error.message.startswith("Nothing is done yet: somebody has changed this article since you opened the")
    assert ": Saved revision 2. It was wrong" in error.message
    assert "editor, " in error.message


def test_a_step_is_stale_after_a_publication(article):
    opened = step_state(article)
    make.make_publication(article, article.revisions.get())

    assert step(Article.objects.get(), opened) == ["stale"]


def test_only_what_happened_since_is_told(article, editor):
    log(AuditAction.ASSIGNED, editor.user, article, "Assigned to writer.")
    opened = step_state(article)
    log(AuditAction.SENT_BACK, editor.user, article, "Sent back.", "Two figures are missing.")

    message = stale_step(article, opened).message

    assert "Sent back. Two figures are missing." in message
    assert "Assigned to writer" not in message
