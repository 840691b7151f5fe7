"""What merging one party into another would move, found by asking the models which columns refer to a party.

Nothing is listed by name here, so that a model that is added tomorrow is moved too.
"""

import hashlib
import json
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, Model, Q, UniqueConstraint
from simple_history.models import HistoricalChanges

from aid.choices import Rank
from aid.dates import EDTFField
from aid.models.claims import PARTS, SUBJECTS, Claim
from aid.models.parties import Party
from aid.models.records import Evidenced, canonical_text
from aid.queries.addresses import slugs_had
from aid.queries.claims import WITH_NAMES, claim_label
from aid.queries.naming import Renaming
from aid.queries.uses import SHOWN, Use, articles_that_name, names_of, use_through

# How many words of a party's names are looked for in others, and how long a word is that tells anything.
WORDS = 8
LONG_WORD = 4


def relations_to(model):
    """Every column that refers to rows of a model, those of many-to-many tables included.

    The history is left out: it tells what was.
    """
    return [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if (relation.one_to_many or relation.one_to_one)
        and relation.auto_created
        and not relation.concrete
        and not issubclass(relation.related_model, HistoricalChanges)
    ]


def named_alike(party):
    """The other parties that have a word of four letters or more of this one's names in theirs, by name."""
    words = {word for name in (party.name, party.official_name, *party.alias_list()) for word in name.split()}
    alike = Q(parent=party) if party.parent_id is None else Q(parent=party.parent_id)
    for word in sorted(words, key=len, reverse=True)[:WORDS]:
        if len(word) >= LONG_WORD:
            alike |= Q(name__icontains=word) | Q(official_name__icontains=word) | Q(aliases__icontains=word)
    return Party.objects.filter(alike).exclude(pk=party.pk).order_by("name")


def locked_parties(*numbers):
    """{number: Party}, held still until the transaction ends."""
    rows = Party.objects.select_for_update(of=("self",)).select_related("parent").order_by("pk")
    return {party.pk: party for party in rows.filter(pk__in=numbers)}


@dataclass(frozen=True)
class Moved:
    """The rows that refer to a row by one column and are to refer to another one."""

    relation: object
    numbers: list[int]

    @property
    def model(self):
        return self.relation.related_model

    @property
    def column(self):
        return self.relation.field.name

    @property
    def owner(self):
        """The model whose many-to-many field the rows make up, or None."""
        return self.model._meta.auto_created or None

    @property
    def owner_column(self):
        return owner_column(self.model, self.column)


@dataclass
class Transfer:
    """What becomes of one row whose place another takes: the rows that refer to it, and what it says itself.

    `absorbed` are rows that refer to it and would stand twice (a membership in the same coalition): each is taken up
    by the one that stands there. `taken` are columns that the kept row lacks; `lost` tells in which the two differ
    without a claim that remembers it; `demoted` are the claims that were preferred and become alternatives.
    """

    gone: Model
    kept: Model
    taken: dict = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    absorbed: list["Transfer"] = field(default_factory=list)
    demoted: list[Claim] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def __iter__(self):
        """This one and all below it, the innermost first."""
        for transfer in self.absorbed:
            yield from transfer
        yield self

    @property
    def is_of_a_link(self):
        """Whether it is a line of a many-to-many field: the other record is then named once instead of twice."""
        return bool(type(self.gone)._meta.auto_created)

    @property
    def owner_column(self):
        """The column of the line that names the record which has the field."""
        return owner_column(type(self.gone))

    @property
    def label(self):
        """The many-to-many field's name, of whose lines it is one."""
        through = type(self.gone)
        fields = through._meta.auto_created._meta.many_to_many
        return next(one.verbose_name for one in fields if one.remote_field.through is through)


