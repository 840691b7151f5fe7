"""The vocabularies of the records. docs/glossary.md gives each term's authority.

A leaf: it imports nothing of ours. A value, once published, never changes its meaning; add a new one instead.
What readers see is named in the language of the page, what the desk alone sees in English. Rows hold the values.
"""

from django.db.models import TextChoices
from django.db.models.enums import ChoicesType, enum_property
from django.utils.translation import pgettext_lazy


class TermsType(ChoicesType):
    """Offers labels that are read when a page is made, and not when the program starts."""

    @property
    def choices(cls):
        return [(term.value, term._label_) for term in cls]


class Terms(TextChoices, metaclass=TermsType):
    """A vocabulary that readers see. A term's `label` is plain text in the language that is active when it is asked
    for."""

    @enum_property
    def label(self):
        return str(self._label_)


class Unknown(Terms):
    """Why a field holds no value. Blank and zero are never used for it."""

    NOT_STATED = "not_stated", pgettext_lazy("why there is no value", "not stated")
    UNDISCLOSED = "undisclosed", pgettext_lazy("why there is no value", "undisclosed")
    NOT_LOOKED_FOR = "not_looked_for", pgettext_lazy("why there is no value", "not looked for yet")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("why there is no value", "does not apply")


class PartyKind(Terms):
    STATE = "state", pgettext_lazy("a kind of party", "State")
    MINISTRY = "ministry", pgettext_lazy("a kind of party", "Ministry")
    ARMED_FORCE = "armed_force", pgettext_lazy("a kind of party", "Armed force")
    ORGANISATION = "organisation", pgettext_lazy("a kind of party", "International organisation")
    GROUP = "group", pgettext_lazy("a kind of party", "Group of states")
    FUND = "fund", pgettext_lazy("a kind of party", "Fund")
    PUBLISHER = "publisher", pgettext_lazy("a kind of party", "Publisher")
    COLLECTIVE = "collective", pgettext_lazy("a kind of party", "Unnamed collective")


class SourceKind(Terms):
    GOVERNMENT_RELEASE = "government_release", pgettext_lazy("a kind of source", "Government release")
    NEWS_REPORT = "news_report", pgettext_lazy("a kind of source", "News report")
    SECONDARY_REWRITE = "secondary_rewrite", pgettext_lazy("a kind of source", "Secondary rewrite")
    DATASET = "dataset", pgettext_lazy("a kind of source", "Dataset")
    STANDARD = "standard", pgettext_lazy("a kind of source", "Standard")
    REFERENCE_WORK = "reference_work", pgettext_lazy("a kind of source", "Reference work")
    SPEECH = "speech", pgettext_lazy("a kind of source", "Speech")
    TREATY = "treaty", pgettext_lazy("a kind of source", "Treaty text")
    SOCIAL_POST = "social_post", pgettext_lazy("a kind of source", "Social post")


class Basis(Terms):
    """What a claim rests on."""

    STATED = "stated", pgettext_lazy("the basis of a claim", "stated")
    INFERRED = "inferred", pgettext_lazy("the basis of a claim", "inferred")
    EXTERNAL = "external", pgettext_lazy("the basis of a claim", "external")
    COMPUTED = "computed", pgettext_lazy("the basis of a claim", "computed")


class Rank(Terms):
    """A claim's standing among the claims about one field (Wikidata's ranks, with a withdrawn one for deprecated)."""

    PREFERRED = "preferred", pgettext_lazy("the standing of a claim", "preferred")
    ALTERNATIVE = "alternative", pgettext_lazy("the standing of a claim", "alternative")
    WITHDRAWN = "withdrawn", pgettext_lazy("the standing of a claim", "withdrawn")


class AidType(Terms):
    """The Kiel Ukraine Support Tracker's three kinds of aid."""

    MILITARY = "military", pgettext_lazy("a type of aid", "Military")
    FINANCIAL = "financial", pgettext_lazy("a type of aid", "Financial")
    HUMANITARIAN = "humanitarian", pgettext_lazy("a type of aid", "Humanitarian")


