"""What is followed, in the three forms that programs read: Atom 1.0 (RFC 4287), RSS 2.0 and JSON Feed 1.1."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import StringIO
from uuid import NAMESPACE_URL, uuid5

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, rfc3339_date
from django.utils.html import escape

# What XML cannot hold, however it is written.
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The moment of a feed in which nothing stands: its bytes stay until something does.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

# What of a list's address says how it is shown, and nothing of what stands in it.
HOW_SHOWN = ("sort", "by", "page", "view", "columns")


def stable_id(kind, key):
    """A name for good, as a URN: made of what outlives a change of the address, of the page's and of the site's."""
    return uuid5(NAMESPACE_URL, f"newsroom:{kind}:{key}").urn


@dataclass(frozen=True)
class Entry:
    """One thing that is followed. `content` is safe HTML whose addresses are whole; the other texts are plain."""

    id: str
    address: str
    title: str
    summary: str
    content: str
    published: datetime
    updated: datetime
    tags: tuple = ()
    author: str = ""
    image: str = ""


@dataclass(frozen=True)
class Followed:
    """A feed with its entries. `page` is where a person reads the same, `address` the feed's own, `hub` the address
    of the WebSub hub that tells of what is new, or ""."""

    id: str
    title: str
    subtitle: str
    page: str
    address: str
    publisher: str
    language: str
    hub: str = ""
    entries: list = field(default_factory=list)

    @property
    def updated(self):
        return max((entry.updated for entry in self.entries), default=NEVER)


@dataclass(frozen=True)
class Format:
    """A form of feed: its name, how its address ends, its media type, and what writes it."""

    name: str
    ending: str
    media_type: str
    write: Callable


def plain(text):
    """A text as all three forms can hold it: one line, without what XML cannot say."""
    return " ".join(NOT_XML.sub("", str(text)).split())


# XML


class _Stable:
    """The feed's own moment is that of its newest entry, and never the present one."""

    def latest_post_date(self):
        return self.feed["updated"]

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        if self.feed["hub"]:
            handler.addQuickElement(self.link_element, None, {"rel": "hub", "href": self.feed["hub"]})


class _Atom(_Stable, Atom1Feed):
    link_element = "link"

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


class _Rss(_Stable, Rss201rev2Feed):
    link_element = "atom:link"

    def rss_attributes(self):
        return super().rss_attributes() | {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])
        # RSS has no word for it.
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))


def _xml(followed, feed_class):
    feed = feed_class(
        title=plain(followed.title),
        link=followed.page,
        description=plain(followed.subtitle),
        subtitle=plain(followed.subtitle),
        language=followed.language,
        author_name=followed.publisher,
        feed_url=followed.address,
        feed_guid=followed.id,
        updated=followed.updated,
        hub=followed.hub,
    )
    for entry in followed.entries:
        feed.add_item(
            title=plain(entry.title),
            link=entry.address,
            # Both forms read it as HTML.
            description=escape(plain(entry.summary)),
            content=NOT_XML.sub("", entry.content),
            unique_id=entry.id,
            unique_id_is_permalink=False,
            pubdate=entry.published,
            updateddate=entry.updated,
            author_name=plain(entry.author) or None,
            categories=[plain(tag) for tag in entry.tags],
        )
    written = StringIO()
    feed.write(written, "utf-8")
    return written.getvalue()


def atom(followed):
    return _xml(followed, _Atom)


def rss(followed):
    return _xml(followed, _Rss)


# JSON


def json_feed(followed):
    found = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": plain(followed.title),
        "home_page_url": followed.page,
        "feed_url": followed.address,
        "description": plain(followed.subtitle),
        "language": followed.language,
        "authors": [{"name": followed.publisher}],
        "hubs": [{"type": "WebSub", "url": followed.hub}] if followed.hub else [],
        "items": [_json_item(entry) for entry in followed.entries],
    }
    kept = {name: value for name, value in found.items() if value not in ("", []) or name == "items"}
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"


def _json_item(entry):
    found = {
        "id": entry.id,
        "url": entry.address,
        "title": plain(entry.title),
        "content_html": NOT_XML.sub("", entry.content),
        "summary": plain(entry.summary),
        "image": entry.image,
        "date_published": rfc3339_date(entry.published),
        "date_modified": rfc3339_date(entry.updated),
        "authors": [{"name": plain(entry.author)}] if entry.author else [],
        "tags": [plain(tag) for tag in entry.tags],
    }
    return {name: value for name, value in found.items() if value not in ("", []) or name == "content_html"}


FORMATS = {
    found.ending: found
    for found in (
        Format("Atom", "atom", "application/atom+xml", atom),
        Format("RSS", "rss", "application/rss+xml", rss),
        Format("JSON Feed", "json", "application/feed+json", json_feed),
    )
}
