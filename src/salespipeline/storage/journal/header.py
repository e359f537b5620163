"""The first line of a journal: which format, which store, which generation, and what is in its snapshot."""

import re
from datetime import datetime
from typing import NamedTuple, cast

from salespipeline.errors import CorruptStore, ForeignFile, InvalidValue, NewerFormat
from salespipeline.storage.journal.line import checksum, instant_text
from salespipeline.storage.jsontext import Limits, dumps, loads, quote

__all__ = ["Header", "check_store_id", "header_text", "read_header"]

FORMAT = "salespipeline-journal"
READER = WRITER = 1  # the newest numbers that this version of the library can read, and write
NO_LINK = "00000000"
_LIMITS = Limits(bytes=64 << 20, depth=4, commas=2_000_000)
_BEGINNING = f'{{"format":"{FORMAT}"'.encode()
_FIELDS = ("format", "reader", "writer", "store", "gen", "seq", "records", "cmds", "prev")


class Header(NamedTuple):
    """What a journal says of itself.

    Below `reader` one may not read, below `writer` only read. `seq` is the commit that the snapshot
    stands for, `records` how many lines it has, `cmds` the command ids known before it. `pruned` is
    the instant before which the past was forgotten, and is not written where it is None.
    """

    reader: int
    writer: int
    store: str
    gen: int
    seq: int
    records: int
    cmds: dict[str, int]
    pruned: str | None = None


def check_store_id(store: str) -> None:
    """Raise `InvalidValue` for an id that does not fit the header and the hint beside the journal."""
    if not re.fullmatch("[A-Za-z0-9_-]{1,24}", store):
        raise InvalidValue("new_id", store, "a store's id is 1 to 24 letters, digits, - or _")


def header_text(header: Header) -> str:
    """The text of the header's line, without its frame."""
    fields: dict[str, object] = {"format": FORMAT, **header._asdict()}
    del fields["cmds"]  # there may be more of them than one document takes
    if header.pruned is None:
        del fields["pruned"]
    commands = ",".join([f"{quote(command)}:{number}" for command, number in header.cmds.items()])
    return f'{dumps(fields)[:-1]},"cmds":{{{commands}}},"prev":"{NO_LINK}"'


def read_header(line: bytes, where: str, newest: int = READER) -> Header:
    """The header of a line given without its newline; raises what is wrong with the file.

    `newest` is the highest format that can be read. The format and the reader's number are looked at
    before the checksum: a newer format may count it in another way.
    """
    try:
        value = loads(line.decode(), limits=_LIMITS)
    except (UnicodeDecodeError, InvalidValue) as error:
        if line.startswith(_BEGINNING):
            raise CorruptStore(where, "the header is damaged or cut short", 0) from error
        raise ForeignFile(where, "it does not begin with the header of a journal; it was left as it is") from error
    fields = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    if fields.get("format") != FORMAT:
        raise ForeignFile(where, "it is JSON, but no journal of this library; it was left as it is")
    reader = fields.get("reader")
    if isinstance(reader, int) and reader > newest:
        reason = f"reading it takes format {reader}, this version of the library knows {newest}; update the library"
        raise NewerFormat(where, reason)
    if checksum(line) is None:
        raise CorruptStore(where, "the header does not fit its checksum", 0)
    if not fields.keys() >= set(_FIELDS) or not _is_sensible(fields):
        raise CorruptStore(where, "the header says what no header says", 0)
    return Header._make(fields.get(name) for name in Header._fields)


def _is_sensible(fields: dict[str, object]) -> bool:
    commands, store, pruned = fields["cmds"], fields["store"], fields.get("pruned")
    return (
        all(_number(fields[name], 1) for name in ("reader", "writer", "gen"))
        and all(_number(fields[name], 0) for name in ("seq", "records"))
        and isinstance(store, str)
        and re.fullmatch("[A-Za-z0-9_-]{1,24}", store) is not None
        and isinstance(commands, dict)
        and all(_number(number, 1) for number in cast("dict[str, object]", commands).values())
        and fields["prev"] == NO_LINK
        and (pruned is None or _is_instant(pruned))
    )


def _is_instant(value: object) -> bool:
    try:
        return isinstance(value, str) and instant_text(datetime.fromisoformat(value)) == value
    except ValueError:
        return False


def _number(value: object, least: int) -> bool:
    return type(value) is int and least <= value < 10**18
