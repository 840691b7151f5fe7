"""What of a page's data breaks schema.org, and what search engines ask of it beyond that.

The vocabulary is the excerpt beside this file. The further rules are Google's for articles, data sets, breadcrumbs
and the search box of a site (developers.google.com/search/docs/appearance/structured-data).
"""

import json
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

TYPES = json.loads((Path(__file__).parent / "schema_org.json").read_text())["types"]
# What a text can be.
WRITTEN = {"Text", "URL", "Date", "DateTime", "CssSelectorType", "XPathType", "PronounceableText"}
WANTED = {
    "NewsArticle": ("headline", "image", "datePublished", "dateModified", "publisher", "mainEntityOfPage"),
    "Dataset": ("name", "description", "distribution", "creator"),
    "DataDownload": ("contentUrl", "encodingFormat"),
    "BreadcrumbList": ("itemListElement",),
    "ListItem": ("position", "name", "item"),
    "WebSite": ("name", "url"),
    "SearchAction": ("target", "query-input"),
    "EntryPoint": ("urlTemplate",),
    "CorrectionComment": ("text", "datePublished"),
    "Person": ("name",),
    "Organization": ("name",),
    "NewsMediaOrganization": ("name", "logo"),
    "WebPage": ("name",),
    "Claim": ("name",),
}


def kinds(name):
    """A type and all that it is a kind of."""
    return {name, *(above for one in TYPES[name]["is"] for above in kinds(one))}


def faults(thing, where=""):
    """What of a thing breaks the vocabulary or a rule, in sentences."""
    name = thing.get("@type")
    where = f"{where}/{name}"
    if name not in TYPES:
        return [f"{where}: the excerpt has no such type"]
    properties = {known: ranges for kind in kinds(name) for known, ranges in TYPES[kind]["properties"].items()}
    found = [f"{where}: {wanted} is missing" for wanted in WANTED.get(name, ()) if not thing.get(wanted)]
    for key, value in thing.items():
        if key in ("@type", "@id"):
            continue
        if key.removesuffix("-input") != key and key.removesuffix("-input") in properties:
            continue
        if key not in properties:
            found.append(f"{where}: a {name} has no {key}")
            continue
        for one in value if isinstance(value, list) else [value]:
            found += _value_faults(one, properties[key], f"{where}.{key}")
    if "@id" in thing and not _is_whole(thing["@id"]):
        found.append(f"{where}: {thing['@id']} is no IRI")
    return found + _rules(name, thing, where)


def _value_faults(value, ranges, where):
    if isinstance(value, dict):
        own = faults(value, where)
        if value.get("@type") in TYPES and not kinds(value["@type"]) & set(ranges):
            own.append(f"{where}: it takes {ranges} and no {value['@type']}")
        return own
    if isinstance(value, bool):
        return [] if "Boolean" in ranges else [f"{where}: it takes no truth value"]
    if isinstance(value, int):
        return [] if {"Integer", "Number"} & set(ranges) else [f"{where}: it takes no number"]
    if not isinstance(value, str) or not value:
        return [f"{where}: {value!r} is nothing that can stand there"]
    texts = WRITTEN & set(ranges)
    # Google reads the address of a picture or of a page in place of the thing itself, and schema.org allows it.
    if not texts or texts == {"URL"}:
        return [] if _is_whole(value) else [f"{where}: {value} is no whole address"]
    if texts <= {"Date", "DateTime"}:
        return [] if _is_moment(value) else [f"{where}: {value} is no moment"]
    return []


def _is_whole(text):
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_moment(text):
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _rules(name, thing, where):
    if name == "Dataset" and not 50 <= len(thing.get("description", "")) <= 5000:
        return [f"{where}: a description has 50 to 5000 letters"]
    if name == "Dataset" and not re.fullmatch(r"\d{4}(/\d{4})?", thing.get("temporalCoverage", "2024")):
        return [f"{where}: {thing['temporalCoverage']} is no year or span of years"]
    if name == "BreadcrumbList":
        numbers = [one.get("position") for one in thing.get("itemListElement", ())]
        if len(numbers) < 2 or numbers != list(range(1, len(numbers) + 1)):
            return [f"{where}: {numbers} are no places one after the other"]
    if name == "SearchAction":
        term = re.fullmatch(r"required name=(\w+)", thing.get("query-input", ""))
        if not term or f"{{{term[1]}}}" not in thing.get("target", {}).get("urlTemplate", ""):
            return [f"{where}: what is asked for stands nowhere in its address"]
    return []


def page_faults(data):
    """What of a page's block of data is wrong."""
    if data.get("@context") != "https://schema.org" or not isinstance(data.get("@graph"), list):
        return ["it is no graph of schema.org"]
    return [fault for thing in data["@graph"] for fault in faults(thing)]
