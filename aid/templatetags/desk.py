"""What the desk's own templates need beside the admin's."""

from django import template

from aid.queries.claims import claim_label

register = template.Library()


@register.inclusion_tag("admin/aid/claim_line.html")
def claim_line(claim):
    """A claim in one line: field, value, basis, sentence, source. No query where source and passages are loaded."""
    return {"claim": claim, "label": claim_label(claim), "passages": claim.passages.all()}
