"""The ladder of one thing: its steps in order, each as far to the right as the stage stands high."""

from dataclasses import dataclass

from aid.drawing.svg import LINE, SIZE, SMALL, WIDE, Canvas, lines_of

RADIUS = 8
ROW = 58


@dataclass(frozen=True)
class Step:
    """One step: its stage and how high that stands (0 for the lowest), what is written beneath it, whether its date
    is known, whether it steps back, and whether it lies ahead and nobody says so."""

    name: str
    height: int
    told: str
    is_dated: bool = True
    is_back: bool = False
    is_ahead: bool = False


def ladder(steps, width=WIDE):
    canvas = Canvas(width)
    highest = max((step.height for step in steps), default=0)
    indent = min(70, (width * (0.3 if canvas.is_narrow else 0.45)) / max(highest, 1))
    x = y = None
    for number, step in enumerate(steps):
        at, top = RADIUS + 3 + step.height * indent, 22 + number * ROW
        if x is not None:
            name = "graphic__way graphic__way--ahead" if step.is_ahead else "graphic__way"
            canvas.path(f"M{x:.1f} {y + RADIUS:.1f}V{top:.1f}H{at - RADIUS if at > x else at + RADIUS:.1f}"
                        if at != x else f"M{x:.1f} {y + RADIUS:.1f}V{top - RADIUS:.1f}", name)  # fmt: skip
            if step.is_back:
                canvas.path(f"M{at + RADIUS + 9:.1f} {top - 5:.1f}l-8 5l8 5", "graphic__arrow")
        x, y = at, top
        canvas.group(f"{step.name}: {step.told}")
        kind = " graphic__step--ahead" if step.is_ahead else "" if step.is_dated else " graphic__step--undated"
        canvas.circle(x, y, RADIUS, f"graphic__step{kind}", "" if step.is_dated and not step.is_ahead else "unknown")
        left = x + RADIUS + (22 if step.is_back else 12)
        canvas.text(left, y + SIZE * 0.35, step.name, "graphic__heading")
        for line, words in enumerate(lines_of(step.told, canvas.width - left, SMALL)[:2]):
            canvas.text(left, y + SIZE * 0.35 + LINE * (line + 1), words, "", size=SMALL)
        canvas.end()
    canvas.height = 22 + (len(steps) - 1) * ROW + LINE * 2 + SIZE if steps else 1
    return canvas
