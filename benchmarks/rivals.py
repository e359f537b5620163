"""Other ways to keep the same sales in one file, each as one would write it with good indexes.

`keep` makes the file; `opened` gives what answers questions on it: the amounts by id of the sales that
match a field, or of all. What comes out of TinyDB and of JSON are dicts that nobody checked.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from decimal import Decimal
from typing import NamedTuple, Protocol

from tinydb import TinyDB, where

Amounts = dict[str, Decimal]
Texts = Iterable[tuple[str, str]]  # id and stored JSON text of each sale


class Ask(Protocol):
    def __call__(self, **field: str) -> Amounts: ...


class Keeper(NamedTuple):
    name: str
    keep: Callable[[str, Texts], None]
    opened: Callable[[str], AbstractContextManager[Ask]]


def keep_in_tinydb(path: str, sales: Texts) -> None:
    with TinyDB(path) as database:
        database.insert_multiple({"id": id, **json.loads(text)} for id, text in sales)


@contextmanager
def tinydb_opened(path: str) -> Iterator[Ask]:
    with TinyDB(path) as database:

        def ask(**field: str) -> Amounts:
            database.clear_cache()  # else it gives again what it gave before, without looking
            found = [database.search(where(name) == value) for name, value in field.items()] or [database.all()]
            return {each["id"]: Decimal(each["amount"]) for each in found[0]}

        yield ask


def keep_in_a_json_column(path: str, sales: Texts) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE sales (id TEXT PRIMARY KEY, data JSON NOT NULL) WITHOUT ROWID")
        for name in ("owner", "status"):
            connection.execute(f"CREATE INDEX by_{name} ON sales (data ->> '{name}')")
        connection.executemany("INSERT INTO sales VALUES (?, ?)", sales)


def texts_in_the_json_column(connection: sqlite3.Connection, **field: str) -> dict[str, str]:
    """The text of each sale as it lies there."""
    if not field:
        return dict(connection.execute("SELECT id, data FROM sales ORDER BY id").fetchall())
    (name,) = field
    statement = f"SELECT id, data FROM sales WHERE data ->> '{name}' = ? ORDER BY id"
    return dict(connection.execute(statement, (field[name],)).fetchall())


@contextmanager
def json_column_opened(path: str) -> Iterator[Ask]:
    with closing(sqlite3.connect(path)) as connection:

        def ask(**field: str) -> Amounts:
            found = texts_in_the_json_column(connection, **field)
            return {id: Decimal(json.loads(text)["amount"]) for id, text in found.items()}

        yield ask


RIVALS = (
    Keeper("TinyDB", keep_in_tinydb, tinydb_opened),
    Keeper("sqlite3, JSON column", keep_in_a_json_column, json_column_opened),
)
