"""Bringing a record back as it stood after an earlier save, with its parts, its links and its claims."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import dateformat, timezone

from aid.actions.log import log
from aid.choices import AuditAction, Rank
from aid.models.claims import Claim
from aid.models.pledges import PledgeStage
from aid.queries.changes import DELETED, Changes, names_of
from aid.queries.history import History, locked, preferred_among, rows_of, standing
from aid.rules.restoring import reasons_not_to_stand

# The column of the history tables.
LONGEST_REASON = 100
HIGHEST_POSITION = 32_767


@transaction.atomic
def restore_record(record, number, fingerprint, by, why):
    """Makes a record stand as it did after the save of this number, and returns the RowChanges that this made.

    Its parts, its links and the values of its claims come back. A part that was added since goes, with its claims; a
    claim that was added since about what stays is withdrawn, not deleted. Address, embargo, withdrawal and day of
    review stay as they are.

    `fingerprint` is that of the record as somebody has seen it. Raises PermissionDenied, or ValidationError with the
    code `stale`, `reason`, `no_save`, `same`, `gone` (a row that it named is no more), `unclear` (nobody knows how
    something stood then), `rule`, `constraint`, or one of rules/restoring.py. Nothing is half restored.
    """
    if not by.has_perm(f"aid.change_{record._meta.model_name}"):
        raise PermissionDenied
    if not why.strip():
        raise ValidationError("Say why: the reason stands in the history.", code="reason")
    record = locked(record)
    history = History(record)
    if fingerprint != history.fingerprint:
        raise ValidationError(_since(history), code="stale")
    if history.save_of(number) is None:
        raise ValidationError("The history has no such save. Choose one of those it has.", code="no_save")
    plan = history.plan(number)
    pairs = {row.key: (history.present.get(row.key), row) for row in plan.write}
    pairs |= {key: (history.present[key], None) for key in plan.delete}
    withdrawal = _withdrawal(why.strip())
    for key in plan.withdraw:
        row = history.present[key]
        pairs[key] = (row, row._replace(values=row.values | withdrawal))
    changes = Changes(history, [pairs])
    _check(plan, changes, history, by)
    _carry_out(plan, _Hand(by, why.strip()[:LONGEST_REASON]), withdrawal)
    record = locked(record)
    parts = [row for rows in _parts(history, plan) for row in rows.values()]
    reasons = list(reasons_not_to_stand(record, parts))
    if reasons:
        raise ValidationError(
            [ValidationError(f"Nothing is restored. {sentence}", code=code) for code, sentence in reasons]
        )
    told = changes.told(pairs)
    message = f"As it stood after save {number}, {_moment(history.save_of(number).at)}."
    log(AuditAction.RESTORED, by, record, message, why.strip(), changes=_for_the_log(told))
    return told


class _Hand:
    """Writes rows in the name of an account, with the reason that their history gets."""

    def __init__(self, by, why):
        self._by, self._why = by, why

    def signed(self, row):
        row._history_user, row._change_reason = self._by, self._why
        return row


def _check(plan, changes, history, by):
    needed = {
        f"aid.{'change' if row.key in history.present else 'add'}_{row.key.model._meta.model_name}"
        for row in plan.write
    }
    needed |= {f"aid.change_{key.model._meta.model_name}" for key in plan.withdraw}
    needed |= {f"aid.delete_{key.model._meta.model_name}" for key in plan.delete}
    if not by.has_perms(sorted(needed)):
        raise PermissionDenied
    errors = [
        ValidationError(
            f"Nothing is restored. Nobody knows how {_called(key, history, changes)} stood then: its history begins "
            f"later. Choose a later save, or change the record by hand.",
            code="unclear",
        )
        for key in plan.unclear
    ]
    names = names_of([(column, pk) for _, column, pk in plan.gone])
    errors += [
        ValidationError(
            f"Nothing is restored. {_place(row, column, changes)} was "
            f"“{names[column.related_model, pk].removesuffix(DELETED)}”, which has been deleted since. Change the "
            f"record by hand.",
            code="gone",
        )
        for row, column, pk in plan.gone
    ]
    if errors:
        raise ValidationError(errors)
    if plan.is_empty:
        raise ValidationError("Nothing is restored: the record stands like that already.", code="same")


def _called(key, history, changes):
    row = history.present.get(key)
    return (changes.name(row) if row else "") or "the record itself"


def _place(row, column, changes):
    name, label = changes.name(row), str(column.verbose_name)
    return f"{name}: {label}" if name else f"{label[:1].upper()}{label[1:]}"


def _since(history):
    """Who saved the record last, where it is no longer as somebody has seen it."""
    last = history.saves[-1] if history.saves else None
    who = f"{last.by or 'somebody'} saved it on {_moment(last.at)}" if last else "somebody saved it"
    return (
        f"Nothing is restored: after you opened this page, {who}. Read what differs now, and restore once more if it "
        f"is still right."
    )


def _moment(at):
    return dateformat.format(timezone.localtime(at), "j F Y, H:i")


def _withdrawal(why):
    """The columns of a claim that was added since."""
    told = f"The record was brought back to how it stood before this claim was added: {why}"
    return {"rank": Rank.WITHDRAWN, "withdrawn_at": timezone.now(), "withdrawn_why": told}


# Writing


def _carry_out(plan, hand, withdrawal):
    claims = [row for row in plan.write if row.key.model is Claim]
    others = [row for row in plan.write if row.key.model is not Claim]
    # A field has one preferred claim at any moment, so all that change give up their preference first.
    preferred_among([row.key.pk for row in claims] + [key.pk for key in plan.withdraw]).update(rank=Rank.ALTERNATIVE)
    for is_claim in (True, False):
        for key in plan.delete:
            if (key.model is Claim) is is_claim:
                hand.signed(standing(key.model, [key.pk])[key.pk]).delete()
    _make_room(others)
    _write(others, hand)
    _write(claims, hand)
    for claim in standing(Claim, [key.pk for key in plan.withdraw]).values():
        for name, value in withdrawal.items():
            setattr(claim, name, value)
        hand.signed(claim).save()


def _make_room(rows):
    """Moves the stages whose position changes out of the way, so that two can change places."""
    steps = {row.key.pk: row for row in rows if row.key.model is PledgeStage}
    moving = [
        step for pk, step in standing(PledgeStage, steps).items() if step.position != steps[pk].values["position"]
    ]
    for place, step in enumerate(moving):
        rows_of(PledgeStage, [step.pk]).update(position=HIGHEST_POSITION - place)


def _write(rows, hand):
    """Writes the rows. One that needs what another still holds, such as a currency, is written after that one."""
    waiting = list(rows)
    while waiting:
        left, problem = [], None
        for row in waiting:
            try:
                with transaction.atomic():
                    _put(row, hand)
            except IntegrityError as error:
                left.append(row)
                problem = error
        if len(left) == len(waiting):
            raise ValidationError(
                "Nothing is restored: what it held then is held by another row now, such as a name or a code. Change "
                "that one first, or change this record by hand.",
                code="constraint",
            ) from problem
        waiting = left


def _put(row, hand):
    stored = standing(row.key.model, [row.key.pk]).get(row.key.pk)
    found = stored or row.key.model(pk=row.key.pk)
    for name, value in row.values.items():
        setattr(found, name, value)
    try:
        found.clean()
    except ValidationError as error:
        # What it refers to may have changed since.
        raise ValidationError(
            [ValidationError(f"Nothing is restored. {text}", code="rule") for text in error.messages]
        ) from error
    hand.signed(found).save(force_insert=stored is None)
    for name, pks in row.many.items():
        getattr(found, name).set(pks)


def _parts(history, plan):
    """The parts of the record that stand in the end."""
    pks = {}
    for key in {*history.present, *(row.key for row in plan.write)} - set(plan.delete):
        if key.model not in (Claim, history.model):
            pks.setdefault(key.model, []).append(key.pk)
    return [standing(model, found) for model, found in pks.items()]


def _for_the_log(told):
    """(field, what it was, what it is) of each change."""
    for change in told:
        for found in change.fields:
            label = f"{change.name}: {found.label.lower()}" if change.name else found.label
            old = "; ".join([*found.removed, *found.kept]) or found.old
            new = "; ".join([*found.added, *found.kept]) or found.new
            yield label, old, new
