"""What opening makes of a file that is torn, damaged, cut or foreign: put right, or refused and left alone."""

from pathlib import Path

import pytest
from tests.storage.journals import (
    COMMITS,
    HEADER,
    SNAPSHOT,
    must_refuse,
    opened,
    saving,
    sealed,
    seen,
    with_commits,
)

from salespipeline.errors import CorruptStore, ForeignFile, StorageError
from salespipeline.storage.journal.recovery import Recovery
from salespipeline.storage.json_journal import JsonStorage


def recovered(path: Path) -> Recovery | None:
    storage = opened(path)
    storage.close()
    return storage.recovery


def test_p_r3_the_torn_bytes_are_kept_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "s"
    *_, start, end = with_commits(path, 3)
    torn = path.read_bytes()[start : end - 9]
    path.write_bytes(path.read_bytes()[: end - 9])
    recovery = recovered(path)
    assert recovery is not None
    assert (recovery.offset, recovery.size) == (start, len(torn))
    assert recovery.kept is not None
    assert Path(recovery.kept).name.startswith(f"s.torn-1-{start}-")
    assert Path(recovery.kept).read_bytes() == torn


def test_p_r2_a_second_opening_finds_nothing_to_do(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 3)
    (tmp_path / "s").write_bytes((tmp_path / "s").read_bytes()[:-5])
    assert recovered(tmp_path / "s") is not None
    assert recovered(tmp_path / "s") is None


def test_p_r1_commits_go_on_after_a_torn_line(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 3)
    (tmp_path / "s").write_bytes((tmp_path / "s").read_bytes()[:-5])
    storage = opened(tmp_path / "s")
    assert storage.commit(saving("S-9")) == 3
    assert [id for id, *_ in seen(tmp_path / "s")[1]] == ["S-1", "S-2", "S-9"]


def test_a_commit_finds_the_torn_line_of_a_writer_that_died(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 2)
    storage = opened(tmp_path / "s")
    with (tmp_path / "s").open("ab") as file:
        file.write(b'{"seq":3,"prev":')
    assert storage.refresh() == 2
    assert storage.commit(saving("S-9")) == 3
    assert storage.recovery is not None
    assert seen(tmp_path / "s")[0] == 3


@pytest.mark.parametrize("zeros", [(0, 1), (0, 40), (30, 60), (30, None), (-3, None)])
def test_a_line_whose_blocks_did_not_arrive_is_torn(zeros: tuple[int, int | None], tmp_path: Path) -> None:
    *_, start, _ = with_commits(tmp_path / "s", 3)
    data = bytearray((tmp_path / "s").read_bytes())
    line = data[start:]
    line[slice(*zeros)] = bytes(len(line[slice(*zeros)]))
    (tmp_path / "s").write_bytes(data[:start] + line)
    assert recovered(tmp_path / "s") is not None
    assert seen(tmp_path / "s")[0] == 2


@pytest.mark.parametrize("newline", [b"", b"\x0b", b"*"])
def test_p_r4_a_last_line_that_lacks_only_its_newline_is_accepted(newline: bytes, tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 3)
    data = (tmp_path / "s").read_bytes()
    (tmp_path / "s").write_bytes(data[:-1] + newline)
    recovery = recovered(tmp_path / "s")
    assert recovery is not None
    assert recovery.kept is None
    assert (tmp_path / "s").read_bytes() == data


@pytest.mark.parametrize("line", [1, 2, 3])
def test_p_r5_damage_before_the_last_line_is_refused_with_its_offset(line: int, tmp_path: Path) -> None:
    ends = with_commits(tmp_path / "s", 4)
    data = bytearray((tmp_path / "s").read_bytes())
    data[ends[line - 1] + 20] ^= 1
    (tmp_path / "s").write_bytes(data)
    error = must_refuse(tmp_path / "s", CorruptStore)
    assert getattr(error, "offset", None) == ends[line - 1]


def test_p_r5_a_damaged_whole_last_line_is_refused(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 3)
    (tmp_path / "s").write_bytes((tmp_path / "s").read_bytes()[:-9] + b'xxxxxx"}\n')
    must_refuse(tmp_path / "s", CorruptStore)


def test_p_r5_zeros_before_the_last_line_are_damage(tmp_path: Path) -> None:
    ends = with_commits(tmp_path / "s", 3)
    data = bytearray((tmp_path / "s").read_bytes())
    data[ends[1] : ends[1] + 40] = bytes(40)
    (tmp_path / "s").write_bytes(data)
    must_refuse(tmp_path / "s", CorruptStore)


