"""The language of a page and of what stands on it, and the same page in the others."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language

from aid.languages import DEFAULT, NAMES, alternates, in_language, permanent

register = template.Library()


@register.simple_tag
def page_language():
    return get_language() or DEFAULT


@register.simple_tag
def home_address():
    """The front page's address in the page's language, which asks neither a request nor the table of addresses."""
    return in_language("/", page_language())


@register.simple_tag
def lang(what=DEFAULT):
    """The attribute of an element whose text is in a language, the desk's own unless it is said, where the page is in
    another one; else nothing. It stands right behind the element's other attributes: <h1{% lang %}>.

    Of a party whose name is shown, {% lang party %}: states are called what they are called in the page's language.
    Of a Reading, {% lang reading %}: figures, days and terms are in it too.
    """
    code = what
    if hasattr(what, "is_written"):
        code = DEFAULT if what.is_written else ""
    elif hasattr(what, "_meta"):
        code = DEFAULT if str(what) == what.name else ""
    return format_html(' lang="{}"', code) if code and code != get_language() else ""


@register.simple_tag
def written(text):
    """What the desk wrote, within a text in the page's language: marked as English where that is another one."""
    tongue = lang()
    return format_html("<span{}>{}</span>", tongue, text) if tongue else text


@register.simple_tag
def quote_lang(sheet):
    """The language of a statement's words: that of the source that quotes them."""
    said = next((row.said for row in sheet.rows if row.anchor.endswith("-text") and row.said), ())
    source = said[0].claim.source if said else None
    return lang(source.language if source else DEFAULT)


@register.filter(name="permanent")
def permanent_address(address):
    """The address that names a page whatever language it is read in."""
    return permanent(address)


@register.simple_tag
def is_foreign(code=DEFAULT):
    """Whether a text in this language is in another one than the page."""
    return code != get_language()


@register.inclusion_tag("aid/includes/alternates.html", takes_context=True)
def alternate_languages(context):
    """For the head of a page that has an address of its own: the same page in each language."""
    canonical = context.get("canonical")
    return {"alternates": alternates(canonical) if canonical else []}


@register.inclusion_tag("aid/includes/languages.html", takes_context=True)
def languages(context):
    """The languages, each as a link to this page with all that its address asks for; where there is no page, to the
    front page."""
    request = context.get("request")
    is_page = request and context.get("canonical")
    here = reverse("front-page")
    if is_page:
        asked = request.GET.copy()
        # Moment and currency the page itself writes into each of its links. What it does not know stays behind, so
        # that it is the same to the letter for whoever asks for what is not theirs, such as a preview.
        known = {*context.get("kept", {}), "page", "q"} - {"as_of", "currency"}
        if context.get("preview"):
            known.add("preview")
        for name in set(asked) - known:
            del asked[name]
        here = f"{request.path}?{asked.urlencode(safe=':')}" if asked else request.path
    now = get_language()
    return {"languages": [(code, name, in_language(here, code), code == now) for code, name in NAMES.items()]}
