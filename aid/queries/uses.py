"""What uses a row: the rows that would lose their ground if it were deleted, and the parts that go with it."""

from dataclasses import dataclass

from django.db.models import CASCADE, Exists, Model, OuterRef, Q

from aid.models.agreements import Signatory
from aid.models.articles import Article, ArticleRevision
from aid.models.claims import PARTS, Claim
from aid.models.coalitions import Membership
from aid.models.people import Office
from aid.models.pledges import PledgeStage, Valuation
from aid.models.publications import Publication
from aid.models.sources import Passage, SetAside
from aid.models.statements import Statement
from aid.prose import references
from aid.queries.addresses import slugs_had
from aid.queries.claims import WITH_NAMES, claim_label
from aid.queries.figures import KINDS
from aid.queries.values import value_texts

SHOWN = 10

# The column of a part that names the record in whose form it is edited.
OWNERS = {
    PledgeStage: "pledge",
    Valuation: "pledge",
    Membership: "coalition",
    Signatory: "agreement",
    Passage: "source",
    SetAside: "source",
    ArticleRevision: "article",
}
# What the names of these rows are made of.
NAMED_WITH = {
    Claim: WITH_NAMES,
    Membership: ("coalition",),
    Signatory: ("agreement",),
    Office: ("person", "party"),
    Statement: ("speaker", "party"),
}


def record_of(row):
    """The row in whose form this one is edited: the record of a part, the source of a passage, else itself."""
    owner = OWNERS.get(type(row))
    return getattr(row, owner) if owner else row


@dataclass(frozen=True)
class Use:
    """The rows of one kind that use a row in one way: the first of them with their names, and how many there are."""

    label: str
    rows: list[Model]
    names: list[str]
    count: int

    @property
    def more(self):
        return self.count - len(self.rows)


def uses(row):
    """Everything that uses a row, as Uses; [] for a row that can be deleted.

    Its own parts do not count, and a claim about one of them is a claim about the record. One or two queries for
    each kind of row that can refer to it.
    """
    found = []
    for relation in row._meta.related_objects:
        if relation.on_delete is CASCADE or relation.related_model is Passage:
            continue
        use = use_through(
            relation, relation.related_model.objects.filter(**{relation.field.name: row}).order_by("pk")
        )
        found += [use] if use.count else []
    kind = row._meta.model_name
    if kind in KINDS:
        naming = articles_that_name(kind, row.slug, *sorted(slugs_had(row)))
        if naming:
            first = naming[:SHOWN]
            found.append(Use("Articles that name it", first, names_of(first), len(naming)))
    return found


def _label(relation):
    plural = str(relation.related_model._meta.verbose_name_plural)
    label = plural[:1].upper() + plural[1:]
    # “Memberships (party)” says nothing more to somebody who deletes a party.
    own = relation.model._meta
    says_more = relation.field.name not in (own.model_name, own.verbose_name_plural, *PARTS)
    return f"{label} ({relation.field.verbose_name})" if says_more else label


def use_through(relation, rows, count=None):
    """The Use of a row by rows that refer to it through one relation; `count` where it is known already."""
    if relation.related_model is Article:
        rows = rows.with_edition()
    first = list(rows.select_related(*NAMED_WITH.get(relation.related_model, ()))[: SHOWN + 1])
    if count is None:
        count = len(first) if len(first) <= SHOWN else rows.count()
    return Use(_label(relation), first[:SHOWN], names_of(first[:SHOWN]), count)


def articles_that_name(kind, *slugs):
    """The articles whose live or newest text names a record by one of its slugs, in the order of their addresses."""
    written = Q()
    for slug in slugs:
        written |= Q(body__contains=f"{kind}:{slug}")
    newer = ArticleRevision.objects.filter(article=OuterRef("article"), number__gt=OuterRef("number"))
    candidates = (
        ArticleRevision.objects.filter(written)
        .filter(Exists(Publication.objects.at().filter(revision=OuterRef("pk"))) | ~Exists(newer))
        .order_by("article__slug", "number")
    )
    named = dict.fromkeys(
        revision.article_id
        for revision in candidates
        if any(found.kind == kind and found.slug in slugs for found in references(revision.body))
    )
    # Not prefetched: Django asks for each row by an `or`, of which SQLite takes a thousand.
    articles = Article.objects.with_edition().in_bulk(named)
    return [articles[pk] for pk in named]


def parts_that_go(record):
    """The rows that are deleted together with a record: its own parts, and the passages of a source."""
    relations = [
        relation
        for relation in record._meta.related_objects
        if relation.on_delete is CASCADE or relation.related_model is Passage
    ]
    return [part for relation in relations for part in getattr(record, relation.get_accessor_name()).all()]


def names_of(rows):
    """The rows that use another one, as people call them."""
    values = value_texts(row for row in rows if isinstance(row, Claim))
    return [_name(row, values) for row in rows]


def _name(row, values):
    if isinstance(row, Claim):
        return f"{claim_label(row)}: {values[row.pk]}"
    if isinstance(row, Article):
        return row.live.headline if row.live else row.slug
    return str(record_of(row))
