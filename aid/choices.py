"""The vocabularies of the records. docs/glossary.md gives each term's authority.

A leaf: it imports nothing of ours. A value, once published, never changes its meaning; add a new one instead.
"""

from django.db.models import TextChoices


class Unknown(TextChoices):
    """Why a field holds no value. Blank and zero are never used for it."""

    NOT_STATED = "not_stated", "not stated"
    UNDISCLOSED = "undisclosed", "undisclosed"
    NOT_LOOKED_FOR = "not_looked_for", "not looked for yet"
    NOT_APPLICABLE = "not_applicable", "does not apply"


class PartyKind(TextChoices):
    STATE = "state", "State"
    MINISTRY = "ministry", "Ministry"
    ARMED_FORCE = "armed_force", "Armed force"
    ORGANISATION = "organisation", "International organisation"
    GROUP = "group", "Group of states"
    FUND = "fund", "Fund"
    PUBLISHER = "publisher", "Publisher"
    COLLECTIVE = "collective", "Unnamed collective"


class SourceKind(TextChoices):
    GOVERNMENT_RELEASE = "government_release", "Government release"
    NEWS_REPORT = "news_report", "News report"
    SECONDARY_REWRITE = "secondary_rewrite", "Secondary rewrite"
    DATASET = "dataset", "Dataset"
    STANDARD = "standard", "Standard"
    REFERENCE_WORK = "reference_work", "Reference work"
    SPEECH = "speech", "Speech"
    TREATY = "treaty", "Treaty text"
    SOCIAL_POST = "social_post", "Social post"


class Basis(TextChoices):
    """What a claim rests on."""

    STATED = "stated", "stated"
    INFERRED = "inferred", "inferred"
    EXTERNAL = "external", "external"
    COMPUTED = "computed", "computed"


class Rank(TextChoices):
    """A claim's standing among the claims about one field (Wikidata's ranks, with a withdrawn one for deprecated)."""

    PREFERRED = "preferred", "preferred"
    ALTERNATIVE = "alternative", "alternative"
    WITHDRAWN = "withdrawn", "withdrawn"


class AidType(TextChoices):
    """The Kiel Ukraine Support Tracker's three kinds of aid."""

    MILITARY = "military", "Military"
    FINANCIAL = "financial", "Financial"
    HUMANITARIAN = "humanitarian", "Humanitarian"


class Instrument(TextChoices):
    GRANT = "grant", "Grant"
    LOAN = "loan", "Loan"
    GUARANTEE = "guarantee", "Guarantee"
    IN_KIND = "in_kind", "In kind"
    SERVICE = "service", "Training or service"


class Stage(TextChoices):
    """How far a pledge has come. Stages are never added to one another in a total."""

    ANNOUNCED = "announced", "Announced"
    COMMITTED = "committed", "Committed"
    ALLOCATED = "allocated", "Allocated"
    DISBURSED = "disbursed", "Disbursed"
    DELIVERED = "delivered", "Delivered"
    CANCELLED = "cancelled", "Cancelled"


class SectorVocabulary(TextChoices):
    NEWSROOM = "newsroom", "Newsroom list"
    COFOG = "cofog", "COFOG"


class MembershipRole(TextChoices):
    LEAD = "lead", "Lead"
    MEMBER = "member", "Member"
    OBSERVER = "observer", "Observer"
    BENEFICIARY = "beneficiary", "Beneficiary"


class AgreementKind(TextChoices):
    MEMORANDUM = "memorandum", "Memorandum of understanding"
    LETTER_OF_INTENT = "letter_of_intent", "Letter of intent"
    DECLARATION_OF_INTENT = "declaration_of_intent", "Declaration of intent"
    TREATY = "treaty", "Treaty"
    SECURITY_AGREEMENT = "security_agreement", "Security agreement"
    COOPERATION_AGREEMENT = "cooperation_agreement", "Cooperation agreement"


class EventKind(TextChoices):
    MEETING = "meeting", "Meeting"
    SIGNING = "signing", "Signing"
    ANNOUNCEMENT = "announcement", "Announcement"


class StatementForm(TextChoices):
    """How the source gives a statement. Only a direct quote ever stands in quotation marks."""

    DIRECT_QUOTE = "direct_quote", "Direct quote"
    PARAPHRASE = "paraphrase", "Paraphrase"
    INSTITUTIONAL = "institutional", "Institutional statement"


class AssertionKind(TextChoices):
    AIM = "aim", "Aim"
    BACKGROUND = "background", "Background"
    ANALYSIS = "analysis", "Analysis"


class ArticleSection(TextChoices):
    NEWS = "news", "News"
    ANALYSIS = "analysis", "Analysis"
    EXPLAINER = "explainer", "Explainer"


class CorrectionKind(TextChoices):
    CORRECTION = "correction", "Correction"
    CLARIFICATION = "clarification", "Clarification"
    UPDATE = "update", "Update"
    RETRACTION = "retraction", "Retraction"
    REINSTATEMENT = "reinstatement", "Reinstatement"


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


class PreviewVerdict(TextChoices):
    """The answer of somebody who read a revision by its secret link."""

    APPROVED = "approved", "Approved"
    COMMENT = "comment", "Comment"


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
