"""Every way in which a storage says no, to the letter: what could not be done, why, and what would work."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.storage.journals import (
    AT,
    BY_HAND,
    COMMITS,
    HEADER,
    SNAPSHOT,
    Hurried,
    opened,
    saving,
    sealed,
    with_commits,
)
from tests.words.said import listed, words_of

from salespipeline.errors import SalesPipelineError
from salespipeline.storage.base import Change, Commit, Expect
from salespipeline.storage.journal.lock import WriterLock
from salespipeline.storage.journal.recovery import Recovery
from salespipeline.storage.journal.salvage import salvage
from salespipeline.storage.journal.system import SYSTEM
from salespipeline.storage.json_journal import JsonStorage
from salespipeline.storage.jsontext import dumps, loads
from salespipeline.storage.memory import MemoryStorage
from salespipeline.storage.sql import SqlStorage


def nested(depth: int) -> list[Any]:
    """A list in a list in a list."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


# Commits that no storage takes


def commit(**given: Any) -> Callable[[Path], object]:
    """What commits to a store in memory; `given` is what differs from a good commit."""
    change: dict[str, Any] = {"kind": "sale", "id": "S-1", "body": "1"}
    change |= {name: given.pop(name) for name in ("kind", "id", "keys", "body") if name in given}
    whole: dict[str, Any] = {"changes": (Change(**change),), "at": AT} | given
    return lambda _: MemoryStorage().commit(Commit(**whole))


TWICE = (Change(kind="sale", id="S-1", body="1"), Change(kind="sale", id="S-1", body="2"))
COMMITTING: dict[str, Callable[[Path], object]] = {
    "no change": commit(changes=()),
    "a record twice": commit(changes=TWICE),
    "no offset": commit(at=AT.replace(tzinfo=None)),
    "before all years": commit(at=datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
    "an author that is no text": commit(by=5),
    "half an author": commit(by="a\ud800"),
    "half a command": commit(command="\ud800"),
    "half a kind": commit(kind="\ud800"),
    "half an id": commit(id="\ud800"),
    "an id that is no text": commit(id=None),
    "a kind with a slash": commit(kind="a/b"),
    "no kind": commit(kind=""),
    "half a key": commit(keys={"\ud800": "x"}),
    "half a value": commit(keys={"x": "\ud800"}),
    "a value that is no text": commit(keys=(("x", 5),)),
    "a key with two values": commit(keys=(("x", "1"), ("x", "2"))),
    "an expectation of no kind": commit(expect=(Expect("", "S-1", None),)),
    "an expectation that fails": commit(expect=(Expect("sale", "S-1", 7),)),
    "a deletion of nothing": commit(body=None),
    "a body of two lines": commit(body="[1,\n2]"),
    "a body that is no JSON": commit(body="{"),
    "a body with half a character": commit(body='"\ud800"'),
    "a body with half a character, escaped": commit(body='"\\ud800"'),
    "a body with a key twice": commit(body='{"a":1,"a":2}'),
    "a body with a fraction": commit(body="1.5"),
    "a body that is not a number": commit(body="NaN"),
    "a body that is deep": commit(body="[" * 101 + "]" * 101),
    "a body of many elements": commit(body="[" + "1," * 400_000 + "1]"),
    "an action that is no text": commit(action=5),
    "a long whole number": commit(body="1" * 5_000),
}

# Values that are no JSON

WRITING: dict[str, Callable[[Path], object]] = {
    "a fraction": lambda _: dumps({"a": [1, 0.5]}),
    "a name that is no text": lambda _: dumps({"a": {1: 2}}),
    "half a character to write": lambda _: dumps(["\ud800"]),
    "too deep": lambda _: dumps(nested(200)),
    "an endless number": lambda _: dumps(10**5_000),
    "bytes to read": lambda _: loads(b"1"),  # type: ignore[arg-type]
}

# Journals


def read_as(data: bytes) -> Callable[[Path], object]:
    """What opens a file of these bytes."""

    def read(folder: Path) -> None:
        (folder / "s").write_bytes(data)
        opened(folder / "s").close()

    return read


LINES = BY_HAND.splitlines(keepends=True)


def headed(**given: object) -> bytes:
    """A file whose header says something else, its checksum fitting."""
    fields = json.loads(HEADER + "}") | given
    return sealed([json.dumps(fields, separators=(",", ":"))[:-1], *SNAPSHOT])


def with_last(text: str) -> bytes:
    """A file whose last commit is another one, its checksum fitting, with one behind it."""
    return sealed([HEADER, *SNAPSHOT, COMMITS[0], text, '{"seq":6,"prev":"%s","at":"","by":"","action":0,"ops":[]'])


def linked_to_nothing(folder: Path) -> None:
    (folder / "s").symlink_to("nowhere")
    opened(folder / "s").close()


def over_capacity(folder: Path) -> None:
    JsonStorage(folder / "s", max_commit=100, system=Hurried()).commit(saving("S-1"))


def removed(folder: Path) -> None:
    storage = opened(folder / "s")
    (folder / "s").unlink()
    storage.refresh()


def exchanged(folder: Path) -> None:
    storage = opened(folder / "s")
    storage.commit(saving("S-1"))
    (folder / "t").write_bytes(BY_HAND)
    (folder / "t").replace(folder / "s")
    storage.refresh()


def cut(folder: Path) -> None:
    with_commits(folder / "s", 2)
    data = (folder / "s").read_bytes()
    opened(folder / "s").commit(saving("S-3"))
    (folder / "s").write_bytes(data)
    opened(folder / "s").close()


def closed(folder: Path) -> None:
    storage = opened(folder / "s")
    storage.close()
    storage.read("sale", "S-1")


def closed_memory(_: Path) -> None:
    storage = MemoryStorage()
    storage.close()
    storage.read("sale", "S-1")


def closed_database(_: Path) -> None:
    storage = SqlStorage("sqlite:///s.db")
    storage.close()
    storage.read("sale", "S-1")


def in_database(commit: Commit) -> None:
    """Commit to a new database."""
    with closing(SqlStorage("sqlite:///s.db")) as storage:
        storage.commit(commit)


def changed_to(statement: str, ask: Callable[[SqlStorage], object]) -> Callable[[Path], object]:
    """What is asked of a database with a record after another program changed it."""

    def work(folder: Path) -> None:
        with closing(SqlStorage("sqlite:///s.db", new_id=lambda: "one")) as storage:
            storage.commit(saving("S-1"))
            with closing(sqlite3.connect(folder / "s.db")) as other:
                other.execute(statement)
                other.commit()
            ask(storage)

    return work


def opened_again(_: SqlStorage) -> None:
    SqlStorage("sqlite:///s.db").close()


def another_table(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "s.db")) as other:
        other.execute("CREATE TABLE salespipeline_keys (x INTEGER)")
    SqlStorage("sqlite:///s.db").close()


