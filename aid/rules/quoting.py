"""What may stand in quotation marks."""

import html
import re

from aid.choices import StatementForm
from aid.intake.quotations import quoted_spans, words_only
from aid.models.statements import has_marks

# A shorter run in marks is a name or a term, not what somebody said.
FEWEST_WORDS = 3


def quotations(text):
    """The runs of three words or more that stand in quotation marks, or in a block that Markdown sets as a quote."""
    text = html.unescape(re.sub(r"\[([^\[\]]*)\]\([^()]*\)", r"\1", text))
    found = [text[start:end] for start, end in quoted_spans(text)]
    found += [
        " ".join(line.lstrip("> ") for line in block.split("\n")) for block in re.findall(r"(?:^>.*\n?)+", text, re.M)
    ]
    return [run for run in found if is_long(run)]


def is_long(run):
    """Whether a run in marks is long enough to be what somebody said."""
    return len(run.split()) >= FEWEST_WORDS


def quoted_paraphrases(text, statements):
    """The quotations in a text that are the words of a paraphrase: [(quotation, Statement)]."""
    return paraphrases_among(quotations(text), statements)


def paraphrases_among(quoted, statements):
    """Those of the quotations that are the words of a paraphrase: [(quotation, Statement)].

    `statements` come with their claims and passages loaded. The words count whether they are the newsroom's summary
    or the source's own sentence, for neither is what the speaker said. Words that a direct quote holds too are free.
    """
    direct = [words_only(row.text) for row in statements if row.form == StatementForm.DIRECT_QUOTE]
    found = []
    for quotation in quoted:
        words = words_only(quotation)
        if any(words in quote for quote in direct):
            continue
        for statement in statements:
            if statement.form == StatementForm.DIRECT_QUOTE:
                continue
            passages = (passage.quote for claim in statement.claims.all() for passage in claim.passages.all())
            if any(words in words_only(told) or words_only(told) in words for told in (statement.text, *passages)):
                found.append((quotation, statement))
                break
    return found


def is_marked_paraphrase(statement):
    """A statement that is no direct quote and holds quotation marks all the same."""
    return statement.form != StatementForm.DIRECT_QUOTE and has_marks(statement.text)
