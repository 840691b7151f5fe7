"""A claim as a citation: in words, as BibTeX, RIS and CSL-JSON.

Each file has two items where a source is named: the claim on this site, and the source that it rests on. What a
source does not say of itself (its author, its publisher, its year) is left out of its item and told in a note;
nothing is made up in its place.
"""

import json
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import quote

from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext, gettext_lazy

from aid.choices import Basis, SourceKind
from aid.dates import bounds, spoken
from aid.formats import said
from aid.queries.readings import naming

SITE = "Newsroom"
LONGEST_TITLE = 160
# What the kinds of sources are called in CSL.
KINDS = {
    SourceKind.GOVERNMENT_RELEASE: "report",
    SourceKind.NEWS_REPORT: "article-newspaper",
    SourceKind.DATASET: "dataset",
    SourceKind.STANDARD: "standard",
    SourceKind.REFERENCE_WORK: "entry-encyclopedia",
    SourceKind.SPEECH: "speech",
    SourceKind.TREATY: "treaty",
    SourceKind.SOCIAL_POST: "post",
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Cited:
    """One item that can be cited. `issued` is an EDTF text or ""; `notes` are sentences; `abstract` is what is too
    long for a citation in words."""

    key: str
    title: str
    kind: str  # the type in CSL
    address: str = ""
    author: str = ""
    publisher: str = ""
    issued: str = ""
    accessed: date | None = None
    language: str = ""
    notes: tuple = field(default=())
    abstract: str = ""


@dataclass(frozen=True)
class Format:
    """One form of a citation: what it is called, the ending and the media type of its file, and what writes it."""

    name: str
    ending: str
    media_type: str
    write: object


# What is cited


def cited(shown, absolute, accessed):
    """A claim, from its ClaimPage, and the source that it rests on, as items. `absolute` makes a whole address of one
    of this site."""
    claim = shown.claim
    notes = [
        gettext("Claim %(key)s.") % {"key": claim.key},
        gettext("Basis: %(basis)s.") % {"basis": Basis(claim.basis).label},
    ]
    if claim.wording:
        notes.append(gettext("In the source’s words: “%(words)s”.") % {"words": claim.wording})
    if not shown.is_shown:
        notes.append(gettext("The record itself shows what another claim says."))
    item = Cited(
        key=f"newsroom-{claim.key}",
        title=Truncator(f"{shown.label}: {shown.text} – {naming(shown.record)}").chars(LONGEST_TITLE),
        kind="webpage",
        address=absolute(claim.get_absolute_url()),
        author=SITE,
        issued=timezone.localdate(shown.changed_at).isoformat(),
        accessed=accessed,
        language=get_language() or "en",
        notes=tuple(notes),
        abstract=claim.reasoning,
    )
    return [item, _source(claim.source, absolute)] if claim.source else [item]


def _source(source, absolute):
    """A source as it names itself. What it does not say is told in its notes."""
    notes = [
        f"{source.field_label(name)}: {unknown.label}."
        for name in ("author", "publisher", "published_on")
        if (unknown := source.unknown(name))
    ]
    if source.published_on and not re.fullmatch(r"\d{4}(-\d\d){0,2}", source.published_on):
        notes.append(gettext("Published on: %(date)s.") % {"date": spoken(source.published_on)})
    return Cited(
        key=f"source-{source.slug}",
        title=source.title,
        kind=KINDS.get(source.kind, "document"),
        address=source.url or absolute(source.get_absolute_url()),
        author=source.author,
        publisher=source.publisher.name if source.publisher else "",
        issued=source.published_on,
        accessed=source.accessed_on,
        language=source.language,
        notes=tuple(notes),
    )


# Texts


def one_line(text):
    """The text on one line, without control characters and without those that turn the direction of what follows."""
    letters = (letter for letter in " ".join(text.split()) if unicodedata.category(letter) not in ("Cc", "Cs"))
    return re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", "".join(letters))


def web_address(text):
    """The address without a character that any of the forms could take for its own."""
    return quote(one_line(text), safe="%/:=&?~#+!$,;'@()*[]._-")


# In words


def plain(items):
    """The claim and the source that it rests on, as a paragraph."""
    claim, *sources = items
    parts = [f"{SITE}. “{one_line(claim.title)}”", _issued(claim), web_address(claim.address)]
    parts.append(gettext("Accessed %(day)s") % {"day": said(claim.accessed)} if claim.accessed else "")
    for source in sources:
        told = [one_line(source.author), f"“{one_line(source.title)}”", one_line(source.publisher), _issued(source)]
        named = gettext("It rests on: %(source)s") % {"source": ", ".join(filter(None, told))}
        parts += [named, web_address(source.address)]
    sentences = [f"{part}." for part in parts if part]
    return " ".join([*sentences, *(one_line(note) for item in items for note in item.notes)]) + "\n"


def _issued(item):
    return spoken(item.issued) if item.issued else ""


# BibTeX

LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}",
}  # fmt: skip


