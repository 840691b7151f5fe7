"""The totals of a set of pledges out of the index of all (queries/facets.py): the same sums as queries/totals.py
makes of their rows, for sets that are too large to be read row by row at each request.

What lies in nothing, follows nothing and is about its whole amount counts by itself, so that it is added up in one
pass over the index. The few others are judged as ever (queries/counting.py).
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import compress

from aid.choices import Basis, Stage, Unknown
from aid.models.pledges import Valuation
from aid.queries.counting import Entry, Judged, Verdict
from aid.queries.facets import bits_of, members
from aid.queries.totals import Days, StageTotal, Sum, in_order_of_stages

# Of an index of pledges: those whose date says that it is uncertain, and the basis of each one's date.
DOUBTED, DATE_BASIS = "date_is_doubted", "date_basis"
# The columns of the index that totals are made of.
COLUMNS = (
    "stage", "currency", "amount", "amount_unknown", "announced_on_earliest", "announced_on_latest", "announced_on",
    "part_of_id", "supersedes_id",
)  # fmt: skip


def tied_rows(index):
    """(pledge, what it is part of, what it takes the place of) of those of an index that are or do one of the two."""
    if "tied" not in index.columns:
        rows = zip(index.numbers, index.columns["part_of_id"], index.columns["supersedes_id"], strict=True)
        index.columns["tied"] = sorted(row for row in rows if row[1] or row[2])
    return index.columns["tied"]


class Summing:
    """Adds up sets of the pledges of an index, as readers have them. One query for any number of sets, that which
    `counting` reads once, and where a currency is `chosen` those of its rates and of the equivalents' days."""

    def __init__(self, facets, counting, chosen=None):
        self.index, self.is_kept = facets.index, facets.is_kept
        self.counting, self.public, self.chosen = counting, counting.public, chosen

    @cached_property
    def _tied(self):
        return self.index.of_numbers(self.counting.tied)

    @cached_property
    def _sets(self):
        """What the index holds for all versions of its rows' totals, worked out once."""
        kept = self.index.columns.get("summing")
        if kept is None:
            kept = self.index.columns["summing"] = _Sets(self.index)
        return kept

    def judged(self, held):
        """The pledges of a set, each judged among the whole set."""
        return JudgedSet(self, held)

    def tied_in(self, held):
        """The Judged of those of a set that do not count by themselves."""
        return self.counting.judge(
            [self.entry(position) for position in _positions(held & self._tied, self.index.length)]
        )

    def entry(self, position):
        """The Entry of a row, with the amount of its last step where that has one."""
        whole = self.whole_entry(position)
        step = self.counting.step_amount(whole.pk)
        return whole._replace(amount=step[0], currency=step[1]) if step else whole

    def whole_entry(self, position):
        at = self.index.columns
        return Entry(
            self.index.numbers[position],
            *(at[name][position] for name in ("stage", "amount", "currency", "amount_unknown")),
        )

    def totals(self, held):
        """The StageTotals of a set, in order of stages, those of which nothing is counted included."""
        return self.totals_of({"": held}, {"": self.tied_in(held)})[""]

    def counted_totals(self, held):
        """The StageTotals of a set, without those of which nothing is counted."""
        return [total for total in self.totals(held) if total.pledges]

    def totals_of(self, sets, judged):
        """{key: StageTotals} of several sets by key, each with the Judged of those in it that are tied."""
        found = {key: self._counted(held & ~self._tied) for key, held in sets.items()}
        for key, held in sets.items():
            self._add_amounts(found[key], held & ~self._tied)
        for key, those in judged.items():
            for one in those:
                found[key].setdefault(one.entry.stage, StageTotal(Stage(one.entry.stage))).add(one)
        if self.chosen:
            self._convert(found, sets, judged)
        return {key: in_order_of_stages(totals) for key, totals in found.items()}

    def _counted(self, alone):
        """{stage: StageTotal} of what counts by itself, with all numbers and no amounts."""
        found, sets = {}, self._sets
        for stage, at in self.index.sets["stage"].items():
            here = alone & at
            number = here.bit_count()
            if not number:
                continue
            found[stage] = total = StageTotal(Stage(stage))
            if stage == Stage.CANCELLED:
                total.left_out[Verdict.CANCELLED] = number
                continue
            total.known = (here & sets.known).bit_count()
            total.unknown = number - total.known
            total.not_stated = (here & sets.not_stated).bit_count()
        return found

    def _add_amounts(self, totals, alone):
        adding = alone & self._sets.known & ~self._sets.cancelled
        sums = self._sums(adding, self._sets.keys, self.index.columns["amount"])
        for (stage, currency), amount in sums.items():
            totals[stage].amounts[currency] = amount

    def _sums(self, adding, keys, amounts):
        """{key: the sum of the amounts of a set's rows with that key}."""
        length, sums = self.index.length, defaultdict(int)
        if adding.bit_count() * 20 < length:
            for position in _positions(adding, length):
                sums[keys[position]] += amounts[position]
        else:
            for key, amount in compress(zip(keys, amounts, strict=True), members(adding, length)):
                sums[key] += amount
        return sums

    # In the chosen currency

    def _convert(self, found, sets, judged):
        """Gives each StageTotal what its amounts come to in the chosen currency, each converted by itself."""
        days = self._days([one.entry for those in judged.values() for one in those])
        counting = ~self._tied & self._sets.known & ~self._sets.cancelled
        for key, totals in found.items():
            for total in totals.values():
                total.in_chosen = Sum(self.chosen.currency)
            adding = sets[key] & counting
            for stage, amount in self._sums(
                adding & self._converted.held, self.index.columns["stage"], self._converted.amounts
            ).items():
                totals[stage].in_chosen.amount += amount
            for stage, at in self.index.sets["stage"].items() if adding else ():
                here = adding & at
                if here:
                    totals[stage].in_chosen.converted += (here & self._converted.held).bit_count()
                    for why, those in self._converted.without.items():
                        if number := (here & those).bit_count():
                            totals[stage].in_chosen.without[why] += number
            for one in judged[key]:
                if one.verdict == Verdict.COUNTED:
                    days.add(totals[one.entry.stage].in_chosen, one.entry)

    @cached_property
    def _converted(self):
        """The amounts of all rows in the chosen currency. Kept with the index, unless an embargo keeps something back
        that a rate or a day could rest on."""
        place = f"in {self.chosen.currency}"
        if place in self.index.columns:
            return self.index.columns[place]
        known = self._sets.known
        entries = [self.whole_entry(position) for position in _positions(known, self.index.length)]
        days, amounts, why_not = self._days(entries), [None] * self.index.length, defaultdict(list)
        for entry in entries:
            position = self.index.position[entry.pk]
            amount, _, _, why = days.told(entry)
            if why:
                why_not[why].append(entry.pk)
            else:
                amounts[position] = amount
        without = {why: self.index.of_numbers(numbers) for why, numbers in why_not.items()}
        held = known
        for those in without.values():
            held &= ~those
        found = _Converted(amounts, held, without)
        if self.is_kept and not self.public.hidden:
            self.index.columns[place] = found
        return found

    def _days(self, entries):
        """The Days of these Entries, with their rates."""
        days, columns, position = Days(self.chosen), self.index.columns, self.index.position
        inferred = bits_of(self.index.sets[DATE_BASIS].get(Basis.INFERRED.value, 0), self.index.length)
        for entry in entries:
            at = position[entry.pk]
            days.set_day(
                entry.pk,
                self.counting.step_dates(entry.pk),
                columns["announced_on_earliest"][at],
                columns["announced_on_latest"][at],
                self._checked_on.get(entry.pk),
                columns["announced_on"][at],
                Basis.INFERRED if inferred[at] == "1" else "",
            )
        days.expect(entries)
        return days

    @cached_property
    def _checked_on(self):
        """{pledge: the first day at which a stated equivalent of it is held}. One query."""
        held = self.public.of(Valuation.objects.filter(rate_on__isnull=False)).order_by("-rate_on")
        return dict(held.values_list("pledge", "rate_on"))


