"""Laws about the languages: all that readers are told is translated, and what is not is marked as what it is."""

import re
from urllib.parse import urldefrag, urljoin

import pytest
from babel import Locale
from django.test import Client
from django.urls import resolve
from django.utils import translation

from aid.exchange import catalogues
from aid.models import Coalition, Event, Party, Person, Sector, Source
from tests.views.test_evidence import Tree


@pytest.mark.parametrize("code", catalogues.translated_languages())
def test_catalogue_is_complete(code):
    assert catalogues.faults(code, catalogues.extracted()) == []


# All pages with every text in brackets


OPEN, CLOSE = "⟦", "⟧"
# What is no text in any language: names, codes, formats and units.
NO_TEXT = re.compile(
    r"https?://\S+|/[\w/.-]+/|\b(Newsroom|JSON|CSV|SVG|XLSX|BibTeX|RIS|CSL|RSS|Atom|Feed|WebSub|COFOG|EDTF|ISO|English|Dansk)\b"
    r"|\b[A-Z]{2,3}\b|\b[\w.-]+@[\w.-]+\b|\b(mio|mia|kr)\b"
)
WORD = re.compile(r"[^\W\d_]{2,}")
DANISH = Locale("da")
# What the Unicode CLDR says in Danish: no catalogue of ours has it.
CLDR = {
    word
    for told in (
        *DANISH.territories.values(),
        *DANISH.languages.values(),
        *DANISH.currencies.values(),
        *(name for forms in DANISH._data["currency_names_plural"].values() for name in forms.values()),
        "tusind million millioner milliard milliarder",
    )
    for word in WORD.findall(told)
}
NOT_READ = {"head", "script", "style", "template", "code", "pre", "svg"}
INLINE = {"a", "abbr", "b", "bdi", "em", "q", "s", "span", "strong", "time", "mark"}
SPOKEN = ("aria-label", "alt", "title", "placeholder")


@pytest.fixture
def brackets(monkeypatch):
    """Danish as a language whose every text is the English one in brackets."""
    words = translation._trans
    for name, wanted in (("gettext", 0), ("ngettext", 0), ("pgettext", 1), ("npgettext", 1)):
        real = getattr(words, name)

        def bracketed(*given, real=real, wanted=wanted):
            if translation.get_language() != "da":
                return real(*given)
            *texts, number = given[wanted:] if len(given) > wanted + 1 else (given[wanted], 1)
            return f"{OPEN}{texts[0] if number == 1 or len(texts) == 1 else texts[1]}{CLOSE}"

        monkeypatch.setattr(words, name, bracketed)


def unbracketed(text):
    """What of a text stands in no brackets, and is text."""
    depth, kept = 0, []
    for sign in text:
        depth += (sign == OPEN) - (sign == CLOSE)
        kept.append(sign if depth == 0 and sign not in (OPEN, CLOSE) else " ")
    return NO_TEXT.sub(" ", "".join(kept))


def written():
    """The names of what the desk keeps, which stand as it wrote them."""
    kept = [str(one) for model in (Source, Coalition, Event, Sector, Person) for one in model.objects.all()]
    return {*kept, *Party.objects.values_list("name", flat=True)}


def read(node, kept, language="da"):
    """What stands on a page in the page's language, read aloud too."""
    language = node.attrs.get("lang", language)
    if node.tag in NOT_READ or language != "da":
        return ""
    told = [child if isinstance(child, str) else read(child, kept, language) for child in node.children]
    if node.tag == "option":
        told = [] if "".join(told) in kept else told
    told += [f"\n{node.attrs[name]}\n" for name in SPOKEN if node.attrs.get(name)]
    # Words of two elements are two runs, unless the one is in the midst of the other's text.
    return "".join(told) if node.tag in INLINE else f"\n{''.join(told)}\n"


def pages(reader):
    """A page of each kind, in the language in brackets."""
    waiting, seen, kinds = ["/da/"], {"/da/"}, set()
    while waiting:
        address = waiting.pop(0)
        with translation.override("da"):
            kind = resolve(address.partition("?")[0]).url_name
        if kind in kinds:
            continue
        kinds.add(kind)
        response = reader.get(address)
        if not response.get("Content-Type", "").startswith("text/html"):
            continue
        root = Tree(response.text).root
        yield address, root
        for node in root:
            if node.tag == "a" and "hreflang" not in node.attrs and "download" not in node.attrs:
                onward = urldefrag(urljoin(address, node.attrs.get("href", "")))[0]
                if onward.startswith("/da/") and onward not in seen and "as_of=" not in onward:
                    seen.add(onward)
                    waiting.append(onward)


def left_over(root, kept):
    """What a page says in no brackets, each run of words by itself."""
    runs = [run.strip() for run in re.split(r"\s{2,}|\n", unbracketed(read(root, kept)))]
    known = CLDR | {word for name in Person.objects.values_list("name", flat=True) for word in WORD.findall(name)}
    return [run for run in runs if set(WORD.findall(run)) - known]


@pytest.mark.django_db
def test_each_text_of_each_page_is_translated_or_marked(document, brackets):
    kept = written()
    told = {address: left_over(root, kept) for address, root in pages(Client())}
    assert len(told) > 20
    assert {address: runs for address, runs in told.items() if runs} == {}
