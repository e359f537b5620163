"""Compacting a journal changes nothing that can be read, and nothing that stops it leaves less than one journal."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.storage.disks import PATH, Disk, Moment, surviving
from tests.storage.journals import (
    AT,
    Hurried,
    opened,
    overwrite,
    saving,
    seen,
    with_commits,
    without_hint,
)

from salespipeline.errors import CorruptStore, LockTimeout, PastNotKept, StorageError, StorageFull
from salespipeline.storage.base import Change, Commit, Revision
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.system import System
from salespipeline.storage.json_journal import JsonStorage
from salespipeline.storage.memory import MemoryStorage

Seen = list[tuple[str, int, str]]
MANY = Commit(
    changes=(Change(kind="sale", id="S-1", body='"é"'), Change(kind="note", id="n", keys={"a": "b"}, body="[1]")), at=AT
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


def numbers(past: tuple[Revision, ...]) -> list[int]:
    return [revision.number for revision in past]


def everything(storage: JsonStorage) -> object:
    ids = [record.id for record in storage.scan("sale")]
    return (
        storage.number,
        list(storage.scan("sale")),
        list(storage.scan("note")),
        [storage.past("sale", id) for id in ids],
    )


def lively(path: Path) -> JsonStorage:
    """A store with changed, deleted and made-again records, and a command."""
    storage = opened(path)
    steps = (
        saving("S-1"),
        saving("S-2", "2", command="c"),
        MANY,
        saving("S-2", None),
        saving("S-3"),
        saving("S-2", "3"),
    )
    for step in steps:
        storage.commit(step)
    return storage


def test_compacting_changes_nothing_that_can_be_read(path: Path) -> None:
    storage = lively(path)
    before = everything(storage)
    done = storage.compact()
    assert (done.generation, done.postponed, done.after < done.before) == (2, None, True)
    assert everything(storage) == before
    storage.close()
    assert everything(opened(path)) == before


def test_compacting_again_and_again_keeps_the_past(path: Path) -> None:
    storage = lively(path)
    for number in range(7, 11):
        storage.compact()
        assert storage.commit(saving("S-1", str(number))) == number
    assert numbers(storage.past("sale", "S-1")) == [1, 3, 7, 8, 9, 10]
    assert [was.by for was in storage.past("sale", "S-1")] == ["anna", "", *["anna"] * 4]
    assert numbers(opened(path).past("sale", "S-2")) == [2, 4, 6]


def test_the_snapshot_is_this(path: Path) -> None:
    storage = lively(path)
    storage.compact()
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    assert header.startswith(
        '{"format":"salespipeline-journal","reader":1,"writer":1,"store":"test","gen":2,"seq":6,"records":4,"cmds":{"c":2},'
    )
    assert [line[: line.index(',"prev"')] for line in lines] == [
        '{"key":"note/n","rev":3,"keys":{"a":"b"},"data":[1]',
        '{"key":"sale/S-1","rev":3,"keys":{},"data":"é"',
        '{"key":"sale/S-2","rev":6,"keys":{},"data":3',
        '{"key":"sale/S-3","rev":5,"keys":{},"data":"x"',
    ]


def test_p_t1_compacting_twice_gives_the_same_bytes(path: Path) -> None:
    lively(path).compact()
    lively(path.with_name("t")).compact()
    assert path.read_bytes() == path.with_name("t").read_bytes()
    assert path.with_name("s.past-1").read_bytes() == path.with_name("t.past-1").read_bytes()


def test_a_deleted_record_is_gone_from_every_file(path: Path) -> None:
    storage = opened(path)
    storage.commit(saving("S-1", '"my secret"'))
    storage.compact()
    storage.commit(saving("S-2"))
    storage.commit(saving("S-1", None))
    storage.compact()
    assert storage.past("sale", "S-1") == ()
    assert [
        each.name for each in path.parent.iterdir() if b"secret" in each.read_bytes() or b"S-1" in each.read_bytes()
    ] == []


def test_a_record_made_again_after_compaction_begins_anew(path: Path) -> None:
    storage = opened(path)
    storage.commit(saving("S-1"))
    storage.commit(saving("S-1", None))
    storage.compact()
    storage.commit(saving("S-1", "2"))
    storage.compact()
    assert numbers(storage.past("sale", "S-1")) == [3]


def test_the_past_can_be_dropped(path: Path) -> None:
    storage = lively(path)
    storage.compact()
    storage.commit(saving("S-3", "4"))
    storage.compact(keep_past=False)
    assert sorted(each.name for each in path.parent.iterdir()) == ["s", "s.head", "s.lock"]
    assert storage.read("sale", "S-1") is not None
    with pytest.raises(PastNotKept):
        storage.past("sale", "S-1")


def test_the_past_can_be_dropped_when_there_is_nothing_to_compact(path: Path) -> None:
    storage = lively(path)
    storage.compact()
    assert storage.compact(keep_past=False).generation == 2
    assert not path.with_name("s.past-1").exists()


def test_nothing_to_compact_is_left_alone(path: Path) -> None:
    storage = lively(path)
    storage.compact()
    before = path.stat()
    assert storage.compact().generation == 2
    assert path.stat() == before


def test_p_a6_numbers_go_on_and_none_is_used_twice(path: Path) -> None:
    storage = lively(path)
    storage.commit(saving("S-1", None))
    storage.compact()
    assert storage.commit(saving("S-1", "5", expect=None)) == 8


def test_p_a9_the_last_thousand_commands_are_known_across_compaction(path: Path) -> None:
    storage = opened(path)
    for number in range(1, 1_003):
        storage.commit(saving("S-1", command=f"c{number}"))
    storage.compact()
    assert storage.commit(saving("S-1", command="c3")) == 3
    assert storage.commit(saving("S-1", command="c1")) == 1_003


def test_p_a2_compacting_does_not_move_a_view(path: Path) -> None:
    lively(path)
    one, other = opened(path), opened(path)
    one.commit(saving("S-1", "7"))
    before = everything(other)
    assert other.compact().generation == 2
    assert everything(other) == before
    assert (other.refresh(), one.refresh()) == (7, 7)


def test_p_a2_another_handle_keeps_its_view_and_moves_on(path: Path) -> None:
    storage, other = lively(path), opened(path)
    before = everything(other)
    storage.commit(saving("S-3", None))
    storage.compact()
    assert everything(other) == before
    assert other.commit(saving("S-9")) == 8
    assert everything(other) == everything(opened(path))


def test_p_a3_a_reader_follows_through_generations(path: Path) -> None:
    storage, reader = opened(path), opened(path)
    for number in range(1, 9):
        storage.commit(saving(f"S-{number % 3}", str(number)))
        storage.compact()
        assert reader.refresh() == number
    assert everything(reader) == everything(storage)


def test_p_c3_compacting_waits_for_the_lock_no_longer_than_a_commit(path: Path) -> None:
    storage = opened(path, lock_timeout=0.01)
    storage.commit(saving("S-1"))
    lock = WriterLock(System(), f"{path}.lock", timeout=0, mode=0o600)
    lock.acquire()
    with pytest.raises(LockTimeout):
        storage.compact()
    lock.release()
    assert storage.compact().generation == 2


def test_p_s6_compaction_keeps_the_mode(path: Path) -> None:
    storage = lively(path)
    path.chmod(0o640)
    storage.compact()
    assert [each.stat().st_mode & 0o777 for each in (path, path.with_name("s.past-1"))] == [0o640, 0o640]


def test_a_file_with_a_second_name_is_left_alone(path: Path) -> None:
    storage = lively(path)
    path.with_name("t").hardlink_to(path)
    assert "second name" in str(storage.compact().postponed)
    path.with_name("t").unlink()
    assert storage.compact().postponed is None


def test_a_file_of_somebody_else_is_left_alone() -> None:
    disk = Disk()
    storage = on(disk)
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
    storage = on(disk)
    storage.commit(saving("S-1"))
    disk.shared_replaces = 3
    assert storage.compact().postponed is None
    assert disk.slept > 0


def test_a_file_that_stays_open_elsewhere_postpones_compaction() -> None:
    disk = Disk()
    storage = on(disk)
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


def test_a_commit_compacts_when_told_to(path: Path) -> None:
    storage = JsonStorage(path, new_id=lambda: "test", system=Hurried(), compact_after=2_000)
    for number in range(1, 200):
        assert storage.commit(saving("S-1", str(number))) == number
    assert path.stat().st_size < 5_000
    assert numbers(storage.past("sale", "S-1")) == list(range(1, 200))


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
    storage = on(disk)
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
    storage = on(disk)
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


@pytest.mark.parametrize("line", [0, 1, 3])
def test_p_r4_a_damaged_archive_is_refused_when_it_is_read(line: int, path: Path) -> None:
    storage = lively(path)
    storage.compact()
    archive = path.with_name("s.past-1")
    lines = archive.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line][:-6] + b"?" + lines[line][-5:]
    archive.write_bytes(b"".join(lines))
    with pytest.raises(CorruptStore):
        storage.past("sale", "S-1")


def test_the_archive_of_another_time_is_refused(path: Path) -> None:
    storage = lively(path)
    storage.compact()
    first = path.with_name("s.past-1").read_bytes()
    storage.commit(saving("S-1", "7"))
    storage.compact()
    path.with_name("s.past-2").write_bytes(first)
    with pytest.raises(CorruptStore, match="should be 2"):
        storage.past("sale", "S-1")


def test_p_r7_an_old_generation_put_back_is_refused(path: Path) -> None:
    storage = lively(path)
    old = path.read_bytes()
    storage.compact()
    storage.commit(saving("S-1", "7"))
    storage.close()
    path.write_bytes(old)
    with pytest.raises(CorruptStore, match="acknowledged"):
        opened(path)


def test_p_r1_a_compacted_file_is_cut_at_every_byte(path: Path) -> None:
    """Every cut is refused or put right, and gives nothing but what was committed."""
    storage = lively(path)
    storage.compact()
    due = {6: seen(path)[1]}
    storage.commit(saving("S-4", "[ 1 ]"))
    due[7] = seen(path)[1]
    data = path.read_bytes()
    outcomes = [outcome_of_cut(path, data[:size], due) for size in range(len(data))]
    assert (outcomes.count("refused") > 300, outcomes.count("put right") > 50) == (True, True)


def outcome_of_cut(path: Path, data: bytes, due: dict[int, Seen]) -> str:
    without_hint(path)
    overwrite(path, data)
    try:
        number, records = seen(path)
    except StorageError:
        assert path.read_bytes() == data
        return "refused"
    assert records == due[number]
    return "put right"


def on(disk: Disk) -> JsonStorage:
    return JsonStorage(PATH, new_id=lambda: "test", system=disk)


STEPS: tuple[Commit | str, ...] = (
    saving("S-1"), saving("S-2", "2", command="c"), "compact", MANY, saving("S-2", None), "compact", saving("S-3", "3"),
    "compact without past", saving("S-1", "4"),
)  # fmt: skip
COMMITS = tuple(step for step in STEPS if isinstance(step, Commit))


def states_due() -> list[tuple[Seen, list[tuple[int, str | None]]]]:
    """What is to be seen at each commit's number, and the past of S-1 by then."""
    memory = MemoryStorage()
    due: list[tuple[Seen, list[tuple[int, str | None]]]] = [([], [])]
    for commit in COMMITS:
        memory.commit(commit)
        past = [(was.number, was.body) for was in memory.past("sale", "S-1")]
        due.append(([(each.id, each.revision, each.body) for each in memory.scan("sale")], past))
    return due


