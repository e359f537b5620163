"""A store of an older version is migrated when it is opened: wholly or not at all, and the old file is kept."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import evolve
from tests.storage.cuts import PATH, Way, surviving
from tests.storage.disks import Disk
from tests.storage.journals import AT, BY_HAND, HEADER, SNAPSHOT, Hurried, must_refuse, saving, sealed

from salespipeline.codec.format import rewritten
from salespipeline.errors import InvalidValue, NewerFormat, StorageError
from salespipeline.storage.base import Change, Commit, Record
from salespipeline.storage.journal.system import System
from salespipeline.storage.journal.versions import Migration
from salespipeline.storage.json_journal import JsonStorage


def split_name(fields: dict[str, Any]) -> dict[str, Any]:
    """From 1 to 2: one name becomes two."""
    first, last = fields["name"].split(" ", 1)
    return {"first": first, "last": last}


def to_two(record: Record) -> Record:
    """From 1 to 2: a body in format 2, and the status under another key."""
    keys = [("state" if name == "status" else name, value) for name, value in record.keys]
    return evolve(record, keys=keys, body=rewritten(record.kind, record.id, record.body, 2, {1: split_name}))


def with_country(fields: dict[str, Any]) -> dict[str, Any]:
    """From 2 to 3: a country comes in."""
    return {**fields, "country": "NL"}


def to_three(record: Record) -> Record:
    """From 2 to 3: a body in format 3."""
    return evolve(record, body=rewritten(record.kind, record.id, record.body, 3, {2: with_country}))


ONE: dict[int, Migration] = {}
TWO: dict[int, Migration] = {1: to_two}
THREE: dict[int, Migration] = {1: to_two, 2: to_three}
ADA = '{"format":1,"name":"Ada Lovelace"}'
GRACE = '{"format":1,"name":"Grace Hopper"}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


def opened(path: Path | str, versions: Mapping[int, Migration], system: System | None = None) -> JsonStorage:
    return JsonStorage(path, new_id=lambda: "test", migrations=versions, system=system or Hurried())


def person(id: str, body: str | None, command: str | None = None) -> Commit:
    keys = {} if body is None else {"status": "open", "owner": "anna"}
    return Commit(changes=(Change(kind="person", id=id, keys=keys, body=body),), at=AT, by="anna", command=command)


COMMITS = (person("p", ADA, "c"), person("q", ADA), person("q", None), person("p", GRACE))


def filled(storage: JsonStorage) -> JsonStorage:
    """A person who was renamed, one who was deleted, and a generation before this one."""
    for commit in COMMITS[:2]:
        storage.commit(commit)
    storage.compact()
    for commit in COMMITS[2:]:
        storage.commit(commit)
    return storage


def bodies(storage: JsonStorage) -> list[tuple[str, int, str, tuple[tuple[str, str], ...]]]:
    return [(each.id, each.revision, each.body, each.keys) for each in storage.scan("person")]


def past(storage: JsonStorage) -> list[tuple[int, str | None]]:
    return [(was.number, was.body) for was in storage.past("person", "p")]


KEYS = (("owner", "anna"), ("state", "open"))
GRACE_2 = '{"format":2,"first":"Grace","last":"Hopper"}'
ADA_2 = '{"format":2,"first":"Ada","last":"Lovelace"}'
GRACE_3 = '{"format":3,"first":"Grace","last":"Hopper","country":"NL"}'
IN_TWO = [("p", 4, GRACE_2, KEYS)]


def test_p_v4_an_older_store_is_brought_up_when_it_is_opened(path: Path) -> None:
    filled(opened(path, ONE)).close()
    storage = opened(path, TWO)
    assert (storage.number, bodies(storage)) == (4, IN_TWO)
    assert path.read_bytes().startswith(
        b'{"format":"salespipeline-journal","reader":2,"writer":2,"store":"test","gen":3,'
    )
    assert storage.commit(person("r", ADA_2)) == 5
    assert bodies(opened(path, TWO)) == [*IN_TWO, ("r", 5, ADA_2, (("owner", "anna"), ("status", "open")))]


def test_p_v4_the_steps_are_taken_one_after_the_other(path: Path) -> None:
    filled(opened(path, ONE)).close()
    assert bodies(opened(path, THREE)) == [("p", 4, GRACE_3, KEYS)]


def test_p_v4_a_store_is_migrated_step_by_step_as_versions_come_out(path: Path) -> None:
    filled(opened(path, ONE)).close()
    opened(path, TWO).close()
    assert bodies(opened(path, THREE)) == [("p", 4, GRACE_3, KEYS)]
    kept = sorted(each.name for each in path.parent.iterdir() if "backup" in each.name)
    assert kept == ["s.v1-backup", "s.v2-backup"]


def test_p_v4_the_old_file_is_kept_as_it_was(path: Path) -> None:
    filled(opened(path, ONE)).close()
    path.chmod(0o640)
    before = path.read_bytes()
    opened(path, TWO).close()
    backup = path.with_name("s.v1-backup")
    assert (backup.read_bytes(), backup.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (before, 0o640, 0o640)
    for _ in range(2):
        storage = opened(path, TWO)
        storage.compact()
        storage.commit(saving("S-1"))
        storage.close()
    assert backup.read_bytes() == before


def test_p_v4_the_old_file_opens_when_it_is_put_back(path: Path) -> None:
    filled(opened(path, ONE)).close()
    opened(path, TWO).close()
    os.replace(path.with_name("s.v1-backup"), path)
    path.with_name("s.head").unlink()
    storage = opened(path, ONE)
    assert [body for _, _, body, _ in bodies(storage)] == [GRACE]


def test_p_v4_the_past_is_read_as_the_newest_version_has_it(path: Path) -> None:
    filled(opened(path, ONE)).close()
    storage = opened(path, TWO)
    assert past(storage) == [(1, ADA_2), (4, GRACE_2)]
    assert [was.keys for was in storage.past("person", "p")] == [KEYS, KEYS]
    storage.commit(person("p", ADA_2))
    storage.compact()
    assert past(opened(path, TWO)) == [(1, ADA_2), (4, GRACE_2), (5, ADA_2)]
    assert storage.prune_history(before=AT) == 0


def test_p_v4_nothing_of_a_deleted_record_is_migrated(path: Path) -> None:
    filled(opened(path, ONE)).close()
    storage = opened(path, TWO)
    assert storage.past("person", "q") == ()
    without = [each for each in path.parent.iterdir() if "backup" not in each.name]
    assert [each.name for each in without if b"person/q" in each.read_bytes()] == []


def test_p_a9_commands_stay_known_across_a_migration(path: Path) -> None:
    filled(opened(path, ONE)).close()
    assert opened(path, TWO).commit(person("p", ADA, "c")) == 1


def test_p_v4_migrating_twice_gives_the_same_bytes(path: Path) -> None:
    for each in (path, path.with_name("t")):
        filled(opened(each, ONE)).close()
        opened(each, TWO).close()
    assert path.read_bytes() == path.with_name("t").read_bytes()


def test_a_store_of_the_newest_version_is_left_alone(path: Path) -> None:
    filled(opened(path, TWO)).close()
    before = path.read_bytes()
    opened(path, TWO).close()
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir() if "backup" in each.name] == []


def test_an_empty_store_is_migrated(path: Path) -> None:
    opened(path, ONE).close()
    assert opened(path, TWO).commit(saving("S-1")) == 1
    assert b'"writer":2' in path.read_bytes()


def test_p_v2_an_older_library_refuses_what_was_migrated(path: Path) -> None:
    filled(opened(path, ONE)).close()
    opened(path, TWO).close()
    must_refuse(path, NewerFormat)


def test_p_v2_a_handle_of_an_older_library_refuses_what_was_migrated_under_it(path: Path) -> None:
    old = filled(opened(path, ONE))
    opened(path, TWO).close()
    with pytest.raises(NewerFormat):
        old.commit(saving("S-1"))
    with pytest.raises(NewerFormat):
        old.refresh()
    with pytest.raises(NewerFormat):
        old.refresh(durable=True)


def test_p_c2_a_reader_without_permission_sees_the_newest_version(path: Path) -> None:
    """It cannot migrate, so it brings up what it reads."""

    class Forbidding(Hurried):
        def open_to_append(self, path: str) -> int:
            raise PermissionError(13, "no", path)

    old = filled(opened(path, ONE))
    before = path.read_bytes()
    reader = opened(path, TWO, Forbidding())
    assert (bodies(reader), past(reader)) == (IN_TWO, [(1, ADA_2), (4, GRACE_2)])
    assert [each.id for each in reader.scan("person", {"state": "open"})] == ["p"]
    old.commit(person("p", ADA))
    assert (reader.refresh(), bodies(reader)) == (5, [("p", 5, ADA_2, KEYS)])
    assert path.read_bytes()[: len(before)] == before
    with pytest.raises(StorageError, match="only be read: there is no permission"):
        reader.commit(saving("S-1"))


def test_a_store_that_cannot_be_replaced_now_is_read_only(path: Path) -> None:
    filled(opened(path, ONE)).close()
    path.with_name("t").hardlink_to(path)
    storage = opened(path, TWO)
    assert bodies(storage) == IN_TWO
    with pytest.raises(StorageError, match=r"of version 1, and cannot be made one of the newest now: .*second name"):
        storage.commit(saving("S-1"))
    path.with_name("t").unlink()
    assert opened(path, TWO).commit(saving("S-1")) == 5


def test_p_v2_a_handle_whose_file_becomes_one_to_read_only_says_so(path: Path) -> None:
    storage = filled(opened(path, ONE))
    newer = HEADER.replace('"by-hand"', '"test"').replace('"writer":1', '"writer":2').replace('"seq":3', '"seq":4')
    other = path.with_name("t")
    other.write_bytes(sealed((newer, *SNAPSHOT)))
    os.replace(other, path)
    with pytest.raises(StorageError, match="only be read: a newer version"):
        storage.commit(saving("S-1"))
    assert (storage.refresh(), [each.id for each in storage.scan("sale")]) == (4, ["S-1", "S-2"])


def failing(record: Record) -> Record:
    raise KeyError(record.id)


MISTAKEN: dict[str, Migration] = {
    "it fails": failing,
    "it writes no JSON": lambda record: evolve(record, body="no JSON"),
    "it gives another record": lambda record: evolve(record, id="other"),
    "it gives a key that is none": lambda record: evolve(record, keys=cast("Any", [("a", 1)])),
}


@pytest.mark.parametrize("name", MISTAKEN)
def test_a_mistaken_migration_leaves_the_store_as_it_was(name: str, path: Path) -> None:
    filled(opened(path, ONE)).close()
    before = {each.name: each.read_bytes() for each in path.parent.iterdir()}
    with pytest.raises(StorageError, match="the file was left as it is"):
        opened(path, {1: MISTAKEN[name]})
    assert {each.name: each.read_bytes() for each in path.parent.iterdir()} == before
    assert opened(path, TWO).number == 4


@pytest.mark.parametrize("table", [{2: to_three}, {0: to_two}, {1: to_two, 3: to_three}])
def test_a_table_with_a_gap_is_refused(table: dict[int, Migration], path: Path) -> None:
    with pytest.raises(InvalidValue, match="one for each version from 1 on"):
        opened(path, table)


def test_a_backup_of_something_else_is_not_written_over(path: Path) -> None:
    filled(opened(path, ONE)).close()
    backup = path.with_name("s.v1-backup")
    for other in (BY_HAND, path.read_bytes() + b"more"):
        backup.write_bytes(other)
        with pytest.raises(StorageError, match="in the way of the backup"):
            opened(path, TWO)
        assert backup.read_bytes() == other
    backup.write_bytes(path.read_bytes()[:100])
    assert opened(path, TWO).number == 4


def test_p_v4_what_an_older_library_commits_meanwhile_is_migrated_too(path: Path) -> None:
    class Racing(Hurried):
        """A system where somebody commits between the first look and the lock."""

        is_over = False

        def open_beside(self, path: str, mode: int) -> int:
            if not self.is_over:
                self.is_over = True
                opened(path.removesuffix(".lock"), ONE).commit(person("r", ADA))
            return super().open_beside(path, mode)

    filled(opened(path, ONE)).close()
    storage = opened(path, TWO, Racing())
    assert (storage.number, bodies(storage)) == (5, [*IN_TWO, ("r", 5, ADA_2, KEYS)])


def test_p_v1_a_file_of_version_one_made_by_hand_is_migrated(path: Path) -> None:
    path.write_bytes(BY_HAND)
    opened(path, {1: lambda record: record}).close()
    assert path.with_name("s.v1-backup").read_bytes() == BY_HAND
    storage = opened(path, {1: lambda record: record})
    assert [(each.id, each.revision) for each in storage.scan("sale")] == [("S-1", 4), ("S-3", 5)]


# What stops it.


def states(disk: Disk, way: Way) -> Iterator[dict[str, bytes]]:
    seen: set[int] = set()
    for moment in disk.moments or []:
        for contents in surviving(moment, way):
            key = hash(frozenset(contents.items()))
            if key not in seen:
                seen.add(key)
                yield contents


def old_disk() -> Disk:
    disk = Disk()
    filled(opened(PATH, ONE, disk)).close()
    return disk


def check_old_or_new(disk: Disk) -> bool:
    """An older library opens it as it was or not at all, this one with every commit; whether it is new."""
    try:
        storage = opened(PATH, ONE, Disk(disk.contents()))
        assert (storage.number, [body for _, _, body, _ in bodies(storage)]) == (4, [GRACE])
        assert past(storage) == [(1, ADA), (4, GRACE)]
        is_new = False
    except NewerFormat:
        is_new = True
    storage = opened(PATH, TWO, disk)
    assert (storage.number, bodies(storage), past(storage)) == (4, IN_TWO, [(1, ADA_2), (4, GRACE_2)])
    assert len(disk.contents()[f"{PATH}.v1-backup"].splitlines()) == 5
    assert not any(".new-" in name for name in disk.names)
    assert storage.commit(person("p", ADA_2)) == 5
    return is_new


@pytest.mark.parametrize("way", [Way(step=31), Way(page=64)])
def test_p_v4_a_power_cut_at_any_call_leaves_the_old_or_the_new(way: Way) -> None:
    disk = old_disk()
    disk.moments = []
    disk.note()
    opened(PATH, TWO, disk).close()
    found = [check_old_or_new(Disk(contents)) for contents in states(disk, way)]
    print(f"{len(found)} states, {sum(found)} of them new")  # noqa: T201  # how much was tried
    assert len(found) > 60
    assert {True, False} == set(found)


def test_p_v4_no_commit_is_lost_when_the_power_is_cut_again_while_it_is_repeated() -> None:
    disk, tried = old_disk(), 0
    disk.moments = []
    opened(PATH, TWO, disk).close()
    for contents in list(states(disk, Way(step=400)))[::5]:
        again = Disk(contents)
        again.moments = []
        opened(PATH, TWO, again).close()
        for left in states(again, Way(step=400)):
            check_old_or_new(Disk(left))
            tried += 1
    assert tried > 50


@pytest.mark.parametrize("for_ever", [False, True])
@pytest.mark.parametrize("after", [False, True])
def test_p_v4_an_error_at_any_call_leaves_the_old_or_the_new(after: bool, for_ever: bool) -> None:
    tried, found, is_done = 0, set[bool](), False
    while not is_done:
        disk = old_disk()
        tried += 1
        disk.fails_at, disk.fails_after, disk.fails_for_ever = disk.calls + tried, after, for_ever
        try:
            opened(PATH, TWO, disk).close()
            is_done = disk.calls < disk.fails_at
        except StorageError:
            is_done = False
        found.add(check_old_or_new(disk.restarted()))
    assert tried > 60
    assert found == {True, False}
