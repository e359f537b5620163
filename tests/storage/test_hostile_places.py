"""A journal, or a file beside it, that is something else than a file of the library: refused or passed over."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import pytest
from tests.counts import Counted
from tests.storage.every_kind import FILE
from tests.storage.hostile.entries import each, read_all, refusal, unless_refused
from tests.storage.journals import COMMITS, HEADER, SNAPSHOT, Hurried, opened, saving, sealed, with_commits
from tests.storage.processes import Processes, processes

from salespipeline.errors import CorruptStore, StorageError
from salespipeline.storage.journal.salvage import salvage
from salespipeline.storage.json_journal import JsonStorage

__all__ = ["processes"]

PRECIOUS = b"words of somebody else\n" * 9


def bind(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))


# What may stand where a file is due.
THINGS: dict[str, Callable[[Path], object]] = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a socket": bind,
    "a link": lambda path: path.symlink_to(Path("precious").resolve()),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to a device": lambda path: path.symlink_to("/dev/zero"),
    "an empty file": Path.touch,
    "a file of somebody else": lambda path: path.write_bytes(PRECIOUS),
    "a megabyte": lambda path: path.write_bytes(b"x" * (1 << 20)),
    "another journal": lambda path: path.write_bytes(FILE),
}
IRREGULAR = tuple(THINGS)[:7]
FOREIGN = ("a file of somebody else", "a megabyte", "another journal")
DEVICES = ("/dev/zero", "/dev/null", "/dev/full", "/dev/urandom", "/dev/tty", "/proc/self/mem", "/proc/self/environ")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "precious").write_bytes(PRECIOUS)
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    return tmp_path


def placed(folder: Path, thing: str, name: str) -> Path:
    """A path where there is such a thing instead of a file."""
    path = Path(name)
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    path.unlink(missing_ok=True)
    THINGS[thing](path)
    return folder / name


def listing(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def salvage_here(path: Path) -> object:
    return salvage(path, "saved")


@pytest.mark.parametrize("door", [read_all, salvage_here], ids=["open", "salvage"])
def test_p_s6_what_is_no_regular_file_is_refused(
    door: Callable[[Path], object], folder: Path, counted: Counted
) -> None:
    """Nothing is made beside it, and nothing is waited for."""

    def fault(thing: str) -> str | None:
        path = Path(thing) if thing in DEVICES else placed(folder, thing, "s")
        why = unless_refused(door, path)
        return why if listing(folder) <= {"precious", "s"} else f"it left {listing(folder)}"

    each(dict.fromkeys((*IRREGULAR, *DEVICES)), fault, counted)
    assert Path("precious").read_bytes() == PRECIOUS


@pytest.mark.parametrize("thing", [*IRREGULAR, "a file of somebody else", "an empty file"])
def test_p_r8_salvage_writes_over_nothing(thing: str, folder: Path, counted: Counted) -> None:
    (folder / "s").write_bytes(FILE)
    into = placed(folder, thing, "into")
    before = into.lstat()
    assert refusal(lambda: salvage(folder / "s", into))
    assert into.lstat()[:9] == before[:9]
    assert Path("precious").read_bytes() == PRECIOUS
    counted("hostile inputs", 1, 1)


IMPOSSIBLE = {
    "in a file": "precious/s",
    "with a NUL": "a\0b",
    "300 characters": "x" * 300,
    "a path without an end": "x/" * 3_000 + "s",
    "no name": "",
    "a folder by its slash": "x/",
    "here": ".",
    "above": "..",
}


def test_p_s3_a_path_that_cannot_be_is_refused(folder: Path, counted: Counted) -> None:
    each(IMPOSSIBLE, lambda name: unless_refused(JsonStorage, IMPOSSIBLE[name]), counted)
    assert listing(folder) == {"precious"}


NAMES = {
    "a line break": "a\nb",
    "no character": "a\udcff",
    "a mark that turns the direction": "\u202es",
    "an option": "-rf",
    "a device of Windows": "CON",
    "a substitution": "$(touch executed)",
    "a pattern": "*",
    "a pattern of Python": "s(.*)+[",
    "the name of a lock": "s.lock",
    "a space": " ",
}


def test_p_s5_an_odd_name_is_a_name(folder: Path, counted: Counted) -> None:
    def fault(what: str) -> str | None:
        place = folder / what
        place.mkdir()
        storage = opened(place / NAMES[what])
        storage.commit(saving("S-1"))
        storage.compact()
        storage.commit(saving("S-1", "2"))
        assert [was.number for was in storage.past("sale", "S-1")] == [1, 2]
        storage.close()
        due = {f"{NAMES[what]}{ending}" for ending in ("", ".head", ".lock", ".past-1")}
        return None if listing(place) == due else str(listing(place))

    each(NAMES, fault, counted)


@pytest.mark.parametrize("thing", IRREGULAR)
def test_p_s6_a_lock_that_is_no_file_is_refused(thing: str, folder: Path, counted: Counted) -> None:
    with_commits(folder / "s", 2)
    data = (folder / "s").read_bytes()
    placed(folder, thing, "s.lock")
    assert refusal(lambda: read_all(folder / "s"))
    assert ((folder / "s").read_bytes(), Path("precious").read_bytes()) == (data, PRECIOUS)
    placed(folder, "an empty file", "s.lock")
    assert read_all(folder / "s") == 2
    counted("hostile inputs", 1, 1)


# Names beside the journal that are not its own, or that it can do without.
BESIDE = ("s.head", "s.new-x", "s.torn-1-0-x", "s.past-0", "s.past-x", "s.past-\u0661", "s.past-" + "9" * 30, "s2")


@pytest.mark.parametrize("name", BESIDE)
def test_p_s6_what_stands_beside_does_no_harm(name: str, folder: Path, counted: Counted) -> None:
    def fault(thing: str) -> str | None:
        path = folder / thing / "s"
        path.parent.mkdir()
        with_commits(path, 2)
        THINGS[thing](Path(thing, name))
        storage = opened(path)
        done = [storage.commit(saving("S-1", "2")), storage.compact().generation, storage.commit(saving("S-1", "3"))]
        numbers = [was.number for was in storage.past("sale", "S-1")]
        storage.close()
        return None if (done, numbers) == ([3, 2, 4], [1, 3, 4]) else f"{done}, {numbers}"

    each(THINGS, fault, counted)
    assert Path("precious").read_bytes() == PRECIOUS


def test_p_r4_an_archive_that_is_none_is_refused(folder: Path, counted: Counted) -> None:
    """It is asked for when the past is; commits go on."""
    storage = opened(folder / "s")
    storage.commit(saving("S-1"))
    storage.compact()

    def fault(thing: str) -> str | None:
        placed(folder, thing, "s.past-1")
        storage.commit(saving("S-1"))
        return unless_refused(lambda id: storage.past("sale", id), "S-1")

    each(THINGS, fault, counted)


@pytest.mark.parametrize("thing", FOREIGN)
def test_p_s6_a_lock_of_somebody_else_is_refused_and_not_written_over(thing: str, folder: Path) -> None:
    before = placed(folder, thing, "s.lock").read_bytes()
    with pytest.raises(StorageError, match="move it away"):
        opened(folder / "s")
    assert (folder / "s.lock").read_bytes() == before
    placed(folder, "an empty file", "s.lock")
    storage = opened(folder / "s")
    placed(folder, thing, "s.lock")
    with pytest.raises(StorageError, match="move it away"):
        storage.commit(saving("S-1"))
    assert ((folder / "s.lock").read_bytes(), storage.number) == (before, 0)


@pytest.mark.parametrize("thing", FOREIGN)
def test_p_s6_a_hint_of_somebody_else_is_not_written_over(thing: str, folder: Path) -> None:
    before = placed(folder, thing, "s.head").read_bytes()
    storage = opened(folder / "s")
    done = [storage.commit(saving("S-1")), storage.compact().generation, storage.commit(saving("S-1", "2"))]
    assert done == [1, 2, 2]
    assert (folder / "s.head").read_bytes() == before


def test_p_s6_what_a_power_cut_left_of_lock_and_hint_is_put_right(folder: Path) -> None:
    with_commits(folder / "s", 2)
    for size in (0, 64):
        for name, left in (("s.lock", bytes(42)), ("s.head", bytes(size))):
            (folder / name).write_bytes(left)
        assert opened(folder / "s").commit(saving(f"S-{size}"))
        hint = (folder / "s.head").read_bytes()
        assert (len(hint), hint.split()[2]) == (64, str(opened(folder / "s").number).encode())


FILLING = """
import resource, sys
from datetime import UTC, datetime
from salespipeline.errors import StorageFull
from salespipeline.storage.base import Change, Commit
from salespipeline.storage.json_journal import JsonStorage
at = datetime(2026, 11, 21, tzinfo=UTC)
for size in range(600, 900, 7):
    storage, number = JsonStorage(f"{sys.argv[1]}/s-{size}", durability="process"), 0
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    try:
        while True:
            number = storage.commit(Commit(changes=(Change(kind="sale", id=f"S-{number}", body="1"),), at=at))
    except StorageFull:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        more = storage.commit(Commit(changes=(Change(kind="sale", id="S-x", body="1"),), at=at))
    print(size, number, more)
    storage.close()
