"""How far a pledge has come: its dated steps in order, what each means for the next, and what is not stated ahead."""

from dataclasses import dataclass

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.translation import gettext, gettext_lazy, pgettext, pgettext_lazy

from aid import formats
from aid.choices import Instrument, Rank, Stage
from aid.models.claims import Claim
from aid.models.pledges import PledgeStage
from aid.queries.provenance import LADDER
from aid.queries.public import EVERYTHING
from aid.queries.readings import Reading, date_reading, money_reading

# What is told of the stages that a pledge has not reached yet.
NOT_REACHED = {
    (Stage.ANNOUNCED,): gettext_lazy("announcement not stated"),
    (Stage.COMMITTED,): gettext_lazy("commitment not stated"),
    (Stage.ALLOCATED,): gettext_lazy("allocation not stated"),
    (Stage.DISBURSED,): gettext_lazy("disbursement not stated"),
    (Stage.DELIVERED,): gettext_lazy("delivery not stated"),
    (Stage.DISBURSED, Stage.DELIVERED): gettext_lazy("disbursement and delivery not stated"),
}
BACK_TO = {
    Stage.ANNOUNCED: gettext_lazy("back to announced"),
    Stage.COMMITTED: gettext_lazy("back to committed"),
    Stage.ALLOCATED: gettext_lazy("back to allocated"),
    Stage.DISBURSED: gettext_lazy("back to disbursed"),
    Stage.DELIVERED: gettext_lazy("back to delivered"),
}
# A step in one line: “allocated 24 January 2024”, “allocated (date not stated)”.
STEP = pgettext_lazy("a stage with its date", "{stage} {date}")
UNDATED_STEP = pgettext_lazy("a stage without a date", "{stage} {date}")
PAID_OUT = (Instrument.GRANT, Instrument.LOAN, Instrument.GUARANTEE)
HANDED_OVER = (Instrument.IN_KIND, Instrument.SERVICE)


def is_step_back(before, after):
    """Whether the step to the stage `after` takes back something of the stage `before` (None for a first step): it
    stands lower, is a cancellation, or follows one."""
    if before is None or before == after:
        return False
    if Stage.CANCELLED in (before, after):
        return True
    return LADDER.index(after) < LADDER.index(before)


def steps_back(steps):
    """Those of a pledge's steps, given in order, that are steps back."""
    before = None
    for step in steps:
        if is_step_back(before, step.stage):
            yield step
        before = step.stage


@dataclass(frozen=True)
class Rung:
    """One step of a ladder for readers: its stage with its date, as a Reading or as the words why there is none."""

    stage: Stage
    date: Reading | None
    why_undated: str
    step: PledgeStage | None = None
    amount: Reading | None = None
    is_back: bool = False
    # The date is the day on which the pledge was announced, as the pledge itself has it.
    is_of_pledge: bool = False

    @property
    def verb(self):
        """The stage as a sentence goes on with it: "allocated", "back to allocated"."""
        return str(BACK_TO.get(self.stage) if self._goes_back else self.stage.label).lower()

    @property
    def _goes_back(self):
        return self.is_back and self.stage != Stage.CANCELLED

    @property
    def undated(self):
        """That it has no date, and why: "(date not stated)"."""
        why = pgettext("why there is no date", "date %(why)s") % {"why": self.why_undated}
        return f"({why})"

    @property
    def wording(self):
        """The source's own verb for the stage, or ""."""
        return self.step.wording if self.step else ""

    @property
    def why(self):
        """Why it steps back, in the editors' words; "" where it does not."""
        return self.step.back_why if self.step and self.is_back else ""


