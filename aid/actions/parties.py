"""Merging one party into another, where two rows stand for one actor."""

from collections import defaultdict

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from aid.actions.coalitions import follow_claims, follow_leads
from aid.actions.log import log
from aid.choices import AuditAction, Rank
from aid.models.addresses import FormerAddress
from aid.models.claims import Claim
from aid.models.coalitions import Membership
from aid.models.parties import Party
from aid.models.records import Keyed, canonical_text
from aid.queries.addresses import addresses_had
from aid.queries.merging import Merger, locked_parties
from aid.rules.merging import reasons_not_to_merge

MERGE = "aid.merge_party"


def merge_parties(gone, stays, by, why="", seen=None):
    """Puts one party in the place of another, everywhere and at once, and deletes the other. Returns the Merger.

    `seen` is the state of the Merger that the editor was shown. Raises PermissionDenied, or ValidationError with the
    code of each reason against it, `missing`, `changed`, or `refused`.
    """
    if not by.has_perm(MERGE):
        raise PermissionDenied
    try:
        with transaction.atomic():
            return _merge(gone.pk, stays.pk, by, why, seen)
    except (IntegrityError, ProtectedError) as error:
        raise ValidationError(
            "Nothing was merged: the database refuses what would come of it. Tell who keeps the site, and give both "
            "names.",
            code="refused",
        ) from error


def _merge(gone, stays, by, why, seen):
    found = locked_parties(gone, stays)
    if not {gone, stays} <= found.keys():
        raise ValidationError("One of the two parties is not there any more. Nothing was merged.", code="missing")
    gone, stays = found[gone], found[stays]
    reasons = reasons_not_to_merge(gone, stays)
    if reasons:
        raise ValidationError([ValidationError(sentence, code=code) for code, sentence in reasons])
    merger = Merger(gone, stays)
    if seen is not None and seen != merger.state:
        raise ValidationError(
            "Nothing was merged: since you opened this page, somebody changed what would move. Read it again, then "
            "merge.",
            code="changed",
        )
    changes = _Mover(merger, by).move()
    log(AuditAction.MERGED, by, stays, told(merger), why, changes)
    return merger


def told(merger):
    """What was done, in a sentence."""
    gone, stays = merger.gone, merger.stays
    return f"“{gone}” ({gone.slug}) was merged into “{stays}” ({stays.slug}): {references(merger.count)}."


def references(number):
    return "1 reference moved" if number == 1 else f"{number:,} references moved"


class _Mover:
    """Carries one Merger out. Each row is saved once, with its history, however much changes in it."""

    def __init__(self, merger, by):
        self.merger, self.by = merger, by
        self.reason = f"“{merger.gone}” was merged into “{merger.stays}”."
        # What changes: {(model, number): {column: (what it was, what it is)}}, and the same for the log.
        self._changed = defaultdict(dict)
        self._logged = []

    def move(self):
        """Returns what changed, as the audit log keeps it."""
        for transfer in self.merger.transfer:
            self._collect(transfer)
        for claim, value in self.merger.renamed:
            self._changed[Claim, claim.pk]["value"] = (claim.value, value)
        self._save_all()
        for transfer in self.merger.transfer:
            self._replace(transfer)
        self._keep_addresses()
        return self._logged

    def _collect(self, transfer):
        for moved in transfer.moved:
            if moved.owner is None:
                for number in moved.numbers:
                    self._changed[moved.model, number][moved.column] = (transfer.gone, transfer.kept)
            else:
                self._move_links(transfer, moved)
        for claim in transfer.demoted:
            self._changed[Claim, claim.pk]["rank"] = (Rank.PREFERRED, Rank.ALTERNATIVE)
        for link in transfer.absorbed:
            if link.is_of_a_link:
                self._touch(link.gone, link.owner_column)
                link.gone.delete()

    def _move_links(self, transfer, moved):
        """Lines of a many-to-many field have no history of their own; that of their record tells of them."""
        links = list(moved.model._base_manager.in_bulk(moved.numbers).values())
        for link in links:
            setattr(link, moved.column, transfer.kept)
            self._touch(link, moved.owner_column)
        moved.model._base_manager.bulk_update(links, [moved.column], batch_size=500)

    def _touch(self, link, owner_column):
        owner = link._meta.get_field(owner_column)
        number = getattr(link, owner.attname)
        self._changed[owner.related_model, number] |= {}
        gone, stays = self.merger.gone.slug, self.merger.stays.slug
        self._logged.append(
            (f"{owner.related_model._meta.verbose_name} {number}: {link._meta.verbose_name}", gone, stays)
        )

    def _save_all(self):
        numbers = defaultdict(list)
        for model, number in self._changed:
            numbers[model].append(number)
        for model, wanted in numbers.items():
            rows = model._base_manager.in_bulk(wanted)
            for number, row in rows.items():
                self._save(row, {name: new for name, (_, new) in self._changed[model, number].items()})
            LogEntry.objects.log_actions(self.by.pk, list(rows.values()), CHANGE, self.reason)
        for (model, number), columns in self._changed.items():
            for name, (old, new) in columns.items():
                self._logged.append((f"{model._meta.verbose_name} {number}: {name}", _text(old), _text(new)))

    def _save(self, row, values):
        for name, value in values.items():
            setattr(row, name, value)
        self._sign(row)
        has_moment = any(column.name == "updated_at" for column in row._meta.fields)
        row.save(update_fields=[*values, *(["updated_at"] if has_moment else [])])

    def _sign(self, row):
        """Tells the history of a row who changes it and why."""
        row._history_user, row._change_reason = self.by, self.reason[:100]

    def _replace(self, transfer):
        """Deletes the row that goes; then the other can take over what only one row may have."""
        gone, kept = transfer.gone, transfer.kept
        if transfer.is_of_a_link:
            return
        if isinstance(gone, Party):
            LogEntry.objects.log_actions(self.by.pk, [gone], DELETION, self.reason)
        self._logged.append((f"{gone._meta.verbose_name} {gone.pk}", str(gone), ""))
        self._sign(gone)
        number = gone.pk
        gone.delete()
        gone.pk = number
        values = dict(transfer.taken)
        if isinstance(gone, Party):
            values["aliases"] = "\n".join([*kept.alias_list(), *self.merger.new_aliases])
        if values:
            self._save(kept, values)
        self._logged += [
            (f"{kept._meta.verbose_name} {kept.pk}: {name}", "", _text(value)) for name, value in values.items()
        ]
        if isinstance(kept, Membership):
            follow_claims(kept.coalition)
            follow_leads(kept.coalition)

    def _keep_addresses(self):
        gone, stays = self.merger.gone, self.merger.stays
        kind = gone._meta.model_name
        addresses_had(kind, gone.pk).update(record=stays.pk)
        FormerAddress.objects.update_or_create(
            kind=kind, slug=gone.slug, defaults={"record": stays.pk, "since": timezone.now()}
        )


def _text(value):
    """A value as the log keeps it: a party is its address."""
    return canonical_text(value) if isinstance(value, Keyed) else str(value)
