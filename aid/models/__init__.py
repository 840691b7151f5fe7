"""The records, the evidence for them, and the articles bound to them."""

from aid.models.addresses import FormerAddress
from aid.models.agreements import Agreement, Signatory
from aid.models.articles import Article, ArticleRevision
from aid.models.audit import AuditEntry
from aid.models.bulk import BulkChange
from aid.models.checks import Exemption, SignOff
from aid.models.claims import Claim
from aid.models.coalitions import Coalition, Membership
from aid.models.content import ContentChange
from aid.models.corrections import Correction
from aid.models.drafting import Autosave, DeskPreference, Presence
from aid.models.events import Event
from aid.models.images import Image
from aid.models.links import LinkCheck
from aid.models.parties import Party
from aid.models.people import Office, Person
from aid.models.pledges import Pledge, PledgeStage, Sector, Valuation
from aid.models.previews import PreviewAnswer, PreviewLink, PreviewVisit
from aid.models.publications import Publication
from aid.models.rates import ExchangeRate
from aid.models.reopenings import Reopening
from aid.models.reports import Report, ReportTally
from aid.models.search import SearchEntry, SearchMention, SearchStale, SearchText, SearchWords
from aid.models.sources import Passage, SetAside, Source
from aid.models.statements import Assertion, Statement

__all__ = [
    "Agreement",
    "Article",
    "ArticleRevision",
    "Assertion",
    "AuditEntry",
    "Autosave",
    "BulkChange",
    "Claim",
    "Coalition",
    "ContentChange",
    "Correction",
    "DeskPreference",
    "Event",
    "ExchangeRate",
    "Exemption",
    "FormerAddress",
    "Image",
    "LinkCheck",
    "Membership",
    "Office",
    "Party",
    "Passage",
    "Person",
    "Pledge",
    "PledgeStage",
    "Presence",
    "PreviewAnswer",
    "PreviewLink",
    "PreviewVisit",
    "Publication",
    "Reopening",
    "Report",
    "ReportTally",
    "SearchEntry",
    "SearchMention",
    "SearchStale",
    "SearchText",
    "SearchWords",
    "Sector",
    "SetAside",
    "SignOff",
    "Signatory",
    "Source",
    "Statement",
    "Valuation",
]
