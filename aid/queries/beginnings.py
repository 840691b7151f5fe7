"""Which rows have no history yet."""

from collections import defaultdict

from django.apps import apps
from django.db.models import Exists, OuterRef

from aid.models.records import Keyed


def kept_models():
    """The models whose rows have a history."""
    return [model for model in apps.get_models() if issubclass(model, Keyed) and hasattr(model, "history")]


def without_history(model):
    """The rows of a model that have no entry in its history, in the order of their numbers."""
    entries = model.history.filter(**{model._meta.pk.name: OuterRef("pk")})
    return model.objects.filter(~Exists(entries)).order_by("pk")


def links_of(rows, field):
    """The rows of a many-to-many field's own table, by the number of the row that has them. One query."""
    own = field.m2m_column_name()
    found = defaultdict(list)
    for link in field.remote_field.through.objects.filter(**{f"{own}__in": [row.pk for row in rows]}):
        found[getattr(link, own)].append(link)
    return found
