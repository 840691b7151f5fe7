"""Ledger rules: who can play which part, and chains of records that come to an end."""

from aid.choices import PartyKind
from aid.models import Claim, Membership, Party, Pledge, Signatory, Source
from aid.rules.breaches import Breach

# Rows that lead to another row of their kind: model -> (column, what it says)
CHAINS = (
    (Pledge, "supersedes", "supersedes"),
    (Source, "supersedes", "supersedes"),
    (Party, "parent", "is part of"),
    (Claim, "replaced_by", "is replaced by"),
)
ACTS = (
    (Pledge, "donor", "gives"),
    (Pledge, "recipient", "receives"),
    (Membership, "party", "is a member"),
    (Signatory, "party", "signs"),
)


def leads_back(row, field, other):
    """Whether one comes from `other` by this column to the row again. A query for each step."""
    seen = set()
    while other is not None and other.pk not in seen:
        if other.pk == row.pk:
            return True
        seen.add(other.pk)
        other = getattr(other, field)
    return False


def chains_come_to_an_end():
    """No pledge or source supersedes itself in the end, no party is part of itself, and no claim replaces itself."""
    for model, column, says in CHAINS:
        leads = dict(model.objects.filter(**{f"{column}__isnull": False}).values_list("pk", f"{column}_id"))
        for start in sorted(leads):
            seen, at = {start}, leads[start]
            while at in leads and at not in seen:
                seen.add(at)
                at = leads[at]
            if at == start:
                yield Breach("circle", model.objects.get(pk=start), f"it {says} a row that in the end {says} it.")


def unnamed_collectives_only_speak():
    """People whom a source names in general can speak; they neither give nor receive, join nor sign."""
    for model, column, does in ACTS:
        for row in model.objects.filter(**{f"{column}__kind": PartyKind.COLLECTIVE}).select_related(column):
            yield Breach("collective", row, f"{getattr(row, column)} {does}, but is an unnamed collective.")
