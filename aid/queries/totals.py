"""Sums of pledges that can be defended: one stage, one currency, nothing counted twice, unknowns said."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext

from aid.choices import Basis, Stage, Unknown
from aid.models.pledges import Pledge
from aid.money import Money, converted
from aid.queries.chosen import day_of, with_checked_on
from aid.queries.counting import Counting, Verdict, told
from aid.queries.public import EVERYTHING, Listed
from aid.queries.readings import with_basis


@dataclass
class Sum:
    """Amounts converted one by one, each at the rates of its own day, and added up. `without` says how many could not
    be, by the reason why."""

    currency: str
    amount: Decimal = Decimal(0)
    converted: int = 0
    without: Counter = field(default_factory=Counter)

    @property
    def is_least(self):
        return bool(self.without)

    @property
    def left_aside(self):
        return self.without.total()

    @property
    def reasons(self):
        """[(why not converted, of how many)], the most frequent first."""
        return self.without.most_common()


@dataclass
class StageTotal:
    """What the pledges at one stage come to: an amount per currency, and how many amounts are unknown.

    `left_out` says how many of the set at this stage are not counted, by Verdict.
    """

    stage: Stage
    amounts: dict[str, Decimal] = field(default_factory=dict)
    known: int = 0
    unknown: int = 0
    not_stated: int = 0
    left_out: Counter = field(default_factory=Counter)
    # What the amounts come to in the currency that the reader has chosen; None where none is chosen.
    in_chosen: "Sum | None" = field(default=None, compare=False)
    # Where the page of the rows stands. Whoever shows the total says so.
    address: str = field(default="", compare=False)

    @property
    def unknown_word(self):
        """How the unknown amounts are to be called: "not stated" only if that is the reason for each of them."""
        return gettext("not stated") if self.not_stated == self.unknown else gettext("not known")

    @property
    def pledges(self):
        return self.known + self.unknown

    @property
    def is_least(self):
        """The amounts are a lower bound, because some are unknown, or lie in one another without an end."""
        return self.unknown > 0 or self.left_out[Verdict.CIRCLE] > 0

    @property
    def left_out_number(self):
        return self.left_out.total()

    @property
    def reasons(self):
        """[(number, why that many are left out)], the most frequent first."""
        return told(self.left_out)

    def add(self, judged):
        entry = judged.entry
        if judged.verdict == Verdict.COUNTED:
            self.amounts[entry.currency] = self.amounts.get(entry.currency, Decimal(0)) + entry.amount
            self.known += 1
        elif judged.verdict == Verdict.UNKNOWN:
            self.unknown += 1
            self.not_stated += entry.unknown == Unknown.NOT_STATED
        else:
            self.left_out[judged.verdict] += 1


def sums(judged):
    """The StageTotals of one set, in order of stages, those of which nothing is counted included."""
    found = {}
    for one in judged:
        stage = one.entry.stage
        if stage not in found:
            found[stage] = StageTotal(Stage(stage))
        found[stage].add(one)
    return in_order_of_stages(found)


def in_order_of_stages(found):
    """The StageTotals of {stage: StageTotal} in order of stages, each with its currencies in order."""
    for total in found.values():
        total.amounts = dict(sorted(total.amounts.items()))
    return [found[stage] for stage in Stage.values if stage in found]


def totals_by_stage(pledges, public=EVERYTHING, counting=None, chosen=None):
    """The totals of those of the pledges that are public, a StageTotal a stage, in order of stages, without those
    of which nothing is counted. One query, one more where pledges lie in or follow one another, and two that a
    `counting` reads once for several sets.

    What `Counting` leaves out is left out; valuations are never added; currencies stand beside each other. With a
    currency `chosen` each amount is also converted by itself: one query for all, and what the rates cost.
    """
    counting = counting or Counting(public)
    if chosen:
        found = sums_of(pledges, public, counting, chosen)
        return [total for total in found if total.pledges]
    tied = counting.tied
    # A filter over the rows beside a pledge can find it several times.
    rows = Pledge.objects.filter(pk__in=public.of(pledges).order_by().values("pk"))
    found = {total.stage: total for total in sums(counting.judge(counting.entries_of(rows, tied)))} if tied else {}
    # What lies in nothing, follows nothing and is about its whole amount counts by itself: the database adds it up.
    alone = rows.exclude(pk__in=Listed(tied)) if tied else rows
    for row in (
        alone.exclude(stage=Stage.CANCELLED)
        .order_by()
        .values("stage", "currency")
        .annotate(amount_sum=models.Sum("amount"), known=Count("amount"), rows=Count("pk"))
        .annotate(not_stated=Count("pk", filter=Q(amount_unknown=Unknown.NOT_STATED)))
    ):
        total = found.setdefault(row["stage"], StageTotal(Stage(row["stage"])))
        if row["known"]:
            total.amounts[row["currency"]] = total.amounts.get(row["currency"], Decimal(0)) + row["amount_sum"]
            total.known += row["known"]
        total.unknown += row["rows"] - row["known"]
        total.not_stated += row["not_stated"]
    return [total for total in in_order_of_stages(found) if total.pledges]


def sums_of(pledges, public=EVERYTHING, counting=None, chosen=None):
    """The StageTotals of those of the pledges that are public, those of which nothing is counted included. One
    query, two that a `counting` reads once, and what the rates of a `chosen` currency cost."""
    counting = counting or Counting(public)
    rows, days = Days.read(counting, pledges, chosen)
    judged = counting.judge([entry for entry, _ in rows])
    found = sums(judged)
    days.convert([(judged, found)])
    return found


class Days:
    """The days at whose rates the pledges of a set are converted, where a currency is chosen."""

    COLUMNS = ("announced_on_earliest", "announced_on_latest", "checked_on", "announced_on", "announced_on_basis")

    def __init__(self, chosen):
        self.chosen, self._days, self._units = chosen, {}, {}

    @classmethod
    def read(cls, counting, pledges, chosen, *columns):
        """The set's [(Entry, values of the columns)], and its Days. One query, besides what is read once."""
        days = cls(chosen)
        if not chosen:
            return counting.entries(pledges, *columns), days
        dated = with_basis(with_checked_on(pledges, counting.public), "announced_on", public=counting.public)
        rows, more = counting.entries(dated, *cls.COLUMNS, *columns), len(cls.COLUMNS)
        for entry, values in rows:
            days._days[entry.pk] = cls._day(counting.step_dates(entry.pk), *values[:more])
        return [(entry, values[more:]) for entry, values in rows], days

    def set_day(self, pk, step, earliest, latest, checked_on, text, basis):
        """Says what a pledge's day is found from: the (first day, last day, text) of its last step, or None, and what
        its announcement says."""
        self._days[pk] = self._day(step, earliest, latest, checked_on, text, basis)

    @staticmethod
    def _day(step, earliest, latest, checked_on, text, basis):
        if step:
            first, last, written = step
            own = day_of(first, last, None, written)
            if own.day:
                return own
        return day_of(earliest, latest, checked_on, text, basis == Basis.INFERRED)

    def convert(self, sets):
        """Adds to the totals of each (Judged of a set, its StageTotals) what they come to in the chosen currency."""
        if not self.chosen:
            return
        self.expect(one.entry for judged, _ in sets for one in judged if one.verdict == Verdict.COUNTED)
        for judged, totals in sets:
            by_stage = {total.stage: total for total in totals}
            for total in totals:
                total.in_chosen = Sum(self.chosen.currency)
            for one in judged:
                if one.verdict == Verdict.COUNTED:
                    self.add(by_stage[one.entry.stage].in_chosen, one.entry)

    def expect(self, entries):
        """Reads the rates for these Entries together."""
        if self.chosen:
            known = [entry for entry in entries if entry.amount is not None]
            self.chosen.read({(entry.currency, self._days[entry.pk].day) for entry in known})

    def told(self, entry):
        """(amount in the chosen currency, that currency, day of the rate or "", why it is not converted or "")."""
        currency, day = self.chosen.currency, self._days[entry.pk]
        if entry.currency == currency:
            return entry.amount, currency, "", ""
        if day.day is None:
            return "", "", "", day.why
        at = self._at(entry.currency, day.day)
        if at is None:
            return "", "", "", gettext("no rate of its day is kept here")
        return converted(entry.amount, at.rates[entry.currency], at.rates[currency]), currency, at.day.isoformat(), ""

    def add(self, found, entry):
        """Adds an Entry's amount to a Sum, or the reason why it is not converted."""
        amount, _, _, why_not = self.told(entry)
        if why_not:
            found.without[why_not] += 1
        else:
            found.amount += amount
            found.converted += 1

    def _at(self, currency, day):
        """One unit of a currency at the rates of a day, as Converted, or None. Kept, since many amounts share it."""
        if (currency, day) not in self._units:
            self._units[currency, day] = self.chosen.convert(Money(Decimal(1), currency), day)
        return self._units[currency, day]
