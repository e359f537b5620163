"""Coming to terms with the end of a journal, under the lock: durable, judged, and put right without losing a byte."""

import os
from typing import NamedTuple

from salespipeline.errors import CorruptStore
from salespipeline.storage.journal.creating import create_beside
from salespipeline.storage.journal.file import JournalFile
from salespipeline.storage.journal.hint import Hint
from salespipeline.storage.journal.line import checksum
from salespipeline.storage.journal.reading import next_commit
from salespipeline.storage.journal.renewing import dispel_doubt
from salespipeline.storage.journal.system import System, write_whole

__all__ = ["Recovery", "check_hint", "settle"]


class Recovery(NamedTuple):
    """What opening a journal put right: why, from which byte, how many bytes, and in which file they are now."""

    reason: str
    offset: int
    size: int
    kept: str | None


def settle(system: System, journal: JournalFile, hint: Hint | None, mode: int) -> Recovery | None:
    """Read to the end, judge what stands there, and put a torn end right; raises `CorruptStore` for damage.

    Everything is synced first: a writer that was killed may have left it to the kernel, its name
    included, and our next commit would build on it. Nothing is changed before everything is judged. What
    the disk may lack nevertheless is written anew.
    """
    system.sync(journal.fd)
    system.sync_directory(os.path.dirname(journal.path))
    done = _put_right(system, journal, hint, mode)
    dispel_doubt(system, journal, hint)
    return done


def _put_right(system: System, journal: JournalFile, hint: Hint | None, mode: int) -> Recovery | None:
    size = system.fstat(journal.fd).st_size
    journal.read_on(size)
    tail = journal.tail(size)
    whole = _missing_newline(tail)
    if whole:
        number = journal.number + 1
        next_commit(tail[:whole], journal.path, journal.end, journal.mark, number)
        check_hint(journal, hint, number)
        return _add_newline(system, journal, tail, whole)
    is_torn = _is_torn(tail, journal.path, journal.end)
    check_hint(journal, hint, journal.number)
    return _cut(system, journal, tail, mode) if is_torn else None


def check_hint(journal: JournalFile, hint: Hint | None, number: int) -> None:
    """Raise `CorruptStore` when the hint knows of a commit that the journal has not."""
    if hint is None or hint.store != journal.store:
        return
    if hint.number > number:
        reason = f"it ends with commit {number}, but commit {hint.number} was acknowledged"
        raise CorruptStore(journal.path, f"{reason}: it was cut, or is an old copy", journal.end)


def _missing_newline(tail: bytes) -> int:
    """The length of an intact line whose newline alone is missing or damaged; 0 for any other tail."""
    if b"\n" in tail:
        return 0
    return next((length for length in (len(tail), len(tail) - 1) if checksum(tail[: max(length, 0)])), 0)


def _is_torn(tail: bytes, where: str, offset: int) -> bool:
    """Whether a commit was being written when the machine stopped; raises `CorruptStore` for damage.

    A torn write lacks its newline, as that comes last; or the file grew and its blocks did not
    arrive, which leaves zeros. A line with its newline and without zeros had been complete. (One
    zero in the middle of it is a changed bit: a block that is missing leaves more, or begins the line.)
    """
    line, newline, rest = tail.partition(b"\n")
    if rest:
        raise CorruptStore(where, "a line is damaged, and others follow it", offset)
    if newline and not line.startswith(b"\0") and b"\0\0" not in line:
        raise CorruptStore(where, "the last line is whole, but does not fit its checksum", offset)
    return bool(tail)


def _add_newline(system: System, journal: JournalFile, tail: bytes, whole: int) -> Recovery:
    offset, end = journal.end, journal.end + whole
    if len(tail) > whole:
        system.truncate(journal.fd, end)
    write_whole(system, journal.fd, b"\n")
    system.sync(journal.fd)
    journal.read_on(end + 1)
    return Recovery("the last commit lacked its newline and got it", offset, 0, None)


def _cut(system: System, journal: JournalFile, tail: bytes, mode: int) -> Recovery:
    """Cut the tail off, after its bytes are durable in a file of their own, name included."""
    kept, fd = create_beside(system, f"{journal.path}.torn-{journal.gen}-{journal.end}-", mode)
    try:
        write_whole(system, fd, tail)
        system.sync(fd)
    finally:
        system.close(fd)
    system.sync_directory(os.path.dirname(kept))
    system.truncate(journal.fd, journal.end)
    system.sync(journal.fd)
    return Recovery(
        "the last commit was not written to its end, so nobody was told of it", journal.end, len(tail), kept
    )