@dataclass(frozen=True)
class Ladder:
    """The steps of one pledge in order, `ahead` what it has not reached, and `passed` what it has passed without a
    step of its own: both not stated, which is not to say that they did not happen."""

    rungs: tuple[Rung, ...]
    ahead: tuple[Stage, ...]
    passed: tuple[Stage, ...]

    @property
    def not_reached(self):
        """ "disbursement and delivery not stated", or "" """
        if not self.ahead:
            return ""
        return str(NOT_REACHED.get(self.ahead) or ", ".join(str(NOT_REACHED[stage,]) for stage in self.ahead))

    @property
    def line(self):
        """All of it as plain text: "Announced 24 January 2024, allocated (date not stated), delivery not stated"."""
        parts = []
        for rung in self.rungs:
            if rung.date:
                told = str(STEP).format(stage=rung.verb, date=rung.date.text)
            else:
                told = str(UNDATED_STEP).format(stage=rung.verb, date=rung.undated)
            parts.append(f"{told} ({rung.amount.text})" if rung.amount else told)
        if self.not_reached:
            parts.append(self.not_reached)
        return formats.capitalised(", ".join(parts))


def ladder_of(pledge, steps, bases=None, announced_basis=""):
    """The Ladder of a pledge from its steps in order. `bases` gives the basis of each step's date by the step's
    number, `announced_basis` that of the pledge's own date of announcement.

    Where no step is the announcement, the day on which the pledge was announced begins the ladder; where the first
    step is and has no date of its own, it has that day.
    """
    bases = bases or {}
    rungs, back = [], {step.pk for step in steps_back(steps)}
    announced = date_reading(pledge.announced_on, announced_basis or "") if pledge.announced_on else None
    if announced and steps and all(step.stage != Stage.ANNOUNCED for step in steps):
        rungs.append(Rung(Stage.ANNOUNCED, announced, "", is_of_pledge=True))
    for number, step in enumerate(steps):
        unknown = step.unknown("on")
        if announced and not step.on and number == 0 and step.stage == Stage.ANNOUNCED:
            rungs.append(Rung(Stage.ANNOUNCED, announced, "", step, _amount(step), is_of_pledge=True))
            continue
        rungs.append(
            Rung(
                Stage(step.stage),
                date_reading(step.on, bases.get(step.pk) or "") if step.on else None,
                str(unknown.label) if unknown else gettext("not stated"),
                step,
                _amount(step),
                step.pk in back,
            )
        )
    return Ladder(tuple(rungs), *_not_stated(pledge, rungs))


def _amount(step):
    return money_reading(step.amount, step.currency) if step.amount is not None else None


def _not_stated(pledge, rungs):
    """(the stages ahead, those that were passed without a step) of which nothing is told."""
    reached = rungs[-1].stage if rungs else None
    if reached is None or reached == Stage.CANCELLED:
        return (), ()
    had, at = {rung.stage for rung in rungs}, LADDER.index(reached)
    ends = {Stage.DISBURSED, Stage.DELIVERED}
    if pledge.instrument in PAID_OUT:
        ends = {Stage.DISBURSED}
    elif pledge.instrument in HANDED_OVER:
        ends = {Stage.DELIVERED}
    ahead = tuple(stage for stage in LADDER[at + 1 :] if stage in ends and stage not in had)
    passed = tuple(stage for stage in LADDER[:at] if stage not in had and stage not in ends | {Stage.ANNOUNCED})
    return ahead, passed


def steps_shown(public=EVERYTHING):
    """The prefetch that brings each pledge of a list its public steps with the basis of their dates, as
    `steps_shown`: `ladder_in_list` needs no query then."""
    basis = Claim.objects.filter(stage_step=OuterRef("pk"), field="on", rank=Rank.PREFERRED)
    steps = public.of(PledgeStage.objects.all()).annotate(on_basis=Subquery(public.of(basis).values("basis")[:1]))
    return Prefetch("stages", steps.order_by("pledge", "position"), to_attr="steps_shown")


def ladder_in_list(pledge):
    """The Ladder of a pledge whose steps came with `steps_shown`; None for one whose steps did not."""
    steps = getattr(pledge, "steps_shown", None)
    if steps is None:
        return None
    bases = {step.pk: step.on_basis for step in steps}
    return ladder_of(pledge, steps, bases, getattr(pledge, "announced_on_basis", ""))
