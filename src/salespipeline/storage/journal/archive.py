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
from salespipeline.storage.journal.parsing import Judge, keys_of, read_author, read_commit, read_snapshot, without
from salespipeline.storage.journal.reading import Loaded, line_at, load, whole_lines
from salespipeline.storage.journal.state import State
from salespipeline.storage.journal.system import System
from salespipeline.storage.journal.versions import CURRENT, Versions

__all__ = [
    "Choice", "Generation", "archive_lines", "archive_name", "archived", "archives", "check_archive", "load_archive",
    "revisions_at",
]  # fmt: skip


class Choice(NamedTuple):
    """What goes into an archive: the records of the snapshot that have an earlier past, and the changes that are kept.

    The changes of records that were deleted since are none of those.
    """

    has_past: Callable[[str, str], bool]  # of a kind and an id
    is_kept: Judge
    is_deleted: Judge


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


def load_archive(system: System, fd: int, where: str, versions: Versions = CURRENT) -> Loaded:
    """An archive, read to its end; raises `CorruptStore` when it is not sound, as it was written in whole."""
    loaded = load(system, fd, where, versions)
    if loaded.end != system.fstat(fd).st_size:
        raise CorruptStore(where, "a line of the past is damaged", loaded.end)
    return loaded


def archived(
    system: System, path: str, wanted: Generation, kind: str, id: str, versions: Versions = CURRENT
) -> list[Revision]:
    """Every revision of a record up to the end of a generation, as far back as archives continue each other.

    Raises `PastNotKept` when one is not there, `CorruptStore` when it is not what belongs there.
    """
    parts: list[list[Revision]] = []
    continues = True
    while continues:
        where = archive_name(path, wanted.gen)
        fd = _opened(system, where, kind, id)
        try:
            header, state, *_ = loaded = load_archive(system, fd, where, versions)
            check_archive(where, loaded, wanted)
            revisions, continues = revisions_at(system, fd, where, state, kind, id)
        finally:
            system.close(fd)
        parts.append(revisions)
        wanted = Generation(wanted.store, wanted.gen - 1, header.seq)
    return [revision for part in reversed(parts) for revision in part]


def revisions_at(system: System, fd: int, where: str, state: State, kind: str, id: str) -> tuple[list[Revision], bool]:
    """What the commits of a file made of a record, and whether there was a past before the snapshot."""
    found = [_revision_at(system, fd, where, state, offset, kind, id) for offset in state.trail(kind, id)]
    return [revision for revision in found if revision is not None], None in found


def archive_lines(system: System, fd: int, where: str, chosen: Choice, versions: Versions = CURRENT) -> Iterator[bytes]:
    """The lines of a journal or an archive, linked anew: what was chosen of them."""
    lines = whole_lines(system, fd, 0, system.fstat(fd).st_size)
    header = read_header(next(lines)[1], where, versions.newest)
    snapshot = [read_snapshot(line) for _, line in islice(lines, header.records)]
    kept = [(revision, op) for revision, _, op in snapshot if chosen.has_past(op[0], op[1])]

    def rest() -> Iterator[tuple[str, str]]:
        yield from (snapshot_text(revision, op) for revision, op in kept)
        yield from (without(line, chosen.is_kept, chosen.is_deleted) for _, line in lines)

    return linked(header_text(header._replace(records=len(kept))), rest())


def _opened(system: System, where: str, kind: str, id: str) -> int:
    try:
        return system.open_to_read(where)
    except FileNotFoundError as error:
        raise PastNotKept(where, f"what {kind} {id!r} was before the journal was compacted is not kept") from error


def check_archive(where: str, loaded: Loaded, wanted: Generation) -> None:
    """Raise `CorruptStore` for an archive that does not belong where it lies."""
    found = Generation(loaded.header.store, loaded.header.gen, loaded.state.number)
    if found != wanted:
        reason = f"it is generation {found.gen} of store {found.store!r} up to commit {found.number}"
        raise CorruptStore(where, f"{reason}, and should be {wanted.gen} of {wanted.store!r} up to {wanted.number}", 0)


def _revision_at(system: System, fd: int, where: str, state: State, offset: int, kind: str, id: str) -> Revision | None:
    """What one line made of a record; None for a line of the snapshot, which does not know how it came about."""
    line = line_at(system, fd, offset)
    if checksum(line) is None:
        raise CorruptStore(where, "a line changed after it was read", offset)
    if line.startswith(b'{"key":'):
        return None
    try:
        commit = read_commit(line)
        op = state.brought_up(commit.number, next(op for op in commit.ops if op[:2] == (kind, id)))
        at, by, action = read_author(line)
        return Revision(number=commit.number, at=at, by=by, action=action, keys=keys_of(op[2]), body=op[3])
    except (Senseless, StopIteration) as error:
        raise CorruptStore(where, str(error), offset) from error
