"""The past before a journal's snapshot: earlier generations, each in a file of its own beside the journal.

An archive has the format of a journal, and is named `<name>.past-<generation>`. What it says of
records that were deleted for good is left out of it.
"""

import os
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from salespipeline.errors import CorruptStore, PastNotKept
from salespipeline.storage.base import Revision
from salespipeline.storage.journal.header import header_text, read_header
from salespipeline.storage.journal.line import Senseless, checksum, linked, snapshot_text
from salespipeline.storage.journal.parsing import keys_of, read_author, read_commit, read_snapshot, without
from salespipeline.storage.journal.reading import Loaded, line_at, load, whole_lines
from salespipeline.storage.journal.system import System

__all__ = ["Generation", "archive_lines", "archive_name", "archived", "archives", "load_archive", "revisions_at"]

IsKept = Callable[[str, str], bool]  # of a kind and an id


class Generation(NamedTuple):
    """Generation `gen` of a store, which ended with commit `number`."""

    store: str
    gen: int
    number: int


def archive_name(path: str, gen: int) -> str:
    """Where the past of a generation lies."""
    return f"{path}.past-{gen}"


def archives(system: System, path: str) -> list[tuple[int, str]]:
    """The archives beside a journal with their generations, oldest first."""
    directory, name = os.path.split(path)
    beginning = f"{name}.past-"
    found = [each.removeprefix(beginning) for each in system.listdir(directory) if each.startswith(beginning)]
    return [(gen, archive_name(path, gen)) for gen in sorted(int(word) for word in found if word.isdecimal())]


def load_archive(system: System, fd: int, where: str) -> Loaded:
    """An archive, read to its end; raises `CorruptStore` when it is not sound, as it was written in whole."""
    loaded = load(system, fd, where)
    if loaded.end != system.fstat(fd).st_size:
        raise CorruptStore(where, "a line of the past is damaged", loaded.end)
    return loaded


def archived(system: System, path: str, wanted: Generation, kind: str, id: str) -> list[Revision]:
    """Every revision of a record up to the end of a generation, as far back as archives continue each other.

    Raises `PastNotKept` when one is not there, `CorruptStore` when it is not what belongs there.
    """
    parts: list[list[Revision]] = []
    continues = True
    while continues:
        where = archive_name(path, wanted.gen)
        fd = _opened(system, where, kind, id)
        try:
            header, state, *_ = loaded = load_archive(system, fd, where)
            _check(where, loaded, wanted)
            revisions, continues = revisions_at(system, fd, where, state.trail(kind, id), kind, id)
        finally:
            system.close(fd)
        parts.append(revisions)
        wanted = Generation(wanted.store, wanted.gen - 1, header.seq)
    return [revision for part in reversed(parts) for revision in part]


def revisions_at(
    system: System, fd: int, where: str, trail: list[int], kind: str, id: str
) -> tuple[list[Revision], bool]:
    """What the commits at these offsets made of a record, and whether there was a past before the snapshot."""
    found = [_revision_at(system, fd, where, offset, kind, id) for offset in trail]
    return [revision for revision in found if revision is not None], None in found


def archive_lines(system: System, fd: int, where: str, is_kept: IsKept) -> Iterator[bytes]:
    """The lines of a journal or an archive, those of some records only, linked anew."""
    lines = whole_lines(system, fd, 0, system.fstat(fd).st_size)
    header = read_header(next(lines)[1], where)
    snapshot = [read_snapshot(line) for _, line in islice(lines, header.records)]
    kept = [(revision, op) for revision, _, op in snapshot if is_kept(op[0], op[1])]

    def rest() -> Iterator[tuple[str, str]]:
        yield from (snapshot_text(revision, op) for revision, op in kept)
        yield from (without(line, is_kept) for _, line in lines)

    return linked(header_text(header._replace(records=len(kept))), rest())


def _opened(system: System, where: str, kind: str, id: str) -> int:
    try:
        return system.open_to_read(where)
    except FileNotFoundError as error:
        raise PastNotKept(where, f"what {kind} {id!r} was before the journal was compacted is not kept") from error


def _check(where: str, loaded: Loaded, wanted: Generation) -> None:
    found = Generation(loaded.header.store, loaded.header.gen, loaded.state.number)
    if found != wanted:
        reason = f"it is generation {found.gen} of store {found.store!r} up to commit {found.number}"
        raise CorruptStore(where, f"{reason}, and should be {wanted.gen} of {wanted.store!r} up to {wanted.number}", 0)


def _revision_at(system: System, fd: int, where: str, offset: int, kind: str, id: str) -> Revision | None:
    """What one line made of a record; None for a line of the snapshot, which does not know how it came about."""
    line = line_at(system, fd, offset)
    if checksum(line) is None:
        raise CorruptStore(where, "a line changed after it was read", offset)
    if line.startswith(b'{"key":'):
        return None
    try:
        commit = read_commit(line)
        op = next(op for op in commit.ops if op[:2] == (kind, id))
        at, by, action = read_author(line)
        return Revision(number=commit.number, at=at, by=by, action=action, keys=keys_of(op[2]), body=op[3])
    except (Senseless, StopIteration) as error:
        raise CorruptStore(where, str(error), offset) from error
