"""What the terms on the public pages mean, in a sentence each for readers. docs/glossary.md gives the authorities.

A leaf beside choices. A term without a sentence here fails a test.
"""

from django.utils.translation import gettext_lazy

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
    Basis.STATED: gettext_lazy("A source says it in so many words, and the page opens to the sentence."),
    Basis.INFERRED: gettext_lazy(
        "It follows from a source and from reasons written beside it. No source says it outright."
    ),
    Basis.EXTERNAL: gettext_lazy(
        "Another document than the one reported on says it, such as a standard or a register."
    ),
    Basis.COMPUTED: gettext_lazy("It is worked out from other values of the ledger, and the page says how."),
    Unknown.NOT_STATED: gettext_lazy("The sources were read for it and do not say."),
    Unknown.UNDISCLOSED: gettext_lazy("It exists and is being withheld."),
    Unknown.NOT_LOOKED_FOR: gettext_lazy("Nobody has looked for it yet."),
    Unknown.NOT_APPLICABLE: gettext_lazy("The question does not arise here."),
    Stage.ANNOUNCED: gettext_lazy("A party has said that it will give support."),
    Stage.COMMITTED: gettext_lazy("A party has bound itself to give it, by a budget, a law or a contract."),
    Stage.ALLOCATED: gettext_lazy("A sum has been set aside for a named purpose. It has not necessarily been paid."),
    Stage.DISBURSED: gettext_lazy("The money has been paid out."),
    Stage.DELIVERED: gettext_lazy("The goods or services have arrived."),
    Stage.CANCELLED: gettext_lazy("It will not come. It enters no total."),
    StatementForm.DIRECT_QUOTE: gettext_lazy("The speaker’s own words, as the source quotes them."),
    StatementForm.PARAPHRASE: gettext_lazy(
        "A summary of what the source reports; the source does not quote the speaker."
    ),
    StatementForm.INSTITUTIONAL: gettext_lazy("A summary of what a body says as such; no person is quoted."),
    AssertionKind.AIM: gettext_lazy(
        "What the source says that something is for. It is no fact of aid and is counted nowhere."
    ),
    AssertionKind.BACKGROUND: gettext_lazy(
        "What the source adds for context. It is no fact of aid and is counted nowhere."
    ),
    AssertionKind.ANALYSIS: gettext_lazy(
        "What the source makes of events. It is no fact of aid and is counted nowhere."
    ),
    SourceKind.GOVERNMENT_RELEASE: gettext_lazy("Published by a government about its own acts."),
    SourceKind.NEWS_REPORT: gettext_lazy("Reported by a news organisation that answers for it."),
    SourceKind.SECONDARY_REWRITE: gettext_lazy(
        "A text that retells other reports. It names no reporter of its own, so it weighs less than what it retells."
    ),
    SourceKind.DATASET: gettext_lazy("A table of values that is published and kept up as such."),
    SourceKind.STANDARD: gettext_lazy("A norm or code list that others go by."),
    SourceKind.REFERENCE_WORK: gettext_lazy(
        "A work that collects what others established, such as an encyclopedia or a register."
    ),
    SourceKind.SPEECH: gettext_lazy("Spoken words, as written down."),
    SourceKind.TREATY: gettext_lazy("The text that the parties signed."),
    SourceKind.SOCIAL_POST: gettext_lazy("A post on a social network, by the account that it names."),
    CorrectionKind.CORRECTION: gettext_lazy("Something published was wrong and has been put right."),
    CorrectionKind.CLARIFICATION: gettext_lazy(
        "Something published could be misread and now says more exactly what was meant."
    ),
    CorrectionKind.UPDATE: gettext_lazy("Something new became known after publication."),
    CorrectionKind.RETRACTION: gettext_lazy("Something published does not stand and has been withdrawn."),
    CorrectionKind.REINSTATEMENT: gettext_lazy("Something that was retracted stands again after all."),
}


def meaning(term):
    """The sentence for a member of a vocabulary, or "" for a value that is none."""
    return str(MEANINGS.get(term, ""))
