"""A storage in one file: a journal of JSON lines, safe against crashes and other writers.

A commit is one line, added at the end and made durable before `commit` returns; what a commit
costs does not depend on how many records there are. Any number of processes on one machine may
read, and one at a time writes. Beside the journal lie `<name>.lock` and `<name>.head`, and after a
crash perhaps `<name>.torn-...` with the bytes of a commit that was not written to its end.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from threading import RLock
from typing import Literal

from salespipeline.errors import (
    CommitUncertain,
    CorruptStore,
    ForeignFile,
    InvalidValue,
    StorageClosed,
    StorageError,
)
from salespipeline.storage.base import Capabilities, Commit, Record, Revision
from salespipeline.storage.incoming import check_commit, check_state
from salespipeline.storage.journal.creating import create_journal, make_directories, resolved, sweep
from salespipeline.storage.journal.file import NO_PERMISSION, JournalFile
from salespipeline.storage.journal.hint import Hint, HintFile
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.recovery import Recovery, check_hint, settle
from salespipeline.storage.journal.state import State
from salespipeline.storage.journal.system import SYSTEM, System

__all__ = ["JsonStorage"]


class JsonStorage:
    """Records in a JSON Lines file at `path`, which is made, with its directories, when it is not there.

    `durability` "process" leaves out the wait for the disk: commits survive the end of the process,
    and the last ones are lost in a power cut. `lock_timeout` is in seconds. `new_id` gives the id of
    a new store: 1 to 24 letters, digits, - or _. `mode` holds for new files. `max_commit` is in bytes.

    Without permission to write, the storage can be read and refreshed. `recovery` says what opening
    put right, None where nothing was. Threads may share a storage; a forked process opens its own.
    """

    __slots__ = (
        "_hint", "_is_durable", "_lock", "_max_commit", "_mode", "_newest", "_path", "_pid", "_refusal", "_seen",
        "_system", "_thread", "recovery",
    )  # fmt: skip

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        durability: Literal["full", "process"] = "full",
        lock_timeout: float = 30.0,
        new_id: Callable[[], str] | None = None,
        mode: int = 0o600,
        max_commit: int = 256 << 20,
        system: System = SYSTEM,
    ) -> None:
        if durability not in ("full", "process"):
            raise InvalidValue("durability", durability, "use 'full' or 'process'")
        self._system = system
        self._path = resolved(path)
        self._pid = system.getpid()
        self._mode = mode
        self._is_durable = durability == "full"
        self._max_commit = max_commit
        self._lock = WriterLock(system, f"{self._path}.lock", timeout=lock_timeout, mode=mode)
        self._hint = HintFile(system, f"{self._path}.head", mode)
        self._thread = RLock()
        self._refusal: StorageError | None = None  # why this handle can do nothing more
        self.recovery: Recovery | None = None
        try:
            self._newest = self._seen = self._open(new_id or system.token)
            self._seen.adopt()
        except OSError as error:
            raise _as_storage_error(self._path, error) from error

    def __repr__(self) -> str:
        return f"JsonStorage({self._path!r})"

    @property
    def capabilities(self) -> Capabilities:
        """What this storage declares."""
        return Capabilities(keeps_past=True, durable=self._is_durable, multi_process=True)

    @property
    def number(self) -> int:
        """The number of the commit whose view this handle reads; 0 when nothing was ever committed."""
        with self._thread:
            return self._view().number

    def read(self, kind: str, id: str) -> Record | None:
        """The record, or None."""
        with self._thread:
            return self._view().read(kind, id)

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        """The records of a kind in the order of their ids, those whose keys hold every pair of `where`."""
        with self._thread:
            return self._view().scan(kind, where or {})

    def past(self, kind: str, id: str) -> tuple[Revision, ...]:
        """Every revision of a record up to this handle's view, oldest first."""
        with self._thread:
            self._view()
            try:
                return self._seen.past(kind, id)
            except OSError as error:
                raise _as_storage_error(self._path, error) from error

    def commit(self, commit: Commit) -> int:
        """Write all changes or none, durably, and give the commit's number.

        Raises `LockTimeout` when another writer is too long at it, `StorageFull` when nothing was
        kept, `CommitUncertain` when the system did not say; the handle refuses everything then.
        """
        with self._thread:
            self._view()
            check_commit(commit)
            try:
                return self._commit(commit)
            except OSError as error:
                raise self._remembered(_as_storage_error(self._path, error)) from error

    def refresh(self) -> int:
        """Move the view to the newest commit and give its number; takes no lock where nothing is odd."""
        with self._thread:
            self._view()
            try:
                if self._newest.catch_up() is None:
                    self._replace_newest(self._open(None))
                return self._adopt().number
            except OSError as error:
                raise self._remembered(_as_storage_error(self._path, error)) from error

    def close(self) -> None:
        """Give the file back; closing twice is harmless."""
        with self._thread:
            self._refusal = StorageClosed(self._path, "it was closed; open it again")
            self._seen.close()
            self._newest.close()
            self._hint.close()
            self._lock.close()

    def _view(self) -> State:
        """The view, if this handle may still be used."""
        if self._refusal is not None:
            raise type(self._refusal)(*self._refusal.args)
        if self._system.getpid() != self._pid:
            raise StorageClosed(self._path, "it was opened by another process; open it in this one")
        return self._seen.state

    def _commit(self, commit: Commit) -> int:
        if not self._newest.is_writable:
            raise StorageError(
                self._path, "it can only be read: there is no permission to write, or a newer version made it"
            )
        self._lock.acquire()
        try:
            if not self._newest.catch_up():
                self._replace_newest(self._settled(JournalFile(self._system, self._path)))
            number = None if commit.command is None else self._newest.command(commit.command)
            if number is None:
                check_state(commit, self._newest.revision)
                number = self._newest.append(commit, is_durable=self._is_durable, limit=self._max_commit)
                if self._is_durable:  # else the hint might survive a power cut that the commit does not
                    self._hint.write(self._newest.store, self._newest.gen, number)
            if self._newest.news or self._newest is not self._seen:
                self._adopt()
            return number
        finally:
            self._lock.release()

    def _adopt(self) -> State:
        """Move the view to the newest commit that was read."""
        state = self._newest.adopt()
        if self._seen is not self._newest:
            self._seen.close()
            self._seen = self._newest
        return state

    def _replace_newest(self, fresh: JournalFile) -> None:
        """Go on with the file as it is read anew; the view stays where it is until it is moved."""
        before = self._newest
        if fresh.store != before.store or fresh.number < before.number:
            reason = f"it was at commit {before.number} of store {before.store!r} and went back, or was exchanged"
            fresh.close()
            raise CorruptStore(self._path, reason, fresh.end)
        if before is not self._seen:
            before.close()
        self._newest = fresh

    def _open(self, new_id: Callable[[], str] | None) -> JournalFile:
        """The journal, read without the lock as far as possible, as reading may take long; then settled under it."""
        hint = self._hint.read()
        journal = self._first_look()
        if journal is not None and not journal.is_writable:
            return self._settled(journal, hint)
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
            return self._settled(journal, hint)
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
        if journal is not None and journal.is_in_place():
            return self._settled(journal)
        if journal is not None:
            journal.close()
        sweep(self._system, self._path)
        if new_id is not None and self._system.stat_or_none(self._path) is None:
            store = new_id()
            create_journal(self._system, self._path, store, self._mode)
            self._hint.write(store, 1, 0)
        return self._settled(JournalFile(self._system, self._path))

    def _settled(self, journal: JournalFile, earlier: Hint | None = None) -> JournalFile:
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

    def _remembered(self, error: StorageError) -> StorageError:
        """The error, which ends this handle when what it knows cannot be trusted any more."""
        if isinstance(error, CommitUncertain | CorruptStore | ForeignFile):
            self._refusal = error
        return error


def _as_storage_error(path: str, error: OSError) -> StorageError:
    return error if isinstance(error, StorageError) else StorageError(path, error.strerror or str(error))
