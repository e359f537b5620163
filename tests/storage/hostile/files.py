"""Files that are no journal, or no longer one: by category and name, as bytes."""

import base64
import bz2
import codecs
import gzip
import lzma
import zlib
from collections.abc import Iterable

from tests.storage.every_kind import FILE, LINES
from tests.storage.journals import COMMITS, HEADER, sealed

_ROWS = FILE.splitlines(keepends=True)
_LAST = len(FILE) - len(_ROWS[-1])  # where the last line begins
_SNAPSHOT = sum(map(len, _ROWS[:3]))  # where the snapshot ends
_TEXT = FILE.decode()

# Opened without its hint, a file that ends early is an earlier one: nobody can know of the commits behind its end.
SHORTER: dict[str, bytes] = {
    "in the last line": FILE[: _LAST + 30],
    "at the last line": FILE[:_LAST],
    "in a commit": FILE[: _SNAPSHOT + 50],
    "at the first commit": FILE[:_SNAPSHOT],
    "behind a brace": FILE[: _LAST + 1],
    "zeros in place of the last line": FILE[:_LAST] + bytes(len(_ROWS[-1])),
    "zeros in the last line": FILE[: _LAST + 40] + bytes(60),
    "a page of zeros behind the last line": FILE + bytes(4096),
    "half a line behind the last one": FILE + b'{"seq":9,"prev":"',
}

TRUNCATED = {
    "after one byte": FILE[:1],
    "in the name of the format": FILE[:15],
    "in the header": FILE[:60],
    "before the checksum of the header": FILE[: len(_ROWS[0]) - 12],
    "before the newline of the header": _ROWS[0][:-1],
    "behind the header": _ROWS[0],
    "in the snapshot": FILE[: len(_ROWS[0]) + 30],
    "between two records of the snapshot": b"".join(_ROWS[:2]),
    "before the newline of the snapshot": FILE[: _SNAPSHOT - 1],
    "without its beginning": FILE[1:],
    "without its header": b"".join(_ROWS[1:]),
    "commits alone": b"".join(_ROWS[3:]),
}

LINE_ENDS = {
    "CR LF": FILE.replace(b"\n", b"\r\n"),
    "CR LF in the header": FILE.replace(b"\n", b"\r\n", 1),
    "CR LF in the last line": FILE[:-1] + b"\r\n",
    "CR": FILE.replace(b"\n", b"\r"),
    "LF CR": FILE.replace(b"\n", b"\n\r"),
    "vertical tab": FILE.replace(b"\n", b"\x0b"),
    "next line": _TEXT.replace("\n", "\u0085").encode(),
    "line separator": _TEXT.replace("\n", "\u2028").encode(),
    "blank line at the end": FILE + b"\n",
    "blank line at the beginning": b"\n" + FILE,
    "blank lines between": FILE.replace(b"\n", b"\n\n"),
    "space before each end": FILE.replace(b"\n", b" \n"),
    "indented": b"".join(b"  " + row for row in _ROWS),
    "one line": FILE.replace(b"\n", b" "),
    "commas between": FILE.replace(b"\n", b",\n"),
}

ENCODED = {
    "UTF-8 with a mark": codecs.BOM_UTF8 + FILE,
    "UTF-16": _TEXT.encode("utf-16"),
    "UTF-16 little-endian": _TEXT.encode("utf-16-le"),
    "UTF-16 big-endian": _TEXT.encode("utf-16-be"),
    "UTF-16 big-endian with a mark": codecs.BOM_UTF16_BE + _TEXT.encode("utf-16-be"),
    "UTF-32": _TEXT.encode("utf-32"),
    "UTF-7": _TEXT.encode("utf-7"),
    "Latin-1": _TEXT.encode("latin-1"),
    "UTF-8 taken for Latin-1": FILE.decode("latin-1").encode(),
    "EBCDIC": _TEXT.encode("cp037", "replace"),
    "base64": base64.encodebytes(FILE),
    "gzip": gzip.compress(FILE, mtime=0),
    "zlib": zlib.compress(FILE),
    "bzip2": bz2.compress(FILE),
    "xz": lzma.compress(FILE),
    "rot13": codecs.encode(_TEXT, "rot13").encode(),
    "hex": FILE.hex().encode(),
    "JSON in JSON": repr(_TEXT).encode(),
}


