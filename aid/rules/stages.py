"""Rules of a pledge's stages: they lead to the stage reached, and a step back says why."""

from aid.models import Pledge
from aid.queries.ladder import steps_back
from aid.rules.breaches import Breach, batches

NO_REASON = (
    "It stands lower than the step before, is a cancellation, or follows one. Write why, for readers: what the "
    "source says, or what was wrong before."
)
NO_STEP_BACK = "This step does not stand lower than the one before. Clear the reason of the step back."


def reasons_against_steps(steps):
    """(step, code, sentence) for each of a pledge's steps, given in order, that steps back without a reason, or has
    a reason and does not step back."""
    back = list(steps_back(steps))
    for step in steps:
        is_back = any(step is one for one in back)
        if is_back and not step.back_why.strip():
            yield step, "step_back", NO_REASON
        elif step.back_why and not is_back:
            yield step, "no_step_back", NO_STEP_BACK


def stages_lead_to_the_stage_reached():
    for batch in batches(Pledge.objects.prefetch_related("stages")):
        for pledge in batch:
            steps = sorted(pledge.stages.all(), key=lambda step: step.position)
            if not steps:
                yield Breach("stage-missing", pledge, "it has no stage. Add the first step.")
            elif steps[-1].stage != pledge.stage:
                yield Breach(
                    "stage-off", pledge, f"it is filed as {pledge.stage}, but its last step is {steps[-1].stage}."
                )


def steps_back_say_why():
    for batch in batches(Pledge.objects.prefetch_related("stages")):
        for pledge in batch:
            steps = sorted(pledge.stages.all(), key=lambda step: step.position)
            for step, code, sentence in reasons_against_steps(steps):
                yield Breach(code.replace("_", "-"), step, sentence[:1].lower() + sentence[1:])
