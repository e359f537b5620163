"""How a store talks to its database: single statements to read, short transactions to write."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, Row
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from salespipeline.errors import CommitUncertain, SalesPipelineError
from salespipeline.storage.database.faults import Fault, as_storage_error, fault_of, is_certainly_refused
from salespipeline.storage.database.holders import holder_of

__all__ = ["Database"]

T = TypeVar("T")

_ATTEMPTS = 10  # for a transaction that the database undid, or whose connection was lost


class _Patience:
    """How long to try again what the database refused for now."""

    def __init__(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self._attempts = 0

    def lasts(self, fault: Fault) -> bool:
        """Whether to try again after a fault: while there is time for a lock, a few times for what was undone."""
        self._attempts += 1
        if fault is Fault.BUSY:
            return time.monotonic() < self._deadline
        return fault in (Fault.LOST, Fault.REPEAT) and self._attempts < _ATTEMPTS

    def pause(self) -> None:
        """Let others go on, a little longer each time."""
        time.sleep(min(0.005 * self._attempts, 0.05))


class Database:
    """An engine, as one handle uses it; `where` names it in errors, without the password.

    `lock_table` is the table whose one row every writer locks.
    """

    __slots__ = ("engine", "is_sqlite", "is_uncertain", "lock_table", "lock_timeout", "where")

    def __init__(self, engine: Engine, lock_timeout: float, lock_table: str) -> None:
        self.engine = engine
        self.lock_table = lock_table
        self.where = engine.url.set(query={}).render_as_string(hide_password=True)
        self.lock_timeout = lock_timeout
        self.is_sqlite = engine.dialect.name == "sqlite"
        self.is_uncertain = False  # whether a COMMIT was sent whose outcome is not known

    def rows(self, statement: Executable, given: Mapping[str, object] | None = None) -> Sequence[Row[Any]]:
        """The rows of one statement, all seen at one instant."""
        # A question alone begins nothing in SQLite's driver, and telling it so takes longer than the question.
        return self.read(lambda connection: connection.execute(statement, given).all(), is_told=not self.is_sqlite)

    def read(self, look: Callable[[Connection], T], *, is_told: bool = True) -> T:
        """What a function gives of a connection on which each statement stands alone, once the driver `is_told`."""
        patience = _Patience(self.lock_timeout)
        while True:
            try:
                with self.engine.connect() as connection:
                    return look(connection.execution_options(isolation_level="AUTOCOMMIT") if is_told else connection)
            except SQLAlchemyError as error:
                if not patience.lasts(fault_of(error)):
                    raise as_storage_error(self.where, error, self.lock_timeout) from error
            patience.pause()

    def write(self, work: Callable[[Connection], T], *, is_command: bool = False) -> T:
        """What a function gives in a transaction, which is committed when this returns.

        The transaction is repeated where the database has certainly undone it. A `command` finds
        out by itself whether it was carried out, so it is also repeated where that is not known.
        """
        patience = _Patience(self.lock_timeout)
        while True:
            try:
                return self._transaction(work)
            except SQLAlchemyError as error:
                fault = fault_of(error)
                may_repeat = fault is Fault.LOST and is_command if self.is_uncertain else True
                if not (may_repeat and patience.lasts(fault)):
                    raise self._meaning(error) from error
            patience.pause()

    def wipe(self) -> None:
        """Let SQLite write its log back into the file, as far as nobody reads it; it overwrites what was deleted."""
        if self.is_sqlite:
            with suppress(SalesPipelineError):
                self.read(lambda connection: connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all())

    def _meaning(self, error: SQLAlchemyError) -> SalesPipelineError:
        meaning = as_storage_error(self.where, error, self.lock_timeout)
        if not self.is_uncertain:
            holder = holder_of(self.engine, self.lock_table) if fault_of(error) is Fault.LOCKED else ""
            return as_storage_error(self.where, error, self.lock_timeout, holder) if holder else meaning
        reason = f"the database did not say whether it made the commit ({meaning.reason}). Open it again and look"
        return CommitUncertain(self.where, reason)

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        with self.engine.connect() as connection:
            self._begin(connection)
            try:
                made = work(connection)
                self._commit(connection)
            except BaseException as error:
                if isinstance(error, SalesPipelineError):
                    self.is_uncertain = False  # what was sent before was looked for under the lock
                self._roll_back(connection)
                raise
            return made

    def _begin(self, connection: Connection) -> None:
        milliseconds = max(1, round(self.lock_timeout * 1_000))
        if self.is_sqlite:  # the driver would begin too late: at the first change, after what was read for it
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")
            connection.exec_driver_sql("PRAGMA synchronous = FULL")
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")

    def _commit(self, connection: Connection) -> None:
        self.is_uncertain = True
        try:
            if self.is_sqlite:
                connection.exec_driver_sql("COMMIT")
            else:
                connection.commit()
        except DBAPIError as error:
            self.is_uncertain = not is_certainly_refused(error)
            raise
        self.is_uncertain = False

    def _roll_back(self, connection: Connection) -> None:
        with suppress(SQLAlchemyError):  # what went wrong before is what counts
            if self.is_sqlite:
                connection.exec_driver_sql("ROLLBACK")
            else:
                connection.rollback()
