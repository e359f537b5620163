"""The mark beside a journal whose last bytes are doubtful: they are seen, and may never have reached the disk.

After a sync has failed, a system may show bytes that the disk lacks, and call the next sync a success. A
writer takes such bytes back; where that fails too, the mark tells the next one to write the journal anew
before anything is built on it. It need not survive a power cut, which leaves nothing but what the disk has.
"""

from contextlib import suppress

from salespipeline.storage.journal.system import System

__all__ = ["clear_doubt", "is_marked", "mark_doubt"]


def mark_doubt(system: System, path: str) -> None:
    """Put the mark beside a journal, where the system still allows it."""
    with suppress(OSError):
        system.close(system.create(_name(path), 0o600))


def is_marked(system: System, path: str) -> bool:
    """Whether the mark is there."""
    return system.stat_or_none(_name(path)) is not None


def clear_doubt(system: System, path: str) -> None:
    """Take the mark away; where that fails, the journal is written anew once more."""
    with suppress(OSError):
        system.unlink(_name(path))


def _name(path: str) -> str:
    return f"{path}.doubtful"
