"""The catalogues of words in locale/: what templates and code have to say, what translators made of it, and the
compiled form that the site reads.

Babel reads and writes them, so that nothing but Python is needed. The desk stays in English: its templates and its
code are not read.
"""

import re
from collections import Counter
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from aid.languages import DEFAULT, NAMES

PLURALS = {
    "da": "nplurals=2; plural=(n != 1);",
    "uk": ("nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"),
}
CONTEXT = ((1, "c"), 2)
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
NOT_FOR_READERS = ("admin", "management", "migrations", "__pycache__")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")


def translated_languages():
    return [code for code in NAMES if code != DEFAULT]


def folder(code):
    return Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES"


# What there is to say


def extracted(root=None):
    """A Catalog of all that readers' pages say, from the templates and from the code. No query."""
    root = Path(root or settings.BASE_DIR)
    found = Catalog(charset="utf-8")
    for path in _sources(root):
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # Line by line from its beginning: what Django makes of a template is no Python, but it has no blocks.
            text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
        _add(found, path.relative_to(root), text)
    return found


def _sources(root):
    for place, ending in (("templates", "*.*"), ("aid", "*.py")):
        for path in sorted((root / place).rglob(ending)):
            if path.is_file() and not set(NOT_FOR_READERS) & set(path.relative_to(root).parts):
                yield path


def _add(catalogue, path, text):
    lines = BytesIO(text.encode())
    for _, function, messages, _ in extract_python(lines, KEYWORDS, (), {"encoding": "utf-8"}):
        messages = list(messages) if isinstance(messages, tuple) else [messages]
        context = messages.pop(0) if function.startswith(("pgettext", "npgettext")) else None
        wanted = 2 if "ngettext" in function or "npgettext" in function else 1
        told = messages[:wanted]
        # A text that is made while the program runs cannot be translated; the crawl of pages finds those.
        if len(told) == wanted and all(isinstance(one, str) and one for one in told):
            catalogue.add(tuple(told) if wanted == 2 else told[0], context=context, locations=[(str(path), 1)])


# What was translated


def read(code):
    """The Catalog of a language as it is kept."""
    with open(folder(code) / "django.po", "rb") as file:
        return read_po(file, locale=code)


def written(catalogue):
    """A Catalog as a .po file has it: in the order of its texts, so that two people's changes meet in few lines."""
    out = BytesIO()
    write_po(out, catalogue, width=118, sort_output=True, include_lineno=False, omit_header=False)
    return out.getvalue()


def compiled(catalogue):
    """A Catalog as the .mo file that the site reads."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def renewed(code, found):
    """The Catalog of a language with all that is to be said, and with nothing that is not said any more; what is new
    is empty."""
    path = folder(code) / "django.po"
    kept = read(code) if path.exists() else Catalog()
    head = (
        f'msgid ""\nmsgstr ""\n"Project-Id-Version: Newsroom\\n"\n"Language: {code}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURALS[code]}\\n"\n'
    )
    new = read_po(StringIO(head), locale=code)
    # The day on which it was begun, so that the file changes when its texts do.
    new.creation_date = kept.creation_date
    for message in found:
        if message.id:
            before = kept.get(message.id, message.context)
            forms = new.num_plurals if message.pluralizable else 1
            text = before.string if before else ""
            if message.pluralizable and (not isinstance(text, (tuple, list)) or len(text) != forms):
                text = ("",) * forms
            new.add(message.id, text, message.locations, context=message.context)
    return new


def faults(code, found):
    """What a reader of a language would find wanting, a sentence each: texts without a translation, placeholders and
    tags that differ, plural forms that are missing, and a compiled file that says something else."""
    if not (folder(code) / "django.po").exists():
        return [f"{code}: there is no catalogue."]
    kept, told = read(code), []
    for message in found:
        if not message.id:
            continue
        here = kept.get(message.id, message.context)
        name = message.id[0] if message.pluralizable else message.id
        if here is None or not all(here.string if isinstance(here.string, (tuple, list)) else [here.string]):
            told.append(f"{code}: not translated: {name!r}")
        elif here.fuzzy:
            told.append(f"{code}: marked as fuzzy: {name!r}")
        else:
            told += [f"{code}: {why}: {name!r}" for why in _differences(here, kept.num_plurals)]
    wanted = {(message.id, message.context) for message in found}
    told += [
        f"{code}: not said anywhere: {message.id!r}"
        for message in kept
        if message.id and (message.id, message.context) not in wanted
    ]
    told += [f"{code}: obsolete: {message.id!r}" for message in kept.obsolete.values()]
    path = folder(code) / "django.mo"
    if not path.exists() or _said(path.read_bytes()) != _said(compiled(kept)):
        told.append(f"{code}: django.mo is not what django.po says.")
    return told


def _said(compiled_catalogue):
    """What a .mo file says, without its head, which names the version of the program that wrote it."""
    return {(str(one.id), one.context): one.string for one in read_mo(BytesIO(compiled_catalogue)) if one.id}


def _differences(message, forms):
    ids = message.id if message.pluralizable else (message.id,)
    strings = message.string if message.pluralizable else (message.string,)
    if message.pluralizable and len(strings) != forms:
        yield f"{len(strings)} plural forms in the place of {forms}"
    holders = [Counter(PLACEHOLDER.findall(one)) for one in ids]
    tags = [Counter(TAG.findall(one)) for one in ids]
    for text in strings:
        if set(Counter(PLACEHOLDER.findall(text))) not in [set(one) for one in holders]:
            yield "other placeholders"
        if Counter(TAG.findall(text)) not in tags:
            yield "other tags"
        if (text[:1].isspace(), text[-1:].isspace()) != (ids[0][:1].isspace(), ids[0][-1:].isspace()):
            yield "other spaces around it"


def write(code, catalogue):
    """Keeps a Catalog, as text and compiled."""
    folder(code).mkdir(parents=True, exist_ok=True)
    (folder(code) / "django.po").write_bytes(written(catalogue))
    (folder(code) / "django.mo").write_bytes(compiled(read(code)))
