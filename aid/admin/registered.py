"""Imports every module that registers something. The app does so once it is ready.

Not the package itself: Django asks it for the site while it makes the site that the modules register with.
"""

from aid.admin import (
    accounts,
    aging,
    agreements,
    articles,
    audit,
    bulk,
    claims,
    coalitions,
    corrections,
    events,
    images,
    parties,
    people,
    pledges,
    rates,
    reports,
    sources,
    statements,
)

__all__ = [
    "accounts",
    "aging",
    "agreements",
    "articles",
    "audit",
    "bulk",
    "claims",
    "coalitions",
    "corrections",
    "events",
    "images",
    "parties",
    "people",
    "pledges",
    "rates",
    "reports",
    "sources",
    "statements",
]
