"""From bytes to rows of cells: what is wrong with one row is told with it and costs no other row."""

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from salespipeline.errors import InvalidValue

_CHUNK = 1 << 16


class Line(NamedTuple):
    """A line of the file with its end; `size` in bytes. `fault` says why its text cannot be trusted."""

    text: str
    size: int
    fault: str = ""
    is_cut: bool = False


class Record(NamedTuple):
    """The cells of a row, or in `fault` why it cannot be taken; then `given` is how its text begins."""

    cells: list[str]
    fault: str = ""
    given: str = ""


class _Unfit(Exception):
    """The row under way cannot be read."""


def ascii_based(encoding: str) -> str:
    """The name of an encoding that writes ASCII as ASCII and can go on behind a fault; `InvalidValue` for any other."""
    try:
        name = codecs.lookup(encoding).name
        fits = name == "utf-8-sig" or '\r\n,"'.encode(name) == b'\r\n,"'
        b"\xff".decode(name, "replace")
    except (LookupError, TypeError, ValueError):
        fits, name = False, ""
    if not fits:
        raise InvalidValue("encoding", encoding, "use one that is based on ASCII, such as 'utf-8' or 'cp1252'")
    return "utf-8" if name == "utf-8-sig" else name


def lines(stream: BinaryIO, encoding: str, limit: int) -> Iterator[Line]:
    """The lines of a file, ended by LF, CR or both; one of more than `limit` bytes is cut and says so.

    A byte order mark of UTF-8 is passed over. Bytes that the encoding does not have are told by their offset.
    """
    offset = 0
    for raw, dropped in _pieces(stream, limit):
        start = len(codecs.BOM_UTF8) if offset == 0 and encoding == "utf-8" and raw.startswith(codecs.BOM_UTF8) else 0
        size = len(raw) + dropped
        if dropped:
            yield Line(raw.decode(encoding, "replace"), size, f"longer than {limit:,} bytes", True)
        else:
            yield _line(raw, start, encoding, offset)
        offset += size


def _line(raw: bytes, start: int, encoding: str, offset: int) -> Line:
    try:
        return Line(raw[start:].decode(encoding), len(raw))
    except UnicodeDecodeError as error:
        fault = f"not text in {encoding}, at byte {offset + start + error.start:,} of the file"
        return Line(raw[start:].decode(encoding, "replace"), len(raw), fault)


def _pieces(stream: BinaryIO, limit: int) -> Iterator[tuple[bytes, int]]:
    """Each line's bytes, at most `limit` of them, and how many more there were."""
    rest, dropped = b"", 0
    while chunk := stream.read(_CHUNK):
        whole = (rest + chunk).splitlines(keepends=True)
        rest = b"" if whole[-1].endswith(b"\n") else whole.pop()  # a final CR may be half of a CR LF
        for piece in whole:
            yield piece[:limit], dropped + len(piece[limit:])
            dropped = 0
        if len(rest) > limit:
            dropped += len(rest) - limit
            rest = rest[:limit]
    if rest:
        yield rest, dropped


class _Feed:
    """The lines for the csv module; remembers those of the row under way, to take them back."""

    def __init__(self, source: Iterator[Line], limit: int) -> None:
        self._source = source
        self._limit = limit
        self._returned: deque[Line] = deque()
        self.taken: list[Line] = []
        self._size = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._source)
        self.taken.append(line)
        self._size += line.size
        if line.is_cut or self._size > self._limit:
            several = len(self.taken) > 1  # only a quoted cell goes on in the next line
            raise _Unfit(f"{'a quoted cell is not closed within' if several else 'longer than'} {self._limit:,} bytes")
        return line.text

    def begin(self) -> None:
        """A new row begins."""
        self.taken = []
        self._size = 0

    def take_back(self) -> None:
        """Every line after the first of the row will be read again, as a row of its own."""
        self._returned.extendleft(reversed(self.taken[1:]))


def records(source: Iterator[Line], delimiter: str, limit: int) -> Iterator[Record]:
    """The rows of a file, blank ones included; a row has at most `limit` bytes.

    A quote that is never closed costs the line it stands on, not those after it.
    """
    feed = _Feed(source, limit)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _Unfit) as error:
            yield Record([], _reason(error, feed.taken), feed.taken[0].text[:80])
            feed.take_back()
        else:
            fault = next((line.fault for line in feed.taken if line.fault), "")
            yield Record(cells, fault, feed.taken[0].text[:80] if fault else "")


def _reason(error: Exception, taken: list[Line]) -> str:
    text = str(error)
    if isinstance(error, _Unfit):
        return text
    if len(taken) > 1 or "unexpected end" in text:
        return "a quoted cell is not closed"
    if "expected after" in text:
        return "text follows the closing quote of a cell; inside quotes, double a quote"
    return "a cell is too long" if "field limit" in text else text
