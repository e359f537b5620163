"""Plain text tables for a terminal: aligned columns, and no stored text that could break a line."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum

from salespipeline.errors import ascii_safe

_WIDEST = 40


def aligned(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    r"""A table with one line a row under a line of headings; numbers stand to the right.

    Texts of more than 40 places are cut. The headings are the columns' names with spaces for underscores.

    >>> print(aligned(["title", "amount"], [["Desks", Decimal("48000.00")], ["Chairs\n", 7]]))
    title       amount
    --------  ---------
    Desks     48,000.00
    Chairs\n          7
    """
    values = [list(row) for row in rows]
    lines = [[_cut(text_of(value)) for value in row] for row in values]
    headings = [_cut(ascii_safe(name.replace("_", " "))) for name in columns]
    to_the_right = [any(_is_number(row[place]) for row in values) for place in range(len(headings))]
    widths = [max(map(_width, column)) for column in zip(headings, *lines, strict=True)]
    rule = ["-" * width for width in widths]
    return "\n".join(_line(cells, widths, to_the_right) for cells in (headings, rule, *lines))


def text_of(value: object) -> str:
    """A value as one line of text for people: nothing for None and False, `1,234.50` for a number.

    Everything that does not print (control characters, line breaks, bidirectional marks) is shown escaped.
    """
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, (Decimal, int)):
        return f"{value:,}" if isinstance(value, int) else f"{value:,f}"
    if isinstance(value, date):
        return value.isoformat()
    return ascii_safe(str(value.value if isinstance(value, Enum) else value))


def _is_number(value: object) -> bool:
    return isinstance(value, (Decimal, int)) and not isinstance(value, bool)


def _cut(text: str) -> str:
    if _width(text) <= _WIDEST:
        return text
    kept = text[: _WIDEST - 1]
    while _width(kept) >= _WIDEST:
        kept = kept[:-1]
    return kept + "…"


def _width(text: str) -> int:
    """How many places a terminal gives a text: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _line(cells: Sequence[str], widths: Sequence[int], to_the_right: Sequence[bool]) -> str:
    padded = (
        " " * (width - _width(cell)) + cell if right else cell + " " * (width - _width(cell))
        for cell, width, right in zip(cells, widths, to_the_right, strict=True)
    )
    return "  ".join(padded).rstrip()
