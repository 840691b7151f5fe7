"""The languages of the site. The address alone says which one a page is in: /pledges/, /da/pledges/, /uk/pledges/.

What is kept, sent or named for good bears the address without a prefix: see `permanent`.
"""

import re

from django.conf import settings

# What the desk writes, and the pages without a prefix.
DEFAULT = settings.LANGUAGE_CODE
# {code: its name in itself}
NAMES = dict(settings.LANGUAGES)
# The host of an address, the prefix of its language, and the rest.
PREFIXES = "|".join(f"/{code}" for code in NAMES if code != DEFAULT)
PARTS = re.compile(
    rf"(?P<host>(?:https?:)?//[^/?#]*)?(?P<prefix>(?:{PREFIXES})(?=[/?#]|$))?(?P<rest>.*)",
    re.DOTALL,
)


def language_of(path):
    """The code of the language that an address of this site is in."""
    return (PARTS.fullmatch(path)["prefix"] or f"/{DEFAULT}")[1:]


def in_language(address, code):
    """A page's address, whole or from the first slash on, in a language."""
    parts = PARTS.fullmatch(address)
    prefix = "" if code == DEFAULT else f"/{code}"
    slash = "" if parts["rest"].startswith("/") else "/"
    return f"{parts['host'] or ''}{prefix}{slash}{parts['rest']}"


def permanent(address):
    """The address that names a thing whatever language it is read in: for what is stored, mailed, logged or cited,
    and for ids."""
    return in_language(address, DEFAULT)


def alternates(address):
    """The same page in each language, as (hreflang, address), with the one for whoever reads none of them."""
    return [*((code, in_language(address, code)) for code in NAMES), ("x-default", permanent(address))]
