"""Fills a database with many rows that look like a ledger: pledges with stages, claims and passages.

    python bench/rows.py 10000      into the database of the settings, in bulk

For benchmarks and for trying the desk at size. Never for a site with readers: the rows are made up, and say so.
"""

import os
import sys
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

CURRENCIES = ("EUR", "USD", "DKK", "SEK", "GBP")
BATCH = 2000


def fill(number):
    """Makes `number` pledges with a stage and three claims each, on 50 donors, 20 sectors and 200 sources, and the
    rates of all their days."""
    from aid.choices import AidType, Stage
    from aid.intake.reference_rates import closing_day
    from aid.models import Claim, ExchangeRate, Party, Pledge, PledgeStage, Sector, Source
    from aid.models.sources import text_hash

    def make(model, rows):
        rows = iter(rows)
        made = []
        while batch := list(islice(rows, BATCH)):
            made += model.objects.bulk_create(batch)
        return made

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


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    fill(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
