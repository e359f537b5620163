"""Pruning forgets what is older and what was deleted, and nothing else; whatever stops it leaves a sound store."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import event
from tests.storage.cuts import Way, surviving
from tests.storage.databases import Place, Server, file, place, server
from tests.storage.disks import PATH, Disk
from tests.storage.journals import AT, BY_HAND, HEADER, Hurried, overwrite, sealed
from tests.storage.worlds import opened_on

from salespipeline import Edit, MemoryStorage, NotFound, Pipeline, Revise
from salespipeline.errors import CorruptStore, InvalidValue, PastNotKept, StorageClosed, StorageError
from salespipeline.presets import superoffice
from salespipeline.storage.base import Change, Commit, PruningStorage, Revision
from salespipeline.storage.json_journal import JsonStorage
from salespipeline.storage.sql import SqlStorage

__all__ = ["file", "place", "server"]

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
Open = Callable[[], PruningStorage]


@pytest.fixture(params=["memory", "journal", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """What opens one store of every kind, again and again."""
    handles: list[PruningStorage] = []
    make = opener(str(request.param), tmp_path, request)

    def opened() -> PruningStorage:
        handles.append(make())
        return handles[-1]

    yield opened
    for handle in handles:
        handle.close()


def opener(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Open:
    if kind == "memory":
        return MemoryStorage().another
    if kind == "journal":
        return lambda: JsonStorage(tmp_path / "s", new_id=lambda: "test", system=Hurried())
    if kind == "sqlite":
        return lambda: SqlStorage(f"sqlite:///{tmp_path / 'store.db'}", new_id=lambda: "test")
    running: Server = request.getfixturevalue("server")
    url = running.schema()
    return lambda: SqlStorage(url, new_id=lambda: "test")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


def minute(count: float) -> datetime:
    return AT + timedelta(minutes=count)


def saving(*bodies: tuple[str, str | None], at: float = 0, action: str = "null", command: str | None = None) -> Commit:
    """A commit of notes, or of the kinds that stand before a slash, so many minutes after the first."""
    changes = [
        Change(kind=name.rpartition("/")[0] or "note", id=name.rpartition("/")[2], body=body) for name, body in bodies
    ]
    return Commit(changes=tuple(changes), at=minute(at), by="anna", action=action, command=command)


def told(storage: PruningStorage, id: str, kind: str = "note") -> list[tuple[int, str | None]]:
    return [(was.number, was.body) for was in storage.past(kind, id)]


def view(storage: PruningStorage) -> object:
    return storage.number, list(storage.scan("note"))


def counting(storage: PruningStorage, last: int = 5) -> None:
    """One note, saved once a minute, with its minute as body; and one that is saved in the first."""
    storage.commit(saving(("a", "0"), ("old", '"o"')))
    for at in range(1, last + 1):
        storage.commit(saving(("a", str(at)), at=at))


# What goes, and what stays.


def test_what_was_recorded_before_is_forgotten_in_every_storage(store: Open) -> None:
    storage = store()
    counting(storage)
    assert storage.prune_history(before=minute(3)) == 3
    for handle in (storage, store()):
        assert told(handle, "a") == [(4, "3"), (5, "4"), (6, "5")]
        assert told(handle, "old") == [(1, '"o"')]


@pytest.mark.parametrize("at", [2.5, 3])
def test_the_instant_itself_is_not_before(at: float, store: Open) -> None:
    storage = store()
    counting(storage)
    storage.prune_history(before=minute(at))
    assert told(storage, "a")[0] == (4, "3")


def test_the_newest_revision_stays_with_its_author_whenever_it_was_recorded(store: Open) -> None:
    storage = store()
    counting(storage)
    newest = list(storage.past("note", "a"))[-1:]
    assert storage.prune_history(before=minute(99)) == 5
    assert (list(storage.past("note", "a")), newest[0].by) == (newest, "anna")


def test_p_a6_numbers_and_records_stay_what_they_were(store: Open) -> None:
    storage = store()
    counting(storage)
    storage.commit(saving(("a", None), at=6))
    before = view(storage)
    storage.prune_history(before=minute(99))
    assert view(storage) == view(store()) == before
    assert storage.commit(saving(("a", "7"), at=7)) == 8
    assert [(record.id, record.revision) for record in store().scan("note")] == [("a", 8), ("old", 1)]


def test_nothing_of_a_deleted_record_stays(store: Open) -> None:
    storage = store()
    counting(storage)
    storage.commit(saving(("a", None), at=6))
    assert storage.prune_history(before=minute(-1)) == 7
    assert (told(storage, "a"), told(store(), "a"), told(store(), "old")) == ([], [], [(1, '"o"')])


def test_of_a_record_made_again_nothing_from_before_stays(store: Open) -> None:
    storage = store()
    for at, body in enumerate(("1", None, "3", None, "5", "6")):
        storage.commit(saving(("a", body), at=at))
    assert storage.prune_history(before=minute(-1)) == 4
    assert told(storage, "a") == [(5, "5"), (6, "6")]


def test_a_store_without_a_record_left_has_no_past(store: Open) -> None:
    storage = store()
    counting(storage)
    storage.commit(saving(("a", None), ("old", None), at=6))
    assert storage.prune_history(before=minute(-1)) == 9
    assert (storage.commit(saving(("new", "1"), at=7)), told(store(), "new"), told(store(), "a")) == (8, [(8, "1")], [])


def test_pruning_again_forgets_nothing_more(store: Open) -> None:
    storage = store()
    counting(storage)
    counts = [storage.prune_history(before=minute(at)) for at in (3, 3, 1, 4, 4)]
    assert (counts, told(storage, "a")) == ([3, 0, 0, 1, 0], [(5, "4"), (6, "5")])


def test_a_clock_that_went_back_leaves_what_it_recorded_later(store: Open) -> None:
    storage = store()
    for at in (5, 1, 6, 2, 7):
        storage.commit(saving(("a", str(at)), at=at))
    assert storage.prune_history(before=minute(5)) == 2
    assert [body for _, body in told(storage, "a")] == ["5", "6", "7"]


def test_p_t3_an_instant_is_compared_whatever_its_offset(store: Open) -> None:
    storage = store()
    counting(storage)
    assert storage.prune_history(before=minute(3).astimezone(timezone(timedelta(hours=5, minutes=45)))) == 3


def test_an_instant_without_offset_is_refused(store: Open) -> None:
    with pytest.raises(InvalidValue, match="before"):
        store().prune_history(before=datetime(2026, 1, 1))  # noqa: DTZ001  # it is wrong


def test_a_closed_handle_forgets_nothing(store: Open) -> None:
    storage = store()
    storage.close()
    calls: list[Callable[[], object]] = [lambda: storage.prune_history(before=AT), lambda: storage.pruned_before]
    for call in calls:
        with pytest.raises(StorageClosed):
            call()


def test_it_is_known_up_to_which_instant_the_past_was_forgotten(store: Open) -> None:
    storage = store()
    assert storage.pruned_before is None
    counting(storage)
    for at in (3, 1):
        storage.prune_history(before=minute(at))
        assert (storage.pruned_before, store().pruned_before) == (minute(3), minute(3))
    storage.prune_history(before=minute(4))
    storage.commit(saving(("a", "6"), at=6))
    assert store().pruned_before == minute(4)


def test_an_empty_store_can_be_pruned(store: Open) -> None:
    storage = store()
    assert (storage.prune_history(before=AT), storage.pruned_before) == (0, AT)
    assert (storage.commit(saving(("a", "1"))), store().pruned_before) == (1, AT)


def test_p_a9_the_last_thousand_commands_stay_known(path: Path) -> None:
    storage = journal(path)
    for number in range(1, 1_002):
        storage.commit(saving(("a", str(number)), command=f"c{number}"))
    storage.prune_history(before=minute(1))
    again = [journal(path).commit(saving(("a", "0"), command=f"c{number}")) for number in (2, 500, 1_001, 1)]
    assert again == [2, 500, 1_001, 1_002]
    assert told(journal(path), "a") == [(1_001, "1001"), (1_002, "0")]


def test_the_action_goes_that_tells_of_a_deleted_record(store: Open) -> None:
    """What registers a sale has its title, and writes the series of ids along with it."""
    storage = store()
    storage.commit(saving(("sale/1", '"x"'), ("series/ids", "2"), action='{"title":"secret"}'))
    storage.commit(saving(("sale/2", '"y"'), ("series/ids", "3"), action='{"title":"known"}', at=1))
    storage.commit(saving(("sale/3", '"z"'), ("sale/2", '"y"'), action='{"of":"both"}', at=2))
    storage.commit(saving(("sale/1", None), ("sale/3", None), at=3))
    storage.prune_history(before=minute(-1))
    assert [was.action for was in storage.past("series", "ids")] == ["null", '{"title":"known"}']
    assert [was.action for was in store().past("sale", "2")] == ['{"title":"known"}', '{"of":"both"}']


def test_an_action_stays_where_something_else_is_only_old(store: Open) -> None:
    storage = store()
    storage.commit(saving(("sale/1", '"x"'), ("series/ids", "2"), action='{"do":"Register"}'))
    storage.commit(saving(("series/ids", "3"), at=1))
    storage.prune_history(before=minute(9))
    assert [was.action for was in storage.past("sale", "1")] == ['{"do":"Register"}']


# Views.


def test_p_a2_an_earlier_view_is_read_on_or_refused(store: Open) -> None:
    """It never gives less than it gave: a database, whose handles do not know of each other, says so instead."""
    storage, other, empty = store(), store(), store()
    counting(storage, last=3)
    storage.commit(saving(("gone", "1"), at=4))
    other.refresh()
    before = view(other)
    storage.commit(saving(("a", "5"), at=5))
    storage.commit(saving(("gone", None), at=6))
    storage.prune_history(before=minute(5.5))
    assert view(empty) == (0, [])
    if isinstance(other, SqlStorage):
        calls: list[Callable[[], object]] = [
            lambda: view(other), lambda: other.read("note", "none"), lambda: other.past("note", "a")
        ]  # fmt: skip
        for call in calls:
            with pytest.raises(PastNotKept, match="refresh"):
                call()
    else:
        assert view(other) == before
    other.refresh()
    assert view(other) == view(storage)
    assert told(other, "a") == [(6, "5")]


def test_p_a2_a_view_that_lacks_nothing_is_read_on(store: Open) -> None:
    storage, other = store(), store()
    counting(storage)
    other.refresh()
    before = view(other)
    storage.commit(saving(("b", "1"), at=6))
    storage.prune_history(before=minute(99))
    assert view(other) == before


def test_p_a2_a_view_of_which_only_the_past_is_forgotten_is_read_on(store: Open) -> None:
    storage, other = store(), store()
    counting(storage, last=3)
    other.refresh()
    before = view(other)
    storage.commit(saving(("a", "4"), at=4))
    assert storage.prune_history(before=minute(3)) == 3
    assert view(other) == before


def test_p_a2_a_scan_goes_on(store: Open) -> None:
    storage = store()
    counting(storage)
    scan = storage.scan("note")
    assert next(scan).id == "a"
    storage.prune_history(before=minute(99))
    assert [record.id for record in scan] == ["old"]


def test_p_a2_a_handle_that_is_behind_can_prune(store: Open) -> None:
    storage, behind = store(), store()
    counting(storage)
    assert behind.prune_history(before=minute(3)) == 3
    assert view(behind) == (0, [])
    behind.refresh()
    assert told(behind, "a") == told(store(), "a") == [(4, "3"), (5, "4"), (6, "5")]


# All storages alike.


@pytest.mark.parametrize("seed", range(8))
def test_the_storages_forget_the_same(seed: int, file: Place, tmp_path: Path) -> None:
    chance = Random(seed)
    journal = JsonStorage(tmp_path / "s", new_id=lambda: "test", system=Hurried())
    memory, database = MemoryStorage(), file.opened()
    storages: list[PruningStorage] = [memory, journal, database]
    there: set[str] = set()
    for at in range(60):
        names = chance.sample(["a", "b", "x/a", "x/b", "y/a"], chance.randint(1, 3))
        bodies = [(name, None if name in there and chance.random() < 0.3 else str(at)) for name in names]
        there = {name for name in there if (name, None) not in bodies} | {name for name, body in bodies if body}
        commit = saving(
            *bodies, at=chance.randint(at - 3, at), action=f'"{at}"', command=chance.choice([None, f"{at}"])
        )
        assert {storage.commit(commit) for storage in storages} == {at + 1}
        if chance.random() < 0.2:
            journal.compact()
        if chance.random() < 0.2:
            before = minute(chance.randint(0, at))
            counts = [storage.prune_history(before=before) for storage in storages]
            assert counts[0] == counts[2] >= counts[1]  # what compacting took out before is not counted again
            pasts = [pasts_of(storage) for storage in storages]
            assert pasts[0] == pasts[1] == pasts[2]
    assert [list(each.scan("note")) for each in storages] == [list(memory.scan("note"))] * 3


def pasts_of(storage: PruningStorage) -> list[list[Revision]]:
    return [list(storage.past(kind, id)) for kind in ("note", "x", "y") for id in ("a", "b")]


# The journal's files.


def journal(path: Path, **options: int) -> JsonStorage:
    return JsonStorage(path, new_id=lambda: "test", system=Hurried(), **options)  # type: ignore[arg-type]


def files(path: Path) -> dict[str, bytes]:
    return {
        each.name: each.read_bytes() for each in path.parent.iterdir() if not each.name.endswith((".lock", ".head"))
    }


def through_generations(storage: JsonStorage) -> None:
    """Three archives: one note is saved in each, one in the first alone, one is deleted in the third."""
    counting(storage, last=1)
    storage.commit(saving(("gone", '"secret"'), at=1))
    storage.compact()
    storage.commit(saving(("a", "2"), ("gone", '"secret too"'), at=2))
    storage.compact()
    storage.commit(saving(("a", "3"), at=3))
    storage.compact()
    storage.commit(saving(("gone", None), at=4))
    storage.commit(saving(("a", "5"), at=5))


def test_no_file_has_what_was_forgotten(path: Path) -> None:
    storage = journal(path)
    through_generations(storage)
    assert storage.prune_history(before=minute(3)) == 6
    assert (told(storage, "a"), told(storage, "old"), told(storage, "gone")) == ([(5, "3"), (7, "5")], [(1, '"o"')], [])
    assert sorted(files(path)) == ["s", "s.past-1", "s.past-2", "s.past-3", "s.past-4"]
    text = b"".join(files(path).values())
    assert (b"secret" in text, b"gone" in text, b"{},2" in text) == (False, False, False)


def test_archives_of_which_nothing_is_told_go(path: Path) -> None:
    storage = journal(path)
    through_generations(storage)
    storage.commit(saving(("old", None), at=6))
    storage.prune_history(before=minute(3))
    assert sorted(files(path)) == ["s", "s.past-3", "s.past-4"]
    assert told(journal(path), "a") == [(5, "3"), (7, "5")]
    storage.prune_history(before=minute(99))
    assert sorted(files(path)) == ["s", "s.past-4"]
    assert (told(storage, "a"), storage.commit(saving(("a", "8")))) == ([(7, "5")], 9)


def test_the_past_goes_on_after_pruning(path: Path) -> None:
    storage = journal(path)
    through_generations(storage)
    storage.prune_history(before=minute(3))
    for at in (6, 7):
        storage.commit(saving(("a", str(at)), at=at))
        storage.compact()
    assert [number for number, _ in told(storage, "a")] == [5, 7, 8, 9]
    assert storage.pruned_before == minute(3)
    assert storage.prune_history(before=minute(6)) == 2
    assert [number for number, _ in told(journal(path), "a")] == [8, 9]


def test_what_can_stay_is_not_written_again(path: Path) -> None:
    storage = journal(path)
    through_generations(storage)
    storage.prune_history(before=minute(3))
    before = {name: path.with_name(name).stat() for name in files(path)}
    storage.prune_history(before=minute(3))
    assert {name: path.with_name(name).stat() for name in files(path)} == before


def test_p_t1_pruning_twice_gives_the_same_bytes(path: Path) -> None:
    for each in (path, path.with_name("t")):
        storage = journal(each)
        through_generations(storage)
        storage.prune_history(before=minute(3))
    found = files(path)
    assert {name: data for name, data in found.items() if name[0] == "s"} == {
        f"s{name[1:]}": data for name, data in found.items() if name[0] == "t"
    }


def test_a_past_that_was_dropped_stays_missing_and_is_not_called_empty(path: Path) -> None:
    storage = journal(path)
    counting(storage)
    storage.compact(keep_past=False)
    storage.commit(saving(("a", "6"), at=6))
    storage.commit(saving(("a", "7"), at=7))
    for _ in range(2):
        storage.prune_history(before=minute(6))
        assert told(storage, "a") == [(7, "6"), (8, "7")]
        with pytest.raises(PastNotKept):
            storage.past("note", "old")


def test_another_handle_may_miss_its_past_until_it_is_refreshed(path: Path) -> None:
    storage, other = journal(path), journal(path)
    through_generations(storage)
    storage.commit(saving(("old", None), at=6))
    other.refresh()
    storage.prune_history(before=minute(99))
    with pytest.raises(PastNotKept):
        other.past("note", "a")
    other.refresh()
    assert told(other, "a") == [(7, "5")]


@pytest.mark.parametrize("damage", [b"", b"?", b"\n"])
def test_p_r5_a_damaged_archive_stops_pruning_and_nothing_else(damage: bytes, path: Path) -> None:
    storage = journal(path)
    through_generations(storage)
    overwrite(path.with_name("s.past-2"), path.with_name("s.past-2").read_bytes()[:-5] + damage)
    before = files(path)
    with pytest.raises(StorageError, match="put it right"):
        storage.prune_history(before=minute(99))
    assert files(path) == before
    assert storage.commit(saving(("a", "7"))) == 8


def test_the_archive_of_another_time_stops_pruning(path: Path) -> None:
    storage = journal(path)
    through_generations(storage)
    overwrite(path.with_name("s.past-2"), path.with_name("s.past-1").read_bytes())
    with pytest.raises(StorageError, match="should be 2"):
        storage.prune_history(before=minute(99))


def test_a_missing_archive_stops_pruning(path: Path) -> None:
    storage = journal(path)
    through_generations(storage)
    path.with_name("s.past-2").rename(path.with_name("elsewhere"))
    with pytest.raises(StorageError, match="put it back"):
        storage.prune_history(before=minute(99))
    path.with_name("elsewhere").rename(path.with_name("s.past-2"))
    assert storage.prune_history(before=minute(99)) == 7


def test_a_file_with_a_second_name_is_not_pruned(path: Path) -> None:
    storage = journal(path)
    through_generations(storage)
    path.with_name("t").hardlink_to(path)
    with pytest.raises(StorageError, match="second name"):
        storage.prune_history(before=minute(99))
    path.with_name("t").unlink()
    assert storage.prune_history(before=minute(99)) == 7


@pytest.mark.parametrize(
    "pruned", ['"2026"', "7", '"2026-13-01T00:00:00.000000Z"', '"2026-01-01T00:00:00.000000+00:00"']
)
def test_p_r9_a_senseless_instant_in_the_header_is_refused(pruned: str, path: Path) -> None:
    overwritten = HEADER.replace('"records":2', f'"records":0,"pruned":{pruned}')
    path.write_bytes(sealed((overwritten,)))
    with pytest.raises(CorruptStore, match="header"):
        journal(path)


def test_what_does_not_read_back_is_not_put_in_place() -> None:
    disk, storage, full = pruning_disk()
    storage.compact()
    write = disk.write

    def write_another(fd: int, data: bytes) -> int:
        write(fd, BY_HAND)
        return len(data)

    disk.write = write_another  # type: ignore[method-assign]  # the disk mistakes one file for another
    with pytest.raises(StorageError, match=f"'{PATH}': what was written of it anew does not read as it should"):
        storage.prune_history(before=minute(3))
    disk.write = write  # type: ignore[method-assign]  # and is mended
    assert told(storage, "a") == full
    assert storage.prune_history(before=minute(3)) == 3


def test_a_commit_stands_where_compacting_after_it_fails(path: Path) -> None:
    storage = journal(path, compact_after=1)
    storage.commit(saving(("a", "1")))
    storage.commit(saving(("a", "2")))
    archive = path.with_name("s.past-1")
    overwrite(archive, archive.read_bytes()[:-5])
    assert [storage.commit(saving((f"b{number}", "3"), at=number)) for number in range(3)] == [3, 4, 5]
    assert storage.commit(saving(("a", None))) == 6
    assert [storage.commit(saving((f"c{number}", "3"), at=number)) for number in range(20)] == list(range(7, 27))
    with pytest.raises(StorageError, match="put it right"):
        storage.compact()


# What stops it.


def states(disk: Disk, way: Way) -> Iterator[dict[str, bytes]]:
    seen: set[int] = set()
    for moment in disk.moments or []:
        for contents in surviving(moment, way):
            key = hash(frozenset(contents.items()))
            if key not in seen:
                seen.add(key)
                yield contents


def pruning_disk(*, has_old: bool = True) -> tuple[Disk, JsonStorage, list[tuple[int, str | None]]]:
    """A store of which nothing goes but revisions, or, without the old note, two archives too."""
    disk = Disk()
    storage = opened_on(disk)
    through_generations(storage)
    if not has_old:
        storage.commit(saving(("old", None), at=6))
    return disk, storage, told(storage, "a")


def check_pruned(disk: Disk, full: list[tuple[int, str | None]], *, has_old: bool = True) -> bool:
    """The store opens, nothing that is told is missing, and asking again forgets the rest; whether it had begun."""
    old: list[tuple[int, str | None]] = [(1, '"o"')] if has_old else []
    storage = opened_on(disk)
    assert [(each.id, each.body) for each in storage.scan("note")] == [("a", "5"), ("old", '"o"')][: 1 + has_old]
    left = told(storage, "a")
    assert set(full[-2:]) <= set(left) <= set(full) and left == sorted(left)
    assert left == full or storage.pruned_before == minute(3)
    has_begun = storage.pruned_before is not None
    storage.prune_history(before=minute(3))
    assert (told(storage, "a"), told(storage, "gone"), told(storage, "old")) == (full[-2:], [], old)
    assert any(name.endswith(".past-1") for name in disk.names) == has_old
    texts = [data for name, data in disk.contents().items() if not name.endswith(".lock")]
    assert b"secret" not in b"".join(texts)
    assert storage.commit(saving(("a", "8"), at=8)) == 8 + (not has_old)
    storage.close()
    return has_begun


@pytest.mark.parametrize("has_old", [True, False])
@pytest.mark.parametrize("way", [Way(step=400), Way(page=512)])
def test_p_d2_a_power_cut_at_any_call_of_pruning_leaves_a_sound_store(way: Way, has_old: bool) -> None:
    disk, storage, full = pruning_disk(has_old=has_old)
    disk.moments = []
    disk.note()
    storage.prune_history(before=minute(3))
    begun = [check_pruned(Disk(contents), full, has_old=has_old) for contents in states(disk, way)]
    print(f"{len(begun)} states, {sum(begun)} of them begun")  # noqa: T201  # how much was tried
    assert len(begun) > 60
    assert {True, False} == set(begun)


@pytest.mark.parametrize("has_old", [True, False])
@pytest.mark.parametrize("for_ever", [False, True])
@pytest.mark.parametrize("after", [False, True])
def test_p_r2_an_error_at_any_call_of_pruning_leaves_a_sound_store(after: bool, for_ever: bool, has_old: bool) -> None:
    tried, is_done = 0, False
    while not is_done:
        disk, storage, full = pruning_disk(has_old=has_old)
        tried += 1
        disk.fails_at, disk.fails_after, disk.fails_for_ever = disk.calls + tried, after, for_ever
        try:
            storage.prune_history(before=minute(3))
            is_done = disk.calls < disk.fails_at
        except StorageError:
            is_done = False
        check_pruned(disk.restarted(), full, has_old=has_old)
    assert tried > 80


def test_p_d2_what_is_removed_stays_removed() -> None:
    disk, storage, _ = pruning_disk(has_old=False)
    storage.prune_history(before=minute(3))
    assert disk.moves == []


def test_a_handle_goes_on_after_an_error() -> None:
    disk, storage, full = pruning_disk()
    disk.fails_at, disk.fails_for_ever = disk.calls + 60, True
    with pytest.raises(StorageError):
        storage.prune_history(before=minute(3))
    disk.fails_at = 0
    assert storage.commit(saving(("a", "6"), at=6)) == 8
    storage.prune_history(before=minute(3))
    assert [number for number, _ in told(storage, "a")] == [*(number for number, _ in full[-2:]), 8]


# Databases.


def rows(place: Place, table: str) -> list[tuple[object, ...]]:
    return place.sql(f"SELECT * FROM salespipeline_{table} ORDER BY number")  # noqa: S608  # no foreign text


def test_commits_of_which_nothing_is_left_go(file: Place) -> None:
    storage = file.opened()
    counting(storage, last=2)
    storage.commit(saving(("b", "3"), at=3, command="c", action='"x"'))
    storage.commit(saving(("b", None), at=4))
    storage.prune_history(before=minute(99))
    assert [row[0] for row in rows(file, "revisions") if row[0]] == ["note", "note"]
    assert [(row[0], row[2], row[3], row[4]) for row in rows(file, "commits")] == [
        (1, "anna", "null", None), (3, "anna", "null", None), (4, "", "null", "c"),
    ]  # fmt: skip
    assert storage.commit(saving(("a", "9"), command="c")) == 4


def crowded(place: Place) -> datetime:
    """Fill a store with 1,101 commits of one note, a microsecond and a command each; gives the last instant."""
    place.opened().commit(saving(("a", "1"), command="c1"))
    numbers = "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1101)"
    at = "'2026-11-21T16:40:00.' || substr(CAST(1000000 + i AS TEXT), 2) || 'Z'"
    for table, columns in (
        ("commits", f"i, {at}, 'anna', 'null', 'c' || CAST(i AS TEXT)"),
        ("revisions", "'note', 'a', i, '{}', CAST(i AS TEXT)"),
    ):
        place.sql(f"INSERT INTO salespipeline_{table} {numbers} SELECT {columns} FROM n")  # noqa: S608  # no foreign text
    place.sql("UPDATE salespipeline_records SET number = 1101, body = '1101'")
    place.sql("UPDATE salespipeline_store SET head = 1101")
    return AT + timedelta(microseconds=1_101)


def test_p_a9_a_database_keeps_the_last_thousand_commands(place: Place) -> None:
    before = crowded(place)
    storage = place.opened()
    storage.prune_history(before=before)
    assert [len(rows(place, "commits")), rows(place, "commits")[0][0]] == [1_000, 102]
    again = [storage.commit(saving(("a", "0"), command=f"c{number}")) for number in (102, 600, 1_101, 101)]
    assert (again, told(storage, "a")) == ([102, 600, 1_101, 1_102], [(1_101, "1101"), (1_102, "0")])


def test_others_write_between_the_steps(file: Place) -> None:
    before, engine = crowded(file), file.new_engine()
    storage, other = file.opened(by=engine), file.opened()
    commits: list[object] = []

    def write(*arguments: object) -> None:
        if arguments[2] == "COMMIT":
            commits.append(arguments)
            other.commit(saving((f"b{len(commits)}", "1")))

    event.listen(engine, "after_cursor_execute", write)
    assert storage.prune_history(before=before) == 1_100
    assert len(commits) == 4
    assert (told(storage, "a"), other.number) == ([(1_101, "1101")], 1_105)


def test_p_r2_what_was_interrupted_is_done_when_it_is_asked_for_again(file: Place) -> None:
    before, engine = crowded(file), file.new_engine()
    storage = file.opened(by=engine)
    deletions: list[object] = []

    def stop(*arguments: object) -> None:
        if "DELETE FROM salespipeline_commits" in str(arguments[2]):
            deletions.append(arguments)
            if len(deletions) == 2:
                raise KeyboardInterrupt

    event.listen(engine, "before_cursor_execute", stop)
    with pytest.raises(KeyboardInterrupt):
        storage.prune_history(before=before)
    event.remove(engine, "before_cursor_execute", stop)
    again = file.opened()
    assert len(told(again, "a")) == 601
    assert again.pruned_before == before
    again.prune_history(before=before)
    assert told(again, "a") == [(1_101, "1101")]


def test_the_bytes_are_gone_from_the_file(file: Place) -> None:
    engine = file.new_engine()
    storage = file.opened(by=engine)
    storage.commit(saving(("a", f'"{"my secret " * 30}"')))
    storage.commit(saving(("a", "2"), at=1))
    folder = Path(str(file.engine.url.database)).parent
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(str(given[2])))
    storage.prune_history(before=minute(99))
    assert statements.index("PRAGMA secure_delete = ON") < statements.index("BEGIN IMMEDIATE")
    assert [each.name for each in folder.glob("store.db*") if b"my secret" in each.read_bytes()] == []


def test_p_v2_a_store_that_can_only_be_read_is_not_pruned(file: Place) -> None:
    counting(file.opened())
    file.sql("UPDATE salespipeline_store SET writer = 2")
    with pytest.raises(StorageError, match="only be read"):
        file.opened().prune_history(before=minute(3))


@pytest.mark.parametrize("keys", ["{}", '{"before":"x","first":"y","last":"z"}', "[]"])
def test_p_r9_a_senseless_mark_is_a_storage_error(keys: str, file: Place) -> None:
    storage = file.opened()
    counting(storage)
    storage.prune_history(before=minute(3))
    file.sql(f"UPDATE salespipeline_revisions SET keys = '{keys}' WHERE kind = ''")  # noqa: S608  # no foreign text
    with pytest.raises(StorageError, match="changed by another program"):
        storage.read("note", "a")


# At the desk.


def desk(storage: PruningStorage) -> Pipeline:
    """Anna's desk, whose clock goes on by an hour each time it is asked."""
    hours = count()
    return Pipeline.open(
        storage, catalog=superoffice.catalog(), user="anna", clock=lambda: NINE + timedelta(hours=next(hours))
    )


