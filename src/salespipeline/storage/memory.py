"""A storage in memory: the reference that every other storage is compared with."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import datetime
from operator import attrgetter
from threading import RLock
from typing import TypeAlias

from salespipeline.errors import StorageClosed
from salespipeline.storage.base import Capabilities, Change, Commit, Record, Revision
from salespipeline.storage.incoming import check_commit, check_state, in_utc
from salespipeline.storage.pruning import NO_ACTION, deleted_part, kinds_by_commit, says_too_much, still_told

__all__ = ["MemoryStorage"]

_BY_NUMBER = attrgetter("number")
_Revisions: TypeAlias = dict[str, dict[str, list[Revision]]]  # by kind and id


class _Shared:
    """What the handles of one store share: every revision of every record that is still told of."""

    __slots__ = ("commands", "lock", "number", "pruned_before", "revisions")

    def __init__(self) -> None:
        self.lock = RLock()
        self.number = 0
        self.revisions: _Revisions = {}
        self.commands: dict[str, int] = {}
        self.pruned_before: datetime | None = None

    def present(self, kind: str, id: str) -> int | None:
        """The newest revision of a record, None where there is none."""
        revisions = self.revisions.get(kind, {}).get(id)
        return None if revisions is None or revisions[-1].body is None else revisions[-1].number

    def append(self, commit: Commit) -> None:
        self.number += 1
        at = in_utc(commit.at)
        for change in commit.changes:
            revision = Revision(
                number=self.number, at=at, by=commit.by, action=commit.action, keys=_kept(change), body=change.body
            )
            self.revisions.setdefault(change.kind, {}).setdefault(change.id, []).append(revision)
        if commit.command is not None:
            self.commands[commit.command] = self.number

    def prune(self, before: datetime) -> int:
        """Go on with the revisions that are still told of; views that others have keep what they were made of."""
        told = {
            kind: {id: left for id, past in records.items() if (left := still_told(past, before))}
            for kind, records in self.revisions.items()
        }
        count = _count(self.revisions) - _count(told)
        self.revisions = _without_actions(told, _silenced(self.revisions, told))
        self.pruned_before = before if self.pruned_before is None else max(before, self.pruned_before)
        return count


class MemoryStorage:
    """Records in memory, for tests, notebooks and trying things out; they are gone with the process.

    A view is the number of a commit, and revisions are only ever added: a commit copies nothing,
    and a handle keeps reading what it read.

    >>> from datetime import UTC, datetime
    >>> storage = MemoryStorage()
    >>> other = storage.another()
    >>> storage.commit(Commit(changes=(Change(kind="note", id="1", body='"x"'),), at=datetime(2026, 1, 1, tzinfo=UTC)))
    1
    >>> other.read("note", "1") is None, other.refresh(), other.read("note", "1").body
    (True, 1, '"x"')
    """

    __slots__ = ("_is_open", "_number", "_revisions", "_shared")

    capabilities = Capabilities(keeps_past=True, durable=False, multi_process=False)

    def __init__(self) -> None:
        self._open(_Shared())

    def another(self) -> "MemoryStorage":
        """A second handle on the same records, as a second process would have; this one may be closed."""
        other = MemoryStorage.__new__(MemoryStorage)
        other._open(self._shared)
        return other

    def _open(self, shared: _Shared) -> None:
        self._shared = shared
        self._look()
        self._is_open = True

    def _look(self) -> int:
        """Move the view to the newest commit; what it is made of is exchanged by pruning only."""
        self._number, self._revisions = self._shared.number, self._shared.revisions
        return self._number

    @property
    def number(self) -> int:
        """The number of the commit whose view this handle reads."""
        self._check_open()
        return self._number

    @property
    def pruned_before(self) -> datetime | None:
        """The latest instant that `prune_history` was given; None where nothing was forgotten yet."""
        self._check_open()
        return self._shared.pruned_before

    def read(self, kind: str, id: str) -> Record | None:
        """The record, or None."""
        self._check_open()
        with self._shared.lock:
            return _seen(self._revisions.get(kind, {}).get(id, ()), self._number, kind, id)

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        """The records of a kind in the order of their ids, those whose keys hold every pair of `where`."""
        self._check_open()
        with self._shared.lock:
            known = sorted(self._revisions.get(kind, {}).items())
            number = self._number
        # The lists only grow, and what they grew by lies beyond `number`: they can be read without the lock.
        records = (_seen(revisions, number, kind, id) for id, revisions in known)
        wanted = dict(where or {})
        return (record for record in records if record is not None and record.matches(wanted))

    def commit(self, commit: Commit) -> int:
        """Write all changes or none, and give the commit's number."""
        self._check_open()
        check_commit(commit)
        with self._shared.lock:
            known = None if commit.command is None else self._shared.commands.get(commit.command)
            if known is None:
                check_state(commit, self._shared.present)
                self._shared.append(commit)
            number = self._look()
            return number if known is None else known

    def past(self, kind: str, id: str) -> tuple[Revision, ...]:
        """Every revision of a record up to this handle's view, oldest first."""
        self._check_open()
        with self._shared.lock:
            revisions = self._revisions.get(kind, {}).get(id, ())
            return tuple(revisions[: bisect_right(revisions, self._number, key=_BY_NUMBER)])

    def prune_history(self, *, before: datetime) -> int:
        """Forget the past revisions that were recorded before an instant, and give how many there were.

        The newest revision of a record stays; of what was deleted, nothing does. Other handles read on
        as before, until they are refreshed.
        """
        self._check_open()
        instant = in_utc(before, "before")
        with self._shared.lock:
            count = self._shared.prune(instant)
            if self._number == self._shared.number:
                self._look()
            return count

    def refresh(self, *, durable: bool = False) -> int:
        """Move the view to the newest commit and give its number; `durable` makes no difference in memory."""
        self._check_open()
        with self._shared.lock:
            return self._look()

    def close(self) -> None:
        """Refuse further calls; the records stay, for handles that are open and for `another()`."""
        self._is_open = False

    def _check_open(self) -> None:
        if not self._is_open:
            raise StorageClosed("memory", "it was closed; open it again")


