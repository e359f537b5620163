"""Compacting a journal changes nothing that can be read; the past goes into an archive, or is dropped."""

from pathlib import Path

import pytest
from tests.storage.journals import Hurried, opened, saving
from tests.storage.lively import everything, lively

from salespipeline.errors import CorruptStore, PastNotKept
from salespipeline.storage.base import Revision
from salespipeline.storage.json_journal import JsonStorage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


def numbers(past: tuple[Revision, ...]) -> list[int]:
    return [revision.number for revision in past]


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


def test_p_s6_compaction_keeps_the_mode(path: Path) -> None:
    storage = lively(path)
    path.chmod(0o640)
    storage.compact()
    assert [each.stat().st_mode & 0o777 for each in (path, path.with_name("s.past-1"))] == [0o640, 0o640]


def test_a_commit_compacts_when_told_to(path: Path) -> None:
    storage = JsonStorage(path, new_id=lambda: "test", system=Hurried(), compact_after=2_000)
    for number in range(1, 200):
        assert storage.commit(saving("S-1", str(number))) == number
    assert path.stat().st_size < 5_000
    assert numbers(storage.past("sale", "S-1")) == list(range(1, 200))


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
