"""What claims write for a row, and what they write once the row has another address or another one took its place.

A claim states a record by its address, and a part of several by all of theirs.
"""

from copy import copy
from functools import cached_property

from django.apps import apps

from aid.models.claims import Claim
from aid.models.records import Evidenced, canonical_text
from aid.queries.claims import target_model


def claimed_relations():
    """The columns that refer to other rows and need evidence: [(model, column)]."""
    models = [model for model in apps.get_app_config("aid").get_models() if issubclass(model, Evidenced)]
    columns = ((model, model._meta.get_field(name)) for model in models for name in model.claimed_fields)
    return [(model, column) for model, column in columns if column.is_relation]


def claimed_column(claim):
    """The column that a claim is about, without a query; None where its record has no such field."""
    model = target_model(claim.part_name or claim.subject_name)
    return model._meta.get_field(claim.field) if claim.field in model.claimed_fields else None


def _columns_within_key(model, target):
    """The columns of a model's natural key that refer to another one."""
    names = {path.partition("__")[0] for path in model.natural_key_fields if "__" in path}
    return sorted(name for name in names if model._meta.get_field(name).related_model is target)


def _joined(model):
    return sorted({path.rpartition("__")[0] for path in model.natural_key_fields if "__" in path})


class Renaming:
    """What changes in claims where `new` is written in the place of `old`: another row of its kind, or the row itself
    under another address. Nothing is written."""

    def __init__(self, old, new):
        self._old, self._new = old, new
        # {(model, a value that names the old one): what names it then}, for all models that claims name rows of.
        self.names = {(type(old), canonical_text(old)): canonical_text(new)}
        for model in {column.related_model for _, column in claimed_relations()} - {type(old)}:
            for column in _columns_within_key(model, type(old)):
                for row in model._base_manager.filter(**{column: old}).select_related(*_joined(model)):
                    # Read before the change or after it, the row is named by what stands in the two given here.
                    before, after = copy(row), copy(row)
                    setattr(before, column, old)
                    setattr(after, column, new)
                    self.names[model, canonical_text(before)] = canonical_text(after)

    def value_of(self, claim):
        """A claim's value afterwards."""
        column = claimed_column(claim)
        if column is None or not column.is_relation:
            return claim.value
        keys = claim.value.split("; ")
        found = [self.names.get((column.related_model, key), key) for key in keys]
        return claim.value if found == keys else "; ".join(sorted(set(found)))

    @cached_property
    def claims(self):
        """The claims whose value changes, with the value that they get: [(Claim, value)]."""
        fields = {column.name for _, column in claimed_relations()}
        claims = Claim.objects.filter(field__in=fields, value__contains=self._old.slug).order_by("pk")
        changed = ((claim, self.value_of(claim)) for claim in claims)
        return [(claim, value) for claim, value in changed if value != claim.value]
