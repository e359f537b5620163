"""Opening a journal: found or made, read, and put right under the lock."""

import os
from collections.abc import Callable

from salespipeline.errors import CorruptStore
from salespipeline.storage.journal.creating import create_journal, make_directories, sweep
from salespipeline.storage.journal.file import NO_PERMISSION, JournalFile
from salespipeline.storage.journal.hint import Hint, HintFile
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.recovery import Recovery, check_hint, settle
from salespipeline.storage.journal.system import System

__all__ = ["Opening"]


class Opening:
    """How one journal is opened, and what opening it put right (`recovery`)."""

    __slots__ = ("_hint", "_lock", "_mode", "_path", "_system", "recovery")

    def __init__(self, system: System, path: str, lock: WriterLock, hint: HintFile, mode: int) -> None:
        self._system = system
        self._path = path
        self._lock = lock
        self._hint = hint
        self._mode = mode
        self.recovery: Recovery | None = None

    def open(self, new_id: Callable[[], str] | None) -> JournalFile:
        """The journal, read without the lock as far as possible, as reading may take long; then settled under it."""
        hint = self._hint.read()
        journal = self._first_look()
        if journal is not None and not journal.is_writable:
            return self.settled(journal, hint)
        if new_id is not None and journal is None:
            make_directories(self._system, os.path.dirname(self._path))
        try:
            self._lock.acquire()
        except OSError as error:
            if journal is None:
                raise
            if error.errno not in NO_PERMISSION:
                journal.close()
                raise
            journal.is_writable = False
            return self.settled(journal, hint)
        try:
            return self._open_locked(journal, new_id)
        finally:
            self._lock.release()

    def _first_look(self) -> JournalFile | None:
        """The journal as it is read without the lock; None where there is none, or it looks damaged.

        Somebody may be writing, so damage is declared under the lock only. But a header is never
        written twice: what is foreign is refused at once, and nothing is left beside it.
        """
        try:
            return JournalFile(self._system, self._path)
        except FileNotFoundError:
            return None
        except CorruptStore as error:
            if error.offset == 0:
                raise
            return None

    def _open_locked(self, journal: JournalFile | None, new_id: Callable[[], str] | None) -> JournalFile:
        if new_id is not None:
            sweep(self._system, self._path)
        if journal is not None and journal.is_in_place():
            return self.settled(journal)
        if journal is not None:
            journal.close()
        if new_id is not None and self._system.stat_or_none(self._path) is None:
            store = new_id()
            create_journal(self._system, self._path, store, self._mode)
            self._hint.write(store, 1, 0)
        return self.settled(JournalFile(self._system, self._path))

    def settled(self, journal: JournalFile, earlier: Hint | None = None) -> JournalFile:
        """The journal, read to its end and put right under the lock; or as it was read, where nobody may write.

        `earlier` is the hint from before it was read: then no writer's progress can put it ahead.
        """
        try:
            if journal.is_writable:
                self.recovery = settle(self._system, journal, self._hint.read(), self._mode) or self.recovery
            else:
                check_hint(journal, earlier, journal.number)
        except BaseException:
            journal.close()
            raise
        return journal