class Instrument(Terms):
    GRANT = "grant", pgettext_lazy("an instrument of aid", "Grant")
    LOAN = "loan", pgettext_lazy("an instrument of aid", "Loan")
    GUARANTEE = "guarantee", pgettext_lazy("an instrument of aid", "Guarantee")
    IN_KIND = "in_kind", pgettext_lazy("an instrument of aid", "In kind")
    SERVICE = "service", pgettext_lazy("an instrument of aid", "Training or service")


class Stage(Terms):
    """How far a pledge has come. Stages are never added to one another in a total."""

    ANNOUNCED = "announced", pgettext_lazy("the stage of a pledge", "Announced")
    COMMITTED = "committed", pgettext_lazy("the stage of a pledge", "Committed")
    ALLOCATED = "allocated", pgettext_lazy("the stage of a pledge", "Allocated")
    DISBURSED = "disbursed", pgettext_lazy("the stage of a pledge", "Disbursed")
    DELIVERED = "delivered", pgettext_lazy("the stage of a pledge", "Delivered")
    CANCELLED = "cancelled", pgettext_lazy("the stage of a pledge", "Cancelled")


class SectorVocabulary(Terms):
    NEWSROOM = "newsroom", pgettext_lazy("a list of sectors", "Newsroom list")
    COFOG = "cofog", pgettext_lazy("a list of sectors", "COFOG")


class MembershipRole(Terms):
    LEAD = "lead", pgettext_lazy("the role of a member", "Lead")
    MEMBER = "member", pgettext_lazy("the role of a member", "Member")
    OBSERVER = "observer", pgettext_lazy("the role of a member", "Observer")
    BENEFICIARY = "beneficiary", pgettext_lazy("the role of a member", "Beneficiary")


class AgreementKind(Terms):
    MEMORANDUM = "memorandum", pgettext_lazy("a kind of agreement", "Memorandum of understanding")
    LETTER_OF_INTENT = "letter_of_intent", pgettext_lazy("a kind of agreement", "Letter of intent")
    DECLARATION_OF_INTENT = "declaration_of_intent", pgettext_lazy("a kind of agreement", "Declaration of intent")
    TREATY = "treaty", pgettext_lazy("a kind of agreement", "Treaty")
    SECURITY_AGREEMENT = "security_agreement", pgettext_lazy("a kind of agreement", "Security agreement")
    COOPERATION_AGREEMENT = "cooperation_agreement", pgettext_lazy("a kind of agreement", "Cooperation agreement")


class EventKind(Terms):
    MEETING = "meeting", pgettext_lazy("a kind of event", "Meeting")
    SIGNING = "signing", pgettext_lazy("a kind of event", "Signing")
    ANNOUNCEMENT = "announcement", pgettext_lazy("a kind of event", "Announcement")


class StatementForm(Terms):
    """How the source gives a statement. Only a direct quote ever stands in quotation marks."""

    DIRECT_QUOTE = "direct_quote", pgettext_lazy("the form of a statement", "Direct quote")
    PARAPHRASE = "paraphrase", pgettext_lazy("the form of a statement", "Paraphrase")
    INSTITUTIONAL = "institutional", pgettext_lazy("the form of a statement", "Institutional statement")


class AssertionKind(Terms):
    AIM = "aim", pgettext_lazy("a kind of context", "Aim")
    BACKGROUND = "background", pgettext_lazy("a kind of context", "Background")
    ANALYSIS = "analysis", pgettext_lazy("a kind of context", "Analysis")


class ArticleSection(Terms):
    NEWS = "news", pgettext_lazy("the section of an article", "News")
    ANALYSIS = "analysis", pgettext_lazy("the section of an article", "Analysis")
    EXPLAINER = "explainer", pgettext_lazy("the section of an article", "Explainer")


class CorrectionKind(Terms):
    CORRECTION = "correction", pgettext_lazy("a kind of correction", "Correction")
    CLARIFICATION = "clarification", pgettext_lazy("a kind of correction", "Clarification")
    UPDATE = "update", pgettext_lazy("a kind of correction", "Update")
    RETRACTION = "retraction", pgettext_lazy("a kind of correction", "Retraction")
    REINSTATEMENT = "reinstatement", pgettext_lazy("a kind of correction", "Reinstatement")


