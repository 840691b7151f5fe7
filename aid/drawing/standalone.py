"""A drawing as a file of its own: with its words, its style sheet and a ground to stand on."""

import re

from django.utils.html import format_html

from aid.drawing.svg import SIZE, SMALL, WIDE, Canvas, lines_of, svg

MARGIN = 24
# A variable of the style sheet, and one that is given its light value: files are looked at on white.
_USED = re.compile(r"var\((--[\w-]+)(?:,\s*([^()]*))?\)")
_GIVEN = re.compile(r"(--[\w-]+):\s*(?:light-dark\(\s*([^,()]+),[^;]*\)|([^;{}]+));")

# Signs that a name may hold and XML may not.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def style_of(sheet, tokens):
    """A style sheet with the values of its variables written in, so that programs without variables can read it."""
    given = {}
    for name, light, plain in _GIVEN.findall(tokens):
        if light or name not in given:
            given[name] = (light or plain).strip()

    def value(match):
        found = given.get(match[1], match[2] or "")
        return _USED.sub(value, found) if "var(" in found else found

    return re.sub(r"/\*.*?\*/\s*", "", _USED.sub(value, sheet), flags=re.DOTALL)


def standalone(canvas, key, title, desc, told, notes, style):
    """The file's text. `told` and `notes` are the lines above and beneath the drawing."""
    page = Canvas(max(canvas.width, WIDE) + 2 * MARGIN)
    room = page.width - 2 * MARGIN
    y = MARGIN
    above, beneath = Canvas(page.width), Canvas(page.width)
    for line in lines_of(title, room * 0.9, 20):
        y += 26
        above.text(MARGIN, y, line, "graphic__title-text", size=20)
    for words in told:
        for line in lines_of(words, room, SMALL):
            y += 17
            above.text(MARGIN, y, line, "graphic__soft", size=SMALL)
    top = y + SIZE + 6
    y = top + canvas.height + 10
    for words in notes:
        for line in lines_of(words, room, SMALL):
            y += 17
            beneath.text(MARGIN, y, line, "graphic__soft", size=SMALL)
    page.height = y + MARGIN
    page.rect(0, 0, page.width, page.height, "graphic__paper")
    page.inside(above, 0, 0)
    page.inside(canvas, MARGIN, top)
    page.inside(beneath, 0, 0)
    text = svg(page, key, title, desc, "graphic__svg--file", format_html("<style>{}</style>", style))
    return _NO_XML.sub("�", text)
