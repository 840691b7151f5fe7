"""/design/: the colours, the type and the components of the public pages, each with its name and its use.

The rows that it shows are invented, say so, and are stored nowhere. Their links lead back to the example that
they stand in.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation
from django.utils.safestring import mark_safe

from aid.choices import Basis, CorrectionKind, Stage, Unknown
from aid.models import Correction, Party, Pledge
from aid.queries.figures import Figure
from aid.queries.readings import money_reading
from aid.queries.this_week import News
from aid.queries.totals import StageTotal
from aid.views.pages import page, public_page

COLOURS = (
    ("paper", "behind everything"),
    ("raised", "behind what stands apart: notices, what is not known"),
    ("ink", "text, and the lines that divide a page"),
    ("soft", "what stands beside a figure: labels, dates, notes"),
    ("rule", "lines within a list"),
    ("accent", "what can be followed, and nothing else"),
    ("mark", "the sentence that a figure rests on"),
    ("mark-line", "the figure in a text, and the mark"),
    ("warn", "where evidence differs, or something is still being checked"),
)
TYPE = ("4xl", "3xl", "2xl", "xl", "l", "read", "body", "m", "s", "xs", "2xs")
ENTRIES, ENTRY, FACTS, NEWS = (
    ('<ol class="entries">', "</ol>"),
    ('<ol class="entries"><li class="entry entry--pledge">', "</li></ol>"),
    ('<dl class="facts">', "</dl>"),
    ('<ol class="news">', "</ol>"),
)
SPACE = ("1", "2", "3", "4", "5", "6", "7")

ADDRESS = re.compile(r'\b(href|action)="[^"]*"')
IDENTITY = re.compile(r'\b(id|for|aria-labelledby)="([^"]*)"')


@dataclass(frozen=True)
class Sample:
    """A component with an example. `html` is made by the component's own template."""

    template: str
    use: str
    context: dict = field(default_factory=dict)
    # What it stands in on its pages, where it cannot stand alone: (beginning, end).
    around: tuple = ("", "")

    @property
    def key(self):
        return "part-" + self.template.rpartition("/")[2].partition(".")[0].replace("_", "-")

    @property
    def html(self):
        made = render_to_string(self.template, self.context)
        made = ADDRESS.sub(rf'\1="#{self.key}"', made)
        # The templates have escaped what they were given; only addresses were put in since, which are our own.
        begin, end = self.around
        return mark_safe(begin + IDENTITY.sub(rf'\1="{self.key}--\2"', made) + end)


