"""How a store is found in a database, or made there; nothing is changed that is not a store."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Table, func, insert, inspect, select
from sqlalchemy.exc import DBAPIError

from salespipeline.errors import ForeignFile, NewerFormat, StorageError
from salespipeline.storage.database.connections import Database
from salespipeline.storage.database.faults import Fault, fault_of
from salespipeline.storage.database.tables import FORMAT, READER, WRITER, Tables

__all__ = ["Head", "head_of", "open_store"]

_SETTINGS = "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'server_encoding', 'synchronous_commit')"


class Head(NamedTuple):
    """What the row of `store` says: which store it is, its newest commit, and whether this version may write."""

    store: str
    number: int
    is_writable: bool


def open_store(database: Database, tables: Tables, new_id: Callable[[], str]) -> tuple[Head, bool]:
    """The head of the store, which is made where there is none; and whether its commits outlive a power cut."""
    head = database.read(lambda connection: _look(connection, database.where, tables))
    is_durable = database.read(lambda connection: _check_settings(connection, database))
    if head is None:
        try:
            head = database.write(lambda connection: _make(connection, database.where, tables, new_id))
        except StorageError as error:
            cause = error.__cause__
            if not isinstance(cause, DBAPIError) or fault_of(cause) is not Fault.MADE:
                raise
            head = database.write(lambda connection: _make(connection, database.where, tables, new_id))
    if database.is_sqlite:
        database.read(lambda connection: _log_ahead(connection, database))
    return head, is_durable


def head_of(row: Row[Any], where: str) -> Head:
    """What the row of `store` says, if it is one of ours."""
    format, reader, writer, store, head = row.format, row.reader, row.writer, row.store, row.head
    if format != FORMAT:
        raise ForeignFile(where, f"its tables are not a store of this library: the format is {format!r}")
    if not (type(reader) is type(writer) is type(head) is int and type(store) is str):
        raise ForeignFile(where, f"its tables are not a store of this library: commit {head!r} of store {store!r}")
    if reader > READER:
        raise NewerFormat(where, f"it is in format {reader}, this version reads up to {READER}. Use a newer version")
    return Head(store, head, writer <= WRITER)


def _look(connection: Connection, where: str, tables: Tables) -> Head | None:
    """The head of the store, None where no store was made yet."""
    if not inspect(connection).has_table(tables.store.name):
        return None
    _check_columns(connection, where, tables.store)
    row = connection.execute(select(tables.store)).one_or_none()
    return None if row is None else head_of(row, where)


def _make(connection: Connection, where: str, tables: Tables, new_id: Callable[[], str]) -> Head:
    """Make what is not there; a database without DDL in transactions may have been left in the middle of it."""
    head = _look(connection, where, tables)
    if head is not None:
        return head
    for table in tables.metadata.sorted_tables:
        if inspect(connection).has_table(table.name):
            _check_columns(connection, where, table)
            if connection.execute(select(func.count()).select_from(table)).scalar_one():
                head = _look(connection, where, tables)  # another may just have made it, and committed
                if head is not None:
                    return head
                raise ForeignFile(where, f"the table {table.name!r} is full, and no store of this library is there")
    tables.metadata.create_all(connection)
    store = new_id()
    row = {"one": 1, "format": FORMAT, "reader": READER, "writer": WRITER, "store": store, "head": 0}
    connection.execute(insert(tables.store).values(row))
    return Head(store, 0, True)


def _check_columns(connection: Connection, where: str, table: Table) -> None:
    names = {column["name"] for column in inspect(connection).get_columns(table.name)}
    if not names >= set(table.columns.keys()):
        raise ForeignFile(where, f"the table {table.name!r} is not one of this library. Use another prefix")


def _check_settings(connection: Connection, database: Database) -> bool:
    """Whether commits outlive a power cut; refused is a database whose texts are not in UTF-8."""
    if database.is_sqlite:
        settings = {"server_encoding": str(connection.exec_driver_sql("PRAGMA encoding").scalar_one())}
    else:
        settings = {str(name): str(setting) for name, setting in connection.exec_driver_sql(_SETTINGS)}
    encoding = settings.get("server_encoding", "UTF8")
    if encoding.upper().replace("-", "") != "UTF8":
        raise StorageError(database.where, f"its encoding is {encoding}. Use a database in UTF-8")
    return "off" not in (settings.get("fsync"), settings.get("synchronous_commit"))


def _log_ahead(connection: Connection, database: Database) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {max(1, round(database.lock_timeout * 1_000))}")
    mode = connection.exec_driver_sql("PRAGMA journal_mode = WAL").scalar_one()
    if mode != "wal":
        raise StorageError(
            database.where, f"it cannot keep a write-ahead log (its journal is {mode!r}). Use a file on a local disk"
        )
