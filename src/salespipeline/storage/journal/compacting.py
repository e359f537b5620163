"""Writing a journal anew, under the lock: a snapshot of what it adds up to, and its past in an archive.

Everything is written and durable beside the journal before it takes the journal's name. So whatever
stops it, the journal is the old one or the new one; what was left beside it is swept away.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from salespipeline.errors import CorruptStore, StorageError
from salespipeline.storage.journal.archive import Choice, archive_lines, archive_name, archives, load_archive
from salespipeline.storage.journal.creating import put_in_place
from salespipeline.storage.journal.file import JournalFile
from salespipeline.storage.journal.header import Header, header_text
from salespipeline.storage.journal.line import linked, snapshot_text
from salespipeline.storage.journal.reading import Loaded, load
from salespipeline.storage.journal.system import System

__all__ = [
    "Compaction", "Postponed", "compact", "copy_of", "forget", "put", "put_snapshot", "remove", "replaceable",
    "sound_archive",
]  # fmt: skip

_COMMANDS = 1_000  # how many command ids stay known; a command is repeated soon or never
_PAUSES = (*(0.05,) * 5, *(0.2,) * 11)  # seconds; a virus scanner lets go within two of them
_BLOCK = 1 << 20


class Compaction(NamedTuple):
    """What came of compacting: the generation, the journal's size before and after in bytes.

    `postponed` says why the journal is still the old one, and is None when it was compacted or had
    nothing to compact.
    """

    generation: int
    before: int
    after: int
    postponed: str | None = None


class Postponed(Exception):
    """The journal cannot be replaced now, and loses nothing by it."""


def compact(system: System, journal: JournalFile, *, keep_past: bool) -> None:
    """Put a new generation in the place of a journal that was just read and settled; raises `Postponed`.

    Other handles keep what they have open, and notice that the name leads to another file.
    """
    old = replaceable(system, journal)
    if keep_past:
        _keep_past(system, journal, old)
    else:
        forget(system, journal.path)
    put_snapshot(system, journal, old, gen=journal.gen + 1)


def replaceable(system: System, journal: JournalFile) -> os.stat_result:
    """What the system knows of a journal that may be replaced; raises `Postponed` for another one."""
    old = system.fstat(journal.fd)
    if old.st_nlink > 1:
        raise Postponed("the file has a second name, under which it would stay as it is; remove that one")
    return old


def put_snapshot(
    system: System, journal: JournalFile, like: os.stat_result, *, gen: int, pruned: str | None = None
) -> None:
    """Put a snapshot in the place of a journal, in the newest version; `pruned` is as in the header."""
    state, newest = journal.state, journal.versions.newest
    known = sorted(state.commands.items(), key=lambda pair: pair[1])[-_COMMANDS:]
    records = state.snapshot()
    header = Header(
        newest, newest, journal.store, gen, state.number, len(records), dict(known), pruned or journal.pruned
    )
    lines = linked(header_text(header), (snapshot_text(revision, op) for revision, op in records))
    put(system, journal.path, lines, like, lambda fd: _read_back(system, fd, journal, header))


def copy_of(system: System, journal: JournalFile) -> Iterator[bytes]:
    """The bytes of a journal, as far as it was read."""
    for start in range(0, journal.end, _BLOCK):
        yield system.pread(journal.fd, min(_BLOCK, journal.end - start), start)


def forget(system: System, path: str) -> None:
    """Remove the archives, durably."""
    remove(system, [name for _, name in archives(system, path)])
    system.sync_directory(os.path.dirname(path))


def remove(system: System, names: Iterable[str]) -> None:
    """Remove archives, oldest first, one durably after the other: at no time one is missing between two."""
    for name in names:
        system.unlink(name)
        system.sync_directory(os.path.dirname(name))


def _keep_past(system: System, journal: JournalFile, like: os.stat_result) -> None:
    """Put the generation into an archive, and leave deleted records out of it and of the earlier ones."""

    def is_alive(kind: str, id: str, *_: object) -> bool:
        return journal.state.revision(kind, id) is not None

    def is_deleted(kind: str, id: str, *_: object) -> bool:
        return not is_alive(kind, id)

    chosen, versions = Choice(is_alive, is_alive, is_deleted), journal.versions
    for gen, name in archives(system, journal.path) if journal.state.has_deleted else ():
        if gen < journal.gen:
            fd = system.open_to_read(name)
            try:
                sound_archive(system, fd, name, journal)
                put(system, name, archive_lines(system, fd, name, chosen, versions), like)
            finally:
                system.close(fd)
    lines = archive_lines(system, journal.fd, journal.path, chosen, versions)
    put(system, archive_name(journal.path, journal.gen), lines, like)


def sound_archive(system: System, fd: int, name: str, journal: JournalFile) -> Loaded:
    """An archive; raises `StorageError` for a damaged one: it must not look sound afterwards, and the journal is."""
    try:
        return load_archive(system, fd, name, journal.versions)
    except CorruptStore as error:
        reason = f"{error.reason}, at byte {error.offset}, and some of the past must be taken out of it"
        raise StorageError(name, f"{reason}; put it right, move it away, or compact without the past") from error


def put(
    system: System,
    path: str,
    lines: Iterable[bytes],
    like: os.stat_result,
    check: Callable[[int], None] | None = None,
) -> None:
    """Put a file in its place that belongs to whom the journal belongs to, and is at no time open to more."""

    def finish(fd: int) -> None:
        try:
            system.belong(fd, like)
        except PermissionError as error:
            raise Postponed("the file belongs to somebody else, and would change hands; let its owner do it") from error
        if check is not None:
            check(fd)

    put_in_place(
        system, path, lines, like.st_mode & 0o600, finish=finish, replace=lambda new, old: _replace(system, new, old)
    )


def _replace(system: System, new: str, old: str) -> None:
    """Replace a file, with patience for those who have it open on a system that minds."""
    for pause in _PAUSES:
        try:
            return system.replace(new, old)
        except OSError as error:
            if not system.is_shared(error):
                raise
            system.sleep(pause)
    raise Postponed("another program, or another handle, has the file open; it is compacted when that lets go")


def _read_back(system: System, fd: int, journal: JournalFile, header: Header) -> None:
    """Raise `StorageError` unless what was written says what it should: the old file is still there."""
    reason = "what was written of it anew does not read as it should; it was left as it is"
    try:
        loaded = load(system, fd, journal.path, journal.versions)
    except CorruptStore as error:
        raise StorageError(journal.path, reason) from error
    is_whole = loaded.end == loaded.base == system.fstat(fd).st_size
    if not is_whole or loaded.header != header or loaded.state.snapshot() != journal.state.snapshot():
        raise StorageError(journal.path, reason)
