"""How a column of a file is read: as text, a day, an amount or a percentage, in the spelling it declares."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple, TypedDict, Unpack

from salespipeline.errors import InvalidValue
from salespipeline.model.numbers import HUNDRED, multiply
from salespipeline.model.standing import Status

Parse = Callable[[str], object]
Unknown = Literal["reject", "note"]

_SPACES = "[ \u00a0\u2009\u202f]"  # the plain space, and those that spreadsheets put between thousands
_LONGEST_NUMBER = 40
_HOLE = re.compile(r"\{([^{}]*)\}")


class FileRow(dict[str, str]):
    """The cells of a row by column, without outer spaces; `number` as a spreadsheet counts, the header being 1."""

    def __init__(self, number: int, cells: Iterable[tuple[str, str]]) -> None:
        super().__init__(cells)
        self.number = number


def as_given(text: str) -> str:
    """The text as it stands."""
    return text


class Column(NamedTuple):
    """One column of the file and how its cells are read; made by `text`, `day`, `amount` and `percent`."""

    name: str
    parse: Parse = as_given
    values: tuple[tuple[str, object], ...] = ()
    among: str = ""
    unknown: Unknown = "reject"
    otherwise: object = None
    required: bool = False
    empty: tuple[str, ...] = ()
    note_empty: str = ""
    note_for: tuple[Status, ...] = ()
    read_for: tuple[Status, ...] = ()


class Template(NamedTuple):
    """A text put together from cells: `Template("{product} for {account}")`, with columns between braces."""

    text: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs."""
        return tuple(_HOLE.findall(self.text))

    def fill(self, row: Mapping[str, str]) -> str:
        """The text for one row."""
        return _HOLE.sub(lambda hole: row[hole[1]], self.text).strip()


class Empty(TypedDict, total=False):
    """What every kind of column takes, mostly on cells without a value.

    `otherwise` is used in place of an empty cell: a constant, or a function of the row. `required` rejects
    the row instead. `empty` lists further texts that count as empty, such as `"n/a"`. `note_empty` puts a
    note with that text into the report, for rows of any status or those in `note_for`. With `read_for` the
    column is passed over in rows of any other status.
    """

    otherwise: object
    required: bool
    empty: Iterable[str]
    note_empty: str
    note_for: Iterable[Status]
    read_for: Iterable[Status]


def text(
    column: str,
    *,
    values: Mapping[str, object] | None = None,
    among: str = "",
    unknown: Unknown = "reject",
    **empty: Unpack[Empty],
) -> Column:
    """A column of text.

    `values` translates cells: `{"Won": Status.SOLD}`; None as a value means "as if empty". `among` compares
    with a list of the catalog, by id or name: `"products"`, `"sources"` and so on, `"reasons"` for those of
    the row's status. What differs from just one entry in case, spaces and punctuation alone is taken for
    it, with a note. Anything else `unknown` rejects, or keeps with a note.
    """
    return _column(column, as_given, empty)._replace(values=tuple((values or {}).items()), among=among, unknown=unknown)


def day(column: str, *formats: str, **empty: Unpack[Empty]) -> Column:
    """A column of days, in the first fitting of the formats of `datetime.strptime`; `2025-01-31` unless given.

    A format may have a time of day, which is dropped. Raises `InvalidValue` for a format that cannot be used.
    """
    taken = formats or ("%Y-%m-%d",)
    for format in taken:
        _check_format(format)

    @lru_cache(maxsize=4096)
    def parse(text: str) -> date:
        for format in taken:
            found = _day_in(format, text)
            if found is not None:
                return found
        raise InvalidValue("day", text, "it is no day such as " + " or ".join(map(_example_day, taken)))

    return _column(column, parse, empty)


def _example_day(format: str) -> str:
    return datetime(2025, 1, 31, tzinfo=UTC).strftime(format)


def _check_format(format: str) -> None:
    try:
        datetime.strptime(_example_day(format), format)  # noqa: DTZ007  # only its shape is tried
    except ValueError:
        raise InvalidValue("format", format, "use the directives of datetime.strptime, such as '%d-%m-%Y'") from None


def _day_in(format: str, text: str) -> date | None:
    if not text.isascii() and any(c.isdecimal() and not c.isascii() for c in text):
        return None
    try:
        return datetime.strptime(text, format).date()  # noqa: DTZ007  # a calendar day has no zone
    except ValueError:
        return None


def amount(column: str, *, decimal: str = ".", thousands: str = "", sign: str = "", **empty: Unpack[Empty]) -> Column:
    """A column of amounts, such as `1.234,50` with `decimal=","` and `thousands="."`.

    A currency sign is taken before or behind the number, when it is declared. A thousands separator has to
    stand at thousands; a blank one may be any kind of space.
    """
    pattern = _number(decimal, thousands, re.escape(sign) if sign else "")
    example = f"{sign}1{thousands}234{decimal}50"

    def parse(text: str) -> Decimal:
        found = pattern.fullmatch(text)
        if not found or len(text) > _LONGEST_NUMBER:
            raise InvalidValue("amount", text, f"it is no amount such as {example}")
        return _decimal(found)

    return _column(column, parse, empty)


def percent(column: str, *, decimal: str = ".", fraction: bool = False, **empty: Unpack[Empty]) -> Column:
    """A column of percentages: `25` or `25 %`; with `fraction`, `0.25` is 25 %."""
    pattern = _number(decimal, "", "" if fraction else "%")
    example = f"0{decimal}25" if fraction else "25 %"

    def parse(text: str) -> Decimal:
        found = pattern.fullmatch(text)
        if not found or len(text) > _LONGEST_NUMBER:
            raise InvalidValue("percentage", text, f"it is no percentage such as {example}")
        return multiply(_decimal(found), HUNDRED) if fraction else _decimal(found)

    return _column(column, parse, empty)


def _number(decimal: str, thousands: str, sign: str) -> "re.Pattern[str]":
    if decimal not in (".", ",") or thousands not in ("", ".", ",", "'", " ") or decimal == thousands:
        raise InvalidValue("separators", decimal + thousands, "use '.' and ',' for one another, or \"'\" or ' '")
    group = _SPACES if thousands == " " else re.escape(thousands)
    whole = f"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+" if thousands else "[0-9]+"
    before, behind = (f"(?:{sign}{_SPACES}?)?", f"(?:{_SPACES}?{sign})?") if sign else ("", "")
    minus = f"(?P<minus>-{before}|{before}-)|{before}"
    return re.compile(f"(?:{minus})(?P<whole>{whole})(?:{re.escape(decimal)}(?P<part>[0-9]+))?{behind}")


def _decimal(found: "re.Match[str]") -> Decimal:
    whole = re.sub("[^0-9]", "", found["whole"])
    value = Decimal(f"{whole}.{found['part'] or '0'}")
    return value.copy_negate() if found["minus"] and value else value


def _column(name: str, parse: Parse, empty: Empty) -> Column:
    return Column(
        name,
        parse,
        otherwise=empty.get("otherwise"),
        required=empty.get("required", False),
        empty=tuple(empty.get("empty", ())),
        note_empty=empty.get("note_empty", ""),
        note_for=tuple(empty.get("note_for", ())),
        read_for=tuple(empty.get("read_for", ())),
    )