def _conflict(rows: list[bytes], at: int, *, base: bytes = b"") -> bytes:
    ours, rest = rows[at], rows[at + 1 :]
    theirs = sealed([COMMITS[1].replace("x y@", "theirs")])
    lines = [*rows[:at], b"<<<<<<< HEAD\n", ours, base, b"=======\n", theirs, b">>>>>>> theirs\n", *rest]
    return b"".join(lines)


MERGED = {
    "around the header": _conflict(_ROWS, 0),
    "around a record": _conflict(_ROWS, 2),
    "around a commit": _conflict(_ROWS, 4),
    "around the last commit": _conflict(_ROWS, len(_ROWS) - 1),
    "with the common ancestor": _conflict(_ROWS, 4, base=b"||||||| base\n" + _ROWS[3]),
    "a marker alone": FILE + b">>>>>>> theirs\n",
    "a marker before": b"<<<<<<< HEAD\n" + FILE,
    "a patch": b"--- a/s\n+++ b/s\n@@ -1 +1 @@\n" + b"".join(b"+" + row for row in _ROWS),
    "both sides": b"".join(_ROWS) + sealed([COMMITS[1].replace("x y@", "theirs")]),
}

EMPTY = {
    "no bytes": b"",
    "a newline": b"\n",
    "a space": b" ",
    "CR LF": b"\r\n",
    "a NUL": b"\0",
    "newlines": b"\n" * 1_000,
    "a megabyte of spaces": b" " * (1 << 20),
    "a megabyte of zeros": bytes(1 << 20),
    "an empty object": b"{}\n",
    "an empty list": b"[]\n",
    "null": b"null\n",
    "an empty text": b'""\n',
    "a mark alone": codecs.BOM_UTF8,
}

ZEROED = {
    "all zeros": bytes(len(FILE)),
    "the first byte": b"\0" + FILE[1:],
    "the header": bytes(len(_ROWS[0]) - 1) + FILE[len(_ROWS[0]) - 1 :],
    "in the header": FILE[:20] + b"\0" + FILE[21:],
    "in the snapshot": FILE[: len(_ROWS[0]) + 40] + bytes(9) + FILE[len(_ROWS[0]) + 49 :],
    "a commit before the last": FILE[:_SNAPSHOT] + bytes(len(_ROWS[3]) - 1) + FILE[_SNAPSHOT + len(_ROWS[3]) - 1 :],
    "one in the last line": FILE[: _LAST + 30] + b"\0" + FILE[_LAST + 31 :],
    "between two lines": b"\0\n".join(FILE.split(b"\n")),
    "before the header": bytes(512) + FILE,
}


def _ordered(places: Iterable[int]) -> bytes:
    return b"".join(_ROWS[place] for place in places)


COPIED = {
    "twice the same file": FILE * 2,
    "the header twice": _ordered([0, *range(len(_ROWS))]),
    "a record twice": _ordered([0, 1, 1, 2, 3, 4, 5, 6, 7]),
    "a commit twice": _ordered([0, 1, 2, 3, 3, 4, 5, 6, 7]),
    "the last commit twice": FILE + _ROWS[-1],
    "no first record": _ordered([0, 2, 3, 4, 5, 6, 7]),
    "no first commit": _ordered([0, 1, 2, 4, 5, 6, 7]),
    "no commit in the middle": _ordered([0, 1, 2, 3, 5, 6, 7]),
    "records swapped": _ordered([0, 2, 1, 3, 4, 5, 6, 7]),
    "commits swapped": _ordered([0, 1, 2, 4, 3, 5, 6, 7]),
    "backwards": _ordered(reversed(range(len(_ROWS)))),
    "a line of another store": FILE + sealed(LINES[:4])[:-1][-200:] + b"\n",
    "the commits of another store": b"".join(_ROWS[:3]) + sealed([*LINES[:1], *COMMITS])[len(_ROWS[0]) :],
    "another header": sealed([HEADER.replace("by-hand", "another")]) + b"".join(_ROWS[1:]),
}

LONG = {
    "a line without end": b"x" * (2 << 20),
    "brackets": b"[" * (1 << 20) + b"\n",
    "braces in a header": FILE[:1] + b'"format":' * 10 + b"{" * 200_000 + b"\n",
    "lines": b"x\n" * 50_000,
    "broken texts": b'{"a":"' + b'\\"' * 500_000 + b"\n",
    "a header with a long text": sealed([HEADER.replace("by-hand", "x" * 1_000_000)]),
    "a header that is nested deep": sealed([HEADER.replace('"c0":1', '"c0":' + "[" * 10_000 + "]" * 10_000)]),
}
