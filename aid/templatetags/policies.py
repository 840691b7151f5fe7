"""The pages on how the site works, for the frame of each of them."""

from django import template

from aid.policies import POLICIES

register = template.Library()


@register.simple_tag
def policies():
    return POLICIES
