"""Laws about models: each has a docstring, a natural key that names one row, and names for its way back."""

import inspect

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from aid.models.records import Evidenced

# The history's tables are made by a library from the models that they copy.
MODELS = [model for model in apps.get_app_config("aid").get_models() if not hasattr(model, "history_object")]
MODELS = [model for model in MODELS if not model.__name__.startswith("Historical")]


@pytest.mark.django_db
def test_migrations_say_what_the_models_say():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_model_says_what_a_row_is(model):
    own = inspect.cleandoc(vars(model).get("__doc__") or "")
    assert own and not own.startswith(f"{model.__name__}("), f"{model.__name__} has no docstring of its own."


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_model_has_a_natural_key_that_the_database_keeps_unique(model):
    key = {path.split("__")[0] for path in model.natural_key_fields}
    constraints = [set(c.fields) for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    assert key in constraints or any(model._meta.get_field(name).unique for name in key)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_relations_name_their_way_back_and_protect_what_is_in_use(model):
    for field in model._meta.get_fields():
        if field.auto_created or not field.is_relation:
            continue
        assert field.remote_field.related_name, f"{model.__name__}.{field.name}"
        if field.many_to_one:
            part_of = field.remote_field.on_delete is models.CASCADE
            assert part_of is ((model.__name__, field.name) in PARTS), f"{model.__name__}.{field.name}"


# Rows that are nothing without their record go with it; all other references keep their target.
PARTS = {
    ("PledgeStage", "pledge"),
    ("Valuation", "pledge"),
    ("Membership", "coalition"),
    ("Signatory", "agreement"),
    ("SetAside", "source"),
    ("Reopening", "claim"),
    ("SearchText", "entry"),
    ("SearchMention", "entry"),
    # What an account has open and has not saved is nobody else's.
    ("Presence", "user"),
    ("Autosave", "user"),
    ("DeskPreference", "user"),
}


@pytest.mark.parametrize(
    "model", [model for model in MODELS if issubclass(model, Evidenced)], ids=lambda model: model.__name__
)
def test_claimed_fields_are_columns(model):
    names = {field.name for field in model._meta.get_fields()}
    assert set(model.claimed_fields) <= names
    for name in names:
        if name.endswith("_unknown") and name != "leads_unknown":
            assert name.removesuffix("_unknown") in names


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_amounts_are_decimals_beside_a_currency(model):
    names = {field.name for field in model._meta.concrete_fields}
    assert not any(isinstance(field, models.FloatField) for field in model._meta.concrete_fields)
    if "amount" in names:
        assert "currency" in names
