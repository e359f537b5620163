"""What is saved of a damaged journal: all that is intact, into a new file, with a report of the rest."""

import errno
import os
from contextlib import suppress
from pathlib import Path

import pytest
from tests.storage.disks import PATH, Disk
from tests.storage.journals import (
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
)

from salespipeline.errors import ForeignFile, InvalidValue, NewerFormat, StorageError
from salespipeline.storage.journal.salvage import Salvaged, Skipped, salvage
from salespipeline.storage.json_journal import JsonStorage


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s"


def saved(path: Path, data: bytes) -> Salvaged:
    """Salvage a file of these bytes into `t` beside it; the file itself stays as it is."""
    overwrite(path, data) if path.exists() else path.write_bytes(data)
    os.utime(path, ns=(1, 1))
    path.with_name("t").unlink(missing_ok=True)
    path.with_name("t.head").unlink(missing_ok=True)
    report = salvage(path, path.with_name("t"), new_id=lambda: "saved")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (data, 1)
    return report


def test_p_r8_a_sound_file_is_saved_with_its_past(path: Path) -> None:
    report = saved(path, BY_HAND)
    assert report == Salvaged(records=2, number=5, first=4, sound=len(BY_HAND), skipped=())
    assert seen(path.with_name("t")) == seen(path)
    assert [was.number for was in opened(path.with_name("t")).past("sale", "S-3")] == [5]


def test_p_r8_lines_behind_a_damaged_one_are_saved(path: Path) -> None:
    ends = with_commits(path, 5)
    data = bytearray(path.read_bytes())
    data[ends[1] + 9] ^= 1
    report = saved(path, bytes(data))
    assert [id for id, *_ in seen(path.with_name("t"))[1]] == ["S-1", "S-3", "S-4", "S-5"]
    assert (report.records, report.number, report.first, report.sound) == (4, 5, 3, ends[1])
    assert report.skipped == (
        Skipped(ends[1], ends[2] - ends[1] - 1, "it does not fit its checksum, or is no line of a journal"),
        Skipped(ends[2], 0, "commit 2 is missing before it"),
    )


def test_p_r8_commits_go_on_in_the_new_file(path: Path) -> None:
    with_commits(path, 3)
    saved(path, path.read_bytes()[:-3])
    storage = opened(path.with_name("t"))
    assert storage.commit(saving("S-9")) == 3
    assert storage.compact().postponed is None


