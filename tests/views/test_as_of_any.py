"""Whatever editors do, a page as of a moment is the page that readers were given at that moment."""

import os
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from aid.actions.addresses import keep_address
from aid.actions.claims import record_claims, verify_claim
from aid.actions.history import restore_record
from aid.actions.parties import merge_parties
from aid.actions.pledges import follow_stages
from aid.actions.publications import withdraw_article
from aid.actions.records import delete_record
from aid.actions.withdrawals import reinstate_record, withdraw_record
from aid.choices import Rank, Stage
from aid.models import (
    Article,
    Claim,
    Coalition,
    ExchangeRate,
    Image,
    Membership,
    Party,
    Person,
    Pledge,
    Sector,
    Source,
    Statement,
)
from aid.queries.history import History
from tests import builders as make
from tests.views.test_as_of import main

BEGIN = datetime(2024, 1, 1, 12, tzinfo=UTC)
LISTS = (
    "/",
    "/articles/",
    "/pledges/",
    "/coalitions/",
    "/parties/",
    "/sources/",
    "/people/",
    "/corrections/",
    "/claims/",
    "/totals/",
)
LADDER = [Stage.ANNOUNCED, Stage.COMMITTED, Stage.ALLOCATED, Stage.DISBURSED, Stage.DELIVERED]
# Each takes seconds. For more of them, set NEWSROOM_AS_OF_EXAMPLES=50.
EXAMPLES = int(os.environ.get("NEWSROOM_AS_OF_EXAMPLES", "3"))