class ArticleStatus(TextChoices):
    """How far the working text of an article has come. What readers get is told by its publications."""

    DRAFT = "draft", "Draft"
    FACT_CHECK = "fact_check", "Fact-check"
    READY = "ready", "Ready"


class CheckedKind(TextChoices):
    """What kind of thing in an article the fact-check signs off."""

    FIGURE = "figure", "Figure"
    DATE = "date", "Date"
    NAME = "name", "Name"
    QUOTATION = "quotation", "Quotation"
    NUMBER = "number", "Typed number"


class PreviewVerdict(Terms):
    """The answer of somebody who read a revision by its secret link."""

    APPROVED = "approved", pgettext_lazy("the verdict on a preview", "Approved")
    COMMENT = "comment", pgettext_lazy("the verdict on a preview", "Comment")


class AuditAction(TextChoices):
    """What an entry of the audit log tells of."""

    ADDED = "added", "Added"
    CHANGED = "changed", "Changed"
    DELETED = "deleted", "Deleted"
    SUBMITTED = "submitted", "Sent to the fact-check"
    SENT_BACK = "sent_back", "Sent back"
    ASSIGNED = "assigned", "Assigned"
    SIGNED_OFF = "signed_off", "Signed off"
    EXEMPTED = "exempted", "Exempted from a rule"
    MADE_READY = "made_ready", "Made ready"
    SCHEDULED = "scheduled", "Scheduled"
    UNSCHEDULED = "unscheduled", "Schedule taken back"
    PUBLISHED = "published", "Published"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REINSTATED = "reinstated", "Reinstated"
    CORRECTED = "corrected", "Corrected"
    RESTORED = "restored", "Restored"
    EMBARGOED = "embargoed", "Embargo changed"
    VERIFIED = "verified", "Verified"
    SET_ASIDE = "set_aside", "Set aside"
    TAKEN_UP = "taken_up", "Taken up again"
    REOPENED = "reopened", "Reopened"
    DECIDED = "decided", "Decided"
    PREFERRED = "preferred", "Preferred"
    MERGED = "merged", "Merged"
    BULK = "bulk", "Changed in bulk"
    UNDONE = "undone", "Undone"
    LINK_MADE = "link_made", "Preview link made"
    LINK_REVOKED = "link_revoked", "Preview link revoked"
    LINK_ANSWERED = "link_answered", "Preview answered"
    REPORT_ENDED = "report_ended", "Report ended"
    CONTACT_DELETED = "contact_deleted", "Personal data deleted"
    EXPORTED = "exported", "Exported"
    LOGIN = "login", "Login"
    LOGOUT = "logout", "Logout"
    LOGIN_FAILED = "login_failed", "Failed login"


class Reopened(TextChoices):
    """Why a claim waits for a decision."""

    WITHDRAWN = "source_withdrawn", "Source withdrawn"
    SUPERSEDED = "source_superseded", "Newer version of the source"


class Settled(TextChoices):
    """How it ended that a claim waited for a decision."""

    KEPT = "kept", "Kept"
    MOVED = "moved", "Moved to another source"
    WITHDRAWN = "withdrawn", "Withdrawn"
    UNDONE = "undone", "Cause taken back"


class LinkState(TextChoices):
    """What an address of a source answered."""

    ANSWERS = "answers", "Answers"
    MOVED = "moved", "Moved"
    BARRED = "barred", "Does not let programs in"
    GONE = "gone", "Gone"
    FAILS = "fails", "Does not answer"


class ReportState(Terms):
    """How far a reader's report of an error has come."""

    RECEIVED = "received", pgettext_lazy("how far a report has come", "Received")
    LOOKED_AT = "looked_at", pgettext_lazy("how far a report has come", "Being looked at")
    CORRECTED = "corrected", pgettext_lazy("how far a report has come", "Ended as a correction")
    REFUSED = "refused", pgettext_lazy("how far a report has come", "Ended without a change")
    DUPLICATE = "duplicate", pgettext_lazy("how far a report has come", "Duplicate")
    ANSWERED = "answered", pgettext_lazy("how far a report has come", "Answered")