def read_one(storage: SqlStorage) -> object:
    return storage.read("sale", "S-1")


def scanned(storage: SqlStorage) -> object:
    return list(storage.scan("sale"))


def past_of_one(storage: SqlStorage) -> object:
    return storage.past("sale", "S-1")


def waiting(signed: bytes) -> Callable[[Path], object]:
    """What waits for a lock that somebody has, who signed like that."""

    def wait(folder: Path) -> None:
        storage = opened(folder / "s", lock_timeout=0.01)
        WriterLock(SYSTEM, f"{folder}/s.lock", timeout=0, mode=0o600).acquire()
        (folder / "s.lock").write_bytes(signed)
        storage.commit(saving("S-1"))

    return wait


def forgotten(folder: Path) -> None:
    with_commits(folder / "s", 2)
    storage = opened(folder / "s")
    storage.commit(saving("S-1", "2"))
    storage.compact(keep_past=False)
    storage.past("sale", "S-1")


JOURNAL: dict[str, Callable[[Path], object]] = {
    "no path": lambda _: JsonStorage(""),
    "an odd durability": lambda folder: JsonStorage(folder / "s", durability="some"),  # type: ignore[arg-type]
    "an odd name of a store": lambda folder: JsonStorage(folder / "s", new_id=lambda: "a b"),
    "migrations with a gap": lambda folder: JsonStorage(folder / "s", migrations={7: lambda record: record}),
    "a link": linked_to_nothing,
    "nothing": read_as(b""),
    "no journal": read_as(b"words\n"),
    "other JSON": read_as(b'{"a":1}\n'),
    "a header cut short": read_as(LINES[0][:40]),
    "a header without its newline": read_as(LINES[0][:-1]),
    "a header with another checksum": read_as(LINES[0].replace(b'"seq":3', b'"seq":4')),
    "a header of a later version": read_as(headed(reader=9, writer=9)),
    "a header without sense": read_as(headed(gen=0)),
    "a snapshot with a damaged line": read_as(b"".join([LINES[0], LINES[1].replace(b"Caf", b"cof"), *LINES[2:]])),
    "a snapshot out of order": read_as(sealed([HEADER, SNAPSHOT[1], SNAPSHOT[0]])),
    "a snapshot with something else": read_as(sealed([HEADER, COMMITS[0], COMMITS[1]])),
    "a snapshot newer than itself": read_as(sealed([HEADER, SNAPSHOT[0].replace('"rev":1', '"rev":4'), SNAPSHOT[1]])),
    "a damaged line with others behind it": read_as(BY_HAND.replace(b"Caf\xc3\xa9 2", b"cof\xc3\xa9 2")),
    "a damaged last line": read_as(BY_HAND[:-4] + b"7" + BY_HAND[-3:]),
    "a commit that does not follow": read_as(sealed([HEADER, *SNAPSHOT, COMMITS[1], COMMITS[1]])),
    "a commit without instant": read_as(with_last(COMMITS[1].replace('"at":"2', '"at":"x'))),
    "a commit of something else": read_as(with_last('{"seq":5,"prev":"%s"')),
    "a commit without changes": read_as(with_last(COMMITS[1].partition('"ops"')[0] + '"ops":5')),
    "a commit whose only change breaks off": read_as(with_last(COMMITS[1].replace(',{"status":"sold"},"x y@"', ""))),
    "a commit that deletes what is not there": read_as(
        with_last(COMMITS[1].partition('"ops"')[0] + '"ops":[["del","sale/S-9"]]')
    ),
    "a last commit without its newline that does not follow": read_as(sealed([HEADER, *SNAPSHOT, COMMITS[1]])[:-1]),
    "a commit with an odd change": read_as(with_last(COMMITS[1].replace('["put"', '["pat"'))),
    "a commit with a broken escape": read_as(with_last(COMMITS[1].replace("sale/", "sale\\q/"))),
    "a commit of a record without kind": read_as(with_last(COMMITS[1].replace("sale/", ""))),
    "an old copy": cut,
    "a commit too large": over_capacity,
    "a file that is gone": removed,
    "a file that was exchanged": exchanged,
    "a closed handle": closed,
    "a closed store in memory": closed_memory,
    "a commit with a change of nothing": read_as(with_last(COMMITS[1].partition('"ops"')[0] + '"ops":[["put"]]')),
    "a lock that nobody signed": waiting(bytes(42)),
    "a lock that somebody has": waiting(b"4711".ljust(20) + b"\n"),
    "a past that is gone": forgotten,
    "a pruning without offset": lambda folder: opened(folder / "s").prune_history(before=AT.replace(tzinfo=None)),
    "salvage of nothing": lambda folder: salvage(folder / "s", folder / "t"),
    "salvage of words": lambda folder: [(folder / "s").write_bytes(b"words\n"), salvage(folder / "s", folder / "t")],
    "salvage into something": lambda folder: [
        [path.write_bytes(BY_HAND) for path in (folder / "s", folder / "t")], salvage(folder / "s", folder / "t")
    ],
}  # fmt: skip