def test_revisions_begin_later_and_undo_goes_no_further_back() -> None:
    storage = MemoryStorage()
    pipeline = desk(storage)
    sale = pipeline.add("120 desks", type="new-business", amount="1.00")
    for amount in (2, 3, 4):
        sale = pipeline.apply(sale, Revise(amount=amount))
    instant = pipeline.revisions(sale.id)[2].at
    storage.prune_history(before=instant)
    assert [each.sale.amount for each in pipeline.revisions(sale.id)] == [3, 4]
    assert pipeline.undo(sale.id).amount == 3


def test_what_was_forgotten_is_not_taken_for_a_sale_that_was_not_there() -> None:
    storage = MemoryStorage()
    pipeline = desk(storage)
    sale = pipeline.add("120 desks", type="new-business", amount="1.00", command="c")
    then = pipeline.revisions(sale.id)[0].at
    assert [each.amount for each in pipeline.as_of(then)] == [1]
    pipeline.apply(sale, Edit(note="They like oak"))
    storage.prune_history(before=then + timedelta(days=99))
    with pytest.raises(PastNotKept, match="pruned up to"):
        pipeline.as_of(then)
    with pytest.raises(PastNotKept, match="look for the sale itself"):
        pipeline.add("120 desks", type="new-business", command="c")


