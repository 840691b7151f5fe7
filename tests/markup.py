"""What is wrong with a page as HTML: part of what the validator knows (bench/check_html.py), without Java."""

import re
from collections import Counter
from itertools import pairwise

import html5lib

# A name that is given to one of these is read out by nobody, unless it has a role.
NAMELESS = {
    "p",
    "span",
    "div",
    "pre",
    "b",
    "i",
    "em",
    "strong",
    "code",
    "q",
    "time",
    "blockquote",
    "abbr",
    "sup",
    "sub",
}
OBSOLETE = {"center", "font", "big", "strike", "tt", "marquee", "acronym"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "select": {"option", "optgroup", "hr"},
    "tr": {"td", "th"},
}
NAMING = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "headers", "list")
DATETIME = re.compile(
    r"\d{4}(-\d\d)?|\d{4}-W\d\d|(--)?\d\d-\d\d"
    r"|\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:?\d\d)?)?"
)
INPUTS_WITHOUT_LABEL = {"hidden", "submit", "button", "reset", "image"}


def faults(text):
    """A list of sentences; empty for a page that holds to all of it."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(text)
    found = [f"line {place[0]}: {code} {given}" for place, code, given in parser.errors]
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    ids = Counter(one.get("id") for one in elements if one.get("id") is not None)
    found += [f"the id “{name}” stands {count} times" for name, count in ids.items() if count > 1]
    found += [f"an id with a space or none: “{name}”" for name in ids if not name or re.search(r"\s", name)]
    for one in elements:
        found += _of_element(one, ids)
    return [*found, *_of_page(elements), *_of_labels(elements)]


def _of_element(one, ids):
    tag, said = one.tag, f"<{one.tag} {' '.join(f'{name}={value!r}' for name, value in one.attrib.items())[:80]}>"
    for name in NAMING:
        for target in (one.get(name) or "").split():
            if target not in ids:
                yield f"{said}: {name} names “{target}”, which is not there"
    if tag in OBSOLETE:
        yield f"{said} is obsolete"
    if tag in CHILDREN:
        for child in one:
            if isinstance(child.tag, str) and child.tag not in CHILDREN[tag]:
                yield f"{said} holds a <{child.tag}>"
    if tag == "img" and one.get("alt") is None:
        yield f"{said} has no alt"
    if tag in NAMELESS and {"aria-label", "aria-labelledby"} & one.attrib.keys() and not one.get("role"):
        yield f"{said} has a name of its own and no role"
    if tag == "time" and not DATETIME.fullmatch(one.get("datetime") or "".join(one.itertext()).strip()):
        yield f"{said}: “{one.get('datetime') or ''.join(one.itertext())}” is no date or time"
    if tag == "a" and one.get("href") == "":
        yield f"{said} leads nowhere"
    if tag in ("a", "button") and any(
        inner is not one and inner.tag in ("a", "button", "input") for inner in one.iter()
    ):
        yield f"{said} holds another thing to press"
    # The policy of the site lets none of these through.
    if one.get("style") is not None or any(name.startswith("on") for name in one.attrib):
        yield f"{said} has a style or a script of its own"
    if tag == "script" and not one.get("src") and "json" not in (one.get("type") or ""):
        yield f"{said} is a script in the page"


def _of_page(elements):
    tags = Counter(one.tag for one in elements)
    root = next(one for one in elements if one.tag == "html")
    if not root.get("lang"):
        yield "the page names no language"
    if tags["h1"] != 1 or tags["main"] != 1:
        yield f"{tags['h1']} headings of the first level, {tags['main']} main parts"
    titles = [one for one in elements if one.tag == "title"]
    if not titles or not (titles[0].text or "").strip():
        yield "the page has no title"
    levels = [HEADINGS.index(one.tag) + 1 for one in elements if one.tag in HEADINGS]
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"a heading of level {after} follows one of level {before}"
    names = Counter(one.get("aria-label") or one.get("aria-labelledby") for one in elements if one.tag == "nav")
    if tags["nav"] > 1 and (None in names or max(names.values()) > 1):
        yield f"several <nav> that are not told apart: {dict(names)}"


def _of_labels(elements):
    labelled = {one.get("for") for one in elements if one.tag == "label"} - {None}
    inside = {id(inner) for one in elements if one.tag == "label" for inner in one.iter()}
    for one in elements:
        if one.tag in ("input", "select", "textarea") and one.get("type") not in INPUTS_WITHOUT_LABEL:
            named = one.get("aria-label") or one.get("aria-labelledby") or one.get("id") in labelled
            if not named and id(one) not in inside:
                yield f"<{one.tag} name={one.get('name')!r}> has no label"