def latex(text):
    """The text as LaTeX prints it letter for letter."""
    return "".join(LATEX.get(letter, letter) for letter in one_line(text))


def bibtex(items):
    return "\n".join(_bibtex(item) for item in items)


def _bibtex(item):
    day = bounds(item.issued)
    fields = {
        # Two pairs of braces: no letter is made small, and “and” in a body's name parts no authors.
        "title": f"{{{latex(item.title)}}}",
        "author": f"{{{latex(item.author)}}}" if item.author else "",
        "publisher": latex(item.publisher),
        "year": str(day.earliest.year) if _is_one_year(day) else "",
        "month": MONTHS[day.earliest.month - 1] if _is_one_month(day) else "",
        "url": web_address(item.address),
        "urldate": item.accessed.isoformat() if item.accessed else "",
        "langid": latex(item.language),
        "note": latex(" ".join(item.notes)),
        "abstract": latex(item.abstract),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value and name != "month"]
    if fields["month"]:
        lines.append(f"  month = {fields['month']},\n")
    return f"@misc{{{_key(item)},\n{''.join(lines)}}}\n"


def _key(item):
    return re.sub(r"[^A-Za-z0-9.-]", "-", item.key)


def _is_one_year(day):
    return day.earliest is not None and day.latest is not None and day.earliest.year == day.latest.year


def _is_one_month(day):
    return _is_one_year(day) and day.earliest.month == day.latest.month


# RIS


def ris(items):
    return "".join(_ris(item) for item in items)


def _ris(item):
    day = bounds(item.issued)
    year = f"{day.earliest.year:04}" if _is_one_year(day) else ""
    month = f"{day.earliest.month:02}" if _is_one_month(day) else ""
    whole = f"{day.earliest.day:02}" if month and day.earliest == day.latest else ""
    lines = [
        ("TY", "ELEC"),
        ("ID", _key(item)),
        ("TI", item.title),
        ("AU", item.author),
        ("PB", item.publisher),
        ("PY", year),
        ("DA", f"{year}/{month}/{whole}/" if month else ""),
        ("UR", web_address(item.address)),
        ("Y2", f"{item.accessed:%Y/%m/%d}/" if item.accessed else ""),
        ("LA", item.language),
        *(("N1", note) for note in item.notes),
        ("AB", item.abstract),
    ]
    told = ((tag, one_line(text)) for tag, text in lines)
    return "".join(f"{tag}  - {text}\r\n" for tag, text in told if text) + "ER  - \r\n"


# CSL-JSON


def csl_json(items):
    return json.dumps([_csl(item) for item in items], ensure_ascii=False, indent=2) + "\n"


def _csl(item):
    found = {
        "id": item.key,
        "type": item.kind,
        "title": one_line(item.title),
        "author": [{"literal": one_line(item.author)}] if item.author else [],
        "publisher": one_line(item.publisher),
        "issued": _csl_date(item.issued),
        "accessed": {"date-parts": [[item.accessed.year, item.accessed.month, item.accessed.day]]}
        if item.accessed
        else {},
        "URL": web_address(item.address),
        "language": item.language,
        "note": one_line(" ".join(item.notes)),
        "abstract": one_line(item.abstract),
    }
    return {name: value for name, value in found.items() if value}


def _csl_date(text):
    """An EDTF date as CSL has it: in parts as far as they are known, else in words."""
    if not text:
        return {}
    sure = re.sub("[?~%]", "", text)
    if not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?", sure):
        return {"literal": spoken(text)}
    found = {"date-parts": [[int(part) for part in sure.split("-")]]}
    return found | {"circa": True} if sure != text else found


FORMATS = {
    found.ending: found
    for found in (
        Format(gettext_lazy("Plain text"), "txt", "text/plain; charset=utf-8", plain),
        Format("BibTeX", "bib", "application/x-bibtex; charset=utf-8", bibtex),
        Format("RIS", "ris", "application/x-research-info-systems; charset=utf-8", ris),
        Format("CSL-JSON", "csl.json", "application/vnd.citationstyles.csl+json", csl_json),
    )
}
