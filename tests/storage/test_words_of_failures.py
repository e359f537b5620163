"""What a journal says when its past, its migration or its system fails, to the letter."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.storage.journals import AT, HEADER, SNAPSHOT, Hurried, opened, saving, sealed, with_commits
from tests.words.said import listed, words_of

from salespipeline.errors import SalesPipelineError
from salespipeline.storage.base import Record
from salespipeline.storage.journal.salvage import salvage
from salespipeline.storage.json_journal import JsonStorage

WORDS = listed("journal")


class Ailing(Hurried):
    """A system on which some calls fail, once `fails` names them."""

    def __init__(self, *fails: str, error: int = errno.EIO) -> None:
        self.fails: tuple[str, ...] = ()
        self.later = fails
        self.error = error

    def _call(self, name: str) -> None:
        if name in self.fails:
            raise OSError(self.error, os.strerror(self.error))

    def sync_data(self, fd: int) -> None:
        self._call("sync_data")

    def sync(self, fd: int) -> None:
        self._call("sync")

    def write(self, fd: int, data: bytes) -> int:
        self._call("write")
        return super().write(fd, data)

    def truncate(self, fd: int, size: int) -> None:
        self._call("truncate")
        super().truncate(fd, size)

    def belong(self, fd: int, like: os.stat_result) -> None:
        self._call("belong")
        super().belong(fd, like)

    def replace(self, source: str, target: str) -> None:
        self._call("replace")
        super().replace(source, target)

    def is_shared(self, error: OSError) -> bool:
        return error.errno == errno.EBUSY

    def sleep(self, seconds: float) -> None:
        pass


def failing(act: Callable[[JsonStorage], object], *fails: str, error: int = errno.EIO) -> Callable[[Path], object]:
    """What is done with a journal of two commits on a system that fails from then on."""

    def work(folder: Path) -> object:
        with_commits(folder / "s", 2)
        storage = opened(folder / "s", system := Ailing(*fails, error=error))
        system.fails = system.later
        return act(storage)

    return work


def committing(storage: JsonStorage) -> object:
    return storage.commit(saving("S-3"))


def twice(storage: JsonStorage) -> object:
    with pytest.raises(SalesPipelineError):
        committing(storage)
    return committing(storage)


def compacting(storage: JsonStorage) -> str:
    return str(storage.compact())


def pruning(storage: JsonStorage) -> object:
    return storage.prune_history(before=AT)


def with_past(spoil: Callable[[Path], object], ask: Callable[[JsonStorage], object]) -> Callable[[Path], object]:
    """What is asked of a journal that was compacted twice, whose first archive was spoilt."""

    def work(folder: Path) -> object:
        storage = opened(folder / "s")
        for body in ("1", "2", "3"):
            storage.commit(saving("S-1", body))
            storage.commit(saving("S-2", body))
            storage.compact()
        storage.commit(saving("S-2", None))
        spoil(folder / "s.past-1")
        return ask(storage)

    return work


def damaged_since(folder: Path) -> object:
    with_commits(folder / "s", 2)
    storage = opened(folder / "s")
    lines = (folder / "s").read_bytes().splitlines(keepends=True)
    (folder / "s").write_bytes(lines[0] + lines[1].replace(b"S-1", b"S-7") + lines[2])
    return past_of(storage)


def of_a_later_version(folder: Path) -> object:
    (folder / "s").write_bytes(sealed([HEADER.replace('"reader":1', '"reader":9'), *SNAPSHOT]))
    return salvage(folder / "s", folder / "t")


def altered(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-9] + b"0" + data[-8:])


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def from_elsewhere(path: Path) -> None:
    path.write_bytes(path.with_name("s.past-2").read_bytes())


def past_of(storage: JsonStorage) -> object:
    return storage.past("sale", "S-1")


def migrating(migration: Callable[[Record], Record]) -> Callable[[Path], object]:
    def work(folder: Path) -> None:
        with_commits(folder / "s", 2)
        JsonStorage(folder / "s", migrations={1: migration}, system=Hurried())

    return work


def failed(record: Record) -> Record:
    raise KeyError(record.id)


def renamed(record: Record) -> Record:
    return Record(kind=record.kind, id="S-9", revision=record.revision, body=record.body)


def in_the_way(folder: Path) -> None:
    (folder / "s.v1-backup").write_text("of somebody else")
    migrating(lambda record: record)(folder)


def second_name(folder: Path) -> object:
    with_commits(folder / "s", 2)
    (folder / "t").hardlink_to(folder / "s")
    return pruning(opened(folder / "s"))


CASES: dict[str, Callable[[Path], object]] = {
    "a disk that cannot be synced": failing(committing, "sync_data"),
    "a handle after that": failing(twice, "sync_data"),
    "a disk that cannot even be cut": failing(committing, "sync_data", "truncate"),
    "a disk that is full": failing(committing, "write", error=errno.ENOSPC),
    "a disk that cannot be written": failing(committing, "write"),
    "a disk that is full and cannot be cut": failing(committing, "write", "truncate", error=errno.ENOSPC),
    "a durable look at a failing disk": failing(lambda storage: storage.refresh(durable=True), "sync"),
    "compacting on a failing disk": failing(compacting, "write"),
    "compacting what belongs to others": failing(compacting, "belong", error=errno.EPERM),
    "compacting what others have open": failing(compacting, "replace", error=errno.EBUSY),
    "pruning what belongs to others": failing(pruning, "belong", error=errno.EPERM),
    "pruning what others have open": failing(pruning, "replace", error=errno.EBUSY),
    "pruning what has a second name": second_name,
    "a line that was damaged since it was read": damaged_since,
    "salvaging what is of a later version": of_a_later_version,
    "a past with a damaged line": with_past(altered, past_of),
    "a past that was cut": with_past(cut, past_of),
    "a past from elsewhere": with_past(from_elsewhere, past_of),
    "a past that is missing": with_past(Path.unlink, past_of),
    "compacting a damaged past": with_past(altered, compacting),
    "compacting a past that was cut": with_past(cut, compacting),
    "pruning a damaged past": with_past(altered, pruning),
    "pruning a past from elsewhere": with_past(from_elsewhere, pruning),
    "pruning a past that is missing": with_past(lambda path: path.with_name("s.past-2").unlink(), pruning),
    "a migration that fails": migrating(failed),
    "a migration to another record": migrating(renamed),
    "a backup that is in the way": in_the_way,
}


def said(name: str, folder: Path) -> str:
    """What comes of a case: the refusal, or what is reported."""
    try:
        told = str(CASES[name](folder))
    except SalesPipelineError as error:
        told = words_of(error)
    return told.replace(str(folder), "FOLDER")


@pytest.mark.parametrize("name", CASES)
def test_it_says_what_why_and_what_would_work(name: str, tmp_path: Path) -> None:
    assert said(name, tmp_path) == WORDS[name]


def test_of_a_long_path_the_end_is_told(tmp_path: Path) -> None:
    folder = tmp_path / ("f" * 200) / ("g" * 200)
    folder.mkdir(parents=True)
    told = said("a past that was cut", folder)
    assert told.startswith("CorruptStore: cannot read storage …")
    assert "gg/s.past-1': a line of the past is damaged, at byte 283" in told
    assert len(told) < 450


def test_all_that_is_listed_is_looked_at() -> None:
    assert list(WORDS) == list(CASES)