def test_an_instant_that_is_none_is_refused_when_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(sealed((HEADER, *SNAPSHOT, COMMITS[0], COMMITS[1].replace("11-21T", "13-21T"))))
    with pytest.raises(CorruptStore, match="is no instant"):
        opened(tmp_path / "s").past("sale", "S-3")


@pytest.mark.parametrize("order", [(0, 1, 3), (0, 1, 1, 2), (0, 2, 1), (1, 2), (0, 1, 2, 2)])
def test_p_c5_dropped_doubled_and_swapped_lines_are_refused(order: tuple[int, ...], tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 3)
    lines = (tmp_path / "s").read_bytes().splitlines(keepends=True)
    (tmp_path / "s").write_bytes(b"".join(lines[place] for place in order))
    must_refuse(tmp_path / "s", StorageError)


def test_p_c5_a_line_of_another_store_is_refused(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 2)
    other = JsonStorage(tmp_path / "t", new_id=lambda: "other")
    for id in ("S-1", "S-2", "S-3"):
        other.commit(saving(id))
    with (tmp_path / "s").open("ab") as file:
        file.write((tmp_path / "t").read_bytes().splitlines(keepends=True)[-1])
    must_refuse(tmp_path / "s", CorruptStore)


def converted(data: bytes) -> dict[str, bytes]:
    header, *_ = data.splitlines(keepends=True)
    return {
        "empty": b"",
        "blank": b"\n",
        "half a header": header[:40],
        "header without newline": header[:-1],
        "CRLF": data.replace(b"\n", b"\r\n"),
        "BOM": b"\xef\xbb\xbf" + data,
        "UTF-16": data.decode().encode("utf-16"),
        "zeros": bytes(len(data)),
        "merge conflict": b"<<<<<<< ours\n" + data,
        "JSON": b'{"format":"other"}\n',
        "JSON list": b"[]\n",
        "deep JSON": b"[" * 100_000 + b"\n",
        "text": b"Dear diary\n",
        "binary": bytes(range(256)) * 40,
        "pickle": b"\x80\x04N.",
    }


@pytest.mark.parametrize("name", converted(b"x\n"))
def test_p_r6_what_is_no_journal_is_refused(name: str, tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 2)
    (tmp_path / "s").write_bytes(converted((tmp_path / "s").read_bytes())[name])
    must_refuse(tmp_path / "s", StorageError)


def test_p_r6_nothing_is_left_beside_a_foreign_file(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("Dear diary\n", encoding="utf-8")
    must_refuse(tmp_path / "diary.txt", ForeignFile)
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


def test_p_r7_a_file_cut_between_lines_is_refused(tmp_path: Path) -> None:
    ends = with_commits(tmp_path / "s", 3)
    opened(tmp_path / "s").commit(saving("S-4"))
    for end in ends:
        (tmp_path / "s").write_bytes((tmp_path / "s").read_bytes()[:end])
        assert "acknowledged" in str(must_refuse(tmp_path / "s", CorruptStore))


def test_p_r7_an_acknowledged_commit_that_is_torn_is_refused(tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 3)
    opened(tmp_path / "s").commit(saving("S-4"))
    (tmp_path / "s").write_bytes((tmp_path / "s").read_bytes()[:-4])
    must_refuse(tmp_path / "s", CorruptStore)


@pytest.mark.parametrize("damage", [b"", b"x", bytes(64), b"other 1 99".ljust(54) + b" 00000000\n"])
def test_a_damaged_hint_says_nothing(damage: bytes, tmp_path: Path) -> None:
    with_commits(tmp_path / "s", 3)
    (tmp_path / "s.head").write_bytes(damage)
    assert seen(tmp_path / "s")[0] == 3


def test_the_hint_of_another_store_says_nothing(tmp_path: Path) -> None:
    other = JsonStorage(tmp_path / "t", new_id=lambda: "other")
    for _ in range(5):
        other.commit(saving("S-1"))
    with_commits(tmp_path / "s", 3)
    (tmp_path / "t.head").rename(tmp_path / "s.head")
    assert seen(tmp_path / "s")[0] == 3


def test_the_hint_is_64_bytes(tmp_path: Path) -> None:
    opened(tmp_path / "s").commit(saving("S-1"))
    assert (tmp_path / "s.head").read_bytes() == b"test 1 1".ljust(54) + b" 47fdf17f\n"