def carry_out(disk: Disk, steps: tuple[Commit | str, ...]) -> None:
    storage = on(disk)
    for step in steps:
        if isinstance(step, Commit):
            disk.begun += 1
            assert storage.commit(step) == disk.begun
            disk.acknowledged = disk.begun
        else:
            storage.compact(keep_past=step == "compact")
    storage.close()


def check_state(
    disk: Disk, acknowledged: int, begun: int, due: list[tuple[Seen, list[tuple[int, str | None]]]]
) -> None:
    storage = on(disk)
    assert acknowledged <= storage.number <= begun
    records, past = due[storage.number]
    assert [(each.id, each.revision, each.body) for each in storage.scan("sale")] == records
    try:
        assert [(was.number, was.body) for was in storage.past("sale", "S-1")] == past
    except PastNotKept:
        assert begun >= 5  # where the past is dropped
    assert not any(".new-" in name for name in disk.names)
    assert storage.commit(saving("S-9")) == storage.number
    storage.close()


def cut_states(moments: list[Moment], step: int) -> Iterator[tuple[dict[str, bytes], int, int]]:
    known: set[tuple[object, ...]] = set()
    for moment in moments:
        for contents in surviving(moment, step):
            key = (frozenset(contents.items()), moment.acknowledged, moment.begun)
            if key not in known:
                known.add(key)
                yield contents, moment.acknowledged, moment.begun