"""


def test_p_d4_a_file_that_may_not_grow_keeps_what_it_had(folder: Path, processes: Processes, counted: Counted) -> None:
    """At any byte of a commit; with room again, commits go on."""
    (lines,) = processes.wait(processes.start(FILLING, folder))
    for line in lines:
        size, full, more = map(int, line.split())
        assert more == full + 1 == read_all(folder / f"s-{size}")
    counted("hostile inputs", len(lines), 40)


def test_p_r7_a_hint_ahead_is_heeded_where_nothing_may_be_written(folder: Path) -> None:
    """A journal that a later version made can be read here, and not written."""
    later = HEADER.replace('"writer":1', '"writer":2')
    (folder / "s").write_bytes(sealed([later, *SNAPSHOT, *COMMITS]))
    storage = opened(folder / "s")
    assert storage.number == 5
    with pytest.raises(StorageError, match="a newer version of the library made it"):
        storage.commit(saving("S-1"))
    storage.close()
    for said, fits in ((b"by-hand 2 5", True), (b"by-hand x 9", True), (b"by-hand 2 x", True), (b"by-hand 2 9", False)):
        text = said.ljust(54)
        (folder / "s.head").write_bytes(b"%b %08x\n" % (text, crc32(text)))
        if fits:
            opened(folder / "s").close()
        else:
            with pytest.raises(CorruptStore, match="commit 9 was acknowledged"):
                opened(folder / "s")


def test_p_r1_many_long_commands_stay_known_in_the_header(folder: Path) -> None:
    """A header may weigh more than a record does."""
    storage = opened(folder / "s", Hurried())
    for number in range(1_000):
        storage.commit(saving("S-1", command=f"{number:04}" * 300))
    storage.compact()
    assert (folder / "s").read_bytes().index(b"\n") > 1 << 20
    again = opened(folder / "s")
    assert again.commit(saving("S-1", command="0007" * 300)) == 8
