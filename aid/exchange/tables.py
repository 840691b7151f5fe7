"""Rows as files that others open: CSV for a spreadsheet, a line of JSON for a program. Written a row at a time."""

import csv
import json
from io import StringIO
from itertools import chain

# What a spreadsheet takes for the beginning of a formula, the wide signs of East Asian keyboards included.
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_lines(header, rows):
    """The lines of a CSV file (RFC 4180), the header first."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    for row in chain([header], rows):
        writer.writerow([harmless(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def json_lines(header, rows):
    """One JSON object a line, its keys those of the header."""
    for row in rows:
        yield json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) + "\n"


def harmless(cell):
    """A cell as text that no spreadsheet takes for a formula: an apostrophe stands before what looks like one."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text
