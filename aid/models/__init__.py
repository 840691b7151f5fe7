"""The records, the evidence for them, and the articles bound to them."""

from aid.models.agreements import Agreement, Signatory
from aid.models.articles import Article, ArticleRevision
from aid.models.claims import Claim
from aid.models.coalitions import Coalition, Membership
from aid.models.corrections import Correction
from aid.models.events import Event
from aid.models.parties import Party
from aid.models.people import Office, Person
from aid.models.pledges import Pledge, PledgeStage, Sector, Valuation
from aid.models.rates import ExchangeRate
from aid.models.sources import Passage, Source
from aid.models.statements import Assertion, Statement

__all__ = [
    "Agreement",
    "Article",
    "ArticleRevision",
    "Assertion",
    "Claim",
    "Coalition",
    "Correction",
    "Event",
    "ExchangeRate",
    "Membership",
    "Office",
    "Party",
    "Passage",
    "Person",
    "Pledge",
    "PledgeStage",
    "Sector",
    "Signatory",
    "Source",
    "Statement",
    "Valuation",
]