def samples():
    """The Samples, in the order in which a reader meets them. No query: nothing of it is stored."""
    when = datetime(2031, 5, 6, 9, 30, tzinfo=UTC)
    donor, recipient = Party(name="Examplia", slug="examplia"), Party(name="Sampleland", slug="sampleland")
    # With a number, for a correction asks for that of what it is about; no row of the number is read.
    pledge = Pledge(
        pk=1,
        slug="example",
        title="Example: generators for hospitals",
        donor=donor,
        recipient=recipient,
        amount=Decimal(12_500_000),
        currency="EUR",
        stage=Stage.ALLOCATED,
        announced_on="2031-05-06",
        created_at=when,
    )
    pledge.announced_on_basis, pledge.steps_shown, pledge.stage_wording = "", [], "has set aside"
    unstated = Pledge(
        slug="example-unstated",
        title="Example: training, sum not stated",
        donor=donor,
        recipient=recipient,
        amount_unknown=Unknown.NOT_STATED,
        announced_on_unknown=Unknown.NOT_STATED,
        stage=Stage.ANNOUNCED,
        created_at=when,
    )
    unstated.announced_on_basis, unstated.steps_shown, unstated.stage_wording = "", [], ""
    correction = Correction(
        key="example",
        pledge=pledge,
        kind=CorrectionKind.CORRECTION,
        note="Example: the amount was given in the wrong currency.",
        was="USD 12.5 million",
        now="EUR 12.5 million",
        decided_at=when,
    )
    totals = [
        StageTotal(Stage.ANNOUNCED, {"EUR": Decimal(310_000_000), "USD": Decimal(45_000_000)}, 7, 2, 2, address="#"),
        StageTotal(Stage.ALLOCATED, {"EUR": Decimal(12_500_000)}, 1, address="#"),
    ]
    amount = money_reading(Decimal(12_500_000), "EUR")
    behind = [
        ("pledge", pledge.title, Figure(amount.text, "#", aloud=amount.aloud)),
        ("pledge", unstated.title, Figure("amount not stated", "#", is_unknown=True)),
    ]
    known = SimpleNamespace(anchor="amount", label="Amount", reading=amount, basis=Basis.STATED, said=(), status="")
    not_known = SimpleNamespace(
        anchor="fund",
        label="Fund",
        reading=None,
        said=(),
        unknown=Unknown.NOT_STATED.label,
        unknown_why="The sources were read for it and do not say.",
        status="",
    )
    offered = [("EUR", "Euro"), ("USD", "US Dollar")]
    return [
        Sample("includes/components/mark.html", "The mark: a figure, and the line from it to its sentence."),
        Sample(
            "aid/includes/breadcrumbs.html", "Where a page stands.", {"crumbs": [("Pledges", "#"), ("Example", "#")]}
        ),
        Sample(
            "aid/includes/chosen.html",
            "Amounts also in another currency; the source’s own always stands first.",
            {
                "chosen": SimpleNamespace(currency="EUR", offered=offered, sentence=""),
                "request": SimpleNamespace(path=""),
            },
        ),
        Sample("aid/includes/main_figures.html", "The figures that an article leads with.", {"behind": behind}),
        Sample(
            "aid/includes/totals.html",
            "Totals: one stage and one currency each, with what is not known.",
            {"totals": totals},
        ),
        Sample(
            "aid/includes/news_line.html",
            "One thing that is new this week.",
            {"new": News("pledge", when, pledge)},
            around=NEWS,
        ),
        Sample("aid/includes/pledge_line.html", "A pledge in a list.", {"pledge": pledge}, around=ENTRIES),
        Sample(
            "aid/includes/fact.html",
            "A field of a record: label, value, and its evidence beneath.",
            {"row": known},
            around=FACTS,
        ),
        Sample(
            "aid/includes/facts.html",
            "The fields of a record, one that is not known among them.",
            {"rows": [known, not_known]},
        ),
        Sample("aid/includes/unknowns.html", "What is not known, with the reason why.", {"rows": [not_known]}),
        Sample(
            "aid/includes/correction_line.html", "A correction in a list.", {"correction": correction}, around=ENTRIES
        ),
        Sample("aid/includes/was_now.html", "What a page said, and what it says now.", {"correction": correction}),
        Sample("aid/includes/corrections.html", "The corrections of one page.", {"corrections": [correction]}),
        Sample(
            "aid/includes/picture.html",
            "A picture with its words and its maker.",
            {
                "image": SimpleNamespace(alt="An invented picture", width=192, height=192, credit="Example"),
                "address": static("icons/icon-192.png"),
            },
        ),
        Sample(
            "aid/includes/as_of.html",
            "The line over a page of the past.",
            {"as_of": "6 May 2031", "now_address": "#", "canonical": "#"},
        ),
        Sample(
            "aid/includes/as_of_form.html",
            "The way into the past.",
            {"as_of_form": SimpleNamespace(address="#", kept=(), day="2031-05-06", last="2031-05-07")},
        ),
        Sample("aid/includes/more.html", "A list that goes on elsewhere.", {"has_more": True}),
        Sample(
            "aid/includes/preview.html",
            "The line over what readers do not have yet.",
            {"preview": SimpleNamespace(title="Preview.", text="Not published.", links=())},
        ),
        Sample(
            "aid/includes/reopened.html",
            "A claim that is being checked again.",
            {"claim": SimpleNamespace(source=SimpleNamespace(withdrawn_at=None), reopened_at=when, kept_why="")},
        ),
        Sample(
            "aid/includes/pledge_line_parts.html",
            "A pledge whose amount and day are not stated.",
            {"pledge": unstated},
            around=ENTRY,
        ),
        Sample(
            "aid/includes/badges.html",
            "What a value rests on.",
            {"row": SimpleNamespace(basis=Basis.INFERRED, evidence=SimpleNamespace(is_disputed=True))},
        ),
    ]


@public_page
def design(request):
    with translation.override("en"):
        context = {
            "colours": COLOURS,
            "type_steps": TYPE,
            "spaces": SPACE,
            "samples": [(sample, sample.html) for sample in samples()],
            "bases": Basis,
            "stages": Stage,
            "hero": money_reading(Decimal(12_500_000), "EUR"),
            "day": date(2031, 5, 6),
        }
        return page(request, "aid/design.html", context)
