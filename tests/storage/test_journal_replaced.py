"""What a handle makes of a file that changes under it: replaced, removed, shorter, or read while it is written."""

import os
from pathlib import Path

import pytest
from tests.storage.journals import (
    AT,
    BY_HAND,
    COMMITS,
    HEADER,
    SNAPSHOT,
    Hurried,
    opened,
    overwrite,
    saving,
    sealed,
    seen,
    with_commits,
    without_hint,
)

from salespipeline.errors import Conflict, CorruptStore, StorageError
from salespipeline.storage.base import Change, Commit


def test_p_r9_a_senseless_commit_of_another_writer_ends_the_handle(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(sealed((HEADER, *SNAPSHOT)))
    storage = opened(tmp_path / "s")
    overwrite(tmp_path / "s", sealed((HEADER, *SNAPSHOT, COMMITS[0].replace('"del","sale/S-2', '"del","sale/S-9'))))
    for _ in range(2):
        with pytest.raises(CorruptStore, match="deletes a record that is not there"):
            storage.refresh()


def test_a_line_that_changes_under_a_handle_is_not_given_as_the_past(tmp_path: Path) -> None:
    ends = with_commits(tmp_path / "s", 2)
    storage = opened(tmp_path / "s")
    data = (tmp_path / "s").read_bytes()
    for changed in (data.replace(b"number", b"numbex"), data[: ends[0]], data[: ends[0]] + sealed(('{"x":1',))):
        overwrite(tmp_path / "s", changed)
        with pytest.raises(CorruptStore):
            storage.past("sale", "S-1")


class Shrinking(Hurried):
    """A system where a file may be shorter when it is read than when its size was asked."""

    is_gone = False

    def pread(self, fd: int, size: int, offset: int) -> bytes:
        return b"" if self.is_gone else os.pread(fd, size, offset)


def test_a_file_that_shrinks_while_it_is_read_shows_nothing_new(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 1)
    system = Shrinking()
    storage = opened(tmp_path / "s", system)
    opened(tmp_path / "s").commit(saving("S-2"))
    system.is_gone = True
    assert storage.refresh() == 1
    system.is_gone = False
    assert storage.refresh() == 2


def test_p_a3_a_store_that_went_back_is_refused(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 1)
    old = (tmp_path / "s").read_bytes()
    storage = opened(tmp_path / "s")
    storage.commit(saving("S-2"))
    without_hint(tmp_path / "s")
    (tmp_path / "s").write_bytes(old)
    with pytest.raises(CorruptStore, match="went back"):
        storage.refresh()
    with pytest.raises(CorruptStore, match="went back"):
        storage.read("sale", "S-1")


class Blinking(Hurried):
    """A system that reads something else once, as a reader may while somebody writes."""

    def __init__(self) -> None:
        self.seen_instead: list[bytes] = []

    def pread(self, fd: int, size: int, offset: int) -> bytes:
        return self.seen_instead.pop(0) if self.seen_instead else os.pread(fd, size, offset)


@pytest.mark.parametrize("data", [b"x\n", BY_HAND.splitlines(keepends=True)[3]])
def test_a_reader_looks_twice_before_it_speaks_of_damage(data: bytes, tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 2)
    system = Blinking()
    storage = opened(tmp_path / "s", system)
    opened(tmp_path / "s").commit(saving("S-3"))
    system.seen_instead = [data]
    assert storage.refresh() == 3


def test_an_opening_looks_twice_before_it_speaks_of_damage(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 2)
    system = Blinking()
    system.seen_instead = [(tmp_path / "s").read_bytes(), sealed(COMMITS)]
    assert opened(tmp_path / "s", system).number == 2
    assert system.seen_instead == []


def test_what_was_put_right_stays_reported(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 2)
    (tmp_path / "s").write_bytes((tmp_path / "s").read_bytes()[:-5])
    storage = opened(tmp_path / "s")
    (tmp_path / "copy").write_bytes((tmp_path / "s").read_bytes())
    (tmp_path / "copy").replace(tmp_path / "s")
    storage.refresh()
    assert storage.recovery is not None


def test_a_file_that_was_removed_is_not_made_again(tmp_path: Path) -> None:
    storage = opened(tmp_path / "s")
    (tmp_path / "s").unlink()
    with pytest.raises(StorageError, match="removed"):
        storage.commit(saving("S-1"))
    assert not (tmp_path / "s").exists()


def test_a_file_that_was_replaced_by_a_longer_one_is_followed(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 1)
    storage = opened(tmp_path / "s")
    (tmp_path / "copy").write_bytes((tmp_path / "s").read_bytes())
    other = opened(tmp_path / "copy")
    other.commit(saving("S-2"))
    other.close()
    (tmp_path / "copy").replace(tmp_path / "s")
    assert storage.refresh() == 2
    assert storage.commit(saving("S-3")) == 3
    assert seen(tmp_path / "s")[0] == 3


def test_a_commit_to_a_replaced_file_moves_the_view(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 1)
    storage = opened(tmp_path / "s")
    (tmp_path / "copy").write_bytes((tmp_path / "s").read_bytes())
    (tmp_path / "copy").replace(tmp_path / "s")
    assert storage.commit(saving("S-2")) == 2
    assert (storage.number, storage.read("sale", "S-2") is not None) == (2, True)


def test_a_conflict_in_a_replaced_file_leaves_the_view(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 1)
    storage = opened(tmp_path / "s")
    (tmp_path / "copy").write_bytes((tmp_path / "s").read_bytes())
    opened(tmp_path / "copy").commit(saving("S-1", "2"))
    (tmp_path / "copy").replace(tmp_path / "s")
    for _ in range(2):
        with pytest.raises(Conflict):
            storage.commit(saving("S-1", "3", expect=1))
        (tmp_path / "copy").write_bytes((tmp_path / "s").read_bytes())
        (tmp_path / "copy").replace(tmp_path / "s")
    assert storage.number == 1
    assert [was.number for was in storage.past("sale", "S-1")] == [1]
    assert storage.refresh() == 2


def test_p_t4_a_change_given_in_cannot_be_changed_later(tmp_path: Path) -> None:
    keys = {"status": "open"}
    change = Change(kind="sale", id="S-1", keys=keys, body="1")
    storage = opened(tmp_path / "s")
    storage.commit(Commit(changes=(change,), at=AT))
    keys["status"] = "sold"
    record = storage.read("sale", "S-1")
    assert record is not None
    assert record.keys == (("status", "open"),)
