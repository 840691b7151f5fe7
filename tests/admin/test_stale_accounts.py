"""Two administrators with one account or one role open."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse
from django.utils import timezone

from tests import builders as make
from tests.admin.forms import errors, sent


def change(row):
    return reverse(f"admin:auth_{row._meta.model_name}_change", args=[row.pk])


def told(response):
    return [str(text) for text in response.context["adminform"].form.non_field_errors()]


@pytest.fixture
def account(db):
    user = make.make_user(username="somebody")
    user.groups.add(Group.objects.get(name="writer"))
    return user


def test_a_stale_account_is_refused_and_says_what_differs(administrator, admin_client, account):
    stale = sent(administrator.get(change(account)), first_name="Ada")
    editors = Group.objects.get(name="editor")
    saved = admin_client.post(change(account), sent(admin_client.get(change(account)), groups=[editors.pk]))
    assert saved.status_code == 302, errors(saved)

    response = administrator.post(change(account), stale)

    assert errors(response) == {"__all__": ["stale", "differs", "differs"]}
    first, *differences = told(response)
    assert first.startswith("Nothing is saved yet: since you opened this page, admin saved it on ")
    assert differences == ["First name: nothing is saved; “Ada” stands in your form.",
                           "Groups: “editor” is saved; “writer” stands in your form."]  # fmt: skip
    account.refresh_from_db()
    assert (account.first_name, [group.name for group in account.groups.all()]) == ("", ["editor"])
    assert administrator.post(change(account), sent(response, groups=[editors.pk])).status_code == 302
    account.refresh_from_db()
    assert (account.first_name, [group.name for group in account.groups.all()]) == ("Ada", ["editor"])


def test_a_login_or_a_new_password_makes_no_form_stale(administrator, account):
    opened = sent(administrator.get(change(account)), first_name="Ada")
    account.last_login = timezone.now()
    account.set_password("a new unguessed one")
    account.save()

    assert administrator.post(change(account), opened).status_code == 302
    account.refresh_from_db()
    assert account.first_name == "Ada"
    assert account.check_password("a new unguessed one")
    assert account.last_login is not None


def test_the_moments_of_an_account_are_typed_by_nobody(administrator, account):
    page = administrator.get(change(account))

    administrator.post(change(account), sent(page, last_login_0="2020-01-01", last_login_1="00:00:00"))

    assert User.objects.get(pk=account.pk).last_login is None
    assert not {"last_login", "date_joined"} & set(page.context["adminform"].form.fields)


def test_a_stale_role_is_refused_and_says_which_rights_differ(administrator, admin_client):
    role = Group.objects.get(name="editor")
    opened = administrator.get(change(role))
    gone = Permission.objects.get(codename="add_previewlink")
    role.permissions.remove(gone)

    response = administrator.post(change(role), sent(opened, name="editors"))

    assert errors(response) == {"__all__": ["stale", "differs", "differs"]}
    assert f"Permissions: nothing stands only in what is saved; “{gone}” stands only in your form." in told(response)
    role.refresh_from_db()
    assert role.name == "editor"


def test_who_else_has_an_account_open_is_said(administrator, admin_client, account):
    administrator.get(change(account))

    response = admin_client.get(change(account))

    assert "administrator opened this form just now" in response.content.decode()
    assert "autosave" not in response.context
