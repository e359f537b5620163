"""Writers that move amounts between accounts, and readers that add them up; each runs as a program of its own."""

import json
import sys
import time
from pathlib import Path
from random import Random

from tests.storage.journals import AT

from salespipeline.errors import Conflict
from salespipeline.storage.base import Change, Commit, Expect
from salespipeline.storage.json_journal import JsonStorage

ACCOUNTS = tuple(f"account {number}" for number in range(8))
OPENING = 1_000  # in each account
SUM = OPENING * len(ACCOUNTS)


def set_up(path: Path) -> None:
    storage = JsonStorage(path)
    changes = [Change(kind="account", id=id, body=str(OPENING)) for id in ACCOUNTS]
    storage.commit(Commit(changes=tuple(changes), at=AT))
    storage.close()


def writer() -> None:
    """Transfer until the time is over; prints how many transfers were committed, and how many were refused."""
    storage, chance, deadline = _begun()
    done = refused = 0
    while time.monotonic() < deadline:
        storage.refresh()
        source, target = chance.sample(ACCOUNTS, 2)
        try:
            storage.commit(transfer(storage, source, target, chance.randint(1, 50), f"{sys.argv[3]}-{done}"))
        except Conflict:
            refused += 1
        else:
            done += 1
    print(done, refused)  # noqa: T201  # this is how the test hears of it


def transfer(storage: JsonStorage, source: str, target: str, amount: int, command: str) -> Commit:
    """From one account to another, if both are as they were read."""
    changes: list[Change] = []
    expect: list[Expect] = []
    for id, change in ((source, -amount), (target, amount)):
        record = storage.read("account", id)
        assert record is not None
        changes.append(Change(kind="account", id=id, body=str(int(record.body) + change)))
        expect.append(Expect(kind="account", id=id, revision=record.revision))
    return Commit(changes=tuple(changes), expect=tuple(expect), at=AT, command=command)


def reader() -> None:
    """Add up until the time is over; prints how many views were looked at, and each fault."""
    storage, _, deadline = _begun()
    looked = last = 0
    faults: list[str] = []
    while time.monotonic() < deadline:
        number = storage.refresh()
        records = list(storage.scan("account"))
        found = sum(int(record.body) for record in records)
        if found != SUM or number < last or max(record.revision for record in records) != number:
            faults.append(f"{found} at commit {number} after commit {last}")
        looked, last = looked + 1, number
        time.sleep(0.005)  # leave the processors to the writers
    print(json.dumps([looked, faults[:10]]))  # noqa: T201  # the same


def _begun() -> tuple[JsonStorage, Random, float]:
    """The storage, a source of chance, and when to stop, from the program's arguments: path, seconds, name."""
    path, seconds, name = sys.argv[1:4]
    return JsonStorage(path, lock_timeout=60, compact_after=100_000), Random(name), time.monotonic() + float(seconds)
