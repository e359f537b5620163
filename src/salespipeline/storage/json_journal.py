"""A storage in one file: a journal of JSON lines, safe against crashes and other writers.

A commit is one line, added at the end and made durable before `commit` returns; what a commit
costs does not depend on how many records there are. Any number of processes on one machine may
read, and one at a time writes. Beside the journal lie `<name>.lock` and `<name>.head`, and after a
crash perhaps `<name>.torn-...` with the bytes of a commit that was not written to its end.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
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
from salespipeline.storage.journal.compacting import Compaction, Postponed, compact, forget
from salespipeline.storage.journal.creating import resolved
from salespipeline.storage.journal.file import JournalFile
from salespipeline.storage.journal.hint import HintFile
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.opening import Opening
from salespipeline.storage.journal.recovery import Recovery
from salespipeline.storage.journal.state import State
from salespipeline.storage.journal.system import SYSTEM, System

__all__ = ["Compaction", "JsonStorage"]


class JsonStorage:
    """Records in a JSON Lines file at `path`, which is made, with its directories, when it is not there.

    `durability` "process" leaves out the wait for the disk: commits survive the end of the process,
    and the last ones are lost in a power cut. `lock_timeout` is in seconds. `new_id` gives the id of
    a new store: 1 to 24 letters, digits, - or _. `mode` holds for new files. `max_commit` is in bytes.
    With `compact_after`, a commit compacts once the commits since the snapshot take that many bytes,
    and more than the snapshot.

    Without permission to write, the storage can be read and refreshed. `recovery` says what opening
    put right, None where nothing was. Threads may share a storage; a forked process opens its own.
    """

    __slots__ = (
        "_compact_after", "_due", "_hint", "_is_durable", "_lock", "_max_commit", "_newest", "_opening", "_path",
        "_pid", "_refusal", "_seen", "_system", "_thread",
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
        compact_after: int | None = None,
        system: System = SYSTEM,
    ) -> None:
        if durability not in ("full", "process"):
            raise InvalidValue("durability", durability, "use 'full' or 'process'")
        self._system = system
        self._path = resolved(path)
        self._pid = system.getpid()
        self._is_durable = durability == "full"
        self._max_commit = max_commit
        self._compact_after = compact_after
        self._due = 0  # no compaction unasked before the file is so long
        self._lock = WriterLock(system, f"{self._path}.lock", timeout=lock_timeout, mode=mode)
        self._hint = HintFile(system, f"{self._path}.head", mode)
        self._thread = RLock()
        self._refusal: StorageError | None = None  # why this handle can do nothing more
        self._opening = Opening(system, self._path, self._lock, self._hint, mode)
        try:
            self._newest = self._seen = self._opening.open(new_id or system.token)
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
    def recovery(self) -> Recovery | None:
        """What opening put right, None where nothing was."""
        return self._opening.recovery

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

    def compact(self, *, keep_past: bool = True) -> Compaction:
        """Write the journal anew, without what was overwritten since; no record, number or view changes.

        The past goes to `<name>.past-<generation>` beside it, where `past` reads it, but for records
        that are deleted by now: these are gone for good. Without `keep_past` nothing of the past is
        kept. Compacting is postponed, and says so, when the file cannot be replaced just now.
        """
        with self._thread:
            self._view()
            self._check_writable()
            try:
                self._lock.acquire()
                try:
                    return self._compact(keep_past)
                finally:
                    self._lock.release()
            except OSError as error:
                raise self._remembered(_as_storage_error(self._path, error)) from error

    def refresh(self) -> int:
        """Move the view to the newest commit and give its number; takes no lock where nothing is odd."""
        with self._thread:
            self._view()
            try:
                if self._newest.catch_up() is None:
                    self._replace_newest(self._opening.open(None))
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

    def _check_writable(self) -> None:
        if not self._newest.is_writable:
            raise StorageError(
                self._path, "it can only be read: there is no permission to write, or a newer version made it"
            )

    def _commit(self, commit: Commit) -> int:
        self._check_writable()
        self._lock.acquire()
        try:
            if not self._newest.catch_up():
                self._replace_newest(self._opening.settled(JournalFile(self._system, self._path)))
            number = None if commit.command is None else self._newest.command(commit.command)
            if number is None:
                check_state(commit, self._newest.revision)
                number = self._newest.append(commit, is_durable=self._is_durable, limit=self._max_commit)
                if self._is_durable:  # else the hint might survive a power cut that the commit does not
                    self._hint.write(self._newest.store, self._newest.gen, number)
            if self._newest.news or self._newest is not self._seen:
                self._adopt()
            self._compact_if_due()
            return number
        finally:
            self._lock.release()

    def _compact_if_due(self) -> None:
        """Compact after a commit, which stands whatever comes of this."""
        journal, least = self._newest, self._compact_after
        if least is not None and journal.end > self._due and journal.end - journal.base > max(least, journal.base):
            with suppress(OSError):
                try:
                    self._compact(keep_past=True)
                except StorageError as error:
                    self._remembered(error)
            self._due = self._newest.end + max(least, self._newest.base)

    def _compact(self, keep_past: bool) -> Compaction:
        """Read the file anew, all of it, and put the next generation in its place; the caller holds the lock."""
        journal = self._opening.settled(JournalFile(self._system, self._path))
        journal.adopt()
        self._replace_newest(journal)
        before = after = journal.end
        postponed: str | None = None
        try:
            if journal.end > journal.base:
                compact(self._system, journal, keep_past=keep_past)
                self._replace_newest(self._opening.settled(JournalFile(self._system, self._path)))
                after = self._newest.end
                self._hint.write(journal.store, self._newest.gen, self._newest.number)
            elif not keep_past:
                forget(self._system, self._path)
        except Postponed as reason:
            postponed = str(reason)
        if self._seen.state.number == self._newest.number:
            self._adopt()  # the same view, of a file that stays
        return Compaction(self._newest.gen, before, after, postponed)

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

    def _remembered(self, error: StorageError) -> StorageError:
        """The error, which ends this handle when what it knows cannot be trusted any more."""
        if isinstance(error, CommitUncertain | CorruptStore | ForeignFile):
            self._refusal = error
        return error


def _as_storage_error(path: str, error: OSError) -> StorageError:
    return error if isinstance(error, StorageError) else StorageError(path, error.strerror or str(error))
