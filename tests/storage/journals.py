"""Journals for the tests: made by the library, and made by hand."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

import pytest

from salespipeline.errors import StorageError
from salespipeline.storage.base import Change, Commit, Expect
from salespipeline.storage.journal.system import System
from salespipeline.storage.json_journal import JsonStorage

AT = datetime(2026, 11, 21, 16, 40, tzinfo=UTC)

HEADER = (
    '{"format":"salespipeline-journal","reader":1,"writer":1,"store":"by-hand","gen":2,"seq":3,"records":2,'
    '"cmds":{"c0":1},"prev":"00000000"'
)
SNAPSHOT = (
    '{"key":"sale/S-1","rev":1,"keys":{"status":"open"},"data":{"name":"Café","amount":"10.50"},"prev":"%s"',
    '{"key":"sale/S-2","rev":3,"keys":{},"data": [1, "x"] ,"prev":"%s"',
)
COMMITS = (
    (
        '{"seq":4,"prev":"%s","at":"2026-11-21T16:40:00.000000Z","by":"anna","action":{"do":"Edit"},"cmd":"c1",'
        '"ops":[["put","sale/S-1",{},{"name":"Café 2"}],["del","sale/S-2"]]'
    ),
    (
        '{"seq":5,"prev":"%s","at":"2026-11-21T16:41:00.000000Z","by":"","action":null,'
        '"ops":[["put","sale/S-3",{"status":"sold"},"x y@"]]'
    ),
)


def sealed(texts: Iterable[str]) -> bytes:
    """The lines of a journal, each linked to the one before and with its checksum."""
    lines, mark = b"", "00000000"
    for text in texts:
        data = text.replace("%s", mark).encode(errors="surrogateescape")
        mark = f"{crc32(data):08x}"
        lines += data + f',"crc":"{mark}"}}\n'.encode()
    return lines


BY_HAND = sealed((HEADER, *SNAPSHOT, *COMMITS))


class Hurried(System):
    """A system whose disk is never waited for: most tests do not cut the power."""

    def sync(self, fd: int) -> None:
        """Nothing."""

    def sync_data(self, fd: int) -> None:
        self.sync(fd)

    def sync_directory(self, path: str) -> None:
        """Nothing."""


def opened(
    path: Path, system: System | None = None, *, is_durable: bool = True, lock_timeout: float = 30
) -> JsonStorage:
    return JsonStorage(
        path,
        durability="full" if is_durable else "process",
        lock_timeout=lock_timeout,
        new_id=lambda: "test",
        system=system or Hurried(),
    )


def saving(id: str, body: str | None = '"x"', expect: int | None = -1, command: str | None = None) -> Commit:
    """A commit of one sale; an `expect` of -1 expects nothing."""
    expected = () if expect == -1 else (Expect(kind="sale", id=id, revision=expect),)
    return Commit(changes=(Change(kind="sale", id=id, body=body),), expect=expected, at=AT, by="anna", command=command)


def seen(path: Path) -> tuple[int, list[tuple[str, int, str]]]:
    """The number and the records of a store, opened and closed."""
    storage = opened(path)
    try:
        return storage.number, [(record.id, record.revision, record.body) for record in storage.scan("sale")]
    finally:
        storage.close()


def with_commits(path: Path, count: int) -> list[int]:
    """Make a store of so many commits, without a hint, and give the offset where each line ends, the header's first."""
    storage = opened(path, is_durable=False)
    for number in range(1, count + 1):
        storage.commit(saving(f"S-{number}", f'{{"number":{number},"text":"é @"}}'))
    storage.close()
    without_hint(path)
    data = path.read_bytes()
    return [place + 1 for place, byte in enumerate(data) if byte == ord("\n")]


def overwrite(path: Path, data: bytes | bytearray) -> None:
    """Give a file other contents; file systems make truncating it to nothing first a slow thing."""
    with path.open("r+b", buffering=0) as file:
        file.write(data)
        file.truncate()


def without_hint(path: Path) -> None:
    path.with_name(f"{path.name}.head").unlink(missing_ok=True)


def must_refuse(path: Path, error: type[StorageError]) -> StorageError:
    """Opening raises the error, and leaves the file as it was, to the byte and the nanosecond."""
    os.utime(path, ns=(1, 1))
    before = path.read_bytes()
    with pytest.raises(error) as caught:
        opened(path).close()
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, 1)
    return caught.value
