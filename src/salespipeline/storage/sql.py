"""A storage in a SQL database: SQLite, PostgreSQL, and what speaks as PostgreSQL does.

Needs the extra `sql`; for PostgreSQL also the extra `postgresql`. Nothing else of the library
imports this module.
"""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from threading import RLock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Row, Select, create_engine, make_url, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from salespipeline.errors import CommitUncertain, InvalidValue, StorageClosed, StorageError
from salespipeline.storage.base import Capabilities, Commit, Record, Revision
from salespipeline.storage.database import reading
from salespipeline.storage.database.connections import Database
from salespipeline.storage.database.forgetting import Pruning, begin, forget
from salespipeline.storage.database.opening import head_of, open_store
from salespipeline.storage.database.tables import make_tables
from salespipeline.storage.database.writing import check_lengths, check_same, instant_text, write
from salespipeline.storage.incoming import check_commit, in_utc

__all__ = ["SqlStorage"]

_DIALECTS = ("sqlite", "postgresql", "cockroachdb")
_PAGE = 500  # records that a scan fetches at a time

T = TypeVar("T")


class SqlStorage:
    """Records in a database, given by its URL or by an engine of SQLAlchemy; the tables are made when they are missing.

    A URL is such as "sqlite:///sales.db" or "postgresql+psycopg://user@host/name". An engine that
    was given is not disposed of by `close`. `prefix` begins the tables' names, so that they can lie
    beside others. `lock_timeout` is in seconds. `new_id` gives the id of a new store.

    Threads may share a storage; a forked process opens its own. A process that dies leaves nothing
    half done: the database undoes what was not committed.
    """

    __slots__ = ("_database", "_is_durable", "_is_own", "_number", "_pid", "_refusal", "_store", "_tables", "_thread")

    def __init__(
        self,
        database: str | URL | Engine,
        *,
        prefix: str = "salespipeline_",
        lock_timeout: float = 30.0,
        new_id: Callable[[], str] | None = None,
    ) -> None:
        self._tables = make_tables(prefix)
        self._is_own = not isinstance(database, Engine)
        engine = database if isinstance(database, Engine) else _engine(database, lock_timeout)
        _check_dialect(engine.dialect.name)
        self._database = Database(engine, lock_timeout, self._tables.store.name)
        self._pid = os.getpid()
        self._thread = RLock()
        self._refusal: StorageError | None = None  # why this handle can do nothing more
        try:
            head, self._is_durable = open_store(self._database, self._tables, new_id or partial(secrets.token_hex, 4))
        except BaseException:
            if self._is_own:
                engine.dispose()
            raise
        self._store = head.store
        self._number = head.number

    def __repr__(self) -> str:
        return f"SqlStorage({self._database.where!r})"

    @property
    def capabilities(self) -> Capabilities:
        """What this storage declares; durable unless the server is set up not to wait for its disk."""
        return Capabilities(keeps_past=True, durable=self._is_durable, multi_process=True)

    @property
    def number(self) -> int:
        """The number of the commit whose view this handle reads; 0 when nothing was ever committed."""
        with self._thread:
            return self._view()

    def read(self, kind: str, id: str) -> Record | None:
        """The record, or None."""
        with self._thread:
            view = self._view()
            if not reading.is_text(kind, id):
                return None
            rows = self._rows(reading.record(self._tables), view, kind=kind, id=id)
            return reading.seen(rows[0], self._database.where) if rows and rows[0].body is not None else None

    def scan(self, kind: str, where: Mapping[str, str] | None = None) -> Iterator[Record]:
        """The records of a kind in the order of their ids, those whose keys hold every pair of `where`.

        They are fetched some hundred at a time, each time as the view of this call has them: a scan
        holds no connection, and no transaction, while it waits.
        """
        with self._thread:
            view = self._view()
        where = dict(where or {})
        if not reading.is_text(kind, *where, *where.values()):
            return iter(())
        return (record for record in self._pages(kind, where, view) if record.matches(where))

    def past(self, kind: str, id: str) -> tuple[Revision, ...]:
        """Every revision of a record up to this handle's view, oldest first."""
        with self._thread:
            view = self._view()
            if not reading.is_text(kind, id):
                return ()
            rows = self._rows(reading.past(self._tables), view, kind=kind, id=id)
            return tuple([reading.revision_of(row, self._database.where) for row in rows])

    def commit(self, commit: Commit) -> int:
        """Write all changes or none, and give the commit's number.

        Raises `LockTimeout` when other writers are too long at it, `StorageFull` when nothing was
        kept, `CommitUncertain` when the connection was lost just then; the handle refuses everything
        after that. A commit with a command is looked for and, if need be, made again instead.
        """
        with self._thread:
            view = self._view()
            check_commit(commit)
            check_lengths(commit)
            where = self._database.where
            work = partial(write, tables=self._tables, commit=commit, store=self._store, view=view, where=where)
            written = self._carried_out(work, may_repeat=commit.command is not None)
            self._number = written.newest
            return written.number

    @property
    def pruned_before(self) -> datetime | None:
        """The latest instant that `prune_history` was given; None where nothing was forgotten yet."""
        with self._thread:
            self._view()
            pruned = self._pruned()
            return None if pruned is None else reading.instant_of(pruned.before, self._database.where)

    def prune_history(self, *, before: datetime) -> int:
        """Forget the past revisions that were recorded before an instant, and give how many there were.

        The newest revision of a record stays; of what was deleted, nothing does, and of a record that was
        made again nothing from before. It is done in short transactions, between which others write; what
        is interrupted is done when it is asked for again. A handle whose view is so old that it needs what
        was forgotten raises `PastNotKept` until it is refreshed.
        """
        instant = instant_text(in_utc(before, "before"))
        with self._thread:
            pruning = Pruning(self._tables, instant, self._store, self._view(), self._database.where)
            forgotten = 0
            for step in self._carried_out(lambda connection: begin(connection, pruning), may_repeat=True):
                work = partial(forget, pruning=pruning, step=step)
                forgotten += self._carried_out(work, may_repeat=True)
            self._database.wipe()
            return forgotten

    def refresh(self, *, durable: bool = False) -> int:
        """Move the view to the newest commit and give its number; takes no lock.

        What can be seen was committed, so it is as durable as the database makes commits, `durable` or not.
        """
        with self._thread:
            view, where = self._view(), self._database.where
            rows = self._database.rows(select(self._tables.store))
            if not rows:
                raise StorageError(where, "its row in the table of the store is gone")
            head = head_of(rows[0], where)
            check_same(head, self._store, view, where)
            self._number = head.number
            return head.number

    def close(self) -> None:
        """Give the connections back; closing twice is harmless."""
        with self._thread:
            self._refusal = StorageClosed(self._database.where, "it was closed; open it again")
            if self._is_own:
                self._database.engine.dispose(close=os.getpid() == self._pid)

    def _view(self) -> int:
        """The number of the view, if this handle may still be used."""
        if self._refusal is not None:
            raise type(self._refusal)(*self._refusal.args)
        if os.getpid() != self._pid:
            raise StorageClosed(self._database.where, "it was opened by another process; open it in this one")
        return self._number

    def _pages(self, kind: str, where: Mapping[str, str], view: int) -> Iterator[Record]:
        after: str | None = None
        is_newest = True
        while True:
            rows, is_newest = self._page(kind, where, view, after, is_newest=is_newest)
            for row in rows:
                yield reading.seen(row, self._database.where)
            if len(rows) < _PAGE:
                return
            after = rows[-1].id

    def _page(
        self, kind: str, where: Mapping[str, str], view: int, after: str | None, *, is_newest: bool
    ) -> tuple[Sequence[Row[Any]], bool]:
        """Some records of a view, and whether it is the newest yet: then they are those that are there now."""
        given, shape = reading.page_values(kind, where, after), (self._tables, len(where))
        with self._thread:
            self._view()
            if is_newest:
                statement = reading.newest_page(*shape, is_first=after is None, size=_PAGE)
                rows = self._rows(statement, view, **given)
                if rows and rows[0].head == view:
                    return rows, True
            return self._rows(reading.page(*shape, is_first=after is None, size=_PAGE), view, **given), False

    def _rows(self, statement: Select[Any], view: int, **given: str | None) -> Sequence[Row[Any]]:
        """The rows of a statement that reads a view, each with the mark of what was forgotten by then."""
        rows = self._database.rows(statement, {"view": view, **given})
        where = self._database.where
        pruned = reading.mark_of(rows[0].pruned, where) if rows else self._pruned()
        reading.check_view(pruned, view, where)
        return rows

    def _pruned(self) -> reading.Pruned | None:
        (row,) = self._database.rows(select(reading.mark(self._tables)))
        return reading.mark_of(row.pruned, self._database.where)

    def _carried_out(self, work: Callable[[Connection], T], *, may_repeat: bool) -> T:
        try:
            return self._database.write(work, is_command=may_repeat)
        except BaseException as error:
            if self._database.is_uncertain:  # an interrupt may end the wait for the database's word, too
                reason = "it is not known whether its last commit was made. Open it again and look"
                refusal = error if isinstance(error, CommitUncertain) else None
                self._refusal = refusal or CommitUncertain(self._database.where, reason)
            raise


def _engine(given: str | URL, lock_timeout: float) -> Engine:
    try:
        url = make_url(given)
        _check_dialect(url.get_backend_name())
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() == "sqlite":
            _make_private(url)
            return create_engine(url, hide_parameters=True, connect_args={"timeout": lock_timeout})
        return create_engine(url, hide_parameters=True)
    except SQLAlchemyError as error:
        raise InvalidValue("database", "the URL", str(error)) from error


def _check_dialect(name: str) -> None:
    if name not in _DIALECTS:
        raise InvalidValue("database", name, f"use one of {', '.join(_DIALECTS)}")


def _make_private(url: URL) -> None:
    """Let a new SQLite file be readable by its owner alone; what SQLite puts beside it follows it in this."""
    if url.database in (None, "", ":memory:"):
        raise InvalidValue("database", url.database, "name a file; for records in memory use MemoryStorage")
    if not str(url.database).startswith("file:"):
        with suppress(OSError):  # it is there; or it cannot be made, which SQLite says better
            os.close(os.open(str(url.database), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
