"""Who else has a form open, and what was typed and not saved: kept for its typist alone, put back, discarded."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aid.actions.articles import save_revision
from aid.actions.drafting import LONGEST, keep_typed, note_presence, set_keeping
from aid.admin.drafting import presence_line
from aid.choices import Stage
from aid.models import Article, ArticleRevision, AuditEntry, Autosave, DeskPreference, Pledge, Presence
from tests import builders as make
from tests.admin.forms import errors, said, sent

ROLES = ["reader", "writer", "editor", "publisher", "administrator"]
ADD = "/admin/aid/article/add/"


def page_of(row, page="change"):
    return reverse(f"admin:aid_{row._meta.model_name}_{page}", args=[row.pk])


@pytest.fixture
def article(db):
    return make.make_article("Cyber support", "Denmark gave 91 million.", published=False)


@pytest.fixture
def pledge(db):
    return make.make_pledge(title="Cyber support", amount=Decimal(91_000_000), currency="DKK", amount_unknown="",
                            stages=[Stage.ANNOUNCED])  # fmt: skip


# Who else has it open


def line(response):
    return response.context["presence"]["line"]


def test_the_next_person_is_told_who_has_the_form_open(writer, editor, article):
    assert line(writer.get(page_of(article))) == ""
    Presence.objects.update(opened_at=timezone.now() - timedelta(minutes=2, seconds=5))

    response = editor.get(page_of(article))

    assert line(response) == (
        "writer opened this form 2 minutes ago, and has it open still. Whoever saves second is shown what the first "
        "one saved."
    )
    assert line(response) in response.content.decode()
    assert line(writer.get(page_of(article))).startswith("editor opened this form just now")


def test_all_of_them_are_named(writer, editor, publisher, article):
    for client in (writer, editor):
        client.get(page_of(article))

    assert line(publisher.get(page_of(article))).startswith(
        "writer opened this form just now; editor opened this form just now, and they have it open still."
    )


def test_a_form_counts_for_ninety_seconds_after_its_last_sign(writer, editor, article):
    writer.get(page_of(article))
    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=89))
    assert line(editor.get(page_of(article))) != ""
    Presence.objects.exclude(user=editor.user).update(seen_at=timezone.now() - timedelta(seconds=91))

    assert line(editor.get(page_of(article))) == ""
    assert [row.user for row in Presence.objects.all()] == [editor.user]


def test_another_row_s_form_is_another_form(writer, editor, article):
    writer.get(page_of(make.make_article()))

    assert line(editor.get(page_of(article))) == ""


def test_whoever_only_reads_is_no_presence(writer, pledge):
    response = writer.get(page_of(pledge))

    assert "presence" not in response.context
    assert Presence.objects.count() == 0


def test_signs_of_life_answer_with_the_others_and_leaving_ends_it(writer, editor, article):
    address = page_of(article, "presence")
    writer.get(page_of(article))
    before = Presence.objects.get().seen_at

    assert editor.post(address, {"sign": "here"}).json()["line"].startswith("writer opened this form just now")
    assert writer.post(address, {"sign": "here"}).json()["line"].startswith("editor opened this form just now")
    assert Presence.objects.get(user=writer.user).seen_at > before
    assert writer.post(address, {"sign": "gone"}).json() == {"line": ""}
    assert editor.post(address, {"sign": "here"}).json() == {"line": ""}


def test_a_sign_does_not_change_when_the_form_was_opened(writer, article):
    writer.get(page_of(article))
    opened = Presence.objects.get().opened_at

    writer.post(page_of(article, "presence"), {"sign": "here"})

    assert Presence.objects.get().opened_at == opened


def test_saving_closes_the_form(writer, article):
    page = writer.get(page_of(article))

    writer.post(page_of(article), sent(page, headline="Better"))

    assert Presence.objects.count() == 0


def test_leaving_sweeps_up_what_others_left_behind(writer, article):
    Presence.objects.create(user=make.make_user(), form="pledge/1", seen_at=timezone.now() - timedelta(days=1))

    writer.post(page_of(article, "presence"), {"sign": "gone"})

    assert Presence.objects.count() == 0


@pytest.mark.parametrize("data", [{}, {"sign": ""}, {"sign": "x"}, {"sign": "\0"}])
def test_a_senseless_sign_is_refused(data, writer, article):
    assert writer.post(page_of(article, "presence"), data).status_code == 400
    assert Presence.objects.count() == 0


@pytest.mark.parametrize("number", [1, 3])
def test_who_is_there_costs_two_queries(number, writer, article, django_assert_num_queries):
    for _ in range(number):
        note_presence(make.make_user(), f"article/{article.pk}")

    with django_assert_num_queries(2):
        assert len(note_presence(writer.user, f"article/{article.pk}", opened=True)) == number


def test_nobody_there_is_no_line():
    assert presence_line([]) == ""


# Each address: who, and by which method


@pytest.mark.parametrize("page, data, answer", [
    ("presence", {"sign": "here"}, 200), ("autosave", {"draft": "abc", "headline": "x"}, 200), ("discard", {}, 302),
])  # fmt: skip
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "head", "post", "put", "delete", "patch"])
def test_only_who_may_change_a_row_and_only_by_post(page, data, answer, role, method, article, pledge, request):
    client = request.getfixturevalue(role)
    for row in (article, pledge):
        may = role != "reader" and (row is article or role != "writer")
        given = (data,) if method == "post" else ()

        response = getattr(client, method)(page_of(row, page), *given)

        expected = 302 if role == "reader" else 405 if method != "post" else answer if may else 403
        assert response.status_code == expected, row
        if role == "reader":
            assert response["Location"].startswith("/admin/login/")
        wrote = may and method == "post"
        assert Autosave.objects.count() == (1 if wrote and page == "autosave" else 0)
        assert Presence.objects.count() == (1 if wrote and page == "presence" else 0)
        Autosave.objects.all().delete()
        Presence.objects.all().delete()


@pytest.mark.parametrize("page, answer", [("autosave", 200), ("discard", 302)])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_only_who_may_add_a_row_and_only_by_post(page, answer, role, method, request):
    client = request.getfixturevalue(role)
    for kind in ("article", "pledge"):
        may = role != "reader" and (kind == "article" or role != "writer")

        response = getattr(client, method)(
            f"/admin/aid/{kind}/{page}/", *([{"draft": "abc", "title": "x"}] * (method == "post"))
        )

        expected = 302 if role == "reader" else 405 if method != "post" else answer if may else 403
        assert response.status_code == expected, kind


@pytest.mark.parametrize("page", ["presence", "autosave", "discard"])
@pytest.mark.parametrize("key", ["999", "x", "9" * 30])
def test_a_row_that_is_not_there(page, key, writer):
    assert writer.post(f"/admin/aid/article/{key}/{page}/", {"sign": "here", "draft": "abc"}).status_code == 404


@pytest.mark.parametrize("page", ["presence", "autosave", "discard"])
def test_each_needs_the_token(page, writer, article):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(writer.user)

    assert strict.post(page_of(article, page), {"sign": "here", "draft": "abc"}).status_code == 403


# What was typed


def kept(response, **changes):
    """The form as the script sends it to be kept."""
    return sent(response, **changes) | {"draft": response.context["autosave"]["draft"]}


def test_what_is_typed_is_kept_and_nothing_else_changes(writer, editor, article):
    page = writer.get(page_of(article))
    before = ArticleRevision.objects.count(), AuditEntry.objects.count()

    response = writer.post(page_of(article, "autosave"), kept(page, headline="Half a head", body="Not  \r\ndone"))

    row = Autosave.objects.get()
    assert response.json()["told"].startswith("Kept at ")
    assert (row.user, row.form) == (writer.user, f"article/{article.pk}")
    assert (row.typed["headline"], row.typed["body"]) == (["Half a head"], ["Not  \r\ndone"])
    assert row.state == page.context["adminform"].form["opened_state"].value()
    assert (ArticleRevision.objects.count(), AuditEntry.objects.count()) == before
    assert editor.get(page_of(article)).context["autosave"]["kept_on"] == ""
    assert editor.get(f"{page_of(article)}?typed").context["adminform"].form["headline"].value() == "Cyber support"


def test_the_same_page_keeps_on_and_another_window_writes_nothing_over(writer, article):
    page = writer.get(page_of(article))
    writer.post(page_of(article, "autosave"), kept(page, headline="One"))
    writer.post(page_of(article, "autosave"), kept(page, headline="Two"))

    other = writer.post(page_of(article, "autosave"), kept(page, headline="Three") | {"draft": "another"})

    assert other.status_code == 409
    assert "in another window" in other.json()["error"]
    assert Autosave.objects.get().typed["headline"] == ["Two"]


def test_back_at_what_is_saved_nothing_is_kept(writer, article):
    page = writer.get(page_of(article))
    writer.post(page_of(article, "autosave"), kept(page, headline="One"))

    response = writer.post(page_of(article, "autosave"), {"draft": page.context["autosave"]["draft"]})

    assert response.json() == {"told": ""}
    assert Autosave.objects.count() == 0


@pytest.mark.parametrize("draft", ["", "A B", "x" * 81, "a\0"])
def test_a_page_without_a_key_keeps_nothing(draft, writer, article):
    assert writer.post(page_of(article, "autosave"), {"draft": draft, "headline": "x"}).status_code == 400
    assert Autosave.objects.count() == 0


def test_what_no_database_holds_is_refused(writer, article):
    response = writer.post(page_of(article, "autosave"), {"draft": "abc", "headline": "a\0b"})

    assert (response.status_code, Autosave.objects.count()) == (400, 0)
    assert response.json()["error"] == "What you typed holds a character that no text has. It is not kept."


def test_more_than_is_kept_is_said(writer, article):
    response = writer.post(page_of(article, "autosave"), {"draft": "abc", "body": "x" * (LONGEST + 1)})

    assert (response.status_code, Autosave.objects.count()) == (413, 0)
    assert "Save the form soon." in response.json()["error"]


def test_what_nobody_typed_is_not_kept(writer, article):
    writer.post(page_of(article, "autosave"), {
        "draft": "abc", "csrfmiddlewaretoken": "x", "_save": "Save", "_popup": "1", "headline": "One"})  # fmt: skip

    assert Autosave.objects.get().typed == {"headline": ["One"], "draft": ["abc"]}


def test_accounts_and_roles_are_not_kept(administrator):
    user = make.make_user()
    page = administrator.get(reverse("admin:auth_user_change", args=[user.pk]))

    administrator.post(f"/admin/auth/user/{user.pk}/autosave/", {"draft": "abc", "username": "x"})

    assert "autosave" not in page.context
    assert Autosave.objects.count() == 0


# Putting it back


def test_a_notice_offers_it_and_putting_it_back_fills_the_form(writer, article):
    page = writer.get(page_of(article))
    topic = make.make_sector(name="Drones")
    writer.post(page_of(article, "autosave"), kept(page, headline="Half a head", topics=[topic.pk]))

    notice = writer.get(page_of(article))
    response = writer.get(f"{page_of(article)}?typed")

    html = notice.content.decode()
    assert "You typed something on " in html and "that was not saved." in html
    assert f'href="{page_of(article)}?typed"' in html
    assert notice.context["adminform"].form["headline"].value() == "Cyber support"
    form = response.context["adminform"].form
    assert (form["headline"].value(), form["topics"].value()) == ("Half a head", [str(topic.pk)])
    assert "This is what you typed on " in response.content.decode()
    assert 'value="Half a head"' in response.content.decode()
    assert article.revisions.count() == 1


def test_what_was_put_back_is_saved_and_kept_no_longer(writer, article):
    writer.post(page_of(article, "autosave"), kept(writer.get(page_of(article)), headline="Half a head"))
    page = writer.get(f"{page_of(article)}?typed")

    response = writer.post(page_of(article), kept(page))

    assert response.status_code == 302, errors(response)
    assert article.revisions.order_by("-number").first().headline == "Half a head"
    assert Autosave.objects.count() == 0


def test_a_save_beside_it_leaves_what_was_typed_before(writer, article):
    """The notice was not answered: what it offers is not thrown away by another save."""
    writer.post(page_of(article, "autosave"), kept(writer.get(page_of(article)), headline="Half a head"))

    writer.post(page_of(article), kept(writer.get(page_of(article)), headline="Quite another"))

    assert Autosave.objects.get().typed["headline"] == ["Half a head"]


def test_a_new_article_is_put_back(writer):
    page = writer.get(ADD)
    writer.post("/admin/aid/article/autosave/", kept(page, headline="Begun", slug="begun", body="Text"))

    page = writer.get(f"{ADD}?typed")
    form = page.context["adminform"].form
    assert (form["headline"].value(), form["slug"].value(), form["body"].value()) == ("Begun", "begun", "Text")
    assert Article.objects.count() == 0

    response = writer.post(ADD, kept(page))
    assert response.status_code == 302, errors(response)
    assert (Article.objects.get().slug, Autosave.objects.count()) == ("begun", 0)


def test_rows_within_the_form_are_put_back_too(editor, pledge):
    page = editor.get(page_of(pledge))
    editor.post(page_of(pledge, "autosave"), kept(page, **{
        "title": "Better", "stages-TOTAL_FORMS": "2", "stages-0-wording": "pledged", "stages-1-stage": "allocated",
        "stages-1-wording": "has allocated", "stages-1-on_unknown": "not_stated", "claims-TOTAL_FORMS": "1",
        "claims-0-quote": "Half a sent"}))  # fmt: skip

    page = editor.get(f"{page_of(pledge)}?typed")

    assert page.status_code == 200
    rows = {inline.formset.prefix: inline.formset for inline in page.context["inline_admin_formsets"]}
    assert [form["wording"].value() for form in rows["stages"].forms] == ["pledged", "has allocated"]
    assert rows["claims"].forms[0]["quote"].value() == "Half a sent"
    assert errors(page) == {}
    assert Pledge.objects.get().title == "Cyber support"
    response = editor.post(page_of(pledge), kept(page, **{"claims-TOTAL_FORMS": "0"}))
    assert response.status_code == 302, errors(response)
    assert [step.wording for step in Pledge.objects.get().stages.order_by("position")] == ["pledged", "has allocated"]


def test_what_was_typed_on_an_older_state_goes_through_the_stale_check(writer, editor, article):
    writer.post(page_of(article, "autosave"), kept(writer.get(page_of(article)), body="Mine"))
    save_revision(article, {"body": "Theirs"}, editor.user)

    notice = writer.get(page_of(article))
    page = writer.get(f"{page_of(article)}?typed")

    assert "Somebody has saved since then" in notice.content.decode()
    assert errors(page) == {"__all__": ["stale", "differs"]}
    assert "“Theirs” is saved; “Mine” stands in your form." in page.content.decode()
    assert page.context["adminform"].form["body"].value() == "Mine"
    response = writer.post(page_of(article), kept(page))
    assert response.status_code == 302, errors(response)
    assert [row.body for row in article.revisions.order_by("number")][1:] == ["Theirs", "Mine"]


def test_a_row_that_was_deleted_meanwhile_is_named(editor, publisher, pledge):
    make.make_stage(pledge=pledge, position=2, stage=Stage.ALLOCATED)
    editor.post(page_of(pledge, "autosave"), kept(editor.get(page_of(pledge)), title="Mine"))
    publisher.post(page_of(pledge), sent(publisher.get(page_of(pledge)), **{"stages-1-DELETE": "on"}))

    page = editor.get(f"{page_of(pledge)}?typed")

    assert errors(page)["__all__"][0] == "stale"
    assert "has been deleted" in page.content.decode()


def test_asking_to_put_back_nothing_opens_the_form(writer, article):
    response = writer.get(f"{page_of(article)}?typed")

    assert response.context["adminform"].form["headline"].value() == "Cyber support"
    assert response.context["autosave"]["kept_on"] == ""


@pytest.mark.parametrize("typed", [
    {}, {"stages-TOTAL_FORMS": ["x"]}, {"stages-TOTAL_FORMS": ["3"], "stages-INITIAL_FORMS": ["9"]},
    {"donor": ["999", "x"], "amount": ["12 million"]},
])  # fmt: skip
def test_senseless_rows_that_were_kept_break_no_form(typed, editor, pledge):
    keep_typed(editor.user, f"pledge/{pledge.pk}", typed, "abc")

    for address in (page_of(pledge), f"{page_of(pledge)}?typed"):
        assert editor.get(address).status_code == 200


def test_it_is_discarded(writer, article):
    writer.post(page_of(article, "autosave"), kept(writer.get(page_of(article)), headline="Half"))

    response = writer.post(page_of(article, "discard"), follow=True)

    assert Autosave.objects.count() == 0
    assert said(response) == [("success", "What you typed and did not save is discarded.")]
    assert response.context["autosave"]["kept_on"] == ""


def test_what_was_refused_is_kept(editor, pledge):
    """Whoever closes the page that says what is wrong finds what they typed again."""
    page = editor.get(page_of(pledge))

    refused = editor.post(page_of(pledge), kept(page, title="Mine", amount="12 million"))

    assert errors(refused) == {"amount": ["invalid"]}
    assert refused.context["autosave"]["draft"] == page.context["autosave"]["draft"]
    assert Autosave.objects.get().typed["amount"] == ["12 million"]
    editor.post(page_of(pledge), kept(refused, amount="12000000"))
    assert (Pledge.objects.get().title, Autosave.objects.count()) == ("Mine", 0)


# Turning it off


def test_it_can_be_turned_off(writer, article):
    page = writer.get(page_of(article))
    assert "js/autosave.js" in page.content.decode()

    writer.post("/admin/preferences/", {}, follow=True)
    refused = writer.post(page_of(article, "autosave"), kept(page, headline="Half"))

    assert (refused.status_code, Autosave.objects.count()) == (403, 0)
    assert "js/autosave.js" not in writer.get(page_of(article)).content.decode()
    writer.post("/admin/preferences/", {"autosaves": "on"})
    assert "js/autosave.js" in writer.get(page_of(article)).content.decode()


def test_turned_off_nothing_that_is_refused_is_kept(editor, pledge):
    set_keeping(editor.user, False)

    editor.post(page_of(pledge), kept(editor.get(page_of(pledge)), amount="12 million"))

    assert Autosave.objects.count() == 0


def test_the_preferences_list_what_is_kept_for_this_account_alone(writer, editor, article):
    keep_typed(writer.user, f"article/{article.pk}", {"headline": ["x"]}, "abc")
    keep_typed(writer.user, "article/add", {"headline": ["x"]}, "abc")
    keep_typed(writer.user, "gone/7", {"headline": ["x"]}, "abc")

    html = writer.get("/admin/preferences/").content.decode()

    assert f'href="{page_of(article)}?typed"' in html and f'href="{ADD}?typed"' in html
    assert f"Article {article.pk}: x" in html and "A new article: x" in html and "gone/7" in html
    assert (
        "Nothing: everything that you typed is saved or discarded."
        in editor.get("/admin/preferences/").content.decode()
    )
    editor.post("/admin/preferences/", {"discard": "gone/7"})
    assert Autosave.objects.count() == 3
    writer.post("/admin/preferences/", {"discard": "gone/7"})
    assert Autosave.objects.count() == 2
    assert DeskPreference.objects.count() == 0


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "method, expected", [("get", 200), ("head", 200), ("post", 302), ("put", 405), ("delete", 405)]
)
def test_everybody_at_the_desk_has_preferences(role, method, expected, request):
    response = getattr(request.getfixturevalue(role), method)("/admin/preferences/")

    assert response.status_code == (302 if role == "reader" else expected)
    assert response.get("Location", "/admin/preferences/").startswith(
        "/admin/login/" if role == "reader" else "/admin/preferences/"
    )


def test_the_header_leads_to_them(writer):
    assert 'href="/admin/preferences/"' in writer.get("/admin/").content.decode()
