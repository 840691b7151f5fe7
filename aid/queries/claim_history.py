"""What became of one claim: what it said, when, and what was changed, in words for readers.

From the lines of its history. Who changed it is not told, and no line that names something under embargo.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aid.choices import Basis, Rank
from aid.models.claims import PARTS, SUBJECTS, Claim
from aid.models.sources import Passage, Source
from aid.queries.claims import field_label_of, values_of
from aid.queries.history import PAUSE, former_table

ABOUT = (*SUBJECTS, *PARTS)


@dataclass(frozen=True)
class Step:
    """One save of a claim: when, and what it changed as sentences, each with the text that it ends with."""

    at: datetime
    told: tuple[tuple[str, str], ...]

    @property
    def written(self):
        """The moment as an address asks for it."""
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"

    @property
    def sentences(self):
        return [f"{sentence} {was}".strip() for sentence, was in self.told]


@dataclass(frozen=True)
class _State:
    """A claim as a line of its history has it, with the numbers of its passages; and whether it was about another
    record then, or about another part."""

    at: datetime
    claim: Claim
    passages: frozenset
    is_elsewhere: bool


def claim_history(claim, public):
    """The Steps of a claim, the oldest first; where no history is kept, the one in which it was recorded.

    Five queries, whatever the number of lines; one more for each kind of record that its values named.
    """
    states = _last_of_each_save(_states(claim, public))
    if not states:
        return [Step(claim.recorded_at, ((_("It was recorded."), ""),))]
    values = values_of([state.claim for state in states])
    sources = Source.objects.defer("text").in_bulk({state.claim.source_id for state in states} - {None})
    others = public.of(Claim.objects.all()).in_bulk({state.claim.replaced_by_id for state in states} - {None})
    words = _Words(values, sources, others)
    first = states[0]
    steps = [Step(first.at, ((_("It was recorded:"), words.value(first)),))]
    steps += [Step(now.at, tuple(words.between(was, now))) for was, now in pairwise(states)]
    return [step for step in steps if step.told]


# What stood when


def _states(claim, public):
    lines = list(claim.history.exclude(history_type="-").order_by("history_date", "history_id"))
    links = former_table(Claim._meta.get_field("passages"))._base_manager
    cited = {}
    for line, passage in links.filter(history__in=[line.pk for line in lines]).values_list(
        "history_id", "passage_id"
    ):
        cited.setdefault(line, set()).add(passage)
    sources = Passage.objects.in_bulk(set().union(*cited.values()))
    for number, line in enumerate(lines, 1):
        passages = frozenset(cited.get(line.pk, ()))
        rests_on = {line.source_id, *(sources[pk].source_id for pk in passages if pk in sources)}
        if public.may_tell(line, rests_on):
            is_elsewhere = any(getattr(line, f"{name}_id") != getattr(claim, f"{name}_id") for name in ABOUT)
            yield _State(line.history_date, _as_claim(line, claim, -number), passages, is_elsewhere)


def _as_claim(line, claim, number):
    """A line as a claim of its own, about the row that the claim is about now: what a value means depends on it."""
    columns = {
        column.attname: getattr(line, column.attname)
        for column in Claim._meta.concrete_fields
        if column.attname != "id"
    }
    former = Claim(pk=number, **columns)
    for name in ABOUT:
        setattr(former, name, getattr(claim, name))
    return former


def _last_of_each_save(states):
    """Of what was written at once, the last: a claim is saved first, and its passages after it."""
    kept = []
    for state in states:
        if kept and state.at - kept[-1].at <= PAUSE:
            kept.pop()
        kept.append(state)
    return kept


# In words


class _Words:
    """What differs between two states of a claim."""

    def __init__(self, values, sources, others):
        self._values, self._sources, self._others = values, sources, others

    def value(self, state):
        if state.is_elsewhere:
            return ""
        reading = self._values.get(state.claim.pk)
        return (reading.exact or reading.text) if reading else state.claim.value

    def between(self, was, now):
        """(sentence, the text that it ends with) of each difference that means something to a reader."""
        old, new = was.claim, now.claim
        if was.is_elsewhere or now.is_elsewhere:
            if was.is_elsewhere != now.is_elsewhere:
                yield _("Before, it was about another record, or about another part of one."), ""
        elif old.field != new.field:
            yield _("Before, it was about another field:"), f"{field_label_of(old)}."
        if (was.is_elsewhere, old.field, old.value) != (now.is_elsewhere, new.field, new.value):
            if not was.is_elsewhere:
                yield _("It said before:"), self.value(was)
            if not now.is_elsewhere:
                yield _("It says since then:"), self.value(now)
        yield from self._rank(old, new)
        if new.preferred_why and old.preferred_why != new.preferred_why:
            yield _("An editor preferred it to what other claims say:"), new.preferred_why
        if old.basis != new.basis:
            bases = {"old": Basis(old.basis).label, "new": Basis(new.basis).label}
            yield _("Its basis was changed"), _("from %(old)s to %(new)s.") % bases
        if old.wording != new.wording:
            yield _changed(WORDING, old.wording, new.wording)
        if old.reasoning != new.reasoning:
            yield _changed(REASONING, old.reasoning, new.reasoning)
        if old.source_id != new.source_id:
            sources = {"old": self._source(old), "new": self._source(new)}
            yield _("Its source was changed"), _("from %(old)s to %(new)s.") % sources
        if was.passages != now.passages:
            yield _("Other sentences of the source are cited than before."), ""
        if new.verified_at and old.verified_at != new.verified_at:
            yield _("A second person read the source and found it there."), ""
        elif old.verified_at and not new.verified_at:
            yield _("It has to be verified again."), ""

    def _rank(self, old, new):
        if new.rank == Rank.WITHDRAWN:
            if old.rank != new.rank:
                yield _("It was withdrawn:"), new.withdrawn_why
            elif old.withdrawn_why != new.withdrawn_why:
                yield _("The reason for the withdrawal was reworded. Before, it was:"), old.withdrawn_why
            other = self._others.get(new.replaced_by_id)
            if other is not None and old.replaced_by_id != new.replaced_by_id:
                yield _("Another claim holds instead:"), other.key
        elif old.rank == Rank.WITHDRAWN:
            yield _("It is no longer withdrawn. The reason had been:"), old.withdrawn_why
        elif old.rank != new.rank and new.rank == Rank.PREFERRED:
            yield _("It became the preferred claim: the record shows what it says."), ""
        elif old.rank != new.rank:
            yield _("It became an alternative: the record rests on another claim."), ""

    def _source(self, claim):
        source = self._sources.get(claim.source_id)
        return f"“{source.title}”" if source else _("none")


# Of a text: that it was added, changed, taken out.
WORDING = (
    gettext_lazy("The source’s words were added."),
    gettext_lazy("The source’s words were changed. Before:"),
    gettext_lazy("The source’s words were taken out. Before:"),
)
REASONING = (
    gettext_lazy("The reasoning was added."),
    gettext_lazy("The reasoning was changed. Before:"),
    gettext_lazy("The reasoning was taken out. Before:"),
)


def _changed(sentences, old, new):
    added, changed, taken_out = (str(sentence) for sentence in sentences)
    return (changed if new else taken_out, f"“{old}”") if old else (added, "")
