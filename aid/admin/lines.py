"""Rows of the ledger as lines with links, for the pages that tell what uses what."""

from django.utils.html import format_html

from aid.rules.breaches import mending_page


def linked(row):
    """A row as its kind and a link to where it is changed."""
    kind = str(row._meta.verbose_name)
    return format_html('{}: <a href="{}">{}</a>', kind[:1].upper() + kind[1:], mending_page(row), row)


def use_lines(found):
    """The Uses of a row as nested lines: for each way of using it, the rows that do, with links."""
    lines = []
    for use in found:
        named = zip(use.rows, use.names, strict=True)
        rows = [format_html('<a href="{}">{}</a>', mending_page(row), name) for row, name in named]
        lines += [use.label, [*rows, *([f"and {use.more:,} more"] if use.more else [])]]
    return lines
