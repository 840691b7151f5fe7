"""The runs of a text that stand in quotation marks. Pure functions: no database."""

import re

# Pairs of marks that set off a quotation, in the usage of several languages. Single marks are apostrophes too, so
# they count only where they stand at the edges of words.
QUOTATION = re.compile(
    r"“([^“”]+)(?:”|$)|[„‟]([^„‟“”]+)[“”]|«([^«»]+)»|»([^«»]+)«|‹([^‹›]+)›|〝([^〝〞]+)〞|『([^『』]+)』|"
    r"[\"＂]([^\"＂]+)[\"＂]|(?<!\w)‘([^‘]+)’(?!\w)|(?<!\w)'([^']+)'(?!\w)"
)


def quoted_spans(text):
    """The (start, end) of each run in quotation marks, without the marks. One that nobody closes goes to the end."""
    return [match.span(match.lastindex) for match in QUOTATION.finditer(text)]


def words_only(text):
    """A text without marks, case and line breaks, for holding two against each other."""
    return re.sub(r"[^\w]+", " ", text.casefold()).strip()
