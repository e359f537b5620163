"""What the errors of a database mean for a store."""

from enum import Enum, auto

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from salespipeline.errors import ForeignFile, LockTimeout, StorageError, StorageFull

__all__ = ["Fault", "as_storage_error", "fault_of", "is_certainly_refused"]


class Fault(Enum):
    """What went wrong, as far as it makes a difference here."""

    LOST = auto()  # the connection is gone, and with it every transaction that was not at its COMMIT
    REPEAT = auto()  # the database undid the transaction, for another to pass: do it again
    BUSY = auto()  # SQLite: somebody else is writing
    LOCKED = auto()  # the wait for a lock took as long as it may
    FULL = auto()
    FOREIGN = auto()  # the file is no database
    MADE = auto()  # what was to be created is there: somebody else was faster
    OTHER = auto()


# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_SQLSTATE = {
    "40001": Fault.REPEAT,
    "40P01": Fault.REPEAT,
    "55P03": Fault.LOCKED,
    "53100": Fault.FULL,
    "23505": Fault.MADE,
    "42P07": Fault.MADE,
    "42710": Fault.MADE,
}
# https://www.sqlite.org/rescode.html
_BY_SQLITE_NAME = {"SQLITE_BUSY": Fault.BUSY, "SQLITE_FULL": Fault.FULL, "SQLITE_NOTADB": Fault.FOREIGN}


def fault_of(error: SQLAlchemyError) -> Fault:
    """What an error means."""
    if not isinstance(error, DBAPIError):
        return Fault.OTHER
    if error.connection_invalidated:
        return Fault.LOST
    name = str(getattr(error.orig, "sqlite_errorname", None))
    primary = "_".join(name.split("_")[:2])  # SQLITE_BUSY_RECOVERY is a kind of SQLITE_BUSY
    return _BY_SQLITE_NAME.get(primary) or _BY_SQLSTATE.get(_sqlstate(error), Fault.OTHER)


def is_certainly_refused(error: DBAPIError) -> bool:
    """Whether a COMMIT that raised this has certainly left nothing behind."""
    known = fault_of(error) in (Fault.REPEAT, Fault.BUSY, Fault.FULL) and not error.connection_invalidated
    return known or _sqlstate(error).startswith("23")  # a constraint was violated


def as_storage_error(where: str, error: SQLAlchemyError, waited: float, holder: str = "another writer") -> StorageError:
    """The error as this library has it; without the statement and what was bound to it, which may be personal."""
    match fault_of(error):
        case Fault.LOCKED:
            return LockTimeout(where, f"{holder} held the lock on it for more than {waited:g} s. Try again")
        case Fault.BUSY:
            reason = f"{holder} (SQLite does not say which) held the lock on it for more than {waited:g} s. Try again"
            return LockTimeout(where, reason)
        case Fault.REPEAT:
            return LockTimeout(where, "other writers were faster again and again. Try again when fewer write")
        case Fault.FULL:
            return StorageFull(where, _reason(error))
        case Fault.FOREIGN:
            return ForeignFile(where, "the file is no SQLite database")
        case _:
            return StorageError(where, _reason(error))


def _sqlstate(error: SQLAlchemyError) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", None))


def _reason(error: SQLAlchemyError) -> str:
    """The first line of what the driver says; the lines after it may show what is stored."""
    return str(getattr(error, "orig", None) or error).partition("\n")[0]
