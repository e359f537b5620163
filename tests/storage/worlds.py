"""Stores on simulated disks: what programs do there, what is due of them, and whether a disk gives what is due."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from tests.storage.cuts import PATH, Due, History, Moment, Way, surviving
from tests.storage.disks import Disk
from tests.storage.journals import AT, saving

from salespipeline.errors import CommitUncertain, CorruptStore, PastNotKept, StorageError
from salespipeline.storage.base import Change, Commit
from salespipeline.storage.json_journal import JsonStorage
from salespipeline.storage.memory import MemoryStorage

COMMITS = (
    saving("S-1"),
    saving("S-2", "2", command="c"),
    Commit(
        changes=(Change(kind="sale", id="S-1", body='"é"'), Change(kind="note", id="n", keys={"a": "b"}, body="[1]")),
        at=AT,
    ),
    saving("S-2", None),
    saving("S-3", "3", command="d"),
    saving("S-1", "4"),
    saving("S-2", '"again"'),
    saving("S-4", '{"text":"a body that goes on for a while, so that it takes pages of its own"}', command="e"),
)
_TOKEN = re.compile("[0-9a-f]{8}$")  # of a temporary name: it makes no other disk
DELETES = 3  # the commit that deletes S-2

Seen = tuple[list[tuple[str, int, str]], list[tuple[str, int, str]]]


class State(NamedTuple):
    """A disk as a power cut left it, and what is due of it."""

    contents: dict[str, bytes]
    due: Due


@cache
def seen_after(history: History) -> tuple[Seen, list[tuple[int, str | None]]]:
    """What is to be seen after these commits, and the past of S-1 by then."""
    memory = MemoryStorage()
    for place in history:
        memory.commit(COMMITS[place])
    return _seen(memory), [(was.number, was.body) for was in memory.past("sale", "S-1")]


def _seen(storage: MemoryStorage | JsonStorage) -> Seen:
    sales, notes = ([(each.id, each.revision, each.body) for each in storage.scan(kind)] for kind in ("sale", "note"))
    return sales, notes


class World:
    """A disk, and programs on it, one at a time; every change on the disk is a moment at which the power may be cut."""

    def __init__(self, contents: dict[str, bytes], due: Due) -> None:
        self.disk = Disk(contents)
        self.disk.moments, self.disk.due = [], due
        self.disk.note()

    @property
    def moments(self) -> list[Moment]:
        return self.disk.moments or []

    def open(self, path: str = PATH, *, is_durable: bool = True, lock_timeout: float = 0.1) -> JsonStorage:
        return opened_on(self.disk, path, is_durable=is_durable, lock_timeout=lock_timeout)

    def commit(self, storage: JsonStorage, place: int) -> None:
        """Make a commit; one that does not return may be there or not, one that was refused must not be."""
        before = self.disk.due.histories
        self._owe_one_of(before | {(*history, place) for history in before})
        try:
            number = storage.commit(COMMITS[place])
        except CommitUncertain:
            raise
        except StorageError:
            self._owe_one_of(before)
            self.disk.note()
            raise
        self._owe_one_of({(*history, place) for history in before if len(history) == number - 1})
        self.disk.note()

    def commit_all(self, storage: JsonStorage, *places: int) -> None:
        for place in places:
            self.commit(storage, place)

    def commit_hastily(self, storage: JsonStorage, place: int) -> None:
        """Make a commit that does not wait for the disk: a power cut may take it, and those before it."""
        before = self.disk.due.histories
        self._owe_one_of(before | {(*max(before, key=len), place)})
        storage.commit(COMMITS[place])

    def compact(self, storage: JsonStorage, *, keep_past: bool = True) -> None:
        self._owe(self.disk.due._replace(keeps_past=self.disk.due.keeps_past and keep_past))
        storage.compact(keep_past=keep_past)

    def restart(self) -> None:
        """What was running was killed; only what happens now is looked at."""
        self.disk = self.disk.restarted()
        self.disk.moments = []
        self.disk.note()

    def _owe_one_of(self, histories: Iterable[History]) -> None:
        self._owe(self.disk.due._replace(histories=frozenset(histories)))

    def _owe(self, due: Due) -> None:
        self.disk.due = due


def opened_on(disk: Disk, path: str = PATH, *, is_durable: bool = True, lock_timeout: float = 0.1) -> JsonStorage:
    return JsonStorage(
        path,
        new_id=lambda: "test",
        system=disk,
        durability="full" if is_durable else "process",
        lock_timeout=lock_timeout,
    )


def world_of(*history: int, may_refuse: bool = False) -> World:
    """A world whose store has these commits, durably."""
    return World(store_of(*history), Due(frozenset({history}), may_refuse=may_refuse))


@cache
def store_of(*history: int) -> dict[str, bytes]:
    """The files of a store with these commits."""
    disk = Disk()
    storage = opened_on(disk)
    for place in history:
        storage.commit(COMMITS[place])
    storage.close()
    return disk.contents()


class Cuts:
    """The disks that power cuts leave, each once, with all that is due of it at any of its moments."""

    def __init__(self) -> None:
        self.total = 0
        self._states: dict[int, State] = {}

    @property
    def distinct(self) -> int:
        return len(self._states)

    def add(self, moments: Iterable[Moment], way: Way) -> None:
        for _ in self.new(moments, way):
            continue

    def new(self, moments: Iterable[Moment], way: Way) -> Iterator[State]:
        """The same; gives each disk that was not seen before, or of which more is due than before."""
        for moment in moments:
            for contents in surviving(moment, way):
                self.total += 1
                disk = hash(frozenset((_TOKEN.sub("", name), data) for name, data in contents.items()))
                before = self._states.get(disk)
                due = moment.due if before is None else both(before.due, moment.due)
                if before is None or due != before.due:
                    self._states[disk] = State(contents, due)
                    yield self._states[disk]

    def __iter__(self) -> Iterator[State]:
        return iter(self._states.values())


def both(one: Due, other: Due) -> Due:
    """What is due of a disk that two moments may leave."""
    return Due(
        one.histories & other.histories,
        one.keeps_past or other.keeps_past,
        max(one.torn, other.torn, key=len),
        one.may_refuse and other.may_refuse,
    )


def check_state(state: State, path: str = PATH) -> None:
    """Assert that the store on a disk opens and gives what is due."""
    try:
        check_disk(Disk(state.contents), state.due, path)
    except CorruptStore:
        if not state.due.may_refuse:
            raise


def check_disk(disk: Disk, due: Due, path: str = PATH) -> None:
    """Assert that the store on a disk opens, gives what is due, and goes on."""
    before = disk.contents().get(path, b"")
    storage = opened_on(disk, path)
    found, number = _seen(storage), storage.number
    history = next((each for each in due.histories if len(each) == number and seen_after(each)[0] == found), None)
    assert history is not None, f"commit {number} with {found} is not one of {sorted(due.histories)}"
    _check_past(storage, history, keeps_past=due.keeps_past)
    _check_kept(disk, storage, before, due.torn)
    assert not any(".new-" in name for name in disk.names)
    _check_goes_on(storage, history)
    storage.close()


def _check_past(storage: JsonStorage, history: History, *, keeps_past: bool) -> None:
    try:
        assert [(was.number, was.body) for was in storage.past("sale", "S-1")] == seen_after(history)[1]
    except PastNotKept:
        assert not keeps_past


def _check_kept(disk: Disk, storage: JsonStorage, before: bytes, torn: bytes) -> None:
    """What recovery cut off is in a file of its own."""
    done = storage.recovery
    if done is not None and done.kept is not None:
        assert disk.contents()[done.kept] == before[done.offset : done.offset + done.size]
    assert not torn or torn in [data for name, data in disk.contents().items() if ".torn-" in name]


def _check_goes_on(storage: JsonStorage, history: History) -> None:
    """A command that was carried out is known, and the next commit gets the next number."""
    commands = [place for place in history if COMMITS[place].command is not None]
    for place in commands[-1:]:
        assert storage.commit(COMMITS[place]) == history.index(place) + 1
    assert storage.commit(saving("S-9")) == len(history) + 1
