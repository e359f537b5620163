"""`SqlStorage` on SQLite, against the sqlite3 driver that sends the very same statements to the same tables."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy import Engine, create_engine, event

from benchmarks.decoding import a_full_sale
from benchmarks.questions import book_of, keep
from benchmarks.saving import SAVED, saving
from benchmarks.side_by_side import Ratio, Work, in_turn, quick
from salespipeline.storage import Storage
from salespipeline.storage.sql import SqlStorage

BAR = 2.0
TABLES = ("store", "commits", "records", "revisions", "keys")


class Sent(NamedTuple):
    """A statement as it went to the driver."""

    text: str
    parameters: Any
    is_many: bool


def ratios(sales: int = 10_000) -> Iterator[Ratio]:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        mine, raw = Path(folder, "mine.db"), Path(folder, "raw.db")
        keep(f"sqlite:///{mine}", book_of(sales))
        shutil.copy(mine, raw)
        engine = create_engine(f"sqlite:///{mine}")
        stack.callback(engine.dispose)
        storage = stack.enter_context(closing(SqlStorage(engine)))
        connection = stack.enter_context(closing(sqlite3.connect(raw, isolation_level=None)))
        yield _of_saves(storage, engine, connection, mine)
        yield _of_reads(storage, engine, connection)
        yield _of_a_status(storage, engine, connection)


def _of_saves(storage: SqlStorage, engine: Engine, connection: sqlite3.Connection, path: Path) -> Ratio:
    save = saving(storage, a_full_sale())
    _replay(connection, statements_of(save, engine))  # the first one makes the record, and changes none
    sent = statements_of(save, engine)
    theirs = _saving_again(connection, sent, storage.number)
    theirs()
    with closing(sqlite3.connect(path)) as other:
        _check_alike("saves", _dumped(other), _dumped(connection))
    return _cost("save", save, theirs, rounds=400)


def _of_reads(storage: Storage, engine: Engine, connection: sqlite3.Connection) -> Ratio:
    def read() -> list[tuple[str, int, str]]:
        record = storage.read("sale", SAVED)
        return [] if record is None else [(record.id, record.revision, record.body)]

    sent = statements_of(read, engine)
    return _of_records("read one", read, lambda: _records(_replay(connection, sent)), rounds=1_000)


def _of_a_status(storage: Storage, engine: Engine, connection: sqlite3.Connection) -> Ratio:
    def scan() -> list[tuple[str, int, str]]:
        return [(record.id, record.revision, record.body) for record in storage.scan("sale", {"status": "open"})]

    sent = statements_of(scan, engine)
    return _of_records("query by status", scan, lambda: _records(_replay(connection, sent)), rounds=30)


def _of_records(what: str, ours: Work, theirs: Work, *, rounds: int) -> Ratio:
    _check_alike(what, ours(), theirs())
    return _cost(what, ours, theirs, rounds=rounds)


def _cost(what: str, ours: Work, theirs: Work, *, rounds: int) -> Ratio:
    mine, other = [quick(times) for times in in_turn(ours, theirs, rounds=rounds)]
    what = f"SqlStorage on SQLite: {what}"
    return Ratio(what, "sqlite3, same statements", mine, other, mine / other, BAR, costs=True)


def statements_of(work: Work, engine: Engine) -> list[Sent]:
    """What some work sends to the database."""
    sent: list[Sent] = []

    def note(_connection: Any, _cursor: Any, text: str, parameters: Any, _context: Any, is_many: bool) -> None:
        sent.append(Sent(text, parameters, is_many))

    event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sent


def _replay(connection: sqlite3.Connection, sent: list[Sent]) -> list[Any]:
    """The rows that the statements give, one after the other."""
    rows: list[Any] = []
    for text, parameters, is_many in sent:
        execute = connection.executemany if is_many else connection.execute
        rows += execute(text, parameters).fetchall()
    return rows


def _saving_again(connection: sqlite3.Connection, sent: list[Sent], number: int) -> Callable[[], None]:
    """What repeats a save as the next commit each time: its number stands in four of the statements."""
    latest = number - 1

    def renumbered(row: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple([latest if value == number else value for value in row])

    def save() -> None:
        nonlocal latest
        latest += 1
        for text, parameters, is_many in sent:
            if is_many:
                connection.executemany(text, [renumbered(row) for row in parameters])
            else:
                connection.execute(text, renumbered(parameters)).fetchall()

    return save


def _records(rows: list[Any]) -> list[tuple[str, int, str]]:
    """What stands in the columns `id`, `number` and `body`, the second, third and fifth."""
    return [(row[1], row[2], row[4]) for row in rows]


def _dumped(connection: sqlite3.Connection) -> list[list[Any]]:
    return [sorted(connection.execute(f"SELECT * FROM salespipeline_{name}"), key=repr) for name in TABLES]


def _check_alike(what: str, ours: object, theirs: object) -> None:
    if not ours or ours != theirs:
        raise AssertionError(f"{what}: what the same statements did or gave differs")
