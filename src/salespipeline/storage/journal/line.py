"""The lines of a journal as they are written: what a commit line says, and the frame around every line.

Every line is JSON by itself and ends with the CRC of the bytes before it. A body is stored as the
text that was given.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, TypeAlias
from zlib import crc32

from salespipeline.storage.base import Commit
from salespipeline.storage.incoming import in_utc
from salespipeline.storage.jsontext import quote, quote_pairs

__all__ = [
    "DELETE", "FRAME", "PUT", "CommitLine", "Op", "Senseless", "checksum", "commit_text", "instant_text", "linked",
    "ops_of", "ops_text", "seal", "snapshot_text",
]  # fmt: skip

FRAME = 18  # the length of ,"crc":"01234567"}
_INSTANT = "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ"  # isoformat asks the offset of UTC, and takes longer
PUT, DELETE = '["put",', '["del",'  # how a change begins


# One change: kind, id, the keys as JSON text, and the body, where None deletes. There is one for every record of
# a journal that is opened, and a plain tuple is made in a tenth of the time of a named one.
Op: TypeAlias = tuple[str, str, str, str | None]


class Senseless(ValueError):
    """An intact line that says something no journal says."""


class CommitLine(NamedTuple):
    """What a commit line says of the records; `link` is the checksum of the line before."""

    number: int
    link: str
    command: str | None
    ops: tuple[Op, ...]


def seal(text: str) -> tuple[bytes, str]:
    """The bytes of a line, frame and newline added, and its checksum; `text` lacks the last brace."""
    data = text.encode()
    mark = f"{crc32(data):08x}"
    return data + f',"crc":"{mark}"}}\n'.encode("ascii"), mark


def linked(header: str, rest: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """The lines of a file: the header, and each text, given as what stands before and behind its link."""
    data, mark = seal(header)
    yield data
    for before, behind in rest:
        data, mark = seal(f"{before}{mark}{behind}")
        yield data


def snapshot_text(revision: int, op: Op) -> tuple[str, str]:
    """The text of a record's line in the snapshot, before and behind its link."""
    kind, id, keys, body = op
    return f'{{"key":{quote(f"{kind}/{id}")},"rev":{revision},"keys":{keys},"data":{body},"prev":"', '"'


def checksum(line: bytes) -> str | None:
    """The checksum of an intact line (given without its newline), None of any other."""
    mark = line[-10:-2]
    if line[-FRAME:-10] == b',"crc":"' and line[-2:] == b'"}' and b"%08x" % crc32(line[:-FRAME]) == mark:
        return mark.decode("ascii")
    return None


def ops_of(commit: Commit) -> tuple[Op, ...]:
    """The changes of a commit as its line has them."""
    ops: list[Op] = []
    for change in commit.changes:
        body = change.body
        ops.append((change.kind, change.id, "{}" if body is None else quote_pairs(change.keys), body))
    return tuple(ops)


def commit_text(number: int, link: str, commit: Commit, ops: tuple[Op, ...]) -> str:
    """The text of a commit's line, without its frame."""
    command = "" if commit.command is None else f',"cmd":{quote(commit.command)}'
    return (
        f'{{"seq":{number},"prev":"{link}","at":"{instant_text(commit.at)}","by":{quote(commit.by)},"action":{commit.action}{command},'
        f'"ops":[{ops_text(ops)}]'
    )


def instant_text(at: datetime) -> str:
    """An instant as lines have it; these texts are in the order of time."""
    at = in_utc(at)
    return _INSTANT % (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)


def ops_text(ops: Iterable[Op]) -> str:
    """The changes as a commit's line lists them."""
    changes: list[str] = []
    for kind, id, keys, body in ops:
        key = quote(f"{kind}/{id}")
        changes.append(f"{DELETE}{key}]" if body is None else f"{PUT}{key},{keys},{body}]")
    return ",".join(changes)
