"""Members of a coalition by source, in the public templates."""

from django import template

from aid.queries.memberships import difference_sentence

register = template.Library()


@register.filter
def named_by(members, source):
    """The parties that a source names."""
    return members.named_by(source)


@register.filter
def differing(found):
    """How one source differs from another in whom it names, in words."""
    return difference_sentence(found)
