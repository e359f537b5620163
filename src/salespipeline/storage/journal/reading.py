"""Reading a journal: from bytes to lines, from lines to what they add up to."""

import gc
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from salespipeline.errors import CorruptStore, ForeignFile
from salespipeline.storage.journal.header import Header, read_header
from salespipeline.storage.journal.line import CommitLine, Senseless, checksum
from salespipeline.storage.journal.parsing import read_commit, read_snapshot
from salespipeline.storage.journal.state import State
from salespipeline.storage.journal.system import System
from salespipeline.storage.journal.versions import CURRENT, Versions

__all__ = ["Loaded", "NewLine", "follow", "line_at", "load", "next_commit", "whole_lines"]

_BLOCK = 1 << 20


class NewLine(NamedTuple):
    """A commit line that was read: where it begins and ends, and its checksum, which the next one links to."""

    offset: int
    end: int
    mark: str
    commit: CommitLine


class Loaded(NamedTuple):
    """What a journal adds up to, as far as its lines are whole and intact: `end` is where they end.

    `base` is where the snapshot ends and the commits begin.
    """

    header: Header
    state: State
    base: int
    end: int
    mark: str


def load(system: System, fd: int, where: str, versions: Versions = CURRENT) -> Loaded:
    """Read a journal from its beginning up to the first line that is not whole and intact.

    Its records are given as the newest of the versions has them.
    Raises `ForeignFile`, `NewerFormat`, and `CorruptStore` for damage that no torn write explains.
    Garbage collection pauses meanwhile: it would look again and again at records that are here to
    stay, for a quarter of the time (measured at 10,000 records).
    """
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        return _load(system, fd, where, versions)
    finally:
        if was_collecting:
            gc.enable()


def _load(system: System, fd: int, where: str, versions: Versions) -> Loaded:
    size = system.fstat(fd).st_size
    lines = whole_lines(system, fd, 0, size)
    first = next(lines, None)
    if first is None:
        line = system.pread(fd, _BLOCK, 0)
        if not line:
            raise ForeignFile(where, "it is empty; remove it to begin a new store")
        read_header(line, where, versions.newest)
        raise CorruptStore(where, "the header lacks its newline", len(line))
    header = read_header(first[1], where, versions.newest)
    is_older = header.writer < versions.newest
    state = State(header, partial(versions.bring_up, header.writer, where) if is_older else None)
    base, mark = _read_snapshot(lines, header, state, where, len(first[1]) + 1, first[1][-10:-2].decode())
    end = base
    for new in follow(system, fd, where, end=base, size=size, mark=mark, number=header.seq):
        try:
            state.apply(new.commit, new.offset)
        except Senseless as error:
            raise CorruptStore(where, str(error), new.offset) from error
        end, mark = new.end, new.mark
    return Loaded(header, state, base, end, mark)


def follow(system: System, fd: int, where: str, *, end: int, size: int, mark: str, number: int) -> Iterator[NewLine]:
    """The commits between `end` and `size`, up to the first line that is not whole and intact."""
    for offset, data in whole_lines(system, fd, end, size):
        link, mark = mark, checksum(data) or ""
        if not mark:
            return
        number += 1
        yield NewLine(offset, offset + len(data) + 1, mark, next_commit(data, where, offset, link, number))


def next_commit(data: bytes, where: str, offset: int, link: str, number: int) -> CommitLine:
    """What an intact line says, which must be commit `number` and link to the checksum `link`."""
    try:
        commit = read_commit(data)
    except Senseless as error:
        raise CorruptStore(where, str(error), offset) from error
    if commit.number != number or commit.link != link:
        raise CorruptStore(where, f"commit {commit.number} does not follow the line before it", offset)
    return commit


def line_at(system: System, fd: int, offset: int) -> bytes:
    """The line that begins at `offset`, without its newline."""
    data, block = b"", 4096
    while b"\n" not in data:
        more = system.pread(fd, block, offset + len(data))
        if not more:
            break
        data, block = data + more, block * 2
    return data.partition(b"\n")[0]


def _read_snapshot(
    lines: Iterator[tuple[int, bytes]], header: Header, state: State, where: str, end: int, mark: str
) -> tuple[int, str]:
    """Take the snapshot's records into the state; it was written as a whole, so any oddity is damage."""
    last = ""
    for _ in range(header.records):
        offset, data = next(lines, (end, b""))
        link, mark_of_line = mark, checksum(data)
        if mark_of_line is None:
            raise CorruptStore(where, "a line of the snapshot is damaged or missing", offset)
        try:
            revision, given_link, op = read_snapshot(data)
            state.add(revision, op, offset)
        except Senseless as error:
            raise CorruptStore(where, str(error), offset) from error
        key = f"{op[0]}/{op[1]}"
        if given_link != link or key <= last:
            raise CorruptStore(where, "a line of the snapshot is out of its place", offset)
        last, mark, end = key, mark_of_line, offset + len(data) + 1
    return end, mark


def whole_lines(system: System, fd: int, start: int, size: int) -> Iterator[tuple[int, bytes]]:
    """The lines that end before `size`, each with its offset; split at LF only, as a text may hold other breaks."""
    offset, rest, block = start, b"", _BLOCK
    while start < size:
        data = system.pread(fd, min(block, size - start), start)
        if not data:
            return
        start += len(data)
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            yield offset, line
            offset += len(line) + 1
        block = block if whole else block * 2  # a line longer than a block
