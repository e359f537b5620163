"""How one commit is written: under the lock of the store's row, checked against the newest state."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, delete, insert, select, update

from salespipeline.errors import InvalidValue, StorageError
from salespipeline.storage.base import Change, Commit
from salespipeline.storage.database.opening import Head, head_of
from salespipeline.storage.database.tables import LONGEST, Tables, cut, size_of
from salespipeline.storage.incoming import check_state, in_utc
from salespipeline.storage.jsontext import quote_pairs

__all__ = ["Written", "check_lengths", "check_same", "instant_text", "locked_head", "write"]

Names = tuple[str, str]  # a kind and an id

_MANY = 500  # names in one statement: far below what any database takes


class Written(NamedTuple):
    """The number of the commit, and of the newest, which is another where the commit was made before."""

    number: int
    newest: int


def check_lengths(commit: Commit) -> None:
    """Raise `InvalidValue` for names that no index takes."""
    if commit.command is not None and size_of(commit.command) > LONGEST:
        raise InvalidValue("command", commit.command, f"a database takes up to {LONGEST:,} bytes")
    for change in commit.changes:
        if size_of(change.kind) + size_of(change.id) > LONGEST:
            raise InvalidValue("id", change.id, f"a database takes up to {LONGEST:,} bytes of kind and id")


def check_same(found: Head, store: str, view: int, where: str) -> None:
    """Raise `StorageError` where the tables are not what this handle opened."""
    if found.store != store or found.number < view:
        reason = f"it was at commit {view} of store {store!r} and went back, or was exchanged. Open it again"
        raise StorageError(where, reason)


def write(connection: Connection, tables: Tables, commit: Commit, *, store: str, view: int, where: str) -> Written:
    """Carry out a commit in a transaction that has begun; the lock it takes is held until its end."""
    head = locked_head(connection, tables, store, view, where)
    commits = tables.commits
    if commit.command is not None:
        done = select(commits.c.number).where(commits.c.command == commit.command)
        known = connection.execute(done).scalar_one_or_none()
        if known is not None:
            return Written(known, head.number)
    present = _present(connection, tables, commit)
    check_state(commit, lambda kind, id: present.get((kind, id)))
    number = head.number + 1
    _write_changes(connection, tables, commit, number, present)
    at = instant_text(commit.at)
    values = {"number": number, "at": at, "by": commit.by, "action": str(commit.action), "command": commit.command}
    connection.execute(insert(commits), [values])
    connection.execute(update(tables.store).values(head=number))
    return Written(number, number)


def instant_text(at: datetime) -> str:
    """An instant as commits have it; these texts are in the order of time."""
    return in_utc(at).isoformat(timespec="microseconds").replace("+00:00", "Z")


def locked_head(connection: Connection, tables: Tables, store: str, view: int, where: str) -> Head:
    """The head of the store, which nobody else changes before the transaction ends."""
    row = connection.execute(select(tables.store).with_for_update()).mappings().one_or_none()
    if row is None:
        raise StorageError(where, "its row in the table of the store is gone")
    head = head_of(row, where)
    check_same(head, store, view, where)
    if not head.is_writable:
        raise StorageError(where, "it can only be read: a newer version made it")
    return head


def _present(connection: Connection, tables: Tables, commit: Commit) -> dict[Names, int]:
    """The revisions of the records that a commit names, of those that are there."""
    records = tables.records
    named = {(expected.kind, expected.id) for expected in commit.expect}
    named |= {(change.kind, change.id) for change in commit.changes}
    found: dict[Names, int] = {}
    for kind, ids in _in_parts(named):
        asked = select(records.c.id, records.c.number).where(records.c.kind == kind, records.c.id.in_(ids))
        found.update({(kind, id): number for id, number in connection.execute(asked)})
    return found


def _write_changes(
    connection: Connection, tables: Tables, commit: Commit, number: int, present: dict[Names, int]
) -> None:
    written = [(change.kind, change.id) for change in commit.changes if (change.kind, change.id) in present]
    for kind, ids in _in_parts(written):
        for table in (tables.keys, tables.records):
            connection.execute(delete(table).where(table.c.kind == kind, table.c.id.in_(ids)))
    revisions = [_row(change, number) for change in commit.changes]
    _insert(connection, tables.revisions, revisions)
    _insert(connection, tables.records, [row for row in revisions if row["body"] is not None])
    _insert(connection, tables.keys, [row for change in commit.changes for row in _key_rows(change)])


def _row(change: Change, number: int) -> dict[str, str | int | None]:
    body = None if change.body is None else str(change.body)
    keys = "{}" if body is None else str(quote_pairs(change.keys))
    return {"kind": change.kind, "id": change.id, "number": number, "keys": keys, "body": body}


def _key_rows(change: Change) -> list[dict[str, str | int | None]]:
    """The rows by which a record is found; keys that begin alike share one, as `where` is a hint."""
    if change.body is None:
        return []
    pairs = {(cut(name), cut(value)) for name, value in change.keys}
    return [{"kind": change.kind, "name": name, "value": value, "id": change.id} for name, value in sorted(pairs)]


def _insert(connection: Connection, table: Table, rows: list[dict[str, str | int | None]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _in_parts(named: Iterable[Names]) -> Iterator[tuple[str, list[str]]]:
    """The ids of each kind, a limited number at a time, in an order that does not depend on chance."""
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for kind, id in sorted(named):
        by_kind[kind].append(id)
    for kind, ids in by_kind.items():
        for start in range(0, len(ids), _MANY):
            yield kind, ids[start : start + _MANY]
