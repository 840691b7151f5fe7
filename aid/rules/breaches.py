"""What a broken rule of the ledger is, and how its rows are read."""

from dataclasses import dataclass

from django.db import models
from django.urls import NoReverseMatch, reverse

from aid.queries.uses import record_of

BATCH = 500


def mending_page(row):
    """The address of the admin's page with the form that holds this row: a part has that of its record."""
    record = record_of(row)
    return reverse(f"admin:aid_{record._meta.model_name}_change", args=[record.pk])


@dataclass(frozen=True)
class Breach:
    """One rule broken by one row: which rule, which row, what is wrong, and where to mend it."""

    code: str
    row: models.Model
    message: str

    @property
    def name(self):
        """The row as fixtures name it: `pledge denmark-cyber-91-million-kroner`."""
        key = "/".join(str(part) for part in self.row.natural_key())
        return f"{self.row._meta.verbose_name} {key}"

    @property
    def mend_at(self):
        """The address of the admin's page on which the row can be changed; "" where there is none."""
        try:
            return mending_page(self.row)
        except NoReverseMatch:
            return ""

    def __str__(self):
        where = f" Mend it at {self.mend_at}" if self.mend_at else ""
        return f"{self.code}: {self.name}: {self.message}{where}"


def batches(rows):
    """A queryset in lists of BATCH rows, in the order of their keys."""
    last = 0
    while batch := list(rows.order_by("pk").filter(pk__gt=last)[:BATCH]):
        yield batch
        last = batch[-1].pk