@dataclass(frozen=True)
class _Converted:
    """The amounts of an index's rows in one currency, the set of those that have one, and {why not: set}."""

    amounts: list
    held: int
    without: dict


class _Sets:
    """What the sums of an index's pledges begin with."""

    def __init__(self, index):
        columns = index.columns
        self.known = index.sets["amount"].get("stated", 0)
        self.cancelled = index.sets["stage"].get(Stage.CANCELLED.value, 0)
        self.not_stated = index.of_numbers(
            number
            for number, unknown in zip(index.numbers, columns["amount_unknown"], strict=True)
            if unknown == Unknown.NOT_STATED
        )
        # One object for each pair, so that pairs are found without being compared.
        pairs = {}
        self.keys = [pairs.setdefault(pair, pair) for pair in zip(columns["stage"], columns["currency"], strict=True)]


class JudgedSet:
    """{number: Judged} of the pledges of a set, judged one by one as they are asked for."""

    def __init__(self, summing, held):
        self._summing, self.held = summing, held
        self._tied = {one.entry.pk: one for one in summing.tied_in(held)}

    @property
    def counting(self):
        return self._summing.counting

    def with_status(self, status, of_step):
        """The set of those with a status of a total's rows; `of_step` stands for what counts with its last step's
        amount."""
        summing, sets = self._summing, self._summing._sets
        alone = self.held & ~summing._tied
        if status == Verdict.COUNTED.status:
            found = alone & sets.known & ~sets.cancelled
        elif status == Verdict.UNKNOWN.status:
            found = alone & ~sets.known & ~sets.cancelled
        else:
            found = alone & sets.cancelled if status == Verdict.CANCELLED.status else 0
        return found | summing.index.of_numbers(
            number for number, one in self._tied.items() if self._has_status(one, status, of_step)
        )

    def _has_status(self, judged, status, of_step):
        if status == of_step:
            counting = self._summing.counting
            return judged.verdict == Verdict.COUNTED and counting.step_dates(judged.entry.pk) is not None
        return judged.verdict.status == status

    def __getitem__(self, number):
        if number in self._tied:
            return self._tied[number]
        entry = self._summing.entry(self._summing.index.position[number])
        if entry.stage == Stage.CANCELLED:
            return Judged(entry, Verdict.CANCELLED)
        return Judged(entry, Verdict.UNKNOWN if entry.amount is None else Verdict.COUNTED)


def _positions(held, length):
    """The positions of the rows of a set that holds few of all."""
    bits = bits_of(held, length)
    at = bits.find("1")
    while at >= 0:
        yield at
        at = bits.find("1", at + 1)
