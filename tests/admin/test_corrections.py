"""Notes that no form asked for: about one thing that readers have had, written once and never changed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from aid.choices import AuditAction
from aid.models import AuditEntry, Correction
from aid.models.corrections import CORRECTED
from tests import builders as make
from tests.admin.forms import errors, sent

pytestmark = pytest.mark.django_db

ADD = "/admin/aid/correction/add/"
NOTE = "An earlier version gave another figure."
TYPED = {"kind": "correction", "note": NOTE, "was": "91", "now": "92"}


def write(client, **typed):
    return client.post(ADD, sent(client.get(ADD), **TYPED | typed))


@pytest.mark.parametrize("build", [
    make.make_article, make.make_party, make.make_person, make.make_office, make.make_pledge, make.make_coalition,
    make.make_agreement, make.make_event, make.make_statement, make.make_assertion, make.make_source,
])  # fmt: skip
def test_a_note_on_anything_that_readers_have(build, editor):
    subject = build()
    name = subject._meta.model_name

    response = write(editor, **{name: subject.pk})

    assert response.status_code == 302, errors(response)
    correction = Correction.objects.get()
    assert (getattr(correction, name), correction.note, correction.was) == (subject, NOTE, "91")
    assert (correction.decided_by, list(correction.affected.all())) == (editor.user, [])
    [entry] = AuditEntry.objects.about(subject)
    assert (entry.action, entry.user) == (AuditAction.CORRECTED, editor.user)
    assert not AuditEntry.objects.about(correction).exists()


@pytest.mark.parametrize("about", [{}, {"article": make.make_article, "pledge": make.make_pledge}])
def test_a_note_about_nothing_or_two_things_is_refused_and_kept(about, editor):
    response = write(editor, **{name: build().pk for name, build in about.items()})

    assert errors(response) == {"__all__": ["subject"]}
    assert response.context["adminform"].form["note"].value() == NOTE
    assert Correction.objects.count() == 0


@pytest.mark.parametrize("given", [
    {"article": lambda: make.make_article(published=False)},
    {"article": lambda: make.make_article(embargo_until=timezone.now() + timedelta(days=1))},
    {"pledge": lambda: make.make_pledge(embargo_until=timezone.now() + timedelta(days=1))},
])  # fmt: skip
def test_what_no_reader_has_had_is_not_corrected(given, editor):
    [(name, build)] = given.items()

    response = write(editor, **{name: build().pk})

    assert errors(response) == {name: ["unseen"]}
    assert Correction.objects.count() == 0


def test_what_was_withdrawn_can_still_be_spoken_of(editor):
    article = make.make_article()
    make.make_publication(article, None)
    pledge = make.make_pledge(withdrawn_at=timezone.now(), withdrawn_why="Forged.")

    assert write(editor, article=article.pk).status_code == 302
    assert write(editor, pledge=pledge.pk).status_code == 302


@pytest.mark.parametrize(("typed", "expected"), [
    ({"kind": ""}, {"kind": ["required"]}),
    ({"kind": "none"}, {"kind": ["invalid_choice"]}),
    ({"kind": "reinstatement"}, {"kind": ["not_retracted"]}),
    ({"note": " "}, {"note": ["required"]}),
])  # fmt: skip
def test_a_note_that_lacks_something_is_refused(typed, expected, publisher):
    response = write(publisher, article=make.make_article().pk, **typed)

    assert errors(response) == expected


def test_an_article_is_retracted_by_a_publisher_alone(editor, publisher):
    article = make.make_article()

    refused = write(editor, article=article.pk, kind="retraction")
    done = write(publisher, article=article.pk, kind="retraction")

    assert errors(refused) == {"kind": ["publisher"]}
    assert done.status_code == 302
    article.refresh_from_db()
    assert article.is_retracted


@pytest.mark.parametrize("ticked", [True, False])
def test_it_stands_on_the_live_articles_that_show_the_record_where_that_is_ticked(ticked, editor):
    pledge = make.make_pledge(slug="cyber")
    live = make.make_article(body="[[pledge:cyber:amount]]")
    make.make_article(body="[[pledge:cyber:amount]]", published=False)
    make.make_article(body="[[pledge:other:amount]]")

    write(editor, pledge=pledge.pk, **({"on_articles": "on"} if ticked else {}))

    assert list(Correction.objects.get().affected.all()) == ([live] if ticked else [])


@pytest.mark.parametrize("build", [make.make_article, make.make_pledge, make.make_person])
def test_the_page_of_what_it_is_about_leads_to_it(build, editor, writer):
    row = build()
    page = reverse(f"admin:aid_{row._meta.model_name}_change", args=[row.pk])
    link = f"{ADD}?{row._meta.model_name}={row.pk}"

    assert f'<a href="{link}">Add a note for readers</a>' in editor.get(page).text
    assert "Add a note for readers" not in writer.get(page).text
    form = editor.get(link).context["adminform"].form
    assert form.initial[row._meta.model_name] == str(row.pk)
    # Nothing else is asked for, and what is sent from there is saved.
    assert set(form.fields) & {"article", *CORRECTED} == {row._meta.model_name}
    response = editor.post(link, sent(editor.get(link), **TYPED))
    assert response.status_code == 302, errors(response)
    assert getattr(Correction.objects.get(), row._meta.model_name) == row


def test_nobody_changes_or_deletes_one(administrator):
    correction = make.make_correction(note=NOTE)
    change, delete = (reverse(f"admin:aid_correction_{page}", args=[correction.pk]) for page in ("change", "delete"))

    assert administrator.post(change, TYPED | {"note": "Other"}).status_code == 403
    assert administrator.post(delete, {"post": "yes"}).status_code == 403
    correction.refresh_from_db()
    assert correction.note == NOTE
    assert "its own page" in administrator.get(change).text


@pytest.mark.parametrize("role", ["writer", "reader"])
def test_who_may_not_write_them_finds_no_form(role, request):
    client = request.getfixturevalue(role)

    assert client.get(ADD).status_code in (302, 403)
    assert client.post(ADD, TYPED | {"article": make.make_article().pk}).status_code in (302, 403)
    assert Correction.objects.count() == 0


@pytest.mark.parametrize("asked", [
    "article=x", "pledge=99999999999999999999999", "article=1&pledge=2", "pledge=", "nonsense=1", "kind=typo",
])  # fmt: skip
def test_nonsense_in_the_address_breaks_no_form(asked, editor):
    page = editor.get(f"{ADD}?{asked}")
    assert page.status_code == 200

    response = editor.post(f"{ADD}?{asked}", TYPED | {"article": "x", "pledge": "99999999999999999999999"})

    assert response.status_code == 200
    assert set(errors(response)) <= {"__all__", "article", "pledge"}
    assert Correction.objects.count() == 0
