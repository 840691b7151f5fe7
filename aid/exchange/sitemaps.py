"""Addresses for search engines: sitemaps and their index (sitemaps.org 0.9), and Google's sitemap of news."""

from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from django.utils.feedgenerator import rfc3339_date
from django.utils.xmlutils import SimplerXMLGenerator

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True)
class Address:
    """A page: its address, when what stands on it last changed (None where nobody can say), and its address in each
    language as (code, address)."""

    whole: str
    changed: datetime | None = None
    languages: tuple = ()


@dataclass(frozen=True)
class News:
    """An article of the last two days."""

    whole: str
    title: str
    published: datetime
    language: str
    publication: str


def index(addresses):
    """The index of sitemaps that stand at some addresses."""
    return _document("sitemapindex", {}, addresses, _part)


def urlset(addresses):
    has_languages = any(one.languages for one in addresses)
    return _document("urlset", {"xmlns:xhtml": XHTML} if has_languages else {}, addresses, _page)


def news(articles):
    return _document("urlset", {"xmlns:news": NEWS}, articles, _article)


def _document(root, attributes, found, write):
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement(root, {"xmlns": SITEMAP} | attributes)
    for one in found:
        write(xml, one)
    xml.endElement(root)
    return out.getvalue()


def _part(xml, address):
    xml.startElement("sitemap", {})
    xml.addQuickElement("loc", address)
    xml.endElement("sitemap")


def _page(xml, address):
    xml.startElement("url", {})
    xml.addQuickElement("loc", address.whole)
    if address.changed:
        xml.addQuickElement("lastmod", rfc3339_date(address.changed.replace(microsecond=0)))
    for code, whole in address.languages:
        xml.addQuickElement("xhtml:link", None, {"rel": "alternate", "hreflang": code, "href": whole})
    xml.endElement("url")


def _article(xml, article):
    xml.startElement("url", {})
    xml.addQuickElement("loc", article.whole)
    xml.startElement("news:news", {})
    xml.startElement("news:publication", {})
    xml.addQuickElement("news:name", article.publication)
    xml.addQuickElement("news:language", article.language)
    xml.endElement("news:publication")
    xml.addQuickElement("news:publication_date", rfc3339_date(article.published))
    xml.addQuickElement("news:title", article.title)
    xml.endElement("news:news")
    xml.endElement("url")