def _kept(change: Change) -> tuple[tuple[str, str], ...]:
    return () if change.body is None else change.keys


def _seen(revisions: "list[Revision] | tuple[Revision, ...]", number: int, kind: str, id: str) -> Record | None:
    """The record as the view of one commit number shows it."""
    place = bisect_right(revisions, number, key=_BY_NUMBER)
    found = revisions[place - 1] if place else None
    if found is None or found.body is None:
        return None
    return Record(kind=kind, id=id, revision=found.number, keys=found.keys, body=found.body)


def _each(revisions: _Revisions) -> Iterator[tuple[str, Revision]]:
    for kind, records in revisions.items():
        for past in records.values():
            yield from ((kind, revision) for revision in past)


def _count(revisions: _Revisions) -> int:
    return sum(1 for _ in _each(revisions))


def _silenced(before: _Revisions, after: _Revisions) -> set[int]:
    """The numbers of the commits whose action tells of deleted records."""
    told = kinds_by_commit((revision.number, kind) for kind, revision in _each(after))
    deleted = kinds_by_commit(
        (revision.number, kind)
        for kind, records in before.items()
        for past in records.values()
        for revision in past[: deleted_part(past)]
    )
    return {number for number, kinds in deleted.items() if says_too_much(kinds, told.get(number, ()))}


def _without_actions(revisions: _Revisions, numbers: set[int]) -> _Revisions:
    def silent(each: Revision) -> Revision:
        return each._replace(action=NO_ACTION) if each.number in numbers else each

    return {
        kind: {id: [silent(each) for each in past] for id, past in records.items()}
        for kind, records in revisions.items()
    }