def test_before_it_was_registered_a_sale_was_not_there_also_where_the_past_was_pruned() -> None:
    storage = MemoryStorage()
    pipeline = desk(storage)
    sale = pipeline.add("120 desks", type="new-business", command="c")
    storage.prune_history(before=NINE)
    assert pipeline.as_of(datetime(2020, 1, 1, tzinfo=UTC)) == ()
    assert pipeline.add("120 desks", type="new-business", command="c").id == sale.id


def test_without_pruning_a_deleted_sale_of_a_command_is_not_found() -> None:
    pipeline = desk(MemoryStorage())
    sale = pipeline.add("120 desks", type="new-business", command="c")
    pipeline.delete(sale)
    with pytest.raises(NotFound):
        pipeline.add("120 desks", type="new-business", command="c")


def test_the_past_is_counted_over_all_steps(tmp_path: Path) -> None:
    """A database forgets some hundred commits at a time, and the number is that of all of them."""
    storage = SqlStorage(f"sqlite:///{tmp_path}/store.db")
    for number in range(620):
        storage.commit(saving(("a", str(number))))
    assert storage.prune_history(before=minute(1)) == 619
    assert told(storage, "a") == [(620, "619")]
    storage.close()


def test_what_stays_of_the_first_steps_stays_in_the_later_ones(tmp_path: Path) -> None:
    """Every revision that is left has its commit, however long ago it was."""
    storage = SqlStorage(f"sqlite:///{tmp_path}/store.db")
    for number in range(620):
        storage.commit(saving(("old" if number == 2 else "a", str(number))))
    assert storage.prune_history(before=minute(1)) == 618
    assert told(storage, "old") == [(3, "2")]
    storage.close()