class Newsroom:
    """A few records and articles, what can be done to them, and every address that they ever had."""

    def __init__(self, editor, publisher, clock):
        self.editor, self.publisher, self.clock, self.number = editor, publisher, clock, 0
        self.addresses = set()
        source = make.make_source(text="Denmark gives 91 million. Norway gives ten boats. It was said.")
        self.passages = [make.make_passage(source, 0, 25), make.make_passage(source, 26, 48)]
        self.coalition = make.make_coalition(members=[make.make_party(name="Iceland")], name="IT")
        for _ in range(2):
            self.new_pledge(0)
        make.make_statement(party=make.make_party(name="Ministry"), speaker=make.make_person())
        for published in (True, False):
            make.make_article(
                headline="As it was", body="It gives [[pledge:pledge-a1:amount]] and 5.", published=published
            )

    def one(self, model, n):
        rows = list(model.objects.order_by("pk"))
        return rows[n % len(rows)] if rows else None

    # What editors do

    def new_pledge(self, n):
        self.number += 1
        pledge = make.make_pledge(
            slug=f"pledge-a{self.number}", coalition=self.coalition if n % 2 else None, amount=Decimal(n + 5)
        )
        for field in ("amount", "currency", "announced_on", "donor"):
            make.make_claim(pledge, field, [self.passages[n % 2]])
        return pledge

    def edit_pledge(self, n):
        pledge = self.one(Pledge, n)
        pledge.title, pledge.amount = f"Pledge number {n}", Decimal(n + 1)
        pledge.save()

    def edit_without_change(self, n):
        self.one(Pledge, n).save()

    def move_pledge(self, n):
        pledge = self.one(Pledge, n)
        old, pledge.slug = pledge.slug, f"moved-{self.number}-{n}"
        pledge.save()
        keep_address(pledge, old, self.editor)

    def set_sectors(self, n):
        pledge = self.one(Pledge, n)
        pledge.sectors.set([make.make_sector(name=f"Sector named {n}"), *Sector.objects.order_by("pk")[: n % 2]])

    def rename_sector(self, n):
        if sector := self.one(Sector, n):
            sector.name = f"Sector renamed {n}"
            sector.save()

    def add_step(self, n):
        pledge = self.one(Pledge, n)
        last = pledge.stages.order_by("-position").first()
        place = LADDER.index(last.stage) if last and last.stage in LADDER else 0
        if place + 1 < len(LADDER):
            make.make_stage(pledge=pledge, position=(last.position if last else 0) + 1, stage=LADDER[place + 1])
            follow_stages(pledge)

    def drop_step(self, n):
        pledge = self.one(Pledge, n)
        steps = list(pledge.stages.order_by("position"))
        if len(steps) > 1 and not steps[-1].claims.exists():
            steps[-1].delete()
            follow_stages(pledge)

    def value(self, n):
        pledge = self.one(Pledge, n)
        if not pledge.valuations.exists():
            make.make_valuation(pledge=pledge, rate_on="2024-01-24")

    def supersede(self, n):
        first, second = self.one(Pledge, n), self.one(Pledge, n + 1)
        if first != second and not second.supersedes_id:
            first.supersedes = second
            first.save()

    def join(self, n):
        make.make_membership(coalition=self.coalition, party=make.make_party(name=f"Member {n} {self.number}"))
        self.number += 1

    def leave(self, n):
        if (membership := self.one(Membership, n)) and not membership.claims.exists():
            membership.delete()

    def edit_coalition(self, n):
        self.coalition = Coalition.objects.get()
        self.coalition.aims = f"Aim {n}\nAnother"
        self.coalition.aims_unknown = ""
        self.coalition.save()

    def claim(self, n):
        pledge = self.one(Pledge, n)
        make.make_claim(pledge, "amount", [self.passages[n % 2]], value=str(n + 2), rank=Rank.ALTERNATIVE)

    def verify(self, n):
        claim = self.one(Claim, n)
        if claim.rank != Rank.WITHDRAWN and not claim.verified_at:
            verify_claim(claim, self.publisher)

    def change_claim(self, n):
        claim = self.one(Claim, n)
        claim.wording = f"words {n}"
        record_claims([claim], self.editor)

    def withdraw_or_reinstate(self, n):
        model = (Pledge, Pledge, Party, Statement, Coalition, Source)[n % 6]
        if row := self.one(model, n):
            do = reinstate_record if row.withdrawn_at else withdraw_record
            do(row, self.publisher, "It was wrong.")

    def delete_pledge(self, n):
        pledge = self.new_pledge(n)
        pledge.claims.all().delete()
        self.clock.shift(60)
        if n % 2:
            delete_record(pledge, self.publisher)

    def merge(self, n):
        gone, stays = self.one(Party, n), self.one(Party, n + 1)
        if gone != stays:
            merge_parties(gone, stays, self.publisher, "One actor.")

    def restore(self, n):
        pledge = self.one(Pledge, n)
        restore_record(pledge, 1, History(pledge).fingerprint, self.editor, "As it was.")

    def person(self, n):
        person = self.one(Person, n) if n % 2 else make.make_person(name=f"Person {n}")
        person.name = f"Name {n}"
        person.save()

    def statement(self, n):
        statement = self.one(Statement, n)
        statement.text, statement.pledge = f"It was said {n} times.", self.one(Pledge, n)
        statement.save()

    def correct(self, n):
        about = {"article": Article.objects.first()} if n % 2 else {"pledge": self.one(Pledge, n)}
        correction = make.make_correction(**about, note=f"Note {n}.", kind=("correction", "retraction")[n // 2 % 2])
        correction.affected.set(Article.objects.published())

    def draft(self, n):
        make.make_revision(
            self.one(Article, n),
            headline=f"Headline {n}",
            body=f"Newer [[pledge:pledge-a2:amount]] and [[coalition:{self.coalition.slug}:members]] {n}.",
            topics=Sector.objects.all(),
            image=Image.objects.first(),
        )

    def picture(self, n):
        image = Image.objects.first() or make.make_image()
        image.credit = f"Credit {n}"
        image.save()

    def publish(self, n):
        article = self.one(Article, n)
        if article.publications.coming().exists():
            return
        later = timedelta(minutes=30) if n % 3 == 0 else timedelta()
        at = timezone.now() + later
        article.published_at = article.published_at or at
        article.save()
        make.make_publication(article, article.revisions.order_by("-number").first(), starts_at=at)

    def withdraw_text(self, n):
        withdraw_article(self.one(Article, n), self.publisher, "It was wrong.")

    def move_article(self, n):
        article = self.one(Article, n)
        old, article.slug = article.slug, f"text-{self.number}-{n}"
        self.number += 1
        article.save()
        keep_address(article, old, self.editor)

    def rate(self, n):
        day = f"2024-01-{n + 13}"
        if not ExchangeRate.objects.filter(day=day).exists():
            make.make_rate(day, "DKK", "7.45")
            make.make_rate(day, "USD", "1.09")

    # What readers get

    def pages(self, client):
        for model in (Pledge, Party, Coalition, Article, Source, Person):
            self.addresses |= {row.get_absolute_url() for row in model.objects.all()}
        return {address: read(client, address) for address in (*LISTS, *sorted(self.addresses))}


DEEDS = [name for name in vars(Newsroom) if not name.startswith("_") and name not in ("one", "pages")]


def read(client, address, **query):
    response = client.get(address, query)
    if response.status_code in (301, 302, 404):
        # Nothing stood there. Where it leads from there, or how one says so, may be known better since.
        return "nothing"
    return response.status_code, main(response)


@pytest.mark.django_db
@given(deeds=some.lists(some.tuples(some.sampled_from(DEEDS), some.integers(0, 11)), min_size=3, max_size=7))
@settings(
    max_examples=EXAMPLES,
    # The suite asks for the same few each time; whoever asks for more gets others each time.
    derandomize="NEWSROOM_AS_OF_EXAMPLES" not in os.environ,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # A failure names what was done; looking for fewer deeds that fail too would take minutes.
    phases=[Phase.explicit, Phase.generate],
)
def test_the_page_of_a_moment_is_the_page_that_was_served(reader, editor, publisher, deeds):
    with transaction.atomic(), time_machine.travel(BEGIN, tick=False) as clock:
        held(Newsroom(editor.user, publisher.user, clock), reader, deeds, clock)
        transaction.set_rollback(True)


def held(newsroom, reader, deeds, clock):
    """Does the deeds, looks at each page after each, and at the end asks for each again as it was."""
    seen = {}
    for deed, n in [("edit_without_change", 0), *deeds]:
        clock.shift(timedelta(minutes=20))
        try:
            with transaction.atomic():
                getattr(newsroom, deed)(n)
        except (ValidationError, AttributeError) as refused:
            if isinstance(refused, AttributeError) and "NoneType" not in str(refused):
                raise
        clock.shift(timedelta(minutes=1))
        seen[timezone.now()] = newsroom.pages(reader)
    clock.shift(timedelta(days=40))
    for at, pages in seen.items():
        for address, page in pages.items():
            then = read(reader, address, as_of=at.isoformat())
            assert plain(then) == plain(page), f"{address} as of {at} after {deeds}"


def plain(page):
    """Without the numbers that this run gave to rows, which stand in places only."""
    return page if page == "nothing" else (page[0], re.sub(r"\s+", " ", page[1]))
