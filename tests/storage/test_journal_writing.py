"""How a commit reaches the disk, and what remains when the system refuses a step of it."""

import errno
import os
from pathlib import Path
from zlib import crc32

import pytest
from tests.storage.journals import Hurried, must_refuse, opened, saving, seen, with_commits, without_hint

from salespipeline.errors import CommitUncertain, InvalidValue, StorageError, StorageFull
from salespipeline.storage.json_journal import JsonStorage


class Failing(Hurried):
    """A system that fails once told to: the named call, so many times, after writing `part` bytes of a write."""

    def __init__(self) -> None:
        self.fails: dict[str, int] = {}
        self.error = errno.EIO
        self.part = 0
        self.calls: list[str] = []

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.fails.get(name, 0) > 0:
            self.fails[name] -= 1
            raise OSError(self.error, os.strerror(self.error))

    def write(self, fd: int, data: bytes) -> int:
        if self.fails.get("write") and self.part:
            os.write(fd, data[: self.part])
        self._call("write")
        return os.write(fd, data)

    def sync(self, fd: int) -> None:
        self._call("sync")

    def sync_directory(self, path: str) -> None:
        self._call("sync_directory")

    def truncate(self, fd: int, size: int) -> None:
        self._call("truncate")
        os.ftruncate(fd, size)


class Grudging(Hurried):
    """A system that takes seven bytes at a time."""

    def write(self, fd: int, data: bytes) -> int:
        return os.write(fd, data[:7])


