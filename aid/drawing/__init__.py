"""Drawings as SVG: lines, bars and letters from plain values. A leaf: it knows no record, no page and no request.

Each drawing is made twice, for a wide and for a narrow place, since letters that shrink with their drawing cannot be
read. Colours, faces and strokes are those of the style sheet; nothing here says how anything looks, but for what a
style sheet cannot do: the hatching of what is not known.
"""
