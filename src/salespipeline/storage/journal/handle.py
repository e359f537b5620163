"""The journal as one handle has it: as far as it was read, and the commit's view that is shown of it."""

from collections.abc import Callable
from datetime import datetime

from salespipeline.errors import CommitUncertain, CorruptStore, ForeignFile, NewerFormat, StorageError
from salespipeline.storage.journal.compacting import Compaction, Postponed, compact, forget
from salespipeline.storage.journal.file import JournalFile
from salespipeline.storage.journal.hint import HintFile
from salespipeline.storage.journal.opening import Opening
from salespipeline.storage.journal.state import State
from salespipeline.storage.journal.system import System

__all__ = ["Handle"]


class Handle:
    """Two files, mostly one and the same: `newest` is where commits go, `seen` has the view.

    They differ while the journal was replaced and the view was not moved on. Where a method writes, the
    caller holds the lock.
    """

    __slots__ = ("_hint", "_opening", "_system", "newest", "seen")

    def __init__(self, system: System, opening: Opening, hint: HintFile, new_id: Callable[[], str]) -> None:
        self._system = system
        self._opening = opening
        self._hint = hint
        self.newest = self.seen = opening.open(new_id)
        self.newest.adopt()

    def check_writable(self) -> None:
        """Raise `StorageError` where the journal can only be read."""
        if self.newest.obstacle:
            raise StorageError(self.newest.path, f"it can only be read: {self.newest.obstacle}")

    def adopt(self) -> State:
        """Move the view to the newest commit that was read."""
        state = self.newest.adopt()
        if self.seen is not self.newest:
            self.seen.close()
            self.seen = self.newest
        return state

    def refresh(self) -> int:
        """Move the view to the newest commit, without the lock where nothing is odd."""
        if self.newest.catch_up() is None:
            self._replace(self._opening.open(None))
        return self.adopt().number

    def settle(self) -> int:
        """Move the view to the newest commit, and make it durable, whoever wrote it."""
        try:
            newest = self.newest
            self._replace(self._opening.settled(newest) if newest.catch_up() else self._opening.again())
        except (CorruptStore, ForeignFile, NewerFormat):
            raise
        except OSError as error:
            reason = f"whether all that is seen is on the disk is not known ({error.strerror}); open it anew and look"
            raise CommitUncertain(self.newest.path, reason) from error
        self.check_writable()
        return self.adopt().number

    def read_anew(self) -> None:
        """Go on with the journal as it is read and settled now; the view stays."""
        self._replace(self._opening.again())
        self.check_writable()

    def compact(self, *, keep_past: bool) -> Compaction:
        """Put the next generation in the journal's place, after all of it was read anew."""
        self.read_anew()
        journal = self.newest
        before, postponed = journal.end, None
        try:
            if journal.end > journal.base:
                journal.adopt()
                compact(self._system, journal, keep_past=keep_past)
                self._take_over()
            elif not keep_past:
                forget(self._system, journal.path)
        except Postponed as reason:
            postponed = str(reason)
        self._follow()
        return Compaction(self.newest.gen, before, self.newest.end, postponed)

    def prune(self, before: datetime) -> int:
        """Forget the past before an instant, and give the number of revisions."""
        from salespipeline.storage.journal.forgetting import prune  # loaded for those who need it

        self.read_anew()
        journal = self.newest
        journal.adopt()
        try:
            forgotten = prune(self._system, journal, before)
        except Postponed as reason:
            raise StorageError(journal.path, f"its past cannot be pruned now: {reason}") from reason
        self._take_over()
        self._follow()
        return forgotten

    def close(self) -> None:
        """Give the files back."""
        self.seen.close()
        self.newest.close()

    def _take_over(self) -> None:
        """Go on with the file that was just put in the journal's place."""
        self._replace(self._opening.again())
        self._hint.write(self.newest.store, self.newest.gen, self.newest.number)

    def _follow(self) -> None:
        """Show the newest file where it has the very view that is shown: the other one may not stay."""
        if self.seen.state.number == self.newest.number:
            self.adopt()

    def _replace(self, fresh: JournalFile) -> None:
        """Go on with the journal as it was read anew; the view stays where it is until it is moved."""
        before = self.newest
        if fresh.store != before.store or fresh.number < before.number:
            reason = f"it was at commit {before.number} of store {before.store!r} and went back, or was exchanged"
            fresh.close()
            raise CorruptStore(fresh.path, reason, fresh.end)
        if before is not self.seen and before is not fresh:
            before.close()
        self.newest = fresh