def recorded(steps: tuple[Commit | str, ...], contents: dict[str, bytes] | None = None) -> list[Moment]:
    disk = Disk(contents)
    disk.moments = []
    carry_out(disk, steps)
    disk._moment()  # pyright: ignore[reportPrivateUsage]  # the end is a moment too
    return disk.moments


@pytest.mark.parametrize(
    ("steps", "step", "floor"), [(COMMITS, 2, 4_000), (STEPS, 6, 4_000)], ids=["append", "compaction"]
)
def test_p_d2_a_power_cut_loses_no_acknowledged_commit(steps: tuple[Commit | str, ...], step: int, floor: int) -> None:
    """Nor does it leave a part of one, or a file that does not open."""
    due, count = states_due(), 0
    for contents, acknowledged, begun in cut_states(recorded(steps), step):
        check_state(Disk(contents), acknowledged, begun, due)
        count += 1
    print(f"{count} states")  # noqa: T201  # how much was tried
    assert count >= floor


def test_p_r2_recovery_survives_a_power_cut_at_any_call() -> None:
    due, disk, count = states_due(), Disk(), 0
    carry_out(disk, COMMITS[:2])
    torn = {PATH: disk.contents()[PATH][:-9]}
    for contents, _, _ in cut_states(recorded((), torn), 1):
        check_state(Disk(contents), 1, 1, due)
        count += 1
    assert count > 200


