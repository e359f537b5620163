"""The lines of a journal as they are written: what a commit line says, and the frame around every line.

Every line is JSON by itself and ends with the CRC of the bytes before it. A body is stored as the
text that was given.
"""

from typing import NamedTuple
from zlib import crc32

from salespipeline.storage.base import Change, Commit
from salespipeline.storage.incoming import in_utc
from salespipeline.storage.jsontext import quote, quote_pairs

__all__ = ["DELETE", "FRAME", "PUT", "CommitLine", "Op", "Senseless", "checksum", "commit_text", "ops_of", "seal"]

FRAME = 18  # the length of ,"crc":"01234567"}
_INSTANT = "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ"  # isoformat asks the offset of UTC, and takes longer
PUT, DELETE = '["put",', '["del",'  # how a change begins


class Senseless(ValueError):
    """An intact line that says something no journal says."""


class Op(NamedTuple):
    """One change; `keys` is JSON text, a `body` of None deletes."""

    kind: str
    id: str
    keys: str
    body: str | None


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


def checksum(line: bytes) -> str | None:
    """The checksum of an intact line (given without its newline), None of any other."""
    mark = line[-10:-2]
    if line[-FRAME:-10] == b',"crc":"' and line[-2:] == b'"}' and b"%08x" % crc32(line[:-FRAME]) == mark:
        return mark.decode("ascii")
    return None


def ops_of(commit: Commit) -> tuple[Op, ...]:
    """The changes of a commit as its line has them."""
    return tuple([Op(change.kind, change.id, _keys_text(change), change.body) for change in commit.changes])


def commit_text(number: int, link: str, commit: Commit, ops: tuple[Op, ...]) -> str:
    """The text of a commit's line, without its frame."""
    at = in_utc(commit.at)
    instant = _INSTANT % (at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond)
    command = "" if commit.command is None else f',"cmd":{quote(commit.command)}'
    changes = _op_text(ops[0]) if len(ops) == 1 else ",".join([_op_text(op) for op in ops])
    return (
        f'{{"seq":{number},"prev":"{link}","at":"{instant}","by":{quote(commit.by)},"action":{commit.action}{command},'
        f'"ops":[{changes}]'
    )


def _keys_text(change: Change) -> str:
    return quote_pairs(change.keys) if change.keys and change.body is not None else "{}"


def _op_text(op: Op) -> str:
    key = quote(f"{op.kind}/{op.id}")
    return f"{DELETE}{key}]" if op.body is None else f"{PUT}{key},{op.keys},{op.body}]"
