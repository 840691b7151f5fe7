"""Rules of the forms of feeds, as their documents state them: what of a feed breaks one, in sentences.

RFC 4287 for Atom, the RSS 2.0 specification of the RSS Advisory Board, JSON Feed version 1.1. A feed may be asked
for as text or bytes; a feed that keeps all rules gives an empty list.
"""

import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit

ATOM, CONTENT = "{http://www.w3.org/2005/Atom}", "{http://purl.org/rss/1.0/modules/content/}"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def is_whole(address):
    parts = urlsplit(address or "")
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def is_moment(text):
    if not RFC3339.fullmatch(text or ""):
        return False
    datetime.fromisoformat(text)
    return True


class _Html(HTMLParser):
    """The elements of some HTML, with their attributes."""

    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))


def html_faults(html, where):
    """What of HTML that leaves the site can do something, or needs the site."""
    found = []
    for tag, attributes in _Html(html).elements:
        if tag in ("script", "style", "iframe", "object", "form", "input", "link", "meta"):
            found.append(f"{where}: its HTML has a {tag}")
        for name, value in attributes.items():
            if name.startswith("on") or name in ("style", "class", "id"):
                found.append(f"{where}: its HTML has a {name}")
            if name in ("href", "src", "cite") and not (is_whole(value) or value.startswith("mailto:")):
                found.append(f"{where}: the address {value} in its HTML is not whole")
    return found


def atom_faults(text):
    """What of an Atom feed breaks RFC 4287."""
    root = ElementTree.fromstring(text)
    found = [] if root.tag == f"{ATOM}feed" else [f"the root is {root.tag}"]
    found += _atom_common(root, "feed")
    relations = [link.get("rel") for link in root.findall(f"{ATOM}link")]
    if relations.count("self") != 1 or relations.count("alternate") != 1:
        found.append("feed: one link to itself and one to its page are wanted (4.1.1)")
    has_author, ids = root.find(f"{ATOM}author") is not None, []
    for entry in root.findall(f"{ATOM}entry"):
        where = f"entry {entry.findtext(f'{ATOM}id')}"
        found += _atom_common(entry, where)
        ids.append(entry.findtext(f"{ATOM}id"))
        if not has_author and entry.find(f"{ATOM}author") is None:
            found.append(f"{where}: nobody is its author (4.1.2)")
        contents = entry.findall(f"{ATOM}content")
        if (
            len(contents) > 1
            or len(entry.findall(f"{ATOM}summary")) > 1
            or len(entry.findall(f"{ATOM}published")) > 1
        ):
            found.append(f"{where}: more than one content, summary or moment of publication (4.1.2)")
        for one in contents:
            if one.get("type") not in ("text", "html", "xhtml"):
                found.append(f"{where}: its content has no type (4.1.3.1)")
            found += html_faults(one.text or "", where)
        published, updated = entry.findtext(f"{ATOM}published"), entry.findtext(f"{ATOM}updated")
        if published and not is_moment(published):
            found.append(f"{where}: {published} is no moment (3.3)")
        elif published and datetime.fromisoformat(published) > datetime.fromisoformat(updated):
            found.append(f"{where}: updated before it was published")
    if len(set(ids)) != len(ids):
        found.append("feed: two entries have one name (4.1.1)")
    return found


def _atom_common(element, where):
    """What feed and entries have alike (4.1.1, 4.1.2)."""
    found = []
    for name in ("id", "title", "updated"):
        texts = element.findall(f"{ATOM}{name}")
        if len(texts) != 1 or not (texts[0].text or "").strip():
            found.append(f"{where}: exactly one {name} with words is wanted")
    if not re.match(r"[a-z][a-z0-9+.-]*:.+", element.findtext(f"{ATOM}id") or ""):
        found.append(f"{where}: its id is no IRI (4.2.6)")
    if not is_moment(element.findtext(f"{ATOM}updated")):
        found.append(f"{where}: its updated is no moment (3.3)")
    for link in element.findall(f"{ATOM}link"):
        if not is_whole(link.get("href")):
            found.append(f"{where}: the link {link.get('href')} is not whole (4.2.7)")
    seen = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in element.findall(f"{ATOM}link")]
    if len(set(seen)) != len(seen):
        found.append(f"{where}: two links of one kind (4.1.1)")
    for category in element.findall(f"{ATOM}category"):
        if not category.get("term"):
            found.append(f"{where}: a category without a term (4.2.2)")
    for person in element.findall(f"{ATOM}author"):
        if not (person.findtext(f"{ATOM}name") or "").strip():
            found.append(f"{where}: an author without a name (3.2.1)")
    return found


