"""The numbers beside the values of filters are those of the lists that the values lead to, whatever is hidden."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from aid import filters
from aid.models import Agreement, Article, Claim, Coalition, Correction, Event, Party, Person, Pledge, Source
from aid.queries.past import Past, PublicThen
from aid.queries.public import Public
from tests import builders as make

pytestmark = pytest.mark.django_db


def lists(public):
    yield filters.PledgeFilterSet, Pledge.objects.all()
    yield filters.TotalRowsFilterSet, Pledge.objects.all()
    yield filters.ClaimFilterSet, Claim.objects.standing().of_facts()
    yield filters.PartyFilterSet, Party.objects.with_roles(public)
    yield filters.CoalitionFilterSet, Coalition.objects.with_counts(public)
    yield filters.SourceFilterSet, Source.objects.with_use(public)
    for name, model in (("Agreement", Agreement), ("Event", Event), ("Person", Person), ("Article", Article)):
        yield getattr(filters, f"{name}FilterSet"), model.objects.all()
    yield filters.CorrectionFilterSet, Correction.objects.all()


def differences(public):
    """Each value that is offered with another number than the database finds rows, and each that a public row has and
    is not offered; with nothing chosen, and with one value of another filter."""
    asked_before = ["", "stage=allocated", "words=a", "basis=stated", "amount=unknown", "kind=state"]
    for kind, rows in lists(public):
        for before in asked_before:
            if before and before.partition("=")[0] not in kind.base_filters:
                continue
            asked = filters.Asked(kind, QueryDict(before), rows, public)
            counted = {(name, one.value): one.count for name, _, offers in asked.filterset.offers() for one in offers}
            for name in kind.kinds:
                if name not in asked.filterset.filters:
                    continue
                for value, _ in asked.filterset.filters[name].extra["choices"]:
                    query = QueryDict(before, mutable=True)
                    query[name] = value
                    found = filters.Asked(kind, query, rows, public).filterset
                    number = found.qs.distinct().count()
                    if (number or value == query.get(before)) and counted.get((name, value), 0) != number:
                        yield kind.__name__, query.urlencode(), counted.get((name, value)), number
                    if {row.pk for row in found.listed()[:1000]} != {row.pk for row in found.qs}:
                        yield kind.__name__, query.urlencode(), "lists other rows"


def test_numbers_are_those_of_the_lists(document, examples):
    assert list(differences(Public())) == []


def test_numbers_tell_of_nothing_that_is_hidden_or_withdrawn(document, examples):
    now = timezone.now()
    donor, sector = make.make_party(name="Hidden donor", embargo_until=now + timedelta(days=1)), make.make_sector()
    make.make_pledge(donor=donor, sectors=[sector])
    make.make_pledge(title="Withdrawn", withdrawn_at=now - timedelta(days=1), withdrawn_why="It was wrong.")
    Pledge.objects.filter(pk=Pledge.objects.first().pk).update(embargo_until=now + timedelta(days=1))
    Source.objects.filter(pk=Source.objects.last().pk).update(embargo_until=now + timedelta(hours=1))
    assert list(differences(Public())) == []
    # An embargo ends by the clock alone: nothing is written, and the kept numbers follow.
    assert list(differences(Public(now + timedelta(days=2)))) == []


def test_numbers_of_the_past_are_those_of_then(document):
    then = timezone.now()
    make.make_pledge(donor=Party.objects.get(slug="denmark"))
    Pledge.objects.exclude(title="").first().save()
    now = timezone.now()
    public = PublicThen(then, now)
    with Past(then, now):
        assert list(differences(public)) == []
    assert list(differences(Public())) == []
