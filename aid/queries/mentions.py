"""Which articles concern a party: those that name it, and those that name something in which it takes part."""

import re
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q

from aid.models.agreements import Agreement
from aid.models.articles import Article
from aid.models.coalitions import Coalition
from aid.models.pledges import Pledge
from aid.prose import references
from aid.queries.addresses import addresses_of, naming_formerly, slugs_had
from aid.queries.public import Public

# How many of the newest articles are read for it.
READ = 500
NAMED = re.compile(r"\[\[\s*(party|pledge|coalition|agreement):([a-zA-Z0-9_-]{1,80})")

# The ways in which a party takes part in each kind of record: in its own columns, and in rows that name it and a
# party; one that speaks about it, or is spoken for, does.
TAKES_PART = {
    Pledge: (("donor", "recipient", "beneficiaries", "fund"), ("statements_about",)),
    Coalition: (("framework",), ("memberships", "statements_about")),
    Agreement: ((), ("signatories", "statements_about")),
}


@dataclass(frozen=True)
class Mentions:
    """The newest articles that concern a party; whether there are more, and whether older ones were left unread."""

    rows: list
    has_more: bool
    left_unread: bool

    def __bool__(self):
        return bool(self.rows)


def articles_concerning(party, most, public=None, read=READ):
    """The Mentions of a party among the newest articles that are public, at most so many.

    Five queries at most, one more for each kind of record of which an article names a former address, and what
    `public` itself costs.
    """
    public = public or Public()
    body = "edition__revision__body"
    newest = public.of(Article.objects.newest_first())
    bodies = list(newest.values_list("pk", body, naming_formerly("party", party, body))[: read + 1])
    left_unread, bodies = len(bodies) > read, bodies[:read]
    named = {pk: set(NAMED.findall(text)) for pk, text, _ in bodies}
    own = {("party", party.slug)} | _takes_part(party, set().union(*named.values()), public)
    if any(is_former for *_, is_former in bodies):
        own |= {("party", slug) for slug in slugs_had(party)}
    found = []
    for pk, body, _ in bodies:
        # What stands in code is no reference. Only what looks like one is read that closely.
        if named[pk] & own and any((one.kind, one.slug) in own for one in references(body)):
            found.append(pk)
        if len(found) > most:
            break
    rows = public.of(Article.objects.newest_first()).filter(pk__in=found[:most]) if found else []
    return Mentions(list(rows), len(found) > most, left_unread)


def _takes_part(party, named, public):
    """Those of the records named, as (kind, address), in which the party takes part. A query a kind named."""
    slugs = defaultdict(set)
    for kind, slug in named:
        slugs[kind].add(slug)
    found = set()
    for model, (columns, relations) in TAKES_PART.items():
        kind = model._meta.model_name
        if slugs[kind]:
            part = Q()
            for column in columns:
                part |= Q(**{column: party})
            for relation in map(model._meta.get_field, relations):
                naming = public.of(relation.related_model.objects.order_by().filter(party=party))
                part |= Q(
                    pk__in=naming.filter(**{f"{relation.field.name}__isnull": False}).values(relation.field.name)
                )
            had = addresses_of(kind, slugs[kind])
            rows = model.objects.filter(part, Q(slug__in=slugs[kind]) | Q(pk__in=had.values("record"))).order_by()
            rows = dict(public.of(rows).values_list("pk", "slug"))
            found |= {(kind, slug) for slug in rows.values()}
            if not slugs[kind].issuperset(rows.values()):
                found |= {(kind, slug) for slug, number in had.values_list("slug", "record") if number in rows}
    return found