SPOILT = {
    "CRLF": BY_HAND.replace(b"\n", b"\r\n"),
    "BOM": b"\xef\xbb\xbf" + BY_HAND,
    "no last newline": BY_HAND[:-1],
    "blank lines": BY_HAND.replace(b"\n", b"\n\n"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_p_r8_what_an_editor_did_is_no_loss(name: str, path: Path) -> None:
    report = saved(path, SPOILT[name])
    assert (report.records, report.number, report.skipped) == (2, 5, ())


def test_p_r8_a_merge_conflict_keeps_one_side(path: Path) -> None:
    lines = BY_HAND.splitlines(keepends=True)
    other = sealed([COMMITS[1].replace("x y@", "theirs")])
    data = b"".join([*lines[:4], b"<<<<<<< ours\n", lines[4], b"=======\n", other, b">>>>>>> theirs\n"])
    report = saved(path, data)
    assert seen(path.with_name("t"))[1][1] == ("S-3", 5, '"x y@"')
    assert sum("commit 5 stands elsewhere too" in note.reason for note in report.skipped) == 1
    assert len(report.skipped) == 4


def test_p_r8_a_file_without_its_header_is_saved(path: Path) -> None:
    report = saved(path, b"\0" * 40 + BY_HAND[40:])
    assert (report.records, report.number, report.sound) == (2, 5, 0)
    assert report.skipped[0].offset == 0


def test_p_r8_a_lost_line_of_the_snapshot_is_named(path: Path) -> None:
    lines = BY_HAND.splitlines(keepends=True)
    report = saved(path, b"".join([lines[0], lines[2], *lines[3:]]))
    assert Skipped(0, 0, "1 of the 2 records of the snapshot are missing") in report.skipped
    assert seen(path.with_name("t"))[1] == [("S-1", 4, '{"name":"Café 2"}'), ("S-3", 5, '"x y@"')]


def test_p_r8_a_commit_that_deletes_what_was_lost_is_heeded(path: Path) -> None:
    lines = BY_HAND.splitlines(keepends=True)
    report = saved(path, b"".join([*lines[:2], *lines[3:]]))
    assert report.first == 5
    assert [id for id, *_ in seen(path.with_name("t"))[1]] == ["S-1", "S-3"]


def test_p_r8_swapped_lines_are_put_in_order(path: Path) -> None:
    with_commits(path, 3)
    lines = path.read_bytes().splitlines(keepends=True)
    report = saved(path, b"".join([lines[0], lines[3], lines[1], lines[2]]))
    assert (report.records, report.number, report.first, report.skipped) == (3, 3, 1, ())


def test_p_r8_a_foreign_line_is_named(path: Path) -> None:
    with_commits(path, 3)
    lines = path.read_bytes().splitlines(keepends=True)
    foreign = sealed([COMMITS[1].replace('"seq":5', '"seq":3')])
    report = saved(path, b"".join([*lines[:3], foreign]))
    assert [note.size for note in report.skipped] == [0]
    assert "may be foreign" in report.skipped[0].reason


def test_p_r8_senseless_lines_are_skipped(path: Path) -> None:
    twice = COMMITS[0].replace("S-2", "S-1")
    report = saved(path, sealed((HEADER, *SNAPSHOT, twice, HEADER, '{"x":1')))
    assert (report.records, report.number) == (2, 3)
    assert {note.reason for note in report.skipped} == {
        "a commit changes a record twice",
        "it is a second header",
        "it is neither a commit nor anything else known",
    }


def test_p_r8_acknowledged_commits_that_are_gone_are_named(path: Path) -> None:
    storage = opened(path)
    for number in range(1, 5):
        storage.commit(saving(f"S-{number}"))
    storage.close()
    data = b"".join(path.read_bytes().splitlines(keepends=True)[:3])
    report = saved(path, data)
    assert report.skipped == (Skipped(len(data), 0, "commits 3 to 4 are acknowledged, and not in it"),)


def test_p_r8_commands_stay_known(path: Path) -> None:
    lines = BY_HAND.splitlines(keepends=True)
    saved(path, b"".join([*lines[:4], lines[4].replace(b"x y", b"x z")]))
    storage = opened(path.with_name("t"))
    assert [storage.commit(saving("S-9", command=command)) for command in ("c0", "c1")] == [1, 4]


def test_p_r8_every_changed_byte_leaves_the_rest(path: Path) -> None:
    """Whatever byte is damaged: what is saved of a record was committed, and the new file opens."""
    bodies = {'{"name":"Café","amount":"10.50"}', '{"name":"Café 2"}', ' [1, "x"] ', '"x y@"'}
    for place in range(len(BY_HAND)):
        data = bytearray(BY_HAND)
        data[place] ^= 0x15
        report = saved(path, bytes(data))
        number, records = seen(path.with_name("t"))
        assert {body for _, _, body in records} <= bodies
        assert (len(records), number) == (report.records, report.number)
        assert report.skipped != () or data[place : place + 1] == b"\x1f"  # the newline at the end


def test_p_r8_every_cut_leaves_the_rest(path: Path) -> None:
    header = BY_HAND.index(b"\n")
    for size in range(header, len(BY_HAND)):
        report = saved(path, BY_HAND[:size])
        assert seen(path.with_name("t"))[0] == report.number


@pytest.mark.parametrize("data", [b"", b"Dear diary\n", bytes(100), b"[" * 9_999])
def test_what_is_no_journal_is_refused(data: bytes, path: Path) -> None:
    with pytest.raises(ForeignFile):
        saved(path, data)
    assert not path.with_name("t").exists()


def test_p_v2_a_newer_format_is_refused(path: Path) -> None:
    with pytest.raises(NewerFormat):
        saved(path, sealed((HEADER.replace('"reader":1', '"reader":2'), *SNAPSHOT)))


@pytest.mark.parametrize("into", ["s", "there"])
def test_a_file_that_is_there_is_not_written_over(into: str, path: Path) -> None:
    path.write_bytes(BY_HAND)
    path.with_name("there").write_bytes(b"precious")
    with pytest.raises(StorageError, match="it is there already"):
        salvage(path, path.with_name(into))
    assert (path.read_bytes(), path.with_name("there").read_bytes()) == (BY_HAND, b"precious")


def test_links_and_pipes_are_refused(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.with_name("link").symlink_to(path)
    for name in ("pipe", "link"):
        with pytest.raises(ForeignFile, match="no regular file"):
            salvage(path.with_name(name), path.with_name("t"))


def test_a_file_that_is_not_there_is_a_storage_error(path: Path) -> None:
    with pytest.raises(StorageError, match="No such file"):
        salvage(path, path.with_name("t"))


def test_an_odd_id_is_refused(path: Path) -> None:
    path.write_bytes(BY_HAND)
    with pytest.raises(InvalidValue):
        salvage(path, path.with_name("t"), new_id=lambda: "../x")


def test_p_s6_the_new_file_is_for_its_owner_alone(path: Path) -> None:
    path.write_bytes(BY_HAND)
    salvage(path, path.with_name("t"))
    assert path.with_name("t").stat().st_mode & 0o777 == 0o600


def test_p_r8_an_error_at_any_call_leaves_a_whole_file_or_none() -> None:
    call = 0
    while True:
        call += 1
        disk = Disk({PATH: BY_HAND})
        disk.fails_at, disk.error = call, errno.EIO
        with suppress(StorageError):
            salvage(PATH, f"{PATH}2", new_id=lambda: "saved", system=disk)
        assert disk.contents()[PATH] == BY_HAND
        if f"{PATH}2" in disk.names:
            assert JsonStorage(f"{PATH}2", system=disk.restarted()).number == 5
        if disk.calls < call:
            break
    assert call > 20


def test_p_r8_a_last_commit_that_deletes_what_was_lost_leaves_its_number(path: Path) -> None:
    storage = opened(path)
    for commit in (saving("S-1"), saving("S-2"), saving("S-2", None)):
        storage.commit(commit)
    storage.close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.with_name("s.head").unlink()
    report = saved(path, b"".join([lines[0], lines[1], lines[3]]))
    assert (report.records, report.number) == (1, 3)
    assert opened(path.with_name("t")).commit(saving("S-4")) == 4


class Forgetful(Hurried):
    """A system that says it wrote the last byte, and did not."""

    def write(self, fd: int, data: bytes) -> int:
        return super().write(fd, data[:-1]) + 1


def test_p_r8_what_does_not_read_as_it_was_written_is_not_kept(path: Path) -> None:
    path.write_bytes(BY_HAND)
    with pytest.raises(StorageError, match="what was saved does not read as it should"):
        salvage(path, path.with_name("t"), system=Forgetful())
    assert (path.read_bytes(), path.with_name("t").exists()) == (BY_HAND, False)
