"""Writers that are killed while they write, over and over; runs as a program of its own, as it forks.

Every commit makes one record, named after its writer, so that the records of a store tell which commits it has.
"""

import json
import multiprocessing.connection
import os
import signal
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple, NoReturn

from tests.storage.journals import saving

from salespipeline.storage.base import Commit
from salespipeline.storage.json_journal import JsonStorage

WRITERS = 3
MOSTLY = 0.8  # of the cycles wait for a first commit; the others may kill whoever makes or opens the store
LONGEST = 0.05  # seconds until the first of the writers is killed; between two kills less
CYCLES_OF_A_STORE = 12  # then a new one, which is short and is opened in no time
COMPACT_AFTER = 20_000  # bytes, of every other store


class Outcome(NamedTuple):
    """What came of a cycle: commits acknowledged in it, those that are there in all, torn lines, compactions."""

    acknowledged: int
    number: int
    torn: int
    compactions: int


class Writer(NamedTuple):
    pid: int
    pipe: int


def start(path: Path, name: str, compact_after: int | None) -> Writer:
    """A forked process that commits until it is killed, and writes to a pipe what was acknowledged."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        write(path, name, writing, compact_after)
    os.close(writing)
    return Writer(pid, reading)


def write(path: Path, name: str, pipe: int, compact_after: int | None) -> NoReturn:
    try:
        storage = JsonStorage(path, lock_timeout=20, compact_after=compact_after)
        for turn in count():
            os.write(pipe, b"%d %d\n" % (storage.commit(commit_of(name, turn)), turn))
    finally:
        os._exit(1)


def commit_of(name: str, turn: int) -> Commit:
    """Now and then a long one, of which a killed process may have written a part."""
    id = f"{name}-{turn}"
    return saving(id, json.dumps("long" * 20_000 if turn % 10 == 5 else "short"), command=id)


def end(writer: Writer) -> dict[int, int]:
    """Kill a writer; gives the numbers of its turns that were acknowledged."""
    os.kill(writer.pid, signal.SIGKILL)
    _, status = os.waitpid(writer.pid, 0)
    assert os.WIFSIGNALED(status), "a writer ended before it was killed"
    with os.fdopen(writer.pipe, "rb") as pipe:
        lines = pipe.read().split(b"\n")[:-1]
    return {int(turn): int(number) for number, turn in (line.split() for line in lines)}


def cycle(path: Path, name: str, chance: Random, compact_after: int | None) -> dict[str, int]:
    """Start writers, and kill them one after the other; gives the records that were acknowledged, by their ids."""
    writers = [start(path, f"{name}-{each}", compact_after) for each in range(WRITERS)]
    if chance.random() < MOSTLY:
        multiprocessing.connection.wait([writer.pipe for writer in writers], 30)
    acknowledged: dict[str, int] = {}
    for each, writer in enumerate(writers):
        time.sleep(chance.uniform(0, LONGEST / (1 + each)))
        acknowledged |= {f"{name}-{each}-{turn}": number for turn, number in end(writer).items()}
    return acknowledged


def outcome(path: Path, acknowledged: dict[str, int], before: int, latest: int) -> Outcome:
    """Open the store that the killed left, and check that all is there, once each."""
    storage = JsonStorage(path)
    revisions = {record.id: record.revision for record in storage.scan("sale")}
    assert sorted(revisions.values()) == list(range(1, storage.number + 1)), "a number is missing, or there twice"
    assert acknowledged.items() <= revisions.items(), "what was acknowledged is not there, or under another number"
    assert storage.number <= before + latest + WRITERS, "more is there than was written"
    for id, number in list(acknowledged.items())[-1:]:
        assert storage.commit(saving(id, command=id)) == number
    compactions = len(list(path.parent.glob(f"{path.name}.past-*")))
    done = Outcome(latest, storage.number, int(storage.recovery is not None), compactions)
    storage.close()
    return done


def outcomes(folder: Path, cycles: int, seed: int) -> Iterator[Outcome]:
    chance = Random(seed)
    acknowledged: dict[str, int] = {}
    number = 0
    for each in range(cycles):
        store, turn = divmod(each, CYCLES_OF_A_STORE)
        if not turn:
            acknowledged, number = {}, 0
        path = folder / f"store-{store}"
        latest = cycle(path, f"c{turn}", chance, COMPACT_AFTER if store % 2 else None)
        acknowledged |= latest
        done = outcome(path, acknowledged, number, len(latest))
        number = done.number
        yield done


def main() -> None:
    """Print the outcomes, one a line: into a folder, so many cycles, from a seed."""
    for each in outcomes(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])):
        print(*each, flush=True)  # noqa: T201  # this is how the test hears of it
