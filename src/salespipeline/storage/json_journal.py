"""A storage in one file: a journal of JSON lines, safe against crashes and other writers.

A commit is one line, added at the end and made durable before `commit` returns; what a commit
costs does not depend on how many records there are. Any number of processes on one machine may
read, and one at a time writes. Beside the journal lie `<name>.lock` and `<name>.head`, and after a
crash perhaps `<name>.torn-...` with the bytes of a commit that was not written to its end.
"""

import os
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
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
from salespipeline.storage.incoming import check_commit, check_state, in_utc
from salespipeline.storage.journal.compacting import Compaction
from salespipeline.storage.journal.creating import resolved
from salespipeline.storage.journal.doubt import is_marked
from salespipeline.storage.journal.handle import Handle
from salespipeline.storage.journal.hint import HintFile
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.opening import Opening
from salespipeline.storage.journal.recovery import Recovery
from salespipeline.storage.journal.state import State
from salespipeline.storage.journal.system import SYSTEM, System
from salespipeline.storage.journal.versions import CURRENT, Migration, Versions

__all__ = ["Compaction", "JsonStorage"]


class JsonStorage:
    """Records in a JSON Lines file at `path`, which is made, with its directories, when it is not there.

    `durability` "process" leaves out the wait for the disk: commits survive the end of the process,
    and the last ones are lost in a power cut. `lock_timeout` is in seconds. `new_id` gives the id of
    a new store: 1 to 24 letters, digits, - or _. `mode` holds for new files. `max_commit` is in bytes.
    With `compact_after`, a commit compacts once the commits since the snapshot take that many bytes,
    and more than the snapshot. `migrations` are pure functions by the version that they lead from, each
    giving a record as the next version has it: a store of an older version is compacted into the newest
    when it is opened, and the old file stays as `<name>.v1-backup`, by the number of its version.

    Without permission to write, the storage can be read and refreshed. `recovery` says what opening
    put right, None where nothing was. Threads may share a storage; a forked process opens its own.
    """

    __slots__ = (
        "_compact_after", "_due", "_handle", "_hint", "_is_durable", "_lock", "_max_commit", "_opening", "_path",
        "_pid", "_refusal", "_system", "_thread",
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
        migrations: Mapping[int, Migration] | None = None,
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
        versions = CURRENT if migrations is None else Versions(migrations)
        self._opening = Opening(
            system, self._path, self._lock, self._hint, mode, is_durable=self._is_durable, versions=versions
        )
        try:
            self._handle = Handle(system, self._opening, self._hint, new_id or system.token)
        except OSError as error:
            raise _as_storage_error(self._path, error) from error

    def __del__(self) -> None:
        with suppress(Exception):  # it may be half made, and the interpreter half gone
            self.close()

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

    @property
    def pruned_before(self) -> datetime | None:
        """The latest instant that `prune_history` was given; None where nothing was forgotten yet."""
        with self._thread:
            self._view()
            pruned = self._handle.newest.pruned
            return None if pruned is None else datetime.fromisoformat(pruned)

    def read(self, kind: str, id: str) -> Record | None:
        """The record, or None."""
        with self._thread:
            return self._view().read(kind, id)

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        """The records of a kind in the order of their ids, those whose keys hold every pair of `where`."""
        with self._thread:
            return self._view().scan(kind, dict(where or {}))

    def past(self, kind: str, id: str) -> tuple[Revision, ...]:
        """Every revision of a record up to this handle's view, oldest first."""
        with self._thread:
            self._view()
            try:
                return self._handle.seen.past(kind, id)
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
        with self._writing():
            return self._handle.compact(keep_past=keep_past)

    def prune_history(self, *, before: datetime) -> int:
        """Forget the past revisions that were recorded before an instant, and give how many there were.

        The newest revision of a record stays; of what was deleted, nothing does, and of a record that was
        made again nothing from before. The journal is compacted with it. Raises `StorageError` where it
        cannot be replaced just now, and where a part of the past is damaged; nothing is forgotten then.
        What a power cut interrupts is done when it is asked for again.
        """
        instant = in_utc(before, "before")
        with self._writing():
            return self._handle.prune(instant)

    def refresh(self, *, durable: bool = False) -> int:
        """Move the view to the newest commit and give its number; takes no lock where nothing is odd.

        A reader may see a commit a moment before it is on the disk. With `durable` the lock is taken, and
        what is seen is on the disk; where the system does not say so, `CommitUncertain` is raised and the
        handle refuses everything after that.
        """
        if durable:
            with self._writing():
                return self._handle.settle()
        with self._thread:
            self._view()
            try:
                return self._handle.refresh()
            except OSError as error:
                raise self._remembered(_as_storage_error(self._path, error)) from error

    def close(self) -> None:
        """Give the file back; closing twice is harmless."""
        with self._thread:
            self._refusal = StorageClosed(self._path, "it was closed; open it again")
            self._lock.close()
            self._hint.close()
            self._handle.close()

    def _view(self) -> State:
        """The view, if this handle may still be used."""
        if self._refusal is not None:
            raise type(self._refusal)(*self._refusal.args)
        if self._system.getpid() != self._pid:
            raise StorageClosed(self._path, "it was opened by another process; open it in this one")
        return self._handle.seen.state

    @contextmanager
    def _writing(self) -> Generator[None]:
        """Hold the locks, and turn what the system says into the errors of this library."""
        with self._thread:
            self._view()
            self._handle.check_writable()
            try:
                self._lock.acquire()
                try:
                    yield
                finally:
                    self._lock.release()
            except OSError as error:
                raise self._remembered(_as_storage_error(self._path, error)) from error

    def _commit(self, commit: Commit) -> int:
        handle = self._handle
        handle.check_writable()
        self._lock.acquire()
        try:
            if not handle.newest.catch_up() or (self._lock.changed_hands and is_marked(self._system, self._path)):
                handle.read_anew()
            self._lock.changed_hands = False
            newest = handle.newest
            number = None if commit.command is None else newest.command(commit.command)
            if number is None:
                check_state(commit, newest.revision)
                number = newest.append(commit, is_durable=self._is_durable, limit=self._max_commit)
                if self._is_durable:  # else the hint might survive a power cut that the commit does not
                    self._hint.write(newest.store, newest.gen, number)
            if newest.news or newest is not handle.seen:
                handle.adopt()
            self._compact_if_due()
            return number
        finally:
            self._lock.release()

    def _compact_if_due(self) -> None:
        """Compact after a commit, which stands whatever comes of this."""
        journal, least = self._handle.newest, self._compact_after
        if least is not None and journal.end > self._due and journal.end - journal.base > max(least, journal.base):
            with suppress(OSError):
                try:
                    self._handle.compact(keep_past=True)
                except StorageError as error:
                    self._remembered(error)
            self._due = self._handle.newest.end + max(least, self._handle.newest.base)

    def _remembered(self, error: StorageError) -> StorageError:
        """The error, which ends this handle when what it knows cannot be trusted any more."""
        if isinstance(error, CommitUncertain | CorruptStore | ForeignFile):
            self._refusal = error
        return error


def _as_storage_error(path: str, error: OSError) -> StorageError:
    return error if isinstance(error, StorageError) else StorageError(path, error.strerror or str(error))