class Merger:
    """All that merging a party into another comes to. Nothing is written."""

    def __init__(self, gone, stays):
        self.gone, self.stays = gone, stays
        self._renaming = Renaming(gone, stays)
        self.transfer = self._transfer(gone, stays)

    @property
    def renamed(self):
        """The claims whose value names the party, with the value that they get: [(Claim, value)]."""
        return self._renaming.claims

    # What refers to the party, and to what refers to it

    def _transfer(self, gone, kept):
        found = Transfer(gone, kept, _taken(gone, kept))
        for relation in relations_to(type(gone)):
            rows = relation.related_model._base_manager.filter(**{relation.field.name: gone})
            twice = _standing_twice(relation, gone, kept)
            found.absorbed += [self._transfer(row, other) for row, other in twice]
            numbers = rows.exclude(pk__in=[row.pk for row, _ in twice]).order_by("pk").values_list("pk", flat=True)
            if moved := list(numbers):
                found.moved.append(Moved(relation, moved))
            if relation.related_model is Claim:
                self._weigh(found, relation)
        return found

    def _weigh(self, transfer, relation):
        """Finds the claims that give up their preference, and the values that no claim remembers."""
        gone, kept = transfer.gone, transfer.kept
        claims = Claim.objects.order_by("pk")
        if relation.field.name in SUBJECTS:
            claims = claims.filter(**{f"{part}__isnull": True for part in PARTS})
        own = list(claims.filter(**{relation.field.name: gone}))
        preferred = claims.preferred().filter(**{relation.field.name: kept})
        standing = set(preferred.values_list("field", flat=True))
        values = {name: _value(kept, name, transfer.taken) for name in kept.claimed_fields}
        for claim in own:
            is_spent = claim.field in standing or values.get(claim.field) != self._renaming.value_of(claim)
            if claim.rank == Rank.PREFERRED and is_spent:
                transfer.demoted.append(claim)
        said = {(claim.field, self._renaming.value_of(claim)) for claim in own if claim.rank != Rank.WITHDRAWN}
        for name in gone.claimed_fields:
            value = self._renaming.names.get((_model_of(gone, name), gone.canonical(name)), gone.canonical(name))
            if value and value != values[name] and (name, value) not in said:
                transfer.lost.append(f"{gone._meta.get_field(name).verbose_name}: {_shown(gone, name)}")

    # The names

    @cached_property
    def new_aliases(self):
        """The names of the party that goes, as far as the other does not have them yet."""
        had = {name.casefold() for name in (self.stays.name, self.stays.official_name, *self.stays.alias_list())}
        names = [self.gone.name, self.gone.official_name, *(name.strip() for name in self.gone.alias_list())]
        return [name for name in dict.fromkeys(names) if name and name.casefold() not in had]

    @cached_property
    def articles(self):
        """The articles whose text names the party that goes. The text stays as it is: its old address leads on."""
        return articles_that_name("party", self.gone.slug, *sorted(slugs_had(self.gone)))

    # The whole

    @property
    def count(self):
        """How many references move or are taken up."""
        return sum(len(moved.numbers) for part in self.transfer for moved in part.moved) + sum(
            len(part.absorbed) for part in self.transfer
        )

    def uses(self, transfer):
        """The Uses of the row that goes by the rows that move; the first of each kind with their names."""
        found = []
        for moved in transfer.moved:
            relation, rows = moved.relation, moved.model._base_manager.filter(pk__in=moved.numbers[: SHOWN + 1])
            if moved.owner:
                relation = _many_to_many(moved)
                rows = moved.owner._base_manager.filter(pk__in=rows.values(moved.owner_column))
            found.append(use_through(relation, rows.order_by("pk"), len(moved.numbers)))
        return found

    def told_claims(self, label, claims):
        """Some of the claims as a Use with a label; none for no claims."""
        if not claims:
            return []
        first = Claim.objects.select_related(*WITH_NAMES).in_bulk([claim.pk for claim in claims[:SHOWN]])
        rows = [first[claim.pk] for claim in claims[:SHOWN]]
        return [Use(label, rows, [f"{claim.subject}: {claim_label(claim)}" for claim in rows], len(claims))]

    def told_articles(self):
        """The articles that name the party which goes, as a Use; none for no articles."""
        rows = self.articles[:SHOWN]
        return [Use("Articles", rows, names_of(rows), len(self.articles))] if rows else []

    @cached_property
    def state(self):
        """A fingerprint of all that it comes to: what was shown is what is done, or the page is shown again."""
        parts = [
            [
                *(_place(row) for row in (part.gone, part.kept)),
                [[moved.model._meta.label, moved.column, moved.numbers] for moved in part.moved],
                [claim.pk for claim in part.demoted],
                {name: str(value) for name, value in part.taken.items()},
                part.lost,
            ]
            for part in self.transfer
        ]
        content = [parts, [[claim.pk, value] for claim, value in self.renamed], self.new_aliases]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