class Opening(Hurried):
    """A system that notes which files it opens to be appended to."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def open_to_append(self, path: str) -> int:
        self.opened.append(Path(path).name)
        return super().open_to_append(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


def test_short_writes_are_gone_on_with(path: Path) -> None:
    opened(path, Grudging()).commit(saving("S-1"))
    assert seen(path) == (1, [("S-1", 1, '"x"')])


def test_p_d2_a_commit_is_written_then_synced(path: Path) -> None:
    system = Failing()
    storage = opened(path, system)
    system.calls.clear()
    storage.commit(saving("S-1"))
    assert system.calls == ["write", "sync"]


def test_p_d3_durability_process_does_not_wait_for_the_disk(path: Path) -> None:
    system = Failing()
    storage = opened(path, system, is_durable=False)
    system.calls.clear()
    storage.commit(saving("S-1"))
    assert system.calls == ["write"]


def test_p_d3_the_hint_does_not_lead_what_may_be_lost(path: Path) -> None:
    opened(path, is_durable=False).commit(saving("S-1"))
    assert path.with_name("s.head").read_bytes().startswith(b"test 1 0 ")


def test_p_d7_opening_syncs_what_a_killed_writer_may_have_left(path: Path) -> None:
    with_commits(path, 2)
    system = Failing()
    opened(path, system)
    assert system.calls == ["sync", "sync_directory"]


def test_a_journal_that_stays_in_its_place_is_read_once(path: Path) -> None:
    with_commits(path, 2)
    storage = opened(path, system := Opening())
    assert storage.refresh() == 2
    assert storage.commit(saving("S-3")) == 3
    assert system.opened == ["s"]


def test_p_d6_a_new_store_is_durable_before_it_is_used(tmp_path: Path) -> None:
    system = Failing()
    opened(tmp_path / "new" / "newer" / "s", system)
    made = ["sync_directory", "sync_directory", "write", "sync", "sync_directory"]
    assert system.calls == [*made, "sync", "sync_directory"]


def test_a_store_that_could_not_be_made_leaves_nothing(path: Path) -> None:
    system = Failing()
    system.fails = {"write": 1}
    with pytest.raises(StorageError):
        opened(path, system)
    assert [each.name for each in path.parent.iterdir()] == ["s.lock"]


def test_what_an_interrupted_creation_left_is_swept_away(path: Path) -> None:
    (path.parent / "s.new-01234567").write_text("half", encoding="utf-8")
    opened(path)
    assert sorted(each.name for each in path.parent.iterdir()) == ["s", "s.head", "s.lock"]


@pytest.mark.parametrize("part", [0, 1, 40])
@pytest.mark.parametrize(("number", "error"), [(errno.ENOSPC, StorageFull), (errno.EIO, StorageError)])
def test_p_d4_a_write_that_failed_leaves_nothing(number: int, error: type[StorageError], part: int, path: Path) -> None:
    system = Failing()
    storage = opened(path, system)
    storage.commit(saving("S-1"))
    before = path.read_bytes()
    system.fails, system.error, system.part = {"write": 1}, number, part
    with pytest.raises(error, match="nothing of the commit was kept"):
        storage.commit(saving("S-2"))
    assert path.read_bytes() == before
    assert storage.commit(saving("S-3")) == 2
    assert [id for id, *_ in seen(path)[1]] == ["S-1", "S-3"]


def test_a_write_that_cannot_be_rolled_back_ends_the_handle(path: Path) -> None:
    system = Failing()
    storage = opened(path, system)
    system.fails, system.part = {"write": 1, "truncate": 1}, 9
    with pytest.raises(CommitUncertain):
        storage.commit(saving("S-1"))
    with pytest.raises(CommitUncertain):
        storage.read("sale", "S-1")
    assert seen(path) == (0, [])


@pytest.mark.parametrize("can_roll_back", [True, False])
def test_p_d5_a_failed_sync_ends_the_handle(can_roll_back: bool, path: Path) -> None:
    system = Failing()
    storage = opened(path, system)
    system.fails = {"sync": 1, "truncate": 0 if can_roll_back else 1}
    with pytest.raises(CommitUncertain, match="command id"):
        storage.commit(saving("S-1", command="c"))
    for call in (lambda: storage.read("sale", "S-1"), storage.refresh, lambda: storage.commit(saving("S-2"))):
        with pytest.raises(CommitUncertain):
            call()
    again = opened(path)
    assert again.number in (0, 1)
    assert again.commit(saving("S-1", command="c")) == 1


def test_p_d5_a_failed_sync_is_not_tried_again(path: Path) -> None:
    system = Failing()
    storage = opened(path, system)
    system.calls.clear()
    system.fails = {"sync": 9}
    with pytest.raises(CommitUncertain):
        storage.commit(saving("S-1"))
    assert system.calls == ["write", "sync", "truncate", "sync"]


def test_p_r3_torn_bytes_are_durable_before_they_are_cut(path: Path) -> None:
    with_commits(path, 2)
    path.write_bytes(path.read_bytes()[:-5])
    system = Failing()
    opened(path, system)
    assert system.calls == ["sync", "sync_directory", "write", "sync", "sync_directory", "truncate", "sync"]


@pytest.mark.parametrize("call", ["write", "sync", "sync_directory", "truncate"])
def test_p_r2_recovery_can_be_interrupted(call: str, path: Path) -> None:
    with_commits(path, 2)
    path.write_bytes(path.read_bytes()[:-5])
    system = Failing()
    system.fails = {call: 1}
    with pytest.raises(StorageError):
        opened(path, system)
    assert seen(path)[0] == 1


def test_the_durability_is_one_of_two(path: Path) -> None:
    with pytest.raises(InvalidValue, match="'full' or 'process'"):
        JsonStorage(path, durability="half")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # it is wrong


def test_it_shows_its_path(path: Path) -> None:
    assert repr(opened(path)) == f"JsonStorage({str(path)!r})"


class Obstructing(Hurried):
    """A system with one call that fails in one way."""

    def __init__(self, call: str, number: int) -> None:
        self.call, self.number = call, number

    def _obstruct(self, call: str) -> None:
        if call == self.call:
            raise OSError(self.number, os.strerror(self.number))

    def open_to_append(self, path: str) -> int:
        self._obstruct("open_to_append")
        return super().open_to_append(path)

    def open_beside(self, path: str, mode: int) -> int:
        self._obstruct("open_beside")
        return super().open_beside(path, mode)


@pytest.mark.parametrize("call", ["open_to_append", "open_beside"])
def test_what_the_system_refuses_is_a_storage_error(call: str, path: Path) -> None:
    with_commits(path, 1)
    with pytest.raises(StorageError, match="Too many open files"):
        opened(path, Obstructing(call, errno.EMFILE))


def test_a_directory_that_cannot_be_made_is_a_storage_error(path: Path) -> None:
    path.write_text("a file", encoding="utf-8")
    with pytest.raises(StorageError):
        opened(path / "s")


def test_a_directory_made_by_somebody_else_meanwhile_is_used(path: Path) -> None:
    class Racing(Hurried):
        def make_directory(self, path: str) -> None:
            os.mkdir(path)
            raise FileExistsError(errno.EEXIST, "made meanwhile", path)

    assert opened(path / "new" / "s", Racing()).commit(saving("S-1")) == 1


def test_a_store_made_by_somebody_else_meanwhile_is_opened(path: Path) -> None:
    class Racing(Hurried):
        def open_beside(self, path: str, mode: int) -> int:
            if path.endswith(".lock") and not os.path.exists(path[:-5]):
                with_commits(Path(path[:-5]), 2)
            return super().open_beside(path, mode)

    assert opened(path, Racing()).number == 2


def test_a_store_replaced_while_it_was_read_is_read_again(path: Path) -> None:
    class Racing(Hurried):
        def open_beside(self, path: str, mode: int) -> int:
            if path.endswith(".lock"):
                os.replace(f"{path[:-5]}-longer", path[:-5])
            return super().open_beside(path, mode)

    with_commits(path, 1)
    with_commits(path.with_name("s-longer"), 3)
    assert opened(path, Racing()).number == 3


def test_what_cannot_be_swept_away_stays(path: Path) -> None:
    path.with_name("s.new-01234567").mkdir()
    assert opened(path).commit(saving("S-1")) == 1


@pytest.mark.parametrize("text", [b"test 1 -1", b"test 1", b"te st 1 1", b"test 1 \xb2"])
def test_a_hint_that_says_nothing_sensible_says_nothing(text: bytes, path: Path) -> None:
    with_commits(path, 2)
    path.with_name("s.head").write_bytes(b"%b %08x\n" % (text.ljust(54), crc32(text.ljust(54))))
    assert seen(path)[0] == 2


def test_a_hint_that_cannot_be_written_costs_nothing(path: Path) -> None:
    storage = opened(path)
    storage.close()
    without_hint(path)
    path.with_name("s.head").mkdir()
    storage = opened(path)
    assert storage.commit(saving("S-1")) == 1


def test_p_s6_new_files_are_for_their_owner_alone(path: Path) -> None:
    with_commits(path, 2)
    path.write_bytes(path.read_bytes()[:-5])
    opened(path).commit(saving("S-1"))
    assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}


def test_p_s6_another_mode_can_be_given(path: Path) -> None:
    before = os.umask(0)
    try:
        JsonStorage(path, mode=0o640).commit(saving("S-1"))
    finally:
        os.umask(before)
    assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o640}


@pytest.mark.parametrize("target", ["t", "nowhere"])
def test_p_s6_a_link_is_not_followed(target: str, tmp_path: Path) -> None:
    with_commits(tmp_path / "t", 1)
    (tmp_path / "s").symlink_to(tmp_path / target)
    with pytest.raises(StorageError, match="no regular file"):
        opened(tmp_path / "s")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("side", ["s.lock", "s.head"])
def test_p_s6_a_side_file_that_is_a_link_is_not_followed(side: str, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious", encoding="utf-8")
    (tmp_path / side).symlink_to(tmp_path / "precious")
    try:
        opened(tmp_path / "s").commit(saving("S-1"))
    except StorageError:
        assert side == "s.lock"
    assert (tmp_path / "precious").read_text(encoding="utf-8") == "precious"


def test_a_directory_and_a_pipe_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(StorageError, match="no regular file"):
            opened(path)


def test_a_path_through_a_linked_directory_is_resolved_once(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    opened(tmp_path / "link" / "s").commit(saving("S-1"))
    assert sorted(each.name for each in (tmp_path / "real").iterdir()) == ["s", "s.head", "s.lock"]


@pytest.mark.parametrize("name", ["", "x/", "a\0b", "half \ud800"])
def test_a_path_without_a_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue):
        JsonStorage(name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_p_c2_reading_needs_no_permission_to_write(path: Path) -> None:
    with_commits(path, 2)
    path.chmod(0o400)
    storage = opened(path)
    assert storage.number == 2
    with pytest.raises(StorageError, match="only be read"):
        storage.commit(saving("S-1"))


class Forbidding(Hurried):
    """A system that lets nobody write."""

    def open_to_append(self, path: str) -> int:
        raise PermissionError(errno.EACCES, "no", path)


class Sealing(Hurried):
    """A system whose directory takes no new file."""

    def open_beside(self, path: str, mode: int) -> int:
        raise PermissionError(errno.EROFS, "no", path)


@pytest.mark.parametrize("system", [Forbidding(), Sealing()])
def test_p_c2_a_reader_follows_without_permission_to_write(system: Hurried, path: Path) -> None:
    with_commits(path, 2)
    reader = opened(path, system)
    opened(path).commit(saving("S-3"))
    assert (reader.number, reader.refresh()) == (2, 3)
    with pytest.raises(StorageError, match="only be read"):
        reader.commit(saving("S-1"))


@pytest.mark.parametrize("system", [Forbidding(), Sealing()])
def test_a_reader_leaves_an_unfinished_line_alone(system: Hurried, path: Path) -> None:
    with_commits(path, 2)
    torn = path.read_bytes()[:-5]
    path.write_bytes(torn)
    reader = opened(path, system)
    assert (reader.number, reader.refresh(), path.read_bytes()) == (1, 1, torn)


def test_p_r7_a_reader_heeds_the_hint(path: Path) -> None:
    with_commits(path, 2)
    opened(path).commit(saving("S-3"))
    path.write_bytes(path.read_bytes().rpartition(b'{"seq"')[0])
    with pytest.raises(StorageError, match="acknowledged"):
        opened(path, Forbidding())
    must_refuse(path, StorageError)


class Repeating(Hurried):
    """A system whose random names are all the same."""

    def token(self) -> str:
        return "same"


def test_a_name_that_is_always_taken_is_not_tried_for_ever(tmp_path: Path) -> None:
    ends = with_commits(tmp_path / "s", 2)
    torn = (tmp_path / "s").read_bytes()[:-9]
    (tmp_path / "s").write_bytes(torn)
    taken = tmp_path / f"s.torn-1-{ends[1]}-same"
    taken.write_text("from before")
    with pytest.raises(StorageError, match="20 names beginning like this are taken"):
        opened(tmp_path / "s", Repeating())
    assert (taken.read_text(), (tmp_path / "s").read_bytes()) == ("from before", torn)


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root may give files away")
def test_p_d7_a_compacted_journal_belongs_to_whom_it_belonged(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 3)
    os.chown(tmp_path / "s", 12_345, 54_321)
    (tmp_path / "s").chmod(0o640)
    before = (tmp_path / "s").stat()
    opened(tmp_path / "s").compact()
    after = (tmp_path / "s").stat()
    assert after.st_ino != before.st_ino
    assert (after.st_uid, after.st_gid, after.st_mode & 0o777) == (12_345, 54_321, 0o640)
