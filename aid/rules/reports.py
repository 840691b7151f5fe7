"""What readers' reports are held against: how many may come, and how one may end."""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from aid.choices import ReportState
from aid.models.corrections import Correction
from aid.models.reports import LONGEST_REASON, Report

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


# How many may come


class Limit(NamedTuple):
    """How many reports may come of one kind of thing within an hour or a day of the clock, in UTC."""

    of: str
    lasts: timedelta
    most: int

    def ends_at(self, at):
        """The end of the hour or the day that a moment lies in."""
        at = at.astimezone(UTC)
        if self.lasts == HOUR:
            return at.replace(minute=0, second=0, microsecond=0) + HOUR
        return datetime.combine(at.date(), time(), UTC) + DAY


FROM_AN_ADDRESS = (Limit("from {}", HOUR, 5), Limit("from {} on the day", DAY, 15))
ON_A_THING = Limit("on {}", HOUR, 20)
IN_ALL = Limit("all", HOUR, 200)


class TooMany(Exception):
    """No more reports may come until a moment. `told` says so to the reader."""

    def __init__(self, limit, until):
        super().__init__(limit.of)
        self.limit, self.until = limit, until

    @property
    def told(self):
        if self.limit in FROM_AN_ADDRESS:
            return _("As many reports as can be taken have come from your internet connection for now.")
        if self.limit == ON_A_THING:
            return _("As many reports as can be taken have come about this for now.")
        return _("As many reports as the desk can take have come for now.")


def limits_for(sender, mark):
    """What a report from a sender, a hash or "" where nobody knows, about the thing of a mark is counted under:
    [(limit, the name that it is counted under)]. Always in the same order, so that two that come at once never wait
    for one another."""
    mine = [(limit, limit.of.format(sender)) for limit in FROM_AN_ADDRESS] if sender else []
    return [*mine, (ON_A_THING, ON_A_THING.of.format(mark)), (IN_ALL, IN_ALL.of)]


# How one may end


class End(NamedTuple):
    """How the desk ends a report: as what, by which correction or as which other one's duplicate, and what the reader
    is told besides."""

    state: str
    reason: str = ""
    correction: Correction | None = None
    duplicate_of: Report | None = None


class Reason(NamedTuple):
    """One thing that speaks against an end, at the field it is about, as a sentence that says what to do."""

    field: str
    code: str
    message: str


def ends_of(report):
    """The states that a report can end in."""
    found = [ReportState.CORRECTED, ReportState.REFUSED, ReportState.DUPLICATE]
    # Of the site itself there is nothing that a correction could be about.
    return [ReportState.ANSWERED, *found[1:]] if not report.claim_key and not report.article_id else found


def reasons_against(report, end, at):
    """Everything that speaks against ending a report so at a moment."""
    if not report.is_open:
        yield Reason(None, "ended", "This report has ended, and its reader may have read how. It stays as it is.")
        return
    if end.state not in ends_of(report):
        yield Reason("state", "state", "Choose how it ends.")
        return
    if len(end.reason) > LONGEST_REASON:
        yield Reason("reason", "long", f"Write {LONGEST_REASON} characters at most.")
    if end.state == ReportState.CORRECTED:
        if end.correction is None:
            yield Reason("correction", "correction", "Choose the correction, or make it first.")
        elif end.correction.decided_at > at:
            yield Reason("correction", "to_come", "Readers do not have this correction yet. End the report then.")
    elif end.state == ReportState.DUPLICATE:
        if end.duplicate_of is None:
            yield Reason("duplicate_of", "duplicate_of", "Choose the report that it repeats.")
        elif end.duplicate_of.leads == report:
            yield Reason("duplicate_of", "itself", "That one repeats this one. Choose another.")
    elif not end.reason.strip():
        yield Reason("reason", "reason", "Write the reason: the reader is told it.")