# Databases

DATABASE: dict[str, Callable[[Path], object]] = {
    "no URL": lambda _: SqlStorage("nonsense"),
    "another database": lambda _: SqlStorage("mysql://somewhere/db"),
    "a database in memory": lambda _: SqlStorage("sqlite://"),
    "a prefix that is none": lambda folder: SqlStorage(f"sqlite:///{folder}/s.db", prefix="Bad-"),
    "a closed database": closed_database,
    "a database that was exchanged": changed_to("UPDATE salespipeline_store SET store = 'two'", SqlStorage.refresh),
    "a head that is none": changed_to("UPDATE salespipeline_store SET head = 'x'", opened_again),
    "a later version": changed_to("UPDATE salespipeline_store SET reader = 2", opened_again),
    "keys that are no object": changed_to("UPDATE salespipeline_revisions SET keys = '[]'", read_one),
    "keys that are no JSON": changed_to("UPDATE salespipeline_revisions SET keys = '{'", read_one),
    "keys in a list that are no JSON": changed_to("UPDATE salespipeline_records SET keys = '{'", scanned),
    "a time that is none": changed_to("UPDATE salespipeline_commits SET at = 'x'", past_of_one),
    "a table in the way": changed_to("DELETE FROM salespipeline_store", opened_again),
    "another table": another_table,
    "a long command": lambda _: in_database(saving("S-1", command="x" * 2_001)),
    "a long id": lambda _: in_database(saving("x" * 2_000)),
}

WORDS = listed("storage")

ALL = COMMITTING | WRITING | JOURNAL | DATABASE


@pytest.mark.parametrize("name", ALL)
def test_a_refusal_says_what_why_and_what_would_work(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # databases are named from here: what is long is shown in part
    with pytest.raises(SalesPipelineError) as caught:
        ALL[name](tmp_path)
    assert words_of(caught.value).replace(str(tmp_path), "FOLDER") == WORDS[name]


def test_what_was_put_right_is_told(tmp_path: Path) -> None:
    (tmp_path / "s").write_bytes(BY_HAND[:-1])
    start = len(BY_HAND) - len(LINES[-1])
    put_right = Recovery("the last commit lacked its newline and got it", start, 0, None)
    assert opened(tmp_path / "s").recovery == put_right
    (tmp_path / "t").write_bytes(BY_HAND[:-9])
    storage = opened(tmp_path / "t")
    kept = f"{tmp_path}/t.torn-2-{start}-"
    assert storage.recovery is not None
    told, at, size, name = storage.recovery
    assert (told, at, size) == (
        "the last commit was not written to its end, so nobody was told of it",
        start,
        len(LINES[-1]) - 9,
    )
    assert name is not None
    assert (name[: len(kept)], Path(name).read_bytes()) == (kept, LINES[-1][:-9])


def test_every_refusal_that_is_listed_is_looked_at() -> None:
    assert list(WORDS) == list(ALL)
