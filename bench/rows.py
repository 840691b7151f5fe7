"""Fills a database with many rows that look like a ledger: pledges with stages and claims, and articles on them.

    python bench/rows.py 10000                     into the database of the settings, in bulk
    python bench/rows.py 50000 --articles 500      with published articles that name some of the pledges

For benchmarks and for trying the desk at size. Never for a site with readers: the rows are made up, and say so.
"""

import argparse
import os
import sys
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

CURRENCIES = ("EUR", "USD", "DKK", "SEK", "GBP")
BATCH = 2000


def make(model, rows):
    """Saves the rows, a batch at a time."""
    rows, made = iter(rows), []
    while batch := list(islice(rows, BATCH)):
        made += model.objects.bulk_create(batch)
    return made


def fill(number, articles=0):
    """Makes `number` pledges with a stage and three claims each, on 50 donors, 20 sectors and 200 sources, the rates
    of all their days, and so many published articles."""
    from aid.choices import AidType, Stage
    from aid.intake.reference_rates import closing_day
    from aid.models import Claim, ExchangeRate, Party, Pledge, PledgeStage, Sector, Source
    from aid.models.sources import text_hash

    text = "A made-up sentence for a benchmark."
    unknown = "not_stated"
    donors = make(Party, (Party(slug=f"bench-donor-{n}", name=f"Bench donor {n}", kind="state") for n in range(50)))
    (recipient,) = make(Party, [Party(slug="bench-recipient", name="Bench recipient", kind="state")])
    make(Sector, (Sector(vocabulary="newsroom", code=f"bench-{n}", name=f"Bench sector {n}") for n in range(20)))
    sources = make(
        Source,
        (
            Source(
                slug=f"bench-source-{n}",
                title=f"Bench source {n}",
                kind="dataset",
                text=text,
                sha256=text_hash(text),
                publisher_unknown=unknown,
                author_unknown=unknown,
                url_unknown=unknown,
                published_on_unknown=unknown,
            )
            for n in range(200)
        ),
    )
    stages, types = list(Stage), list(AidType)
    days = (date(2022, 2, 1) + timedelta(days=n) for n in range(1750))
    make(
        ExchangeRate,
        (
            ExchangeRate(day=day, currency=code, per_euro=Decimal("1.1"), source=sources[0])
            for day in days
            if not closing_day(day)
            for code in CURRENCIES
            if code != "EUR"
        ),
    )

    def pledge(n):
        known = n % 5 != 0
        return Pledge(
            slug=f"bench-pledge-{n}",
            title=f"Bench pledge {n}",
            donor=donors[n % 50],
            recipient=recipient,
            stage=stages[n % 6],
            aid_type=types[n % 3],
            aid_type_unknown="",
            amount=Decimal(1_000_000 + n * 7) if known else None,
            amount_unknown="" if known else unknown,
            currency=CURRENCIES[n % 5] if known else "",
            announced_on=(date(2022, 2, 24) + timedelta(days=n % 1700)).isoformat() if n % 4 else "",
            announced_on_unknown="" if n % 4 else unknown,
            beneficiaries_unknown=unknown,
            instrument_unknown=unknown,
            sectors_unknown=unknown,
            period_unknown=unknown,
            purposes_unknown=unknown,
            coalition_unknown=unknown,
            fund_unknown=unknown,
        )

    pledges = make(Pledge, (pledge(n) for n in range(number)))
    make(PledgeStage, (PledgeStage(pledge=p, position=1, stage=p.stage, on_unknown=unknown) for p in pledges))
    make(
        Claim,
        (
            Claim(
                key=f"bench-{pledge.pk}-{field.replace('_', '-')}",
                pledge=pledge,
                field=field,
                value=pledge.canonical(field),
                source=sources[pledge.pk % 200],
                basis="stated",
            )
            for pledge in pledges
            for field in ("donor", "recipient", "amount")
            if pledge.canonical(field)
        ),
    )

    write(articles, number)
    # What is loaded in bulk is noted by the database and made ready for search afterwards.
    from aid.actions.search import rebuild

    rebuild()


def write(number, pledges):
    """Makes `number` articles, one a day, of three paragraphs each, which name three of so many pledges."""
    from aid.models import Article, ArticleRevision, Publication, Sector

    def at(n):
        return datetime.combine(date(2022, 3, 1) + timedelta(days=n * 1600 // number), time(9), tzinfo=UTC)

    def body(n):
        named = [(n * 101 + step * 7) % pledges for step in range(3)] if pledges else []
        first = f"A made-up article, number {n}, of a benchmark. [[party:bench-donor-{n % 50}]] gives more support."
        told = [
            f"It tells of [[pledge:bench-pledge-{one}:amount]] in [[pledge:bench-pledge-{one}]]." for one in named
        ]
        return "\n\n".join([first, " ".join(told), "Nothing in it is true; it is here to be read quickly. " * 12])

    topics = list(Sector.objects.filter(code__startswith="bench-"))
    sections = ("news", "analysis", "explainer")
    made = make(
        Article,
        (Article(slug=f"bench-article-{n}", published_at=at(n), created_at=at(n)) for n in range(number)),
    )
    revisions = make(
        ArticleRevision,
        (
            ArticleRevision(
                article=article,
                number=1,
                headline=f"Bench article {n} on support that nobody gives",
                standfirst="It is made up, as all of this ledger is.",
                byline=f"Bench writer {n % 7}",
                body=body(n),
                section=sections[n % 3],
                created_at=at(n),
            )
            for n, article in enumerate(made)
        ),
    )
    make(
        ArticleRevision.topics.through,
        (
            ArticleRevision.topics.through(articlerevision=revision, sector=topics[n % len(topics)])
            for n, revision in enumerate(revisions)
        ),
    )
    make(
        Publication,
        (
            Publication(article=article, revision=revision, starts_at=at(n), made_at=at(n))
            for n, (article, revision) in enumerate(zip(made, revisions, strict=True))
        ),
    )


def asked(arguments):
    parser = argparse.ArgumentParser(description="Fills a database with made-up rows.")
    parser.add_argument("pledges", type=int, nargs="?", default=10_000, help="How many pledges. Default: 10,000.")
    parser.add_argument("--articles", type=int, default=0, help="How many published articles. Default: none.")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    import django

    wanted = asked(sys.argv[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    fill(wanted.pledges, wanted.articles)
