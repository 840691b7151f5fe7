"""Structured data in the public templates."""

import json

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()

# As Django's json_script does it: no text within can end the element or begin another. JSON reads them back.
ESCAPED = {ord(letter): f"\\u{ord(letter):04X}" for letter in "<>&\u2028\u2029"}


@register.simple_tag
def json_ld(data):
    """A data block: no browser runs it, so that the Content-Security-Policy need not allow it."""
    return format_html(
        '<script type="application/ld+json">{}</script>', mark_safe(json.dumps(data).translate(ESCAPED))
    )
