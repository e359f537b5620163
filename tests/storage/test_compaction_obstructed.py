"""What stops a compaction leaves the journal as it was, and commits go on."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.storage.disks import PATH, Disk
from tests.storage.journals import Hurried, opened, saving, seen, with_commits
from tests.storage.lively import lively
from tests.storage.worlds import opened_on

from salespipeline.errors import LockTimeout, StorageError, StorageFull
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.system import System
from salespipeline.storage.json_journal import JsonStorage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


def test_p_c3_compacting_waits_for_the_lock_no_longer_than_a_commit(path: Path) -> None:
    storage = opened(path, lock_timeout=0.01)
    storage.commit(saving("S-1"))
    lock = WriterLock(System(), f"{path}.lock", timeout=0, mode=0o600)
    lock.acquire()
    with pytest.raises(LockTimeout):
        storage.compact()
    lock.release()
    assert storage.compact().generation == 2


def test_a_file_with_a_second_name_is_left_alone(path: Path) -> None:
    storage = lively(path)
    path.with_name("t").hardlink_to(path)
    assert "second name" in str(storage.compact().postponed)
    path.with_name("t").unlink()
    assert storage.compact().postponed is None


def test_a_file_of_somebody_else_is_left_alone() -> None:
    disk = Disk()
    storage = opened_on(disk)
    storage.commit(saving("S-1"))
    disk.files[disk.names[PATH]].owner = 1000
    assert "belongs to somebody else" in str(storage.compact().postponed)
    assert storage.commit(saving("S-2")) == 2


def test_p_v2_a_file_that_can_only_be_read_is_not_compacted(path: Path) -> None:
    lively(path)
    path.write_bytes(path.read_bytes())
    storage = opened(path, Forbidding())
    with pytest.raises(StorageError, match="only be read"):
        storage.compact()


class Forbidding(Hurried):
    """A system that lets nobody write."""

    def open_to_append(self, path: str) -> int:
        raise PermissionError(errno.EACCES, "no", path)


def test_a_file_that_is_open_elsewhere_is_replaced_later() -> None:
    """As Windows does it, where nobody has tried this yet."""
    disk = Disk()
    storage = opened_on(disk)
    storage.commit(saving("S-1"))
    disk.shared_replaces = 3
    assert storage.compact().postponed is None
    assert disk.slept > 0


def test_a_file_that_stays_open_elsewhere_postpones_compaction() -> None:
    disk = Disk()
    storage = opened_on(disk)
    storage.commit(saving("S-1"))
    disk.shared_replaces = 1_000
    done = storage.compact()
    assert "has the file open" in str(done.postponed)
    assert (done.generation, done.before) == (1, done.after)
    assert disk.slept < 3
    assert not any(".new-" in name for name in disk.names)
    disk.shared_replaces = 0
    assert storage.commit(saving("S-2")) == 2
    assert storage.compact().postponed is None


def test_a_commit_stands_whatever_comes_of_compacting() -> None:
    disk = Disk()
    storage = JsonStorage(PATH, new_id=lambda: "test", system=disk, compact_after=300)
    disk.shared_replaces = 1_000
    for number in range(1, 20):
        assert storage.commit(saving("S-1", str(number))) == number
    assert disk.shared_replaces > 900  # it is not tried with every commit
    assert storage.read("sale", "S-1") is not None


def test_p_r3_no_disk_space_leaves_the_old_file() -> None:
    disk = Disk()
    storage = opened_on(disk)
    storage.commit(saving("S-1"))
    before = disk.contents()[PATH]
    disk.fails_at, disk.error, disk.fails_for_ever = disk.calls + 12, errno.ENOSPC, True
    with pytest.raises(StorageError):
        storage.compact()
    disk.fails_at = 0
    assert disk.contents()[PATH] == before
    assert storage.commit(saving("S-2")) == 2


def test_what_does_not_read_back_is_not_put_in_place() -> None:
    disk = Disk()
    storage = opened_on(disk)
    storage.commit(saving("S-1"))
    write = disk.write
    disk_write = Scratching(disk, write)
    disk.write = disk_write  # type: ignore[method-assign]  # the disk goes bad under it
    with pytest.raises(StorageError):
        storage.compact(keep_past=False)
    disk.write = write  # type: ignore[method-assign]  # and is mended
    assert storage.commit(saving("S-2")) == 2


class Scratching:
    """A way of writing that changes one bit."""

    def __init__(self, disk: Disk, write: Callable[[int, bytes], int]) -> None:
        self.disk, self.write = disk, write

    def __call__(self, fd: int, data: bytes) -> int:
        return self.write(fd, data[:-30] + bytes([data[-30] ^ 1]) + data[-29:])


def test_a_damaged_archive_stops_compaction_and_nothing_else(path: Path) -> None:
    storage = lively(path)
    storage.compact()
    path.with_name("s.past-1").write_bytes(path.with_name("s.past-1").read_bytes()[:-9])
    storage.commit(saving("S-3", None))
    with pytest.raises(StorageError, match="compact without the past"):
        storage.compact()
    assert storage.commit(saving("S-3")) == 8
    assert storage.compact(keep_past=False).postponed is None


@pytest.mark.parametrize("after", [False, True])
def test_p_d7_no_acknowledgement_before_the_new_name_is_durable(after: bool) -> None:
    """A commit after a compaction whose directory could not be synced syncs it first."""
    disk = Disk()
    storage = opened_on(disk)
    storage.commit(saving("S-1"))
    sync_directory, failures = disk.sync_directory, iter([False, False, True, True])

    def failing(path: str) -> None:
        if next(failures, False):
            raise OSError(errno.EIO, "the folder is not written")
        sync_directory(path)

    disk.sync_directory = failing  # type: ignore[method-assign]  # the folder is not written twice
    for _ in range(2):
        with pytest.raises(StorageError):
            storage.compact(keep_past=after)
    assert storage.commit(saving("S-2")) == 2
    assert disk.moves == [move for move in disk.moves if move.name != PATH]


def test_a_disk_that_is_full_is_told_apart() -> None:
    disk = Disk()
    storage = opened_on(disk)
    write = disk.write

    def full(fd: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    disk.write = full  # type: ignore[method-assign]  # no room
    with pytest.raises(StorageFull):
        storage.commit(saving("S-1"))
    disk.write = write  # type: ignore[method-assign]  # room again
    assert storage.commit(saving("S-1")) == 1


def test_a_system_that_takes_no_bytes_is_not_asked_for_ever() -> None:
    disk = Disk()
    storage = opened_on(disk)
    disk.write = lambda fd, data: 0  # type: ignore[method-assign]  # it takes nothing
    with pytest.raises(StorageFull):
        storage.commit(saving("S-1"))


def test_a_name_that_is_taken_is_not_used(path: Path) -> None:
    class Repeating(Hurried):
        tokens = iter(["00000000", "00000000", "1", "00000000", "2", "3", "4"])

        def token(self) -> str:
            return next(self.tokens)

    path.with_name("s.new-00000000").mkdir()
    storage = opened(path, Repeating())
    storage.commit(saving("S-1"))
    assert storage.compact().postponed is None


def test_a_pipe_beside_the_journal_does_not_stop_it(path: Path) -> None:
    with_commits(path, 2)
    os.mkfifo(path.with_name("s.head"))
    assert seen(path)[0] == 2
