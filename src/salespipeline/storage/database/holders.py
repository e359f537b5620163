"""Who holds the lock that a writer waited for, where the database tells."""

from contextlib import suppress

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from salespipeline.errors import shown

__all__ = ["holder_of"]

# Locks of rows are not listed, but whoever has one has a lock of its table, too; so have those who still wait for
# the row, and these wait for something. https://www.postgresql.org/docs/current/view-pg-locks.html
_HOLDERS = text("""
    SELECT DISTINCT holder.pid, holder.application_name
    FROM pg_locks AS held JOIN pg_stat_activity AS holder ON holder.pid = held.pid
    WHERE held.locktype = 'relation' AND held.granted AND held.relation = to_regclass(:table)
      AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND held.mode NOT IN ('AccessShareLock', 'ShareUpdateExclusiveLock') AND held.pid <> pg_backend_pid()
      AND NOT EXISTS (SELECT 1 FROM pg_locks AS other WHERE other.pid = held.pid AND NOT other.granted)
    ORDER BY holder.pid LIMIT 3
""")


def holder_of(engine: Engine, table: str) -> str:
    """Who holds the lock of a table's row, as far as the database says it; empty where it does not."""
    with suppress(SQLAlchemyError), engine.connect() as connection:
        asking = connection.execution_options(isolation_level="AUTOCOMMIT")
        return " or ".join(_named(pid, name) for pid, name in asking.execute(_HOLDERS, {"table": table}))
    return ""


def _named(pid: int, name: str | None) -> str:
    return f"the server's process {pid}" + (f" ({shown(name)})" if name else "")
