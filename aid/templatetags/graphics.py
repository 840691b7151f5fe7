"""Pictures of the data, in the public templates."""

from django import template
from django.utils.html import format_html

from aid.drawing.svg import NARROW, WIDE, svg

register = template.Library()


@register.simple_tag
def drawing(graphic):
    """A Graphic as SVG, twice: for a wide place and for a narrow one. The style sheet shows one of them, so that a
    screen reader meets one."""
    if graphic.is_one_size:
        return svg(graphic.draw(WIDE), graphic.key, graphic.title, graphic.desc)
    return format_html(
        "{}{}",
        *(
            svg(graphic.draw(width), f"{graphic.key}-{name}", graphic.title, graphic.desc, f"graphic__svg--{name}")
            for name, width in (("wide", WIDE), ("narrow", NARROW))
        ),
    )
