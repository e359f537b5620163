"""Writing a journal anew where it lies: because the disk may lack what is seen of it, or because its version is old.

A copy is written whole and made durable before it takes the journal's name, so nothing that was durable is
ever written over.
"""

from salespipeline.errors import StorageError
from salespipeline.storage.journal.compacting import Postponed, compact, copy_of, put, replaceable
from salespipeline.storage.journal.doubt import clear_doubt, is_marked
from salespipeline.storage.journal.file import JournalFile
from salespipeline.storage.journal.hint import UNREADABLE, Hint
from salespipeline.storage.journal.system import System

__all__ = ["backup_name", "dispel_doubt", "migrate"]

_BLOCK = 1 << 20


def dispel_doubt(system: System, journal: JournalFile, hint: Hint | None) -> None:
    """Write a journal anew, byte for byte, if the disk may lack some of them though they are seen and were synced.

    So it is where the mark says so, and where nobody acknowledged the last commits: their writer was stopped
    while it waited for the disk, and may have been told of a failure that nobody is told of again. Where that
    is only possible, a journal that cannot be replaced now is used as it is.
    """
    is_known = is_marked(system, journal.path)
    if not (is_known or (journal.is_durable and _has_unacknowledged(journal, hint))):
        return
    try:
        put(system, journal.path, copy_of(system, journal), replaceable(system, journal))
    except (Postponed, OSError) as error:
        if is_known or isinstance(error, OSError):
            journal.obstacle = f"its last commits may not be on the disk, and it cannot be written anew: {error}"
        return
    journal.reopen()
    clear_doubt(system, journal.path)


def migrate(system: System, journal: JournalFile) -> None:
    """Put a generation of the newest version in the place of a settled journal of an older one; raises `Postponed`.

    The old file stays beside it as it is, and its generation is an archive as well. Raises `StorageError`
    where a migration fails; the journal is left as it is then.
    """
    like = replaceable(system, journal)
    name = backup_name(journal.path, journal.version)
    if not _is_of_its_beginning(system, name, journal):
        raise StorageError(name, "it is in the way of the backup to be made there; move it elsewhere")
    journal.adopt()
    put(system, name, copy_of(system, journal), like)
    compact(system, journal, keep_past=True)


def backup_name(path: str, version: int) -> str:
    """Where a journal of an older version lies after it was migrated."""
    return f"{path}.v{version}-backup"


def _has_unacknowledged(journal: JournalFile, hint: Hint | None) -> bool:
    return hint is not None and hint.number < journal.number and (hint.store == journal.store or hint is UNREADABLE)


def _is_of_its_beginning(system: System, name: str, journal: JournalFile) -> bool:
    """Whether a backup is not there, or is what an interrupted migration left."""
    if system.stat_or_none(name) is None:
        return True
    fd = system.open_to_read(name)
    try:
        size = system.fstat(fd).st_size
        starts = range(0, size, _BLOCK)
        return size <= journal.end and all(
            system.pread(fd, _BLOCK, start) == system.pread(journal.fd, min(_BLOCK, size - start), start)
            for start in starts
        )
    finally:
        system.close(fd)
