"""The pages on how this site works: what each is about, and when what it says was last changed.

A leaf: pages, their frame and the foot of every page read it.
"""

from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Policy(NamedTuple):
    """One page on how the site works. `changed_on` is the day on which what it says was last changed."""

    view: str
    name: str
    about: str
    changed_on: date

    @property
    def address(self):
        return reverse(self.view)


POLICIES = (
    Policy(
        "about",
        _("How to read these pages"),
        _("What stated and inferred mean, and how unknowns, stages and dates are shown."),
        date(2026, 11, 22),
    ),
    Policy(
        "method",
        _("How totals are made"),
        _("What a total counts and what it leaves out, in the ledger’s own numbers."),
        date(2026, 11, 22),
    ),
    Policy(
        "corrections-policy",
        _("Corrections policy"),
        _("What is corrected and how it is told, and what becomes of what readers report."),
        date(2026, 11, 22),
    ),
    Policy(
        "sources-policy",
        _("Sources policy"),
        _("Which documents count, how they are kept, and who checks what is read in them."),
        date(2026, 11, 22),
    ),
    Policy(
        "accessibility",
        _("Accessibility"),
        _("What is tested and how, what falls short, and how to report a barrier."),
        date(2026, 11, 22),
    ),
    Policy(
        "privacy",
        _("Privacy"),
        _("No cookie, no tracking, no third party; what the server sees and what is kept of a report."),
        date(2026, 11, 22),
    ),
    Policy("contact", _("Contact"), _("How to reach the desk and how to report an error."), date(2026, 11, 22)),
)
BY_VIEW = {policy.view: policy for policy in POLICIES}
