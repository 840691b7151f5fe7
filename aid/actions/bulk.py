"""One change to many rows: what it would do to each of them, doing it in one transaction, and taking it back.

What it would do is found out by doing it and rolling back. So the page that shows it beforehand tells what the action
itself says, rule for rule, and no rule is written down twice.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from aid import moments
from aid.actions.claims import verify_claim, withdraw_claim
from aid.actions.log import log
from aid.actions.publications import withdraw_article
from aid.actions.workflow import assign_article
from aid.choices import AuditAction, Rank
from aid.models.bulk import BulkChange
from aid.queries.bulk import (
    chosen_rows,
    column_label,
    column_text,
    from_json,
    kind_of,
    state_of_row,
    stored_columns,
)
from aid.queries.public import Public, newly_hidden
from aid.rules.embargoes import check_embargo
from aid.rules.workflow import ASSIGN, PUBLISH

NOTHING = "It is so already."
RECORDS = ("pledge", "coalition", "agreement", "event", "source")
HISTORY = 100
# Of the rows that somebody was faster with, and of those that readers would lose, so many are named.
NAMED = 5


class Act:
    """One verb for many rows. `columns` are those that it writes and that taking it back restores."""

    name = label = ""
    kinds = ()
    columns = ()
    # Of these, the ones that a page shows.
    shown = ()
    # A permission; None for that of changing the rows.
    permission = None
    is_undoable = True
    # Whether readers can lose rows by it that hang on these.
    can_hide = False
    # Whether each row is an entry in the audit log by itself.
    logs_itself = False

    def needs(self, model):
        return self.permission or f"aid.change_{model._meta.model_name}"

    def told(self, values):
        """What is done, as the beginning of a sentence: “Review by 1 December 2026”."""
        return self.label

    def do(self, row, by, values):
        """Does it to one row. Raises ValidationError with the sentence that says why not."""
        raise NotImplementedError

    def undo(self, row, by, before, is_own):
        """Gives one row back what stood in its columns; `is_own` where it is who did it. Raises ValidationError."""
        for name, value in before.items():
            column = row._meta.get_field(name)
            setattr(row, column.attname, from_json(type(row), name, value))
        row.validate_constraints()
        row.save()

    def note(self, row):
        """What follows from it for a row, as a sentence; "" for nothing that the columns do not tell."""
        return ""


class SetReview(Act):
    name, label = "review-by", "Set review by …"
    kinds = (*RECORDS, "article")
    columns = shown = ("review_by",)

    def told(self, values):
        day = values["review_by"]
        return f"Review by {day.day} {day:%B %Y}" if day else "No day for the review"

    def do(self, row, by, values):
        row.review_by = values["review_by"]
        row.save()


class SetEmbargo(Act):
    name, label = "embargo", "Set or lift the embargo …"
    kinds = RECORDS
    columns = shown = ("embargo_until",)
    can_hide = True

    def told(self, values):
        until = values["until"]
        return f"Embargo until {moments.told(until)}" if until else "No embargo"

    def do(self, row, by, values):
        if values["until"] == row.embargo_until:
            return
        check_embargo(row, by, values["until"], timezone.now())
        row.embargo_until = values["until"]
        row.save()

    def undo(self, row, by, before, is_own):
        until, now = from_json(type(row), "embargo_until", before["embargo_until"]), timezone.now()
        if not is_own:
            # An earlier embargo that has run out since is none. Whoever hid the wrong rows brings them back alone.
            check_embargo(row, by, until if until and until > now else None, now)
        super().undo(row, by, before, is_own)


class VerifyClaims(Act):
    """Taken back, a claim is unverified again; the log keeps who verified it and who took that back."""

    name, label = "verify", "Verify: I read the source, and it says so"
    kinds = ("claim",)
    columns = ("verified_by", "verified_at")
    shown = ("verified_by",)
    logs_itself = True

    def told(self, values):
        return "Verified"

    def do(self, row, by, values):
        verify_claim(row, by)


class WithdrawClaims(Act):
    name, label = "withdraw", "Withdraw …"
    kinds = ("claim",)
    columns = (
        *("rank", "withdrawn_at", "withdrawn_why", "replaced_by"),
        *("preferred_why", "preferred_by", "preferred_at"),
    )
    shown = ("rank", "withdrawn_why")
    can_hide = True
    logs_itself = True

    def told(self, values):
        return f"Withdrawn: {values['why']}"

    def do(self, row, by, values):
        withdraw_claim(row, by, values["why"])

    def note(self, row):
        if row.rank != Rank.PREFERRED:
            return ""
        return "It is the preferred claim: afterwards no claim supports the value."


class Assign(Act):
    name, label = "assign", "Assign to …"
    kinds = ("article",)
    columns = shown = ("assigned_to", "due_at")
    permission = ASSIGN
    logs_itself = True

    def told(self, values):
        return f"Assigned to {values['to'] or 'nobody'}"

    def do(self, row, by, values):
        assign_article(row, by, values["to"], row.due_at, values["note"])


class SetDue(Assign):
    name, label = "due", "Set the due date …"

    def told(self, values):
        due = values["due_at"]
        return f"Due {moments.told(due)}" if due else "No due date"

    def do(self, row, by, values):
        assign_article(row, by, row.assigned_to, values["due_at"])


class WithdrawArticles(Act):
    """Readers have been told, so it is not taken back for many at once."""

    name, label = "withdraw-articles", "Withdraw from the public site now …"
    kinds = ("article",)
    permission = PUBLISH
    is_undoable = False
    logs_itself = True

    def told(self, values):
        return f"Withdrawn: {values['why']}"

    def do(self, row, by, values):
        withdraw_article(row, by, values["why"])

    def note(self, row):
        return "Readers find your reason at its address."


ACTS = {
    act.name: act
    for act in (SetReview(), SetEmbargo(), VerifyClaims(), WithdrawClaims(), Assign(), SetDue(), WithdrawArticles())
}


@dataclass(frozen=True)
class Outcome:
    """What a change does to one row: [(column's name, what it was, what it is)], or why it cannot be done."""

    row: models.Model
    name: str
    state: str
    told: tuple = ()
    refusal: str = ""
    note: str = ""
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)

    @property
    def is_possible(self):
        return not self.refusal


class Rollback(Exception):
    """Ends a trial."""


@dataclass(frozen=True)
class Outlook:
    """The Outcomes of a change, row by row; and the first of the rows that readers would lose by it, and how many
    they would lose."""

    outcomes: list
    lost: list
    count: int


def outlook(act, model, keys, by, values):
    """What a change would come to for these rows, of which some can be gone. Nothing is written."""
    return _tried(act, lambda: _do(act, chosen_rows(model, keys, is_locked=True), by, values))


def _tried(act, do):
    had = Public().kept() if act.can_hide else None
    found = None
    try:
        with transaction.atomic():
            outcomes = do()
            lost, count = newly_hidden(had, Public(), NAMED) if act.can_hide else ([], 0)
            found = Outlook(outcomes, lost, count)
            raise Rollback
    except Rollback:
        return found


@transaction.atomic
def carry_out(act, model, seen, by, values):
    """Does to the rows what was shown before: `seen` is {number: (state, whether it could be done)}. Returns the
    Outcomes and the BulkChange, or None for one that cannot be taken back.

    All of it or nothing: raises ValidationError with the code `stale` where a row is not as it was shown.
    """
    rows = chosen_rows(model, seen, is_locked=True)
    there = {row.pk: state_of_row(row) for row in rows}
    changed = [row.bulk_name for row in rows if seen[row.pk][0] != there[row.pk]]
    gone = len(seen) - len(rows)
    if changed or gone:
        raise ValidationError(_stale(changed, gone), code="stale")
    outcomes = _do(act, rows, by, values)
    if [found.row.pk for found in outcomes if found.is_possible] != [pk for pk in sorted(seen) if seen[pk][1]]:
        raise ValidationError("Nothing is done yet: what can be done is another than was shown.", code="stale")
    done = [found for found in outcomes if found.is_possible]
    if not done:
        raise ValidationError("None of these rows can be changed so.", code="nothing")
    return done, _record(act, model, done, by, values)


def _do(act, rows, by, values):
    why = act.told(values)
    return [_done(act, row, by, why, lambda row=row: act.do(row, by, values)) for row in rows]


def _done(act, row, by, why, do):
    """The Outcome of doing something to one row; nothing is left of it where it is refused."""
    name, state, note = row.bulk_name, state_of_row(row), act.note(row)
    # What the history of records tells of it.
    row._history_user, row._change_reason = by, why[:HISTORY]
    before = stored_columns(row, act.columns) if act.columns else {}
    try:
        with transaction.atomic():
            do()
    except ValidationError as error:
        return Outcome(row, name, state, refusal=" ".join(error.messages))
    except IntegrityError:
        return Outcome(row, name, state, refusal="It contradicts another row as it is now. Open it to see which.")
    after = stored_columns(row, act.columns) if act.columns else {}
    if act.columns and before == after:
        return Outcome(row, name, state, refusal=NOTHING)
    return Outcome(row, name, state, _told(act, type(row), before, after), note=note, before=before, after=after)


def _told(act, model, before, after):
    return tuple(
        (column_label(model, name), column_text(model, name, before[name]), column_text(model, name, after[name]))
        for name in act.shown
        if before[name] != after[name]
    )


def _record(act, model, done, by, values):
    told = f"{act.told(values)}: {counted(model, len(done))}"
    change = None
    if act.is_undoable:
        change = BulkChange.objects.create(
            action=act.name,
            told=told[: BulkChange._meta.get_field("told").max_length],
            kind=model._meta.model_name,
            before={str(found.row.pk): found.before for found in done},
            after={str(found.row.pk): found.after for found in done},
            made_by=by,
        )
    if not act.logs_itself:
        log(AuditAction.BULK, by, change, f"{told}.", changes=_changes(done))
    return change


def _changes(outcomes):
    return [(f"{found.name}: {label}", was, now) for found in outcomes for label, was, now in found.told]


def counted(model, number):
    """ "3 pledges" """
    opts = model._meta
    return f"{number:,} {opts.verbose_name if number == 1 else opts.verbose_name_plural}"


def _stale(changed, gone):
    more = f" and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
    told = [f"changed: {'; '.join(changed[:NAMED])}{more}"] if changed else []
    told += [f"deleted: {gone}"] if gone else []
    return (
        f"Nothing is done yet: since you opened this page, somebody has been at these rows ({', '.join(told)}). See "
        f"below what would happen now."
    )


# Taking it back


def outlook_of_undoing(change, by):
    """What taking a change back would come to. Nothing is written."""
    return _tried(ACTS[change.action], lambda: _undo(change, by))


@transaction.atomic
def undo_bulk_change(change, by, shown):
    """Takes a change back for the rows with these numbers, which are those that were shown as possible.

    Raises ValidationError with the code `undone` or `stale`. The other rows stay as they are, for good.
    """
    change = BulkChange.objects.select_for_update().get(pk=change.pk)
    if change.undone_at:
        raise ValidationError(
            f"{change.undone_by} has undone it already, on {moments.told(change.undone_at)}.", code="undone"
        )
    outcomes = _undo(change, by)
    done = [found for found in outcomes if found.is_possible]
    if {found.row.pk for found in done} != set(shown) or not done:
        raise ValidationError(
            "Nothing is undone yet: somebody has been at these rows since you opened this page. See below what can "
            "be undone now.",
            code="stale",
        )
    change.undone_by, change.undone_at = by, timezone.now()
    change.save(update_fields=["undone_by", "undone_at"])
    left = len(change.after) - len(done)
    told = f"Undone for {counted(kind_of(change.kind), len(done))}{f', not for {left}' if left else ''}."
    log(AuditAction.UNDONE, by, change, told, changes=_changes(done))
    return done


def _undo(change, by):
    act, model, is_own = ACTS[change.action], kind_of(change.kind), change.made_by_id == by.pk
    rows = {row.pk: row for row in chosen_rows(model, [int(key) for key in change.after], is_locked=True)}
    found = []
    for key, left in change.after.items():
        row = rows.get(int(key))
        if row is None:
            continue
        # Those that it wrote when it was done, which may be others than it would write now.
        now = stored_columns(row, left)
        if now != left:
            since = [
                f"{column_label(model, name)} is {column_text(model, name, now[name])} now"
                for name in left
                if now[name] != left[name]
            ]
            found.append(Outcome(row, row.bulk_name, "", refusal=f"It was changed since: {'; '.join(since[:2])}."))
            continue
        before = change.before[key]
        why = f"Undone: {change.told}"
        found.append(_done(act, row, by, why, lambda row=row, before=before: act.undo(row, by, before, is_own)))
    return found
