"""Which rows have no history yet."""

from collections import defaultdict

from django.apps import apps
from django.db.models import Exists, OuterRef

from aid.models import Article, Claim, Image
from aid.models.claims import PARTS
from aid.models.records import Keyed, Record


def kept_models():
    """The models whose rows have a history that editors read."""
    return [model for model in with_past() if hasattr(model, "history")]


def with_past():
    """The models of which each state of each row is kept."""
    return [
        model
        for model in apps.get_models()
        if issubclass(model, Keyed) and hasattr(model._meta, "simple_history_manager_attribute")
    ]


def history_of(model):
    """The manager of the lines of a model's history."""
    return getattr(model, model._meta.simple_history_manager_attribute)


# Since when a row is known that has no history: the first of these columns that holds a moment.
KNOWN_SINCE = {Article: ["created_at"], Claim: ["verified_at", "recorded_at"], Image: ["added_at"]}


def known_since(model):
    """The columns of a model of which the first that is filled says since when a row is known as it stands."""
    return KNOWN_SINCE.get(model, ["updated_at"] if issubclass(model, Record) else [])


# The columns of rows that come and go with another: what they belong to.
OWNERS = {**dict(PARTS.values()), "aid.Passage": "source", "aid.SetAside": "source", "aid.Office": "person"}


def owner_of(model):
    """The column of a part for what it belongs to; "" for a model whose rows are no part."""
    return OWNERS.get(model._meta.label, "")


def without_history(model):
    """The rows of a model that have no entry in its history, in the order of their numbers."""
    entries = history_of(model).filter(**{model._meta.pk.name: OuterRef("pk")})
    rows = model.objects.filter(~Exists(entries)).order_by("pk")
    return rows.select_related(owner_of(model)) if owner_of(model) else rows


def links_of(rows, field):
    """The rows of a many-to-many field's own table, by the number of the row that has them. One query."""
    own = field.m2m_column_name()
    found = defaultdict(list)
    for link in field.remote_field.through.objects.filter(**{f"{own}__in": [row.pk for row in rows]}):
        found[getattr(link, own)].append(link)
    return found
