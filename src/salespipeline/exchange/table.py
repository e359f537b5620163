"""A CSV file as a table: a header with the names of the columns, and rows of cells by column."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from io import TextIOBase
from os import PathLike, fspath
from typing import BinaryIO, NamedTuple

from salespipeline.errors import InvalidValue, SalesPipelineError, few, repeated, shown
from salespipeline.exchange.columns import FileRow
from salespipeline.exchange.records import Record, ascii_based, lines, records
from salespipeline.exchange.report import Fault

CsvSource = str | PathLike[str] | BinaryIO


class FileRefused(SalesPipelineError, ValueError):
    """A file cannot be read with a mapping at all; `reason` says why, `columns` are those it has."""

    def __init__(self, where: str, reason: str, columns: Iterable[str] = ()) -> None:
        columns = tuple(columns)
        super().__init__(where, reason, columns)
        self.where = where
        self.reason = reason
        self.columns = columns

    def __str__(self) -> str:
        has = f"; the file has {few(self.columns)}" if self.columns else ""
        return f"cannot read {shown(self.where)}: {self.reason}{has}"


class BadRow(NamedTuple):
    """A row whose cells cannot be told, with the reasons; `number` as in a spreadsheet."""

    number: int
    faults: tuple[Fault, ...]


class CsvFormat(NamedTuple):
    """How a file is written: its encoding (based on ASCII), what divides cells, and the most bytes of a row."""

    encoding: str = "utf-8"
    delimiter: str = ","
    row_limit: int = 100_000

    def checked(self) -> "CsvFormat":
        """The same with the encoding's own name; `InvalidValue` for what cannot be read."""
        if len(self.delimiter) != 1 or self.delimiter in '"\r\n ' or not self.delimiter.isascii():
            raise InvalidValue("delimiter", self.delimiter, "use one character, such as ',' or ';' or a tab")
        if type(self.row_limit) is not int or self.row_limit < 1:
            raise InvalidValue("row_limit", self.row_limit, "give a number of bytes, such as 100000")
        return self._replace(encoding=ascii_based(self.encoding))


PLAIN = CsvFormat()


def table(source: CsvSource, columns: Iterable[str], format: CsvFormat) -> Iterator[FileRow | BadRow | None]:
    """The rows below the header, None for a blank one; `columns` are those the header has to have.

    Raises `FileRefused` when there is no such header.
    """
    encoding, delimiter, limit = format.checked()
    with _opened(source) as stream:
        found = records(lines(stream, encoding, limit), delimiter, limit)
        header = _header(next(found, None), columns, _name_of(source))
        for number, record in enumerate(found, start=2):
            yield _row(number, record, header)


def _opened(source: CsvSource) -> AbstractContextManager[BinaryIO]:
    if isinstance(source, TextIOBase):
        raise InvalidValue("source", source, "open the file in binary mode, 'rb', or give its path")
    return open(source, "rb") if isinstance(source, (str, PathLike)) else nullcontext(source)


def _name_of(source: CsvSource) -> str:
    return fspath(source) if isinstance(source, (str, PathLike)) else str(getattr(source, "name", "the file"))


def _header(record: Record | None, columns: Iterable[str], where: str) -> list[str]:
    if record is None:
        raise FileRefused(where, "it is empty; it needs a row with the names of its columns")
    if record.fault:
        raise FileRefused(where, f"its header cannot be taken: {record.fault}")
    names = [name.strip() for name in record.cells]
    if not any(names):
        raise FileRefused(where, "its first row is blank; it needs the names of the columns")
    twice = [name for name in repeated(names) if name]
    if twice:
        raise FileRefused(where, f"its header has more than once: {few(twice)}", names)
    missing = [name for name in columns if name not in names]
    if missing:
        raise FileRefused(where, f"columns of the mapping are missing: {few(missing)}", names)
    return names


def _row(number: int, record: Record, header: list[str]) -> FileRow | BadRow | None:
    if record.fault:
        return BadRow(number, (Fault("", record.given, record.fault),))
    cells = [cell.strip() for cell in record.cells]
    if not any(cells):
        return None
    if len(cells) != len(header):
        reason = f"it has {len(cells)} cells, the header has {len(header)}"
        return BadRow(number, (Fault("", " | ".join(cells)[:80].strip(), reason),))
    named = list(zip(header, cells, strict=True))
    faults = tuple(Fault(name, cell[:80], "it holds a NUL character") for name, cell in named if "\0" in cell)
    return BadRow(number, faults) if faults else FileRow(number, named)