# Columns


def _model_of(row, name):
    return row._meta.get_field(name).related_model


def owner_column(through, other=""):
    """The column of a many-to-many table that names the record which has the field, and is not the `other` one."""
    owner = through._meta.auto_created
    return next(c.name for c in through._meta.fields if c.related_model is owner and c.name != other)


def _many_to_many(moved):
    """The relation by which records name several of a kind, for the rows of its table."""
    party = moved.relation.model
    relations = party._meta.get_fields(include_hidden=True)
    return next(one for one in relations if one.many_to_many and getattr(one, "through", None) is moved.model)


# Values


def _value(row, name, taken):
    return canonical_text(taken[name]) if name in taken else row.canonical(name)


def _shown(row, name):
    """A value as the desk's sentences have it."""
    value = getattr(row, name)
    choice = getattr(row, f"get_{name}_display", None)
    return choice() if choice else str(value)


def _taken(gone, kept):
    """What the kept row lacks and the other has: {column: value}; nothing where the two do not fit together."""
    if not isinstance(gone, Evidenced):
        return {}
    found = {}
    for name in kept.claimed_fields:
        if not kept._meta.get_field(name).many_to_many and gone.canonical(name) and not kept.canonical(name):
            found[name] = getattr(gone, name)
            if hasattr(kept, f"{name}_unknown"):
                found[f"{name}_unknown"] = ""
            if isinstance(kept._meta.get_field(name), EDTFField):
                found |= {f"{name}_{end}": getattr(gone, f"{name}_{end}") for end in ("earliest", "latest")}
    trial = copy(kept)
    for name, value in found.items():
        setattr(trial, name, value)
    try:
        for constraint in kept._meta.constraints:
            if isinstance(constraint, CheckConstraint):
                constraint.validate(type(kept), trial)
    except ValidationError:
        return {}
    return found


# Rows that would stand twice


def _standing_twice(relation, gone, kept):
    """The rows that refer to `gone`, each with the row that says the same of `kept`: [(row, other)].

    Claims are never taken up: one of two that were preferred becomes an alternative.
    """
    model, column = relation.related_model, relation.field.name
    if model is Claim:
        return []
    found = {}
    for names, condition in _kept_unique(model):
        if column not in names:
            continue
        others = [model._meta.get_field(name).attname for name in names if name != column]
        rows = model._base_manager.filter(condition).select_related(*_names_of(model)).order_by("pk")
        standing = {tuple(getattr(row, name) for name in others): row for row in rows.filter(**{column: kept})}
        for row in rows.filter(**{column: gone}) if standing else ():
            key = tuple(getattr(row, name) for name in others)
            if None not in key and key in standing:
                found.setdefault(row.pk, (row, standing[key]))
    return list(found.values())


def _kept_unique(model):
    """The columns that a table keeps unique together, and under which condition."""
    opts = model._meta
    yield from (((one.name,), Q()) for one in opts.fields if one.unique and not one.primary_key)
    yield from ((tuple(names), Q()) for names in opts.unique_together)
    for constraint in opts.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields:
            yield tuple(constraint.fields), constraint.condition or Q()


def _names_of(model):
    """The relations that a row's own name and key are made of: all that it has, for such rows are few and small."""
    return [one.name for one in model._meta.fields if one.is_relation]


def _place(row):
    return [row._meta.label, row.pk]
