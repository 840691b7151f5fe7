"""What the terms on the public pages mean, in a sentence each for readers. docs/glossary.md gives the authorities.

A leaf beside choices. A term without a sentence here fails a test.
"""

from aid.choices import (
    AssertionKind,
    Basis,
    CorrectionKind,
    SourceKind,
    Stage,
    StatementForm,
    Unknown,
)

MEANINGS = {
    Basis.STATED: "A source says it in so many words, and the page opens to the sentence.",
    Basis.INFERRED: "It follows from a source and from reasons written beside it. No source says it outright.",
    Basis.EXTERNAL: "Another document than the one reported on says it, such as a standard or a register.",
    Basis.COMPUTED: "It is worked out from other values of the ledger, and the page says how.",
    Unknown.NOT_STATED: "The sources were read for it and do not say.",
    Unknown.UNDISCLOSED: "It exists and is being withheld.",
    Unknown.NOT_LOOKED_FOR: "Nobody has looked for it yet.",
    Unknown.NOT_APPLICABLE: "The question does not arise here.",
    Stage.ANNOUNCED: "A party has said that it will give support.",
    Stage.COMMITTED: "A party has bound itself to give it, by a budget, a law or a contract.",
    Stage.ALLOCATED: "A sum has been set aside for a named purpose. It has not necessarily been paid.",
    Stage.DISBURSED: "The money has been paid out.",
    Stage.DELIVERED: "The goods or services have arrived.",
    Stage.CANCELLED: "It will not come. It enters no total.",
    StatementForm.DIRECT_QUOTE: "The speaker’s own words, as the source quotes them.",
    StatementForm.PARAPHRASE: "A summary of what the source reports; the source does not quote the speaker.",
    StatementForm.INSTITUTIONAL: "A summary of what a body says as such; no person is quoted.",
    AssertionKind.AIM: "What the source says that something is for. It is no fact of aid and is counted nowhere.",
    AssertionKind.BACKGROUND: "What the source adds for context. It is no fact of aid and is counted nowhere.",
    AssertionKind.ANALYSIS: "What the source makes of events. It is no fact of aid and is counted nowhere.",
    SourceKind.GOVERNMENT_RELEASE: "Published by a government about its own acts.",
    SourceKind.NEWS_REPORT: "Reported by a news organisation that answers for it.",
    SourceKind.SECONDARY_REWRITE: (
        "A text that retells other reports. It names no reporter of its own, so it weighs less than what it retells."
    ),
    SourceKind.DATASET: "A table of values that is published and kept up as such.",
    SourceKind.STANDARD: "A norm or code list that others go by.",
    SourceKind.REFERENCE_WORK: "A work that collects what others established, such as an encyclopedia or a register.",
    SourceKind.SPEECH: "Spoken words, as written down.",
    SourceKind.TREATY: "The text that the parties signed.",
    SourceKind.SOCIAL_POST: "A post on a social network, by the account that it names.",
    CorrectionKind.CORRECTION: "Something published was wrong and has been put right.",
    CorrectionKind.CLARIFICATION: "Something published could be misread and now says more exactly what was meant.",
    CorrectionKind.UPDATE: "Something new became known after publication.",
    CorrectionKind.RETRACTION: "Something published does not stand and has been withdrawn.",
    CorrectionKind.REINSTATEMENT: "Something that was retracted stands again after all.",
}


def meaning(term):
    """The sentence for a member of a vocabulary, or "" for a value that is none."""
    return MEANINGS.get(term, "")
