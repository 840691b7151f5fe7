import pytest
from django.apps import apps

from aid.rules.roles import DESK, EVERYTHING, MADE, OWN, ROLES


def test_every_model_stands_in_the_table():
    models = {model._meta.model_name for model in apps.get_app_config("aid").get_models()}
    assert {*EVERYTHING, *DESK, *OWN, *MADE} == {name for name in models if not name.startswith("historical")}


def test_each_role_may_all_that_the_one_before_it_may():
    writer, editor, publisher, administrator = ROLES.values()

    assert writer < editor < publisher < administrator
    assert publisher - editor == {
        "aid.publish_article",
        "aid.merge_party",
        "aid.view_auditentry",
        "aid.export_auditentry",
    }


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        ("writer", "aid.add_articlerevision", "aid.change_pledge"),
        ("editor", "aid.delete_claim", "aid.delete_pledge"),
        ("editor", "aid.change_source", "aid.publish_article"),
        ("publisher", "aid.publish_article", "aid.change_articlerevision"),
        ("writer", "aid.add_image", "aid.check_article"),
        ("editor", "aid.check_article", "aid.merge_party"),
        ("administrator", "aid.export_auditentry", "aid.change_auditentry"),
        ("publisher", "aid.add_correction", "auth.change_user"),
        ("administrator", "auth.add_user", "sessions.change_session"),
    ],
)
def test_role_may_one_thing_and_not_another(role, may, may_not):
    assert may in ROLES[role]
    assert may_not not in ROLES[role]


@pytest.mark.django_db
def test_an_account_has_its_roles_permissions(writer, publisher, reader):
    assert writer.user.get_all_permissions() == ROLES["writer"]
    assert publisher.user.has_perm("aid.publish_article")
    assert reader.get("/admin/").status_code == 302
