"""Opening a journal: found or made, read, and put right under the lock."""

import os
from collections.abc import Callable

from salespipeline.errors import CorruptStore, StorageError
from salespipeline.storage.journal.compacting import Postponed
from salespipeline.storage.journal.creating import create_journal, make_directories, sweep
from salespipeline.storage.journal.doubt import mark_doubt
from salespipeline.storage.journal.file import NO_PERMISSION, NO_RIGHT, JournalFile
from salespipeline.storage.journal.hint import Hint, HintFile
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.recovery import Recovery, check_hint, settle
from salespipeline.storage.journal.renewing import migrate
from salespipeline.storage.journal.system import System
from salespipeline.storage.journal.versions import Versions

__all__ = ["Opening"]


class Opening:
    """How one journal is opened, and what opening it put right (`recovery`)."""

    __slots__ = ("_hint", "_is_durable", "_lock", "_mode", "_path", "_system", "_versions", "recovery")

    def __init__(
        self,
        system: System,
        path: str,
        lock: WriterLock,
        hint: HintFile,
        mode: int,
        *,
        is_durable: bool,
        versions: Versions,
    ) -> None:
        self._system = system
        self._path = path
        self._lock = lock
        self._hint = hint
        self._mode = mode
        self._is_durable = is_durable
        self._versions = versions
        self.recovery: Recovery | None = None

    def open(self, new_id: Callable[[], str] | None) -> JournalFile:
        """The journal, read without the lock as far as possible, as reading may take long; then settled under it."""
        hint = self._hint.read()
        journal = self._first_look()
        if journal is not None and not journal.is_writable:
            return self._as_it_is(journal, hint)
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
            journal.obstacle = NO_RIGHT
            return self._as_it_is(journal, hint)
        try:
            return self._open_locked(journal, new_id)
        finally:
            self._lock.release()

    def again(self) -> JournalFile:
        """The journal, read anew under the lock and settled."""
        return self.settled(self._read())

    def settled(self, journal: JournalFile) -> JournalFile:
        """The journal, read to its end and put right under the lock; of the newest version, where that is possible now.

        It is another one than was given where it had to be migrated.
        """
        try:
            if not journal.is_writable:
                return self._as_it_is(journal, self._hint.read())
            self._settle(journal)
            is_old = journal.version < self._versions.newest
            return self._migrated(journal) if is_old and not journal.obstacle else journal
        except BaseException:
            journal.close()
            raise

    def _read(self) -> JournalFile:
        return JournalFile(self._system, self._path, self._versions, is_durable=self._is_durable)

    def _first_look(self) -> JournalFile | None:
        """The journal as it is read without the lock; None where there is none, or it looks damaged.

        Somebody may be writing, so damage is declared under the lock only. But a header is never
        written twice: what is foreign is refused at once, and nothing is left beside it.
        """
        try:
            return self._read()
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
            create_journal(self._system, self._path, store, self._mode, self._versions.newest)
            self._hint.write(store, 1, 0)
        return self.again()

    def _as_it_is(self, journal: JournalFile, hint: Hint | None) -> JournalFile:
        """The journal as it was read, where nobody may write.

        The hint is from before it was read, or read under the lock: then no writer's progress can put it ahead.
        """
        try:
            check_hint(journal, hint, journal.number)
        except BaseException:
            journal.close()
            raise
        return journal

    def _settle(self, journal: JournalFile) -> None:
        identity = journal.identity
        try:
            self.recovery = settle(self._system, journal, self._hint.read(), self._mode) or self.recovery
        except StorageError:
            raise
        except OSError:
            mark_doubt(self._system, self._path)  # the next sync may succeed, and say nothing of this one
            raise
        if journal.identity != identity:
            self._hint.write(journal.store, journal.gen, journal.number)

    def _migrated(self, journal: JournalFile) -> JournalFile:
        try:
            migrate(self._system, journal)
        except Postponed as reason:
            journal.obstacle = f"it is of version {journal.version}, and cannot be made one of the newest now: {reason}"
            return journal
        journal.close()
        newest = self.again()
        self._hint.write(newest.store, newest.gen, newest.number)
        return newest
