"""Ledger rules: each column holds what its field allows, and columns that belong together agree."""

from django.core.exceptions import ValidationError
from django.db import models

from aid.choices import MembershipRole
from aid.dates import EDTFField, bounds
from aid.models import Coalition
from aid.models.records import Keyed
from aid.rules.breaches import Breach, batches


def leads_are_named_or_unknown():
    for batch in batches(Coalition.objects.prefetch_related("memberships")):
        for coalition in batch:
            leads = [row for row in coalition.memberships.all() if row.is_counted and row.role == MembershipRole.LEAD]
            if bool(leads) == bool(coalition.leads_unknown):
                yield Breach(
                    "leads",
                    coalition,
                    "it has a lead and a reason why none is known. Clear the reason."
                    if leads
                    else "it has no lead, and nothing says why.",
                )


def columns_hold_what_they_may():
    """Every column of every row against its field's own validators, and the two bounds of every date."""
    for model in Keyed.__subclasses__():
        yield from _column_breaches(model)


def _concrete(model):
    if not model._meta.abstract:
        yield model
    for child in model.__subclasses__():
        yield from _concrete(child)


def _column_breaches(base):
    for model in _concrete(base):
        fields = [field for field in model._meta.concrete_fields if not field.is_relation and not field.primary_key]
        dates = [field for field in fields if isinstance(field, EDTFField)]
        texts = [field for field in fields if isinstance(field, models.CharField | models.TextField)]
        # Read as plain values: an instance would work the bounds out anew and hide what is stored.
        stored = (
            {
                row["pk"]: row
                for row in model.objects.values(
                    "pk", *(f"{d.name}_{side}" for d in dates for side in ("earliest", "latest"))
                )
            }
            if dates
            else {}
        )
        relations = [field.name for field in model._meta.concrete_fields if field.is_relation]
        for batch in batches(model.objects.select_related(*_key_relations(model))):
            for row in batch:
                try:
                    row.clean_fields(exclude=relations)
                except ValidationError as error:
                    for name, messages in error.message_dict.items():
                        yield Breach("column", row, f"{name}: {' '.join(messages)}")
                for field in texts:
                    value = getattr(row, field.name)
                    if "\0" in value or (isinstance(field, models.CharField) and value != value.strip()):
                        yield Breach("column", row, f"{field.name}: it holds a NUL, or spaces before or after.")
                for field in dates:
                    kept = (stored[row.pk][f"{field.name}_earliest"], stored[row.pk][f"{field.name}_latest"])
                    if kept != tuple(bounds(getattr(row, field.name))):
                        yield Breach(
                            "date-bounds", row, f"the days kept beside {field.name} are not those of its text."
                        )


def _key_relations(model):
    """The relations that a model's natural key goes through."""
    return sorted({path.rpartition("__")[0] for path in model.natural_key_fields if "__" in path})