def test_a_damaged_archive_stops_compaction_and_nothing_else(path: Path) -> None:
    storage = lively(path)
    storage.compact()
    path.with_name("s.past-1").write_bytes(path.with_name("s.past-1").read_bytes()[:-9])
    storage.commit(saving("S-3", None))
    with pytest.raises(StorageError, match="compact without the past"):
        storage.compact()
    assert storage.commit(saving("S-3")) == 8
    assert storage.compact(keep_past=False).postponed is None


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("for_ever", [False, True])
@pytest.mark.parametrize("after", [False, True])
def test_p_r2_an_error_at_any_call_loses_no_acknowledged_commit(after: bool, for_ever: bool, number: int) -> None:
    due, call, failed = states_due(), 0, 0
    while True:
        call += 1
        disk = Disk()
        disk.fails_at, disk.fails_after, disk.fails_for_ever, disk.error = call, after, for_ever, number
        try:
            carry_out(disk, STEPS)
        except StorageError:
            failed += 1
        check_state(disk.restarted(), disk.acknowledged, disk.begun, due)
        if disk.calls < call:
            break
    print(f"{call} calls, {failed} failed")  # noqa: T201  # how much was tried
    assert failed > 40
    assert call > 150


@pytest.mark.parametrize("after", [False, True])
def test_p_d7_no_acknowledgement_before_the_new_name_is_durable(after: bool) -> None:
    """A commit after a compaction whose directory could not be synced syncs it first."""
    disk = Disk()
    storage = on(disk)
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
    storage = on(disk)
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
    storage = on(disk)
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
