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

# How many of the newest articles are read for it.
READ = 500
NAMED = re.compile(r"\[\[\s*(party|pledge|coalition|agreement):([a-zA-Z0-9_-]{1,80})")

# The ways in which a party takes part in each kind of record; one that speaks about it, or is spoken for, does.
TAKES_PART = {
    Pledge: ("donor", "recipient", "beneficiaries", "fund", "statements_about__party"),
    Coalition: ("memberships__party", "framework", "statements_about__party"),
    Agreement: ("signatories__party", "statements_about__party"),
}


@dataclass(frozen=True)
class Mentions:
    """The newest articles that concern a party; whether there are more, and whether older ones were left unread."""

    rows: list
    has_more: bool
    left_unread: bool

    def __bool__(self):
        return bool(self.rows)


def articles_concerning(party, most, at=None, read=READ):
    """The Mentions of a party among the newest articles, at most so many.

    Five queries at most, and one more for each kind of record of which an article names a former address.
    """
    body = "edition__revision__body"
    newest = Article.objects.published(at).newest_first()
    bodies = list(newest.values_list("pk", body, naming_formerly("party", party, body))[: read + 1])
    left_unread, bodies = len(bodies) > read, bodies[:read]
    named = {pk: set(NAMED.findall(text)) for pk, text, _ in bodies}
    own = {("party", party.slug)} | _takes_part(party, set().union(*named.values()))
    if any(is_former for *_, is_former in bodies):
        own |= {("party", slug) for slug in slugs_had(party)}
    found = []
    for pk, body, _ in bodies:
        # What stands in code is no reference. Only what looks like one is read that closely.
        if named[pk] & own and any((one.kind, one.slug) in own for one in references(body)):
            found.append(pk)
        if len(found) > most:
            break
    rows = Article.objects.published(at).filter(pk__in=found[:most]).newest_first() if found else []
    return Mentions(list(rows), len(found) > most, left_unread)


def _takes_part(party, named):
    """Those of the records named, as (kind, address), in which the party takes part. A query a kind named."""
    slugs = defaultdict(set)
    for kind, slug in named:
        slugs[kind].add(slug)
    found = set()
    for model, roles in TAKES_PART.items():
        kind = model._meta.model_name
        if slugs[kind]:
            part = Q()
            for role in roles:
                part |= Q(**{role: party})
            had = addresses_of(kind, slugs[kind])
            rows = model.objects.filter(part, Q(slug__in=slugs[kind]) | Q(pk__in=had.values("record"))).order_by()
            rows = dict(rows.values_list("pk", "slug"))
            found |= {(kind, slug) for slug in rows.values()}
            if not slugs[kind].issuperset(rows.values()):
                found |= {(kind, slug) for slug, number in had.values_list("slug", "record") if number in rows}
    return found
