"""What a failed sync leaves in view may never reach the disk: nobody builds on it before it is written anew."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from tests.counts import Counted
from tests.storage.cuts import Due, Way
from tests.storage.disks import Disk, Killed
from tests.storage.journals import Hurried, opened, saving, seen, without_hint
from tests.storage.worlds import COMMITS, Cuts, World, check_state, opened_on, store_of, world_of

from salespipeline import MemoryStorage
from salespipeline.errors import CommitUncertain, LockTimeout, StorageError
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.system import System
from salespipeline.storage.json_journal import JsonStorage
from salespipeline.storage.sql import SqlStorage

MARK = "s.doubtful"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


class Failing(Hurried):
    """A system where named calls fail so many times; the names of the calls that matter are noted."""

    def __init__(self, **fails: int) -> None:
        self.fails = fails
        self.calls: list[str] = []

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.fails.get(name, 0) > 0:
            self.fails[name] -= 1
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def sync(self, fd: int) -> None:
        self._call("sync")

    def sync_directory(self, path: str) -> None:
        self._call("sync_directory")

    def truncate(self, fd: int, size: int) -> None:
        self._call("truncate")
        os.ftruncate(fd, size)

    def replace(self, source: str, target: str) -> None:
        self._call("replace")
        os.replace(source, target)

    def unlink(self, path: str) -> None:
        self._call("unlink")
        os.unlink(path)

    def write(self, fd: int, data: bytes) -> int:
        self._call("write")
        return os.write(fd, data)


def poisoned(path: Path, **fails: int) -> JsonStorage:
    """A handle whose second commit failed to be synced, and could not be taken back."""
    system = Failing()
    storage = opened(path, system)
    storage.commit(saving("S-1"))
    system.fails = fails or {"sync": 1, "truncate": 1}
    with pytest.raises(CommitUncertain):
        storage.commit(saving("S-2"))
    return storage


def beside(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


# The mark, and what the next one does.


@pytest.mark.parametrize("fails", [{"sync": 1, "truncate": 1}, {"sync": 2}, {"write": 1, "truncate": 1}])
def test_p_d5_a_commit_that_could_not_be_taken_back_is_marked(fails: dict[str, int], path: Path) -> None:
    poisoned(path, **fails)
    assert MARK in beside(path)
    assert path.with_name(MARK).stat().st_mode & 0o777 == 0o600


def test_p_d5_a_commit_that_was_taken_back_leaves_no_mark(path: Path) -> None:
    poisoned(path, sync=1)
    assert beside(path) == ["s", "s.head", "s.lock"]
    assert seen(path)[0] == 1


def test_p_d5_the_first_opener_writes_the_journal_anew(path: Path) -> None:
    poisoned(path)
    before, data = path.stat().st_ino, path.read_bytes()
    system = Failing()
    storage = opened(path, system)
    assert (storage.number, path.read_bytes(), beside(path)) == (2, data, ["s", "s.head", "s.lock"])
    assert path.stat().st_ino != before
    assert system.calls == [
        "sync", "sync_directory", "write", "sync", "replace", "sync_directory", "unlink",
    ]  # fmt: skip
    assert (storage.commit(saving("S-3")), opened(path).number) == (3, 3)


def test_p_r2_a_second_opening_finds_nothing_to_write(path: Path) -> None:
    poisoned(path)
    opened(path).close()
    system = Failing()
    opened(path, system)
    assert system.calls == ["sync", "sync_directory"]


def test_p_d5_a_handle_that_is_open_writes_the_journal_anew_before_its_next_commit(path: Path) -> None:
    other = opened(path)
    other.commit(saving("S-0"))
    poisoned(path)
    before = path.stat().st_ino
    assert other.commit(saving("S-3")) == 4
    assert (path.stat().st_ino != before, MARK in beside(path)) == (True, False)
    assert [each.id for each in other.scan("sale")] == ["S-0", "S-1", "S-2", "S-3"]


def test_p_d5_a_handle_that_was_kept_from_looking_looks_the_next_time(path: Path) -> None:
    other = opened(path)
    poisoned(path)
    before = path.stat().st_ino
    path.rename(path.with_name("elsewhere"))
    with pytest.raises(StorageError, match="removed while it was open"):
        other.commit(saving("S-3"))
    path.with_name("elsewhere").rename(path)
    assert (other.commit(saving("S-3")), path.stat().st_ino == before) == (3, False)


def test_writing_anew_keeps_the_mode_the_past_and_the_views(path: Path) -> None:
    other = opened(path)
    other.commit(saving("S-1", "0"))
    other.compact()
    poisoned(path)
    path.chmod(0o640)
    opened(path).close()
    assert path.stat().st_mode & 0o777 == 0o640
    assert (other.number, other.refresh()) == (1, 3)
    assert [was.number for was in other.past("sale", "S-1")] == [1, 2]


def test_an_opening_whose_sync_failed_leaves_the_mark(path: Path) -> None:
    """The next sync may succeed, and say nothing of that one."""
    opened(path).commit(saving("S-1"))
    with pytest.raises(StorageError):
        opened(path, Failing(sync=1))
    assert MARK in beside(path)
    opened(path).close()
    assert MARK not in beside(path)


def test_a_mark_that_cannot_be_removed_costs_another_copy(path: Path) -> None:
    poisoned(path)
    opened(path, Failing(unlink=2)).commit(saving("S-3"))
    assert MARK in beside(path)
    assert opened(path).commit(saving("S-4")) == 4
    assert MARK not in beside(path)


def test_where_it_cannot_be_replaced_nothing_is_committed(path: Path) -> None:
    poisoned(path)
    path.with_name("t").hardlink_to(path)
    storage = opened(path)
    assert storage.number == 2
    with pytest.raises(StorageError, match=r"last commits may not be on the disk.*second name"):
        storage.commit(saving("S-3"))
    path.with_name("t").unlink()
    assert opened(path).commit(saving("S-3")) == 3


def test_where_it_cannot_be_replaced_an_open_handle_commits_nothing(path: Path) -> None:
    other = opened(path)
    poisoned(path)
    path.with_name("t").hardlink_to(path)
    with pytest.raises(StorageError, match="second name"):
        other.commit(saving("S-3"))


@pytest.mark.parametrize("call", ["write", "replace", "sync_directory"])
def test_where_it_cannot_be_written_anew_it_can_be_read(call: str, path: Path) -> None:
    poisoned(path)
    system = Failing()
    system.fails = {call: 2 if call == "sync_directory" else 1}
    if call == "sync_directory":
        system.fails = {}
        sync_directory, calls = system.sync_directory, iter([False, True])

        def failing(path: str) -> None:
            if next(calls, False):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            sync_directory(path)

        system.sync_directory = failing  # type: ignore[method-assign]  # the second time
    storage = opened(path, system)
    assert storage.read("sale", "S-2") is not None
    with pytest.raises(StorageError, match="cannot be written anew"):
        storage.commit(saving("S-3"))
    assert opened(path).commit(saving("S-3")) == 3


# Commits that nobody acknowledged: their writer was stopped while it waited for the disk.


def unacknowledged(path: Path) -> int:
    """A store with a commit whose writer was killed in its sync; gives the number of the file."""
    system = Dying()
    storage = opened(path, system)
    storage.commit(saving("S-1"))
    system.is_dying = True
    with pytest.raises(Killed):
        storage.commit(saving("S-2"))
    storage.close()
    return path.stat().st_ino


class Dying(Hurried):
    """A system where the process ends in a sync."""

    is_dying = False

    def sync(self, fd: int) -> None:
        if self.is_dying:
            raise Killed


def test_p_d7_commits_that_nobody_acknowledged_are_written_anew(path: Path) -> None:
    before = unacknowledged(path)
    storage = opened(path)
    after = path.stat().st_ino
    assert (storage.number, after != before) == (2, True)
    storage.close()
    opened(path).close()
    assert path.stat().st_ino == after


def test_p_d3_who_does_not_wait_for_the_disk_leaves_them(path: Path) -> None:
    before = unacknowledged(path)
    storage = opened(path, is_durable=False)
    assert (storage.commit(saving("S-3")), path.stat().st_ino == before) == (3, True)
    storage.close()
    assert (opened(path).number, path.stat().st_ino == before) == (3, False)


def test_without_a_hint_nothing_is_known_to_be_unacknowledged(path: Path) -> None:
    before = unacknowledged(path)
    without_hint(path)
    assert (opened(path).commit(saving("S-3")), path.stat().st_ino == before) == (3, True)


def test_a_file_with_a_second_name_is_used_as_it_is_where_nothing_is_known(path: Path) -> None:
    before = unacknowledged(path)
    path.with_name("t").hardlink_to(path)
    assert (opened(path).commit(saving("S-3")), path.stat().st_ino == before) == (3, True)


def test_p_d7_a_hint_that_cannot_be_read_is_no_reason_to_trust(path: Path) -> None:
    class Unreadable(Hurried):
        def open_to_read(self, path: str) -> int:
            raise OSError(errno.EIO, os.strerror(errno.EIO), path)

    before = unacknowledged(path)
    assert (opened(path, Unreadable()).number, path.stat().st_ino == before) == (2, False)


# Every call, every sync, every cut.


class Worse(Disk):
    """A disk on which, after the sync that loses, some later call fails too."""

    then = 0

    def sync(self, fd: int) -> None:
        try:
            super().sync(fd)
        except OSError:
            if self.syncs == self.loses_at:
                self.fails_at = self.calls + self.then
            raise


def worse_world(*history: int) -> tuple[World, Worse]:
    contents = store_of(*history)
    world, disk = World(contents, Due(frozenset({history}))), Worse(contents)
    disk.moments, disk.due = [], world.disk.due
    world.disk = disk
    return world, disk


def alone(world: World) -> None:
    """One commits, and compacts."""
    storage = world.open()
    world.commit(storage, 1)
    world.compact(storage)
    world.commit(storage, 5)


def beside_another(world: World) -> None:
    """Another is open, and commits after the failure without opening anew."""
    other, storage = world.open(), world.open()
    try:
        world.commit(storage, 1)
        world.commit(storage, 5)
    finally:
        world.disk.fails_at = 0
        if world.disk.syncs >= world.disk.loses_at:
            world.commit(other, 7)


def runs(work: Callable[[World], None], then: int) -> Iterator[World]:
    """What came of it for every sync that may lose; a second process opens the store and commits, in each."""
    number = 0
    while True:
        number += 1
        world, disk = worse_world(0)
        disk.loses_at, disk.then = number, then
        with suppress(StorageError):
            work(world)
        if disk.syncs < number:
            return
        world.restart()
        world.commit_all(world.open(), 4, 2)
        yield world


@pytest.mark.parametrize("work", [alone, beside_another])
@pytest.mark.parametrize("then", range(1, 6))
def test_p_d5_p_d7_no_power_cut_takes_what_was_built_on_a_failed_sync(
    then: int, work: Callable[[World], None], counted: Counted
) -> None:
    """Wherever the sync fails, and whatever fails after it: taking the commit back, or the mark."""
    cuts = Cuts()
    for world in runs(work, then):
        cuts.add(world.moments, Way(step=29))
        cuts.add(world.moments, Way(page=256))
    for state in cuts:
        check_state(state)
    counted("power cuts after a failed sync", cuts.distinct, 150)


def test_p_d7_no_power_cut_takes_what_was_built_on_a_killed_writer() -> None:
    """It was killed in its sync, which failed: nobody is told of that again."""
    tried = 0
    for call in range(1, 40):
        world = world_of(0)
        world.disk.dies_at, world.disk.fails_after = call, False
        try:
            world.commit(world.open(), 1)
        except Killed:
            tried += 1
        for each in world.disk.files.values():
            each.lose()
        world.restart()
        world.commit(world.open(), 4)
        cuts = Cuts()
        cuts.add(world.moments, Way(step=29))
        for state in cuts:
            check_state(state)
    assert tried > 8


@pytest.mark.parametrize("for_ever", [False, True])
@pytest.mark.parametrize("after", [False, True])
def test_p_r2_an_error_at_any_call_of_writing_anew_loses_nothing(after: bool, for_ever: bool) -> None:
    tried, is_done = 0, False
    while not is_done:
        world = world_of(0)
        world.disk.loses_at, world.disk.sticks = 3, True
        with pytest.raises(CommitUncertain):
            world.commit(world.open(), 1)
        world.restart()
        tried += 1
        disk = world.disk
        disk.fails_at, disk.fails_after, disk.fails_for_ever = tried, after, for_ever
        with suppress(StorageError):
            world.commit(world.open(), 4)
        is_done = disk.calls < tried
        world.restart()
        world.commit(world.open(), 5)
        cuts = Cuts()
        cuts.add(world.moments, Way(step=1_000))
        for state in cuts:
            check_state(state)
    assert tried > 30


# Seeing what is on the disk.


def killed_before_its_sync() -> tuple[Disk, JsonStorage]:
    """A disk where a writer was killed before its sync, and a handle of somebody else."""
    disk = Disk(store_of(0))
    storage = opened_on(disk)
    peer = disk.restarted()
    killed = opened_on(peer)

    def die(fd: int) -> None:
        raise Killed

    peer.sync_data = die  # type: ignore[method-assign]  # it dies there
    with pytest.raises(Killed):
        killed.commit(COMMITS[1])
    return disk, storage


def after_cut(disk: Disk) -> int:
    """The number of the store once the power was cut and nothing that waited arrived."""
    return opened_on(Disk({name: disk.files[number].durable for name, number in disk.durable_names.items()})).number


def test_p_d7_what_a_durable_refresh_shows_is_on_the_disk() -> None:
    disk, storage = killed_before_its_sync()
    assert (storage.refresh(), after_cut(disk)) == (2, 1)
    assert (storage.refresh(durable=True), after_cut(disk)) == (2, 2)


def test_a_durable_refresh_syncs_the_file_and_its_folder_under_the_lock(path: Path) -> None:
    opened(path).commit(saving("S-1"))
    system = Failing()
    storage = opened(path, system)
    opened(path).commit(saving("S-2"))
    system.calls.clear()
    assert (storage.refresh(durable=True), system.calls) == (2, ["sync", "sync_directory"])
    lock = WriterLock(System(), f"{path}.lock", timeout=0, mode=0o600)
    lock.acquire()
    waiting = opened_later(path, lock)
    with pytest.raises(LockTimeout):
        waiting.refresh(durable=True)
    assert waiting.refresh() == 2


def opened_later(path: Path, lock: WriterLock) -> JsonStorage:
    """A handle that was opened before somebody took the lock, and does not wait long for it."""
    lock.release()
    storage = opened(path, lock_timeout=0.01)
    lock.acquire()
    return storage


def test_a_durable_refresh_follows_a_file_that_was_replaced(path: Path) -> None:
    storage, other = opened(path), opened(path)
    other.commit(saving("S-1"))
    other.compact()
    assert storage.refresh(durable=True) == 1
    other.commit(saving("S-2"))
    assert (storage.refresh(durable=True), storage.commit(saving("S-3"))) == (2, 3)


def test_p_r3_a_durable_refresh_puts_a_torn_line_right(path: Path) -> None:
    storage = opened(path)
    storage.commit(saving("S-1"))
    whole = path.read_bytes()
    with path.open("ab") as file:
        file.write(b'{"seq":2,"prev"')
    assert storage.refresh(durable=True) == 1
    assert path.read_bytes() == whole
    assert storage.recovery is not None


@pytest.mark.parametrize("call", ["sync", "sync_directory"])
def test_p_d5_a_durable_refresh_that_cannot_tell_ends_the_handle(call: str, path: Path) -> None:
    system = Failing()
    storage = opened(path, system)
    storage.commit(saving("S-1"))
    system.fails = {call: 1}
    with pytest.raises(CommitUncertain, match="all that is seen"):
        storage.refresh(durable=True)
    calls: list[Callable[[], object]] = [storage.refresh, lambda: storage.read("sale", "S-1")]
    for refused in calls:
        with pytest.raises(CommitUncertain):
            refused()
    storage.close()
    assert (MARK in beside(path), opened(path).commit(saving("S-2")), MARK in beside(path)) == (True, 2, False)


def test_p_c2_a_durable_refresh_takes_permission_to_write(path: Path) -> None:
    class Forbidding(Hurried):
        def open_to_append(self, path: str) -> int:
            raise PermissionError(errno.EACCES, "no", path)

    opened(path).commit(saving("S-1"))
    reader = opened(path, Forbidding())
    with pytest.raises(StorageError, match="only be read"):
        reader.refresh(durable=True)
    assert reader.refresh() == 1


def test_what_is_not_on_the_disk_for_certain_is_not_said_to_be(path: Path) -> None:
    storage = opened(path)
    poisoned(path)
    path.with_name("t").hardlink_to(path)
    with pytest.raises(StorageError, match="second name"):
        storage.refresh(durable=True)


def test_the_other_storages_take_the_same_call(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'store.db'}")
    for storage in (MemoryStorage(), SqlStorage(engine)):
        storage.commit(saving("S-1"))
        assert storage.refresh(durable=True) == 1
    engine.dispose()


def test_p_r7_the_hint_of_a_journal_that_was_written_anew_is_its_own(path: Path) -> None:
    poisoned(path)
    path.with_name(f"{path.name}.head").unlink()
    storage = opened(path)
    hint = path.with_name(f"{path.name}.head").read_text().split()
    assert hint[:3] == ["test", "1", str(storage.number)]
