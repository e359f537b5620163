"""The files of a store: none is named after an id, all are their owner's alone, and no link leads elsewhere."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from salespipeline import JsonStorage, SalesPipelineError
from salespipeline.storage import Change, Commit, Storage
from salespipeline.storage.sql import SqlStorage

AT = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = (
    "..", "../x", "../../etc/passwd", "/etc/x", "/", "a/b", "a\\b", "C:\\x", "CON", "nul", "x\x00y", "x\ny", ".hidden",
    "~", "$HOME", "%TEMP%", "*", "?", "-rf", "store.lock", "store.head", "store.past-1", ".torn-1", "s.jsonl.new-", " ",
    "é", "\U0001f600", "x" * 300,
)  # fmt: skip

posix = pytest.mark.skipif(sys.platform == "win32", reason="files have no mode here")


def journal(folder: Path) -> Storage:
    return JsonStorage(folder / "store.jsonl", new_id=lambda: "files")


def sqlite(folder: Path) -> Storage:
    return SqlStorage(f"sqlite:///{folder / 'store.db'}")


@pytest.mark.parametrize(
    ("make", "due"),
    [
        (journal, {"store.jsonl", "store.jsonl.lock", "store.jsonl.head", "store.jsonl.past-1"}),
        (sqlite, {"store.db", "store.db-wal", "store.db-shm"}),
    ],
)
def test_p_s5_no_id_becomes_a_file_name(make: Callable[[Path], Storage], due: set[str], tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    storage = make(tmp_path / "inside")
    for place, name in enumerate(NAMES):
        changes = (
            Change(kind="sale", id=name, keys={name: name}, body="1"),
            Change(kind=f"k{place}", id=name, body="1"),
        )
        storage.commit(Commit(changes=changes, at=AT, by=name, command=name))
        assert storage.read("sale", name) is not None
    if isinstance(storage, JsonStorage):
        storage.compact()
    assert set(os.listdir(tmp_path / "inside")) <= due
    assert os.listdir(tmp_path) == ["inside"]
    storage.close()


WRITER = """
import os, sys
from pathlib import Path
from tests.security.test_files import AT, journal, sqlite
from salespipeline.storage import Change, Commit
os.umask(int(sys.argv[2], 8))
folder = Path(sys.argv[1])
journal(folder).close()
(folder / "store.jsonl").open("ab").write(b'{"seq":1,"prev"')  # as a crash leaves it
with_both = (journal(folder), sqlite(folder))
for number in range(3):
    for storage in with_both:
        storage.commit(Commit(changes=(Change(kind="sale", id="S-1", body=str(number)),), at=AT))
with_both[0].compact()
with_both[0].commit(Commit(changes=(Change(kind="sale", id="S-2", body="1"),), at=AT))
"""


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@posix
@pytest.mark.parametrize("umask", ["000", "022", "077", "177"])
def test_p_s6_every_file_is_its_owners_alone_under_any_umask(umask: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["src", *sys.path])}
    command = [sys.executable, "-W", "ignore", "-c", WRITER, str(tmp_path), umask]
    subprocess.run(command, env=environment, check=True, timeout=60)
    found = modes(tmp_path)
    kinds = (
        "store.jsonl",
        "store.jsonl.lock",
        "store.jsonl.head",
        "store.jsonl.past-1",
        "store.jsonl.torn-",
        "store.db",
    )
    assert [kind for kind in kinds if not any(name.startswith(kind) for name in found)] == []
    assert {name for name, mode in found.items() if mode != 0o600} == set()


class Umask:
    """A process's mask of modes, for the time of a `with`."""

    def __init__(self, mask: int) -> None:
        self.mask = mask

    def __enter__(self) -> None:
        self.before = os.umask(self.mask)

    def __exit__(self, *_: object) -> None:
        os.umask(self.before)


@posix
@pytest.mark.parametrize(("umask", "due"), [(0o000, 0o640), (0o077, 0o600)])
def test_p_s6_another_mode_is_given_by_argument_and_narrowed_by_the_umask(umask: int, due: int, tmp_path: Path) -> None:
    with Umask(umask):
        storage = JsonStorage(tmp_path / "store.jsonl", mode=0o640)
        storage.commit(Commit(changes=(Change(kind="sale", id="S-1", body="1"),), at=AT))
        storage.close()
    assert set(modes(tmp_path).values()) == {due}


@posix
@pytest.mark.parametrize("umask", [0o000, 0o077])
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o660])
def test_p_s6_compaction_keeps_the_mode_under_any_umask(mode: int, umask: int, tmp_path: Path) -> None:
    storage = JsonStorage(tmp_path / "store.jsonl")
    storage.commit(Commit(changes=(Change(kind="sale", id="S-1", body="1"),), at=AT))
    (tmp_path / "store.jsonl").chmod(mode)
    with Umask(umask):
        storage.compact()
    storage.close()
    found = modes(tmp_path)
    assert (found["store.jsonl"], found["store.jsonl.past-1"]) == (mode, mode)


@posix
@pytest.mark.parametrize("name", ["store.jsonl", "store.jsonl.lock", "store.jsonl.head"])
def test_p_s6_a_link_in_the_last_place_is_not_followed(name: str, tmp_path: Path) -> None:
    aside, here = tmp_path / "aside", tmp_path / "here"
    here.mkdir()
    victim = aside / "victim"
    aside.mkdir()
    victim.write_bytes(b"precious\n")
    (here / name).symlink_to(victim)
    try:
        storage = journal(here)
        storage.commit(Commit(changes=(Change(kind="sale", id="S-1", body="1"),), at=AT))
        storage.close()
    except SalesPipelineError as error:
        assert str(error)
    assert victim.read_bytes() == b"precious\n"
    assert os.listdir(aside) == ["victim"]


@posix
def test_p_s6_a_link_that_leads_nowhere_makes_no_file_there(tmp_path: Path) -> None:
    (tmp_path / "store.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SalesPipelineError):
        journal(tmp_path)
    assert not (tmp_path / "elsewhere").exists()


@posix
@pytest.mark.parametrize("make", ["fifo", "directory", "device"])
def test_p_s6_what_is_no_file_is_refused_without_waiting(make: str, tmp_path: Path) -> None:
    path = tmp_path / "store.jsonl"
    if make == "fifo":
        os.mkfifo(path)
    elif make == "directory":
        path.mkdir()
    with pytest.raises(SalesPipelineError):
        JsonStorage(Path("/dev/zero") if make == "device" else path)
    assert not Path("/dev/zero.lock").exists()


@posix
def test_p_s6_a_folder_that_is_a_link_is_resolved_once(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    storage = journal(tmp_path / "link")
    (tmp_path / "link").unlink()
    (tmp_path / "link").symlink_to(tmp_path)
    storage.commit(Commit(changes=(Change(kind="sale", id="S-1", body="1"),), at=AT))
    storage.close()
    assert {path.name for path in tmp_path.iterdir()} == {"real", "link"}
