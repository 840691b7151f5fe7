import pytest
from django.utils import timezone

from aid.choices import Basis, Rank
from aid.models import Source
from aid.queries.ledger import at_a_glance
from aid.queries.public import EVERYTHING
from tests import builders

pytestmark = pytest.mark.django_db


def test_claims_are_those_that_stand_and_add_up_over_the_sources():
    pledge = builders.make_pledge()
    first = builders.make_claim(pledge, "amount", verified_by=builders.make_user(), verified_at=timezone.now())
    builders.make_claim(pledge, "amount", value="1", rank=Rank.ALTERNATIVE, source=first.source)
    builders.make_claim(pledge, "amount", value="2", rank=Rank.WITHDRAWN, source=first.source)
    builders.make_claim(pledge, "donor", basis=Basis.INFERRED)
    glance = at_a_glance()
    assert glance.claims == 3 == sum(source.claim_count for source in Source.objects.with_use(EVERYTHING))
    assert glance.claims_by_basis == [(Basis.STATED, 2), (Basis.INFERRED, 1)]
    assert (glance.claims_verified, glance.claims_unverified) == (1, 2)


def test_sources_of_exchange_rates_say_so():
    rate = builders.make_rate("2024-01-24", "DKK", "7.4568")
    builders.make_rate("2024-01-25", "DKK", "7.4568", source=rate.source)
    builders.make_claim(builders.make_pledge(), "amount", source=rate.source)
    builders.make_source()
    found = [(row.claim_count, row.gives_rates) for row in Source.objects.with_use(EVERYTHING).order_by("pk")]
    assert found == [(1, True), (0, False)]