def rss_faults(text):
    """What of a feed breaks RSS 2.0."""
    root, found, ids = ElementTree.fromstring(text), [], []
    if (root.tag, root.get("version")) != ("rss", "2.0") or len(root.findall("channel")) != 1:
        found.append("the root is no RSS 2.0 with one channel")
    channel = root.find("channel")
    for name in ("title", "link", "description"):
        if len(channel.findall(name)) != 1 or not (channel.findtext(name) or "").strip():
            found.append(f"channel: exactly one {name} is wanted")
    if not is_whole(channel.findtext("link")):
        found.append("channel: its link is not whole")
    if [link.get("rel") for link in channel.findall(f"{ATOM}link")].count("self") != 1:
        found.append("channel: it does not say where it is itself")
    found += _rss_moment(channel.findtext("lastBuildDate"), "channel")
    for item in channel.findall("item"):
        guid = item.find("guid")
        where = f"item {guid.text if guid is not None else '?'}"
        ids.append(guid.text if guid is not None else None)
        if not (item.findtext("title") or item.findtext("description")):
            found.append(f"{where}: neither a title nor a description")
        if guid is None or (guid.get("isPermaLink", "true") == "true" and not is_whole(guid.text)):
            found.append(f"{where}: its guid says that it is an address and is none")
        if not is_whole(item.findtext("link")):
            found.append(f"{where}: its link is not whole")
        if item.find("author") is not None and "@" not in item.findtext("author"):
            found.append(f"{where}: its author is no mail address")
        found += _rss_moment(item.findtext("pubDate"), where)
        found += html_faults(item.findtext(f"{CONTENT}encoded") or "", where)
        if not is_moment(item.findtext(f"{ATOM}updated")):
            found.append(f"{where}: its updated is no moment")
    if None in ids or len(set(ids)) != len(ids):
        found.append("channel: two items have one guid, or one has none")
    return found


def _rss_moment(text, where):
    try:
        is_fine = parsedate_to_datetime(text).tzinfo is not None
    except (TypeError, ValueError):
        is_fine = False
    return [] if is_fine else [f"{where}: {text} is no moment as in RFC 822"]


# {name: (type, whether it has to be there)}
JSON_FEED = {
    "version": (str, True), "title": (str, True), "home_page_url": (str, False), "feed_url": (str, False),
    "description": (str, False), "user_comment": (str, False), "next_url": (str, False), "icon": (str, False),
    "favicon": (str, False), "authors": (list, False), "language": (str, False), "expired": (bool, False),
    "hubs": (list, False), "items": (list, True),
}  # fmt: skip
JSON_ITEM = {
    "id": (str, True), "url": (str, False), "external_url": (str, False), "title": (str, False),
    "content_html": (str, False), "content_text": (str, False), "summary": (str, False), "image": (str, False),
    "banner_image": (str, False), "date_published": (str, False), "date_modified": (str, False),
    "authors": (list, False), "tags": (list, False), "language": (str, False), "attachments": (list, False),
}  # fmt: skip


def json_faults(text):
    """What of a feed breaks JSON Feed 1.1."""
    feed = json.loads(text)
    found = _members(feed, JSON_FEED, "feed")
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        found.append("feed: it is of no version that there is")
    for item in feed.get("items", ()):
        where = f"item {item.get('id')}"
        found += _members(item, JSON_ITEM, where)
        if "content_html" not in item and "content_text" not in item:
            found.append(f"{where}: it has no content")
        found += [f"{where}: {name} is no moment" for name in ("date_published", "date_modified")
                  if name in item and not is_moment(item[name])]  # fmt: skip
        found += html_faults(item.get("content_html", ""), where)
        if any(not isinstance(tag, str) for tag in item.get("tags", ())):
            found.append(f"{where}: a tag is no text")
    for one in (feed, *feed.get("items", ())):
        for author in one.get("authors", ()):
            if not {"name", "url", "avatar"} & author.keys():
                found.append("an author without a name, an address or a picture")
    if any({"type", "url"} - hub.keys() for hub in feed.get("hubs", ())):
        found.append("a hub without its type or its address")
    ids = [item.get("id") for item in feed.get("items", ())]
    return found + (["two items have one id"] if len(set(ids)) != len(ids) else [])


def _members(found, known, where):
    faults = [
        f"{where}: {name} is missing" for name, (_, is_wanted) in known.items() if is_wanted and name not in found
    ]
    for name, value in found.items():
        if name not in known and not name.startswith("_"):
            faults.append(f"{where}: there is no {name}")
        elif name in known and not isinstance(value, known[name][0]):
            faults.append(f"{where}: {name} is of another type")
        elif name.endswith("url") and not is_whole(value):
            faults.append(f"{where}: the address {value} is not whole")
    return faults


FAULTS = {"atom": atom_faults, "rss": rss_faults, "json": json_faults}
