"""An article's body: Markdown with figures that follow the records.

A leaf: it imports nothing of ours. A figure is written `[[pledge:address:amount]]`, a record `[[party:address]]` or,
with the words of the sentence, `[[party:address|the Danes]]`. What they stand for is looked up elsewhere
(queries/figures.py) and handed in. Here is the one place where editors' text is sanitised and declared safe.
"""

import re
import secrets
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urljoin

import nh3
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, gettext_lazy, pgettext
from markdown_it import MarkdownIt

KINDS = ("pledge", "coalition", "agreement", "event", "party", "person", "source", "article")
LONGEST = 240
WELL_FORMED = re.compile(
    rf"(?P<kind>{'|'.join(KINDS)}):(?P<slug>[a-zA-Z0-9_-]{{1,80}})"
    r"(?::(?P<field>[a-zA-Z_]{1,40}(?:-[A-Z]{3})?)|\|(?P<label>[^|\[\]]{1,120}))?"
)
MISSING = gettext_lazy("figure not available")

TAGS = {
    *("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "em", "strong", "s", "code", "pre", "hr"),
    *("br", "a", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
CLASSES = {"th": {"at-left", "at-right", "at-centre"}, "td": {"at-left", "at-right", "at-centre"}}
ALIGNED = {"text-align:left": "at-left", "text-align:right": "at-right", "text-align:center": "at-centre"}


class Reference(NamedTuple):
    """A record, or one of its fields, that a body names. `kind` is "" where the text is malformed."""

    text: str
    kind: str = ""
    slug: str = ""
    field: str = ""
    label: str = ""


def parse_reference(text):
    match = WELL_FORMED.fullmatch(text.strip())
    if not match:
        return Reference(text)
    return Reference(text, match["kind"], match["slug"], match["field"] or "", (match["label"] or "").strip())


def references(body):
    """The References of a body in reading order, repeated ones too; what stands in code is code and none."""
    return [
        token.meta["reference"]
        for block in _parser().parse(_plain(body))
        for token in block.children or ()
        if token.type == "reference"
    ]


class Block(NamedTuple):
    """A stretch of a body that stands by itself, as its plain words and References in order.

    `kind` is "paragraph", "heading", "item" (of a list), "cell" (of a table) or "code".
    """

    kind: str
    is_quoted: bool
    pieces: tuple


BLOCKS = {"heading": "heading", "list_item": "item", "th": "cell", "td": "cell"}


def blocks(body):
    """The Blocks of a body in reading order."""
    found, around = [], []
    for token in _parser().parse(_plain(body)):
        if token.nesting > 0:
            around.append(token.type.removesuffix("_open"))
        elif token.nesting < 0:
            around.pop()
        elif token.content:
            kind = "code" if token.children is None else "paragraph"
            kind = next((BLOCKS[name] for name in reversed(around) if name in BLOCKS), kind)
            found.append(Block(kind, "blockquote" in around, _pieces(token)))
    return found


def pieces(body):
    """The blocks of a body in reading order (paragraphs, headings, cells), each as its plain words and References."""
    return [list(block.pieces) for block in blocks(body)]


def _pieces(block):
    if block.children is None:
        return (block.content,)
    found = [""]
    for token in block.children:
        if token.type == "reference":
            found += [token.meta["reference"], ""]
        elif token.type in ("softbreak", "hardbreak"):
            found[-1] += " "
        else:
            found[-1] += token.content
    return tuple(piece for piece in found if piece != "")


def render(body, figures, notes=None):
    """A body as safe HTML. `figures` maps a Reference to something with `text`, `url`, `title`, `leads_to`
    and `aloud`, or to None; `notes` maps one to the number of its note, for paper.

    The figures are put in after sanitising and escape themselves. The marks that keep their places hold a random
    word, so that no text can be written that imitates one.
    """
    parser, found, word = _parser(), [], secrets.token_hex(8)
    blocks = parser.parse(_plain(body))
    for block in blocks:
        for token in block.children or ():
            if token.type == "reference":
                token.content = f"{word}-{len(found)}-{word}"
                found.append(token.meta["reference"])
    clean = nh3.clean(
        parser.renderer.render(blocks, parser.options, {}),
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer",
    )
    # The only literal "<table>" in sanitised HTML is a table: in running text it would read "&lt;table&gt;".
    scroller = format_html(
        '<div class="scroller" role="group" aria-label="{}" tabindex="0"><table>', gettext("Table")
    )
    clean = clean.replace("<table>", scroller)
    clean = clean.replace("</table>", "</table></div>")
    # Sanitised above; the figures are escaped by format_html.
    return mark_safe(
        re.sub(rf"{word}-(\d+)-{word}", lambda match: _figure(found[int(match[1])], figures, notes or {}), clean)
    )


# Beside what an editor can write: what the site's own templates put around it.
SENT_OUT = TAGS | {"b", "q", "dl", "dt", "dd", "cite", "time"}


def sent_out(html, page):
    """HTML of this site as it leaves the site: no attribute but its links, whose addresses are whole, seen from the
    address of its page, and the language of its words."""

    def whole(tag, name, value):
        return urljoin(page, value) if name in ("href", "cite") else value

    return mark_safe(
        nh3.clean(
            html,
            tags=SENT_OUT,
            attributes={"a": {"href"}, "q": {"cite", "lang"}, "blockquote": {"cite", "lang"}, "time": {"datetime"}},
            attribute_filter=whole,
            url_schemes={"http", "https", "mailto"},
            link_rel=None,
        )
    )


def _figure(reference, figures, notes):
    figure = figures.get(reference) if reference.kind else None
    if figure is None:
        return format_html('<span class="figure figure--missing">— <span>({})</span></span>', MISSING)
    text = reference.label or figure.text
    if not reference.field:
        return format_html('<a class="mention" href="{}">{}</a>', figure.url, text)
    name = f"figure to-{figure.leads_to}" if figure.leads_to else "figure"
    attributes = [("class", name), ("href", figure.url), ("title", figure.title), ("data-note", notes.get(reference))]
    if figure.leads_to == "evidence":
        # The words in sight come first, so that who speaks to a browser can say what they see.
        name = pgettext("the name of a link", "evidence for %(value)s") % {"value": figure.aloud or text}
        attributes.append(("aria-label", f"{text}, {name}" if figure.aloud else name))
    written = format_html_join("", ' {}="{}"', ((key, value) for key, value in attributes if value))
    return format_html("<a{}>{}</a>", written, text)


def _plain(body):
    return body.replace("\0", "").replace("\r\n", "\n")


@lru_cache(maxsize=1)
def _parser():
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
    parser.disable("image")
    parser.inline.ruler.before("link", "reference", _reference_rule)
    parser.core.ruler.push("shape", _shape_rule)
    parser.add_render_rule("reference", lambda self, tokens, index, options, env: tokens[index].content)
    return parser


def _reference_rule(state, silent):
    """Reads a reference as one piece. Like a link, it cannot stand within a link: markdown then leaves the outer one
    as text."""
    if not state.src.startswith("[[", state.pos):
        return False
    end = state.src.find("]]", state.pos + 2, min(state.posMax, state.pos + LONGEST))
    if end < 0 or "\n" in state.src[state.pos : end]:
        return False
    if not silent:
        token = state.push("reference", "", 0)
        token.meta = {"reference": parse_reference(state.src[state.pos + 2 : end])}
    state.pos = end + 2
    return True


def _shape_rule(state):
    """Alignment as a class, since the Content-Security-Policy drops style attributes; no second h1 on a page."""
    for token in state.tokens:
        if token.type in ("th_open", "td_open"):
            style = token.attrs.pop("style", "")
            if style in ALIGNED:
                token.attrs["class"] = ALIGNED[style]
        elif token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"
